// Client assertions: the forms that clients in use send, and every way to be refused.
import assert from 'node:assert/strict';
import { constants, createHmac, KeyObject, sign, webcrypto, X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { addCertificate, removeCertificate } from '../src/applications/certificates.ts';
import { minuteMs, secondMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  claimsOf,
  makeApp,
  mtpDefault,
  type Parameters,
  post,
  type Registered,
  tokensOf,
} from './support/entra.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

let server: TestServer;
let mine: Signer;
let foreign: Signer;
before(async () => {
  server = await startTestServer({ settings: { clientFailuresMax: 1000 } });
  mine = await makeSigner();
  foreign = await makeSigner();
});
after(() => server.dispose());

interface Signer {
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly sha1: string;
  readonly sha256: string;
}

async function makeSigner(): Promise<Signer> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = server?.services.clock() ?? Date.UTC(2026, 10, 21);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=client',
      keys,
      notBefore: new Date(now - minuteMs),
      notAfter: new Date(now + 3_600_000),
      signingAlgorithm: algorithm,
    },
    webcrypto,
  );
  const pem = certificate.toString('pem');
  const parsed = new X509Certificate(pem);
  const digest = (text: string) => Buffer.from(text.replaceAll(':', ''), 'hex').toString('base64url');
  return {
    pem,
    privateKey: KeyObject.from(keys.privateKey),
    sha1: digest(parsed.fingerprint),
    sha256: digest(parsed.fingerprint256),
  };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(header: Record<string, unknown>, claims: Record<string, unknown>, { privateKey }: Signer): string {
  const text = `${encode(header)}.${encode(claims)}`;
  const padding = header.alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, ...padding }).toString('base64url')}`;
}

let ids = 0;

function claimsFor(app: Registered, change: Record<string, unknown> = {}): Record<string, unknown> {
  const now = server.services.clock() / secondMs;
  const aud = `${server.url}/${app.tenant.id}/oauth2/v2.0/token`;
  return { aud, iss: app.appId, sub: app.appId, jti: `id-${++ids}`, nbf: now, iat: now, exp: now + 600, ...change };
}

function parameters(assertion: string, change: Parameters = {}): Parameters {
  return {
    grant_type: 'client_credentials',
    scope: mtpDefault,
    client_assertion_type: type,
    client_assertion: assertion,
    ...change,
  };
}

async function makeCertified(): Promise<Registered & { certificateId: string }> {
  const app = await makeApp(server);
  const { id } = await addCertificate(app.home, app.appId, { certificate: mine.pem });
  return { ...app, certificateId: id };
}

test('all forms that clients send are taken, and the token says that a certificate stood behind it', async () => {
  const app = await makeCertified();
  const domain = app.tenant.domains[0]?.name ?? '';
  const now = server.services.clock() / secondMs;
  const forms: [Record<string, unknown>, Record<string, unknown>][] = [
    [{ alg: 'PS256', typ: 'JWT', 'x5t#S256': mine.sha256 }, {}],
    [{ alg: 'RS256', typ: 'JWT', x5t: mine.sha1 }, {}],
    // msal-python: padded thumbprint, fractional times, no nbf, line breaks in x5c.
    [
      { alg: 'RS256', typ: 'JWT', x5t: `${mine.sha1}=`, x5c: ['MIIB\nAAAA'] },
      { iat: now - 0.25, exp: now + 599.75, nbf: undefined },
    ],
    // openid-client: no typ, the key by kid, the issuer as audience.
    [
      { alg: 'PS256', kid: app.certificateId },
      { aud: `${server.url}/${app.tenant.id}/v2.0`, exp: now + 60 },
    ],
    [{ alg: 'RS256', kid: mine.sha256 }, { aud: [`${server.url}/${app.tenant.id}/`] }],
    [{ alg: 'RS256', kid: mine.sha1 }, { aud: `${server.url}/${domain}/oauth2/token` }],
  ];
  for (const [header, claims] of forms) {
    const assertion = signed(header, claimsFor(app, claims), mine);
    const tenant = String(claims.aud).includes(domain) ? domain : app.tenant;
    const body = tokensOf(await askToken(server, tenant, parameters(assertion, { client_id: app.appId })));
    assert.equal(claimsOf(body.access_token).appidacr, '2');
  }
  // The client id may be left to the assertion (RFC 7521 section 4.2).
  const assertion = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app), mine);
  tokensOf(await askToken(server, app.tenant, parameters(assertion)));
});

test('v1 takes assertions too', async () => {
  const app = await makeCertified();
  const aud = `${server.url}/${app.tenant.id}/oauth2/token`;
  const assertion = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app, { aud }), mine);
  const form = parameters(assertion, { scope: undefined, resource: 'https://api.security.microsoft.com' });
  tokensOf(await post(server, `/${app.tenant.id}/oauth2/token`, form));
});

test('an assertion is used once, also when it comes twice at the same time', async () => {
  const app = await makeCertified();
  const assertion = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app), mine);
  const answers = await Promise.all([1, 2, 3].map(() => askToken(server, app.tenant, parameters(assertion))));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401]);
  const again = assertError(await askToken(server, app.tenant, parameters(assertion)), 50012, 'invalid_client', 401);
  assert.match(again.error_description, /used before/);
  // The same id of another client is another proof.
  const other = await makeCertified();
  const jti = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()).jti;
  tokensOf(
    await askToken(
      server,
      other.tenant,
      parameters(signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(other, { jti }), mine)),
    ),
  );
  // Without an id, the assertion itself is what may come once.
  const nameless = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app, { jti: undefined }), mine);
  tokensOf(await askToken(server, app.tenant, parameters(nameless)));
  assertError(await askToken(server, app.tenant, parameters(nameless)), 50012, 'invalid_client', 401);
});

test('what is not signed with the registered key by RS256 or PS256 is no assertion', async () => {
  const app = await makeCertified();
  const claims = () => claimsFor(app);
  const header = { alg: 'RS256', x5t: mine.sha1 };
  const good = signed(header, claims(), mine);
  const [head = '', body = '', signature = ''] = good.split('.');
  const hmac = (alg: string, key: string) => {
    const text = `${encode({ alg, x5t: mine.sha1 })}.${encode(claims())}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const altered = JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), jti: 'other' });
  const bad: [string, string][] = [
    ['another key under the registered thumbprint', signed(header, claims(), foreign)],
    ['a key that is not registered', signed({ alg: 'RS256', x5t: foreign.sha1 }, claims(), foreign)],
    ['no hint at a key', signed({ alg: 'RS256' }, claims(), mine)],
    ['alg none', `${encode({ alg: 'none', x5t: mine.sha1 })}.${encode(claims())}.`],
    ['HS256 with the public key', hmac('HS256', mine.pem)],
    ['RS512', signed({ alg: 'RS512', x5t: mine.sha1 }, claims(), mine)],
    ['an algorithm in other letters', signed({ alg: 'rs256', x5t: mine.sha1 }, claims(), mine)],
    [
      'PS256 said, RS256 done',
      signed({ alg: 'RS256', x5t: mine.sha1 }, claims(), mine).replace(head, encode({ alg: 'PS256', x5t: mine.sha1 })),
    ],
    ['an altered payload', `${head}.${Buffer.from(altered).toString('base64url')}.${signature}`],
    [
      'a key in the header',
      signed({ alg: 'RS256', jwk: foreign.privateKey.export({ format: 'jwk' }) }, claims(), foreign),
    ],
    ['an unknown critical extension', signed({ ...header, crit: ['b64'], b64: false }, claims(), mine)],
  ];
  for (const [what, assertion] of bad) {
    const answer = await askToken(server, app.tenant, parameters(assertion, { client_id: app.appId }));
    assert.equal(assertError(answer, 700027, 'invalid_client', 401).error_codes[0], 700027, what);
  }
  for (const text of ['x', 'a.b.c', `${good}.x`, `${good}=`, ` ${good}`]) {
    const answer = await askToken(server, app.tenant, parameters(text, { client_id: app.appId }));
    assertError(answer, 50012, 'invalid_client', 401);
  }
  tokensOf(await askToken(server, app.tenant, parameters(good)));
});

test('every character of an assertion counts', async () => {
  const app = await makeCertified();
  const good = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app), mine);
  for (let position = 0; position < good.length; position += 7) {
    const other = good[position] === 'A' ? 'B' : 'A';
    const altered = good.slice(0, position) + other + good.slice(position + 1);
    const answer = await askToken(server, app.tenant, parameters(altered, { client_id: app.appId }));
    assert.equal(answer.status, 401, `position ${position}: ${answer.text}`);
  }
});

test('issuer, subject, audience and times have to fit', async () => {
  const app = await makeCertified();
  const other = await makeCertified();
  const now = server.services.clock() / secondMs;
  const cases: [Record<string, unknown>, number][] = [
    [{ iss: other.appId }, 700021],
    [{ sub: other.appId }, 700021],
    [{ iss: undefined }, 700021],
    [{ aud: undefined }, 700023],
    [{ aud: 'https://elsewhere.example/token' }, 700023],
    [{ aud: `${server.url}/${other.tenant.id}/oauth2/v2.0/token` }, 700023],
    [{ aud: `${server.url}/${app.tenant.id}/oauth2/v2.0/token/x` }, 700023],
    [{ exp: undefined }, 700024],
    [{ exp: '9999999999' }, 700024],
    [{ exp: now - 301 }, 700024],
    [{ exp: now + 86_401 }, 700024],
    [{ nbf: now + 301 }, 700024],
    [{ iat: now + 301 }, 700024],
    [{ nbf: 'soon' }, 700024],
  ];
  for (const [change, code] of cases) {
    const assertion = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app, change), mine);
    const answer = await askToken(server, app.tenant, parameters(assertion, { client_id: app.appId }));
    assertError(answer, code, 'invalid_client', 401);
  }
  // A clock that is a few minutes off is common.
  const late = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app, { exp: now - 299, nbf: now - 600 }), mine);
  tokensOf(await askToken(server, app.tenant, parameters(late)));
});

test("another client's certificate proves nothing, and a removed one nothing any more", async () => {
  const app = await makeCertified();
  const other = await makeApp(server);
  const assertion = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(other), mine);
  assertError(await askToken(server, other.tenant, parameters(assertion)), 700027, 'invalid_client', 401);
  await removeCertificate(app.home, app.appId, app.certificateId);
  const late = signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app), mine);
  assertError(await askToken(server, app.tenant, parameters(late)), 700027, 'invalid_client', 401);
});

test('an assertion needs its type, and no secret beside it', async () => {
  const app = await makeCertified();
  const make = () => signed({ alg: 'RS256', x5t: mine.sha1 }, claimsFor(app), mine);
  const noType = await askToken(server, app.tenant, parameters(make(), { client_assertion_type: undefined }));
  assertError(noType, 900144, 'invalid_request', 400);
  const both = await askToken(server, app.tenant, parameters(make(), { client_secret: app.secret }));
  assertError(both, 9002313, 'invalid_request', 400);
});
