import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { auditLines, auditRecord, ctxOf, inPieces } from '../../test/support/ingestion.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { Refusal } from '../access/refusal.ts';
import { listAudit } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import type { Tenant } from '../directory/tenants.ts';
import { InvalidInput, StoreUnavailable, TooLarge } from '../lib/failures.ts';
import { addSubnets } from '../subnets/subnets.ts';
import { ingestActivities } from './ingest.ts';
import { activityBatchRows } from './store.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

/** Columns of what a tenant has stored, in order of id. */
async function stored(tenant: Tenant, columns: string): Promise<unknown[][]> {
  return await services.events.query({
    text: `select ${columns} from "activities" where "tenantId" = ?::UUID order by "id"`,
    values: [tenant.id],
  });
}

const countOf = async (tenant: Tenant): Promise<number> => Number((await stored(tenant, '"id"')).length);

/** The same services with other limits. */
function limited(settings: Partial<Services['config']>): Services {
  return { ...services, config: { ...services.config, ...settings } };
}

async function auditOf(ctx: Ctx) {
  const { items } = await listAudit(ctx, { limit: 100 });
  return items.filter((item) => item.action === 'activities.ingest');
}

test('every line is stored, rejected or counted as a duplicate, and blank lines are none', async () => {
  const tenant = await makeTenant(services);
  const lines = [
    '\uFEFF',
    JSON.stringify(auditRecord(1)),
    '',
    '   \t',
    'not json',
    JSON.stringify(auditRecord(2)),
    JSON.stringify(auditRecord(1)),
    '[1]',
  ].join('\r\n');
  const result = await ingestActivities(ctxOf(services, tenant), inPieces(lines, 7));
  assert.deepEqual(
    { ...result, problems: result.problems.map(({ line }) => line) },
    {
      received: 5,
      stored: 2,
      duplicates: 1,
      rejected: 2,
      problems: [5, 8],
    },
  );
  assert.match(result.problems[0]?.reason ?? '', /not JSON/);
  assert.equal(await countOf(tenant), 2);
});

test('a batch that is sent twice counts once', async () => {
  const tenant = await makeTenant(services);
  const first = await ingestActivities(ctxOf(services, tenant), inPieces(auditLines(50)));
  const second = await ingestActivities(ctxOf(services, tenant), inPieces(auditLines(60)));
  assert.deepEqual([first.stored, first.duplicates], [50, 0]);
  assert.deepEqual([second.stored, second.duplicates], [10, 50]);
  assert.equal(await countOf(tenant), 60);
});

test('more than one batch of lines arrives whole', async () => {
  const tenant = await makeTenant(services);
  const count = activityBatchRows * 2 + 5;
  const result = await ingestActivities(ctxOf(services, tenant), inPieces(auditLines(count)));
  assert.equal(result.stored, count);
  assert.equal(await countOf(tenant), count);
});

test("records get the tenant's own places, the databases' for other addresses, and its own external users", async () => {
  const tenant = await makeTenant(services);
  const office = {
    name: 'office',
    ranges: ['192.0.2.0/24'],
    category: 1,
    tags: [],
    organization: 'Ours',
    countryCode: 'DE',
  } as const;
  await services.store.transaction((trx) => addSubnets(trx, tenant.id, [office], 0));
  const lines = [
    auditRecord(1, { ClientIP: '192.0.2.9:4711', UserId: `Ada@${tenant.slug}.example` }),
    auditRecord(2, { ClientIP: '8.8.8.8' }),
    auditRecord(3, { ClientIP: 'cool.client.example' }),
  ];
  await ingestActivities(ctxOf(services, tenant), inPieces(lines.map((line) => JSON.stringify(line)).join('\n')));
  const columns = '"ipAddress", "ipCategory", "countryCode", "organization", coalesce("userTags", \'\') = \'\'';
  assert.deepEqual(await stored(tenant, columns), [
    ['192.0.2.9', 1, 'DE', 'Ours', true],
    ['8.8.8.8', 5, 'US', 'Google LLC', false],
    [null, null, null, null, false],
  ]);
});

test('another tenant sees nothing of it', async () => {
  const [tenant, other] = [await makeTenant(services), await makeTenant(services)];
  await ingestActivities(ctxOf(services, tenant), inPieces(auditLines(3)));
  assert.equal(await countOf(other), 0);
  const result = await ingestActivities(ctxOf(services, other), inPieces(auditLines(3)));
  assert.equal(result.stored, 3);
});

test('who may not write is refused before anything is read', async () => {
  const tenant = await makeTenant(services);
  const unread = {
    [Symbol.asyncIterator]: () => assert.fail('The stream was read.'),
  };
  await assert.rejects(ingestActivities(ctxOf(services, tenant, ['Activities.read']), unread), Refusal);
});

test('only the first hundred problems are listed, all are counted', async () => {
  const tenant = await makeTenant(services);
  const result = await ingestActivities(ctxOf(services, tenant), inPieces('x\n'.repeat(250)));
  assert.equal(result.rejected, 250);
  assert.equal(result.problems.length, 100);
  assert.deepEqual(result.problems.at(-1)?.line, 100);
});

test('a line that is too long or no UTF-8 is refused by its number, and the next is taken', async () => {
  const tenant = await makeTenant(services);
  const ctx = ctxOf(limited({ ingestLineBytesMax: 20_000 }), tenant);
  const bytes = Buffer.concat([
    Buffer.from(`{"x":"${'a'.repeat(30_000)}"}\n`),
    Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
    Buffer.from(auditLines(1)),
  ]);
  const result = await ingestActivities(ctx, inPieces(bytes, 1000));
  assert.deepEqual(result.problems, [
    { line: 1, reason: 'The line is longer than 20000 bytes (setting ingestLineBytesMax).' },
    { line: 2, reason: 'The line is not valid UTF-8.' },
  ]);
  assert.equal(result.stored, 1);
});

test('text that is UTF-16 or still packed is refused as a whole, with what to do', async () => {
  const tenant = await makeTenant(services);
  const utf16 = Buffer.from(`\uFEFF${auditLines(1)}`, 'utf16le');
  await assert.rejects(ingestActivities(ctxOf(services, tenant), inPieces(utf16)), (error) => {
    assert.ok(error instanceof InvalidInput);
    assert.match(error.message, /UTF-16.*UTF-8.*Nothing was stored/);
    return true;
  });
  await assert.rejects(
    ingestActivities(ctxOf(services, tenant), inPieces(Buffer.from([0x1f, 0x8b, 8, 0]))),
    /Content-Encoding: gzip/,
  );
});

test('an ingestion that is too large says what was stored, and its audit record too', async () => {
  const tenant = await makeTenant(services);
  const text = auditLines(activityBatchRows + 2000);
  const ctx = ctxOf(limited({ ingestBytesMax: text.length - 1000 }), tenant, ['Ingest.write', 'Audit.read']);
  await assert.rejects(ingestActivities(ctx, inPieces(text)), (error) => {
    assert.ok(error instanceof TooLarge);
    assert.match(error.message, /ingestBytesMax.*\d+ lines were stored\..*safe/);
    return true;
  });
  const [record] = await auditOf(ctx);
  assert.equal(record?.outcome, 'failed');
  assert.equal(record?.details.stored, await countOf(tenant));
  assert.ok(Number(record?.details.stored) >= activityBatchRows);
});

test('with too little room on the disk nothing more is stored, and the answer says so', async () => {
  const tenant = await makeTenant(services);
  const ctx = ctxOf(limited({ diskReserveBytes: 1_000_000_000_000_000 }), tenant);
  await assert.rejects(ingestActivities(ctx, inPieces(auditLines(5))), (error) => {
    assert.ok(error instanceof StoreUnavailable);
    assert.equal(error.reason, 'disk-full');
    assert.match(error.message, /diskReserveBytes.*Nothing was stored/);
    return true;
  });
  assert.equal(await countOf(tenant), 0);
});

test('a stream that breaks off leaves what was committed, and the rest can be sent again', async () => {
  const tenant = await makeTenant(services);
  const lines = auditLines(activityBatchRows + 3000);
  async function* broken(): AsyncIterable<Buffer> {
    yield* inPieces(lines.slice(0, -500));
    throw new InvalidInput('body', 'The connection ended before the body did.');
  }
  await assert.rejects(ingestActivities(ctxOf(services, tenant), broken()), /lines were stored\..*safe/);
  const before = await countOf(tenant);
  assert.ok(before >= activityBatchRows && before < activityBatchRows + 3000);
  const again = await ingestActivities(ctxOf(services, tenant), inPieces(lines));
  assert.equal(again.duplicates, before);
  assert.equal(await countOf(tenant), activityBatchRows + 3000);
});

test('two ingestions of the same lines at the same time count them once', async () => {
  const tenant = await makeTenant(services);
  const lines = auditLines(3000);
  const results = await Promise.all([1, 2].map(() => ingestActivities(ctxOf(services, tenant), inPieces(lines))));
  assert.equal(
    results.reduce((sum, { stored }) => sum + stored, 0),
    3000,
  );
  assert.equal(await countOf(tenant), 3000);
});

test('the audit log tells the counts and where the lines came from', async () => {
  const tenant = await makeTenant(services);
  const ctx = ctxOf(services, tenant, ['Ingest.write', 'Audit.read']);
  await ingestActivities(ctx, inPieces(`${auditLines(4)}x\n`), { source: 'test' });
  const [record] = await auditOf(ctx);
  assert.equal(record?.outcome, 'done');
  assert.deepEqual(record?.details, { received: 5, stored: 4, duplicates: 0, rejected: 1, source: 'test' });
});
