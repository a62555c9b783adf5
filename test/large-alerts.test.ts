// Alerts that are as large as they can be: lists page over them without losing or repeating one, what is taken in is
// bounded alert by alert, and so is what one call changes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ingestAlerts } from '../src/alerts/ingest/ingest.ts';
import { changeAlerts } from '../src/incidents/alert-changes.ts';
import { ingestIncidents } from '../src/incidents/ingest.ts';
import { Conflict, TooLarge } from '../src/lib/failures.ts';
import { makeTenant } from './support/accounts.ts';
import { makeAlertReader } from './support/alert-reader.ts';
import { sampleDraft as numberedDraft } from './support/alerts.ts';
import { sampleDraft } from './support/drafts.ts';
import { ownForm } from './support/foreign-alerts.ts';
import { sampleAlert, sampleIncident, timeAt } from './support/incidents.ts';
import { ctxOf, inPieces } from './support/ingestion.ts';
import { alerts, beginSecurity } from './support/security.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { appRequestsPerMinute: 100_000, tenantRequestsPerMinute: 100_000, alertsHeldBytesMax: 1_000_000 },
  });
});
after(() => server.dispose());

/** Six of them are more than is held at once. */
const evidence = [{ text: 'x'.repeat(300_000) }];
const count = 6;

test('a page of the cloud-apps list has as many alerts as were asked for, however large they are', async () => {
  const drafts = Array.from({ length: count }, (_, index) => numberedDraft(index, { evidence }));
  const reader = await makeAlertReader(server, drafts);
  const timesOf = async (body: object) => (await reader.list({ body })).data.map(({ timestamp }) => timestamp);
  const whole = await reader.list({ body: { limit: 100 } });
  assert.deepEqual([whole.data.length, whole.hasNext, whole.total], [count, false, count]);
  const asked = { limit: 5, sortField: 'severity' };
  const [first, second] = [await timesOf({ ...asked, skip: 0 }), await timesOf({ ...asked, skip: 5 })];
  assert.deepEqual([first.length, second.length], [5, 1]);
  assert.equal(new Set([...first, ...second]).size, count);
});

test("a page of Graph's list has as many alerts as were asked for, and its link goes on behind them", async () => {
  const { graph, token, raise } = await beginSecurity(server);
  for (let index = 0; index < count; index++) await raise(sampleDraft(`g${index}`, [], { evidence, minutes: index }));
  const page = await graph.list(token, `${alerts}?$top=5&$orderby=createdDateTime+asc`);
  const ids = page.value.map(({ id }) => id);
  assert.deepEqual(ids, ['g0', 'g1', 'g2', 'g3', 'g4']);
  const link = new URL(String(page['@odata.nextLink']));
  const rest = await graph.list(token, link.pathname.replace('/v1.0', '') + link.search);
  assert.deepEqual([rest.value.map(({ id }) => id), '@odata.nextLink' in rest], [['g5'], false]);
  const counted = await graph.list(token, `${alerts}?$top=5&$skip=5&$orderby=createdDateTime+asc`);
  assert.deepEqual(
    counted.value.map(({ id }) => id),
    ['g5'],
  );
});

test('an alert that is larger than alertStoredBytesMax is refused by its line, and the rest is taken', async () => {
  const { services } = server;
  const ctx = ctxOf(services, await makeTenant(services));
  const long = Array.from({ length: 5 }, () => ({ text: 'x'.repeat(60_000), by: 'ana', at: timeAt(0) }));
  const lines = [
    { ...ownForm, id: 'small' },
    { ...ownForm, id: 'large', comments: long },
  ];
  const taken = await ingestAlerts(ctx, inPieces(lines.map((line) => JSON.stringify(line)).join('\n')), 'test');
  assert.deepEqual([taken.stored, taken.rejected], [1, 1]);
  assert.equal(taken.problems[0]?.line, 2);
  assert.match(taken.problems[0]?.reason ?? '', /262144 bytes \(setting alertStoredBytesMax\)/);
  const large = { ...sampleAlert(8, timeAt(0)), padding: 'x'.repeat(300_000) };
  const incidents = [sampleIncident(7), sampleIncident(8, { alerts: [sampleAlert(9, timeAt(0)), large] })];
  const text = incidents.map((each) => JSON.stringify(each)).join('\n');
  const told = await ingestIncidents(ctx, inPieces(text), 'test');
  assert.deepEqual([told.stored, told.rejected, told.problems[0]?.line], [1, 1, 2]);
  assert.match(told.problems[0]?.reason ?? '', /alerts\[1\] .*262144 bytes \(setting alertStoredBytesMax\)/);
});

test('what one call changes is bounded by bytes as well, and nothing of more is changed', async () => {
  const { services } = server;
  const tenant = await makeTenant(services);
  const { raiseAlerts } = await import('../src/incidents/raise.ts');
  const drafts = [0, 1, 2].map((index) => sampleDraft(`c${index}`, [], { evidence: [{ text: 'x'.repeat(800_000) }] }));
  await raiseAlerts(services, tenant.id, drafts);
  const ctx = ctxOf(services, tenant, ['Alerts.manage', 'Alerts.read']);
  const limited = { ...ctx, config: { ...ctx.config, alertsChangedBytesMax: 2_000_000 } };
  const read = () => ({ isRead: true });
  await assert.rejects(changeAlerts(limited, 'Alerts.manage', { conditions: [] }, read), (error) => {
    assert.ok(error instanceof TooLarge);
    assert.match(error.message, /alertsChangedBytesMax/);
    return true;
  });
  const { unchanged } = await changeAlerts(ctx, 'Alerts.manage', { conditions: [] }, () => null);
  assert.deepEqual(
    unchanged.map(({ isRead }) => isRead),
    [false, false, false],
  );
  const { changed } = await changeAlerts(limited, 'Alerts.manage', { alertIds: ['c0', 'c1'] }, read);
  assert.equal(changed.length, 2);
});

test('the comments of an alert have room for so much text, whoever adds them', async () => {
  const { services } = server;
  const tenant = await makeTenant(services);
  const { raiseAlerts } = await import('../src/incidents/raise.ts');
  await raiseAlerts(services, tenant.id, [sampleDraft('t1')]);
  const ctx = ctxOf(services, tenant, ['Alerts.manage']);
  const comment = { comment: 'x'.repeat(30_000), createdBy: 'ana', createdTime: '0' };
  const add = () =>
    changeAlerts(ctx, 'Alerts.manage', { alertIds: ['t1'] }, ({ comments }) => ({ comments: [...comments, comment] }));
  for (let added = 0; added < 8; added++) await add();
  await assert.rejects(add(), (error) => error instanceof Conflict && /262144/.test(error.message));
});
