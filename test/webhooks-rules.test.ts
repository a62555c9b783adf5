// Webhooks: who may have them, what is refused, and where they are never sent to.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Resolve } from '../src/notifications/reachable.ts';
import { startDelivering } from '../src/notifications/worker.ts';
import { expectedSignature } from './support/receivers.ts';
import { makePerson } from './support/server.ts';
import { openWebhookTests, type WebhookTests } from './support/webhooks.ts';

let tests: WebhookTests;
before(async () => {
  tests = await openWebhookTests();
});
afterEach(() => tests.receiver.answer(204));
after(() => tests.dispose());

test('private, link-local and other special addresses are refused, written or resolved, but for allowed ranges', async () => {
  const boss = await tests.newBoss();
  const refused = [
    'https://10.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://0x0a000001/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'http://receiver.example/',
    'ftp://receiver.example/',
    'https://user:secret@receiver.example/',
    'https://receiver.example/#part',
    'receiver.example',
  ];
  for (const url of refused) {
    const answer = await tests.call(boss, 'POST', '/webhooks', { name: 'refused', url, events: ['alert.created'] });
    assert.equal(answer.status, 400, `${url}: ${answer.text}`);
  }
  await tests.delivering.stop();
  // The name is harmless when it is entered; at the time of the connection it leads inside.
  const asked: string[] = [];
  const rebound: Resolve = async (host) => {
    asked.push(host);
    return [
      { address: '192.168.1.10', family: 4 },
      { address: 'fe80::1', family: 6 },
    ];
  };
  const { webhook } = await tests.add(boss, { url: 'https://rebinding.example/hook' });
  const strict = startDelivering(tests.server.services, rebound);
  await tests.raiseOne(boss.tenant, 1);
  await strict.settled();
  await strict.stop();
  assert.deepEqual(asked, ['rebinding.example']);
  assert.equal(
    (await tests.show(boss, webhook.id)).lastFailure,
    'The host has no address that webhooks may be sent to.',
  );
  tests.delivering = startDelivering(tests.server.services);
});

test('a process without the setting sends nothing to loopback, even for a webhook that is there already', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  await tests.delivering.stop();
  const strict = startDelivering({
    ...tests.server.services,
    config: { ...tests.server.services.config, webhookLoopbackHttp: false },
  });
  await tests.raiseOne(boss.tenant, 1);
  await strict.settled();
  await strict.stop();
  assert.equal(tests.got(boss).length, 0);
  assert.match((await tests.show(boss, webhook.id)).lastFailure ?? '', /no address that webhooks may be sent to/);
  tests.delivering = startDelivering(tests.server.services);
});

test('another tenant sees nothing of it and gets nothing sent', async () => {
  const [boss, stranger] = [await tests.newBoss(), await tests.newBoss()];
  const { webhook } = await tests.add(boss);
  for (const [method, path] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/test'],
    ['POST', '/enable'],
    ['POST', '/rotate-secret'],
  ] as const) {
    const answer = await tests.call(
      stranger,
      method,
      `/webhooks/${webhook.id}${path}`,
      method === 'PATCH' ? {} : undefined,
    );
    assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
  }
  assert.equal((await tests.call(stranger, 'GET', '/webhooks')).json<{ total: number }>().total, 0);
  await tests.raiseOne(stranger.tenant, 1);
  await tests.delivering.settled();
  assert.equal(tests.got(boss).length + tests.got(stranger).length, 0);
});

test('only full administrators manage webhooks, and none sends what its maker may not read', async () => {
  const boss = await tests.newBoss();
  const { webhook } = await tests.add(boss);
  for (const role of [
    'security-operator',
    'security-reader',
    'global-reader',
    'application-administrator',
    undefined,
  ]) {
    const person = await makePerson(tests.server, boss.tenant, role);
    for (const [method, path] of [
      ['GET', '/webhooks'],
      ['GET', '/dead-letters'],
      ['GET', '/mail-recipients'],
      ['POST', `/webhooks/${webhook.id}/rotate-secret`],
      ['DELETE', `/webhooks/${webhook.id}`],
    ] as const) {
      assert.equal((await tests.call(person, method, path)).status, 403, `${role} ${method} ${path}`);
    }
  }
  const cloud = await makePerson(tests.server, boss.tenant, 'cloud-app-security-administrator');
  for (const [event, status] of [
    ['alert.created', 201],
    ['incident.created', 403],
    ['machine-action.created', 403],
  ] as const) {
    const body = { name: `by cloud ${event}`, url: tests.receiver.url, events: [event] };
    assert.equal((await tests.call(cloud, 'POST', '/webhooks', body)).status, status, event);
  }
  assert.equal((await tests.server.request('/management/v1/webhooks')).status, 401);
});

test('bad input is refused by name, and there is a limit per tenant', async () => {
  const boss = await tests.newBoss();
  const good = { name: 'n', url: tests.receiver.url, events: ['alert.created'] };
  for (const [change, field] of [
    [{ events: [] }, 'events'],
    [{ events: ['alert.deleted'] }, 'events'],
    [{ name: ' ' }, 'name'],
    [{ name: 'a\u0007b' }, 'name'],
    [{ url: 'https://' }, 'url'],
    [{ severityMin: 'fatal' }, 'severityMin'],
    [{ color: 'red' }, 'color'],
  ] as const) {
    const answer = await tests.call(boss, 'POST', '/webhooks', { ...good, ...change });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, new RegExp(field));
  }
  await tests.add(boss, { name: 'same' });
  assert.equal((await tests.call(boss, 'POST', '/webhooks', { ...good, name: 'same' })).status, 409);
  await tests.add(boss);
  await tests.add(boss);
  const tooMany = await tests.call(boss, 'POST', '/webhooks', good);
  assert.deepEqual([tooMany.status, /webhooksPerTenantMax/.test(tooMany.text)], [409, true]);
});

test('a test event shows at once whether a webhook works, and neither URL nor secret gets into the audit', async () => {
  const boss = await tests.newBoss();
  const { webhook, secret } = await tests.add(boss, { url: `${tests.receiver.url}?key=hidden-value` });
  const works = await tests.call(boss, 'POST', `/webhooks/${webhook.id}/test`);
  assert.deepEqual(works.json(), { isDelivered: true, status: 204, reason: null });
  const [got] = tests.got(boss);
  assert.ok(got);
  assert.deepEqual([got.body.type, got.headers['webhook-signature']], ['test', expectedSignature(secret, got)]);
  tests.receiver.answer(404);
  const fails = await tests.call(boss, 'POST', `/webhooks/${webhook.id}/test`);
  assert.deepEqual(fails.json(), { isDelivered: false, status: 404, reason: 'The receiver answered 404.' });
  const audit = (await tests.call(boss, 'GET', '/audit')).text;
  assert.match(audit, /webhook\.test/);
  assert.ok(!audit.includes('hidden-value') && !audit.includes(secret.slice(6, 20)));
});
