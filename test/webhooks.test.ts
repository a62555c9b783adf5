// Webhooks: what arrives, what is tried again, and what a stop in the middle leaves.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Services } from '../src/context.ts';
import { dayMs, hourMs, minuteMs } from '../src/lib/clock.ts';
import { startDelivering } from '../src/notifications/worker.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { expectedSignature } from './support/receivers.ts';
import type { Person } from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';
import { type DeadLetters, type Minted, openWebhookTests, type WebhookTests } from './support/webhooks.ts';

let tests: WebhookTests;
before(async () => {
  tests = await openWebhookTests();
});
afterEach(() => tests.receiver.answer(204));
after(() => tests.dispose());

const dead = async (as: Person) => (await tests.call(as, 'GET', '/dead-letters')).json<DeadLetters>();

/** Moves the clock through all waits between attempts. */
async function exhaust(): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    tests.server.services.testClock.advance(15 * hourMs);
    await tests.delivering.settled();
  }
}

test('a new alert arrives once, signed so that its receiver can check it', async () => {
  const boss = await tests.newBoss();
  const { webhook, secret } = await tests.add(boss, { events: ['alert.created', 'incident.created'] });
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  const [alert] = await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  assert.deepEqual(
    tests
      .got(boss)
      .map(({ body }) => body.type)
      .sort(),
    ['alert.created', 'incident.created'],
  );
  for (const each of tests.got(boss)) {
    assert.equal(each.headers['webhook-signature'], expectedSignature(secret, each));
    assert.equal(each.headers['webhook-id'], each.body.id);
    assert.equal(each.body.tenantId, boss.tenant.id);
  }
  const got = tests.got(boss).find(({ body }) => body.type === 'alert.created');
  assert.deepEqual([got?.body.data.alertId, got?.body.data.severity], [alert?.alertId, 'Medium']);
  assert.ok((await tests.show(boss, webhook.id)).lastSuccessAt);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 2);
});

test('only the chosen events and severities are sent, and only what happened since', async () => {
  const boss = await tests.newBoss();
  await tests.raiseOne(boss.tenant, 1, { severity: 'high' });
  await tests.add(boss, { severityMin: 'high' });
  await raise(tests.server.services, boss.tenant.id, [
    sampleDraft(2, { severity: 'medium' }),
    sampleDraft(3, { severity: 'high', title: 'The one' }),
  ]);
  await tests.delivering.settled();
  assert.deepEqual(
    tests.got(boss).map(({ body }) => [body.type, body.data.title]),
    [['alert.created', 'The one']],
  );
});

test('the secret is shown once and rotating it signs with both for a day', async () => {
  const boss = await tests.newBoss();
  const { webhook, secret } = await tests.add(boss);
  const listed = await tests.call(boss, 'GET', '/webhooks');
  assert.ok(!listed.text.includes(secret.slice(6, 30)));
  const rotated = (await tests.call(boss, 'POST', `/webhooks/${webhook.id}/rotate-secret`)).json<Minted>();
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  tests.server.services.testClock.advance(dayMs + 1);
  await tests.raiseOne(boss.tenant, 2);
  await tests.delivering.settled();
  const [first, second] = tests.got(boss);
  assert.ok(first && second);
  assert.equal(
    first.headers['webhook-signature'],
    `${expectedSignature(rotated.secret, first)} ${expectedSignature(secret, first)}`,
  );
  assert.equal(second.headers['webhook-signature'], expectedSignature(rotated.secret, second));
});

test('what fails is tried again later with the same id, and counts as done with any 2xx', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  tests.receiver.answer(500);
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 1);
  assert.equal((await tests.show(boss, webhook.id)).lastFailure, 'The receiver answered 500.');
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 1, 'not before its time');
  tests.receiver.answer(202);
  tests.server.services.testClock.advance(minuteMs);
  await tests.delivering.settled();
  assert.deepEqual(new Set(tests.got(boss).map(({ body }) => body.id)).size, 1);
  assert.equal(tests.got(boss).length, 2);
  const { failingSince } = await tests.show(boss, webhook.id);
  assert.equal(failingSince, null);
});

test('a redirect is not followed', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  tests.receiver.answer(302, { location: `http://127.0.0.1:${tests.receiver.port}/elsewhere` });
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  assert.deepEqual(
    tests.got(boss).map(({ path }) => path),
    ['/hook'],
  );
  assert.match((await tests.show(boss, webhook.id)).lastFailure ?? '', /302.*not followed/);
});

test('a receiver that does not answer is given up after the time limit', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  tests.receiver.answer(null);
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  assert.equal((await tests.show(boss, webhook.id)).lastFailure, 'The receiver did not answer in time.');
});

test('410 disables the webhook, the audit says why, and enabling it does not send what happened meanwhile', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  tests.receiver.answer(410);
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  const gone = await tests.show(boss, webhook.id);
  assert.deepEqual([gone.isEnabled, gone.disabledReason], [false, 'gone']);
  const audit = (await tests.call(boss, 'GET', '/audit?action=webhook.disable')).text;
  assert.match(audit, /"reason":"gone"/);
  tests.receiver.answer(204);
  await tests.raiseOne(boss.tenant, 2);
  await tests.delivering.settled();
  assert.equal((await tests.call(boss, 'POST', `/webhooks/${webhook.id}/enable`)).status, 200);
  await tests.raiseOne(boss.tenant, 3);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 2);
});

test('after the last attempt it is a dead letter, which can be retried by hand', async () => {
  let boss = await tests.newBoss();
  await tests.add(boss);
  tests.receiver.answer(503);
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  await exhaust();
  boss = await tests.again(boss);
  const letters = await dead(boss);
  assert.equal(letters.total, 1, JSON.stringify(letters));
  const [letter] = letters.items;
  assert.deepEqual(
    [letter?.attempts, letter?.reason, letter?.type],
    [10, 'The receiver answered 503.', 'alert.created'],
  );
  const ids = new Set(tests.got(boss).map(({ body }) => body.id));
  assert.deepEqual([tests.got(boss).length, ids.size], [10, 1]);
  tests.receiver.answer(200);
  const retried = await tests.call(boss, 'POST', `/dead-letters/${letter?.id}/retry`);
  assert.deepEqual(retried.json(), { retried: 1 });
  await tests.delivering.settled();
  assert.equal(tests.got(boss).at(-1)?.body.id, letter?.id);
  assert.equal((await dead(boss)).total, 0);
  assert.equal((await tests.call(boss, 'POST', `/dead-letters/${letter?.id}/retry`)).status, 404);
});

test('a webhook to which nothing could be delivered for days is disabled', async () => {
  let boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  tests.receiver.answer(500);
  for (let day = 0; day < 12; day++) {
    await tests.raiseOne(boss.tenant, day);
    await tests.delivering.settled();
    tests.server.services.testClock.advance(dayMs);
  }
  boss = await tests.again(boss);
  const { isEnabled, disabledReason } = await tests.show(boss, webhook.id);
  assert.deepEqual([isEnabled, disabledReason], [false, 'failing']);
});

test('nothing is lost and nothing doubled when the process stops in the middle', async () => {
  const boss = await tests.newBoss();
  await tests.add(boss);
  await tests.delivering.stop();
  const drafts = Array.from({ length: 40 }, (_, number) => sampleDraft(number));
  await raise(tests.server.services, boss.tenant.id, drafts);
  for (let restart = 0; restart < 4; restart++) {
    const begun = startDelivering(tests.server.services);
    // It stops after whatever it had begun by then.
    await new Promise((resolve) => setImmediate(resolve));
    await begun.stop();
  }
  tests.delivering = startDelivering(tests.server.services);
  await tests.delivering.settled();
  const ids = tests.got(boss).map(({ body }) => body.data.alertId);
  assert.deepEqual([ids.length, new Set(ids).size], [40, 40]);
});

test('two nodes share the work and send nothing twice', {
  skip: testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process',
}, async () => {
  const boss = await tests.newBoss();
  await tests.add(boss);
  const other: Services = await secondNode(tests.server.services);
  const second = startDelivering(other);
  for (let round = 0; round < 4; round++) {
    const drafts = Array.from({ length: 25 }, (_, number) => sampleDraft(round * 25 + number));
    await raise(tests.server.services, boss.tenant.id, drafts);
    await Promise.all([tests.delivering.settled(), second.settled()]);
  }
  await second.stop();
  await tests.delivering.settled();
  const ids = tests.got(boss).map(({ body }) => body.data.alertId);
  assert.deepEqual([ids.length, new Set(ids).size], [100, 100]);
});

test('deleting a webhook ends what waits for it', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  tests.receiver.answer(500);
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  tests.receiver.answer(204);
  assert.equal((await tests.call(boss, 'DELETE', `/webhooks/${webhook.id}`)).status, 204);
  await exhaust();
  assert.equal(tests.got(boss).length, 1);
});
