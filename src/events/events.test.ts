import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { madeActivity, newTenantId, openTestEvents } from '../../test/support/activities.ts';
import { countStoredActivities, insertActivities } from '../activities/store.ts';
import { StoreUnavailable, TooLarge } from '../lib/failures.ts';
import { openEventStore } from './events.ts';
import { always, sql } from './sql.ts';

const limits = { memoryBytesMax: 268_435_456, querySecondsMax: 10, queriesAtOnceMax: 4 };
const writer = fileURLToPath(new URL('../../test/support/event-writer.ts', import.meta.url));
const endlessQuery = sql`select count(*) from range(100000000) a, range(100000) b where a.range + b.range = -1`;

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-events-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the writer; `lines` fills up while it runs. */
function startWriter(command: string, args: string[]): { child: ChildProcess; lines: string[] } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    const parts = (rest + bytes.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return { child, lines };
}

function lastAcknowledged(lines: readonly string[]): number {
  return Number(lines.findLast((line) => line.startsWith('acknowledged'))?.split(' ')[1] ?? 0);
}

test('a query that takes too long is stopped, says so, and leaves the store working', async (t) => {
  const { events } = await openTestEvents(t, { querySecondsMax: 0.2 });
  await assert.rejects(
    events.query(endlessQuery),
    (error: unknown) => error instanceof TooLarge && /querySecondsMax/.test(error.message),
  );
  assert.deepEqual(await events.query(sql`select 1`), [[1]]);
});

test('no more queries run at once than allowed; one that waits too long is told so', async (t) => {
  const { events } = await openTestEvents(t, { querySecondsMax: 0.3, queriesAtOnceMax: 1 });
  const results = await Promise.allSettled([
    events.query(endlessQuery),
    events.query(endlessQuery),
    events.query(endlessQuery),
  ]);
  assert.deepEqual(
    results.map((result) => result.status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.deepEqual(await events.query(sql`select 2`), [[2]]);
});

test('a query that needs more memory than there is fails alone', async (t) => {
  const { events } = await openTestEvents(t, { memoryBytesMax: 67_108_864 });
  const greedy = sql`select length(string_agg(repeat(range::varchar, 100), '')) from range(3000000)`;
  await assert.rejects(events.query(greedy), TooLarge);
  await events.ping();
});

test('queries reach neither files nor settings', async (t) => {
  const { events, folder } = await openTestEvents(t);
  for (const text of [
    `select * from read_text('/etc/hostname')`,
    `copy activities to '${folder}/out.csv'`,
    `attach '${folder}/other.duckdb'`,
    'set threads = 8',
    'install httpfs',
  ]) {
    await assert.rejects(events.query({ text, values: [] }), text);
  }
});

test('values are bound: text that looks like SQL is text', async (t) => {
  const { events } = await openTestEvents(t);
  const hostile = `'; drop table activities; --`;
  assert.deepEqual(await events.query(sql`select ${hostile}, ${true}, ${2 ** 50}, ${['a', hostile]}[2]`), [
    [hostile, true, 2 ** 50, hostile],
  ]);
  assert.deepEqual(await events.query(sql`select count(*) from activities`), [[0]]);
});

test('a second process on the same folder is told who has it', async (t) => {
  const { folder } = await openTestEvents(t);
  const { child, lines } = startWriter(process.execPath, [
    '-e',
    `import(${JSON.stringify(new URL('./events.ts', import.meta.url).href)}).then((m) => m.openEventStore({ folder: ${JSON.stringify(folder)}, memoryBytesMax: 268435456, querySecondsMax: 1, queriesAtOnceMax: 1 })).catch((error) => console.log(error.message))`,
  ]);
  await once(child, 'close');
  assert.match(lines.join('\n'), new RegExp(`in use by process ${process.pid}`));
});

test('what was stored is there after closing and opening again, and a closed store says that it is closed', async (t) => {
  const folder = folderFor(t);
  const tenantId = newTenantId();
  const first = await openEventStore({ folder, ...limits });
  await insertActivities(first, tenantId, [madeActivity(1), madeActivity(2)]);
  await first.close();
  await assert.rejects(first.query(sql`select 1`), StoreUnavailable);
  await assert.rejects(first.ping(), StoreUnavailable);
  const second = await openEventStore({ folder, ...limits });
  assert.equal(await countStoredActivities(second, tenantId, always, 10), 2);
  await second.close();
});

for (const batchRows of [500, 9000]) {
  test(`killed in mid-ingestion (batches of ${batchRows}), the store has every acknowledged batch and no half one`, async (t) => {
    const folder = folderFor(t);
    const tenantId = newTenantId();
    const { child, lines } = startWriter(process.execPath, [writer, folder, tenantId, String(batchRows)]);
    while (lastAcknowledged(lines) < batchRows * 3 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 37));
    child.kill('SIGKILL');
    await once(child, 'close');
    const events = await openEventStore({ folder, ...limits });
    const stored = await countStoredActivities(events, tenantId, always, 1_000_000);
    await events.close();
    const acknowledged = lastAcknowledged(lines);
    assert.ok(acknowledged >= batchRows * 3);
    assert.equal(stored % batchRows, 0, `${stored} rows are no whole number of batches`);
    assert.ok(
      stored === acknowledged || stored === acknowledged + batchRows,
      `${stored} stored, ${acknowledged} acknowledged`,
    );
  });

  test(`on a full disk (batches of ${batchRows}) the batch fails as such and the store goes on with what it had`, {
    skip: process.platform === 'win32',
  }, async (t) => {
    const folder = folderFor(t);
    const tenantId = newTenantId();
    // The shell's limit on file sizes, in blocks of 512 or 1024 bytes, stands for a disk of some 4 MB.
    const command = `ulimit -f 8000; exec "$0" "$@"`;
    const { child, lines } = startWriter('sh', [
      '-c',
      command,
      process.execPath,
      writer,
      folder,
      tenantId,
      String(batchRows),
    ]);
    await once(child, 'close');
    assert.ok(lines.includes('failed disk-full'), lines.slice(-3).join('\n'));
    const acknowledged = lastAcknowledged(lines);
    assert.ok(acknowledged > 0);
    assert.ok(lines.includes(`count ${acknowledged}`), lines.slice(-3).join('\n'));
    const events = await openEventStore({ folder, ...limits });
    assert.equal(await countStoredActivities(events, tenantId, always, 1_000_000), acknowledged);
    assert.equal((await insertActivities(events, tenantId, [madeActivity(999_999)])).stored, 1);
    await events.close();
  });
}
