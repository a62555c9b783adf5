import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput } from '../lib/failures.ts';
import {
  matchRedirectUri,
  noRedirectUris,
  parseRedirectUri,
  parseRedirectUris,
  type RedirectUriType,
  redirectUriTypes,
} from './redirect-uris.ts';

function isTaken(type: RedirectUriType, text: string): boolean {
  try {
    return parseRedirectUri('redirectUris', type, text) === text;
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return false;
  }
}

test('what may be registered follows the documented rules', () => {
  for (const [type, text, expected] of [
    ['web', 'https://portal.azure.com', true],
    ['web', 'https://contoso.example/cb?tenant=1', true],
    ['web', 'https://contoso.example:8443/CB', true],
    ['web', 'http://localhost', true],
    ['web', 'http://localhost:3000/cb', true],
    ['web', 'http://127.0.0.1/cb', true],
    ['spa', 'http://localhost:5173/', true],
    ['publicClient', 'http://localhost', true],
    ['publicClient', 'https://login.microsoftonline.com/common/oauth2/nativeclient', true],
    ['publicClient', 'msauth.com.contoso.app://auth', true],
    ['publicClient', 'urn:ietf:wg:oauth:2.0:oob', true],
    ['web', '', false],
    ['web', 'contoso.example/cb', false],
    ['web', '/cb', false],
    ['web', 'http://contoso.example/cb', false],
    ['web', 'http://localhost.contoso.example/cb', false],
    ['web', 'http://localhost@contoso.example/cb', false],
    ['web', 'https://user:word@contoso.example/', false],
    ['web', 'https://@contoso.example/', false],
    ['web', 'https:contoso.example', false],
    ['web', 'https:/contoso.example', false],
    ['web', 'https://contoso.example\\@evil.example/', false],
    ['web', 'https://*.contoso.example/cb', false],
    ['web', 'https://contoso.example/cb#part', false],
    ['web', 'https://contoso.example/a/../cb', false],
    ['web', 'https://contoso.example/%2e%2e/cb', false],
    ['web', 'https://contoso.example/(cb)', false],
    ['web', 'https://contoso.example/a b', false],
    ['web', 'https://contöso.example/', false],
    ['web', 'http://[::1]/cb', false],
    ['web', 'https://[2001:db8::1]/cb', false],
    ['web', 'myapp://cb', false],
    ['spa', 'myapp://cb', false],
    ['publicClient', 'javascript:alert`1`', false],
    ['publicClient', 'JavaScript:alert', false],
    ['publicClient', 'data:text/html,x', false],
    ['publicClient', 'file:///etc/passwd', false],
    ['web', `https://contoso.example/${'a'.repeat(232)}`, true],
    ['web', `https://contoso.example/${'a'.repeat(233)}`, false],
  ] as const) {
    assert.equal(isTaken(type, text), expected, `${type} ${text}`);
  }
});

test('nobody is sent anywhere but to a registered text, or to another port of a registered loopback URI', () => {
  const registered = {
    web: ['https://contoso.example/cb', 'http://localhost:3000/cb'],
    spa: ['https://contoso.example/spa'],
    publicClient: ['http://localhost', 'http://127.0.0.1/back'],
  };
  for (const [given, type] of [
    ['https://contoso.example/cb', 'web'],
    ['https://contoso.example/spa', 'spa'],
    ['http://localhost:51234/cb', 'web'],
    ['http://localhost/cb', 'web'],
    ['http://localhost:51234', 'publicClient'],
    ['http://localhost:51234/', 'publicClient'],
    ['http://127.0.0.1:9/back', 'publicClient'],
    ['https://contoso.example/CB', undefined],
    ['https://contoso.example/cb/', undefined],
    ['https://contoso.example/cb?x=1', undefined],
    ['https://contoso.example:8443/cb', undefined],
    ['https://localhost:3000/cb', undefined],
    ['http://localhost:3000/other', undefined],
    ['http://127.0.0.1:3000/cb', undefined],
    ['http://localhost:99999999/cb', undefined],
    ['http://localhost:@evil.example/cb', undefined],
    ['http://localhost@evil.example/cb', undefined],
    ['http://localhost.evil.example/cb', undefined],
  ] as const) {
    assert.equal(matchRedirectUri(registered, given)?.type, type, given);
  }
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.webUrl(),
  fc.webUrl({ withFragments: true }),
);

test('whatever is given, what was taken has one host, no fragment, no credentials, and matches itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...redirectUriTypes), anyText, (type, text) => {
      if (!isTaken(type, text)) return;
      const url = new URL(text);
      assert.equal(url.hash, '');
      assert.equal(url.username, '');
      if (type !== 'publicClient')
        assert.ok(url.protocol === 'https:' || /^(localhost|127\.0\.0\.1)$/.test(url.hostname));
      assert.equal(matchRedirectUri({ ...noRedirectUris, [type]: [text] }, text)?.registered, text);
    }),
    { numRuns: 2000 },
  );
});

test('a text that differs from a registered one in any place never matches, except in the port of a loopback URI', () => {
  const uris = ['https://contoso.example/cb?x=1', 'http://localhost:8080/cb'];
  fc.assert(
    fc.property(fc.constantFrom(...uris), fc.nat(60), fc.string({ minLength: 1, maxLength: 3 }), (uri, at, piece) => {
      const given = `${uri.slice(0, at)}${piece}${uri.slice(at)}`;
      const match = matchRedirectUri({ ...noRedirectUris, web: uris }, given);
      if (match) assert.match(given, /^http:\/\/localhost:\d{1,5}\/cb$/);
    }),
    { numRuns: 2000 },
  );
});

test('an application has so many redirect URIs in all, each once', () => {
  const uris = (count: number) => Array.from({ length: count }, (_, index) => `https://contoso.example/${index}`);
  assert.equal(parseRedirectUris({ web: uris(256) }, noRedirectUris, { max: 256 }).web.length, 256);
  assert.equal(parseRedirectUris({ web: [...uris(2), ...uris(2)] }, noRedirectUris, { max: 2 }).web.length, 2);
  assert.throws(() => parseRedirectUris({ web: uris(256), spa: uris(1) }, noRedirectUris, { max: 256 }), InvalidInput);
  const current = { ...noRedirectUris, spa: uris(1) };
  assert.deepEqual(parseRedirectUris({ web: [] }, current, { max: 256 }), current);
});
