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
import { chooseHuntingRetention } from './retention-choices.ts';

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

test('a tenant that chose to keep data for a shorter time keeps them so long, tables with a choice of their own for theirs', async () => {
  const services = await testServices();
  try {
    const [brief, usual] = [await makeTenant(services), await makeTenant(services)];
    const kept = async () => {
      const counts: unknown[] = [];
      for (const { id } of [brief, usual]) {
        for (const table of ['DeviceProcessEvents', 'DeviceEvents']) {
          counts.push(...(await huntedRows(services, id, `${table} | count`)).flat());
        }
      }
      return counts.map(Number);
    };
    for (const tenant of [brief, usual]) {
      const body = (async function* () {
        for (const table of ['DeviceProcessEvents', 'DeviceEvents']) {
          yield Buffer.from(`${JSON.stringify({ ...processEvent(1), category: `AdvancedHunting-${table}` })}\n`);
        }
      })();
      await ingestHunting(ctxOf(services, tenant, ['Ingest.write']), body, { source: 'test' });
    }
    const choosing = ctxOf(services, brief, ['Settings.manage']);
    await chooseHuntingRetention(choosing, { days: 20, tables: { deviceevents: 10 } });
    assert.deepEqual(await kept(), [1, 1, 1, 1]);
    services.testClock.advance(11 * dayMs);
    await pruneHunting(services);
    assert.deepEqual(await kept(), [1, 0, 1, 1]);
    services.testClock.advance(10 * dayMs);
    await pruneHunting(services);
    assert.deepEqual(await kept(), [0, 0, 1, 1]);
    await assert.rejects(chooseHuntingRetention(choosing, { days: 31 }), /1 to 30 days/);
  } finally {
    await services.dispose();
  }
});
