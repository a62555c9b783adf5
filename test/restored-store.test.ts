// An event store that is restored from an older copy beside a control store of today: what comes in afterwards is looked
// at, although its batches have numbers that were given before.
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { insertActivities } from '../src/activities/store.ts';
import type { Services } from '../src/context.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { filtersOf, isOneOf } from '../src/policies/conditions.ts';
import { createPolicy } from '../src/policies/policies.ts';
import type { Policy } from '../src/policies/policy.ts';
import { startServer } from '../src/running/start.ts';
import { makeTenant } from './support/accounts.ts';
import { madeActivity } from './support/activities.ts';
import { ctxOf } from './support/ingestion.ts';
import { freePort } from './support/postgres-server.ts';
import { testConfig } from './support/services.ts';
import { openTestStore } from './support/store.ts';

test('what comes in after the event store was set back is evaluated, and log and audit say what was done', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-restore-'));
  const copy = join(folder, 'copy');
  const place = await openTestStore();
  const settings = {
    dataFolder: join(folder, 'data'),
    ...('postgresUrl' in place.where ? { databaseUrl: place.where.postgresUrl } : {}),
  };
  const file = join(settings.dataFolder, 'events.duckdb');
  let index = 0;
  const storeOne = async ({ events, clock }: Services, { id }: Tenant): Promise<string> => {
    const activity = madeActivity(index++, { timestamp: clock() + 1000, actionType: 'FileDownloaded' });
    await insertActivities(events, id, [activity]);
    return activity.id;
  };
  const matchesOf = async ({ store: { db } }: Services, { id }: Policy): Promise<string[]> => {
    const rows = await db.selectFrom('policyMatches').select('activityId').where('policyId', '=', id).execute();
    return rows.map(({ activityId }) => activityId);
  };
  /** Waits for the server's own followers. */
  const evaluated = async (services: Services, policy: Policy, activityId: string): Promise<void> => {
    for (let waited = 0; waited < 600; waited++) {
      if ((await matchesOf(services, policy)).includes(activityId)) return;
      await sleep(50);
    }
    assert.fail('the activity was not evaluated');
  };
  const during = async <T>(work: (services: Services) => Promise<T>): Promise<T> => {
    const config = testConfig(settings.dataFolder, { settings: { ...settings, port: await freePort() } });
    const running = await startServer(config, 'server');
    try {
      return await work(running.services);
    } finally {
      await running.stop();
    }
  };
  try {
    const [tenant, policy] = await during(async (services): Promise<[Tenant, Policy]> => {
      const made = await makeTenant(services);
      const ctx = ctxOf(services, made, ['Policies.manage']);
      const conditions = [isOneOf('actionType', 'FileDownloaded')];
      const filters = { filters: filtersOf(conditions), conditions };
      const created = await createPolicy(ctx, { name: 'Downloads', filters });
      await evaluated(services, created, await storeOne(services, made));
      return [made, created];
    });
    await copyFile(file, copy);
    await during(async (services) => {
      for (let batch = 0; batch < 3; batch++) await evaluated(services, policy, await storeOne(services, tenant));
    });
    await copyFile(copy, file);
    const hit = await during(async (services) => {
      const stored = await storeOne(services, tenant);
      await evaluated(services, policy, stored);
      const { db } = services.store;
      const audits = await db
        .selectFrom('auditRecords')
        .select('action')
        .where('tenantId', '=', tenant.id)
        .where('action', '=', 'activities.followers-taken-back')
        .execute();
      assert.equal(audits.length, 1);
      return stored;
    });
    // Nothing is left to do the next time.
    await during(async (services) => {
      const { db } = services.store;
      const audits = await db
        .selectFrom('auditRecords')
        .select('action')
        .where('action', '=', 'activities.followers-taken-back')
        .execute();
      assert.equal(audits.length, 1);
      const alerts = await db.selectFrom('alerts').select('id').where('policyId', '=', policy.id).execute();
      assert.equal(alerts.length, 5, `one for each activity that ever came in, ${hit} among them`);
    });
  } finally {
    await place.dispose();
    await rm(folder, { recursive: true, force: true });
  }
});
