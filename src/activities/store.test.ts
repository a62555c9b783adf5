import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeActivity, newTenantId, openTestEvents } from '../../test/support/activities.ts';
import { activitiesTable } from '../events/catalogue.ts';
import { always, name, sql } from '../events/sql.ts';
import { countStoredActivities, insertActivities, listStoredActivities } from './store.ts';

const newest = { where: always, sortBy: 'timestamp', direction: 'desc', skip: 0, limit: 100 } as const;

test('every member of an activity comes back from its own column', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = newTenantId();
  const activity = madeActivity(1, {
    isAdminEvent: true,
    userTags: ['000000200000000000000000', 'x'],
    ipTags: ['00000004'],
    userAgentTags: ['t'],
    policies: ['p1', 'p2', 'p1'],
    organization: 'Contoso \u001e Ltd \u001f \u0000 日本 🙂',
    record: '{"nul":"\u0000","text":"日本 🙂"}',
    countryCode: null,
    userName: '',
    source: 5,
  });
  await insertActivities(events, tenantId, [activity]);
  const columns = activitiesTable.columns
    .map((column) => name(column.name))
    .reduce((all, each) => sql`${all}, ${each}`);
  const [row = []] = await events.query(sql`select ${columns} from activities`);
  const stored = Object.fromEntries(activitiesTable.columns.map((column, index) => [column.name, row[index]]));
  const set = (...elements: string[]) => ['', ...elements, ''].join('\u001f');
  assert.deepEqual(stored, {
    ...activity,
    tenantId,
    userTags: set('000000200000000000000000', 'x'),
    ipTags: set('00000004'),
    userAgentTags: set('t'),
    entities: set('ada@contoso.example|11161|0', 'ada@contoso.example||0'),
    objects: set('file-1', 'plans.docx'),
    fileIds: set('file-1'),
    policies: set('p1', 'p2'),
    organization: 'Contoso \u001e Ltd \u001f \u0000 日本 🙂',
    userName: null,
  });
});

test('an id is stored once, whether it comes twice in a batch, in two batches or in two batches at once', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = newTenantId();
  const rows = Array.from({ length: 3000 }, (_, index) => madeActivity(index));
  assert.deepEqual(await insertActivities(events, tenantId, [...rows.slice(0, 10), ...rows.slice(0, 10)]), {
    stored: 10,
    duplicates: 10,
  });
  const results = await Promise.all([
    insertActivities(events, tenantId, rows.slice(0, 2000)),
    insertActivities(events, tenantId, rows.slice(1000)),
    insertActivities(events, tenantId, rows.slice(500, 1500)),
  ]);
  assert.equal(
    results.reduce((sum, each) => sum + each.stored, 0),
    2990,
  );
  assert.equal(
    results.reduce((sum, each) => sum + each.duplicates, 0),
    2010,
  );
  assert.equal(await countStoredActivities(events, tenantId, always, 10_000), 3000);
});

test('another tenant may store the same ids and sees only its own records', async (t) => {
  const { events } = await openTestEvents(t);
  const [one, other] = [newTenantId(), newTenantId()];
  await insertActivities(events, one, [madeActivity(1), madeActivity(2)]);
  assert.deepEqual(await insertActivities(events, other, [madeActivity(1, { record: '{}' })]), {
    stored: 1,
    duplicates: 0,
  });
  assert.deepEqual(
    (await listStoredActivities(events, other, newest)).map((row) => row.record),
    ['{}'],
  );
  assert.equal(await countStoredActivities(events, other, always, 10), 1);
  assert.equal((await listStoredActivities(events, newTenantId(), newest)).length, 0);
});

test('records of one millisecond keep one order in both directions', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = newTenantId();
  const timestamp = 1_700_000_000_000;
  const rows = Array.from({ length: 50 }, (_, index) =>
    madeActivity(index, { timestamp, id: `${timestamp}_${index % 7}-${index}` }),
  );
  await insertActivities(events, tenantId, rows);
  const down = await listStoredActivities(events, tenantId, newest);
  const up = await listStoredActivities(events, tenantId, { ...newest, direction: 'asc' });
  assert.equal(new Set(down.map((row) => row.id)).size, 50);
  assert.deepEqual(
    down.map((row) => row.id),
    up.map((row) => row.id).reverse(),
  );
});

test('an empty batch is nothing to do', async (t) => {
  const { events } = await openTestEvents(t);
  assert.deepEqual(await insertActivities(events, newTenantId(), []), { stored: 0, duplicates: 0 });
});
