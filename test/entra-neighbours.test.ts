// What stands beside the token endpoint: revocation, introspection, pushed requests; and what is kept of tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { removeSecret } from '../src/applications/secrets.ts';
import { takePushedRequest } from '../src/authorizations/pushed-requests.ts';
import { minuteMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  clientCredentials,
  makeApp,
  makeCode,
  mtp,
  type Parameters,
  post,
  type Registered,
  redemption,
  redirectUri,
  tokensOf,
  verifier,
} from './support/entra.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

const call = (app: Registered, what: string, change: Parameters = {}, tenant: string = app.tenant.id) =>
  post(server, `/${tenant}/oauth2/v2.0/${what}`, { client_id: app.appId, client_secret: app.secret, ...change });
const introspect = async (app: Registered, token: string) => (await call(app, 'introspect', { token })).json();

test('a revoked access token ends alone, a refresh token with its whole family', async () => {
  const app = await makeApp(server);
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
  assert.equal((await introspect(app, tokens.access_token)).active, true);
  assert.equal((await call(app, 'revoke', { token: tokens.access_token })).status, 200);
  assert.deepEqual(await introspect(app, tokens.access_token), { active: false });
  const renewal = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  const next = tokensOf(await call(app, 'token', renewal));
  assert.equal((await introspect(app, next.refresh_token)).active, true);
  assert.equal((await call(app, 'revoke', { token: next.refresh_token, token_type_hint: 'access_token' })).status, 200);
  assert.deepEqual(await introspect(app, next.access_token), { active: false });
  assert.deepEqual(await introspect(app, next.refresh_token), { active: false });
  assertError(await call(app, 'token', { ...renewal, refresh_token: next.refresh_token }), 50173, 'invalid_grant', 400);
});

test("revocation answers 200 for what is unknown or another's, which it leaves as it is", async () => {
  const app = await makeApp(server);
  const other = await makeApp(server);
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
  for (const token of [tokens.access_token, tokens.refresh_token, tokens.id_token, 'x', 'a.b.c']) {
    assert.equal((await call(other, 'revoke', { token })).status, 200);
  }
  assert.equal((await introspect(app, tokens.access_token)).active, true);
  assertError(await call(app, 'revoke', {}), 900144, 'invalid_request', 400);
  assertError(
    await call(app, 'revoke', { token: tokens.access_token, client_secret: 'x' }),
    7000215,
    'invalid_client',
    401,
  );
  const silent = { token: tokens.refresh_token, client_secret: undefined };
  assertError(await call(app, 'revoke', silent), 7000218, 'invalid_client', 401);
});

test('introspection is for the app that took a token and the API that it is for', async () => {
  const app = await makeApp(server);
  const other = await makeApp(server);
  const body = tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
  const found = await introspect(app, body.access_token);
  assert.deepEqual(
    [found.client_id, found.aud, found.roles, found.tid],
    [app.appId, mtp, ['Incident.Read.All'], app.tenant.id],
  );
  assert.deepEqual(await introspect(other, body.access_token), { active: false });
  assert.deepEqual(await introspect(app, 'nothing'), { active: false });
  const elsewhere = await call(app, 'introspect', { token: body.access_token }, app.homeTenant.id);
  assert.deepEqual(elsewhere.json(), { active: false });
  assertError(await call(app, 'introspect', { token: 'x', client_secret: undefined }), 7000218, 'invalid_client', 401);
  assertError(await call(app, 'introspect', { token: 'x' }, 'common'), 50059, 'invalid_request', 400);
});

test('removing a secret ends the tokens that were taken with it', async () => {
  const app = await makeApp(server);
  const { addSecret } = await import('../src/applications/secrets.ts');
  const spare = await addSecret(app.home, app.appId, {});
  const body = tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
  await removeSecret(app.home, app.appId, app.secretId);
  assert.deepEqual(await introspect({ ...app, secret: spare.value }, body.access_token), { active: false });
});

test('a pushed request is checked like a sent one, works once and for a minute', async () => {
  const app = await makeApp(server);
  const asked = { response_type: 'code', redirect_uri: redirectUri, scope: 'openid', state: 's' };
  const pushed = await call(app, 'par', asked);
  assert.equal(pushed.status, 201, pushed.text);
  const { request_uri: uri, expires_in } = pushed.json<{ request_uri: string; expires_in: number }>();
  assert.equal(expires_in, 60);
  const kept = await takePushedRequest(server.services, app.appId, uri);
  assert.deepEqual(kept, asked);
  assert.equal(await takePushedRequest(server.services, app.appId, uri), undefined);

  const late = (await call(app, 'par', asked)).json<{ request_uri: string }>().request_uri;
  const other = await makeApp(server);
  assert.equal(await takePushedRequest(server.services, other.appId, late), undefined);
  server.services.testClock.advance(minuteMs);
  assert.equal(await takePushedRequest(server.services, app.appId, late), undefined);

  assertError(
    await call(app, 'par', { ...asked, redirect_uri: 'https://evil.example/' }),
    50011,
    'invalid_request',
    400,
  );
  assertError(await call(app, 'par', { ...asked, request_uri: uri }), 9002313, 'invalid_request', 400);
  assertError(await call(app, 'par', { ...asked, response_type: 'token' }), 700054, 'unsupported_response_type', 400);
  assertError(await call(app, 'par', { ...asked, client_secret: 'x' }), 7000215, 'invalid_client', 401);
  assertError(await call(app, 'par', { ...asked, client_secret: undefined }), 7000218, 'invalid_client', 401);
  assert.ok(verifier);
});

test('tokens show in the audit of the tenant within a second, counted, and as the last use of the app', async () => {
  const app = await makeApp(server);
  for (let each = 0; each < 3; each++) tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
  const admin = await makePerson(server, app.tenant, 'global-administrator');
  const records = await waitFor(async () => {
    const path = '/management/v1/audit?action=token.issue';
    const answer = await server.request(path, { session: admin.session });
    assert.equal(answer.status, 200, answer.text);
    const { items } = answer.json<{ items: { details: { count: number; appId: string; grant: string } }[] }>();
    // A second may end between two of them: then there are two records.
    return items.reduce((sum, { details }) => sum + details.count, 0) === 3 ? items : undefined;
  });
  const details = records.map((each) => each.details);
  assert.deepEqual([details[0]?.appId, details[0]?.grant], [app.appId, 'client_credentials']);
  const taken = await waitFor(async () => {
    const { db } = server.services.store;
    const row = await db
      .selectFrom('servicePrincipals')
      .selectAll()
      .where('id', '=', app.principalId)
      .executeTakeFirst();
    return row?.lastTokenAt === null ? undefined : row;
  });
  assert.deepEqual([taken.lastTokenAt, taken.lastTokenGrant], [server.services.clock(), 'client_credentials']);
});

test('a refusal is explained by its trace id, to those of the tenant who may read it', async () => {
  const app = await makeApp(server);
  const refused = assertError(
    await askToken(server, app.tenant, clientCredentials(app, { client_secret: 'x' })),
    7000215,
    'invalid_client',
    401,
  );
  const admin = await makePerson(server, app.tenant, 'global-administrator');
  const path = `/management/v1/explanations/${refused.trace_id}`;
  const answer = await server.request(path, { session: admin.session });
  assert.equal(answer.status, 200, answer.text);
  const explained = answer.json<{ surface: string; code: string; change: string }>();
  assert.deepEqual([explained.surface, explained.code], ['entra', 'client-credential-invalid']);
  const stranger = await makePerson(server, app.homeTenant, 'global-administrator');
  assert.equal((await server.request(path, { session: stranger.session })).status, 404);
});

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 50; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('It did not happen within five seconds.');
}
