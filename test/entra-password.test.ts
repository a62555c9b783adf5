// grant_type=password: off unless a tenant turns it on, and then no way around what the sign-in page asks for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { updateTenantSettings } from '../src/applications/tenant-settings.ts';
import { codeOfStep, stepAt } from '../src/directory/second-factor.ts';
import { changeUserLife } from '../src/directory/users.ts';
import { makeUser, testPassword } from './support/accounts.ts';
import {
  askToken,
  assertError,
  claimsOf,
  makeApp,
  mtp,
  type Parameters,
  post,
  type Registered,
  tokensOf,
} from './support/entra.ts';
import { signIn, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { signInFailuresPerAddressMax: 10_000 } });
});
after(() => server.dispose());

async function makeAllowed(): Promise<Registered> {
  const app = await makeApp(server, { isPublicClient: true });
  await updateTenantSettings(app.admin, { passwordGrantEnabled: true });
  return app;
}

const scope = `${mtp}/Incident.Read openid profile offline_access`;

function parameters(app: Registered, change: Parameters = {}): Parameters {
  return {
    grant_type: 'password',
    client_id: app.appId,
    username: app.user.userName,
    password: testPassword,
    scope,
    ...change,
  };
}

test('it is off until the tenant turns it on', async () => {
  const app = await makeApp(server, { isPublicClient: true });
  assertError(await askToken(server, app.tenant, parameters(app)), 70003, 'unsupported_grant_type', 400);
  await updateTenantSettings(app.admin, { passwordGrantEnabled: true });
  const body = tokensOf(await askToken(server, app.tenant, parameters(app)));
  const claims = claimsOf(body.access_token);
  assert.deepEqual([claims.oid, claims.scp, claims.amr], [app.user.id, 'Incident.Read', ['pwd']]);
  assert.ok(body.refresh_token && body.id_token);
  const sessions = await server.services.store.db
    .selectFrom('sessions')
    .selectAll()
    .where('userId', '=', app.user.id)
    .execute();
  assert.deepEqual(sessions, []);
});

test('a wrong password, an unknown name, a disabled account and an unknown domain read the same', async () => {
  const app = await makeAllowed();
  const disabled = await makeUser(server.services, app.tenant);
  await changeUserLife(app.admin, disabled.id, 'disable');
  const answers = [
    await askToken(server, app.tenant, parameters(app, { password: 'wrong' })),
    await askToken(server, app.tenant, parameters(app, { username: `nobody@${app.tenant.slug}.example` })),
    await askToken(server, app.tenant, parameters(app, { username: disabled.userName })),
    await askToken(server, app.tenant, parameters(app, { username: 'x\u0000@y' })),
    await askToken(server, 'organizations', parameters(app, { username: 'a@nobody.example' })),
  ];
  const [, , , nul] = answers;
  assert.equal(nul?.json<{ error_codes: number[] }>().error_codes[0], 9002313);
  const texts = answers
    .filter((answer) => answer !== nul)
    .map((answer) => assertError(answer, 50126, 'invalid_grant', 400).error_description.replace(/Trace ID.*/, ''));
  assert.equal(new Set(texts).size, 1);
});

test('failures lock the account out here as on the sign-in page', async () => {
  const app = await makeAllowed();
  for (let tries = 0; tries < server.services.config.signInFailuresMax; tries++) {
    assertError(
      await askToken(server, app.tenant, parameters(app, { password: 'wrong' })),
      50126,
      'invalid_grant',
      400,
    );
  }
  assertError(await askToken(server, app.tenant, parameters(app)), 50053, 'invalid_grant', 400);
  const session = { userName: app.user.userName, password: testPassword, client: 'cli' };
  assert.equal((await server.request('/management/v1/sessions', { body: session })).status, 429);
});

test('an account with a second factor or a password that is due cannot use it', async () => {
  const app = await makeAllowed();
  const guarded = await makeUser(server.services, app.tenant);
  const session = await signIn(server, guarded);
  const path = '/management/v1/me/second-factor';
  const { secret } = (await server.request(path, { method: 'POST', session })).json<{ secret: string }>();
  const code = codeOfStep(secret, stepAt(server.services.clock()));
  assert.equal((await server.request(`${path}/confirmation`, { session, body: { code } })).status, 200);
  const factor = assertError(
    await askToken(server, app.tenant, parameters(app, { username: guarded.userName })),
    50076,
    'invalid_grant',
    400,
  );
  assert.equal(factor.suberror, 'basic_action');
  const due = await makeUser(server.services, app.tenant, { mustChangePassword: true });
  const change = assertError(
    await askToken(server, app.tenant, parameters(app, { username: due.userName })),
    50055,
    'invalid_grant',
    400,
  );
  assert.equal(change.suberror, 'user_password_expired');
});

test('common is refused, organizations finds the tenant by the name, v1 works too', async () => {
  const app = await makeAllowed();
  assertError(await askToken(server, 'common', parameters(app)), 9001023, 'invalid_request', 400);
  assert.equal(
    claimsOf(tokensOf(await askToken(server, 'organizations', parameters(app))).access_token).tid,
    app.tenant.id,
  );
  const form = parameters(app, { scope: undefined, resource: mtp });
  tokensOf(await post(server, `/${app.tenant.id}/oauth2/token`, form));
});

test('the app has to be public or to prove itself, and consented to', async () => {
  const app = await makeApp(server);
  await updateTenantSettings(app.admin, { passwordGrantEnabled: true });
  assertError(await askToken(server, app.tenant, parameters(app)), 7000218, 'invalid_client', 401);
  tokensOf(await askToken(server, app.tenant, parameters(app, { client_secret: app.secret })));
  const beyond = parameters(app, { client_secret: app.secret, scope: `${mtp}/Incident.ReadWrite` });
  assertError(await askToken(server, app.tenant, beyond), 65001, 'invalid_grant', 400);
  for (const name of ['username', 'password']) {
    assertError(
      await askToken(server, app.tenant, parameters(app, { [name]: undefined })),
      900144,
      'invalid_request',
      400,
    );
  }
});
