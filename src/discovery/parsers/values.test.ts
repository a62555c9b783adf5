import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fields } from '../formats/fields.ts';
import { Line } from '../formats/line.ts';
import { Span } from '../formats/transaction.ts';
import { intoAddressOfEndpoint, intoSource, intoTarget, intoUser, looksLikeAddress, saysBlocked } from './values.ts';

/** Fields with one value each. */
function fieldsOf(...values: string[]): Fields {
  const line = Line.of(values.join(''));
  const fields = new Fields(values.length);
  fields.begin(line);
  let at = 0;
  values.forEach((value, slot) => {
    const end = at + Buffer.byteLength(value);
    fields.put(slot, at, end);
    at = end;
  });
  return fields;
}

function spanOf(fill: (span: Span) => void): string {
  const span = new Span();
  fill(span);
  return span.text();
}

test('addresses are told from names, hardware addresses and addresses with a port', () => {
  const isAddress = (text: string) => looksLikeAddress(Buffer.from(text), 0, Buffer.byteLength(text));
  for (const text of ['192.0.2.1', '2001:db8::1', '::1', '[2001:db8::1]', '::ffff:192.0.2.1'])
    assert.ok(isAddress(text), text);
  for (const text of [
    '',
    '-',
    'www.box.com',
    '1.2.3.de',
    '192.0.2',
    '00:11:22:aa:bb:cc',
    '192.0.2.1:443',
    'fe',
    '1.2.3.4.5',
  ]) {
    assert.equal(isAddress(text), false, text);
  }
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), (text) => {
      if (isIP(text) !== 0) assert.ok(isAddress(text), text);
      else assert.equal(isAddress(text), false, text);
    }),
  );
});

test('an endpoint gives its address without port and brackets', () => {
  for (const [text, expected] of [
    ['192.0.2.1:443', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['www.box.com:443', ''],
  ] as const) {
    assert.equal(
      spanOf((span) => intoAddressOfEndpoint(fieldsOf(text), 0, span)),
      expected,
      text,
    );
  }
});

test('of two addresses of a client the private one counts, else the first that is one', () => {
  const source = (first: string, second: string) => spanOf((span) => intoSource(fieldsOf(first, second), 0, 1, span));
  assert.equal(source('203.0.113.9', '10.1.2.3'), '10.1.2.3');
  assert.equal(source('10.1.2.3', '203.0.113.9'), '10.1.2.3');
  assert.equal(source('192.0.2.10', '203.0.113.9'), '192.0.2.10');
  assert.equal(source('203.0.113.9', '172.16.0.1'), '172.16.0.1');
  assert.equal(source('203.0.113.9', '172.32.0.1'), '203.0.113.9');
  assert.equal(source('203.0.113.9', '100.64.0.1'), '100.64.0.1');
  assert.equal(source('Not available', '203.0.113.9'), '203.0.113.9');
  assert.equal(source('203.0.113.9', 'NA'), '203.0.113.9');
});

test('the target of a request stands between method and version', () => {
  const target = (text: string) => spanOf((span) => intoTarget(fieldsOf(text), 0, span));
  assert.equal(target('GET http://www.box.com/ HTTP/1.1'), 'http://www.box.com/');
  assert.equal(target('CONNECT www.box.com:443'), 'www.box.com:443');
  assert.equal(target('www.box.com'), 'www.box.com');
  assert.equal(target('-'), '');
});

test('names of users come out of what directories put around them', () => {
  const user = (text: string, isEncoded?: boolean) => spanOf((span) => intoUser(fieldsOf(text), 0, span, isEncoded));
  assert.equal(user('EXAMPLE\\jane'), 'EXAMPLE\\jane');
  assert.equal(user('LDAP://192.0.2.5 OU=Users,DC=example,DC=com/Jane Doe'), 'Jane Doe');
  assert.equal(user('WinNT://EXAMPLE/jane'), 'jane');
  assert.equal(user('cn=Doe\\, Jane,ou=Users'), 'Doe, Jane');
  assert.equal(user('jane%20doe', true), 'jane doe');
  assert.equal(user('100%', true), '100%');
  assert.equal(user('jane%20doe'), 'jane%20doe');
  assert.equal(user('example.com/jane'), 'example.com/jane');
});

test('words of appliances for a stopped request are known, and no others', () => {
  for (const word of [
    'DENIED',
    'Blocked',
    'TCP_DENIED/403',
    'Category blocked',
    'drop',
    'Soft-blocked',
    'REJECT',
    'access deny',
  ]) {
    assert.ok(saysBlocked(fieldsOf(word), 0), word);
  }
  for (const word of [
    '',
    '-',
    'Allowed',
    'OBSERVED',
    'identity',
    'Unblocked',
    'permitted',
    'TCP_MISS',
    'blo',
    'hidden',
  ]) {
    assert.equal(saysBlocked(fieldsOf(word), 0), false, word);
  }
});
