// PATCH /api/incidents/{id} through a whole server, for incidents that were taken in and those that correlation made.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findAlertsByAlertIds } from '../src/alerts/records.ts';
import { listAudit } from '../src/audit/audit.ts';
import { raiseAlerts } from '../src/incidents/raise.ts';
import { mergeIncidents } from '../src/incidents/regrouping.ts';
import { minuteMs } from '../src/lib/clock.ts';
import { parseTicks } from '../src/lib/ticks.ts';
import { appToken, makeStory, type Story } from './support/bearers.ts';
import { sampleDraft, user } from './support/drafts.ts';
import { sampleIncident, timeAt } from './support/incidents.ts';
import { ctxOf } from './support/ingestion.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

interface Told {
  readonly '@odata.context': string;
  readonly incidentId: number;
  readonly status: string;
  readonly assignedTo: string | null;
  readonly classification: string;
  readonly determination: string;
  readonly lastUpdateTime: string;
  readonly tags: readonly string[];
  readonly comments: readonly { readonly comment: string; readonly createdBy: string; readonly createdTime: string }[];
  readonly alerts: readonly {
    readonly alertId: string;
    readonly status: string;
    readonly classification: string | null;
  }[];
}

let server: TestServer;
let story: Story;
let admin: Person;
let bearer: { authorization: string };
before(async () => {
  server = await startTestServer({
    settings: { appRequestsPerMinute: 100_000, incidentUpdatesPerMinute: 10_000, incidentCallsPerHour: 10_000 },
  });
  story = await makeStory(server.services);
  admin = await makePerson(server, story.tenant, 'security-administrator');
  bearer = { authorization: `Bearer ${await appToken(server.services, story, writing)}` };
});
after(() => server.dispose());

const writing = {
  get app() {
    return { servicePrincipalId: story.principalId, roles: ['Incident.ReadWrite.All'] };
  },
};

const patch = (id: number | string, body: unknown, headers: Record<string, string> = bearer): Promise<Answer> =>
  server.request(`/api/incidents/${id}`, { method: 'PATCH', headers, body });
const get = async (id: number): Promise<Told> =>
  (await server.request(`/api/incidents/${id}`, { headers: bearer })).json<Told>();

async function change(id: number, body: unknown): Promise<Told> {
  const answer = await patch(id, body);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<Told>();
}

async function ingest(...incidents: readonly unknown[]): Promise<Answer> {
  const body = incidents.map((incident) => JSON.stringify(incident)).join('\n');
  const headers = { 'content-type': 'application/json' };
  return await server.request('/management/v1/ingest/incidents', { session: admin.session, headers, body });
}

let next = 0;
/** An incident of two alerts of its own, made by correlation. */
async function makeIncident(): Promise<{ incidentId: number; alertIds: string[] }> {
  const name = `person${next++}@contoso.example`;
  const alertIds = [`${name}-1`, `${name}-2`];
  const [alert] = await raiseAlerts(
    server.services,
    story.tenant.id,
    alertIds.map((id) => sampleDraft(id, [user(name)])),
  );
  return { incidentId: alert?.incidentId ?? 0, alertIds };
}

function assertError(answer: Answer, status: number, code: string, said: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  const { error } = answer.json<{ error: { code: string; message: string; target: string } }>();
  assert.equal(error.code, code);
  assert.match(error.message, said);
  assert.equal(error.target, answer.headers['x-correlation-id']);
}

test('what is sent changes, the rest stays, and the whole incident comes back', async () => {
  const { incidentId } = await makeIncident();
  const before = await get(incidentId);
  const changed = await change(incidentId, {
    status: 'inprogress',
    assignedTo: 'Secop2@contoso.example',
    tags: ['a', 'b'],
  });
  assert.match(changed['@odata.context'], /\/api\/\$metadata#Incidents\/\$entity$/);
  assert.deepEqual(
    [changed.status, changed.assignedTo, changed.tags, changed.alerts.length],
    ['InProgress', 'Secop2@contoso.example', ['a', 'b'], 2],
  );
  assert.deepEqual(
    { ...changed, lastUpdateTime: '' },
    {
      ...before,
      status: 'InProgress',
      assignedTo: 'Secop2@contoso.example',
      tags: ['a', 'b'],
      lastUpdateTime: '',
    },
  );
  assert.ok((parseTicks(changed.lastUpdateTime) ?? 0n) > (parseTicks(before.lastUpdateTime) ?? 0n));
  assert.deepEqual(await get(incidentId), changed);
  const cleared = await change(incidentId, { assignedTo: '', tags: ['c'] });
  assert.deepEqual([cleared.assignedTo, cleared.tags, cleared.status], [null, ['c'], 'InProgress']);
  const list = await server.request(`/api/incidents?$filter=status+eq+'InProgress'`, { headers: bearer });
  assert.ok(list.json<{ value: Told[] }>().value.some((each) => each.incidentId === incidentId));
});

test('a comment is added, with who wrote it and when; the newest is first', async () => {
  const { incidentId } = await makeIncident();
  await change(incidentId, { comment: 'pen testing' });
  const { comments } = await change(incidentId, { comment: 'done' });
  assert.deepEqual(
    comments.map(({ comment, createdBy }) => [comment, createdBy]),
    [
      ['done', 'Partner connector'],
      ['pen testing', 'Partner connector'],
    ],
  );
  assert.ok(comments.every(({ createdTime }) => parseTicks(createdTime) !== undefined));
});

test('both spellings of determinations and any case are understood, one comes out', async () => {
  const { incidentId } = await makeIncident();
  for (const [classification, sent, told] of [
    ['TruePositive', 'CompromisedUser', 'CompromisedAccount'],
    ['truepositive', 'compromisedaccount', 'CompromisedAccount'],
    ['InformationalExpectedActivity', 'ConfirmedUserActivity', 'ConfirmedActivity'],
    ['FalsePositive', 'NotMalicious', 'Clean'],
    ['FalsePositive', 'Clean', 'Clean'],
    ['FalsePositive', 'InsufficientData', 'NoEnoughDataToValidate'],
    ['FalsePositive', 'NoEnoughDataToValidate', 'NoEnoughDataToValidate'],
    ['Unknown', 'NotAvailable', 'NotAvailable'],
  ] as const) {
    assert.equal((await change(incidentId, { classification, determination: sent })).determination, told, sent);
  }
});

test('a determination that its classification does not have is refused, and a new classification takes it away', async () => {
  const { incidentId } = await makeIncident();
  await change(incidentId, { classification: 'TruePositive', determination: 'Malware' });
  assertError(await patch(incidentId, { determination: 'Clean' }), 400, 'InvalidInput', /does not go with/);
  const changed = await change(incidentId, { classification: 'FalsePositive' });
  assert.deepEqual([changed.classification, changed.determination], ['FalsePositive', 'NotAvailable']);
});

test('resolving an incident resolves and classifies its alerts', async () => {
  const { incidentId, alertIds } = await makeIncident();
  const { alerts } = await change(incidentId, {
    status: 'Resolved',
    classification: 'TruePositive',
    determination: 'Phishing',
  });
  assert.deepEqual(
    alerts.map(({ status, classification }) => [status, classification]),
    [
      ['Resolved', 'TruePositive'],
      ['Resolved', 'TruePositive'],
    ],
  );
  const stored = await findAlertsByAlertIds(server.services.store.db, story.tenant.id, alertIds);
  assert.ok(stored.every((alert) => alert.resolution === 'truePositive' && alert.determination === 'phishing'));
});

test('bad input is refused with what to send, and nothing changes', async () => {
  const { incidentId } = await makeIncident();
  const before = await get(incidentId);
  for (const [body, code, said] of [
    [{ status: 'Redirected' }, 'InvalidInput', /status is one of Active, InProgress, Resolved/],
    [{ status: 5 }, 'InvalidInput', /status is one of/],
    [{ Status: 'Active' }, 'InvalidRequestBody', /no member "Status"/],
    [{ classification: 'Maybe' }, 'InvalidInput', /"Maybe": classification is one of/],
    [{ determination: 'Whatever' }, 'InvalidInput', /determination is one of/],
    [{ tags: 'a' }, 'InvalidInput', /tags must be a list/],
    [{ tags: [5] }, 'InvalidInput', /text/],
    [{ comment: '' }, 'InvalidInput', /text/],
    [{ comment: 'x'.repeat(30_001) }, 'InvalidInput', /30000/],
    [{ severity: 'High' }, 'InvalidRequestBody', /no member "severity"/],
    [{}, 'InvalidRequestBody', /nothing to update/],
    [[], 'InvalidRequestBody', /JSON object/],
  ] as const) {
    assertError(await patch(incidentId, body), 400, code, said);
  }
  assertError(await patch('abc', { status: 'Active' }), 400, 'InvalidInput', /number/);
  assertError(await patch(999, { status: 'Active' }), 404, 'ResourceNotFound', /Incident 999/);
  assert.deepEqual(await get(incidentId), before);
});

test('who may only read, another tenant, an API token and nobody change nothing', async () => {
  const { incidentId } = await makeIncident();
  const before = await get(incidentId);
  const reading = { authorization: `Bearer ${await appToken(server.services, story)}` };
  assertError(await patch(incidentId, { comment: 'x' }, reading), 403, 'Forbidden', /Incident\.ReadWrite\.All/);
  const other = await makeStory(server.services);
  const app = { servicePrincipalId: other.principalId, roles: ['Incident.ReadWrite.All'] };
  const theirs = { authorization: `Bearer ${await appToken(server.services, other, { app })}` };
  assertError(await patch(incidentId, { comment: 'x' }, theirs), 404, 'ResourceNotFound', /Incident/);
  assertError(await patch(incidentId, { comment: 'x' }, {}), 401, 'Unauthorized', /./);
  const { value } = await makeToken(server, admin);
  assert.equal((await patch(incidentId, { comment: 'x' }, { authorization: `Token ${value}` })).status, 403);
  assert.deepEqual(await get(incidentId), before);
});

test('changes at the same time all count', async () => {
  const { incidentId } = await makeIncident();
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => patch(incidentId, { comment: `number ${index}` })),
  );
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const { comments } = await get(incidentId);
  assert.deepEqual(
    comments.map(({ comment }) => comment).sort(),
    Array.from({ length: 12 }, (_, i) => `number ${i}`).sort(),
  );
  const times = answers.map((answer) => answer.json<Told>().lastUpdateTime);
  assert.equal(new Set(times).size, 12, 'Each change has a time of its own.');
});

test('an incident that was merged cannot be changed, and says which one can', async () => {
  const [one, other] = [await makeIncident(), await makeIncident()];
  await change(one.incidentId, { comment: 'first', tags: ['x'] });
  await change(other.incidentId, { comment: 'second', tags: ['y'], assignedTo: 'ana@contoso.example' });
  const ctx = ctxOf(server.services, story.tenant, ['Incident.ReadWrite.All']);
  await mergeIncidents(ctx, 'Incident.ReadWrite.All', [other.incidentId, one.incidentId]);
  const target = await get(one.incidentId);
  assert.deepEqual(target.alerts.map(({ alertId }) => alertId).sort(), [...one.alertIds, ...other.alertIds].sort());
  assert.deepEqual([target.tags, target.assignedTo], [['x', 'y'], 'ana@contoso.example']);
  assert.deepEqual(target.comments.map(({ comment }) => comment).sort(), ['first', 'second']);
  const old = (await get(other.incidentId)) as Told & { redirectIncidentId: number };
  assert.deepEqual([old.status, old.redirectIncidentId, old.alerts], ['Redirected', one.incidentId, []]);
  const answer = await patch(other.incidentId, { status: 'Active' });
  assertError(answer, 409, 'BadRequest', new RegExp(`merged into incident ${one.incidentId}`));
});

test('an incident that was taken in is changed like any other, and keeps what nobody documented', async () => {
  const given: Record<string, unknown> = {
    ...sampleIncident(7),
    incidentUri: 'https://security.example/7',
    classification: 'Sonstiges',
  };
  assert.equal((await ingest(given)).status, 200);
  const changed = await change(7, { comment: 'seen' });
  const { '@odata.context': _c, comments, lastUpdateTime, ...rest } = changed;
  const { comments: _given, lastUpdateTime: _time, ...expected } = given;
  assert.deepEqual(rest, expected);
  assert.equal(comments.length, 1);
  assert.notEqual(lastUpdateTime, given.lastUpdateTime);
});

test('a later state of an incident that was changed here brings its alerts and leaves comments and tags', async () => {
  await ingest(sampleIncident(8));
  server.services.testClock.advance(minuteMs);
  await change(8, { comment: 'mine', tags: ['mine'], status: 'Resolved' });
  const alerts = [
    ...(sampleIncident(8).alerts as Told[]),
    { ...(sampleIncident(88).alerts as Told[])[0], incidentId: 8 },
  ];
  const counts = (
    await ingest(sampleIncident(8, { lastUpdateTime: timeAt(90_000_000), tags: ['theirs'], alerts }))
  ).json<{ replaced: number }>();
  assert.equal(counts.replaced, 1);
  const now = await get(8);
  assert.deepEqual(now.alerts.length, 2);
  assert.deepEqual([now.tags, now.comments.map(({ comment }) => comment)], [['theirs', 'mine'], ['mine']]);
  assert.equal(now.status, 'Resolved', 'The change here was later than theirs.');
});

test('a number that was given here is not taken by an incident from elsewhere', async () => {
  const { incidentId } = await makeIncident();
  const before = await get(incidentId);
  const counts = (await ingest(sampleIncident(incidentId, { lastUpdateTime: timeAt(10 ** 12) }))).json<{
    rejected: number;
    problems: { line: number; reason: string }[];
  }>();
  assert.equal(counts.rejected, 1);
  assert.deepEqual(counts.problems, [
    { line: 1, reason: `Incident ${incidentId}: This number belongs to an incident that was made here.` },
  ]);
  assert.deepEqual(await get(incidentId), before);
});

test('a change is in the audit log, without the text of the comment', async () => {
  const { incidentId } = await makeIncident();
  await change(incidentId, { status: 'InProgress', comment: 'the text of it' });
  const { items } = await listAudit(ctxOf(server.services, story.tenant, ['Audit.read']), { limit: 1 });
  assert.equal(items[0]?.action, 'incident.change');
  assert.deepEqual(items[0]?.details, { status: 'InProgress', commented: true, alertsChanged: 0 });
});

test('updates have a limit of their own, per app and tenant', async () => {
  const limited = await startTestServer({ settings: { incidentUpdatesPerMinute: 3 } });
  try {
    const theirs = await makeStory(limited.services);
    const app = { servicePrincipalId: theirs.principalId, roles: ['Incident.ReadWrite.All'] };
    const headers = { authorization: `Bearer ${await appToken(limited.services, theirs, { app })}` };
    const [raised] = await raiseAlerts(limited.services, theirs.tenant.id, [sampleDraft('a1')]);
    const call = (comment: string) =>
      limited.request(`/api/incidents/${raised?.incidentId}`, { method: 'PATCH', headers, body: { comment } });
    for (const comment of ['1', '2', '3']) assert.equal((await call(comment)).status, 200);
    const answer = await call('4');
    assertError(answer, 429, '429', /^API calls quota exceeded! maximum allowed 3 per 00:01:00$/);
    assert.ok(Number(answer.headers['retry-after']) > 0);
  } finally {
    await limited.dispose();
  }
});
