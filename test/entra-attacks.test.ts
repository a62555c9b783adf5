// Attacks on the endpoints that programs call: what was withdrawn, what would fill the store without a credential, what
// would tell or log a secret.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { revokeAllGrants } from '../src/applications/grants.ts';
import { updateApplication } from '../src/applications/registrations.ts';
import { addSecret, removeSecret } from '../src/applications/secrets.ts';
import { changeServicePrincipal, deleteServicePrincipal } from '../src/applications/service-principals.ts';
import { replacedGraceMs } from '../src/authorizations/refresh-tokens.ts';
import type { Services } from '../src/context.ts';
import { minuteMs, secondMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  clientCredentials,
  consent,
  makeApp,
  makeCode,
  mtpDefault,
  type Parameters,
  post,
  type Registered,
  redemption,
  redirectUri,
  requiredAccess,
  tokensOf,
} from './support/entra.ts';
import { freePort } from './support/postgres-server.ts';
import { startNode, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { trustedProxies: ['127.0.0.1/32'], clientFailuresMax: 1000 } });
});
after(() => server.dispose());

/** An API of the tenant, an app that people use it through, and a token of a person for it. */
async function makeChain() {
  const api = await makeApp(server);
  const scope = { id: crypto.randomUUID(), value: 'use', displayName: 'Use', description: 'As the person.' };
  await updateApplication(api.home, api.appId, {
    identifierUris: [`api://${api.appId}`],
    exposedScopes: [{ ...scope, adminOnly: false, isEnabled: true }],
  });
  const other = await makeApp(server);
  const access = [...requiredAccess, { resource: api.appId, scopes: ['use'] }];
  const principalId = await consent(api.admin, other.appId, access);
  const front: Registered = { ...other, admin: api.admin, tenant: api.tenant, user: api.user, principalId };
  const spare = await addSecret(front.home, front.appId, {});
  const code = await makeCode(server, front, { scope: `openid api://${api.appId}/use` });
  const assertion = tokensOf(await askToken(server, front.tenant, redemption(front, code))).access_token;
  const exchange: Parameters = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: api.appId,
    client_secret: api.secret,
    assertion,
    requested_token_use: 'on_behalf_of',
    scope: mtpDefault,
  };
  return { api, front, spare, exchange: () => askToken(server, api.tenant, exchange) };
}

test('an assertion is no longer good once the app that took it was disabled, lost its consent or its secret', async () => {
  for (const withdraw of [
    ({ front }) => changeServicePrincipal(front.admin, front.appId, { isEnabled: false }),
    ({ front }) => removeSecret(front.home, front.appId, front.secretId),
    ({ front }) => deleteServicePrincipal(front.admin, front.appId),
    ({ front }) => revokeAllGrants(front.admin, front.appId),
  ] satisfies ((chain: Awaited<ReturnType<typeof makeChain>>) => Promise<unknown>)[]) {
    const chain = await makeChain();
    tokensOf(await chain.exchange());
    await withdraw(chain);
    assertError(await chain.exchange(), 50013, 'invalid_grant', 400);
  }
});

test('an app that a tenant deleted and took in again has none of its old sign-ins', async () => {
  const app = await makeApp(server);
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
  await deleteServicePrincipal(app.admin, app.appId);
  await consent(app.admin, app.appId, requiredAccess);
  const form = { client_id: app.appId, client_secret: app.secret };
  const renewal = { ...form, grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  assertError(await askToken(server, app.tenant, renewal), 50173, 'invalid_grant', 400);
  const introspected = await post(server, `/${app.tenant.id}/oauth2/v2.0/introspect`, {
    ...form,
    token: tokens.access_token,
  });
  assert.deepEqual(introspected.json(), { active: false });
});

test('who renews with a stolen token within the moment of grace is found at the next renewal but one', async () => {
  const app = await makeApp(server);
  const first = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
  const renew = (token: string) =>
    askToken(server, app.tenant, {
      grant_type: 'refresh_token',
      client_id: app.appId,
      client_secret: app.secret,
      refresh_token: token,
    });
  let owner = tokensOf(await renew(first.refresh_token)).refresh_token;
  const thief = tokensOf(await renew(first.refresh_token)).refresh_token;
  server.services.testClock.advance(replacedGraceMs + secondMs);
  owner = tokensOf(await renew(owner)).refresh_token;
  server.services.testClock.advance(replacedGraceMs + secondMs);
  assertError(await renew(thief), 50173, 'invalid_grant', 400);
  assertError(await renew(owner), 50173, 'invalid_grant', 400);
});

test('nobody without a credential fills the store, or uses up what others may push', async () => {
  const app = await makeApp(server, { isPublicClient: true });
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const par = (change: Parameters, address = '198.51.100.1') =>
    post(
      server,
      `/${app.tenant.id}/oauth2/v2.0/par`,
      { client_id: app.appId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', ...change },
      from(address),
    );
  for (const name of ['state', 'junk', 'scope', 'login_hint']) {
    const large = await par({ [name]: `openid ${'x'.repeat(60_000)}` });
    assert.equal(large.status, 400, `${name} ${large.status}`);
  }
  let accepted = 0;
  for (let each = 0; each < 80; each++) if ((await par({})).status === 201) accepted++;
  assert.ok(accepted <= 60, `${accepted} were kept`);
  assert.equal((await par({}, '198.51.100.2')).status, 201, 'somebody else still may');
  assert.equal((await par({ client_secret: app.secret })).status, 201, 'the app itself still may');

  const device = (change: Parameters, address: string) =>
    post(
      server,
      '/organizations/oauth2/v2.0/devicecode',
      { client_id: app.appId, scope: 'openid', ...change },
      from(address),
    );
  assertError(await device({ scope: `openid ${'x'.repeat(60_000)}` }, '198.51.100.3'), 70011, 'invalid_scope', 400);
  assertError(await device({ scope: `openid${' '.repeat(60_000)}` }, '198.51.100.3'), 70011, 'invalid_scope', 400);
  const statuses: number[] = [];
  for (let each = 0; each < 61; each++) {
    statuses.push((await device({}, `2001:db8::${each.toString(16)}`)).status);
  }
  assert.equal(statuses.at(-1), 429, 'one subscriber has a whole /64');
});

test('a secret in the address of a token request counts for nothing and is written nowhere', async () => {
  const app = await makeApp(server);
  const query = new URLSearchParams(clientCredentials(app) as Record<string, string>);
  const path = `/${app.tenant.id}/oauth2/v2.0/token`;
  assertError(await post(server, `${path}?${query}`, {}), 900144, 'invalid_request', 400);
  assertError(await server.request(`${path}?${query}`), 900561, 'invalid_request', 400);
});

test('parameters twice, in lists, as JSON, out of bounds or out of UTF-8 are refused in the shape of the surface', async () => {
  const app = await makeApp(server);
  const path = `/${app.tenant.id}/oauth2/v2.0/token`;
  const good = new URLSearchParams(clientCredentials(app) as Record<string, string>).toString();
  const type = 'application/x-www-form-urlencoded';
  const send = (body: string | Buffer, contentType = type) =>
    server.request(path, { method: 'POST', body, headers: { 'content-type': contentType } });
  for (const [body, code] of [
    [`${good}&client_id=${app.appId}`, 9000411],
    [`client_id=${app.appId}&${good}`, 9000411],
    [`${good}&x=%00`, 9002313],
    [`${good}&x=%ff%fe`, 9002313],
    [`${good}&x=%zz`, 9002313],
    [`${good}&x=%ed%a0%80`, 9002313],
    [`${good}&${Array.from({ length: 300 }, (_, each) => `p${each}=1`).join('&')}`, 9002313],
    [good.replace('client_id', 'client_id[]'), 900144],
    [good.replace('client_id', 'client_id%5B0%5D'), 900144],
  ] as const) {
    const answer = await send(body);
    assertError(answer, code, 'invalid_request', 400);
  }
  for (const contentType of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense']) {
    const answer = await send(JSON.stringify(clientCredentials(app)), contentType);
    assert.ok([400, 415].includes(answer.status), `${contentType} ${answer.status} ${answer.text}`);
    assert.equal(typeof answer.json().error_description, 'string', answer.text);
  }
  tokensOf(await send(good, `${type}; charset=UTF-8`));
  const large = await send(Buffer.alloc(10 * 1024 * 1024, 0x61)).catch((error: NodeJS.ErrnoException) => error);
  if ('text' in large) assert.equal(large.status, 413, large.text);
  else assert.match(String(large.code), /EPIPE|ECONNRESET/);
  const deep = Buffer.from('['.repeat(20_000)).toString('base64url');
  const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  for (const assertion of [`${deep}.${deep}.AAAA`, 'a'.repeat(100_000), '..', `${'.'.repeat(1000)}`, 'é.é.é']) {
    const form = { ...clientCredentials(app), client_secret: undefined, client_assertion_type: assertionType };
    assertError(
      await askToken(server, app.tenant, { ...form, client_assertion: assertion }),
      50012,
      'invalid_client',
      401,
    );
  }
});

test('two who redeem one code: one gets tokens, and nobody keeps them', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app);
  const answers = await Promise.all([1, 2, 3].map(() => askToken(server, app.tenant, redemption(app, code))));
  const won = answers.filter(({ status }) => status === 200);
  assert.ok(won.length <= 1);
  for (const lost of answers.filter(({ status }) => status !== 200)) assertError(lost, 54005, 'invalid_grant', 400);
  const form = { client_id: app.appId, client_secret: app.secret, token: won[0] ? tokensOf(won[0]).access_token : 'x' };
  const introspected = await post(server, `/${app.tenant.id}/oauth2/v2.0/introspect`, form);
  assert.deepEqual(introspected.json(), { active: false });
});

test('a token of another tenant opens nothing once its app is for the home organisation only', async () => {
  const app = await makeApp(server);
  const { access_token } = tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
  const headers = { authorization: `Bearer ${access_token}` };
  assert.equal((await server.request('/api/incidents', { headers })).status, 200);
  await updateApplication(app.home, app.appId, { signInAudience: 'AzureADMyOrg' });
  assert.equal((await server.request('/api/incidents', { headers })).status, 403);
});

test('no secret is in the log, in the audit or in the explanation of a refusal', async () => {
  const logged: string[] = [];
  const write = (text: string): void => {
    logged.push(text);
  };
  const log: Services['log'] = pino({ level: 'trace' }, { write });
  const node = await startNode({ ...server.services, log }, await freePort());
  try {
    const app = await makeApp(server, { isPublicClient: true });
    const code = await makeCode(server, app);
    const tokens = tokensOf(await askToken(node, app.tenant, redemption(app, code)));
    const wrong = 'a-secret-that-is-wrong-7731';
    await askToken(node, app.tenant, clientCredentials(app, { client_secret: wrong }));
    await askToken(node, app.tenant, redemption(app, code, { client_secret: wrong }));
    await askToken(node, app.tenant, redemption(app, code));
    await askToken(node, app.tenant, {
      ...redemption(app, wrong),
      grant_type: 'password',
      username: wrong,
      password: wrong,
    });
    const query = new URLSearchParams({ client_secret: app.secret, refresh_token: tokens.refresh_token, token: wrong });
    for (const path of ['oauth2/v2.0/token', 'oauth2/v2.0/revoke', 'oauth2/v2.0/nothing', 'oauth2/v2.0/authorize']) {
      await post(node, `/${app.tenant.id}/${path}?${query}`, {
        client_id: app.appId,
        client_secret: wrong,
        token: wrong,
      });
      await node.request(`/${app.tenant.id}/${path}?${query}`, { headers: { authorization: `Bearer ${wrong}` } });
    }
    await node.stop();
    const { db } = server.services.store;
    const kept = [
      ...(await db.selectFrom('auditRecords').select('body').execute()),
      ...(await db.selectFrom('explanations').select('body').execute()),
    ].map(({ body }) => body);
    assert.ok(kept.some((body) => body.includes('grant-replayed')));
    const all = [...logged, ...kept].join('\n');
    for (const secret of [wrong, app.secret, code, tokens.refresh_token, tokens.access_token, tokens.id_token]) {
      assert.ok(!all.includes(secret), secret);
    }
  } finally {
    await node.stop();
  }
});

test('a client that renews in a loop is stopped before its rows fill the store', async () => {
  const app = await makeApp(server);
  let { refresh_token: token } = tokensOf(
    await askToken(server, app.tenant, redemption(app, await makeCode(server, app))),
  );
  const form = { client_id: app.appId, client_secret: app.secret, grant_type: 'refresh_token' };
  let renewals = 0;
  for (; renewals < 150; renewals++) {
    const answer = await askToken(server, app.tenant, { ...form, refresh_token: token });
    if (answer.status !== 200) {
      assertError(answer, 50196, 'invalid_grant', 400);
      break;
    }
    token = tokensOf(answer).refresh_token;
  }
  assert.equal(renewals, 120);
  server.services.testClock.advance(minuteMs);
  tokensOf(await askToken(server, app.tenant, { ...form, refresh_token: token }));
});

test('once a tenant revoked everything, nobody is signed in to the app and nothing of a person is told', async () => {
  const app = await makeApp(server);
  const graph = { scope: 'openid profile email offline_access' };
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app, graph))));
  const code = await makeCode(server, app, graph);
  const form = { client_id: app.appId, client_secret: app.secret };
  const renewal = { ...form, grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const introspect = async (token: string) =>
    (await post(server, `/${app.tenant.id}/oauth2/v2.0/introspect`, { ...form, token })).json();
  const { access_token } = tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
  assert.equal((await server.request('/oidc/userinfo', { headers })).status, 200);
  assert.equal((await introspect(tokens.access_token)).active, true);
  assert.deepEqual((await introspect(access_token)).roles, ['Incident.Read.All']);
  await revokeAllGrants(app.admin, app.appId);
  assert.equal((await server.request('/oidc/userinfo', { headers })).status, 401);
  assert.deepEqual(await introspect(tokens.access_token), { active: false });
  assert.deepEqual(await introspect(access_token), { active: false });
  assertError(await askToken(server, app.tenant, redemption(app, code)), 65001, 'invalid_grant', 400);
  assertError(await askToken(server, app.tenant, renewal), 65001, 'invalid_grant', 400);
});
