import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { compile } from './compile.ts';
import type { Catalogue, Compiled, ParameterName } from './ir.ts';
import { compileInPasses } from './two-pass.ts';

const tenant = '00000000-0000-0000-0000-000000000001';
const now = 638_000_000_000_000_000n;
const values: Readonly<Record<ParameterName, string | bigint>> = { tenant, now, from: 0n, to: now };

const catalogue: Catalogue = {
  tables: [
    {
      name: 'Processes',
      source: '"Processes"',
      timeColumn: 'Timestamp',
      ingestedColumn: 'stored',
      columns: [
        { name: 'Timestamp', type: 'datetime' },
        { name: 'Device', type: 'string' },
        { name: 'Id', type: 'long' },
        { name: 'Fields', type: 'dynamic' },
      ],
    },
    {
      name: 'Devices',
      source: '"Devices"',
      timeColumn: null,
      columns: [
        { name: 'Device', type: 'string' },
        { name: 'Risk', type: 'real' },
      ],
    },
  ],
  functions: [{ name: 'OnlyDevice', parameters: '(T:(*), name:string)', body: '{ T | where Device == name }' }],
};

let instance: DuckDBInstance;
let connection: DuckDBConnection;

before(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run(
    `create table "Processes"("Timestamp" bigint, "Device" varchar, "Id" bigint, "Fields" varchar, stored bigint, "tenantId" uuid);
     create table "Devices"("Device" varchar, "Risk" double, "tenantId" uuid);
     insert into "Processes" select ${now}-100+i, 'dev'||(i%3), i, '{"a":'||i||',"b":["x","y'||i||'"]}', ${now}-i, '${tenant}' from range(6) r(i);
     insert into "Processes" values (${now}-1, 'foreign', 99, null, 0, '00000000-0000-0000-0000-000000000002');
     insert into "Devices" values ('dev0', 0.5, '${tenant}'), ('dev1', 1.5, '${tenant}'), ('dev9', 9.5, '${tenant}');`,
  );
});

after(() => {
  connection.closeSync();
  instance.closeSync();
});

async function read({ sql, parameters }: Compiled): Promise<unknown[][]> {
  const result = await connection.runAndReadAll(
    sql,
    parameters.map((name) => values[name]),
  );
  return result.getRows().map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
}

const compiledInPasses = (text: string) =>
  compileInPasses({
    compile: (options) => compile(text, catalogue, options),
    read,
    fetch: async ({ urls }) => `${urls[0]} is not allowed.`,
  });

/** Queries and their rows; each is one guarantee about a construct. */
const answers: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'Processes | where Id > 3 | project Device, Next = Id + 1': [
    ['dev1', 5],
    ['dev2', 6],
  ],
  'Processes | extend Id = Id * 10, Twice = Id * 2 | where Id == 50 | project Id, Twice': [[50, 10]],
  'Processes | summarize count(), arg_max(Id, *) by Device | project Device, count_, Id | sort by Device asc': [
    ['dev0', 2, 3],
    ['dev1', 2, 4],
    ['dev2', 2, 5],
  ],
  'Processes | summarize n = count() by d = Device | order by n, d asc | take 1': [['dev0', 2]],
  'Processes | distinct Device | count': [[3]],
  'Processes | top 2 by Id | project-keep Id': [[5], [4]],
  'Processes | project-away Timestamp, Fields | project-rename No = Id | project-reorder No | where No == 1': [
    [1, 'dev1'],
  ],
  'Processes | join kind=inner Devices on Device | project Id, Device1, Risk | sort by Id asc | take 1': [
    [0, 'dev0', 0.5],
  ],
  'Processes | join kind=leftanti (Devices | where Risk > 0) on $left.Device == $right.Device | project Id': [[2], [5]],
  'Devices | join kind=rightsemi Processes on Device | summarize max(Id)': [[4]],
  'Processes | lookup Devices on Device | where isnull(Risk) | project Id | sort by Id asc': [[2], [5]],
  'union withsource=From Processes, Devices | summarize count() by From | sort by From asc': [
    ['Devices', 3],
    ['Processes', 6],
  ],
  'union isfuzzy=true Processes, Missing | count': [[6]],
  'union Proc*, (Devices | where Risk > 5) | count': [[7]],
  'Processes | where Id == 1 | mv-expand with_itemindex=i b = Fields.b to typeof(string) | project i, b': [
    [0, 'x'],
    [1, 'y1'],
  ],
  'Processes | mv-apply b = Fields.b to typeof(string) on (where b startswith "y") | where Id == 2 | project b': [
    ['y2'],
  ],
  'Processes | partition by Device (top 1 by Id) | project Id | sort by Id asc': [[3], [4], [5]],
  'print a = "k=1, v=two" | parse a with "k=" k:long ", v=" v | project k, v': [[1, 'two']],
  'let limit_ = 4; let big = Processes | where Id >= limit_; big | join kind=inner big on Id | count': [[2]],
  'let f = (t:(Id:long), n:long = 1) { t | where Id == n }; Processes | invoke f() | project Id': [[1]],
  'let g = (x:long) { let y = x + 1; y * 2 }; Processes | where Id == 2 | project g(Id)': [[6]],
  'Processes | invoke OnlyDevice("dev2") | count': [[2]],
  'Processes | where Id == toscalar(Processes | summarize max(Id)) | project Device': [['dev2']],
  'let names = dynamic(["DEV1"]); Processes | where Device in~ (names) | count': [[2]],
  'Processes | where Device in ((Devices | project Device)) | count': [[4]],
  'let m = materialize(Processes | where Id < 2); union m, m | count': [[4]],
  'Processes | as P | where Id == toscalar(P | count) - 1 | project Id': [[5]],
  'search in (Processes, Devices) "dev9" | project Device, Risk': [['dev9', 9.5]],
  'Processes | search Device:"dev2" and Id > 2 | project Id': [[5]],
  'find in (Processes, Devices) where Device has "dev1" project Id, Risk | summarize count() by source_ | sort by source_ asc':
    [
      ['Devices', 1],
      ['Processes', 2],
    ],
  'Devices | getschema | project ColumnName, ColumnType': [
    ['Device', 'string'],
    ['Risk', 'real'],
  ],
  'range x from 1 to 3 step 1 | serialize n = row_number() | project x * 10 + n': [[11], [22], [33]],
  'Processes | where ingestion_time() > ago(2tick) | project Id': [[0], [1]],
  'Processes | extend c = column_ifexists("Nothing", "none") | distinct c': [['none']],
  'Processes | project Device, Id | evaluate pivot(Device, sum(Id)) | project dev1, dev2, dev0': [[5, 7, 3]],
  'Processes | project Id, Fields | evaluate bag_unpack(Fields) | where a == 3 | project Id, a, tostring(b[0])': [
    [3, 3, 'x'],
  ],
  'Processes | project Fields | evaluate bag_unpack(Fields, "f_") : (f_a:long) | summarize sum(f_a)': [[15]],
  'Processes | project a = Id * 100, Fields | evaluate bag_unpack(Fields, columnsConflict="replace_source") | summarize sum(a)':
    [[15]],
  'Processes | project Id, Fields | evaluate bag_unpack(Fields, ignoredProperties=dynamic(["a", "none"])) | getschema | project ColumnName':
    [['Id'], ['b']],
  'Processes | project a = Id, Fields | evaluate bag_unpack(Fields, "f_", "error", dynamic(["b"])) | summarize sum(a), sum(f_a)':
    [[15, 15]],
  'Processes | project Device, Fields | evaluate bag_unpack(Fields) | project Device, a | evaluate pivot(Device, max(a)) | project dev2':
    [[5]],
  'Processes | where Id == 4 | extend tostring(Id), strlen(Device), Id + 1 | project Id, strlen_Device, Column1': [
    ['4', 4, 5],
  ],
  'print decimal(2e3) == decimal(2000), decimal(-1.25e1) == decimal(-12.5), decimal(75e-2) == decimal(0.75)': [
    [true, true, true],
  ],
  'Processes | summarize percentiles(Id, 0, 100)': [[0, 5]],
  'Processes | summarize take_any(*) by Id | where Id == 2 | project Device': [['dev2']],
  'Processes | summarize (latest, name) = arg_min(Id, Device), total = round(sum(Id) / 2.0)': [[0, 'dev0', 8]],
  'print a = 1 | union (print a = "x") | project a_long, a_string | sort by a_string asc': [
    [1, ''],
    [null, 'x'],
  ],
  'union kind=inner Processes, Devices | distinct Device | count': [[4]],
  'print t = datetime(2020-01-01T01:00) | where t between (datetime(2020-01-01) .. 2h) | project 1': [[1]],
  'print s = "a=1 b=two" | parse-kv s as (a:long, b:string) with (pair_delimiter=" ", kv_delimiter="=") | project a, b':
    [[1, 'two']],
  'Processes | top-nested 1 of Device by max(Id), top-nested 1 of Id by max(Id) | project Device, Id': [['dev2', 5]],
  'range n from 1 to 4 step 1 | make-series s = sum(n) default=0 on n from 1 to 5 step 2 | project s': [['[3,7]']],
  'Processes | sample-distinct 2 of Device | count': [[2]],
  'Processes | sample 4 | count': [[4]],
  'let nets = datatable(net:string, place:string)["10.0.0.0/8", "in"]; print ip = "10.1.2.3" | evaluate ipv4_lookup(nets, ip, net) | project place':
    [['in']],
  'let view_ = () { Processes | where Id < 2 }; view_() | count': [[2]],
  'let empty = datatable(x:long, s:string)[]; empty | count': [[0]],
  'print d = dynamic({"a": [1, {"b c": "v"}]}) | project tostring(d.a[1]["b c"]), tolong(d["a"][0])': [['v', 1]],
  'Processes | where (Id + 1) % 2 == 0 and not(Device =~ "DEV1") | project Id | sort by Id asc': [[3], [5]],
  'Processes | extend a = pack_all() | where Id == 0 | project tostring(a.Device)': [['dev0']],
  'Processes | where * startswith "DEV1" and * contains "y4" | project Id': [[4]],
  'let newest = toscalar(table("Processes") | summarize max(Id)); print newest, newest + 1': [[5, 6]],
  'print x = 5 | extend y = case(x > 3, "big", "small") | where y has_any ("big", "huge") | project y': [['big']],
};

test('each construct gives the rows that KQL promises', async (t) => {
  for (const [text, rows] of Object.entries(answers)) {
    await t.test(text, async () => {
      const compilation = await compiledInPasses(text);
      assert.ok(compilation.ok, JSON.stringify(compilation));
      assert.deepEqual(await read(compilation.compiled), rows);
    });
  }
});

test('rows of another tenant are in no answer, whatever the query reads the table by', async () => {
  for (const text of [
    'Processes | where Device == "foreign"',
    'search "foreign"',
    'union Proc* | where Id == 99',
    'print toscalar(Processes | summarize max(Id)) | where print_0 == 99',
    'let t = materialize(Processes); t | join t on Id | where Id == 99',
  ]) {
    const compilation = await compiledInPasses(text);
    assert.ok(compilation.ok, text);
    assert.deepEqual(await read(compilation.compiled), [], text);
  }
});

function refusalOf(text: string) {
  const compilation = compile(text, catalogue);
  assert.ok(!compilation.ok, text);
  const [first] = compilation.diagnostics;
  assert.ok(first);
  return first;
}

test('what is not supported is refused by its name and place', () => {
  const cases: Readonly<Record<string, readonly [string, RegExp, number, number]>> = {
    'Processes\n| reduce by Device': ['SP001', /^The operator reduce by Device is not supported\.$/, 2, 3],
    'Processes | where * !has "xyz"': ['SP001', /is not supported\.$/, 1, 19],
    'search "2024"': ['SP001', /The term "2024" in columns that are not text/, 1, 8],
    'Processes | evaluate autocluster()': ['SP001', /plugin autocluster/, 1, 13],
    'Processes | count | extend ingestion_time()': ['SP001', /ingestion_time\(\) of rows/i, 1, 21],
    'let r = rand(); Processes | where r > 0.5': ['SP001', /random value in let/, 1, 9],
    'Processes\n\n| where Devic == "x"': ['KS142', /Devic/, 3, 9],
    'print ["a\\u0000b"] = 1': ['SP001', /NUL/, 1, 1],
  };
  for (const [text, [code, message, line, column]] of Object.entries(cases)) {
    const found = refusalOf(text);
    assert.equal(found.code, code, text);
    assert.match(found.message, message);
    assert.deepEqual([found.line, found.column], [line, column], text);
  }
});

test('names that double what they stand for at every step are refused, not written out', () => {
  const lets = Array.from({ length: 200 }, (_, i) => `let a${i} = ${i === 0 ? '1' : `a${i - 1} + a${i - 1}`};`);
  assert.match(refusalOf(`${lets.join('\n')} print a199`).message, /this size/);
});

test('external data is for the host to allow', async () => {
  const text = 'externaldata(a:string)[@"https://example.test/x"] with (format="csv")';
  const compilation = compile(text, catalogue);
  assert.ok(!compilation.ok);
  assert.deepEqual(compilation.external, {
    urls: ['https://example.test/x'],
    columns: [{ name: 'a', type: 'string' }],
    properties: { format: 'csv' },
  });
  const refused = await compiledInPasses(text);
  assert.ok(!refused.ok);
  assert.equal(refused.diagnostics[0]?.message, 'https://example.test/x is not allowed.');
});

test('external data that the host has fetched is read from its table', async () => {
  await connection.run(
    `create table "fetched" as select 'one' as c0, '1' as c1, '' as c2 union all select 'two', '2', 'x'`,
  );
  const text =
    'externaldata(a:string, A:long, b:real)[@"https://example.test/x"] | where A == 2 and isnull(b) | project a';
  const compilation = await compileInPasses({
    compile: (options) => compile(text, catalogue, options),
    read,
    fetch: async (external) => ({ external, source: '"fetched"' }),
  });
  assert.ok(compilation.ok);
  assert.deepEqual(await read(compilation.compiled), [['two']]);
});

test('a column that a first pass has found is checked like any other', async () => {
  const wrong = await compiledInPasses(
    'Processes\n| project Device, Id\n| evaluate pivot(Device, sum(Id)) | project nope, dev0',
  );
  assert.ok(!wrong.ok);
  const [first] = wrong.diagnostics;
  assert.deepEqual([first?.code, first?.line, first?.column], ['KS142', 3, 45]);
  const clash = await compiledInPasses('Processes | project a = Id, Fields | evaluate bag_unpack(Fields)');
  assert.match(!clash.ok ? (clash.diagnostics[0]?.message ?? '') : '', /a column a, which the table has already/);
});

test('render is an annotation', () => {
  const compilation = compile('Devices | render timechart with (title="Risk", ysplit=axes)', catalogue);
  assert.ok(compilation.ok);
  assert.deepEqual(compilation.compiled.render, {
    visualization: 'timechart',
    properties: { title: 'Risk', ysplit: 'axes' },
  });
});

test('what is compiled holds neither time nor tenant nor range', () => {
  const compilation = compile('Processes | where Timestamp > ago(1h)', catalogue);
  assert.ok(compilation.ok);
  assert.deepEqual([...compilation.compiled.parameters].sort(), ['from', 'now', 'tenant', 'to']);
  assert.deepEqual(compilation.compiled.tables, ['Processes']);
  assert.equal(compilation.compiled.sql.includes(tenant), false);
});
