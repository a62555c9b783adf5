// Two server processes on one PostgreSQL that raise, group, close, merge and tell of the same alerts at the same moment:
// nothing is lost and nothing doubled.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AlertDraft } from '../src/alerts/alert.ts';
import type { Ctx, Services } from '../src/context.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { changeIncident } from '../src/incidents/incident-changes.ts';
import { ingestIncidents } from '../src/incidents/ingest.ts';
import { raiseAlerts } from '../src/incidents/raise.ts';
import { mergeIncidents, moveAlerts } from '../src/incidents/regrouping.ts';
import { Conflict } from '../src/lib/failures.ts';
import { reportAction, requestAction } from '../src/machines/actions.ts';
import { makeTenant } from './support/accounts.ts';
import { makeAlertReader } from './support/alert-reader.ts';
import { sampleDraft as aloneDraft } from './support/alerts.ts';
import { sampleDraft, user } from './support/drafts.ts';
import { makeEndpointClient, sampleMachine } from './support/endpoint.ts';
import { incidentLines } from './support/incidents.ts';
import { ctxOf, inPieces } from './support/ingestion.ts';
import { freePort } from './support/postgres-server.ts';
import { startNode, startTestServer, type TestNode, type TestServer } from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';
import { assertWhole } from './support/whole.ts';

const skip = testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process';
const write = 'Incident.ReadWrite.All';

let server: TestServer;
let other: TestNode;
let nodes: readonly [Services, Services];
before(async () => {
  if (skip) return;
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
  const second = await secondNode(server.services);
  other = await startNode(second, await freePort());
  nodes = [server.services, second];
});
after(async () => {
  if (skip) return;
  await other.stop();
  await server.dispose();
});

const node = (index: number): Services => nodes[index % 2 === 0 ? 0 : 1];
const ctxOn = (index: number, tenant: Tenant): Ctx => ctxOf(node(index), tenant, [write, 'Ingest.write']);
const person = (name: string) => user(`${name}@contoso.example`);
const whole = (tenant: Tenant) => assertWhole(server.services.store.db, tenant.id);

test('alerts that both nodes raise at the same moment are there once, told of once and raised by one of them', {
  skip,
}, async () => {
  const tenant = await makeTenant(server.services);
  for (let round = 0; round < 6; round++) {
    const drafts = Array.from({ length: 30 }, (_, index) =>
      sampleDraft(`a${round}-${index}`, [person(`p${round}-${index % 7}`)], { minutes: index }),
    );
    // Each begins somewhere else, as two processes that read the same records from two places would.
    const raised = await Promise.all(
      [0, 1, 2, 3].map((index) =>
        raiseAlerts(node(index), tenant.id, [...drafts.slice(index * 7), ...drafts.slice(0, index * 7)]),
      ),
    );
    const ids = raised.flat().map(({ alertId }) => alertId);
    assert.deepEqual(ids.toSorted(), drafts.map(({ alertId }) => alertId).toSorted());
  }
  const { incidentOf, groups } = await whole(tenant);
  assert.deepEqual([incidentOf.size, groups.size], [180, 42]);
});

test('two alerts about one user that are raised on two nodes at the same moment are one incident', {
  skip,
}, async () => {
  const tenant = await makeTenant(server.services);
  const rounds = 25;
  for (let round = 0; round < rounds; round++) {
    const about = [person(`pair${round}`)];
    await Promise.all(
      [0, 1].map((index) => raiseAlerts(node(index), tenant.id, [sampleDraft(`b${round}-${index}`, about)])),
    );
  }
  const { groups } = await whole(tenant);
  const pairs = Array.from({ length: rounds }, (_, round) => `b${round}-0 b${round}-1`);
  assert.deepEqual([...groups.values()].map((ids) => ids.join(' ')).sort(), pairs.sort());
});

test('alerts that connect incidents are raised on both nodes while others join these: one incident is left', {
  skip,
}, async () => {
  const tenant = await makeTenant(server.services);
  const names = Array.from({ length: 12 }, (_, index) => `chain${index}`);
  await raiseAlerts(
    server.services,
    tenant.id,
    names.map((name) => sampleDraft(name, [person(name)])),
  );
  const links: AlertDraft[] = names
    .slice(1)
    .flatMap((name, index) => [
      sampleDraft(`link ${name}`, [person(name), person(names[index] ?? '')], { minutes: 1 }),
      sampleDraft(`more ${name}`, [person(name)], { minutes: 2 }),
    ]);
  await Promise.all(links.map((draft, index) => raiseAlerts(node(index >> 1), tenant.id, [draft])));
  const { incidentOf, groups } = await whole(tenant);
  assert.deepEqual([incidentOf.size, groups.size], [names.length + links.length, 1]);
});

test('an alert that is closed through both nodes at once is closed once, and every answer says what it did', {
  skip,
}, async () => {
  const drafts = Array.from({ length: 8 }, (_, index) => aloneDraft(index));
  const reader = await makeAlertReader(server, drafts, 'security-operator');
  const ids = (await reader.list()).data.map(({ _id }) => _id);
  for (const [index, id] of ids.entries()) {
    const body = { filters: { id: { eq: [id] } }, comment: `round ${index}` };
    const answers = await Promise.all(
      ['close_benign', 'close_true_positive', 'close_false_positive', 'resolve', 'dismiss_bulk', 'close_benign'].map(
        (verb, place) =>
          (place % 2 === 0 ? server : other).request(`/api/v1/alerts/${verb}/`, { token: reader.token, body }),
      ),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).sort(),
      [200, 404, 404, 404, 404, 404],
      answers.map(({ text }) => text).join(),
    );
  }
  const audited = await server.services.store.db
    .selectFrom('auditRecords')
    .select('action')
    .where('tenantId', '=', reader.user.tenantId)
    .where('action', '=', 'alert.close')
    .execute();
  assert.equal(audited.length, ids.length);
});

test('whatever is merged, split and changed on one node while the other raises, every alert stays in one incident', {
  skip,
}, async () => {
  const tenant = await makeTenant(server.services);
  let raised = 0;
  const raiseOn = async (round: number, index: number): Promise<number> => {
    const draft = sampleDraft(`d${raised++}`, [person(`m${round}-${index}`)], { minutes: raised });
    const [alert] = await raiseAlerts(node(index), tenant.id, [draft]);
    return alert?.incidentId ?? 0;
  };
  for (let round = 0; round < 8; round++) {
    const before = await Promise.all([0, 1, 2, 3, 4].map((index) => raiseOn(round, index)));
    const [first = 0, second = 0, third = 0] = before;
    const known = [...(await whole(tenant)).incidentOf.keys()].reverse();
    const acts = [
      ...[0, 1, 2, 3, 4].map((index) => raiseOn(round, index)),
      mergeIncidents(ctxOn(0, tenant), write, [first, second]),
      mergeIncidents(ctxOn(1, tenant), write, [second, third]),
      moveAlerts(ctxOn(1, tenant), write, known.slice(0, 2), null),
      moveAlerts(ctxOn(0, tenant), write, known.slice(1, 3), third),
      changeIncident(ctxOn(1, tenant), write, second, { tags: [`round ${round}`], status: 'InProgress' }),
    ];
    for (const act of await Promise.allSettled(acts)) {
      // Whoever comes second may find an incident that is part of another one by then.
      if (act.status === 'rejected') assert.ok(act.reason instanceof Conflict, String(act.reason));
    }
    assert.equal((await whole(tenant)).incidentOf.size, raised);
  }
});

test('a change of an incident that is merged meanwhile on the other node is kept, or refused with where it went', {
  skip,
}, async () => {
  const tenant = await makeTenant(server.services);
  for (let round = 0; round < 12; round++) {
    const names = [`into${round}`, `from${round}`];
    const alerts = await raiseAlerts(
      server.services,
      tenant.id,
      names.map((name) => sampleDraft(name, [person(name)])),
    );
    const ids = alerts.map(({ incidentId }) => incidentId ?? 0).sort((left, right) => left - right);
    const [target = 0, source = 0] = ids;
    const change = { comment: `said ${round}`, tags: [`tag ${round}`], assignedTo: 'eve@contoso.example' };
    const acts = [
      () => mergeIncidents(ctxOn(0, tenant), write, ids),
      () => changeIncident(ctxOn(1, tenant), write, source, change),
    ];
    if (round % 2 === 1) acts.reverse();
    const done = await Promise.allSettled(acts.map((act) => act()));
    const refused = done.find(({ status }) => status === 'rejected');
    if (refused?.status === 'rejected') {
      assert.ok(refused.reason instanceof Conflict && refused.reason.message.includes(String(target)));
      continue;
    }
    const row = await server.services.store.db
      .selectFrom('incidents')
      .select('body')
      .where('tenantId', '=', tenant.id)
      .where('incidentId', '=', target)
      .executeTakeFirstOrThrow();
    const { comments, tags, assignedTo } = JSON.parse(row.body);
    assert.deepEqual(
      [comments.map(({ comment }: { comment: string }) => comment), tags, assignedTo],
      [[change.comment], change.tags, change.assignedTo],
    );
  }
  await whole(tenant);
});

test('incidents of another product that both nodes take in at once are stored once, with their alerts', {
  skip,
}, async () => {
  const tenant = await makeTenant(server.services);
  const lines = incidentLines(60);
  const results = await Promise.all(
    [0, 1, 2].map((index) => ingestIncidents(ctxOn(index, tenant), inPieces(lines), 'test')),
  );
  assert.equal(
    results.reduce((sum, { stored }) => sum + stored, 0),
    60,
  );
  const { incidentOf, groups } = await whole(tenant);
  assert.deepEqual([incidentOf.size, groups.size], [60, 60]);
});

test('of isolations that both nodes are asked for at once there is one, and its end is reported once', {
  skip,
}, async () => {
  const { ingest, story } = await makeEndpointClient(server);
  const machine = (index: number): Ctx => ctxOf(node(index), story.tenant, ['Machine.Isolate']);
  for (let round = 1; round <= 5; round++) {
    const { id } = sampleMachine(round);
    await ingest('machines', [sampleMachine(round)]);
    const asked = await Promise.allSettled(
      [0, 1, 2, 3].map((index) =>
        requestAction(machine(index), String(id), { type: 'Isolate', scope: 'Full', comment: 'Case 7' }),
      ),
    );
    const [action, ...others] = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    assert.deepEqual([action?.machineId, others], [id, []]);
    const reports = await Promise.allSettled(
      (['Succeeded', 'Failed', 'Succeeded', 'Failed'] as const).map((status, index) =>
        reportAction(machine(index), String(action?.id), { status }),
      ),
    );
    assert.equal(reports.filter(({ status }) => status === 'fulfilled').length, 2, 'the same end may be said again');
  }
  const { db } = server.services.store;
  const audited = await db
    .selectFrom('auditRecords')
    .select(['action', (e) => e.fn.countAll().as('count')])
    .where('tenantId', '=', story.tenant.id)
    .where('action', 'in', ['machine.isolate', 'machine-action.report'])
    .groupBy('action')
    .orderBy('action')
    .execute();
  assert.deepEqual(
    audited.map(({ action, count }) => [action, Number(count)]),
    [
      ['machine-action.report', 5],
      ['machine.isolate', 5],
    ],
  );
});
