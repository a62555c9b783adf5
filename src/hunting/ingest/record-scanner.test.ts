import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type TestServices, testServices } from '../../../test/support/services.ts';
import { qualifiedName } from '../../events/dialect.ts';
import { name as quoted, type Sql, sql } from '../../events/sql.ts';
import { newId, type TenantId } from '../../lib/ids.ts';
import { eventTableOf, storedColumns } from '../schema/stored.ts';
import { columnNames } from '../schema/tables.ts';
import { prepareHuntingTables } from '../store.ts';
import { Batches } from './batches.ts';
import { parseExact } from './exact-json.ts';
import { isRecordProblem, recordsIn } from './records.ts';
import { storedTable } from './table-reader.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
  await prepareHuntingTables(services.events);
});
after(() => services.dispose());

/** One table of each kind of column, one of them without a time. */
const tables = ['CloudAppEvents', 'DeviceInfo', 'DataSecurityEvents', 'DeviceTvmSoftwareVulnerabilitiesKB'];

/** What becomes of a record when it is parsed: the sentence that says what is wrong, or nothing. */
function addParsed(batches: Batches, record: string): string | undefined {
  let value: unknown;
  try {
    value = parseExact(record);
  } catch {
    return 'It is not JSON.';
  }
  for (const found of recordsIn(value, undefined)) {
    const reason = isRecordProblem(found) ? found.reason : batches.add(found.table, found.fields, found.time);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

async function commit(batches: Batches): Promise<void> {
  batches.endAll();
  await batches.commitFull(async () => {});
  await batches.settled();
}

/** Their values as texts, the key first. */
async function storedRows(tenantId: TenantId, table: string): Promise<unknown[][]> {
  const found = storedTable(table);
  assert.ok(found);
  const stored = eventTableOf(found);
  const columns: Sql = {
    text: stored.columns
      .filter(({ name }) => name !== storedColumns.tenant)
      .map(({ name }) => `"${name}"::VARCHAR`)
      .join(', '),
    values: [],
  };
  const from: Sql = { text: qualifiedName(stored), values: [] };
  const own = sql`${quoted(storedColumns.tenant)} = ${{ uuid: tenantId }}`;
  return await services.events.query(
    sql`select ${columns} from ${from} where ${own} order by ${quoted(storedColumns.key)}`,
  );
}

/** The same records, once read from their bytes where that can be done and once all of them parsed. */
async function compare(records: readonly string[]): Promise<{ readonly scanned: number; readonly stored: number }> {
  const [left, right] = [newId<TenantId>(), newId<TenantId>()];
  const scanning = new Batches(services.events, left, services.clock);
  const parsing = new Batches(services.events, right, services.clock);
  let scanned = 0;
  for (const record of records) {
    const isScanned: boolean = scanning.addScanned(Buffer.from(record));
    if (isScanned) scanned++;
    const problem: string | undefined = isScanned ? undefined : addParsed(scanning, record);
    assert.equal(problem, addParsed(parsing, record), record);
  }
  for (const batches of [scanning, parsing]) await commit(batches);
  assert.deepEqual(scanning.counts, parsing.counts);
  for (const table of tables) assert.deepEqual(await storedRows(left, table), await storedRows(right, table), table);
  return { scanned, stored: scanning.counts.stored };
}

const blank = fc.constantFrom('', '', '', '', ' ', '\t\n', '\r');
const anyText = fc.oneof(
  fc.string({ maxLength: 14 }),
  fc.string({ unit: 'grapheme', maxLength: 14 }),
  fc
    .array(fc.constantFrom('\\', '"', '\n', '\u0000', '\u007f', '\u2028', '\ud83d', '\ude00', '-0', 'é', '1.0'), {
      maxLength: 6,
    })
    .map((parts) => parts.join('')),
  fc.string({ minLength: 100, maxLength: 300 }),
);
/** A text as JSON, its characters written in any way that there is. */
const literal = (text: string) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((isEscaped) => {
    const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
    if (!isEscaped.includes(true)) return JSON.stringify(text);
    return `"${units.map((unit, at) => (isEscaped[at] || unit < 0x20 || unit > 0x7e ? `\\u${unit.toString(16).padStart(4, '0')}` : JSON.stringify(String.fromCharCode(unit)).slice(1, -1))).join('')}"`;
  });
const textLiteral = fc.oneof(
  anyText.map((text) => JSON.stringify(text)),
  anyText.chain(literal),
);
const numberLiteral = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '0',
    '-0',
    '1.0',
    '01',
    '1e3',
    '1E400',
    '-',
    '9007199254740992',
    '133500000000000000',
    '9223372036854775808',
  ),
);
const timeLiteral = fc
  .tuple(
    fc.date({ min: new Date('0000-12-31T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
    fc.constantFrom('Z', '1234Z', '+02:00', '', 'z', ' Z', '12345Z'),
  )
  .map(([date, end]) => JSON.stringify(date.toISOString().slice(0, -1) + end));
const jsonLiteral = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '{"a":1.0,"b":[-0, 1]}',
    '{ "2": 1, "1": 12345678901234567890 }',
    '[[[]]]',
    '{"a":1,"a":2}',
    '{"a":"]}"}',
    '[1,]',
  ),
);
const anyValue = fc.oneof(
  { weight: 5, arbitrary: textLiteral },
  { weight: 2, arbitrary: numberLiteral },
  { weight: 2, arbitrary: fc.constantFrom('null', 'true', 'false', '""', '"true"', '"1"', 'nul') },
  { weight: 1, arbitrary: timeLiteral },
  { weight: 1, arbitrary: jsonLiteral },
  { weight: 1, arbitrary: jsonLiteral.map((text) => JSON.stringify(text)) },
);
const good: Readonly<Record<string, fc.Arbitrary<string>>> = {
  datetime: timeLiteral,
  long: fc.oneof(
    fc.maxSafeInteger().map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.constantFrom('133500000000000000', '9007199254740992', '-9223372036854775808'),
    fc.integer().map((value) => `"${value}"`),
  ),
  int: fc.integer().map(String),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  bool: fc.constantFrom('true', 'false', '1', '"false"'),
  guid: fc.uuid().map((uuid) => JSON.stringify(uuid)),
};
const otherNames = fc.constantFrom(
  'MachineGroup',
  'Zusatz',
  'zwölf',
  '1',
  '007',
  '__proto__',
  'a"b',
  'AdditionalFields',
  'ADDITIONALFIELDS',
  '',
);

/** A member's name and value: of a column, or of none. */
function fieldOf(table: string): fc.Arbitrary<string> {
  const found = storedTable(table);
  assert.ok(found);
  const types = new Map(found.columns.map(({ stored, type }) => [stored, type]));
  const columns = [...columnNames(found)].map(([lower, stored]) => ({
    lower,
    stored,
    type: types.get(stored) ?? 'string',
  }));
  const field = fc.constantFrom(...columns).chain(({ lower, stored, type }) => {
    const usual = good[type] ?? textLiteral;
    const value = fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: anyValue });
    return fc.tuple(
      fc.constantFrom(stored, stored, stored, lower).map((text) => JSON.stringify(text)),
      value,
    );
  });
  const other = fc.tuple(
    otherNames.map((text) => JSON.stringify(text)),
    anyValue,
  );
  return fc
    .tuple(fc.oneof({ weight: 10, arbitrary: field }, { weight: 1, arbitrary: other }), blank, blank, blank)
    .map(([[key, value], a, b, c]) => `${a}${key}${b}:${c}${value}`);
}

const anyRecord = fc.constantFrom(...tables).chain((table) => {
  const time = fc.option(
    timeLiteral.map((text) => `"Timestamp":${text}`),
    { freq: 3 },
  );
  const fields = fc.uniqueArray(fieldOf(table), { maxLength: 25, selector: (field) => field.split(':')[0] });
  const properties = fc
    .tuple(time, fields)
    .map(([first, rest]) => `"properties":{${(first === null ? rest : [first, ...rest]).join(',')}}`);
  const category = fc.constantFrom(`"category":"AdvancedHunting-${table}"`, `"category": "${table}"`);
  const rest = fc.array(
    fc.oneof(
      timeLiteral.map((text) => `"time":${text}`),
      anyValue.map((value) => `"operationName":${value}`),
      jsonLiteral.map((value) => `"records":${value}`),
    ),
    { maxLength: 2 },
  );
  return fc.tuple(rest, category, properties, blank, fc.boolean()).map(([more, named, values, end, isFirst]) => {
    const members = isFirst ? [...more, named, values] : [named, values, ...more];
    return `{${members.join(`,${end}`)}}${end}`;
  });
});

/** A record with a piece of it lost, or something put in. */
const spoiltRecord = fc
  .tuple(anyRecord, fc.nat(), fc.nat(3), fc.constantFrom('', '"', '\\', '{', '}', ',', '\u0000', '1'))
  .map(([record, at, length, piece]) => {
    const from = at % record.length;
    return record.slice(0, from) + piece + record.slice(from + length);
  });

test('a record that is read from its bytes becomes the row, with the key, that it becomes when it is parsed', async () => {
  let [all, scanned, stored] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { minLength: 20, maxLength: 60 }), async (records) => {
      const counts = await compare(records);
      all += records.length;
      scanned += counts.scanned;
      stored += counts.stored;
    }),
    { numRuns: 25, endOnFailure: true },
  );
  // Else it would have shown nothing.
  assert.ok(scanned > all / 10 && stored > all / 5, `${scanned} of ${all} scanned, ${stored} stored`);
});

test('a spoilt record is refused by the same sentence as when it is parsed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(spoiltRecord, { minLength: 50, maxLength: 100 }), async (records) => {
      await compare(records);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

const download = {
  Timestamp: '2026-05-01T09:00:00.1234567Z',
  ActionType: 'FileDownloaded',
  ApplicationId: 20893,
  IsAdminOperation: true,
  AccountDisplayName: 'Zoë Ångström 🙂',
  ObjectName: 'plan of the year.docx',
  IPTags: ['Risky'],
  ISP: 'é',
  Extra: 1.5,
};

const exported = (properties: object, table = 'CloudAppEvents'): string =>
  JSON.stringify({ time: '2026-05-01T09:00:01Z', category: `AdvancedHunting-${table}`, properties, Tenant: 'x' });

test('a record has the key that it has in stores from before', async () => {
  for (const [isScanned, properties] of [
    [false, download],
    [true, { ...download, Extra: undefined, AdditionalFields: { Extra: 1.5 } }],
  ] as const) {
    const tenant = newId<TenantId>();
    const batches = new Batches(services.events, tenant, services.clock);
    const record = exported(properties);
    assert.equal(batches.addScanned(Buffer.from(record)), isScanned);
    if (!isScanned) assert.equal(addParsed(batches, record), undefined);
    await commit(batches);
    const [row] = await storedRows(tenant, 'CloudAppEvents');
    assert.equal(row?.[0], 'a1054792-f85b-6e7f-e722-cb0702cd66d4');
  }
});

test('what exports write is read from its bytes, whichever way it is spelled', () => {
  const batches = new Batches(services.events, newId<TenantId>(), services.clock);
  const { Extra: _extra, ...properties } = download;
  const plain = exported({
    ...properties,
    MachineGroup: 'Unassigned "group"',
    Number: 5,
    More: { nested: [true] },
    None: null,
  });
  const spellings = [
    plain,
    plain.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    plain.replaceAll(/,(?=")/g, ', ').replaceAll('":', '": '),
    exported({ ...properties, AdditionalFields: JSON.stringify({ a: 1.5 }) }),
    exported({ DeviceId: 'a', OSBuild: 9_007_199_254_740_992, IsExcluded: false }, 'DeviceInfo'),
  ];
  for (const spelling of spellings) assert.ok(batches.addScanned(Buffer.from(spelling)), spelling);
  batches.discard();
});

test('an object in a column of another type rejects its record, whatever its members are called', () => {
  const batches = new Batches(services.events, newId<TenantId>(), services.clock);
  for (const value of [{ toString: 1, valueOf: 1 }, [true]]) {
    const record = exported({ ...download, IsAdminOperation: value });
    assert.ok(!batches.addScanned(Buffer.from(record)));
    assert.match(addParsed(batches, record) ?? '', /^IsAdminOperation of CloudAppEvents is of type bool/);
  }
  batches.discard();
});
