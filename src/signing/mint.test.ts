import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { type TestServices, testServices } from '../../test/support/services.ts';
import {
  type AppId,
  newId,
  type ServicePrincipalId,
  type TenantId,
  type TokenFamilyId,
  type UserId,
} from '../lib/ids.ts';
import { keyDocumentV2 } from './key-documents.ts';
import { type AccessTokenInput, type IdTokenInput, mintAccessToken, mintIdToken } from './mint.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

const origin = 'https://localhost:8443';
const tenantId = newId<TenantId>();
const appId = newId<AppId>();
const servicePrincipalId = newId<ServicePrincipalId>();
const userId = newId<UserId>();
const familyId = newId<TokenFamilyId>();

const common = () => ({
  origin,
  tenantId,
  audience: 'https://api.security.microsoft.com',
  appId,
  nowMs: services.clock(),
  lifetimeSeconds: 3600,
});
const appToken = (version: 1 | 2): AccessTokenInput => ({
  ...common(),
  version,
  clientAuth: 'secret',
  credentialId: 'credential-1',
  app: { servicePrincipalId, roles: ['Incident.Read.All', 'Machine.Isolate'] },
});
const person = () => ({
  userId,
  userName: 'mona@contoso.example',
  displayName: 'Mona',
  authTime: services.clock() - 61_500,
  amr: ['pwd', 'mfa'],
  subject: 'pairwise-subject',
});
const userToken = (version: 1 | 2): AccessTokenInput => ({
  ...common(),
  version,
  clientAuth: 'public',
  credentialId: null,
  familyId,
  user: { ...person(), scopes: ['Incident.Read', 'AdvancedHunting.Read'] },
});

function partsOf(token: string): [header: Record<string, unknown>, claims: Record<string, unknown>] {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  return [header ?? {}, claims ?? {}];
}

/** Claims without the random `uti`, which is checked here. */
async function claimsOf(input: AccessTokenInput): Promise<Record<string, unknown>> {
  const minted = await mintAccessToken(services, input);
  const { uti, ...claims } = partsOf(minted.token)[1];
  assert.equal(uti, minted.tokenId);
  assert.match(minted.tokenId, /^[\w-]{22}$/);
  return claims;
}

const times = () => {
  const iat = services.clock() / 1000;
  return { iat, nbf: iat - 300, exp: iat + 3600 };
};

test("an application's v1 token has exactly the documented claims", async () => {
  assert.deepEqual(await claimsOf(appToken(1)), {
    aud: 'https://api.security.microsoft.com',
    iss: `${origin}/${tenantId}/`,
    ...times(),
    appid: appId,
    appidacr: '1',
    idp: `${origin}/${tenantId}/`,
    idtyp: 'app',
    oid: servicePrincipalId,
    sub: servicePrincipalId,
    roles: ['Incident.Read.All', 'Machine.Isolate'],
    tid: tenantId,
    ver: '1.0',
    slp_cred: 'credential-1',
  });
});

test("an application's v2 token has exactly the documented claims", async () => {
  assert.deepEqual(await claimsOf({ ...appToken(2), clientAuth: 'certificate' }), {
    aud: 'https://api.security.microsoft.com',
    iss: `${origin}/${tenantId}/v2.0`,
    ...times(),
    azp: appId,
    azpacr: '2',
    idtyp: 'app',
    oid: servicePrincipalId,
    sub: servicePrincipalId,
    roles: ['Incident.Read.All', 'Machine.Isolate'],
    tid: tenantId,
    ver: '2.0',
    slp_cred: 'credential-1',
  });
});

test('a token to which nothing was granted has no claim roles', async () => {
  const claims = await claimsOf({ ...appToken(2), app: { servicePrincipalId, roles: [] } });
  assert.ok(!('roles' in claims));
});

test("a person's v1 token has exactly the documented claims", async () => {
  assert.deepEqual(await claimsOf(userToken(1)), {
    aud: 'https://api.security.microsoft.com',
    iss: `${origin}/${tenantId}/`,
    ...times(),
    appid: appId,
    appidacr: '0',
    idp: `${origin}/${tenantId}/`,
    oid: userId,
    sub: 'pairwise-subject',
    scp: 'Incident.Read AdvancedHunting.Read',
    name: 'Mona',
    amr: ['pwd', 'mfa'],
    auth_time: Math.floor((services.clock() - 61_500) / 1000),
    acr: '1',
    unique_name: 'mona@contoso.example',
    upn: 'mona@contoso.example',
    tid: tenantId,
    ver: '1.0',
    slp_fam: familyId,
  });
});

test("a person's v2 token has exactly the documented claims", async () => {
  assert.deepEqual(await claimsOf(userToken(2)), {
    aud: 'https://api.security.microsoft.com',
    iss: `${origin}/${tenantId}/v2.0`,
    ...times(),
    azp: appId,
    azpacr: '0',
    oid: userId,
    sub: 'pairwise-subject',
    scp: 'Incident.Read AdvancedHunting.Read',
    name: 'Mona',
    amr: ['pwd', 'mfa'],
    auth_time: Math.floor((services.clock() - 61_500) / 1000),
    preferred_username: 'mona@contoso.example',
    tid: tenantId,
    ver: '2.0',
    slp_fam: familyId,
  });
});

test('headers name the key, in v1 tokens twice', async () => {
  const { id } = await services.signing.current();
  const [v1] = partsOf((await mintAccessToken(services, appToken(1))).token);
  const [v2] = partsOf((await mintAccessToken(services, appToken(2))).token);
  assert.deepEqual(v1, { typ: 'JWT', alg: 'RS256', x5t: id, kid: id });
  assert.deepEqual(v2, { typ: 'JWT', alg: 'RS256', kid: id });
});

test('what is told beside the token is what the token says', async () => {
  const minted = await mintAccessToken(services, appToken(1));
  const [, { exp, nbf }] = partsOf(minted.token);
  assert.deepEqual([minted.expiresAt, minted.notBefore], [Number(exp) * 1000, Number(nbf) * 1000]);
});

test('no token lives longer than its key is published, and none belongs to nobody or to two', async () => {
  await assert.rejects(mintAccessToken(services, { ...appToken(2), lifetimeSeconds: 86_401 }));
  await assert.rejects(mintAccessToken(services, { ...appToken(2), lifetimeSeconds: 0 }));
  await assert.rejects(mintAccessToken(services, { ...appToken(2), app: undefined }));
  await assert.rejects(mintAccessToken(services, { ...appToken(2), user: userToken(2).user }));
});

const idToken = (change: Partial<IdTokenInput> = {}): IdTokenInput => ({
  ...common(),
  version: 2,
  user: { ...person(), email: 'mona@contoso.example' },
  scopes: ['openid', 'profile', 'email'],
  nonce: 'n-1',
  sessionId: 's-1',
  ...change,
});

async function idClaimsOf(change: Partial<IdTokenInput>): Promise<Record<string, unknown>> {
  const { uti, ...claims } = partsOf(await mintIdToken(services, idToken(change)))[1];
  assert.match(String(uti), /^[\w-]{22}$/);
  return claims;
}

const idCommon = () => ({
  aud: appId,
  ...times(),
  auth_time: Math.floor((services.clock() - 61_500) / 1000),
  amr: ['pwd', 'mfa'],
  oid: userId,
  sub: 'pairwise-subject',
  sid: 's-1',
  nonce: 'n-1',
  tid: tenantId,
  name: 'Mona',
});

test('a v2 id token tells what its scopes allow', async () => {
  const iss = `${origin}/${tenantId}/v2.0`;
  const { name: _, ...bare } = idCommon();
  assert.deepEqual(await idClaimsOf({}), {
    ...idCommon(),
    iss,
    preferred_username: 'mona@contoso.example',
    email: 'mona@contoso.example',
    ver: '2.0',
  });
  assert.deepEqual(await idClaimsOf({ scopes: ['openid'] }), { ...bare, iss, ver: '2.0' });
});

test('a v1 id token names the person as v1 does', async () => {
  const iss = `${origin}/${tenantId}/`;
  assert.deepEqual(await idClaimsOf({ version: 1, scopes: [] }), {
    ...idCommon(),
    iss,
    idp: iss,
    unique_name: 'mona@contoso.example',
    upn: 'mona@contoso.example',
    ver: '1.0',
  });
});

test('at_hash and c_hash are the left halves of the hashes (OpenID Connect Core, appendix A.4)', async () => {
  const code = 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk';
  const claims = await idClaimsOf({ code, accessToken: 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y' });
  assert.equal(claims.c_hash, 'LDktKdoQak3Pk0cnXxCltA');
  assert.equal(claims.at_hash, '77QmUPtjPfzWtF2AnpK9RQ');
});

test('a strict client verifies both kinds of tokens with the published document', async () => {
  const keys = createLocalJWKSet({
    keys: [...keyDocumentV2(await services.signing.published(), origin).keys],
  } as never);
  const currentDate = new Date(services.clock());
  for (const token of [(await mintAccessToken(services, appToken(1))).token, await mintIdToken(services, idToken())]) {
    const { protectedHeader } = await jwtVerify(token, keys, { currentDate, algorithms: ['RS256'], typ: 'JWT' });
    assert.equal(protectedHeader.alg, 'RS256');
  }
});
