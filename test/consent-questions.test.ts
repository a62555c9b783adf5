// What consenting would grant, asked over the management API before anything is granted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Applications, mtp, readIncidents } from './applications-calls.ts';
import { type Person, startTestServer } from './support/server.ts';

interface Question {
  readonly appId: string;
  readonly publisherTenant: { readonly id: string; readonly displayName: string };
  readonly permissions: readonly { value: string; kind: string; isGranted: boolean; isNew: boolean }[];
  readonly mayConsent: boolean;
  readonly mayAsk: boolean;
}

let apps: Applications;
let publisher: Person;
let customer: Person;

before(async () => {
  apps = new Applications(await startTestServer());
  publisher = await apps.person(await apps.tenant(), 'application-administrator');
  customer = await apps.person(await apps.tenant(), 'global-administrator');
});
after(() => apps.server.dispose());

function question(as: Person, appId: string): Promise<Question> {
  return apps.want<Question>(as, 200, 'GET', `/consent-questions/${appId}`);
}

test('it names the publisher and every permission, what is in force and what is new, and grants nothing', async () => {
  const app = await apps.registerForAll(publisher);
  const before = await question(customer, app.appId);
  assert.equal(before.publisherTenant.id, publisher.tenant.id);
  assert.deepEqual(
    before.permissions.map(({ value, kind, isGranted, isNew }) => [value, kind, isGranted, isNew]),
    [['Incident.Read.All', 'application', false, false]],
  );
  assert.equal((await apps.call(customer, 'GET', `/service-principals/${app.appId}`)).status, 404);
  await apps.consent(customer, app.appId);
  await apps.want(publisher, 200, 'POST', `/applications/${app.id}/permissions`, {
    resource: mtp,
    scopes: ['Incident.Read'],
  });
  assert.deepEqual(
    (await question(customer, app.appId)).permissions.map(({ value, isGranted, isNew }) => [value, isGranted, isNew]),
    [
      ['Incident.Read.All', true, false],
      ['Incident.Read', false, true],
    ],
  );
});

test('everybody of a tenant may look; whether they may consent is in the answer', async () => {
  const app = await apps.registerForAll(publisher);
  const member = await apps.person(customer.tenant);
  const [theirs, own] = [await question(customer, app.appId), await question(member, app.appId)];
  assert.deepEqual([theirs.mayConsent, own.mayConsent, own.mayAsk], [true, false, true]);
  assert.equal((await apps.call(null, 'GET', `/consent-questions/${app.appId}`)).status, 401);
});

test('what a tenant cannot take in is not found; what its publisher has disabled is a conflict', async () => {
  const own = await apps.register(publisher, { requiredAccess: [readIncidents] });
  for (const appId of [own.appId, own.id, '0', crypto.randomUUID()]) {
    assert.equal((await apps.call(customer, 'GET', `/consent-questions/${appId}`)).status, 404, appId);
  }
  assert.equal((await apps.call(customer, 'GET', `/consent-questions/${'x'.repeat(50)}`)).status, 400);
  await question(publisher, own.appId);
  const app = await apps.registerForAll(publisher);
  await apps.want(publisher, 200, 'POST', `/applications/${app.id}/disable`);
  assert.equal((await apps.call(customer, 'GET', `/consent-questions/${app.appId}`)).status, 409);
  await apps.want(publisher, 204, 'DELETE', `/applications/${app.id}`);
  assert.equal((await apps.call(customer, 'GET', `/consent-questions/${app.appId}`)).status, 404);
});
