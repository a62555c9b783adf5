import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isInRanges, normaliseAddress, normaliseRange } from './addresses.ts';

test('addresses come out in one form, IPv4 inside IPv6 as IPv4', () => {
  assert.equal(normaliseAddress('192.0.2.1'), '192.0.2.1');
  assert.equal(normaliseAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(normaliseAddress('2001:DB8:0:0:0:0:0:1'), '2001:db8::1');
  for (const text of ['', 'localhost', '300.1.1.1', '1.2.3', '192.0.2.1/24', '2001:db8::g', ' 192.0.2.1'])
    assert.equal(normaliseAddress(text), undefined, text);
});

test('addresses in forms that programs read differently are no addresses', () => {
  for (const text of ['010.0.0.1', '0x7f.0.0.1', '2130706433', '127.1', '0177.0.0.1', '::192.0.2.1'])
    assert.equal(normaliseAddress(text), undefined, text);
});

test('ranges come out as their network with a prefix; a single address is a range of one', () => {
  assert.equal(normaliseRange('192.0.2.77/24'), '192.0.2.0/24');
  assert.equal(normaliseRange('192.0.2.77'), '192.0.2.77/32');
  assert.equal(normaliseRange('2001:db8::1'), '2001:db8::1/128');
  assert.equal(normaliseRange('2001:DB8:1::/48'), '2001:db8:1::/48');
  assert.equal(normaliseRange('0.0.0.0/0'), '0.0.0.0/0');
  for (const text of [
    '',
    '/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/',
    '192.0.2.0/a',
    '::/129',
    'x/24',
    '1.2.3.4/24/8',
  ])
    assert.equal(normaliseRange(text), undefined, text);
});

test('an address that came inside IPv6 lies in the IPv4 range, and a range written so holds IPv4 addresses', () => {
  assert.equal(isInRanges('::ffff:192.0.2.9', ['192.0.2.0/24']), true);
  const range = normaliseRange('::ffff:192.0.2.0/120');
  assert.equal(range, '192.0.2.0/24');
  assert.equal(isInRanges('192.0.2.9', [range ?? '']), true);
});

test('an address lies in a range exactly when another implementation says so', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 })),
        fc.tuple(fc.ipV6(), fc.ipV6(), fc.integer({ min: 0, max: 128 })),
      ),
      ([address, network, prefix]) => {
        fc.pre(![address, network].some((text) => text.includes(':') && text.includes('.')));
        const range = normaliseRange(`${network}/${prefix}`);
        assert.ok(range);
        const [start = '', bits = ''] = range.split('/');
        const reference = new BlockList();
        reference.addSubnet(start, Number(bits), isIP(start) === 4 ? 'ipv4' : 'ipv6');
        const normal = normaliseAddress(address) ?? '';
        assert.equal(
          isInRanges(address, [range]),
          isIP(normal) === isIP(start) && reference.check(normal, isIP(normal) === 4 ? 'ipv4' : 'ipv6'),
        );
      },
    ),
  );
});

test('what is no address lies in no range, not even in the widest', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(isIP(text) === 0);
      assert.equal(isInRanges(text, ['0.0.0.0/0', '::/0']), false);
    }),
  );
});
