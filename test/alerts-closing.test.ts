// Closing, dismissing, resolving and reopening alerts (cloud-apps reference 2.4) through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AlertDraft } from '../src/alerts/alert.ts';
import { findAlertsByIds } from '../src/alerts/records.ts';
import { isoTime, minuteMs } from '../src/lib/clock.ts';
import { type AlertReader, makeAlertReader } from './support/alert-reader.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { type Answer, startTestServer, type TestServer } from './support/server.ts';

const path = '/api/v1/alerts/';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000, alertsChangedMax: 50 } });
});
after(() => server.dispose());

const drafts = (count: number): AlertDraft[] => Array.from({ length: count }, (_, index) => sampleDraft(index));

interface Desk extends AlertReader {
  readonly ids: readonly string[];
  close(verb: string, body?: unknown): Promise<Answer>;
}

/** A security operator with so many alerts, the newest first in `ids`. */
async function makeDesk(count: number): Promise<Desk> {
  const reader = await makeAlertReader(server, drafts(count), 'security-operator');
  const ids = (await reader.list()).data.map(({ _id }) => _id);
  return { ...reader, ids, close: (verb, body) => reader.call(`${path}${verb}/`, { method: 'POST', body }) };
}

const byId = (...ids: readonly (string | undefined)[]) => ({ filters: { id: { eq: ids } } });

test('every way of closing counts what it closed and leaves its verdict in the record', async () => {
  const ways: [string, object, string, number][] = [
    ['close_benign', { reasonId: 5, comment: 'asked her' }, 'closed_benign', 4],
    ['close_false_positive', { reasonId: '0', comment: 'asked her' }, 'closed_false_positive', 3],
    ['close_true_positive', { comment: 'asked her' }, 'closed_true_positive', 5],
    ['dismiss_bulk', { comment: 'asked her' }, 'dismissed', 3],
    ['resolve', { comment: 'asked her' }, 'resolved', 5],
  ];
  const desk = await makeDesk(ways.length + 1);
  server.services.testClock.advance(minuteMs);
  for (const [index, [verb, members, counted, resolution]] of ways.entries()) {
    const id = desk.ids[index];
    const answer = await desk.close(verb, { ...byId(id), ...members });
    assert.deepEqual([answer.status, answer.json()], [200, { [counted]: 1 }], verb);
    const record = (await desk.call(`${path}${id}/`)).json();
    assert.deepEqual(
      [record.resolutionStatusValue, record.statusValue, record.comment, record.handledByUser, record.resolveTime],
      [resolution, 2, 'asked her', desk.user.userName, isoTime(server.services.clock())],
    );
  }
  const last = desk.ids.at(-1);
  const dismissed = await desk.call(`${path}${last}/dismiss/`, { body: { comment: 'one' } });
  assert.deepEqual([dismissed.status, dismissed.json()], [200, { dismissed: 1 }]);
  assert.equal((await desk.call(`${path}${last}/`)).json().resolutionStatusValue, 3);
  assert.equal((await desk.list({ body: { filters: { alertOpen: { eq: false } } } })).total, ways.length + 1);
});

test('under the other prefix and without the slash it is the same', async () => {
  const desk = await makeDesk(2);
  for (const [index, url] of ['/cas/api/v1/alerts/close_benign', '/api/v1/alerts/close_benign'].entries()) {
    const answer = await desk.call(url, { body: byId(desk.ids[index]) });
    assert.deepEqual([answer.status, answer.json()], [200, { closed_benign: 1 }]);
  }
});

test('null is taken for every member that may be missing', async () => {
  const desk = await makeDesk(3);
  const none = { comment: null, reasonId: null, sendFeedback: null, feedbackText: null, allowContact: null };
  for (const [index, verb] of ['close_benign', 'close_false_positive', 'close_true_positive'].entries()) {
    const answer = await desk.close(verb, { ...byId(desk.ids[index]), ...none, contactEmail: null });
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await desk.call(`${path}${desk.ids[index]}/`)).json().comment, null);
  }
});

test('ids that are unknown or closed already are told, the others are closed, and the status is no success', async () => {
  const desk = await makeDesk(3);
  const [one, two, three] = desk.ids;
  const unknown = '0123456789abcdef01234567';
  const first = await desk.close('close_false_positive', byId(unknown));
  assert.deepEqual([first.status, first.json()], [404, { closed_false_positive: 0, alertsNotFound: [unknown] }]);
  assert.equal((await desk.close('close_false_positive', byId(one))).status, 200);
  const second = await desk.close('close_benign', byId(one, two, unknown, two));
  assert.deepEqual([second.status, second.json()], [404, { closed_benign: 1, alertsNotFound: [one, unknown] }]);
  assert.equal((await desk.call(`${path}${one}/`)).json().resolutionStatusValue, 3);
  const again = await desk.call(`${path}${one}/dismiss/`, { method: 'POST' });
  assert.deepEqual([again.status, again.json()], [404, { dismissed: 0, alertsNotFound: [one] }]);
  const both = await desk.close('resolve', { filters: { id: { eq: [three] }, severity: { eq: 2 } } });
  assert.deepEqual([both.status, both.json()], [404, { resolved: 0, alertsNotFound: [three] }]);
});

test('what a filter finds is closed, but for what is closed already; finding nothing is no error', async () => {
  const desk = await makeDesk(4);
  await raise(server.services, desk.tenant.id, [sampleDraft(9, { severity: 'low' })]);
  await desk.close('close_benign', byId(desk.ids[0]));
  const filters = { severity: { eq: [1] }, 'entity.ip': { eq: '192.0.2.17' } };
  const answer = await desk.close('close_false_positive', { filters });
  assert.deepEqual([answer.status, answer.json()], [200, { closed_false_positive: 3 }]);
  const nothing = await desk.close('close_false_positive', { filters });
  assert.deepEqual([nothing.status, nothing.json()], [200, { closed_false_positive: 0 }]);
  assert.equal((await desk.list({ body: { filters: { alertOpen: { eq: true } } } })).total, 1);
});

test('alerts that many close at once are closed once', async () => {
  const desk = await makeDesk(6);
  const verbs = ['close_benign', 'close_false_positive', 'close_true_positive', 'resolve', 'dismiss_bulk'];
  const answers = await Promise.all(
    [...verbs, ...verbs].map((verb, index) =>
      desk.close(verb, byId(...(index % 2 ? desk.ids : desk.ids.toReversed()))),
    ),
  );
  const counts = answers.map((answer) => Number(Object.values(answer.json())[0]));
  assert.equal(
    counts.reduce((sum, count) => sum + count),
    6,
  );
  assert.deepEqual(
    counts.filter((count) => count > 0),
    [6],
  );
});

test('what was closed is reopened, as it was before', async () => {
  const desk = await makeDesk(2);
  const [one, two] = desk.ids;
  const { statusValue: _status, ...before } = (await desk.call(`${path}${one}/`)).json();
  await desk.close('close_benign', { ...byId(one), comment: 'no harm', reasonId: 6 });
  const answer = await desk.close('reopen', byId(one));
  assert.deepEqual([answer.status, answer.json()], [200, { reopened: 1 }]);
  const { statusValue, ...after } = (await desk.call(`${path}${one}/`)).json();
  assert.deepEqual([after, statusValue], [before, 1]);
  const open = await desk.close('reopen', byId(two));
  assert.deepEqual([open.status, open.json()], [404, { reopened: 0, alertsNotFound: [two] }]);
  assert.equal((await desk.close('close_true_positive', byId(one))).status, 200);
});

test('the reasons are those of the verdict, and everything else is refused before anything is closed', async () => {
  const reasons = { close_benign: [2, 4, 5, 6], close_false_positive: [0, 1, 3, 4], close_true_positive: [] };
  for (const [verb, known] of Object.entries(reasons)) {
    const desk = await makeDesk(8);
    for (let reasonId = -1; reasonId < 8; reasonId++) {
      const isKnown = (known as number[]).includes(reasonId); // The lists above, of which one is empty.
      const answer = await desk.close(verb, { ...byId(desk.ids[Math.max(reasonId, 0)]), reasonId });
      assert.equal(answer.status, isKnown ? 200 : 400, `${verb} ${reasonId} ${answer.text}`);
    }
  }
  const desk = await makeDesk(1);
  const bad: unknown[] = [
    undefined,
    {},
    { filters: null },
    { filters: {} },
    { filters: [] },
    { filters: { id: { eq: 5.5 } }, reasonId: {} },
    { filters: { severity: { eq: 9 } } },
    { filters: { nonsense: { eq: 1 } } },
    { ...byId(desk.ids[0]), reasonId: 'x' },
    { ...byId(desk.ids[0]), comment: 'x'.repeat(5000) },
    { ...byId(desk.ids[0]), comment: ['x'] },
    { ...byId(desk.ids[0]), sendFeedback: 'perhaps' },
    { ...byId(desk.ids[0]), contactEmail: 'nobody' },
    [byId(desk.ids[0])],
    'text',
  ];
  for (const body of bad) {
    const answer = await desk.close('close_benign', typeof body === 'string' ? JSON.stringify(body) : body);
    assert.ok([400, 415].includes(answer.status), `${JSON.stringify(body)?.slice(0, 80)} ${answer.text}`);
  }
  assert.equal((await desk.list()).data[0]?.resolutionStatusValue, 0);
});

test('more than the limit at once is refused, and none is closed', async () => {
  const desk = await makeDesk(51);
  const answer = await desk.close('resolve', { filters: { severity: { eq: 1 } } });
  assert.equal(answer.status, 413, answer.text);
  assert.match(String(answer.json().detail), /alertsChangedMax/);
  assert.equal((await desk.list({ body: { filters: { alertOpen: { eq: true } } } })).total, 51);
});

test('feedback is kept with the alert when it is sent, and the incident follows its alerts', async () => {
  const desk = await makeDesk(1);
  const feedback = { sendFeedback: true, feedbackText: 'too eager', allowContact: 'true', contactEmail: 'a@b.example' };
  assert.equal((await desk.close('close_false_positive', { ...byId(desk.ids[0]), ...feedback })).status, 200);
  const [alert] = await findAlertsByIds(server.services.store.db, desk.tenant.id, desk.ids);
  assert.deepEqual(alert?.feedback, { text: 'too eager', allowContact: true, contactEmail: 'a@b.example' });
  assert.deepEqual([alert?.status, alert?.classification], ['resolved', 'falsePositive']);
  const incidents = await server.request('/api/incidents', { session: desk.session });
  assert.equal(incidents.status, 200, incidents.text);
  const [incident] = incidents.json<{ value: { status: string; alerts: { status: string }[] }[] }>().value;
  assert.equal(incident?.alerts[0]?.status, 'Resolved');
});

test('what people and data say is safe to show in every member of a closed alert, and still found by what is sent', async () => {
  const name = '<img src=x onerror=alert(1)>&co@contoso.example';
  const entities = [
    { entityType: 'User', userPrincipalName: name },
    { entityType: 'File', fileId: '<file>&1', fileName: '<b>.docx' },
    { entityType: 'Ip', ipAddress: '<i>' },
  ];
  const reader = await makeAlertReader(server, [sampleDraft(0, { entities })], 'security-administrator');
  const [alert] = (await reader.list()).data;
  assert.ok(alert);
  const filters = { id: { eq: [alert._id] } };
  const comment = 'Seen <script>alert(1)</script> & done';
  const closed = await reader.call('/api/v1/alerts/close_true_positive/', { body: { filters, comment } });
  assert.equal(closed.status, 200, closed.text);
  const [record] = (await reader.list()).data;
  assert.ok(record);
  assert.equal(record.comment, 'Seen &lt;script&gt;alert(1)&lt;/script&gt; &amp; done');
  const { URL: _url, ...shown } = record;
  assert.doesNotMatch(JSON.stringify(shown), /[<>]/);
  const sent = record.entities as readonly { readonly type: string; readonly id: string }[]; // The documented list.
  const [account] = sent.filter(({ type }) => type === 'account');
  const [file] = sent.filter(({ type }) => type === 'file');
  assert.deepEqual(
    [account?.id, file?.id],
    ['&lt;img src=x onerror=alert(1)&gt;&amp;co@contoso.example', '&lt;file&gt;&amp;1'],
  );
  const found = async (named: object) => (await reader.list({ body: { filters: named } })).total;
  for (const id of [account?.id, name]) assert.equal(await found({ 'entity.entity': { eq: [{ id }] } }), 1);
  for (const id of [file?.id, '<file>&1']) assert.equal(await found({ 'entity.file': { eq: [id] } }), 1);
});
