import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant } from './accounts.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

test('a person of a test signs in, generates a token, and the token opens the about call on both hosts', async () => {
  const tenant = await makeTenant(server.services);
  const person = await makePerson(server, tenant, 'security-reader');
  const token = await makeToken(server, person);
  for (const host of [undefined, server.tenantHost(tenant.slug)]) {
    const answer = await server.request('/management/v1/about', { token: token.value, ...(host && { host }) });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json<{ tenant: { slug: string } }>().tenant.slug, tenant.slug);
  }
  const elsewhere = await server.request('/management/v1/about', { token: token.value, host: 'elsewhere.example' });
  assert.equal(elsewhere.status, 421);
});

test('a server over TLS answers with a certificate of its own authority', async () => {
  const secure = await startTestServer({ tls: true, slugs: ['contoso'] });
  try {
    assert.equal((await secure.request('/healthz')).status, 200);
    assert.equal((await secure.request('/healthz', { host: secure.tenantHost('contoso') })).status, 200);
    assert.ok(secure.caFile);
  } finally {
    await secure.dispose();
  }
});
