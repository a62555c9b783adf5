// POST /management/v1/ingest/hunting through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { makeTenant } from './support/accounts.ts';
import { exported, huntedRows, processEvent } from './support/hunting.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let admin: Person;
before(async () => {
  server = await startTestServer({ settings: { ingestBytesMax: 8_000_000, ingestLineBytesMax: 100_000 } });
  admin = await makePerson(server, await makeTenant(server.services), 'global-administrator');
});
after(() => server.dispose());

const path = '/management/v1/ingest/hunting';

interface Counts {
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  readonly tables: readonly { readonly table: string; readonly stored: number }[];
}

async function send(
  person: Person,
  body: string | Buffer,
  query = '',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const type = { 'content-type': 'application/x-ndjson', ...headers };
  return await server.request(`${path}${query}`, { session: person.session, headers: type, body });
}

async function taken(
  person: Person,
  body: string | Buffer,
  query = '',
  headers: Record<string, string> = {},
): Promise<Counts> {
  const answer = await send(person, body, query, headers);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<Counts>();
}

const newPerson = async (): Promise<Person> =>
  await makePerson(server, await makeTenant(server.services), 'global-administrator');

const rowsOf = (person: Person, query: string) => huntedRows(server.services, person.tenant.id, query);

const lines = (records: readonly unknown[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');

test('an export of the streaming API is stored by table, and once however often it comes', async () => {
  const person = await newPerson();
  const records = [
    processEvent(1),
    processEvent(2),
    exported('DeviceNetworkEvents', {
      Timestamp: '2026-11-01T08:00:00.1234567Z',
      RemoteIP: '203.0.113.7',
      RemotePort: 443,
    }),
  ];
  const first = await taken(person, lines(records));
  assert.deepEqual(first, {
    received: 3,
    stored: 3,
    duplicates: 0,
    rejected: 0,
    problems: [],
    tables: [
      { table: 'DeviceNetworkEvents', stored: 1 },
      { table: 'DeviceProcessEvents', stored: 2 },
    ],
  });
  const again = await taken(person, lines([...records, ...records]));
  assert.deepEqual([again.stored, again.duplicates, again.tables], [0, 6, []]);
  const [row] = await rowsOf(
    person,
    'DeviceNetworkEvents | project tostring(Timestamp), RemoteIP, RemotePort, RemoteUrl',
  );
  assert.deepEqual(row, ['2026-11-01T08:00:00.1234567Z', '203.0.113.7', 443, '']);
});

test('the same record in another form, in another order, is the same record', async () => {
  const person = await newPerson();
  const fields = { Timestamp: '2026-11-01T08:00:00Z', DeviceName: 'pc', ProcessId: 12, FileName: 'cmd.exe' };
  assert.equal((await taken(person, lines([exported('DeviceProcessEvents', fields)]))).stored, 1);
  const turned = Object.fromEntries(Object.entries(fields).reverse());
  const forms: readonly [string, string][] = [
    [JSON.stringify({ records: [exported('DeviceProcessEvents', turned)] }, null, 2), ''],
    [JSON.stringify([{ ...turned, AccountSid: '', AdditionalFields: null }]), '?table=DeviceProcessEvents'],
    [
      JSON.stringify({ Schema: [{ Name: 'Timestamp', Type: 'DateTime' }], Results: [turned] }),
      '?table=DeviceProcessEvents',
    ],
    [JSON.stringify({ schema: [], results: [turned] }), '?table=deviceprocessevents'],
    [
      'Timestamp,DeviceName,ProcessId,FileName\r\n2026-11-01T08:00:00.0000000Z,pc,12,cmd.exe\r\n',
      '?table=DeviceProcessEvents',
    ],
    [lines([{ ...fields, TimeGenerated: undefined, Type: undefined }]), '?table=DeviceProcessEvents'],
  ];
  for (const [body, query] of forms) {
    const { received, duplicates, problems } = await taken(person, body, query);
    assert.deepEqual([received, duplicates, problems], [1, 1, []], body);
  }
});

test('what has no column is kept in AdditionalFields, with every digit, beside what was there', async () => {
  const person = await newPerson();
  const at = '2026-11-01T08:00:00Z';
  const text = JSON.stringify(
    exported('DeviceProcessEvents', { Timestamp: at, AdditionalFields: '{"mine":1}', Later: { id: 'ID' } }),
  ).replace('"ID"', '12345678901234567890');
  const other = exported('DeviceRegistryEvents', { Timestamp: at, Later: 'x' });
  assert.equal((await taken(person, `${text}\n${lines([other])}`)).stored, 2);
  const [row] = await rowsOf(person, 'DeviceProcessEvents | project AdditionalFields');
  assert.deepEqual(row, ['{"Later":{"id":12345678901234567890},"mine":1}']);
  assert.deepEqual(await rowsOf(person, 'DeviceRegistryEvents | project tostring(AdditionalFields.Later)'), [['x']]);
});

test('former and other names of tables and columns land where they belong', async () => {
  const person = await newPerson();
  const at = '2026-11-01T08:00:00Z';
  await taken(
    person,
    lines([
      exported('AADSignInEventsBeta', { Timestamp: at, AccountUPN: 'kim@contoso.example', AadDeviceId: 'device' }),
      exported('CloudAppEvents', { Timestamp: at, Isp: 'Example Net', ActivityObjects: '[{"Type":"File"}]' }),
      { TimeGenerated: at, Type: 'DeviceLogonEvents', LogonType: 'Network', TenantId: 'x' },
      exported('GraphAPIAuditEvents', { Timestamp: at, IpAddress: '203.0.113.9' }),
    ]),
  );
  assert.deepEqual(await rowsOf(person, 'EntraIdSignInEvents | project AccountUpn, EntraIdDeviceId'), [
    ['kim@contoso.example', 'device'],
  ]);
  assert.deepEqual(await rowsOf(person, 'AADSignInEventsBeta | project AccountUpn, AadDeviceId'), [
    ['kim@contoso.example', 'device'],
  ]);
  assert.deepEqual(await rowsOf(person, 'CloudAppEvents | project ISP, tostring(ActivityObjects[0].Type)'), [
    ['Example Net', 'File'],
  ]);
  assert.deepEqual(await rowsOf(person, 'DeviceLogonEvents | project LogonType'), [['Network']]);
  assert.deepEqual(await rowsOf(person, 'GraphAPIAuditEvents | project IpAddress'), [['203.0.113.9']]);
});

test('bad records are named by line and reason, and the rest is taken', async () => {
  const person = await newPerson();
  const at = '2026-11-01T08:00:00Z';
  const of = (fields: object) => JSON.stringify(exported('DeviceProcessEvents', { Timestamp: at, ...fields }));
  const deep = `${`{"a":`.repeat(150)}1${'}'.repeat(150)}`;
  const body = [
    of({ ProcessId: 'twelve' }),
    '{"category":',
    '',
    of({ Timestamp: 'yesterday' }),
    JSON.stringify({ ...exported('DeviceProcessEvents', {}), time: undefined }),
    JSON.stringify(exported('NoSuchTable', { Timestamp: at })),
    '{"a":1}',
    '7',
    of({ ProcessId: '9223372036854775808' }),
    of({ Other: 'DEEP' }).replace('"DEEP"', deep),
    of({ FileName: 'x'.repeat(100_000) }),
    of({ ProcessId: 1 }),
  ].join('\n');
  const { problems, ...counts } = await taken(person, body);
  assert.deepEqual(counts, {
    received: 11,
    stored: 1,
    duplicates: 0,
    rejected: 10,
    tables: [{ table: 'DeviceProcessEvents', stored: 1 }],
  });
  assert.deepEqual(
    problems.map(({ line }) => line),
    [1, 2, 4, 5, 6, 7, 8, 9, 10, 11],
  );
  const reasons = problems.map(({ reason }) => reason);
  const wanted = [
    /ProcessId .* long.* twelve/,
    /not JSON/,
    /Timestamp .* datetime.* yesterday/,
    /no Timestamp/,
    /NoSuchTable/,
    /names no table/,
    /no JSON object/,
    /9223372036854775808/,
    /nested/,
    /longer than 100000 bytes/,
  ];
  for (const [index, pattern] of wanted.entries()) assert.match(reasons[index] ?? '', pattern);
});

test('packed bodies are taken; broken packing, foreign encodings and unknown tables are refused and said', async () => {
  const person = await newPerson();
  const packed = gzipSync(lines(Array.from({ length: 500 }, (_, index) => processEvent(index))));
  const gzip = { 'content-encoding': 'gzip' };
  assert.equal((await taken(person, packed, '', gzip)).stored, 500);
  const broken = await send(person, packed.subarray(0, packed.length / 2), '', gzip);
  assert.equal(broken.status, 400, broken.text);
  assert.match(broken.text, /gzip data is broken or cut off/);
  assert.match((await send(person, packed)).text, /Content-Encoding: gzip/);
  assert.match((await send(person, Buffer.from('\ufeff{}', 'utf16le'))).text, /UTF-16/);
  const unknown = await send(person, '{}', '?table=Nothing');
  assert.equal(unknown.status, 400, unknown.text);
  assert.match(unknown.text, /no hunting table Nothing/);
  const large = await send(person, `${' '.repeat(8_100_000)}\n`);
  assert.equal(large.status, 413, large.text);
});

test('what the server itself tells of calls and incidents takes no rows from outside', async () => {
  const person = await newPerson();
  for (const table of ['ApiAccessEvents', 'IncidentInfo']) {
    const record = { category: `AdvancedHunting-${table}`, properties: { Timestamp: '2026-01-01T00:00:00Z' } };
    const { stored, rejected, problems } = await taken(person, lines([record]));
    assert.deepEqual([stored, rejected], [0, 1]);
    assert.match(problems[0]?.reason ?? '', /written by the server itself/);
    const asked = await send(person, '{}', `?table=${table}`);
    assert.equal(asked.status, 400, asked.text);
  }
});

test('without a credential or the permission nothing is taken', async () => {
  const body = lines([processEvent(1)]);
  assert.equal((await server.request(path, { body })).status, 401);
  const reader = await makePerson(server, admin.tenant, 'security-reader');
  const refused = await send(reader, body);
  assert.equal(refused.status, 403, refused.text);
  assert.match(refused.text, /Ingest\.write/);
  const narrow = await makeToken(server, admin, { permissions: ['Ingest.write'] });
  const byToken = await server.request(path, { token: narrow.value, body });
  assert.equal(byToken.json<Counts>().stored, 1, byToken.text);
});

test("rows belong to who sent them, whatever tenant the record names, and are nobody else's", async () => {
  const [one, other] = [await newPerson(), await newPerson()];
  const record = { ...processEvent(1), tenantId: other.tenant.id };
  assert.equal((await taken(one, lines([record]))).stored, 1);
  assert.deepEqual(await rowsOf(other, 'DeviceProcessEvents | count'), [[0n]]);
  assert.deepEqual(await rowsOf(one, 'DeviceProcessEvents | count'), [[1n]]);
  assert.equal((await taken(other, lines([record]))).stored, 1, 'the same record is new to another tenant');
});
