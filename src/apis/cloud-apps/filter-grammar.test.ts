import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { madeActivity, newTenantId, openTestEvents, someTime } from '../../../test/support/activities.ts';
import type { Activity } from '../../activities/activity.ts';
import { conditionsSql, type GroupDirectory, scopeSql } from '../../activities/filter-sql.ts';
import { activityFields } from '../../activities/filters.ts';
import { insertActivities, listStoredActivities } from '../../activities/store.ts';
import type { EventStore } from '../../events/events.ts';
import { dayMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { InvalidFilters } from './errors.ts';
import { parseFilters } from './filter-grammar.ts';

const external = '000000200000000000000000';
const ownGroup = '5f0000000000000000000001';
const now = someTime + 10 * dayMs;

const groups: GroupDirectory = {
  membersOf: async (ids) => (ids.includes(ownGroup) ? ['ada@contoso.example', 'nobody@contoso.example'] : []),
  groupIdsFrom: async (start) => (ownGroup.startsWith(start) ? [ownGroup] : []),
};

/** Four records, a to d, that differ in everything; d lacks all that a record may lack. */
const records: Record<string, Partial<Activity>> = {
  a: {},
  b: {
    timestamp: someTime + dayMs,
    appId: 20893,
    instance: 1,
    actionType: 'Set-Mailbox',
    eventType: 'EVENT_CATEGORY_UNSPECIFIED',
    eventTypeValue: 'EVENT_O365_EXCHANGE_GENERIC',
    isAdminEvent: true,
    userName: 'grace@fabrikam.example',
    userDomain: 'fabrikam.example',
    userTags: [external],
    ipAddress: '2001:db8::7',
    ipCategory: 4,
    ipTags: ['000000030000000000000000', '000000310000000000000000'],
    countryCode: 'DE',
    organization: 'Example Networks, Inc. virus_malware_file.exe',
    deviceType: 'MOBILE',
    userAgent: 'Outlook-iOS/2.0',
    userAgentTags: ['000000010000000000000000'],
    entities: ['grace@fabrikam.example|11161|0', '7d3c|20893|1'],
    objects: ['mailbox-7', 'plans.docx'],
    fileIds: [],
    policies: ['p1', 'p2'],
    source: 1,
    searchText: 'set-mailbox forwarding, mailbox-7 100% _sure_',
  },
  c: {
    timestamp: someTime + 9 * dayMs,
    isImpersonated: true,
    eventType: 'EVENT_CATEGORY_LOGIN',
    eventTypeValue: 'EVENT_AAD_LOGIN',
    deviceType: 'TABLET',
    countryCode: 'FR',
    organization: 'malware.exe hosting',
    userName: 'ada.lovelace@contoso.example',
    entities: ['ada.lovelace@contoso.example|11161|0'],
    objects: ['só|æ'],
  },
  d: {
    timestamp: someTime + 5 * dayMs,
    userName: '',
    userDomain: '',
    ipAddress: null,
    ipCategory: null,
    countryCode: null,
    organization: null,
    deviceType: null,
    userAgent: null,
    entities: [],
    objects: [],
    fileIds: [],
    source: 5,
  },
};

async function storeRecords(events: EventStore): Promise<TenantId> {
  const tenantId = newTenantId();
  const rows = Object.entries(records).map(([letter, changes], index) =>
    madeActivity(index, { ...changes, record: letter }),
  );
  await insertActivities(events, tenantId, rows);
  return tenantId;
}

async function found(events: EventStore, tenantId: TenantId, filters: unknown): Promise<string> {
  const where = await conditionsSql(parseFilters(filters, activityFields, 1000), now, groups);
  const page = { where, sortBy: 'timestamp', direction: 'asc', skip: 0, limit: 100 } as const;
  const rows = await listStoredActivities(events, tenantId, page);
  return rows
    .map((row) => row.record)
    .sort()
    .join('');
}

const grace = { id: 'grace@fabrikam.example', saas: 11161, inst: 0 };

/** Filters, and the records that they must find. */
const cases: [unknown, string][] = [
  [undefined, 'abcd'],
  [null, 'abcd'],
  [{}, 'abcd'],
  [{ service: null, actionType: { eq: ['Set-Mailbox'] } }, 'b'],
  [{ service: { eq: [20893] } }, 'b'],
  [{ service: { eq: 20893 } }, 'b'],
  [{ service: { eq: '20893' } }, 'b'],
  [{ service: { eq: [20893, 15600] } }, 'abcd'],
  [{ service: { eq: [] } }, ''],
  [{ service: { neq: [20893] } }, 'acd'],
  [{ service: { deq: [20893] } }, 'acd'],
  [{ service: { eq: [15600], neq: [15600] } }, ''],
  [{ service: { eq: 15600 }, instance: { eq: 1 } }, ''],
  [{ instance: { eq: 1 } }, 'b'],
  [{ 'activity.eventActionType': { eq: ['EVENT_CATEGORY_LOGIN'] } }, 'c'],
  [{ 'activity.eventType': { eq: ['EVENT_AAD_LOGIN'] } }, 'c'],
  [{ 'activity.actionType': { neq: ['EVENT_AAD_LOGIN'] } }, 'abd'],
  [{ actionType: { eq: ['Set-Mailbox'] } }, 'b'],
  [{ actionType: { contains: ['set-mailbox'] } }, 'b'],
  [{ actionType: { contains: ['mailbox'] } }, ''],
  [{ actionType: { ncontains: ['set-mailbox'] } }, 'acd'],
  [{ actionType: { startswith: ['set-', 'x'] } }, 'b'],
  [{ actionType: { doesnotstartwith: ['set-'] } }, 'acd'],
  [{ actionType: { endswith: ['loaded'] } }, 'acd'],
  [{ actionType: { startswithsingle: 'file' } }, 'acd'],
  [{ actionType: { isset: true } }, 'abcd'],
  [{ 'activity.type': { eq: true } }, 'b'],
  [{ 'activity.type': { eq: 'false' } }, 'acd'],
  [{ 'activity.impersonated': { eq: ['true'] } }, 'c'],
  [{ 'activity.id': { eq: madeActivity(0).id } }, 'a'],
  [{ 'activity.id': { eq: ['nothing'] } }, ''],
  [{ activityObject: { eq: ['plans.docx'] } }, 'ab'],
  [{ activityObject: { eq: ['só|æ'] } }, 'c'],
  [{ activityObject: { eq: ['plans'] } }, ''],
  [{ activityObject: { neq: ['plans.docx'] } }, 'cd'],
  [{ activityObject: { deq: ['plans.docx'] } }, 'abc'],
  [{ activityObject: { deq: ['plans.docx', 'mailbox-7'] } }, 'ac'],
  [{ activityObject: { eq: Array.from({ length: 30 }, (_, index) => `x${index}`).concat('mailbox-7') } }, 'b'],
  [{ 'device.type': { eq: ['MOBILE', null] } }, 'bd'],
  [{ 'device.type': { eq: ['mobile', 'null'] } }, 'bd'],
  [{ 'device.type': { neq: ['DESKTOP'] } }, 'bcd'],
  [{ 'device.type': { neq: [null] } }, 'abc'],
  [{ 'device.type': { deq: ['DESKTOP'] } }, 'bc'],
  [{ 'userAgent.userAgent': { contains: ['chrome'] } }, ''],
  [{ 'userAgent.userAgent': { contains: ['windows'] } }, ''],
  [{ 'userAgent.userAgent': { contains: ['nt'] } }, 'ac'],
  [{ 'userAgent.userAgent': { ncontains: ['NT'] } }, 'bd'],
  [{ 'userAgent.tags': { eq: ['000000010000000000000000'] } }, 'b'],
  [{ 'userAgent.tags': { neq: ['000000010000000000000000'] } }, 'acd'],
  [{ 'location.country': { eq: ['de', 'FR'] } }, 'bc'],
  [{ 'location.country': { neq: ['DE'] } }, 'acd'],
  [{ 'location.country': { neq: ['DE'], isset: true } }, 'ac'],
  [{ 'location.country': { isnotset: true } }, 'd'],
  [{ 'location.country': { isset: false } }, 'd'],
  [{ 'location.organizations': { contains: ['malware'] } }, 'bc'],
  [{ 'location.organizations': { contains: ['malw'] } }, ''],
  [{ 'location.organizations': { contains: ['malware.exe'] } }, 'bc'],
  [{ 'location.organizations': { contains: ['"malware.exe"'] } }, 'c'],
  [{ 'location.organizations': { contains: ['"Networks, Inc"'] } }, 'b'],
  [{ 'location.organizations': { eq: ['Contoso'] } }, 'a'],
  [{ 'ip.address': { eq: ['2001:0DB8:0:0::7'] } }, 'b'],
  [{ 'ip.address': { eq: '::ffff:192.0.2.17' } }, 'ac'],
  [{ 'ip.address': { startswith: ['192.0.'] } }, 'ac'],
  [{ 'ip.address': { doesnotstartwith: ['192.0.'] } }, 'bd'],
  [{ 'ip.category': { eq: [4] } }, 'b'],
  [{ 'ip.category': { neq: [1] } }, 'bd'],
  [{ 'ip.tags': { eq: ['000000310000000000000000'] } }, 'b'],
  [{ fileId: { eq: 'file-2' } }, 'c'],
  [{ text: { text: 'MAILBOX forwarding' } }, 'b'],
  [{ text: { text: 'forwarding plans' } }, ''],
  [{ text: { text: '100%' } }, 'b'],
  [{ text: { eq: ['download file'] } }, 'acd'],
  [{ text: { eq: ['nload fil'] } }, ''],
  [{ text: { startswithsingle: 'forw' } }, 'b'],
  [{ text: { startswithsingle: 'orward' } }, ''],
  [{ policy: { eq: ['p2'] } }, 'b'],
  [{ policy: { isnotset: true } }, 'acd'],
  [{ source: { eq: [1, 5] } }, 'bd'],
  [{ date: { gte: someTime + dayMs } }, 'bcd'],
  [{ date: { gt: someTime + dayMs, lt: someTime + 9 * dayMs } }, 'd'],
  [{ date: { lte: String(someTime + dayMs) } }, 'ab'],
  [
    { date: { range: [{ start: someTime + dayMs, end: someTime + 2 * dayMs }, { start: someTime + 9 * dayMs }] } },
    'bc',
  ],
  [{ date: { range: { start: someTime, end: someTime + 6 * dayMs } } }, 'abd'],
  [{ date: { gte_ndays: 5 } }, 'cd'],
  [{ date: { lte_ndays: 6 } }, 'ab'],
  [{ created: { eq: someTime + 60_000 } }, 'a'],
  [{ entity: { eq: [grace] } }, 'b'],
  [{ entity: { eq: grace } }, 'b'],
  [{ entity: { eq: JSON.stringify([grace]) } }, 'b'],
  [{ entity: { eq: [JSON.stringify(grace)] } }, 'b'],
  [{ entity: { eq: Buffer.from(JSON.stringify(grace)).toString('base64') } }, 'b'],
  [{ entity: { eq: [Buffer.from(JSON.stringify(grace)).toString('base64url')] } }, 'b'],
  [{ entity: { eq: [{ id: 'GRACE@fabrikam.example', inst: 0 }] } }, 'b'],
  [{ entity: { eq: [{ id: 'grace@fabrikam.example' }] } }, 'b'],
  [{ entity: { eq: 'grace@fabrikam.example' } }, 'b'],
  [{ entity: { eq: [{ ...grace, saas: 1 }] } }, ''],
  [{ entity: { eq: [{ ...grace, inst: 1 }] } }, ''],
  [{ entity: { neq: [grace] } }, 'acd'],
  [{ entity: { isnotset: true } }, 'd'],
  [{ entity: { startswith: ['ada'] } }, 'ac'],
  [{ 'user.username': { eq: ['GRACE@fabrikam.example'] } }, 'b'],
  [{ 'user.username': { neq: ['grace@fabrikam.example'] } }, 'acd'],
  [{ 'user.username': { startswith: ['ada'] } }, 'ac'],
  [{ 'user.username': { isset: 'true' } }, 'abc'],
  [{ 'user.domain': { eq: ['Fabrikam.example'] } }, 'b'],
  [{ 'user.tags': { eq: [external] } }, 'b'],
  [{ 'user.tags': { eq: [{ role: 1, adv: true }, ownGroup] } }, 'a'],
  [{ 'user.tags': { eq: [ownGroup, external] } }, 'ab'],
  [{ 'user.tags': { neq: [ownGroup] } }, 'bcd'],
  [{ 'user.tags': { startswith: ['5f'] } }, 'a'],
  [{ 'user.tags': { startswith: ['0000002'] } }, 'b'],
  [{ 'user.tags': { isset: true } }, 'ab'],
  [{ 'user.tags': { isnotset: true } }, 'cd'],
];

test('every field and operator finds exactly the records it should', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = await storeRecords(events);
  for (const [filters, expected] of cases) {
    assert.equal(await found(events, tenantId, filters), expected, JSON.stringify(filters));
  }
});

test('a scope reaches the named instances and groups, and nothing when it names nothing', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = await storeRecords(events);
  const seen = async (instances: { appId: number; instance: number }[], groupIds: string[]) => {
    const where = await scopeSql({ all: false, instances, groupIds, reportIds: ['r'] }, groups);
    const rows = await listStoredActivities(events, tenantId, {
      where,
      sortBy: 'timestamp',
      direction: 'asc',
      skip: 0,
      limit: 9,
    });
    return rows
      .map((row) => row.record)
      .sort()
      .join('');
  };
  assert.equal(await seen([], []), '');
  assert.equal(await seen([{ appId: 20893, instance: 1 }], []), 'b');
  assert.equal(await seen([{ appId: 20893, instance: 0 }], []), '');
  assert.equal(await seen([], [ownGroup]), 'a');
  assert.equal(await seen([], [external]), 'b');
  assert.equal(await seen([{ appId: 20893, instance: 1 }], [ownGroup]), 'ab');
});

/** Filters, and the field and value that the error must name. */
const wrong: [unknown, string, string][] = [
  [5, 'filters', '5'],
  ['text', 'filters', 'text'],
  [[{}], 'filters', '[{}]'],
  [{ nonsense: { eq: 1 } }, 'nonsense', 'nonsense'],
  [{ constructor: { eq: 1 } }, 'constructor', 'constructor'],
  [{ service: 5 }, 'service', '5'],
  [{ service: [5] }, 'service', '[5]'],
  [{ service: { contains: 'x' } }, 'service', 'contains'],
  [{ service: { eq: ['x'] } }, 'service', 'x'],
  [{ service: { eq: [null] } }, 'service', 'null'],
  [{ service: { eq: 1.5 } }, 'service', '1.5'],
  [{ service: { eq: 2 ** 31 } }, 'service', '2147483648'],
  [{ service: { eq: [[1]] } }, 'service', '[1]'],
  [{ service: { toString: 1 } }, 'service', 'toString'],
  [{ source: { eq: [4] } }, 'source', '4'],
  [{ source: { eq: [{ 's:stream-id': 1 }] } }, 'source', '{"s:stream-id":1}'],
  [{ 'ip.category': { eq: 7 } }, 'ip.category', '7'],
  [{ 'ip.address': { eq: 'not an address' } }, 'ip.address', 'not an address'],
  [{ 'device.type': { eq: 'WATCH' } }, 'device.type', 'WATCH'],
  [{ 'activity.type': { eq: 'maybe' } }, 'activity.type', 'maybe'],
  [{ date: { gte: 'yesterday' } }, 'date', 'yesterday'],
  [{ date: { gte: [1, 2] } }, 'date', '[1,2]'],
  [{ date: { gte: 1e300 } }, 'date', '1e+300'],
  [{ date: { range: [1] } }, 'date', '1'],
  [{ date: { range: [{}] } }, 'date', '{}'],
  [{ date: { gte_ndays: -1 } }, 'date', '-1'],
  [{ date: { gte_ndays: 40_000 } }, 'date', '40000'],
  [{ text: { text: '' } }, 'text', ''],
  [{ text: { eq: {} } }, 'text', '{}'],
  [{ policy: { isset: 'perhaps' } }, 'policy', 'perhaps'],
  [{ entity: { eq: '[{"id":' } }, 'entity', '[{"id":'],
  [{ entity: { eq: [{ id: 1, saas: 'x' }] } }, 'entity', '{"id":1,"saas":"x"}'],
  [{ 'user.tags': { eq: [{ role: 2, adv: true }] } }, 'user.tags', '{"role":2,"adv":true}'],
  ...['user.orgUnit', 'activity.takenAction', 'device.tags'].map((field): [unknown, string, string] => [
    { [field]: { eq: ['x'] } },
    field,
    field,
  ]),
];

test('what cannot be used is refused, naming field and value', () => {
  for (const [filters, field, value] of wrong) {
    assert.throws(
      () => parseFilters(filters, activityFields, 1000),
      (error: unknown) =>
        error instanceof InvalidFilters && error.problems.some((each) => each.field === field && each.value === value),
      JSON.stringify(filters),
    );
  }
});

test('all wrong values of a request are named at once', () => {
  assert.throws(
    () => parseFilters({ service: { eq: ['x', 1, 'y'] }, nonsense: {}, date: { gte: 'z' } }, activityFields, 1000),
    (error: unknown) =>
      error instanceof InvalidFilters && error.problems.map((each) => each.value).join() === 'x,y,nonsense,z',
  );
});

test('values are counted over all conditions, and too many are refused', () => {
  const ten = Array.from({ length: 10 }, (_, index) => index);
  assert.equal(parseFilters({ service: { eq: ten, neq: ten } }, activityFields, 20).length, 2);
  assert.throws(() => parseFilters({ service: { eq: ten, neq: ten } }, activityFields, 19), InvalidFilters);
  assert.throws(() => parseFilters({ service: { eq: Array(10_000).fill(1) } }, activityFields, 1000), InvalidFilters);
});

const fieldNames = activityFields.flatMap((field) => [...field.names]);
const operatorNames = [
  ...new Set(activityFields.flatMap((field) => ('operators' in field ? [...field.operators] : []))),
];

test('whatever comes in becomes conditions that run, or the documented error', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = await storeRecords(events);
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(
      '%',
      '_',
      "'",
      '"x"',
      '"',
      '\u0000',
      '\ud800',
      '\u001f',
      '\u001e',
      'null',
      'true',
      'eyJ',
      '[]',
      '\\',
      '?',
      '$1',
    ),
    fc.constantFrom('DESKTOP', '192.0.2.17', external, ownGroup, 2, someTime),
  );
  const range = fc.record({ start: fc.option(fc.integer()), end: fc.option(fc.integer()) });
  const operand = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 12 }),
    fc.array(range, { maxLength: 2 }),
    fc.jsonValue(),
  );
  const likely = fc.dictionary(
    fc.constantFrom(...fieldNames),
    fc.dictionary(fc.constantFrom(...operatorNames), operand, { maxKeys: 2 }),
    { maxKeys: 3 },
  );
  let accepted = 0;
  const property = fc.asyncProperty(
    fc.oneof({ weight: 6, arbitrary: likely }, { weight: 1, arbitrary: fc.jsonValue() }),
    async (filters) => {
      try {
        await found(events, tenantId, filters);
        accepted++;
      } catch (error) {
        assert.ok(error instanceof InvalidFilters, String(error));
        assert.ok(error.problems.length > 0);
      }
    },
  );
  await fc.assert(property, { numRuns: 400 });
  assert.ok(accepted > 20, `only ${accepted} filters were accepted`);
});
