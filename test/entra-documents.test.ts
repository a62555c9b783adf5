// What clients read before they ask for anything: discovery of both versions, keys, instances, realms; and userinfo.
import assert from 'node:assert/strict';
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { changeServicePrincipal } from '../src/applications/service-principals.ts';
import { hourMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  claimsOf,
  clientCredentials,
  makeApp,
  makeCode,
  post,
  redemption,
  tokensOf,
} from './support/entra.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { hostAliases: ['sallyport.example'] }, mode: { vendorHosts: true } });
});
after(() => server.dispose());

type Json = Record<string, unknown>;

async function read(path: string, host?: string): Promise<Json> {
  const answer = await server.request(path, host === undefined ? {} : { host });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['access-control-allow-origin'], '*');
  assert.match(String(answer.headers['cache-control']), /max-age=86400/);
  return answer.json<Json>();
}

test('the documents name the tenant by its id, whatever the path said, and the host that was asked', async () => {
  const { tenant } = await makeApp(server);
  const domain = tenant.domains[0]?.name;
  for (const name of [tenant.id, tenant.id.toUpperCase(), domain]) {
    const document = await read(`/${name}/v2.0/.well-known/openid-configuration`);
    assert.equal(document.issuer, `${server.url}/${tenant.id}/v2.0`);
    assert.equal(document.token_endpoint, `${server.url}/${tenant.id}/oauth2/v2.0/token`);
    assert.equal(document.device_authorization_endpoint, `${server.url}/${tenant.id}/oauth2/v2.0/devicecode`);
    assert.equal(document.jwks_uri, `${server.url}/${tenant.id}/discovery/v2.0/keys`);
    const first = await read(`/${name}/.well-known/openid-configuration`);
    assert.deepEqual(
      [first.issuer, first.token_endpoint],
      [`${server.url}/${tenant.id}/`, `${server.url}/${tenant.id}/oauth2/token`],
    );
  }
  const alias = await read(`/${tenant.id}/v2.0/.well-known/openid-configuration`, 'sallyport.example');
  assert.equal(alias.issuer, `https://sallyport.example:${server.port}/${tenant.id}/v2.0`);
  const vendor = await read(`/${tenant.id}/v2.0/.well-known/openid-configuration`, 'login.microsoftonline.com');
  assert.equal(vendor.issuer, `https://login.microsoftonline.com:${server.port}/${tenant.id}/v2.0`);
});

test('aliases have a template for issuer, and RFC 8414 has the same documents', async () => {
  const { tenant } = await makeApp(server);
  for (const alias of ['common', 'organizations']) {
    const document = await read(`/${alias}/v2.0/.well-known/openid-configuration`);
    assert.deepEqual([document.issuer, document.tenant_region_scope], [`${server.url}/{tenantid}/v2.0`, null]);
    assert.equal(document.authorization_endpoint, `${server.url}/${alias}/oauth2/v2.0/authorize`);
  }
  const openid = await read(`/${tenant.id}/v2.0/.well-known/openid-configuration`);
  assert.deepEqual(await read(`/.well-known/oauth-authorization-server/${tenant.id}/v2.0`), openid);
  const first = await read(`/${tenant.id}/.well-known/openid-configuration`);
  assert.deepEqual(await read(`/.well-known/oauth-authorization-server/${tenant.id}`), first);
});

test('every endpoint that a document names is there', async () => {
  const { tenant } = await makeApp(server);
  for (const version of ['/v2.0', '']) {
    const document = await read(`/${tenant.id}${version}/.well-known/openid-configuration`);
    const named = Object.entries(document).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
    assert.ok(named.length >= 9);
    for (const [name, url] of named) {
      const path = String(url).slice(server.url.length);
      const answers = [await server.request(path), await post(server, path, {})];
      assert.ok(
        answers.every(({ status }) => status !== 404 && status < 500),
        `${name}: ${answers.map(({ text }) => text)}`,
      );
    }
  }
});

test('a tenant that is not here is invalid_tenant', async () => {
  const answer = await server.request(`/${crypto.randomUUID()}/v2.0/.well-known/openid-configuration`);
  const body = answer.json<{ error: string; error_codes: number[] }>();
  assert.deepEqual([answer.status, body.error, body.error_codes], [400, 'invalid_tenant', [90002]]);
});

test('tokens of both kinds verify with the published keys', async () => {
  const app = await makeApp(server);
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
  for (const path of [
    `/${app.tenant.id}/discovery/v2.0/keys`,
    '/common/discovery/v2.0/keys',
    '/common/discovery/keys',
    `/${app.tenant.id}/discovery/keys`,
  ]) {
    const { keys } = (await read(path)) as unknown as { keys: (JsonWebKey & { kid: string; issuer?: string })[] };
    for (const token of [tokens.access_token, tokens.id_token]) {
      const [header = '', payload = '', signature = ''] = token.split('.');
      const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
      const jwk = keys.find((each) => each.kid === kid);
      assert.ok(jwk && !('alg' in jwk) && 'd' in jwk === false);
      assert.equal(jwk.issuer, path.includes('v2.0') ? `${server.url}/{tenantid}/v2.0` : undefined);
      const key = createPublicKey({ key: jwk, format: 'jwk' });
      assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')));
    }
  }
});

test('instance discovery knows our own names, and stops clients at others', async () => {
  const ask = (authority: string, host?: string) =>
    read(`/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(authority)}`, host);
  const own = await ask(`${server.url}/common/oauth2/v2.0/authorize`);
  assert.equal(own.tenant_discovery_endpoint, `${server.url}/common/v2.0/.well-known/openid-configuration`);
  const [group] = own.metadata as { aliases: string[] }[];
  assert.ok(
    group?.aliases.includes(`localhost:${server.port}`) && group.aliases.includes(`sallyport.example:${server.port}`),
  );
  const vendor = await ask(
    'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    'login.microsoftonline.com',
  );
  assert.deepEqual((vendor.metadata as { preferred_cache: string }[])[0]?.preferred_cache, 'login.windows.net');
  for (const authority of ['https://evil.example/common', 'http://localhost/common', 'x']) {
    const answer = await server.request(
      `/common/discovery/instance?authorization_endpoint=${encodeURIComponent(authority)}`,
    );
    assertError(answer, 50049, 'invalid_instance', 400);
  }
  assertError(await server.request('/common/discovery/instance'), 900144, 'invalid_request', 400);
});

test('a realm tells of the domain and nothing of the person', async () => {
  const { user, tenant } = await makeApp(server);
  const realm = async (name: string) =>
    (await server.request(`/common/userrealm/${encodeURIComponent(name)}?api-version=1.0`)).json<Json>();
  const known = await realm(user.userName);
  assert.deepEqual([known.account_type, known.domain_name], ['Managed', `${tenant.slug}.example`]);
  assert.deepEqual(await realm(`nobody@${tenant.slug}.example`), known);
  const foreign = await realm('somebody@nowhere.example');
  assert.equal(foreign.account_type, 'Unknown');
  for (const name of ['ver', 'cloud_instance_name', 'cloud_audience_urn']) assert.ok(known[name] && foreign[name]);
});

test('userinfo answers by header and form with the subject of the id token', async () => {
  const app = await makeApp(server);
  const code = await makeCode(server, app, { scope: 'openid profile email' });
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, code)));
  const authorization = `Bearer ${tokens.access_token}`;
  for (const path of ['/oidc/userinfo', `/${app.tenant.id}/openid/userinfo`]) {
    for (const answer of [
      await server.request(path, { headers: { authorization } }),
      await post(server, path, {}, { headers: { authorization } }),
      await post(server, path, { access_token: tokens.access_token }),
    ]) {
      assert.equal(answer.status, 200, answer.text);
      const { sub } = claimsOf(tokens.id_token);
      const { userName, displayName } = app.user;
      assert.deepEqual(answer.json(), { sub, name: displayName, preferred_username: userName, email: userName });
    }
  }
});

test('userinfo refuses everything else, and whom the app lost', async () => {
  const app = await makeApp(server);
  const ask = (token: string) => server.request('/oidc/userinfo', { headers: { authorization: `Bearer ${token}` } });
  const none = await server.request('/oidc/userinfo');
  assert.deepEqual([none.status, none.headers['www-authenticate']], [401, 'Bearer realm="userinfo"']);
  const code = await makeCode(server, app, { scope: 'openid' });
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, code)));
  const forMtp = tokensOf(
    await askToken(server, app.tenant, redemption(app, await makeCode(server, app))),
  ).access_token;
  const graphApp = clientCredentials(app, { scope: 'https://graph.microsoft.com/.default' });
  const ofApp = tokensOf(await askToken(server, app.tenant, graphApp)).access_token;
  for (const token of [tokens.id_token, forMtp, ofApp, `${tokens.access_token}A`, 'x', 'a.b.c']) {
    const answer = await ask(token);
    assert.equal(answer.status, 401, answer.text);
    assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"/);
  }
  const elsewhere = await server.request('/oidc/userinfo', {
    host: server.tenantHost(app.homeTenant.slug),
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  assert.equal(elsewhere.status, 401);
  const plain = await makeCode(server, app, { scope: 'profile' });
  const noOpenId = tokensOf(await askToken(server, app.tenant, redemption(app, plain))).access_token;
  assert.equal((await ask(noOpenId)).status, 403);
  await changeServicePrincipal(app.admin, app.appId, { isEnabled: false });
  assert.equal((await ask(tokens.access_token)).status, 401);
  await changeServicePrincipal(app.admin, app.appId, { isEnabled: true });
  assert.equal((await ask(tokens.access_token)).status, 200);
  server.services.testClock.advance(hourMs);
  assert.equal((await ask(tokens.access_token)).status, 401);
});
