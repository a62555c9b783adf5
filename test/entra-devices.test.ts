// Signing in on another device: both names of the grant, and every state in which the app can ask.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { approveDevice, declineDevice, findByUserCode } from '../src/authorizations/device-codes.ts';
import { secondMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  claimsOf,
  makeApp,
  mtp,
  mtpDefault,
  type Parameters,
  post,
  type Registered,
  tokensOf,
} from './support/entra.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

interface Begun {
  readonly user_code: string;
  readonly device_code: string;
  readonly verification_uri: string;
  readonly expires_in: number;
  readonly interval: number;
  readonly message: string;
}

const makePublic = () => makeApp(server, { isPublicClient: true });
const scope = `${mtp}/Incident.Read openid profile offline_access`;

async function begin(app: Registered, tenant: string = app.tenant.id, change: Parameters = {}): Promise<Begun> {
  const answer = await post(server, `/${tenant}/oauth2/v2.0/devicecode`, { client_id: app.appId, scope, ...change });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<Begun>();
}

async function requestOf(code: string) {
  const found = await findByUserCode(server.services, code);
  assert.ok(found);
  return found;
}

async function approve({ tenant, user }: Registered, code: string): Promise<boolean> {
  const proof = { authTime: server.services.clock(), amr: ['pwd', 'mfa'], secondFactorAt: null, sessionId: null };
  return await approveDevice(server.services, await requestOf(code), { tenantId: tenant.id, userId: user.id, proof });
}

const poll = (app: Registered, code: string, change: Parameters = {}, tenant: string = app.tenant.id) =>
  askToken(server, tenant, { grant_type: 'device_code', client_id: app.appId, device_code: code, ...change });

test('the app waits until the person has approved, and gets tokens once', async () => {
  const app = await makePublic();
  for (const grant_type of ['device_code', 'urn:ietf:params:oauth:grant-type:device_code']) {
    const begun = await begin(app);
    assert.match(begun.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{9}$/);
    assert.deepEqual([begun.expires_in, begun.interval, 'verification_uri_complete' in begun], [900, 5, false]);
    assert.equal(begun.verification_uri, `${server.url}/common/oauth2/deviceauth`);
    assert.ok(begun.message.includes(begun.user_code) && begun.message.includes(begun.verification_uri));
    assertError(await poll(app, begun.device_code, { grant_type }), 70016, 'authorization_pending', 400);
    assert.ok(await approve(app, ` ${begun.user_code.slice(0, 4).toLowerCase()}-${begun.user_code.slice(4)} `));
    const body = tokensOf(
      await poll(app, begun.device_code, { grant_type, code: begun.device_code, client_info: '1' }),
    );
    const claims = claimsOf(body.access_token);
    assert.deepEqual(
      [claims.oid, claims.scp, claims.appidacr, claims.amr],
      [app.user.id, 'Incident.Read', '0', ['pwd', 'mfa']],
    );
    assert.ok(body.id_token && body.refresh_token && body.client_info);
    assertError(await poll(app, begun.device_code), 70018, 'bad_verification_code', 400);
  }
});

test('of polls that come together after the approval, one gets the tokens', async () => {
  const app = await makePublic();
  const begun = await begin(app);
  await approve(app, begun.user_code);
  const answers = await Promise.all([1, 2, 3].map(() => poll(app, begun.device_code)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
});

test('a refusal of the person and the end of the time are told apart', async () => {
  const app = await makePublic();
  const declined = await begin(app);
  assert.ok(await declineDevice(server.services, await requestOf(declined.user_code)));
  assertError(await poll(app, declined.device_code), 70020, 'authorization_declined', 400);
  assert.equal(await approve(app, declined.user_code), false);

  const late = await begin(app);
  server.services.testClock.advance(server.services.config.deviceCodeSeconds * secondMs);
  assert.equal(await approve(app, late.user_code), false);
  assertError(await poll(app, late.device_code), 70019, 'expired_token', 400);
});

test('codes of other apps and tenants are as unknown as those that never were', async () => {
  const app = await makePublic();
  const other = await makePublic();
  const begun = await begin(app);
  for (const answer of [
    await poll(other, begun.device_code),
    await poll(app, begun.device_code, {}, app.homeTenant.id),
    await poll(app, `${begun.device_code.slice(0, -1)}_`),
    await poll(app, 'x'),
  ]) {
    assertError(answer, 70018, 'bad_verification_code', 400);
  }
  assert.equal(await approve(other, begun.user_code), false);
  assert.equal(await findByUserCode(server.services, 'AEIOUAEIO'), undefined);
});

test('through common and organizations the tenant is the one of whoever approves', async () => {
  const app = await makePublic();
  for (const alias of ['common', 'organizations']) {
    const begun = await begin(app, alias);
    assert.ok(await approve(app, begun.user_code));
    const body = tokensOf(await poll(app, begun.device_code, {}, alias));
    assert.equal(claimsOf(body.access_token).tid, app.tenant.id);
  }
});

test('v1 has its own names and writes texts', async () => {
  const app = await makePublic();
  const path = `/${app.tenant.id}/oauth2/devicecode`;
  const answer = await post(server, path, { client_id: app.appId, resource: mtp });
  const begun = answer.json<Record<string, string>>();
  assert.deepEqual([begun.expires_in, begun.interval], ['900', '5']);
  assert.ok(begun.verification_url);
  await approve(app, begun.user_code ?? '');
  const form = { grant_type: 'device_code', client_id: app.appId, device_code: begun.device_code };
  tokensOf(await post(server, `/${app.tenant.id}/oauth2/token`, form));
});

test('who may not begin hears why', async () => {
  const app = await makePublic();
  const confidential = await makeApp(server);
  const path = (tenant: string) => `/${tenant}/oauth2/v2.0/devicecode`;
  const cases: [string, Parameters, number, string, number][] = [
    [app.tenant.id, { scope }, 900144, 'invalid_request', 400],
    [app.tenant.id, { client_id: app.appId }, 900144, 'invalid_request', 400],
    [app.tenant.id, { client_id: app.appId, scope: 'Nothing.Here' }, 650053, 'invalid_scope', 400],
    [app.tenant.id, { client_id: crypto.randomUUID(), scope }, 700016, 'unauthorized_client', 400],
    ['common', { client_id: crypto.randomUUID(), scope }, 700016, 'unauthorized_client', 400],
    ['nobody.example', { client_id: app.appId, scope }, 90002, 'invalid_request', 400],
    [confidential.tenant.id, { client_id: confidential.appId, scope }, 7000218, 'invalid_client', 401],
    [
      confidential.tenant.id,
      { client_id: confidential.appId, scope, client_secret: 'x' },
      7000215,
      'invalid_client',
      401,
    ],
  ];
  for (const [tenant, parameters, code, error, status] of cases) {
    assertError(await post(server, path(tenant), parameters), code, error, status);
  }
  // An app with a secret may use the flow when it shows it, at both ends.
  const credential = { client_secret: confidential.secret };
  const begun = await begin(confidential, confidential.tenant.id, credential);
  await approve(confidential, begun.user_code);
  assertError(await poll(confidential, begun.device_code), 7000218, 'invalid_client', 401);
  tokensOf(await poll(confidential, begun.device_code, credential));
});

test('a flood of requests for codes is turned away', async () => {
  const app = await makePublic();
  const path = `/${app.tenant.id}/oauth2/v2.0/devicecode`;
  const form = { client_id: app.appId, scope: mtpDefault };
  for (let each = 0; each < 60; each++) assert.equal((await post(server, path, form)).status, 200);
  const refused = await post(server, path, form);
  assertError(refused, 90055, 'temporarily_unavailable', 429);
  assert.equal(refused.headers['retry-after'], '60');
});
