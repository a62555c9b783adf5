import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput } from '../lib/failures.ts';
import { isReachable, parseWebhookUrl, type ReachSettings, reachableLookup } from './reachable.ts';

const strict: ReachSettings = { webhookAllowedRanges: [], webhookLoopbackHttp: false };

const inside = [
  ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
  ...['255.255.255.255', '198.18.0.1', '240.0.0.1', '192.0.2.1'],
  ...['::1', '::', 'fe80::1', 'fc00::1', 'fec0::1', 'ff02::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::'],
  ...['2001:db8::1', '2001::1', 'not an address', ''],
];

test('addresses that are not public are refused in every form, public ones are not', () => {
  for (const address of inside) assert.equal(isReachable(address, strict), false, address);
  for (const address of ['1.1.1.1', '93.184.216.34', '2606:4700::1111']) {
    assert.equal(isReachable(address, strict), true, address);
  }
});

test('an allowed range opens that range only', () => {
  const settings = { ...strict, webhookAllowedRanges: ['10.20.0.0/16'] };
  assert.equal(isReachable('10.20.3.4', settings), true);
  assert.equal(isReachable('::ffff:10.20.3.4', settings), true);
  assert.equal(isReachable('10.21.3.4', settings), false);
});

test('an IPv4 address inside an IPv6 address is judged as the IPv4 address', () => {
  const number = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(number, number, number, number), (parts) => {
      const address = parts.join('.');
      assert.equal(isReachable(`::ffff:${address}`, strict), isReachable(address, strict));
    }),
  );
});

test('whatever the text, a URL is https without user and fragment, or refused as the field url', () => {
  const texts = fc.oneof(fc.string(), fc.webUrl(), fc.webUrl({ withFragments: true, withQueryParameters: true }));
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const url = new URL(parseWebhookUrl(text, strict));
        assert.deepEqual([url.protocol, url.username, url.password, url.hash], ['https:', '', '', '']);
      } catch (error) {
        assert.ok(error instanceof InvalidInput && error.field === 'url', String(error));
      }
    }),
  );
});

test('a name that has a public and a private address is connected to at the public one', async () => {
  const lookup = reachableLookup(strict, async () => [
    { address: '192.168.0.1', family: 4 },
    { address: '1.1.1.1', family: 4 },
  ]);
  const found = await new Promise((resolve) => {
    lookup('both.example', { all: true }, (_error, addresses) => resolve(addresses));
  });
  assert.deepEqual(found, [{ address: '1.1.1.1', family: 4 }]);
});
