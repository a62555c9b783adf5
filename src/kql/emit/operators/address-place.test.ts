import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { compile } from '../../compile.ts';
import type { Catalogue } from '../../ir.ts';

const catalogue: Catalogue = {
  tables: [
    {
      name: 'Seen',
      source: '"Seen"',
      timeColumn: null,
      columns: [
        { name: 'Id', type: 'long' },
        { name: 'Ip', type: 'string' },
      ],
    },
  ],
  hosted: { places: '"places"' },
};
const tenant = '00000000-0000-0000-0000-000000000001';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

before(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run(
    `create table "Seen"("Id" bigint, "Ip" varchar, "tenantId" uuid);
     insert into "Seen" values (1, '1.0.0.9', '${tenant}'), (2, '2.0.0.1', '${tenant}'), (3, '10.0.0.1', '${tenant}'),
       (4, '2001:db8::7', '${tenant}'), (5, 'none', '${tenant}'), (6, '', '${tenant}'), (7, '1.0.0.9', '${tenant}'),
       (8, '1.0.0.9', '00000000-0000-0000-0000-000000000002');
     create table "places"("first" uuid, "value" varchar);
     insert into "places" values
       ('00000000-0000-0000-0000-ffff01000000', '{"country":"Australia"}'), ('00000000-0000-0000-0000-ffff01000100', null),
       ('00000000-0000-0000-0000-ffff02000000', '{"country":"France"}'), ('00000000-0000-0000-0000-ffff03000000', null),
       ('20010db8-0000-0000-0000-000000000000', '{"country":"Japan"}'), ('20010db9-0000-0000-0000-000000000000', null);`,
  );
});

after(() => {
  connection.closeSync();
  instance.closeSync();
});

async function rowsOf(query: string): Promise<unknown[][]> {
  const compilation = compile(query, catalogue);
  assert.ok(compilation.ok, JSON.stringify(compilation));
  const { sql, parameters, hosted } = compilation.compiled;
  assert.deepEqual(hosted, ['places']);
  const result = await connection.runAndReadAll(sql, parameters.length > 0 ? [tenant] : []);
  return result.getRows().map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
}

const country = 'tostring(geo_info_from_ip_address(Ip).country)';

test('every address gets the range that holds it; others and what is none get nothing', async () => {
  assert.deepEqual(await rowsOf('Seen | extend g = geo_info_from_ip_address(Ip) | sort by Id asc | project Id, g'), [
    [1, '{"country":"Australia"}'],
    [2, '{"country":"France"}'],
    [3, null],
    [4, '{"country":"Japan"}'],
    [5, null],
    [6, null],
    [7, '{"country":"Australia"}'],
  ]);
});

test('addresses are read in all of their forms, and only whole', async () => {
  const of = async (address: string) =>
    (await rowsOf(`print tostring(geo_info_from_ip_address('${address}').country)`))[0]?.[0];
  assert.equal(await of('1.0.0.255'), 'Australia');
  assert.equal(await of('1.0.1.0'), '');
  assert.equal(await of('::ffff:1.0.0.1'), 'Australia');
  assert.equal(await of('2001:0DB8:ffff:ffff:ffff:ffff:ffff:ffff'), 'Japan');
  assert.equal(await of('2001:db9::'), '');
  assert.equal(await of('1.0.0.1/24'), '');
  assert.equal(await of('1.0.0.256'), '');
});

test('it may stand wherever an expression of a row may', async () => {
  assert.deepEqual(await rowsOf(`Seen | where Id < 4 and ${country} == 'France' | project Id`), [[2]]);
  assert.deepEqual(await rowsOf(`Seen | summarize n = count() by c = ${country} | sort by c asc`), [
    ['', 3],
    ['Australia', 2],
    ['France', 1],
    ['Japan', 1],
  ]);
  assert.deepEqual(await rowsOf(`Seen | summarize dcount(${country}), countif(${country} == 'Japan')`), [[4, 1]]);
  assert.deepEqual(await rowsOf(`Seen | sort by ${country} asc, Id desc | project Id | take 4`), [[6], [5], [3], [7]]);
  assert.deepEqual(await rowsOf(`Seen | top 1 by ${country} desc | project Id`), [[4]]);
  assert.deepEqual(
    await rowsOf(
      `let f = (a:string) { tostring(geo_info_from_ip_address(a).country) }; Seen | where f(Ip) startswith 'jap' | project Id`,
    ),
    [[4]],
  );
  assert.deepEqual(
    await rowsOf(
      `let T = Seen | extend c = ${country}; T | join kind=inner (T | summarize m = max(Id) by c) on c | where Id == m and c != '' | sort by Id asc | project Id, c`,
    ),
    [
      [2, 'France'],
      [4, 'Japan'],
      [7, 'Australia'],
    ],
  );
  assert.deepEqual(
    await rowsOf(
      `Seen | where Id in ((Seen | where ${country} == 'Japan' | project Id)) | extend m = toscalar(Seen | where ${country} == 'France' | project Id)| project Id, m`,
    ),
    [[4, 2]],
  );
  assert.deepEqual(
    await rowsOf(
      `Seen | summarize ips = make_list(Ip) | mv-expand ips to typeof(string) | extend g = geo_info_from_ip_address(ips).country | where tostring(g) == 'France' | project ips`,
    ),
    [['2.0.0.1']],
  );
  assert.deepEqual(
    await rowsOf(
      `Seen | sort by Id asc | extend c = ${country} | serialize | extend before = prev(c) | where Id in (2, 3) | project before`,
    ),
    [['Australia'], ['France']],
  );
});

test('without a table of places, and over an aggregate, it is refused by name', () => {
  const without = compile('print geo_info_from_ip_address("1.1.1.1")', { tables: [] });
  assert.ok(!without.ok);
  assert.match(without.diagnostics[0]?.message ?? '', /Geo_info_from_ip_address is not supported/);
  const over = compile('Seen | summarize g = geo_info_from_ip_address(take_any(Ip))', catalogue);
  assert.ok(!over.ok);
  assert.match(over.diagnostics[0]?.message ?? '', /geo_info_from_ip_address is not supported/);
});
