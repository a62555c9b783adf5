// grant_type=authorization_code: what a code gives, and every way to be refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { revokeAllGrants } from '../src/applications/grants.ts';
import { changeServicePrincipal } from '../src/applications/service-principals.ts';
import { changeUserLife } from '../src/directory/users.ts';
import { minuteMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  claimsOf,
  makeApp,
  makeCode,
  mtp,
  mtpDefault,
  post,
  redemption,
  redirectUri,
  spaRedirectUri,
  tokensOf,
  verifier,
} from './support/entra.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

const codeChallenge = createHash('sha256').update(verifier).digest('base64url');
const spa = { redirectUri: spaRedirectUri, redirectKind: 'spa', codeChallenge } as const;
const page = 'https://page.example';

test('a code gives a token of the person, an id token and a refresh token', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app, { codeChallenge });
  const answer = await askToken(
    server,
    app.tenant,
    redemption(app, code, { code_verifier: verifier, client_info: '1' }),
  );
  const body = tokensOf(answer);
  assert.deepEqual(Object.keys(body), [
    'token_type',
    'scope',
    'expires_in',
    'ext_expires_in',
    'access_token',
    'refresh_token',
    'id_token',
    'client_info',
  ]);
  const access = claimsOf(body.access_token);
  assert.deepEqual(
    [access.aud, access.scp, access.oid, access.tid],
    [mtp, 'Incident.Read', app.user.id, app.tenant.id],
  );
  const id = claimsOf(body.id_token);
  assert.deepEqual(
    [id.aud, id.nonce, id.oid, id.preferred_username, id.ver],
    [app.appId, 'n-1', app.user.id, app.user.userName, '2.0'],
  );
  assert.equal(id.sub, access.sub);
  assert.notEqual(id.sub, app.user.id);
  assert.deepEqual(JSON.parse(Buffer.from(body.client_info, 'base64url').toString()), {
    uid: app.user.id,
    utid: app.tenant.id,
  });
  assert.deepEqual(
    new Set(body.scope.split(' ')),
    new Set(['openid', 'profile', 'offline_access', `${mtp}/Incident.Read`]),
  );
});

test('.default gives all that was consented to, and two apps know one person by two subjects', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app, { scope: `openid ${mtpDefault}` });
  const body = tokensOf(await askToken(server, app.tenant, redemption(app, code)));
  assert.equal(claimsOf(body.access_token).scp, 'AdvancedHunting.Read Incident.Read');
  assert.ok(body.scope.split(' ').includes(mtpDefault));
  assert.equal('refresh_token' in body, false);
  const other = { ...(await makeApp(server)), tenant: app.tenant, user: app.user };
  const parties = { tenantId: app.tenant.id, appId: other.appId, userId: app.user.id };
  const { subjectOf } = await import('../src/authorizations/subjects.ts');
  const { keys } = server.services;
  assert.notEqual(subjectOf(keys, parties.appId, parties.userId), claimsOf(body.access_token).sub);
});

test('v1 redeems for its resource and gives refresh and id token without being asked', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app, { version: 1, scope: '', resource: mtp });
  const answer = await post(server, `/${app.tenant.id}/oauth2/token`, redemption(app, code));
  const body = tokensOf(answer) as unknown as Record<string, string>;
  assert.deepEqual([body.expires_in, body.resource, body.scope], ['3599', mtp, 'AdvancedHunting.Read Incident.Read']);
  assert.equal(claimsOf(body.id_token ?? '').ver, '1.0');
  assert.ok(body.refresh_token);
});

test('of two who come with one code at the same time, one wins', async () => {
  const app = await makeApp(server);
  for (let round = 0; round < 5; round++) {
    const code = await makeCode(server, app);
    const answers = await Promise.all([1, 2, 3, 4].map(() => askToken(server, app.tenant, redemption(app, code))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400]);
    for (const answer of answers) if (answer.status !== 200) assertError(answer, 54005, 'invalid_grant', 400);
  }
});

test('a code that comes back ends everything that came of it', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app);
  const body = tokensOf(await askToken(server, app.tenant, redemption(app, code)));
  server.services.testClock.advance(minuteMs);
  assertError(await askToken(server, app.tenant, redemption(app, code)), 54005, 'invalid_grant', 400);
  const client = { client_id: app.appId, client_secret: app.secret };
  const renewed = await askToken(server, app.tenant, {
    ...client,
    grant_type: 'refresh_token',
    refresh_token: body.refresh_token,
  });
  assertError(renewed, 50173, 'invalid_grant', 400);
  const state = await post(server, `/${app.tenant.id}/oauth2/v2.0/introspect`, { ...client, token: body.access_token });
  assert.deepEqual(state.json(), { active: false });
});

test('a failed redemption does not use the code up', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app, { codeChallenge });
  const right = redemption(app, code, { code_verifier: verifier });
  const cases: [Record<string, string | undefined>, number, string, number][] = [
    [{ redirect_uri: 'https://client.example/other' }, 500112, 'invalid_grant', 400],
    [{ redirect_uri: undefined }, 900144, 'invalid_request', 400],
    [{ code_verifier: undefined }, 50147, 'invalid_grant', 400],
    [{ code_verifier: 'short' }, 501491, 'invalid_grant', 400],
    [{ code_verifier: verifier.replace('a', 'b') }, 501481, 'invalid_grant', 400],
    [{ client_secret: undefined }, 7000218, 'invalid_client', 401],
    [{ client_secret: 'wrong' }, 7000215, 'invalid_client', 401],
    [{ code: 'slpac' }, 9002313, 'invalid_request', 400],
    [{ code: `${code.slice(0, -1)}_` }, 9002313, 'invalid_request', 400],
    [{ scope: 'Unknown.Scope' }, 650053, 'invalid_scope', 400],
    [{ scope: `${mtp}/Incident.Read https://graph.microsoft.com/User.Read` }, 28000, 'invalid_request', 400],
    [{ scope: `${mtpDefault} ${mtp}/Incident.Read` }, 70011, 'invalid_scope', 400],
  ];
  for (const [change, error, name, status] of cases) {
    assertError(await askToken(server, app.tenant, { ...right, ...change }), error, name, status);
  }
  tokensOf(await askToken(server, app.tenant, right));
});

test('a verifier for a code that has no challenge is refused', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app);
  const answer = await askToken(server, app.tenant, redemption(app, code, { code_verifier: verifier }));
  assertError(answer, 50147, 'invalid_grant', 400);
});

test("another app's, another tenant's and a late code are refused", async () => {
  const app = await makeApp(server);
  const other = await makeApp(server);
  const code = await makeCode(server, app);
  const foreign = await askToken(server, other.tenant, redemption(other, code));
  assertError(foreign, 9002313, 'invalid_request', 400);
  assertError(await askToken(server, app.homeTenant, redemption(app, code)), 700005, 'invalid_grant', 400);
  server.services.testClock.advance(server.services.config.authorizationCodeSeconds * 1000);
  assertError(await askToken(server, app.tenant, redemption(app, code)), 70008, 'invalid_grant', 400);
});

test('through common and organizations the code says the tenant, for apps of several organisations', async () => {
  const app = await makeApp(server);
  for (const alias of ['common', 'organizations']) {
    const body = tokensOf(await askToken(server, alias, redemption(app, await makeCode(server, app))));
    assert.equal(claimsOf(body.access_token).tid, app.tenant.id);
    assert.equal(claimsOf(body.id_token).iss, `${server.url}/${app.tenant.id}/v2.0`);
  }
  const host = server.tenantHost(app.homeTenant.slug);
  const elsewhere = await askToken(server, 'common', redemption(app, await makeCode(server, app)), { host });
  assertError(elsewhere, 90002, 'invalid_request', 400);
  const single = await makeApp(server);
  const { updateApplication } = await import('../src/applications/registrations.ts');
  await updateApplication(single.home, single.appId, { signInAudience: 'AzureADMyOrg' });
  const home = { ...single, tenant: single.homeTenant };
  assertError(
    await askToken(server, 'common', redemption(home, await makeCode(server, home))),
    50194,
    'invalid_request',
    400,
  );
});

test('a page redeems its own code with PKCE and without a secret, and may read the answer', async () => {
  const app = await makeApp(server);
  const parameters = (code: string) =>
    redemption(app, code, { client_secret: undefined, redirect_uri: spaRedirectUri, code_verifier: verifier });
  const code = await makeCode(server, app, spa);
  const noOrigin = await askToken(server, app.tenant, parameters(code));
  assertError(noOrigin, 9002327, 'invalid_request', 400);
  const stranger = await askToken(server, app.tenant, parameters(code), {
    headers: { origin: 'https://evil.example' },
  });
  assertError(stranger, 9002326, 'invalid_request', 400);
  assert.equal(stranger.headers['access-control-allow-origin'], undefined);
  const noProof = await askToken(
    server,
    app.tenant,
    { ...parameters(code), code_verifier: undefined },
    { headers: { origin: page } },
  );
  assertError(noProof, 9002325, 'invalid_request', 400);
  assert.equal(noProof.headers['access-control-allow-origin'], page);
  const answer = await askToken(server, app.tenant, parameters(code), { headers: { origin: page } });
  tokensOf(answer);
  assert.equal(answer.headers['access-control-allow-origin'], page);
  const web = await makeCode(server, app);
  const crossed = redemption(app, web, { client_secret: undefined });
  assertError(
    await askToken(server, app.tenant, crossed, { headers: { origin: page } }),
    9002326,
    'invalid_request',
    400,
  );
  const preflight = await server.request(`/${app.tenant.id}/oauth2/v2.0/token`, {
    method: 'OPTIONS',
    headers: { origin: page },
  });
  assert.deepEqual([preflight.status, preflight.headers['access-control-allow-methods']], [204, 'POST, OPTIONS']);
});

test('a public client sends no credential', async () => {
  const app = await makeApp(server);
  const change = { redirectUri: 'http://localhost:4321', redirectKind: 'publicClient', codeChallenge } as const;
  const code = await makeCode(server, app, change);
  const base = redemption(app, code, { redirect_uri: change.redirectUri, code_verifier: verifier });
  assertError(await askToken(server, app.tenant, base), 700025, 'invalid_client', 401);
  tokensOf(await askToken(server, app.tenant, { ...base, client_secret: undefined }));
});

test('without consent, account or assignment there is no token, whatever the code was for', async () => {
  const app = await makeApp(server);
  const beyond = await makeCode(server, app, { scope: `openid ${mtp}/Incident.ReadWrite` });
  const missing = assertError(await askToken(server, app.tenant, redemption(app, beyond)), 65001, 'invalid_grant', 400);
  assert.equal(missing.suberror, 'consent_required');

  const assigned = await makeApp(server);
  const code = await makeCode(server, assigned);
  await changeServicePrincipal(assigned.admin, assigned.appId, { requiresAssignment: true });
  assertError(await askToken(server, assigned.tenant, redemption(assigned, code)), 50105, 'invalid_grant', 400);
  await changeServicePrincipal(assigned.admin, assigned.appId, { requiresAssignment: false });
  await changeUserLife(assigned.admin, assigned.user.id, 'disable');
  assertError(await askToken(server, assigned.tenant, redemption(assigned, code)), 70008, 'invalid_grant', 400);
  const late = await makeCode(server, assigned);
  assertError(await askToken(server, assigned.tenant, redemption(assigned, late)), 50057, 'invalid_grant', 400);
  await changeUserLife(assigned.admin, assigned.user.id, 'enable');
  await revokeAllGrants(assigned.admin, assigned.appId);
  assertError(await askToken(server, assigned.tenant, redemption(assigned, late)), 65001, 'invalid_grant', 400);
  assert.equal(redirectUri, 'https://client.example/back');
});
