// On-behalf-of: an API that was called with a person's token takes one for the next API.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { updateApplication } from '../src/applications/registrations.ts';
import { changeUserLife } from '../src/directory/users.ts';
import { hourMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  claimsOf,
  clientCredentials,
  consent,
  makeApp,
  makeCode,
  mtp,
  mtpDefault,
  type Parameters,
  post,
  type Registered,
  redemption,
  requiredAccess,
  tokensOf,
} from './support/entra.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

interface Chain {
  /** The app that people use. */
  readonly front: Registered;
  /** The API in the middle, in the same tenant. */
  readonly api: Registered;
  /** A token of the person for that API. */
  readonly assertion: string;
  readonly idToken: string;
}

async function makeChain(version: 1 | 2 | null = null): Promise<Chain> {
  const api = await makeApp(server);
  const scope = {
    id: crypto.randomUUID(),
    value: 'access_as_user',
    displayName: 'Use the API',
    description: 'As the person.',
    adminOnly: false,
    isEnabled: true,
  };
  const identifierUris = [`api://${api.appId}`];
  await updateApplication(api.home, api.appId, { identifierUris, exposedScopes: [scope], accessTokenVersion: version });
  const other = await makeApp(server);
  const access = [...requiredAccess, { resource: api.appId, scopes: ['access_as_user'] }];
  const principalId = await consent(api.admin, other.appId, access);
  const front: Registered = { ...other, admin: api.admin, tenant: api.tenant, user: api.user, principalId };
  const code = await makeCode(server, front, { scope: `openid api://${api.appId}/access_as_user` });
  const body = tokensOf(await askToken(server, front.tenant, redemption(front, code)));
  return { front, api, assertion: body.access_token, idToken: body.id_token };
}

function exchange({ api, assertion }: Chain, change: Parameters = {}): Parameters {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: api.appId,
    client_secret: api.secret,
    assertion,
    requested_token_use: 'on_behalf_of',
    scope: mtpDefault,
    ...change,
  };
}

test('the API gets a token of the same person with what it was granted itself', async () => {
  for (const version of [1, 2] as const) {
    const chain = await makeChain(version);
    const given = claimsOf(chain.assertion);
    assert.equal(given.aud, version === 1 ? `api://${chain.api.appId}` : chain.api.appId);
    const scope = `${mtp}/Incident.Read openid profile offline_access`;
    const body = tokensOf(await askToken(server, chain.api.tenant, exchange(chain, { scope, client_info: '1' })));
    const claims = claimsOf(body.access_token);
    assert.deepEqual(
      [claims.appid, claims.oid, claims.scp, claims.auth_time],
      [chain.api.appId, given.oid, 'Incident.Read', given.auth_time],
    );
    assert.ok(body.refresh_token && body.id_token && body.client_info);
    const renewed = {
      grant_type: 'refresh_token',
      client_id: chain.api.appId,
      client_secret: chain.api.secret,
      refresh_token: body.refresh_token,
    };
    tokensOf(await askToken(server, chain.api.tenant, renewed));
  }
});

test('v1 names the next API by resource', async () => {
  const chain = await makeChain();
  const form = exchange(chain, { scope: undefined, resource: mtp });
  const body = tokensOf(await post(server, `/${chain.api.tenant.id}/oauth2/token`, form));
  assert.equal(claimsOf(body.access_token).aud, mtp);
});

test('what is no token of a person for this API, signed by us and in force, is refused by its own number', async () => {
  const chain = await makeChain();
  const { api, front, assertion } = chain;
  const ask = (change: Parameters, tenant = api.tenant) => askToken(server, tenant, exchange(chain, change));
  const [head = '', payload = '', signature = ''] = assertion.split('.');
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const none = `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`;
  const keys = (await server.request('/common/discovery/v2.0/keys')).json<{ keys: { x5c: string[]; kid: string }[] }>();
  const hsHead = encode({ alg: 'HS256', typ: 'JWT', kid: keys.keys[0]?.kid });
  const hs256 = `${hsHead}.${payload}.${createHmac('sha256', keys.keys[0]?.x5c[0] ?? '')
    .update(`${hsHead}.${payload}`)
    .digest('base64url')}`;
  const altered = `${head}.${encode({ ...claimsOf(assertion), oid: crypto.randomUUID() })}.${signature}`;
  for (const bad of [none, hs256, altered, `${assertion.slice(0, -4)}AAAA`, 'x.y.z']) {
    assertError(await ask({ assertion: bad }), 50013, 'invalid_grant', 400);
  }
  assertError(await ask({ assertion: chain.idToken }), 240002, 'invalid_grant', 400);

  const forMtp = tokensOf(
    await askToken(server, front.tenant, redemption(front, await makeCode(server, front))),
  ).access_token;
  assertError(await ask({ assertion: forMtp }), 500131, 'invalid_grant', 400);
  const appOnly = clientCredentials(front, { scope: `api://${api.appId}/.default` });
  const ofApp = tokensOf(await askToken(server, front.tenant, appOnly)).access_token;
  assertError(await ask({ assertion: ofApp }), 7000114, 'invalid_grant', 400);
  assertError(await ask({}, api.homeTenant), 50013, 'invalid_grant', 400);
  assertError(await ask({ scope: `${mtp}/Incident.ReadWrite` }), 65001, 'invalid_grant', 400);
  assertError(await ask({ client_secret: undefined }), 7000218, 'invalid_client', 401);
  assertError(await ask({ requested_token_use: undefined }), 900144, 'invalid_request', 400);
  assertError(await ask({ requested_token_use: 'other' }), 9002313, 'invalid_request', 400);
  assertError(await ask({ scope: undefined }), 900144, 'invalid_request', 400);
  assertError(await askToken(server, 'common', exchange(chain)), 9001023, 'invalid_request', 400);
  tokensOf(await ask({}));
  server.services.testClock.advance(hourMs);
  assertError(await ask({}), 500133, 'invalid_grant', 400);
});

test('the chain ends with the sign-in that it began with, and with the account', async () => {
  const chain = await makeChain();
  const client = { client_id: chain.front.appId, client_secret: chain.front.secret };
  await post(server, `/${chain.front.tenant.id}/oauth2/v2.0/revoke`, { ...client, token: chain.assertion });
  assertError(await askToken(server, chain.api.tenant, exchange(chain)), 50013, 'invalid_grant', 400);

  const second = await makeChain();
  await changeUserLife(second.api.admin, second.api.user.id, 'disable');
  assertError(await askToken(server, second.api.tenant, exchange(second)), 50013, 'invalid_grant', 400);
});
