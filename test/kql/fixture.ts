// Stored tables with a few rows, the same in both engines: nulls, empty strings, letters beyond ASCII, JSON of every kind,
// and rows of another tenant that no query may show.
import { createTableText } from '../../src/kql/emit/clickhouse/table.ts';
import { type Dialect, dialectSql } from '../../src/kql/emit/dialect.ts';
import type { Catalogue, KqlType, Literal, TableDescription } from '../../src/kql/ir.ts';
import { ticksOfUnixEpoch } from '../../src/kql/lower/times.ts';
import { type Engine, type ParameterValues, startEngine } from './engines.ts';

const second = 10_000_000n;
const start = ticksOfUnixEpoch + 1_700_000_000n * second;

export const values: ParameterValues = {
  tenant: '11111111-1111-4111-8111-111111111111',
  from: start,
  to: start + 86_400n * second,
  now: start + 43_200n * second,
};
const foreign = '22222222-2222-4222-8222-222222222222';

function table(name: string, timeColumn: string | null, schema: Readonly<Record<string, KqlType>>): TableDescription {
  const columns = Object.entries(schema).map(([column, type]) => ({ name: column, type }));
  return { name, source: `"${name}"`, timeColumn, ingestedColumn: '$ingested', columns };
}

const events = table('Events', 'Timestamp', {
  Timestamp: 'datetime',
  Name: 'string',
  DeviceId: 'string',
  Size: 'long',
  Ratio: 'real',
  Port: 'int',
  Ok: 'bool',
  Id: 'guid',
  Took: 'timespan',
  Extra: 'dynamic',
});
const devices = table('Devices', null, { DeviceId: 'string', Owner: 'string', Address: 'string', Seen: 'long' });

export const fixtureCatalogue: Catalogue = { tables: [events, devices] };

type Value = Literal['value'];
const at = (seconds: number): bigint => start + BigInt(seconds) * second;
const id = (number: number): string => `0000000${number}-aaaa-4bbb-8ccc-dddddddddddd`;

const eventRows: readonly (readonly Value[])[] = [
  [at(10), 'cmd.exe', 'd1', 10n, 0.5, 443, true, id(1), 5n * second, '{"kind":"a","tags":["x","y"],"n":1}'],
  [at(20), 'Cmd.EXE', 'd1', 20n, 1.5, 80, false, id(2), null, '{"kind":"b","tags":[],"n":2.5}'],
  [at(30), 'powershell.exe', 'd2', null, null, null, null, null, 60n * second, null],
  [at(3600), 'ÉCOLE.exe', 'd2', -5n, -0.25, 443, true, id(4), 0n, '["p",1,null,{"q":2}]'],
  [at(3700), 'école.exe', 'd3', 7n, 100, 22, false, id(5), 90n * second, '"plain"'],
  [at(7200), '', 'd3', 0n, 0, 0, true, id(6), -second, '5'],
  [
    at(7300),
    'it\'s \\ a "test"',
    'd4',
    9_007_199_254_740_993n,
    2.5,
    65_535,
    null,
    id(7),
    second,
    '{"kind":"a","n":null}',
  ],
  [at(7400), 'cmd /c user=alice;id=7', 'd1', 21n, 1e10, 443, true, id(8), 2n * second, '{"k":{"deep":[1,2,3]}}'],
  [at(7400), 'cmd /c user="bob;x";id=9', '', 30n, 3, 80, true, id(9), 3n * second, '{"kind":"b","n":4}'],
];

const deviceRows: readonly (readonly Value[])[] = [
  ['d1', 'ann', '10.0.0.1', 3n],
  ['d2', 'bob', '10.1.2.3', null],
  ['d2', 'carol', '192.168.7.9', 1n],
  ['', 'nobody', 'no address', 2n],
  ['d9', 'dan', '10.0.0.200', null],
];

/** Makes both tables and fills them. */
export async function fill(engine: Engine): Promise<void> {
  const rowsOf = new Map([
    [events, eventRows],
    [devices, deviceRows],
  ]);
  for (const [description, rows] of rowsOf) {
    await engine.execute(engine.dialect === 'clickhouse' ? createTableText(description) : duckdbTable(description));
    const foreignRow = rows[0]?.map((value, index) =>
      description.columns[index]?.type === 'string' ? 'theirs' : value,
    );
    await engine.execute(insertText(description, engine, values.tenant.toString(), rows));
    await engine.execute(insertText(description, engine, foreign, [foreignRow ?? []]));
  }
  // Ours, but outside of the time range.
  const late = eventRows[0]?.map((value, index) => (index === 0 ? at(90_000) : index === 1 ? 'late' : value));
  await engine.execute(insertText(events, engine, values.tenant.toString(), [late ?? []]));
}

function duckdbTable({ source, columns }: TableDescription): string {
  const { sqlType } = dialectSql('duckdb');
  const own = columns.map(({ name, type }) => `"${name}" ${sqlType(type)}`);
  return `create table ${source} ("tenantId" UUID, "$ingested" BIGINT, ${own.join(', ')})`;
}

function insertText(
  { source, columns }: TableDescription,
  { dialect }: Engine,
  tenant: string,
  rows: readonly (readonly Value[])[],
): string {
  const { literalSql } = dialectSql(dialect);
  const texts = rows.map((row) => {
    const cells = columns.map(({ type }, index) => {
      const value = row[index] ?? null;
      return literalSql({
        kind: 'literal',
        type,
        value: type === 'int' && value !== null ? BigInt(String(value)) : value,
      });
    });
    return `('${tenant}', ${start}, ${cells.join(', ')})`;
  });
  return `insert into ${source} values ${texts.join(', ')}`;
}

export type Engines = Readonly<Record<Dialect, Engine>>;

/** Both engines with the tables and their rows. */
export async function startFilledEngines(): Promise<Engines> {
  const engines = { duckdb: await startEngine('duckdb'), clickhouse: await startEngine('clickhouse') };
  for (const engine of Object.values(engines)) await fill(engine);
  return engines;
}
