// Ingestion of an export of the streaming API, from bytes to acknowledged rows on the disk, against the engine's own
// reader of the same file into the same table: read_json with every column's type given, on one thread, which is what the
// program's engine has for a statement (docs/decisions/0009). What it does with all of the machine's cores is said as well.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Ctx } from '../src/context.ts';
import { columnDefinition } from '../src/events/dialect.ts';
import { ingestHunting } from '../src/hunting/ingest/ingest.ts';
import { storedTable } from '../src/hunting/ingest/table-reader.ts';
import { eventTableOf } from '../src/hunting/schema/stored.ts';
import type { QueryTable } from '../src/hunting/schema/tables.ts';
import { testServices } from '../test/support/services.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { ctxOfNewTenant } from './support/ingesting.ts';
import { processEvents } from './support/process-events.ts';

export const bench: Bench = {
  name: 'ingestion of exported process events, parsed, checked, stored once, acknowledged',
  against: "the engine's read_json of the same file into the same table, one thread",
  atLeast: 0.7,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hunting-bench-'));
  const services = await testServices();
  try {
    const file = join(folder, 'export.json');
    const count = smoke ? 2000 : 100_000;
    const text = processEvents(count).join('');
    writeFileSync(file, text);
    const engineTimes: number[] = [];
    const allCoresTimes: number[] = [];
    const ownTimes: number[] = [];
    const rounds = smoke ? 1 : 4;
    for (let round = 0; round <= rounds; round++) {
      const engine = await timeOfEngine(file, join(folder, `one${round}.duckdb`), { threads: '1' });
      const allCores = await timeOfEngine(file, join(folder, `all${round}.duckdb`), {});
      const own = await timeOfIngesting(await ctxOfNewTenant(services, round), file, count);
      // The first round warms up.
      if (round === 0) continue;
      engineTimes.push(engine);
      allCoresTimes.push(allCores);
      ownTimes.push(own);
      log(
        `round ${round}: read_json ${engine.toFixed(0)} ms (all cores ${allCores.toFixed(0)}), ingestion ${own.toFixed(0)} ms`,
      );
    }
    const own = median(ownTimes);
    const [perSecond, bytes] = [count / (own / 1000), text.length / 1e6 / (own / 1000)];
    return {
      ratio: median(engineTimes) / own,
      detail: `${count} records: ${perSecond.toFixed(0)} stored a second, ${bytes.toFixed(0)} MB/s; ${(median(allCoresTimes) / own).toFixed(2)} of all cores`,
    };
  } finally {
    await services.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeOfIngesting(ctx: Ctx, file: string, count: number): Promise<number> {
  const start = performance.now();
  const handle = await open(file);
  const result = await ingestHunting(ctx, handle.createReadStream({ highWaterMark: 65_536 }), { source: 'bench' });
  const time = performance.now() - start;
  if (result.stored !== count) throw new Error(`Of ${count} records ${result.stored} were stored.`);
  return time;
}

const kustoToSql: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  dynamic: 'JSON',
  guid: 'VARCHAR',
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  datetime: 'TIMESTAMP',
};

/** As a person would write it who wants the same rows: types given, times as ticks, empty text for what is missing. */
async function timeOfEngine(file: string, database: string, options: Record<string, string>): Promise<number> {
  const table = storedTable('DeviceProcessEvents');
  if (!table) throw new Error('There is no such table.');
  const instance = await DuckDBInstance.create(':memory:', options);
  const connection = await instance.connect();
  await connection.run(`attach '${database}' as bench (storage_version 'v1.5.0')`);
  await connection.run('use bench');
  const columns = eventTableOf(table).columns.map(columnDefinition);
  await connection.run(`create table "Rows" (${columns.join(', ')})`);
  const start = performance.now();
  await connection.run(`insert into "Rows" ${selection(table, file)}`);
  await connection.run('checkpoint bench');
  const time = performance.now() - start;
  connection.closeSync();
  instance.closeSync();
  return time;
}

function selection(table: QueryTable, file: string): string {
  const fields = table.columns.map(({ name, type }) => `"${name}" ${kustoToSql[type]}`).join(', ');
  const values = table.columns.map(({ name, type }) => {
    const field = `properties."${name}"`;
    if (type === 'datetime') return `epoch_us(${field}) * 10 + 621355968000000000`;
    return type === 'string' ? `coalesce(${field}, '')` : field;
  });
  return `select uuid(), uuid(), 0, ${values.join(', ')} from read_json('${file}', format = 'newline_delimited',
    columns = {'time': 'VARCHAR', 'tenantId': 'VARCHAR', 'category': 'VARCHAR', 'properties': 'STRUCT(${fields.replaceAll("'", "''")})'})`;
}
