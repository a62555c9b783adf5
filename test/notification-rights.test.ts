// A webhook or mail recipient lives as long as whoever answers for it may see what it is told of: rights count at the
// moment of sending, as they do for API tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addAssignment } from '../src/directory/assignments.ts';
import { findRole } from '../src/directory/role-table.ts';
import { hourMs } from '../src/lib/clock.ts';
import { startDelivering } from '../src/notifications/worker.ts';
import { makeTenant } from './support/accounts.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { startMailReceiver } from './support/receivers.ts';
import { makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';
import { openWebhookTests, type Webhook, type WebhookTests } from './support/webhooks.ts';

let tests: WebhookTests;
before(async () => {
  tests = await openWebhookTests();
});
after(() => tests.dispose());

interface Listed<T> {
  readonly items: readonly T[];
}

/** Takes every role away from the person, as the administrator would. */
async function strip(server: Pick<TestServer, 'request'>, boss: Person, person: Person): Promise<void> {
  const path = `/management/v1/role-assignments?user=${person.user.userName}`;
  const { items } = (await server.request(path, { session: boss.session })).json<Listed<{ id: string }>>();
  for (const { id } of items) {
    const gone = await server.request(`/management/v1/role-assignments/${id}`, {
      session: boss.session,
      method: 'DELETE',
    });
    assert.equal(gone.status, 204, gone.text);
  }
}

interface AuditRow {
  readonly action: string;
  readonly actor: { readonly kind: string };
  readonly target: { readonly id: string } | null;
  readonly details: Readonly<Record<string, unknown>>;
}

async function auditOf(as: Person, action: string): Promise<readonly AuditRow[]> {
  const { items } = (await tests.call(as, 'GET', '/audit?limit=100')).json<Listed<AuditRow>>();
  return items.filter((each) => each.action === action);
}

test('who loses the role loses the webhook: neither what waits nor what happens later is sent, and the audit says why', async () => {
  const boss = await tests.newBoss();
  const leaver = await makePerson(tests.server, boss.tenant, 'security-administrator');
  const waiting = await tests.add(leaver);
  const idle = await tests.add(leaver);
  tests.receiver.answer(500);
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  tests.receiver.answer(204);
  const before = tests.got(boss).length;
  await strip(tests.server, boss, leaver);
  tests.server.services.testClock.advance(hourMs);
  await tests.delivering.settled();
  await tests.raiseOne(boss.tenant, 2);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, before);
  for (const { webhook } of [waiting, idle]) {
    const { isEnabled, disabledReason } = await tests.show(boss, webhook.id);
    assert.deepEqual([isEnabled, disabledReason], [false, 'rights']);
  }
  const rows = await auditOf(boss, 'webhook.disable');
  assert.deepEqual(rows.map(({ target }) => target?.id).sort(), [waiting.webhook.id, idle.webhook.id].sort());
  assert.deepEqual(
    [rows[0]?.actor.kind, rows[0]?.details],
    ['system', { reason: 'rights', owner: leaver.user.userName, missing: 'Notifications.manage' }],
  );
});

test('somebody else who may takes it over by enabling it, and what waited is sent then', async () => {
  const boss = await tests.newBoss();
  const leaver = await makePerson(tests.server, boss.tenant, 'security-administrator');
  const { webhook } = await tests.add(leaver);
  assert.equal((await tests.show(boss, webhook.id)).owner, leaver.user.userName);
  tests.receiver.answer(500);
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  tests.receiver.answer(204);
  const before = tests.got(boss).length;
  const disabled = await tests.call(boss, 'POST', `/users/${leaver.user.userName}/disable`);
  assert.ok(disabled.status < 300, disabled.text);
  tests.server.services.testClock.advance(hourMs);
  await tests.delivering.settled();
  assert.equal((await tests.show(boss, webhook.id)).disabledReason, 'rights');
  const enabled = await tests.call(boss, 'POST', `/webhooks/${webhook.id}/enable`);
  assert.equal(enabled.status, 200, enabled.text);
  assert.equal(enabled.json<Webhook>().owner, boss.user.userName);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, before + 1);
});

test('a webhook never tells more than its owner may read now, whatever the owner may still read', async () => {
  const boss = await tests.newBoss();
  const [lesser, scoped] = [
    await makePerson(tests.server, boss.tenant, 'global-administrator'),
    await makePerson(tests.server, boss.tenant, 'global-administrator'),
  ];
  const incidents = await tests.add(lesser, { events: ['alert.created', 'incident.created'] });
  const alerts = await tests.add(scoped);
  const { services } = tests.server;
  for (const [person, key, scope] of [
    [lesser, 'cloud-app-security-administrator', undefined],
    [scoped, 'app-instance-administrator', { instances: [{ appId: 20893, instance: 0 }] }],
  ] as const) {
    await strip(tests.server, boss, person);
    const role = findRole(key);
    assert.ok(role);
    const assignment = { role, kind: 'permanent', ...(scope ? { scope } : {}) } as const;
    await services.store.change(boss.tenant.id, (trx) => addAssignment(services, trx, person.user, assignment, 'test'));
  }
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 0);
  assert.equal((await tests.show(boss, incidents.webhook.id)).disabledReason, 'rights');
  assert.equal((await tests.show(boss, alerts.webhook.id)).disabledReason, 'rights');
  const missing = (await auditOf(boss, 'webhook.disable')).map(({ details }) => details.missing);
  assert.deepEqual(missing.sort(), ['Incident.Read.All', 'Notifications.manage']);
});

test('a role that was activated for a time carries a webhook as long', async () => {
  const boss = await tests.newBoss();
  const person = await makePerson(tests.server, boss.tenant);
  const { services } = tests.server;
  const role = findRole('security-administrator');
  assert.ok(role);
  const endsAt = services.clock() + hourMs;
  await services.store.change(boss.tenant.id, (trx) =>
    addAssignment(services, trx, person.user, { role, kind: 'permanent', endsAt }, 'test'),
  );
  const { webhook } = await tests.add(await tests.again(person));
  await tests.raiseOne(boss.tenant, 1);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 1);
  services.testClock.advance(hourMs);
  await tests.raiseOne(boss.tenant, 2);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length, 1);
  assert.equal((await tests.show(await tests.again(boss), webhook.id)).disabledReason, 'rights');
});

test('mail stops with the rights of who entered the address, and goes on when somebody else saves it', async (context) => {
  const smtp = await startMailReceiver('u', 'p');
  context.after(() => smtp.close());
  const mail = { mailHost: '127.0.0.1', mailPort: smtp.port, mailTls: 'none', mailFrom: 'a@mail.example' } as const;
  const server = await startTestServer({ settings: { ...mail, mailUser: 'u', mailPassword: 'p' } });
  context.after(() => server.dispose());
  const delivering = startDelivering(server.services);
  const tenant = await makeTenant(server.services);
  const boss = await makePerson(server, tenant, 'global-administrator');
  const leaver = await makePerson(server, tenant, 'security-administrator');
  const ask = (as: Person, method: string, path: string, body?: unknown) =>
    server.request(`/management/v1${path}`, {
      session: as.session,
      method,
      ...(body === undefined ? {} : { body }),
    });
  const added = await ask(leaver, 'POST', '/mail-recipients', { address: 'soc@receiver.example', alerts: 'low' });
  const { id, owner } = added.json<{ id: string; owner: string }>();
  assert.equal(owner, leaver.user.userName);
  await strip(server, boss, leaver);
  for (const number of [1, 2]) {
    await raise(server.services, tenant.id, [sampleDraft(number)]);
    await delivering.settled();
  }
  assert.equal(smtp.mails.length, 0);
  const [shown] = (await ask(boss, 'GET', '/mail-recipients')).json<Listed<{ lastFailure: string }>>().items;
  assert.match(shown?.lastFailure ?? '', /Notifications\.manage/);
  const audit = (await ask(boss, 'GET', '/audit?limit=100')).json<Listed<AuditRow>>().items;
  assert.equal(audit.filter(({ action }) => action === 'mail-recipient.suspend').length, 1);
  const saved = await ask(boss, 'PATCH', `/mail-recipients/${id}`, {});
  assert.equal(saved.json<{ owner: string }>().owner, boss.user.userName);
  await raise(server.services, tenant.id, [sampleDraft(3)]);
  await delivering.settled();
  assert.equal(smtp.mails.length, 1);
  await delivering.stop();
});
