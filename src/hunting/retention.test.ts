import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { huntedRows, processEvent } from '../../test/support/hunting.ts';
import { ctxOf } from '../../test/support/ingestion.ts';
import { testServices } from '../../test/support/services.ts';
import type { Tenant } from '../directory/tenants.ts';
import { dayMs } from '../lib/clock.ts';
import { ingestHunting } from './ingest/ingest.ts';
import { pruneHunting } from './retention.ts';

test('data go when they have been here for as long as the tenant keeps them, however old they are', async () => {
  const services = await testServices();
  try {
    const [usual, patient] = [await makeTenant(services), await makeTenant(services)];
    const kept = { ...services, config: { ...services.config, huntingKeepDaysOf: [`${patient.slug}=1000`] } };
    const take = async (tenant: Tenant, index: number): Promise<void> => {
      const body = (async function* () {
        yield Buffer.from(JSON.stringify(processEvent(index)));
      })();
      await ingestHunting(ctxOf(services, tenant, ['Ingest.write']), body, { source: 'test' });
    };
    const ids = async (tenant: Tenant) =>
      (await huntedRows(services, tenant.id, 'DeviceProcessEvents | project ProcessId | sort by ProcessId asc')).flat();
    for (const tenant of [usual, patient]) await take(tenant, 1);
    services.testClock.advance(20 * dayMs);
    for (const tenant of [usual, patient]) await take(tenant, 2);
    await pruneHunting(kept);
    assert.deepEqual(
      [await ids(usual), await ids(patient)],
      [
        [1n, 2n],
        [1n, 2n],
      ],
    );
    services.testClock.advance(11 * dayMs);
    await pruneHunting(kept);
    assert.deepEqual([await ids(usual), await ids(patient)], [[2n], [1n, 2n]]);
    services.testClock.advance(990 * dayMs);
    await pruneHunting(kept);
    assert.deepEqual([await ids(usual), await ids(patient)], [[], []]);
  } finally {
    await services.dispose();
  }
});
