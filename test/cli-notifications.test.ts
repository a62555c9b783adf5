// Webhooks and mail on the command line.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { startDelivering } from '../src/notifications/worker.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { expectedSignature, type HookReceiver, startHookReceiver } from './support/receivers.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let receiver: HookReceiver;
before(async () => {
  server = await startTestServer({ settings: { webhookLoopbackHttp: true, webhookAttemptsMax: 1 } });
  receiver = await startHookReceiver();
});
afterEach(() => receiver.answer(204));
after(async () => {
  await receiver.close();
  await server.dispose();
});

test('a webhook is added, tried, seen to fail, retried and deleted', async (context) => {
  const tenant = await makeTenant(server.services);
  const machine = newMachine(context);
  const user = await makeUser(server.services, tenant, { role: 'global-administrator' });
  await signInOn(machine, `http://localhost:${server.port}`, user);
  const ok = async (...argv: string[]) => {
    const outcome = await machine.run(argv);
    assert.equal(outcome.exitCode, exitCodes.ok, `${argv.join(' ')}: ${outcome.stderr}`);
    return outcome;
  };
  const secret = (await ok('webhook', 'add', 'soar', receiver.url, '--event', 'alert.created')).stdout.trim();
  assert.match(secret, /^whsec_/, 'the value alone, for scripts');
  await ok('webhook', 'test', 'soar');
  const [got] = receiver.received;
  assert.ok(got);
  assert.equal(got.headers['webhook-signature'], expectedSignature(secret, got));
  receiver.answer(500);
  const failed = await machine.run(['webhook', 'test', 'soar']);
  assert.equal(failed.exitCode, exitCodes.failed);
  assert.match(failed.stdout, /The receiver answered 500/);
  const delivering = startDelivering(server.services);
  await raise(server.services, tenant.id, [sampleDraft(1)]);
  await delivering.settled();
  assert.match((await ok('webhook', 'dead-letters')).stdout, /soar.*alert\.created.*answered 500/);
  receiver.answer(200);
  assert.equal((await machine.run(['webhook', 'retry'])).exitCode, exitCodes.usage);
  await ok('webhook', 'retry', '--all');
  await delivering.settled();
  await delivering.stop();
  assert.equal(receiver.received.at(-1)?.body.type, 'alert.created');
  const update = ['webhook', 'update', 'soar', '--event', 'incident.created', '--severity', 'high', '--name', 'pager'];
  assert.match((await ok(...update)).stdout, /pager is changed/);
  const changed = (await ok('webhook', 'show', 'pager', '--json')).json<Record<string, unknown>>();
  assert.deepEqual(
    [changed.events, changed.severityMin, changed.url, changed.owner],
    [['incident.created'], 'high', receiver.url, user.userName],
  );
  await ok('webhook', 'update', 'pager', '--name', 'soar', '--severity', 'none');
  const again = (await ok('webhook', 'show', 'soar', '--json')).json<Record<string, unknown>>();
  assert.deepEqual([again.events, again.severityMin], [['incident.created'], null]);
  assert.equal((await machine.run(['webhook', 'update', 'soar'])).exitCode, exitCodes.usage);
  await ok('webhook', 'update', 'soar', '--take-over');
  assert.equal((await machine.run(['webhook', 'update', 'soar', '--event', 'x'])).exitCode, exitCodes.usage);
  await ok('webhook', 'disable', 'soar');
  assert.match((await ok('webhook', 'show', 'soar')).stdout, /disabled \(by-hand\)/);
  await ok('webhook', 'enable', 'soar');
  assert.notEqual((await ok('webhook', 'rotate-secret', 'soar')).stdout.trim(), secret);
  assert.match((await ok('webhook', 'list')).stdout, /soar/);
  await ok('webhook', 'delete', 'soar', '--yes');
  assert.equal((await machine.run(['webhook', 'show', 'soar'])).exitCode, exitCodes.notFound);
});

test('recipients of mail are added, listed and removed', async (context) => {
  const tenant = await makeTenant(server.services);
  const machine = newMachine(context);
  const user = await makeUser(server.services, tenant, { role: 'global-administrator' });
  await signInOn(machine, `http://localhost:${server.port}`, user);
  const address = 'soc@contoso.example';
  const added = await machine.run(['mail', 'add', address, '--alerts', 'high', '--expiring-secrets', '14']);
  assert.equal(added.exitCode, exitCodes.ok, added.stderr);
  const listed = await machine.run(['mail', 'recipients']);
  assert.match(listed.stdout, /soc@contoso\.example.*alerts high, expiring-secrets 14/);
  assert.match((await machine.run(['mail', 'settings'])).stdout, /no/);
  assert.equal((await machine.run(['mail', 'test', address])).exitCode, exitCodes.conflict);
  assert.equal((await machine.run(['mail', 'add', address, '--expiring-secrets', 'soon'])).exitCode, exitCodes.usage);
  const update = async (...options: string[]) => {
    const changed = await machine.run(['mail', 'update', address, ...options, '--json']);
    assert.equal(changed.exitCode, exitCodes.ok, changed.stderr);
    return changed.json<Record<string, unknown>>();
  };
  const first = await update('--alerts', 'low', '--consent-requests', 'yes', '--language', 'fr');
  assert.deepEqual(
    [first.alerts, first.consentRequests, first.expiringSecretDays, first.language],
    ['low', true, 14, 'fr'],
  );
  const second = await update('--alerts', 'none', '--consent-requests', 'no', '--expiring-secrets', '30');
  assert.deepEqual([second.alerts, second.consentRequests, second.expiringSecretDays], [null, false, 30]);
  assert.equal((await machine.run(['mail', 'update', address])).exitCode, exitCodes.usage);
  assert.equal(
    (await machine.run(['mail', 'update', address, '--expiring-secrets', 'none'])).exitCode,
    exitCodes.usage,
  );
  await update('--take-over');
  assert.equal((await machine.run(['mail', 'remove', address, '--yes'])).exitCode, exitCodes.ok);
  assert.equal((await machine.run(['mail', 'remove', address, '--yes'])).exitCode, exitCodes.notFound);
});
