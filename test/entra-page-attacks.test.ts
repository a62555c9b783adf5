// Attacks on the pages: a question that hides something, an application that changes while it is asked about, links and
// forms that would lead elsewhere, and what is answered outside of every route.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { consentQuestion } from '../src/applications/consent.ts';
import { rolesFor } from '../src/applications/lookup.ts';
import { changeApplicationLife, registerApplication, updateApplication } from '../src/applications/registrations.ts';
import { getServicePrincipal } from '../src/applications/service-principals.ts';
import { ctxOf } from './directory-ctx.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import {
  askToken,
  assertError,
  type ErrorBody,
  makeApp,
  makeCode,
  post,
  redemption,
  tokensOf,
} from './support/entra.ts';
import { authorizePath, makeStage, PageReader, redirectUri, type Stage } from './support/pages.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { signInFailuresPerAddressMax: 10_000, consentRequestsPerUserMax: 1 } });
});
after(() => server.dispose());

const publisherOf = async (stage: Stage) =>
  ctxOf(server.services, stage.home, await makeUser(server.services, stage.home), [
    'Applications.manage',
    'Applications.read',
  ]);

const role = (isEnabled: boolean) => ({
  id: crypto.randomUUID(),
  value: 'Everything.Do',
  displayName: 'Do everything',
  description: 'Does everything.',
  isEnabled,
});

test('what the page cannot show is not granted, even if it could be shown by then, and does not stop the rest', async () => {
  const stage = await makeStage(server);
  const publisher = await publisherOf(stage);
  const input = { displayName: 'An API', signInAudience: 'AzureADMultipleOrgs', redirectUris: {} } as const;
  const api = await registerApplication(publisher, input);
  const hidden = role(true);
  await updateApplication(publisher, api.appId, { appRoles: [hidden] });
  const requiredAccess = [
    { resource: 'https://api.security.microsoft.com', roles: ['Incident.Read.All'] },
    { resource: api.appId, roles: [hidden.value] },
  ];
  await updateApplication(publisher, stage.appId, { requiredAccess });
  await updateApplication(publisher, api.appId, { signInAudience: 'AzureADMyOrg' });

  const person = { tenantId: stage.guest.id, userId: stage.admin.id };
  const question = await consentQuestion(server.services, person, stage.appId, null);
  assert.deepEqual(
    question?.requested.map(({ resourceAppId }) => resourceAppId === api.appId),
    [false],
  );
  const reader = new PageReader(server);
  await reader.get(`/organizations/adminconsent?client_id=${stage.appId}`);
  const page = await reader.signIn(stage.admin);
  assert.doesNotMatch(page.text, /Do everything/);
  await updateApplication(publisher, api.appId, { signInAudience: 'AzureADMultipleOrgs' });
  const end = await reader.submit({ decision: 'accept' });
  assert.match(end.text, new RegExp(`<code id="tenant-id">${stage.guest.id}</code>`));
  const admin = ctxOf(server.services, stage.guest, stage.admin, ['Applications.read']);
  const principal = await getServicePrincipal(admin, stage.appId);
  assert.deepEqual(await rolesFor(server.services, stage.guest.id, principal.id, api.appId), []);
  assert.deepEqual(await rolesFor(server.services, stage.guest.id, principal.id, 'defender'), ['Incident.Read.All']);
});

test('an application that is disabled or deleted while its page is open is told about in words', async () => {
  for (const act of ['disable', 'delete'] as const) {
    for (const decision of ['accept', 'decline']) {
      const stage = await makeStage(server);
      const reader = new PageReader(server);
      await reader.get(`/organizations/adminconsent?client_id=${stage.appId}`);
      await reader.signIn(stage.admin);
      await changeApplicationLife(await publisherOf(stage), stage.appId, act);
      const answer = await reader.submit({ decision });
      assert.ok(answer.status < 500, `${act} ${decision}: ${answer.text.replace(/<[^>]+>/g, ' ')}`);
    }
  }
});

test('a request for consent that may not be made is told in words', async () => {
  const ask = async (stage: Stage, reader: PageReader) => {
    await reader.get(`/organizations/adminconsent?client_id=${stage.appId}`);
    return await reader.submit({ decision: 'ask', reason: 'We need it.' });
  };
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(`/organizations/adminconsent?client_id=${stage.appId}`);
  await reader.signIn(stage.member);
  assert.equal((await reader.submit({ decision: 'ask', reason: 'We need it.' })).status, 200);
  const another = await makeStage(server);
  const full = await ask(another, reader);
  assert.ok(full.status >= 400 && full.status < 500, String(full.status));
  assert.match(full.text, /1 requests waiting/);
});

test('no redirect URI writes into the policy of a page', async () => {
  const stage = await makeStage(server);
  const publisher = await publisherOf(stage);
  for (const uri of [
    'https://x%3bscript-src/back',
    'https://x%2cy/back',
    'https://app%2eexample/back',
    'https://app.example:443%3b/back',
    'https://a.example%23/back',
  ]) {
    await assert.rejects(
      updateApplication(publisher, stage.appId, { redirectUris: { web: [uri] } }),
      { name: 'InvalidInput' },
      uri,
    );
  }
});

test('who is near a registered redirect URI is not there', async () => {
  const stage = await makeStage(server, { redirectUris: { web: [redirectUri, 'http://localhost/cb'] } });
  for (const uri of [
    'https://app.example./back',
    'https://APP.example/back',
    'https://app.example/Back',
    'https://app.example/back/',
    'https://app.example/back?x',
    'https://app.example/back#x',
    'https://app.example/back%2f..%2fevil',
    'https://app.example/back/../evil',
    'https://app.example/./back',
    'https://app.example//back',
    'https://app.example:443/back',
    'https://user@app.example/back',
    'https://app.example@evil.example/back',
    'https://app.example\\@evil.example/back',
    'https://app.example%2fback',
    'https://app.example%00.evil.example/back',
    'https://аpp.example/back',
    'https://app。example/back',
    ' https://app.example/back',
    'https://app.example/back ',
    'https://app.example/back\t',
    'https:/app.example/back',
    'https:app.example/back',
    '//app.example/back',
    'http://app.example/back',
    'http://localhost:1@evil.example/cb',
    'http://localhost:99999/cb',
    'http://localhost:/cb',
    'http://localhost.:80/cb',
    'http://LOCALHOST/cb',
    'http://127.0.0.1/cb',
    'http://127.1/cb',
    'http://[::1]/cb',
    'http://localhost/cb/..',
    'http://localhost:5/CB',
    'http://localhost\\.evil.example/cb',
    'http://localhost:5/cb?code=1',
    'http://localhost:5//evil.example/cb',
    'javascript:alert(1)//https://app.example/back',
    'data:text/html,x',
  ]) {
    for (const path of [
      authorizePath(stage, { redirect_uri: uri }),
      authorizePath(stage, { redirect_uri: uri, response_mode: 'form_post', prompt: 'none' }),
      `/common/adminconsent?${new URLSearchParams({ client_id: stage.appId, redirect_uri: uri })}`,
    ]) {
      const answer = await server.request(path);
      assert.deepEqual([answer.status, answer.headers.location], [400, undefined], `${uri} ${answer.text}`);
    }
    const query = new URLSearchParams({ client_id: stage.appId, post_logout_redirect_uri: uri, state: 's' });
    const out = await server.request(`/common/oauth2/v2.0/logout?${query}`);
    assert.deepEqual([out.status, out.headers.location], [200, undefined], uri);
  }
});

test('a sign-out that names one app and carries the token of another leads back to neither', async () => {
  const app = await makeApp(server);
  const other = await makeStage(server);
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
  const query = new URLSearchParams({
    client_id: other.appId,
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: redirectUri,
  });
  const out = await server.request(`/common/oauth2/v2.0/logout?${query}`);
  assert.deepEqual([out.status, out.headers.location], [200, undefined]);
});

test('what a name, a state or an error says is text on every page', async () => {
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'--%>';
  const stage = await makeStage(server, { displayName: `App ${evil}`.slice(0, 110) });
  const tenant = stage.guest;
  const reader = new PageReader(server);
  const user = await makeUser(server.services, tenant, {});
  const modes = { response_mode: 'form_post', state: evil, login_hint: evil };
  await reader.get(authorizePath(stage, modes));
  const asked = await reader.signIn(user);
  const posted = await reader.submit({ decision: 'accept' });
  const pages = [
    asked,
    posted,
    await server.request(authorizePath(stage, { client_id: evil })),
    await server.request(authorizePath(stage, { redirect_uri: evil })),
    await server.request(authorizePath(stage, { ui_locales: evil, mkt: evil, lang: evil })),
    await server.request(`/${encodeURIComponent(evil)}/oauth2/v2.0/authorize`),
    await server.request(`/error?code=${encodeURIComponent(evil)}`),
    await server.request(`/common/oauth2/v2.0/logout?logout_hint=${encodeURIComponent(evil)}`),
    await server.request(`/common/oauth2/v2.0/logout?x="><script>alert(1)</script>`),
  ];
  for (const page of pages) {
    assert.match(String(page.headers['content-type']), /^text\/html/);
    assert.doesNotMatch(page.text, /<script>|<img src=x|onerror=alert\(1\)>/);
    assert.match(String(page.headers['content-security-policy']), /frame-ancestors 'none'/);
    assert.equal(page.headers['x-frame-options'], 'DENY');
  }
});

test('outside of every route below a tenant the errors are those of the surface', async () => {
  const tenant = await makeTenant(server.services);
  for (const [method, path, status] of [
    ['GET', `/${tenant.id}/nothing`, 404],
    ['GET', '/common/nothing/at/all', 404],
    ['GET', '/organizations/oauth2/v2.0/nothing', 404],
    ['GET', '/contoso.example/oauth2/nothing', 404],
    ['POST', '/common/oauth2/v2.0/nothing', 404],
    ['GET', `/common/${'x'.repeat(600)}/oauth2/v2.0/token`, 404],
    ['PUT', '/common/oauth2/v2.0/authorize', 400],
    ['DELETE', '/common/adminconsent', 400],
    ['PROPFIND', '/common/oauth2/v2.0/token', 400],
    ['DELETE', '/sign-in/consent', 400],
  ] as const) {
    const answer = await server.request(path, { method });
    const body = assertError(answer, status === 404 ? 9002313 : 900561, 'invalid_request', status);
    assert.equal(answer.headers['x-correlation-id'], body.trace_id);
    if (status === 400) assert.match(String(answer.headers.allow), /GET|POST/);
  }
  for (const path of ['/common/oauth2/v2.0/token', '/common/nothing', '/common/oauth2/v2.0/authorize']) {
    const answer = await server.request(path, { host: 'evil.example' });
    assertError(answer, 9002313, 'invalid_request', 421);
    assert.doesNotMatch(answer.text + JSON.stringify(answer.headers), /evil/);
  }
  for (const path of ['/common/%zz', '/common/oauth2/%c3%28', '/common/oauth2/token?x=%00']) {
    assertError(await server.request(path), 9002313, 'invalid_request', 400);
  }
  const posted = await post(server, '/common/oauth2/v2.0/tokens', { grant_type: 'client_credentials' });
  assert.ok([400, 404].includes(posted.status) && typeof posted.json().error_description === 'string', posted.text);
  const other = (await server.request('/nothing')).json();
  assert.equal(typeof other.detail, 'string');
});

test('the message of the device flow is in the language that was asked for', async () => {
  const app = await makeApp(server, { isPublicClient: true });
  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const path = `/${app.tenant.id}/oauth2/v2.0/devicecode${query}`;
    const answer = await post(server, path, { client_id: app.appId, scope: 'openid' }, { headers });
    const body = answer.json<ErrorBody & { message: string; user_code: string; verification_uri: string }>();
    assert.ok(body.message.includes(body.user_code) && body.message.includes(body.verification_uri), body.message);
    return body.message;
  };
  assert.match(await ask(''), /^To sign in, use a web browser to open the page /);
  assert.match(await ask('?mkt=fr-FR'), /navigateur/);
  assert.match(await ask('', { 'accept-language': 'ja' }), /サインイン/);
  assert.match(await ask('?ui_locales=ko'), /로그인/);
});

test('nobody locks the page for device codes for somebody else by signing in under an odd name', async () => {
  const { signInFailuresMax } = server.services.config;
  const reader = new PageReader(server);
  const page = await reader.get('/common/oauth2/deviceauth');
  assert.equal(page.status, 200);
  for (let each = 0; each < signInFailuresMax; each++) {
    const body = { userName: 'device code from 127.0.0.1', password: 'x', client: 'cli' };
    assert.equal((await server.request('/management/v1/sessions', { body })).status, 401);
  }
  assert.equal((await reader.submit({ user_code: 'BBBBBBBBB' })).status, 400);
});
