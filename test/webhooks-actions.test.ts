// Machine actions through a webhook, from the call to the receiver's report; and deliveries whose process died.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { hourMs, minuteMs } from '../src/lib/clock.ts';
import { findActionToDeliver } from '../src/machines/actions.ts';
import { ageActions } from '../src/machines/aging.ts';
import { claimDue } from '../src/notifications/deliveries-store.ts';
import { makeDeliveries } from '../src/notifications/making.ts';
import { startDelivering } from '../src/notifications/worker.ts';
import { makeEndpointClient, sampleMachine } from './support/endpoint.ts';
import { openWebhookTests, type WebhookTests } from './support/webhooks.ts';

let tests: WebhookTests;
before(async () => {
  tests = await openWebhookTests();
});
afterEach(() => tests.receiver.answer(204));
after(() => tests.dispose());

type Members = Readonly<Record<string, unknown>>;

async function isolate(client: Awaited<ReturnType<typeof makeEndpointClient>>): Promise<string> {
  await client.ingest('machines', [sampleMachine(1)]);
  const body = { Comment: 'Case 7', IsolationType: 'Full' };
  const answer = await client.call('/api/machines/machine-0001/isolate', { body });
  assert.equal(answer.status, 201, answer.text);
  return String(answer.json<Members>().id);
}

test('an action reaches its webhook, is in progress then, and ends as the receiver reports', async () => {
  const client = await makeEndpointClient(tests.server);
  await tests.add(client.admin, { events: ['machine-action.created', 'machine-action.updated'] });
  const id = await isolate(client);
  await tests.delivering.settled();
  const [got] = tests.got(client.admin);
  assert.ok(got);
  const { action, reportUrl, report } = got.body.data as { action: Members; reportUrl: string; report: string }; // As documented.
  assert.deepEqual([got.body.type, action.id, action.type], ['machine-action.created', id, 'Isolate']);
  assert.equal((await client.call(`/api/machineactions/${id}`)).json<Members>().status, 'InProgress');
  const path = new URL(reportUrl).pathname;
  const reported = await tests.server.request(path, { body: { status: 'Succeeded', report } });
  assert.equal(reported.status, 200, reported.text);
  await tests.delivering.settled();
  const last = tests.got(client.admin).at(-1);
  assert.deepEqual([last?.body.type, last?.body.data.report], ['machine-action.updated', null]);
});

test('an action that nobody reported of has timed out, which the webhook is told, and a late report still counts', async () => {
  const client = await makeEndpointClient(tests.server);
  await tests.add(client.admin, { events: ['machine-action.created', 'machine-action.updated'] });
  const id = await isolate(client);
  await tests.delivering.settled();
  const [first] = tests.got(client.admin);
  assert.ok(first);
  const { reportUrl, report } = first.body.data as { reportUrl: string; report: string }; // As documented.
  const { services } = tests.server;
  services.testClock.advance(services.config.machineActionHours * hourMs + 1);
  await ageActions(services);
  await tests.delivering.settled();
  const last = tests.got(client.admin).at(-1)?.body;
  const told = last?.data.action as Members | undefined;
  assert.deepEqual([last?.type, told?.status], ['machine-action.updated', 'TimeOut']);
  const tell = (status: string) =>
    tests.server.request(new URL(reportUrl).pathname, { body: { status, report, comment: 'It was switched off' } });
  assert.equal((await tell('InProgress')).status, 409);
  assert.equal((await tell('Succeeded')).json<Members>().status, 'Succeeded');
  assert.equal((await tell('Failed')).status, 409);
  assert.equal((await findActionToDeliver(services, client.admin.tenant.id, id))?.action.status, 'Succeeded');
});

test('an action whose delivery is given up has failed', async () => {
  const client = await makeEndpointClient(tests.server);
  await tests.add(client.admin, { events: ['machine-action.created'] });
  tests.receiver.answer(500);
  const id = await isolate(client);
  await tests.delivering.settled();
  for (let attempt = 0; attempt < 10; attempt++) {
    tests.server.services.testClock.advance(15 * hourMs);
    await tests.delivering.settled();
  }
  assert.equal(tests.got(client.admin).length, 10);
  const admin = await tests.again(client.admin);
  const audit = (await tests.call(admin, 'GET', '/dead-letters')).json<{ total: number }>();
  assert.equal(audit.total, 1);
  const { services } = tests.server;
  const found = await findActionToDeliver(services, client.admin.tenant.id, id);
  assert.equal(found?.action.status, 'Failed');
});

test('what a process had taken when it died is sent by another one once the lease has ended', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  await tests.delivering.stop();
  const { services } = tests.server;
  const { db } = services.store;
  await tests.raiseOne(boss.tenant, 1);
  assert.equal(await makeDeliveries(services, boss.tenant.id), 1);
  const now = services.clock();
  const claim = { now, until: now + minuteMs, lease: 'a process that died', limit: 10 };
  const claimed = await claimDue(db, boss.tenant.id, webhook.id, claim);
  assert.equal(claimed.length, 1);
  assert.equal((await claimDue(db, boss.tenant.id, webhook.id, { ...claim, lease: 'another' })).length, 0);
  tests.delivering = startDelivering(services);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 0, 'it may still be on its way');
  services.testClock.advance(minuteMs + 1);
  await tests.delivering.settled();
  assert.deepEqual(
    tests.got(boss).map(({ body }) => body.id),
    claimed.map(({ id }) => id),
  );
});
