// What an application's publisher sees of the tenants that let it in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type App, Applications } from './applications-calls.ts';
import { type Person, startTestServer } from './support/server.ts';

let apps: Applications;
let publisher: Person;

before(async () => {
  apps = new Applications(await startTestServer());
  publisher = await apps.person(await apps.tenant(), 'application-administrator');
});
after(() => apps.server.dispose());

test('the publisher sees which tenants let the application in, and to what; nobody else does', async () => {
  const app: App = await apps.registerForAll(publisher);
  const guest = await apps.person(await apps.tenant(), 'global-administrator');
  const path = `/applications/${app.appId}/consents`;
  const given = () => apps.want<{ items: Record<string, unknown>[]; total: number }>(publisher, 200, 'GET', path);
  const before = (await given()).total;
  await apps.want(guest, 201, 'POST', '/service-principals', { appId: app.appId, all: true });
  const { items, total } = await given();
  assert.equal(total, before + 1);
  const found = items.find(({ tenant }) => (tenant as { id: string }).id === guest.tenant.id);
  assert.deepEqual(found?.permissions, ['Incident.Read.All']);
  assert.ok(found?.consentedAt);
  // Who consented there, and with which account, is that tenant's own.
  assert.deepEqual(Object.keys(found ?? {}).sort(), ['consentedAt', 'isEnabled', 'permissions', 'tenant']);
  assert.equal((await apps.call(guest, 'GET', path)).status, 404);
  assert.equal((await apps.call(null, 'GET', path)).status, 401);
  assert.equal((await apps.call(publisher, 'GET', `${path}?limit=0`)).status, 400);
  await apps.want(guest, 204, 'DELETE', `/service-principals/${app.appId}`);
  assert.equal((await given()).total, before);
});
