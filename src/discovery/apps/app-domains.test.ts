import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput } from '../../lib/failures.ts';
import { parseAppDomain } from './app-domains.ts';

test('a domain is taken in the forms that people and proxies write', () => {
  for (const text of [
    'pay.contoso.example',
    ' PAY.contoso.example. ',
    '*.pay.contoso.example',
    '.pay.Contoso.example',
  ]) {
    assert.equal(parseAppDomain('domains', text), 'pay.contoso.example');
  }
  assert.equal(parseAppDomain('domains', 'bücher.de'), 'xn--bcher-kva.de');
  assert.equal(parseAppDomain('domains', 'intranet.contoso.local'), 'intranet.contoso.local');
  assert.equal(parseAppDomain('domains', 'contoso.github.io'), 'contoso.github.io');
});

test('what cannot own hosts is refused', () => {
  const suffixes = ['com', 'co.uk', '*.co.uk', 'localhost'];
  const malformed = [
    '',
    '.',
    '*',
    '*.*.example.com',
    'a..example',
    '-a.example',
    'a-.example',
    'a b.example',
    'a.example:443',
  ];
  const other = [
    'http://a.example',
    'a.example/b',
    'x@a.example',
    '192.0.2.1',
    '2001:db8::1',
    `${'a'.repeat(64)}.example`,
  ];
  for (const text of [...suffixes, ...malformed, ...other]) {
    assert.throws(() => parseAppDomain('domains', text), InvalidInput, text);
  }
});

test('whatever comes in, the answer is a domain in normal form or a refusal', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.domain(), fc.ipV4(), fc.webUrl());
  fc.assert(
    fc.property(text, (input) => {
      try {
        const domain = parseAppDomain('domains', input);
        assert.match(domain, /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+$/);
        assert.equal(parseAppDomain('domains', domain), domain);
      } catch (error) {
        assert.ok(error instanceof InvalidInput, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
