import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../../src/kql/compile.ts';
import type { Dialect } from '../../src/kql/emit/dialect.ts';
import { type Engines, fixtureCatalogue, startFilledEngines, values } from './fixture.ts';

let engines: Engines;
before(async () => {
  engines = await startFilledEngines();
});
after(async () => {
  for (const engine of Object.values(engines)) await engine.close();
});

/** Every step takes these columns and leaves them, with other values. */
const columns = ['Timestamp', 'Name', 'DeviceId', 'Size', 'Port', 'Ratio', 'Ok'] as const;
const kept = `project ${columns.join(', ')}`;
/** No two rows that differ are equal in it. */
const inTotalOrder = `sort by ${columns.map((column) => `${column} asc`).join(', ')}`;

const whole = fc.constantFrom('Size', 'Port', '5', '20', 'long(null)', '(Size + Port)', '(Size - 7)', 'strlen(Name)');
const real = fc.constantFrom('Ratio', '0.5', 'real(null)', '(Ratio * 2)', '(Size / 4.0)');
const text = fc.constantFrom('Name', 'DeviceId', '"d1"', '""', '"CMD.EXE"', 'toupper(Name)', 'strcat(DeviceId, Port)');
const comparison = fc.constantFrom('==', '!=', '<', '>=');
const compared = (operand: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(operand, comparison, operand).map(([a, operator, b]) => `${a} ${operator} ${b}`);
const equality = fc.tuple(text, fc.constantFrom('==', '!=', '=~', '!~', 'contains', '!has', 'startswith'), text);
const { predicate } = fc.letrec<{ predicate: string }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    compared(whole),
    compared(real),
    equality.map(([a, operator, b]) => `${a} ${operator} ${b}`),
    fc.constantFrom('Ok', 'isnull(Size)', 'isempty(DeviceId)', 'Port in (443, 22)', 'Size !in (20, 30)', 'Ok != true'),
    fc.tuple(tie('predicate'), tie('predicate')).map(([a, b]) => `(${a} and ${b})`),
    fc.tuple(tie('predicate'), tie('predicate')).map(([a, b]) => `(${a} or ${b})`),
    tie('predicate').map((inner) => `not(${inner})`),
  ),
}));

const kinds = fc.constantFrom(
  'inner',
  'leftouter',
  'rightouter',
  'fullouter',
  'leftsemi',
  'leftanti',
  'rightsemi',
  'rightanti',
);
const keys = fc.constantFrom('DeviceId', 'Size', 'Port', 'Ok', 'DeviceId, Port');
const { steps } = fc.letrec<{ step: string; steps: string }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 3 }).map((each) => ['Events', kept, ...each].join(' | ')),
  step: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    predicate.map((condition) => `where ${condition}`),
    fc.tuple(whole, text).map(([size, name]) => `extend Size = tolong(${size}), Name = ${name}`),
    fc
      .tuple(predicate, whole, whole)
      .map(([condition, yes, no]) => `extend Size = tolong(iff(${condition}, ${yes}, ${no}))`),
    predicate.map((condition) => `extend Ok = ${condition}`),
    keys.map(
      (by) =>
        `summarize Timestamp0 = max(Timestamp), Name0 = min(Name), DeviceId0 = max(DeviceId), Size0 = sum(Size), Port0 = min(Port), Ratio0 = max(Ratio), Ok0 = countif(Ok) > 1 by ${by} | project ${columns.map((column) => `${column} = ${column}0`).join(', ')}`,
    ),
    keys.map(
      (by) => `extend Key = strcat(Timestamp, Name, Size, Ratio) | summarize arg_max(Key, *) by ${by} | ${kept}`,
    ),
    fc.constant(`distinct ${columns.join(', ')}`),
    tie('steps').map((other) => `union (${other})`),
    fc.tuple(kinds, tie('steps'), keys).map(([kind, other, on]) => `join kind=${kind} (${other}) on ${on} | ${kept}`),
    fc
      .tuple(tie('steps'), fc.constantFrom('in', '!in'))
      .map(([other, operator]) => `where Size ${operator} ((${other} | project Size))`),
    tie('steps').map((other) => `extend Size = toscalar(${other} | summarize max(Size))`),
    fc.constant(`${inTotalOrder} | extend Size = row_number(), Name = prev(Name), Port = next(Port, 2)`),
    keys.map(
      (by) =>
        `${inTotalOrder} | extend Size = row_cumsum(Size, DeviceId != prev(DeviceId)) | where isnotnull(Size) or ${by.split(', ')[0]} == prev(${by.split(', ')[0]})`,
    ),
    fc.constant(`${inTotalOrder} | take 4`),
    fc.constant(
      'extend Both = pack_array(Name, DeviceId) | mv-expand Both to typeof(string) | extend Name = Both | project-away Both',
    ),
    keys.map(
      (by) =>
        `partition hint.strategy=native by DeviceId (${inTotalOrder} | take 2 | extend Size = row_number() | where isnotnull(${by.split(', ')[0]}))`,
    ),
    fc.constant('parse Name with * "user=" User ";" Rest | extend Name = strcat(User, Rest) | project-away User, Rest'),
  ),
}));

async function rowsOn(dialect: Dialect, query: string): Promise<readonly string[]> {
  const result = compile(query, fixtureCatalogue, { dialect });
  assert.ok(result.ok, result.ok ? '' : `${dialect}: ${JSON.stringify(result.diagnostics)}`);
  const rows = await engines[dialect].rows(result.compiled, values);
  return rows
    .map((row) => JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
    .sort();
}

test('whatever steps a query has, both engines give the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (query) => {
      assert.deepEqual(await rowsOn('clickhouse', query), await rowsOn('duckdb', query));
    }),
    { numRuns: Number(process.env.RUNS ?? 60) },
  );
});

test('a union of equal parts that number their rows is answered', async () => {
  const part = `Events | ${kept} | ${inTotalOrder} | extend Size = row_cumsum(Size, DeviceId != prev(DeviceId)) | where isnotnull(Size) or Size == prev(Size)`;
  const query = `${part} | union (${part}) | extend Key = strcat(Timestamp, Name, Size, Ratio) | summarize arg_max(Key, *) by DeviceId | ${kept}`;
  const rows = await rowsOn('duckdb', query);
  assert.ok(rows.length > 0);
  assert.deepEqual(await rowsOn('clickhouse', query), rows);
});
