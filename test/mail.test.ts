// Mail: who gets what, in which language and how many, through a real SMTP server.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { dayMs, hourMs } from '../src/lib/clock.ts';
import { type Delivering, startDelivering } from '../src/notifications/worker.ts';
import { readIncidents } from './applications-calls.ts';
import { makeTenant } from './support/accounts.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { type MailReceiver, startMailReceiver } from './support/receivers.ts';
import { type Answer, makePerson, type Person, signIn, startTestServer, type TestServer } from './support/server.ts';

interface Recipient {
  id: string;
  address: string;
  lastFailure: string | null;
  sentToday: number;
  withheldToday: number;
}

const password = 'mail-password-of-tests';
const perDay = 4;
let server: TestServer;
let smtp: MailReceiver;
let delivering: Delivering;
before(async () => {
  smtp = await startMailReceiver('sallyport', password);
  server = await startTestServer({
    settings: {
      mailHost: '127.0.0.1',
      mailPort: smtp.port,
      mailTls: 'none',
      mailUser: 'sallyport',
      mailPassword: password,
      mailFrom: 'sallyport@mail.example',
      mailsPerRecipientDay: perDay,
      sessionIdleSecondsMax: 604_800,
      sessionTtlSeconds: 2_592_000,
    },
  });
  delivering = startDelivering(server.services);
});
afterEach(() => smtp.refuse(null));
after(async () => {
  await delivering.stop();
  await smtp.close();
  await server.dispose();
});

const call = (as: Person, method: string, path: string, body?: unknown): Promise<Answer> =>
  server.request(`/management/v1${path}`, { session: as.session, method, ...(body === undefined ? {} : { body }) });
const newBoss = async () => await makePerson(server, await makeTenant(server.services), 'global-administrator');

let made = 0;
async function add(as: Person, wishes: Readonly<Record<string, unknown>>): Promise<Recipient> {
  const body = { address: `soc${++made}@receiver.example`, ...wishes };
  const answer = await call(as, 'POST', '/mail-recipients', body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json<Recipient>();
}
const show = async (as: Person, id: string): Promise<Recipient | undefined> =>
  (await call(as, 'GET', '/mail-recipients')).json<{ items: Recipient[] }>().items.find((each) => each.id === id);
const mailsTo = ({ address }: Recipient) => smtp.mails.filter(({ to }) => to.includes(address)).map(({ raw }) => raw);
/** The text of a mail's header, put together again. */
function header(raw: string | undefined, name: string): string {
  const unfolded = (raw ?? '').replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: (.*)$`, 'mi').exec(unfolded)?.[1]?.trim() ?? '';
}

test('an alert of the wanted severity is mailed in the language of the recipient, others are not', async () => {
  const boss = await newBoss();
  const english = await add(boss, { alerts: 'medium' });
  const french = await add(boss, { alerts: 'high', language: 'fr' });
  await raise(server.services, boss.tenant.id, [
    sampleDraft(1, { severity: 'low' }),
    sampleDraft(2, { severity: 'medium' }),
    sampleDraft(3, { severity: 'high' }),
  ]);
  await delivering.settled();
  assert.deepEqual([mailsTo(english).length, mailsTo(french).length], [2, 1]);
  const [mail] = mailsTo(french);
  assert.equal(header(mail, 'Content-Language'), 'fr');
  assert.equal(header(mail, 'Auto-Submitted'), 'auto-generated');
  assert.match(mail ?? '', /text\/plain[\s\S]*text\/html/);
  assert.match(mail ?? '', /Gravit/);
  assert.match(mailsTo(english).join(), /Severity: High/);
});

test('what a title holds reaches neither the headers nor the markup', async () => {
  const boss = await newBoss();
  const recipient = await add(boss, { alerts: 'informational' });
  const title = 'Bad\r\nBcc: victim@receiver.example\r\n\r\n<script>alert(1)</script>';
  await raise(server.services, boss.tenant.id, [sampleDraft(1, { title })]);
  await delivering.settled();
  const [mail] = mailsTo(recipient);
  assert.ok(mail);
  assert.match(header(mail, 'Subject'), /Bad Bcc: victim@receiver\.example <script>/);
  assert.equal(header(mail, 'Bcc'), '');
  assert.ok(!smtp.mails.some(({ to }) => to.includes('victim@receiver.example')));
  const html = mail.slice(mail.indexOf('text/html'));
  assert.ok(!html.includes('<script>') && html.includes('&lt;script&gt;'));
});

test('a recipient gets so many mails a day, and the next day again', async () => {
  const boss = await newBoss();
  const recipient = await add(boss, { alerts: 'informational' });
  const drafts = (from: number, count: number) => Array.from({ length: count }, (_, each) => sampleDraft(from + each));
  await raise(server.services, boss.tenant.id, drafts(0, perDay + 3));
  await delivering.settled();
  assert.equal(mailsTo(recipient).length, perDay);
  const { sentToday, withheldToday } = (await show(boss, recipient.id)) ?? {};
  assert.deepEqual([sentToday, withheldToday], [perDay, 3]);
  server.services.testClock.advance(dayMs);
  await raise(server.services, boss.tenant.id, drafts(100, 1));
  await delivering.settled();
  assert.equal(mailsTo(recipient).length, perDay + 1);
});

test('a mail that is put off is tried again, one that is refused for good is a dead letter', async () => {
  const boss = await newBoss();
  const recipient = await add(boss, { alerts: 'informational' });
  smtp.refuse(451);
  await raise(server.services, boss.tenant.id, [sampleDraft(1)]);
  await delivering.settled();
  assert.equal((await show(boss, recipient.id))?.lastFailure, 'The SMTP server answered 451.');
  smtp.refuse(null);
  server.services.testClock.advance(hourMs);
  await delivering.settled();
  assert.equal(mailsTo(recipient).length, 1);
  smtp.refuse(550);
  await raise(server.services, boss.tenant.id, [sampleDraft(2)]);
  await delivering.settled();
  const letters = (await call(boss, 'GET', '/dead-letters')).json<{
    items: { id: string; channel: string; target: string; reason: string }[];
  }>().items;
  assert.deepEqual(
    letters.map(({ channel, target, reason }) => [channel, target, reason]),
    [['mail', recipient.address, 'The SMTP server refuses the mail (550).']],
  );
  smtp.refuse(null);
  assert.deepEqual((await call(boss, 'POST', '/dead-letters/retry', {})).json(), { retried: 1 });
  await delivering.settled();
  assert.equal(mailsTo(recipient).length, 2);
});

test('a secret that ends soon is mailed about once, and one that was replaced meanwhile not at all', async () => {
  const boss = await newBoss();
  const recipient = await add(boss, { expiringSecretDays: 20 });
  const registered = await call(boss, 'POST', '/applications', { displayName: 'Nightly export' });
  assert.equal(registered.status, 201, registered.text);
  const { id } = registered.json<{ id: string }>();
  const secret = await call(boss, 'POST', `/applications/${id}/secrets`, {
    description: 'first',
    expiresAt: new Date(server.services.clock() + 24 * dayMs).toISOString(),
  });
  assert.equal(secret.status, 201, secret.text);
  server.services.testClock.advance(2 * dayMs);
  await delivering.settled();
  assert.equal(mailsTo(recipient).length, 0);
  server.services.testClock.advance(3 * dayMs);
  await delivering.settled();
  server.services.testClock.advance(2 * hourMs);
  await delivering.settled();
  const mails = mailsTo(recipient);
  assert.equal(mails.length, 1);
  assert.match(mails[0] ?? '', /Nightly export/);
});

test('a test mail shows at once whether mail works', async () => {
  const boss = await newBoss();
  const recipient = await add(boss, { alerts: 'high', language: 'ja' });
  const works = await call(boss, 'POST', `/mail-recipients/${recipient.id}/test`);
  assert.deepEqual(works.json(), { isDelivered: true, status: null, reason: null });
  assert.equal(mailsTo(recipient).length, 1);
  smtp.refuse(550);
  const fails = (await call(boss, 'POST', `/mail-recipients/${recipient.id}/test`)).json<{ isDelivered: boolean }>();
  assert.equal(fails.isDelivered, false);
  const { isConfigured } = (await call(boss, 'GET', '/mail-settings')).json<{ isConfigured: boolean }>();
  assert.equal(isConfigured, true);
  assert.ok(!(await call(boss, 'GET', '/mail-settings')).text.includes(password));
});

test('addresses and wishes that make no sense are refused, and other tenants see nothing', async () => {
  const [boss, stranger] = [await newBoss(), await newBoss()];
  for (const address of [
    'soc',
    'a@b',
    'a@receiver.example, b@receiver.example',
    'a@receiver.example\nBcc: c',
    '"a b"@receiver.example',
  ]) {
    const answer = await call(boss, 'POST', '/mail-recipients', { address, alerts: 'high' });
    assert.equal(answer.status, 400, address);
  }
  for (const wishes of [{}, { alerts: 'fatal' }, { expiringSecretDays: 0 }, { alerts: 'high', language: 'de' }]) {
    const answer = await call(boss, 'POST', '/mail-recipients', { address: 'soc@receiver.example', ...wishes });
    assert.equal(answer.status, 400, JSON.stringify(wishes));
  }
  const recipient = await add(boss, { alerts: 'high' });
  const again = await call(boss, 'POST', '/mail-recipients', { address: recipient.address, alerts: 'low' });
  assert.equal(again.status, 409);
  for (const [method, path] of [
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/test'],
  ] as const) {
    const body = method === 'PATCH' ? { alerts: 'low' } : undefined;
    assert.equal((await call(stranger, method, `/mail-recipients/${recipient.id}${path}`, body)).status, 404);
  }
  const reader = await makePerson(server, boss.tenant, 'security-reader');
  assert.equal((await call(reader, 'POST', '/mail-recipients', { address: 'x@y.example', alerts: 'low' })).status, 403);
  assert.equal((await call(boss, 'DELETE', `/mail-recipients/${recipient.id}`)).status, 204);
});

test('requests for consent and for the approval of a role are mailed to whoever wants them', async () => {
  const boss = await newBoss();
  const recipient = await add(boss, { consentRequests: true, roleApprovals: true });
  const role = 'security-operator';
  const settings = { requiresApproval: true };
  const set = await call(boss, 'PUT', `/roles/${role}/settings`, settings);
  assert.equal(set.status, 200, set.text);
  const person = await makePerson(server, boss.tenant);
  const assigned = await call(boss, 'POST', '/role-assignments', {
    user: person.user.userName,
    role,
    kind: 'eligible',
  });
  assert.equal(assigned.status, 201, assigned.text);
  const session = await signIn(server, person.user);
  const asked = await call({ ...person, session }, 'POST', '/me/role-activations', {
    role,
    durationSeconds: 3600,
    justification: 'On call tonight',
  });
  assert.ok(asked.status < 300, asked.text);
  const app = await call(boss, 'POST', '/applications', { displayName: 'Reporter', requiredAccess: [readIncidents] });
  const { appId } = app.json<{ appId: string }>();
  const consent = await call(person, 'POST', '/consent-requests', { appId, reason: 'Reports for the SOC' });
  assert.equal(consent.status, 201, consent.text);
  await delivering.settled();
  const mails = mailsTo(recipient);
  assert.equal(mails.length, 2);
  assert.match(mails.join(), /Security operator[\s\S]*On call tonight/);
  assert.match(mails.join(), /Reporter[\s\S]*Reports for the SOC/);
});
