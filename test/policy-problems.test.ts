// A policy that stops to work by itself: webhooks and mail tell of it, for silence would look like peace.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Delivering, startDelivering } from '../src/notifications/worker.ts';
import { condition } from '../src/policies/conditions.ts';
import { policyBedOf } from './support/policies.ts';
import { type HookReceiver, type MailReceiver, startHookReceiver, startMailReceiver } from './support/receivers.ts';
import { makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let smtp: MailReceiver;
let receiver: HookReceiver;
let delivering: Delivering;
before(async () => {
  smtp = await startMailReceiver('u', 'p');
  receiver = await startHookReceiver();
  server = await startTestServer({
    settings: {
      webhookLoopbackHttp: true,
      policyDayMatchesMax: 1000,
      mailHost: '127.0.0.1',
      mailPort: smtp.port,
      mailTls: 'none',
      mailUser: 'u',
      mailPassword: 'p',
      mailFrom: 'sallyport@mail.example',
    },
  });
  delivering = startDelivering(server.services);
});
after(async () => {
  await delivering.stop();
  await receiver.close();
  await smtp.close();
  await server.dispose();
});

const languages = ['en', 'fr', 'ja', 'ko', 'zh-Hant'] as const;

async function subscribe(boss: Person): Promise<void> {
  const post = async (path: string, body: unknown) => {
    const answer = await server.request(`/management/v1${path}`, { session: boss.session, body });
    assert.equal(answer.status, 201, answer.text);
  };
  await post('/webhooks', { name: 'problems', url: receiver.url, events: ['policy-problem.created'] });
  for (const language of languages) {
    const address = `${language.toLowerCase()}@${boss.tenant.slug}.example`;
    await post('/mail-recipients', { address, alerts: 'high', language });
  }
  await post('/mail-recipients', { address: `other@${boss.tenant.slug}.example`, expiringSecretDays: 5 });
}

function told(boss: Person): { hooks: readonly Record<string, unknown>[]; mails: Map<string, string> } {
  const hooks = receiver.received.flatMap(({ body }) => (body.tenantId === boss.tenant.id ? [body.data] : []));
  const ours = smtp.mails.filter(({ to }) => to.some((each) => each.endsWith(`@${boss.tenant.slug}.example`)));
  return { hooks, mails: new Map(ours.map(({ to, raw }) => [to[0]?.split('@')[0] ?? '', raw])) };
}

test('a policy that was switched off for matching too much is told of, once and in the language of each recipient', async () => {
  const bed = await policyBedOf(server.services);
  const boss = await makePerson(server, bed.tenant, 'global-administrator');
  await subscribe(boss);
  const policy = await bed.policy([], { dailyAlertLimit: 1, severity: 'low' });
  await bed.store(Array.from({ length: 1100 }, (_, index) => ({ second: 1 + index / 100 })));
  await bed.follow();
  await delivering.settled();
  const { hooks, mails } = told(boss);
  assert.equal(hooks.length, 1);
  const { policyId, policyName, kind, message } = hooks[0] ?? {};
  assert.deepEqual([policyId, policyName, kind], [policy.id, policy.name, 'switched-off']);
  assert.match(String(message), /policyDayMatchesMax/);
  assert.deepEqual([...mails.keys()].sort(), languages.map((each) => each.toLowerCase()).sort());
  assert.match(mails.get('en') ?? '', /was switched off/);
  for (const language of languages) {
    const mail = mails.get(language.toLowerCase()) ?? '';
    assert.match(mail, new RegExp(`Content-Language: ${language}`, 'i'));
  }
});

test('a policy that could not be evaluated is told of, and the audit says so as well', async () => {
  const bed = await policyBedOf(server.services);
  const boss = await makePerson(server, bed.tenant, 'global-administrator');
  await subscribe(boss);
  // No surface lets such a filter through: it stands for whatever the engine refuses.
  const broken = await bed.policy([condition('service', { operator: 'eq', values: ['no number'] })]);
  for (const second of [1, 2, 3]) {
    await bed.store([{ second }]);
    await bed.follow();
  }
  await delivering.settled();
  const { hooks, mails } = told(boss);
  assert.deepEqual(
    hooks.map(({ kind, policyId }) => [kind, policyId]),
    [['not-evaluated', broken.id]],
  );
  assert.equal(mails.size, languages.length);
  const audit = await server.request('/management/v1/audit?limit=100', { session: boss.session });
  const rows = audit.json<{ items: { action: string; outcome: string }[] }>().items;
  assert.deepEqual(
    rows.flatMap(({ action, outcome }) => (action === 'policy.evaluate' ? [outcome] : [])),
    ['failed'],
  );
});
