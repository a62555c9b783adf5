import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { madeActivity, newTenantId, openTestEvents, someTime } from '../../test/support/activities.ts';
import { name, sql } from '../events/sql.ts';
import { countRemembering, listRemembering } from './remembered.ts';
import { countStoredActivities, insertActivities, listStoredActivities } from './store.ts';

test('a question that is asked again has the answer of a store that remembers nothing, whatever came in between', async (t) => {
  const { events } = await openTestEvents(t);
  const step = fc.record({
    times: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 6 }),
    appId: fc.constantFrom(1, 2),
    page: fc.record({
      sortBy: fc.constantFrom('timestamp' as const, 'created' as const),
      direction: fc.constantFrom('asc' as const, 'desc' as const),
      skip: fc.integer({ min: 0, max: 2 }),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
    asked: fc.constantFrom(1, 2, 3),
  });
  let made = 0;
  const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
    const tenantId = newTenantId();
    for (const { times, appId, page, asked } of steps) {
      const rows = times.map((time) => madeActivity(++made, { timestamp: someTime + time, appId }));
      await insertActivities(events, tenantId, rows);
      const where = sql`${name('appId')} <= ${asked}`;
      assert.deepEqual(
        await listRemembering(events, tenantId, { where, ...page }),
        await listStoredActivities(events, tenantId, { where, ...page }),
      );
      assert.equal(
        await countRemembering(events, tenantId, where, 5),
        await countStoredActivities(events, tenantId, where, 5),
      );
    }
  });
  await fc.assert(property, { numRuns: 12 });
});
