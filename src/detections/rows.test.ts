import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeActivity, newTenantId, openTestEvents } from '../../test/support/activities.ts';
import { insertActivities } from '../activities/store.ts';
import { always } from '../events/sql.ts';
import { addressLocator } from '../subnets/addresses.ts';
import { listSeen, readRawRecords } from './rows.ts';

test('records that are too long to be held together are read each once, in order', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = newTenantId();
  const sizes = [10, 5_000_000, 5_000_000, 10, 9_000_000, 9_000_000, 10];
  const rows = sizes.map((size, index) =>
    madeActivity(index, { record: JSON.stringify({ rawDataJson: { index, padding: 'x'.repeat(size) } }) }),
  );
  await insertActivities(events, tenantId, rows);
  const nowhere = () => ({ countryCode: null, organization: null, asNumber: null });
  const scene = {
    services: { events },
    tenantId,
    range: { after: 0, upTo: 1 },
    kinds: [],
    ownDomains: new Set<string>(),
    locate: addressLocator([], nowhere),
    sensitivity: 'medium',
    settings: {},
  } as const;
  const seen = await listSeen(scene, always, 100);
  const read = await readRawRecords(scene, seen, (record, { id }) => [record.index, id]);
  const inOrder = rows.toSorted((left, right) => left.timestamp - right.timestamp);
  assert.deepEqual(
    read,
    inOrder.map((row) => [rows.indexOf(row), row.id]),
  );
});
