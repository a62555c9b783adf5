// grant_type=client_credentials with a secret: what is answered, and every way to be refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changeApplicationLife, updateApplication } from '../src/applications/registrations.ts';
import { addSecret, removeSecret } from '../src/applications/secrets.ts';
import { changeServicePrincipal, deleteServicePrincipal } from '../src/applications/service-principals.ts';
import { dayMs, hourMs, secondMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import {
  askToken,
  assertError,
  claimsOf,
  clientCredentials,
  makeApp,
  mtp,
  mtpDefault,
  post,
  tokensOf,
} from './support/entra.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { hostAliases: ['sallyport.example'] } });
});
after(() => server.dispose());

test('v2 answers exactly the documented members, numbers as numbers', async () => {
  const app = await makeApp(server);
  const answer = await askToken(server, app.tenant, clientCredentials(app, { client_info: '1' }));
  const body = tokensOf(answer);
  assert.deepEqual(Object.keys(body), ['token_type', 'expires_in', 'ext_expires_in', 'access_token']);
  assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 3599]);
  assert.deepEqual(claimsOf(body.access_token).roles, ['Incident.Read.All']);
  assert.equal(claimsOf(body.access_token).tid, app.tenant.id);
  assert.equal(claimsOf(body.access_token).appid, app.appId);
});

test('v1 answers texts, with times and the resource as it was asked', async () => {
  const app = await makeApp(server);
  const domain = app.tenant.domains[0]?.name ?? '';
  for (const [resource, audience] of [
    [mtp, mtp],
    ['https://security.microsoft.com/mtp/', 'https://security.microsoft.com/mtp/'],
    ['8ee8fdad-f234-4243-8f3b-15c294843740', '8ee8fdad-f234-4243-8f3b-15c294843740'],
  ] as const) {
    const parameters = clientCredentials(app, { scope: undefined, resource });
    const answer = await post(server, `/${domain}/oauth2/token`, parameters);
    const body = tokensOf(answer) as unknown as Record<string, unknown>;
    assert.deepEqual([body.expires_in, body.ext_expires_in, body.resource], ['3599', '3599', resource]);
    const claims = claimsOf(String(body.access_token));
    assert.deepEqual([body.expires_on, body.not_before], [String(claims.exp), String(claims.nbf)]);
    assert.deepEqual([claims.aud, claims.roles], [audience, ['Incident.Read.All']]);
  }
});

test('the double slash keeps the slash of the audience, and the issuer follows the host that was asked', async () => {
  const app = await makeApp(server);
  const parameters = clientCredentials(app, { scope: `${mtp}//.default` });
  const body = tokensOf(await askToken(server, app.tenant, parameters, { host: 'sallyport.example' }));
  const claims = claimsOf(body.access_token);
  assert.equal(claims.aud, `${mtp}/`);
  assert.equal(claims.iss, `https://sallyport.example:${server.port}/${app.tenant.id}/`);
});

test('a token is given without a role too, and then has no roles claim', async () => {
  const app = await makeApp(server);
  const parameters = clientCredentials(app, { scope: 'https://graph.microsoft.com/.default' });
  const claims = claimsOf(tokensOf(await askToken(server, app.tenant, parameters)).access_token);
  assert.equal('roles' in claims, false);
});

test('the secret is taken by HTTP Basic, form-encoded down to the hyphens', async () => {
  const app = await makeApp(server);
  const encode = (text: string) => encodeURIComponent(text).replaceAll('-', '%2D');
  const authorization = `Basic ${Buffer.from(`${encode(app.appId)}:${encode(app.secret)}`).toString('base64')}`;
  const parameters = { grant_type: 'client_credentials', scope: mtpDefault };
  tokensOf(await askToken(server, app.tenant, parameters, { headers: { authorization } }));
  const wrong = `Basic ${Buffer.from(`${app.appId}:wrong`).toString('base64')}`;
  const refused = await askToken(server, app.tenant, parameters, { headers: { authorization: wrong } });
  assertError(refused, 7000215, 'invalid_client', 401);
  assert.match(String(refused.headers['www-authenticate']), /^Basic /);
  const both = await askToken(server, app.tenant, clientCredentials(app), { headers: { authorization } });
  assertError(both, 9002313, 'invalid_request', 400);
});

test('a wrong secret is refused with 401 and no challenge, an expired and a removed one as well', async () => {
  const app = await makeApp(server);
  const wrong = await askToken(server, app.tenant, clientCredentials(app, { client_secret: 'x' }));
  assertError(wrong, 7000215, 'invalid_client', 401);
  assert.equal(wrong.headers['www-authenticate'], undefined);
  assert.ok(!wrong.text.includes(app.secret));

  const expiresAt = new Date(server.services.clock() + dayMs).toISOString();
  const short = await addSecret(app.home, app.appId, { expiresAt });
  tokensOf(await askToken(server, app.tenant, clientCredentials(app, { client_secret: short.value })));
  server.services.testClock.advance(dayMs);
  const expired = await askToken(server, app.tenant, clientCredentials(app, { client_secret: short.value }));
  assertError(expired, 7000222, 'invalid_client', 401);

  await removeSecret(app.home, app.appId, app.secretId);
  assertError(await askToken(server, app.tenant, clientCredentials(app)), 7000215, 'invalid_client', 401);
});

test('an app that nobody consented to reads exactly like one that does not exist', async () => {
  const app = await makeApp(server);
  const other = await makeTenant(server.services);
  const notConsented = assertError(
    await askToken(server, other, clientCredentials(app)),
    700016,
    'unauthorized_client',
    400,
  );
  const appId = crypto.randomUUID();
  const unknown = assertError(
    await askToken(server, other, clientCredentials({ ...app, appId: appId as typeof app.appId })),
    700016,
    'unauthorized_client',
    400,
  );
  const plain = (text: string, id: string) => text.replaceAll(id, 'ID').replace(/Trace ID.*/, '');
  assert.equal(plain(notConsented.error_description, app.appId), plain(unknown.error_description, appId));
  const long = await askToken(server, other, clientCredentials(app, { client_id: 'x'.repeat(50_000) }));
  assert.ok(assertError(long, 700016, 'unauthorized_client', 400).error_description.length < 1000);
  const wrong = await askToken(server, other, clientCredentials(app, { client_secret: 'x' }));
  assertError(wrong, 700016, 'unauthorized_client', 400);
});

test('an app for its own organisation has nothing elsewhere, also after it was for all', async () => {
  const app = await makeApp(server);
  await updateApplication(app.home, app.appId, { signInAudience: 'AzureADMyOrg' });
  assertError(await askToken(server, app.tenant, clientCredentials(app)), 700016, 'unauthorized_client', 400);
  tokensOf(await askToken(server, app.homeTenant, clientCredentials(app)));
});

test('disabling is seen by the next request, in either tenant', async () => {
  const app = await makeApp(server);
  await changeServicePrincipal(app.admin, app.appId, { isEnabled: false });
  assertError(await askToken(server, app.tenant, clientCredentials(app)), 7000112, 'unauthorized_client', 400);
  // Who does not prove to be the app hears nothing of it.
  const guess = clientCredentials(app, { client_secret: 'x' });
  assertError(await askToken(server, app.tenant, guess), 7000215, 'invalid_client', 401);
  await changeServicePrincipal(app.admin, app.appId, { isEnabled: true });
  tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
  await changeApplicationLife(app.home, app.appId, 'disable');
  assertError(await askToken(server, app.tenant, clientCredentials(app)), 7000112, 'unauthorized_client', 400);
  await changeApplicationLife(app.home, app.appId, 'enable');
  await deleteServicePrincipal(app.admin, app.appId);
  assertError(await askToken(server, app.tenant, clientCredentials(app)), 700016, 'unauthorized_client', 400);
});

test('tenants that are not here, and what is no tenant, are told apart from each other only', async () => {
  const app = await makeApp(server);
  const unknown = [crypto.randomUUID(), 'nobody.example', 'consumers'];
  for (const tenant of unknown)
    assertError(await askToken(server, tenant, clientCredentials(app)), 90002, 'invalid_request', 400);
  for (const tenant of ['contoso', 'a..b', '%20', app.tenant.slug]) {
    assertError(await askToken(server, tenant, clientCredentials(app)), 900023, 'invalid_request', 400);
  }
  for (const alias of ['common', 'organizations']) {
    assertError(await askToken(server, alias, clientCredentials(app)), 50059, 'invalid_request', 400);
  }
});

test("on a tenant's own host no other tenant exists", async () => {
  const app = await makeApp(server);
  const host = server.tenantHost(app.tenant.slug);
  tokensOf(await askToken(server, app.tenant, clientCredentials(app), { host }));
  assertError(await askToken(server, app.homeTenant, clientCredentials(app), { host }), 90002, 'invalid_request', 400);
});

test('what is missing is named, and what does not belong is refused', async () => {
  const app = await makeApp(server);
  const cases: [Record<string, string | undefined>, number, string, RegExp][] = [
    [{ grant_type: undefined }, 900144, 'invalid_request', /'grant_type'/],
    [{ client_id: undefined }, 900144, 'invalid_request', /'client_id'/],
    [{ scope: undefined }, 900144, 'invalid_request', /'scope'/],
    [{ grant_type: 'magic' }, 70003, 'unsupported_grant_type', /magic/],
    [{ resource: mtp }, 901002, 'invalid_request', /resource/],
    [{ scope: `${mtp}/Incident.Read.All` }, 1002012, 'invalid_scope', /default/],
    [{ scope: 'User.Read' }, 1002012, 'invalid_scope', /default/],
    [{ scope: `${mtpDefault} openid` }, 1002012, 'invalid_scope', /default/],
    [{ scope: `${mtpDefault} https://graph.microsoft.com/.default` }, 28000, 'invalid_request', /one resource/],
    [{ scope: 'https://nothing.example/.default' }, 500011, 'invalid_resource', /nothing\.example/],
    [{ scope: '\u0000/.default' }, 9002313, 'invalid_request', /U\+0000/],
  ];
  for (const [change, code, error, text] of cases) {
    const body = assertError(await askToken(server, app.tenant, clientCredentials(app, change)), code, error, 400);
    assert.match(body.error_description, text);
  }
  const noCredential = await askToken(server, app.tenant, clientCredentials(app, { client_secret: undefined }));
  assertError(noCredential, 7000216, 'invalid_client', 401);
});

test('bodies that are no form, doubled parameters and other methods are refused in the same shape', async () => {
  const app = await makeApp(server);
  const path = `/${app.tenant.id}/oauth2/v2.0/token`;
  const json = await server.request(path, { body: clientCredentials(app) });
  assertError(json, 900144, 'invalid_request', 400);
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const twice = await server.request(path, { headers: type, body: 'grant_type=a&grant_type=b' });
  assertError(twice, 9000411, 'invalid_request', 400);
  const broken = await server.request(path, { headers: type, body: 'grant_type=%zz' });
  assertError(broken, 9002313, 'invalid_request', 400);
  const large = await server.request(path, { headers: type, body: `a=${'x'.repeat(200_000)}` });
  assertError(large, 9002346, 'invalid_request', 413);
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await server.request(path, { method });
    const body = assertError(answer, 900561, 'invalid_request', 400);
    assert.match(body.error_description, new RegExp(`only accepts POST requests. Received a ${method} request`));
    assert.equal(answer.headers.allow, 'POST');
  }
});

test("the client's request id is echoed from header, query or body; ours explains the refusal", async () => {
  const app = await makeApp(server);
  const id = crypto.randomUUID();
  const wrong = clientCredentials(app, { client_secret: 'x' });
  const path = `/${app.tenant.id}/oauth2/v2.0/token`;
  const answers = [
    await post(server, path, wrong, { headers: { 'client-request-id': id } }),
    await post(server, `${path}?client-request-id=${id}`, wrong),
    await post(server, path, { ...wrong, 'client-request-id': id }),
  ];
  for (const answer of answers) assert.equal(answer.json().correlation_id, id);
  const [first] = answers;
  assert.equal(first?.json().trace_id, first?.headers['x-correlation-id']);
  const none = await post(server, `${path}?client-request-id=<script>`, wrong);
  assert.equal(none.json().correlation_id, none.json().trace_id);
});

test('so many wrong secrets from one address lock the app out there, and only the app', async () => {
  const { clientFailuresMax, lockOutSeconds } = server.services.config;
  const app = await makeApp(server);
  const other = await makeApp(server);
  const guess = clientCredentials(app, { client_secret: 'x' });
  for (let tries = 0; tries < clientFailuresMax; tries++) {
    assertError(await askToken(server, app.tenant, guess), 7000215, 'invalid_client', 401);
  }
  const locked = await askToken(server, app.tenant, clientCredentials(app));
  assertError(locked, 90055, 'temporarily_unavailable', 429);
  assert.equal(locked.headers['retry-after'], String(lockOutSeconds));
  tokensOf(await askToken(server, other.tenant, clientCredentials(other)));
  server.services.testClock.advance(lockOutSeconds * secondMs);
  tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
});

test('a secret never comes from a page', async () => {
  const app = await makeApp(server);
  const origin = 'https://page.example';
  const answer = await askToken(server, app.tenant, clientCredentials(app), { headers: { origin } });
  assertError(answer, 9002326, 'invalid_request', 400);
});

test('the token is no good a moment after it has ended', async () => {
  const app = await makeApp(server);
  const body = tokensOf(await askToken(server, app.tenant, clientCredentials(app)));
  const introspect = async () =>
    (
      await post(server, `/${app.tenant.id}/oauth2/v2.0/introspect`, {
        client_id: app.appId,
        client_secret: app.secret,
        token: body.access_token,
      })
    ).json().active;
  assert.equal(await introspect(), true);
  server.services.testClock.advance(hourMs - secondMs);
  assert.equal(await introspect(), true);
  server.services.testClock.advance(secondMs);
  assert.equal(await introspect(), false);
});
