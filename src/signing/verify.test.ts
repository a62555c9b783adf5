import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { secondMs } from '../lib/clock.ts';
import { type AppId, newId, type ServicePrincipalId, type TenantId } from '../lib/ids.ts';
import { genericUrl } from '../listening/names.ts';
import { type AccessTokenInput, mintAccessToken } from './mint.ts';
import { verifyToken } from './verify.ts';

let services: TestServices;
let token: string;
let parts: [string, string, string];
let keyId: string;
const start = () => services.testClock.moveTo(Date.UTC(2026, 10, 21, 9));
before(async () => {
  services = await testServices({ settings: { hostAliases: ['alias.example'] }, mode: { vendorHosts: true } });
  token = await mintWith({});
  const [header = '', claims = '', signature = ''] = token.split('.');
  parts = [header, claims, signature];
  keyId = (await services.signing.current()).id;
});
after(() => services.dispose());
beforeEach(start);

async function mintWith(change: Partial<AccessTokenInput>): Promise<string> {
  const minted = await mintAccessToken(services, {
    version: 2,
    origin: genericUrl(services.names),
    tenantId: newId<TenantId>(),
    audience: 'https://graph.microsoft.com',
    appId: newId<AppId>(),
    clientAuth: 'secret',
    credentialId: 'c',
    nowMs: services.clock(),
    lifetimeSeconds: 3600,
    app: { servicePrincipalId: newId<ServicePrincipalId>(), roles: ['SecurityIncident.Read.All'] },
    ...change,
  });
  return minted.token;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());

async function reasonOf(text: string): Promise<string> {
  const result = await verifyToken(services, text);
  if (result.isValid) return 'valid';
  assert.match(result.detail, /^[A-Z].*\.$/, 'a sentence');
  return result.reason;
}

/** A token with other claims or header, signed with the real key. */
async function signed(header: object, claims: object): Promise<string> {
  const { privateKey } = await services.signing.current();
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

test('a token that was minted here verifies, and says what it was minted with', async () => {
  const result = await verifyToken(services, token);
  assert.ok(result.isValid);
  assert.equal(result.keyId, keyId);
  assert.equal(result.claims.kind, 'app');
  assert.deepEqual(result.claims.roles, ['SecurityIncident.Read.All']);
  assert.equal(result.claims.credentialId, 'c');
});

test('a token without signature is refused, whatever it calls its algorithm', async () => {
  for (const alg of ['none', 'None', 'NONE', '', undefined, null, ['RS256'], 1]) {
    const header = encode({ ...decode(parts[0]), alg });
    assert.equal(await reasonOf(`${header}.${parts[1]}.`), 'alg', String(alg));
    assert.equal(await reasonOf(`${header}.${parts[1]}.${parts[2]}`), 'alg', String(alg));
  }
});

test('a token that was signed with the public key as an HMAC secret is refused', async () => {
  const { publicKey, certificate } = await services.signing.current();
  const secrets = [
    publicKey.export({ type: 'spki', format: 'pem' }),
    publicKey.export({ type: 'spki', format: 'der' }),
    publicKey.export({ type: 'pkcs1', format: 'pem' }),
    JSON.stringify(publicKey.export({ format: 'jwk' })),
    Buffer.from(certificate, 'base64'),
  ];
  const text = `${encode({ ...decode(parts[0]), alg: 'HS256' })}.${parts[1]}`;
  for (const secret of secrets) {
    const mac = createHmac('sha256', secret).update(text).digest('base64url');
    assert.equal(await reasonOf(`${text}.${mac}`), 'alg');
  }
});

test('a key that the token brings along is not looked at', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' });
  const forge = (header: object): string => {
    const text = `${encode(header)}.${parts[1]}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const own = { typ: 'JWT', alg: 'RS256' };
  assert.equal(await reasonOf(forge({ ...own, jwk })), 'unknown-key');
  assert.equal(await reasonOf(forge({ ...own, kid: 'x'.repeat(27), jwk })), 'unknown-key');
  assert.equal(await reasonOf(forge({ ...own, kid: keyId, jwk, jku: 'https://localhost/keys' })), 'signature');
  assert.equal(await reasonOf(forge({ ...own, kid: keyId, x5c: ['MII'], x5u: 'https://localhost/x' })), 'signature');
});

test('a key id that no key has is refused, in every form', async () => {
  for (const kid of [undefined, null, 7, '', {}, '../../etc', 'x'.repeat(27), `${keyId} `, keyId.toLowerCase()]) {
    assert.equal(await reasonOf(`${encode({ typ: 'JWT', alg: 'RS256', kid })}.${parts[1]}.${parts[2]}`), 'unknown-key');
  }
});

test('a token that demands an extension is refused', async () => {
  const header = { ...decode(parts[0]), crit: ['exp'] };
  assert.equal(await reasonOf(await signed(header, decode(parts[1]))), 'alg');
});

test('every single altered character of a token makes it no token', async () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let position = 0; position < token.length; position++) {
    const at = alphabet.indexOf(token[position] ?? '');
    for (const other of at < 0 ? ['A', ''] : [alphabet[(at + 1) % 64], alphabet[at ^ 32], '.', '']) {
      const altered = token.slice(0, position) + other + token.slice(position + 1);
      const reason = await reasonOf(altered);
      assert.notEqual(reason, 'valid', `position ${position}`);
    }
  }
});

test('claims of another token under this signature are refused', async () => {
  const other = (await mintWith({ audience: 'https://api.security.microsoft.com' })).split('.')[1];
  assert.equal(await reasonOf(`${parts[0]}.${other}.${parts[2]}`), 'signature');
});

test('an issuer that is not one of our names with the tenant of the token is refused', async () => {
  const claims = decode(parts[1]);
  const path = `/${claims.tid}/v2.0`;
  const own = genericUrl(services.names);
  for (const iss of [
    `https://login.microsoftonline.example${path}`,
    `https://localhost.evil.example${path}`,
    `https://evil@localhost${path}`,
    `https://evil.example/localhost${path}`,
    `http://localhost${path}`,
    `${own}${path}/`,
    `${own}/${claims.tid}/`,
    `${own}/${newId()}/v2.0`,
    `${own}//${claims.tid}/v2.0`,
    path,
    '',
  ]) {
    assert.equal(await reasonOf(await signed(decode(parts[0]), { ...claims, iss })), 'issuer', iss);
  }
});

test('a token that was taken through any of our names is good', async () => {
  for (const origin of [
    'https://alias.example',
    'https://127.0.0.1:8443',
    'https://[::1]:8443',
    'https://contoso.localhost:8443',
    'https://login.microsoftonline.com',
  ]) {
    for (const version of [1, 2] as const)
      assert.equal(await reasonOf(await mintWith({ origin, version })), 'valid', origin);
  }
});

test('a token ends with its very second and begins with its nbf', async () => {
  const claims = decode(parts[1]);
  services.testClock.moveTo(Number(claims.exp) * secondMs - 1);
  assert.equal(await reasonOf(token), 'valid');
  services.testClock.moveTo(Number(claims.exp) * secondMs);
  assert.equal(await reasonOf(token), 'expired');
  services.testClock.moveTo(Number(claims.nbf) * secondMs);
  assert.equal(await reasonOf(token), 'valid');
  services.testClock.moveTo(Number(claims.nbf) * secondMs - 1);
  assert.equal(await reasonOf(token), 'not-yet-valid');
});

test('a token of ours that lacks what every token has is refused', async () => {
  for (const name of ['aud', 'iss', 'iat', 'nbf', 'exp', 'tid', 'sub', 'oid', 'uti', 'ver']) {
    const { [name]: _, ...claims } = decode(parts[1]);
    assert.equal(await reasonOf(await signed(decode(parts[0]), claims)), 'claims', name);
  }
});

test('texts that are no JWT are called that, and their length is bounded', async () => {
  const deep = Buffer.from(`{"a":${'['.repeat(4000)}${']'.repeat(4000)}}`).toString('base64url');
  for (const text of [
    '',
    '.',
    '..',
    '...',
    'a.b',
    'a.b.c.d',
    `${token}.`,
    ` ${token}`,
    `${token}=`,
    token.replaceAll('.', '. '),
    `${encode([])}.${parts[1]}.${parts[2]}`,
    `${encode('text')}.${parts[1]}.${parts[2]}`,
    `${encode(null)}.${parts[1]}.${parts[2]}`,
    `${Buffer.from([0xff, 0xfe]).toString('base64url')}.${parts[1]}.${parts[2]}`,
    `${parts[0]}.${parts[1]}.é`,
    `${parts[0]}.${parts[1]}.${parts[2]}${'A'.repeat(services.config.jwtBytesMax)}`,
    `${token.slice(0, -1)}\n`,
  ]) {
    assert.equal(await reasonOf(text), 'malformed', JSON.stringify(text.slice(0, 40)));
  }
  assert.equal(await reasonOf(`${parts[0]}.${deep}.${parts[2]}`), 'signature');
  assert.equal(await reasonOf(`${deep}.${parts[1]}.${parts[2]}`), 'alg');
});

test('whatever comes in, the answer is a refusal and no exception', async () => {
  const json = fc.anything({ withNullPrototype: true, maxDepth: 4 });
  const part = fc.oneof(
    fc.string(),
    fc.base64String(),
    json.map((value) => encode(value ?? null)),
    fc.constantFrom(...parts),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part, { maxLength: 5 }).map((list) => list.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(text, async (candidate) => {
      fc.pre(candidate !== token);
      assert.notEqual(await reasonOf(candidate), 'valid');
    }),
    { numRuns: 2000 },
  );
});

test('no mutation of a good token verifies', async () => {
  const mutation = fc.record({
    at: fc.nat(token.length),
    removed: fc.nat(8),
    added: fc.string({ unit: fc.constantFrom(...'AZaz09-_.=+/ \n\0é'), maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      const mutated = mutations.reduce(
        (text, { at, removed, added }) => text.slice(0, at) + added + text.slice(at + removed),
        token,
      );
      fc.pre(mutated !== token);
      assert.notEqual(await reasonOf(mutated), 'valid');
    }),
    { numRuns: 2000 },
  );
});
