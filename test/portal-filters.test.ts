// Filters in the portal: rows that a person edits and the API's JSON are the same filters, and times are the reader's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readSearchValue } from '../web/app/search-values.ts';
import {
  checkFilters,
  type Filters,
  faultsOfRows,
  filtersOfRows,
  newRow,
  parseJson,
  rowsOf,
} from '../web/components/filter-model.ts';
import type { FilterField } from '../web/components/filter-table.ts';
import { localText, timeOfLocal } from '../web/components/local-time.ts';
import { addressOfFilters, filtersOfAddress } from '../web/pages/activities/address.ts';
import { makeTenant } from './support/accounts.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let fields: readonly FilterField[];
before(async () => {
  server = await startTestServer();
  const { session } = await makePerson(server, await makeTenant(server.services), 'security-reader');
  const answer = await server.request('/management/v1/filter-fields/activities', { session });
  ({ fields } = answer.json<{ fields: readonly FilterField[] }>());
});
after(() => server.dispose());

const everyKind: Filters = {
  service: { eq: [11161, 20893], neq: [12260] },
  'activity.impersonated': { eq: [false] },
  'device.type': { eq: ['DESKTOP', null] },
  date: { range: [{ start: 1_700_000_000_000, end: 1_700_000_060_000 }, { end: 5 }], gte_ndays: 7.5 },
  created: { gt: 1_700_000_000_123, eq: [1, 2] },
  entity: { eq: [{ id: 'ada@contoso.example', saas: 11161, inst: 0 }, 'grace@contoso.example'] },
  'user.tags': { eq: [{ role: 1, adv: true }, '5f0000000000000000000000'] },
  'userAgent.userAgent': { isset: true, contains: ['Firefox "quoted"', "it's"] },
};

test('filters become rows and the same filters again', () => {
  const rows = rowsOf(everyKind, fields);
  assert.ok(rows);
  assert.equal(rows.length, 12);
  assert.deepEqual([...faultsOfRows(rows, fields)], []);
  assert.deepEqual(filtersOfRows(rows, fields), everyKind);
  assert.deepEqual(parseJson(JSON.stringify(everyKind), fields), { filters: everyKind });
});

test('what clients write in other ways is read as what it means', () => {
  const written = { 'activity.eventType': { eq: 'X' }, service: { eq: '11161' }, entity: { isset: false }, text: null };
  const checked = checkFilters(written, fields);
  assert.ok('filters' in checked);
  assert.deepEqual(filtersOfRows(rowsOf(checked.filters, fields) ?? [], fields), {
    'activity.eventActionType': { eq: ['X'] },
    service: { eq: [11161] },
    entity: { isnotset: true },
  });
});

test('rows are made of whatever an address says', () => {
  const { filters } = filtersOfAddress({ filters: '{"service": null, "text": {}}' });
  assert.deepEqual(rowsOf(filters, fields), []);
});

test('values of an address stay as they are written', () => {
  for (const text of ['12345678901234567890', '1e5', '1.0', 'null', '-0', '']) {
    assert.throws(() => readSearchValue(text), SyntaxError);
  }
  assert.deepEqual(readSearchValue('{"service":{"eq":[11161]}}'), { service: { eq: [11161] } });
  assert.equal(readSearchValue('"{quoted}"'), '{quoted}');
});

test('what is wrong in JSON is told with its place', () => {
  const kinds = (text: string) => {
    const read = parseJson(text, fields);
    return 'fault' in read ? [read.fault.kind, read.fault.name, read.fault.found] : [];
  };
  assert.deepEqual(kinds('[]'), ['shape', '', '[]']);
  assert.deepEqual(kinds('{"nothing": {"eq": [1]}}'), ['field', 'nothing', 'nothing']);
  assert.deepEqual(kinds('{"service": 5}'), ['shape', 'service', '5']);
  assert.deepEqual(kinds('{"service": {"contains": ["x"]}}'), ['operator', 'service', 'contains']);
  assert.deepEqual(kinds('{"service": {"eq": ["x"]}}'), ['value', 'service eq', '["x"]']);
  assert.deepEqual(kinds('{"device.type": {"eq": ["WATCH"]}}'), ['value', 'device.type eq', '["WATCH"]']);
  assert.deepEqual(kinds('{"date": {"range": [{}]}}'), ['value', 'date range', '[{}]']);
  const broken = parseJson('{\n  "service": {"eq": [1}\n}', fields);
  assert.ok('fault' in broken);
  assert.deepEqual([broken.fault.kind, broken.fault.line, broken.fault.column], ['syntax', 2, 23]);
});

test('a row is whole when it has what its operator takes, and no other row is the same', () => {
  const rows = [
    newRow('service', 'eq', ['']),
    newRow('service', 'neq', ['many']),
    newRow('entity', 'eq', ['{"id"']),
    newRow('user.username', 'eq', [' ada ', '']),
    newRow('user.username', 'eq', ['grace']),
  ];
  assert.deepEqual([...faultsOfRows(rows, fields).values()], ['empty', 'number', 'json', 'twice']);
  assert.deepEqual(filtersOfRows(rows.slice(0, 4), fields), { 'user.username': { eq: ['ada'] } });
});

test('the short forms of the address join its filters', () => {
  const written = JSON.stringify({ service: { neq: [1] }, text: { text: ['plan'] } });
  const { filters, isRead } = filtersOfAddress({ filters: written, service: '11161', user: 'ada@contoso.example' });
  assert.equal(isRead, true);
  assert.deepEqual(filters, {
    service: { neq: [1], eq: [11161] },
    text: { text: ['plan'] },
    'user.username': { eq: ['ada@contoso.example'] },
  });
  assert.deepEqual(filtersOfAddress({ filters: 'nonsense' }), { filters: {}, isRead: false });
  assert.equal(addressOfFilters({}).filters, undefined);
});

test('times are written and read in the time zone of the reader, also where it changes its clocks', () => {
  const time = Date.UTC(2026, 6, 1, 12, 30, 15);
  assert.equal(localText(time, 'UTC'), '2026-07-01T12:30:15');
  assert.equal(localText(time, 'Asia/Tokyo'), '2026-07-01T21:30:15');
  assert.equal(localText(Number.NaN, 'UTC'), '');
  assert.equal(timeOfLocal('nothing', 'UTC'), undefined);
  for (const zone of ['Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'UTC']) {
    for (const day of [Date.UTC(2026, 2, 29), Date.UTC(2026, 9, 25, 6), Date.UTC(2026, 10, 1, 12), time]) {
      assert.equal(timeOfLocal(localText(day, zone), zone), day, `${zone} ${day}`);
    }
  }
});
