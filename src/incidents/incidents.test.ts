import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { incidentLines, sampleIncident, timeAt } from '../../test/support/incidents.ts';
import { ctxOf, inPieces } from '../../test/support/ingestion.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { wholeTenant } from '../access/caller.ts';
import { Refusal } from '../access/refusal.ts';
import { listAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { InvalidInput, NotFound, TooLarge } from '../lib/failures.ts';
import { parseTicks } from '../lib/ticks.ts';
import type { IncidentCondition } from './condition.ts';
import { getIncident, type IncidentQuery, listIncidents } from './incidents.ts';
import { ingestIncidents } from './ingest.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

async function freshCtx(): Promise<Ctx> {
  const ctx = ctxOf(services, await makeTenant(services));
  const names = ['Ingest.write', 'Incident.Read.All', 'Audit.read'] as const;
  return { ...ctx, caller: { ...ctx.caller, permissions: new Map(names.map((name) => [name, wholeTenant])) } };
}

const take = (ctx: Ctx, text: string) => ingestIncidents(ctx, inPieces(text, 999), 'test');
const everything: IncidentQuery = { where: null, after: null, skip: 0, limit: 100 };

async function idsOf(ctx: Ctx, query: Partial<IncidentQuery> = {}): Promise<number[]> {
  const { bodies } = await listIncidents(ctx, { ...everything, ...query });
  const ids: number[] = [];
  for await (const body of bodies) {
    const text = typeof body === 'string' ? body : body.text;
    if (typeof body !== 'string') assert.equal(body.bytes, Buffer.byteLength(text));
    ids.push((JSON.parse(text) as { incidentId: number }).incidentId);
  }
  return ids;
}

test('incidents come as lines, as an array, and as pages packed or indented', async () => {
  const incidents = [1, 2, 3].map((id) => sampleIncident(id));
  const page = { '@odata.context': 'x', value: incidents, '@odata.nextLink': 'y' };
  for (const text of [
    incidentLines(3),
    incidents.map((incident) => JSON.stringify(incident)).join('\r\n'),
    JSON.stringify(incidents),
    JSON.stringify(incidents, null, 2),
    JSON.stringify(page),
    `\uFEFF${JSON.stringify(page, null, 4).replaceAll('\n', '\r\n')}`,
    `${JSON.stringify({ ...page, value: incidents.slice(0, 1) })}\n${JSON.stringify({ value: incidents.slice(1) })}\n`,
  ]) {
    const ctx = await freshCtx();
    assert.deepEqual(
      await take(ctx, text),
      { received: 3, stored: 3, replaced: 0, duplicates: 0, rejected: 0, problems: [] },
      text.slice(0, 60),
    );
    assert.deepEqual(await idsOf(ctx), [3, 2, 1]);
    assert.deepEqual(JSON.parse(await getIncident(ctx, 2)), incidents[1]);
  }
});

test('a bad incident is told with its line, and the rest is taken', async () => {
  const ctx = await freshCtx();
  const lines = [
    JSON.stringify(sampleIncident(1)),
    'nonsense',
    '',
    JSON.stringify(sampleIncident(2, { status: 'Open' })),
    JSON.stringify(sampleIncident(3)),
    `{"incidentName":"${'x'.repeat(services.config.incidentBytesMax)}"}`,
    '{"a":"\xff"}',
  ];
  const result = await ingestIncidents(
    ctx,
    inPieces(Buffer.concat(lines.map((line) => Buffer.from(`${line}\n`, 'latin1'))), 65_536),
    'test',
  );
  const { problems, ...counts } = result;
  assert.deepEqual(counts, { received: 6, stored: 2, replaced: 0, duplicates: 0, rejected: 4 });
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2, 4, 6, 7],
  );
  const reasons = problems.map(({ reason }) => reason);
  assert.match(reasons[0] ?? '', /not JSON/);
  assert.match(reasons[1] ?? '', /^Incident 2: status must be one of/);
  assert.match(reasons[2] ?? '', /incidentBytesMax/);
  assert.match(reasons[3] ?? '', /not valid UTF-8/);
  const inPage = await take(ctx, JSON.stringify({ value: [sampleIncident(4), { incidentId: 5 }] }, null, 1));
  assert.equal(inPage.stored, 1);
  assert.ok((inPage.problems[0]?.line ?? 0) > 20);
});

test('an incident that comes again replaces an older state of itself and nothing else', async () => {
  const ctx = await freshCtx();
  const at = (ticks: number, name: string) =>
    JSON.stringify(sampleIncident(1, { lastUpdateTime: timeAt(ticks), incidentName: name }));
  const nameNow = async () => (JSON.parse(await getIncident(ctx, 1)) as { incidentName: string }).incidentName;
  assert.equal((await take(ctx, at(10, 'first'))).stored, 1);
  const later = await take(ctx, at(11, 'a tick later'));
  assert.deepEqual([later.stored, later.replaced, later.duplicates], [1, 1, 0]);
  assert.equal(await nameNow(), 'a tick later');
  for (const text of [at(11, 'the same time'), at(9, 'older')]) {
    const result = await take(ctx, text);
    assert.deepEqual([result.stored, result.duplicates], [0, 1]);
    assert.equal(await nameNow(), 'a tick later');
  }
  const together = await take(ctx, [at(14, 'newest'), at(13, 'newer'), at(12, 'new')].join('\n'));
  assert.deepEqual([together.received, together.stored, together.duplicates], [3, 1, 2]);
  assert.equal(await nameNow(), 'newest');
});

test('more than one batch arrives whole, and sending it again changes nothing', async () => {
  const ctx = await freshCtx();
  const lines = incidentLines(1203);
  assert.equal((await take(ctx, lines)).stored, 1203);
  assert.deepEqual((await take(ctx, lines)).duplicates, 1203);
});

test('filters find what they mean, nobody included', async () => {
  const ctx = await freshCtx();
  const people: Record<number, string | null> = { 1: 'Ana@contoso.example', 2: null, 3: 'ben@contoso.example', 4: '' };
  const statuses: Record<number, string> = { 1: 'Active', 2: 'Resolved', 3: 'InProgress', 4: 'Redirected' };
  for (const id of [1, 2, 3, 4]) {
    const changes = { assignedTo: people[id], status: statuses[id], createdTime: timeAt(id) };
    await take(ctx, JSON.stringify(sampleIncident(id, changes)));
  }
  const ticks = (id: number) => parseTicks(timeAt(id)) ?? 0n;
  const updated = (id: number) => ticks(id * 10_000_000);
  const ana: IncidentCondition = { kind: 'assignedTo', oneOf: ['ana@contoso.example'] };
  const cases: readonly [IncidentCondition, number[]][] = [
    [{ kind: 'time', property: 'createdTime', order: 'gt', ticks: ticks(2) }, [4, 3]],
    [{ kind: 'time', property: 'createdTime', order: 'le', ticks: ticks(2) }, [2, 1]],
    [{ kind: 'time', property: 'lastUpdateTime', order: 'ge', ticks: updated(3) }, [4, 3]],
    [{ kind: 'time', property: 'lastUpdateTime', order: 'lt', ticks: updated(2) + 1n }, [2, 1]],
    [{ kind: 'time', property: 'lastUpdateTime', order: 'eq', ticks: updated(3) }, [3]],
    [{ kind: 'time', property: 'lastUpdateTime', order: 'ne', ticks: updated(3) }, [4, 2, 1]],
    [{ kind: 'status', oneOf: ['Active', 'InProgress'] }, [3, 1]],
    [ana, [1]],
    [{ kind: 'not', of: ana }, [4, 3, 2]],
    [{ kind: 'assignedTo', oneOf: [null] }, [4, 2]],
    [{ kind: 'not', of: { kind: 'assignedTo', oneOf: [null] } }, [3, 1]],
    [{ kind: 'assignedTo', oneOf: [null, 'ben@contoso.example'] }, [4, 3, 2]],
    [{ kind: 'any', of: [ana, { kind: 'status', oneOf: ['Resolved'] }] }, [2, 1]],
    [{ kind: 'all', of: [ana, { kind: 'status', oneOf: ['Resolved'] }] }, []],
    [{ kind: 'all', of: [] }, [4, 3, 2, 1]],
    [{ kind: 'any', of: [] }, []],
  ];
  for (const [where, ids] of cases)
    assert.deepEqual(
      await idsOf(ctx, { where }),
      ids,
      JSON.stringify(where, (_, value) => String(value)),
    );
});

test('pages by skip and by position hold every incident once, in one order', async () => {
  const ctx = await freshCtx();
  // Many with the same time, so that ids decide.
  const incidents = Array.from({ length: 25 }, (_, index) =>
    sampleIncident(index + 1, { lastUpdateTime: timeAt(Math.floor(index / 10)) }),
  );
  await take(ctx, JSON.stringify(incidents));
  const all = await idsOf(ctx);
  assert.deepEqual(all, [25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  const bySkip = [];
  for (let skip = 0; skip < 30; skip += 10) bySkip.push(...(await idsOf(ctx, { skip, limit: 10 })));
  assert.deepEqual(bySkip, all);
  const byPosition: number[] = [];
  for (let position: IncidentQuery['after'] = null; ; ) {
    const page: Partial<IncidentQuery> = { after: position, limit: 7 };
    byPosition.push(...(await idsOf(ctx, page)));
    position = (await listIncidents(ctx, { ...everything, ...page })).next;
    if (!position) break;
  }
  assert.deepEqual(byPosition, all);
});

test('large incidents are not held for a whole page, and arrive whole', async () => {
  const ctx = await freshCtx();
  const big = { ...sampleIncident(2), padding: 'é'.repeat(100_000) };
  await take(ctx, `${JSON.stringify(sampleIncident(1))}\n${JSON.stringify(big)}\n`);
  const { bodies } = await listIncidents(ctx, everything);
  assert.ok(!Array.isArray(bodies));
  assert.deepEqual(await idsOf(ctx), [2, 1]);
  assert.deepEqual(JSON.parse(await getIncident(ctx, 2)), big);
});

test('a tenant sees and replaces its own incidents only', async () => {
  const [one, other] = [await freshCtx(), await freshCtx()];
  await take(one, incidentLines(2));
  assert.deepEqual(await idsOf(other), []);
  await assert.rejects(getIncident(other, 1), NotFound);
  await take(other, JSON.stringify(sampleIncident(1, { lastUpdateTime: timeAt(999_999_999), incidentName: 'other' })));
  assert.match(await getIncident(one, 1), /endpoint 1/);
});

test('limits, other encodings and missing permissions are refused, and the audit tells what came in', async () => {
  const ctx = await freshCtx();
  await take(ctx, incidentLines(2));
  const limited = (settings: Partial<Ctx['config']>): Ctx => ({ ...ctx, config: { ...ctx.config, ...settings } });
  const all = incidentLines(700);
  await assert.rejects(take(limited({ ingestBytesMax: 1000 }), all), (error) => {
    assert.ok(error instanceof TooLarge);
    assert.match(error.message, /ingestBytesMax.*Nothing was stored/);
    return true;
  });
  await assert.rejects(take(limited({ incidentsPerTenantMax: 600 }), all), (error) => {
    assert.ok(error instanceof TooLarge);
    assert.match(error.message, /incidentsPerTenantMax.*498 incidents were stored, 2 known before/);
    return true;
  });
  for (const bytes of [Buffer.from('\ufeff[]', 'utf16le'), Buffer.from([0x1f, 0x8b, 8, 0])])
    await assert.rejects(ingestIncidents(ctx, inPieces(bytes, 10), 'test'), InvalidInput);
  const { caller } = ctx;
  const nobody: Ctx = { ...ctx, caller: { ...caller, permissions: new Map() } };
  await assert.rejects(take(nobody, ''), Refusal);
  await assert.rejects(listIncidents(nobody, everything), Refusal);
  await assert.rejects(getIncident(nobody, 1), Refusal);
  const { items } = await listAudit(ctx, { limit: 100 });
  const ingestions = items.filter((item) => item.action === 'incidents.ingest');
  assert.deepEqual(
    ingestions.map((item) => item.outcome),
    ['failed', 'failed', 'failed', 'failed', 'done'],
  );
});

test('incidents bring no more alerts than a tenant may have, and the batch that would is not stored at all', async () => {
  const ctx = await freshCtx();
  const limited = { ...ctx, config: { ...ctx.config, alertsPerTenantMax: 3 } };
  await take(limited, incidentLines(2));
  await assert.rejects(take(limited, incidentLines(2, 3)), (error) => {
    assert.ok(error instanceof TooLarge);
    assert.match(error.message, /3 alerts \(setting alertsPerTenantMax\).*Nothing was stored/);
    return true;
  });
  assert.deepEqual(await idsOf(ctx), [2, 1]);
  assert.equal((await take(limited, incidentLines(2))).duplicates, 2);
  await take(limited, incidentLines(1, 3));
  assert.deepEqual(await idsOf(ctx), [3, 2, 1]);
});
