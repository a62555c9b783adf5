import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type PolicyBed, policyBedOf } from '../../test/support/policies.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { Services } from '../context.ts';
import { dayMs, hourMs } from '../lib/clock.ts';
import { InvalidInput, StoreUnavailable } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { cancelBackfill, getBackfill, requestBackfill, startBackfills } from './backfills.ts';
import { isOneOf } from './conditions.ts';
import { type DryRun, dryRunPolicy } from './dry-run.ts';
import type { Period } from './period.ts';
import { deletePolicy } from './policies.ts';
import type { Repetition } from './policy.ts';

const downloads = isOneOf('actionType', 'FileDownloaded');
const repeated: Repetition = { count: 3, windowMinutes: 30, sameUser: true, sameApp: true, uniqueTargets: false };

describe('policies over stored activities', () => {
  let services: TestServices;
  let bed: PolicyBed;

  before(async () => {
    services = await testServices();
  });
  after(async () => await services.dispose());

  async function runAll(others: Services = services): Promise<void> {
    const runner = startBackfills(others);
    await runner.settled();
    await runner.stop();
  }

  function period(days: number): Period {
    const until = services.clock();
    return { from: until - days * dayMs, until };
  }

  /** Three days of activities that happened before any policy was made, one every ten minutes. */
  async function storeThreeDays(): Promise<void> {
    bed = await policyBedOf(services);
    const count = 3 * 24 * 6;
    await bed.store(
      Array.from({ length: count }, (_, index) => ({
        second: -600 * (count - index),
        userName: index % 4 === 0 ? 'bob@contoso.example' : 'ada@contoso.example',
        actionType: index % 3 === 0 ? 'FileUploaded' : 'FileDownloaded',
      })),
    );
  }

  async function raisedBy(
    policyId: string,
  ): Promise<readonly { readonly title: string; readonly activityIds: readonly string[] }[]> {
    const rows = await services.store.db.selectFrom('alerts').select('body').where('policyId', '=', policyId).execute();
    return rows.map(({ body }) => JSON.parse(body) as { title: string; activityIds: string[] });
  }

  const sorted = (lists: readonly { readonly activityIds: readonly string[] }[]) =>
    lists.map(({ activityIds }) => activityIds.join()).sort();

  test('a dry run writes nothing and finds what the backfill then raises', async () => {
    await storeThreeDays();
    for (const rest of [
      { dailyAlertLimit: 5 },
      { repetition: repeated },
      { repetition: repeated, dailyAlertLimit: 2 },
    ]) {
      const policy = await bed.policy([downloads], rest);
      const asked = period(4);
      const trial: DryRun = await dryRunPolicy(bed.ctx, policy.id, asked);
      assert.equal(trial.isComplete, true);
      assert.ok(trial.alerts > 0);
      assert.deepEqual(await raisedBy(policy.id), []);
      assert.deepEqual(await bed.matches(policy), []);
      const { id } = await requestBackfill(bed.ctx, policy.id, asked);
      await runAll();
      const done = await getBackfill(bed.ctx, id);
      assert.deepEqual([done.state, done.progress], ['done', 1]);
      assert.deepEqual([done.matches, done.alerts, done.heldBack], [trial.matches, trial.alerts, trial.heldBack]);
      assert.deepEqual(sorted(await raisedBy(policy.id)).slice(0, 50), sorted(trial.samples).slice(0, 50));
    }
  });

  test('a backfill that is asked for again raises nothing again', async () => {
    await storeThreeDays();
    const policy = await bed.policy([downloads], { repetition: repeated });
    await requestBackfill(bed.ctx, policy.id, period(4));
    await runAll();
    const before = (await raisedBy(policy.id)).length;
    const { id } = await requestBackfill(bed.ctx, policy.id, period(4));
    await runAll();
    assert.equal((await getBackfill(bed.ctx, id)).alerts, 0);
    assert.equal((await raisedBy(policy.id)).length, before);
  });

  test('a backfill goes on after a restart where it was, and ends with the same alerts', async () => {
    await storeThreeDays();
    const policy = await bed.policy([downloads], { dailyAlertLimit: 500 });
    const { alerts } = await dryRunPolicy(bed.ctx, policy.id, period(4));
    const { id } = await requestBackfill(bed.ctx, policy.id, period(4));
    let changes = 0;
    // The store is lost in the second slice, after its alerts were written and before they were committed.
    const dying: Services = {
      ...services,
      store: {
        ...services.store,
        change: (tenants, work) =>
          services.store.change(tenants, async (trx) => {
            const result = await work(trx);
            if (++changes === 2) throw new StoreUnavailable('unreachable', 'The store is gone.');
            return result;
          }),
      },
    };
    const runner = startBackfills(dying);
    await assert.rejects(runner.settled(), StoreUnavailable);
    await runner.stop();
    const halfway = await getBackfill(bed.ctx, id);
    assert.equal(halfway.state, 'running');
    assert.ok(halfway.progress > 0 && halfway.progress < 1 && halfway.alerts > 0 && halfway.alerts < alerts);
    await runAll();
    const done = await getBackfill(bed.ctx, id);
    assert.deepEqual([done.state, done.alerts, (await raisedBy(policy.id)).length], ['done', alerts, alerts]);
  });

  test('a backfill that was cancelled or whose policy is gone raises nothing more', async () => {
    await storeThreeDays();
    const policy = await bed.policy([downloads]);
    const { id } = await requestBackfill(bed.ctx, policy.id, period(4));
    assert.equal((await cancelBackfill(bed.ctx, id)).state, 'cancelled');
    const gone = await bed.policy([downloads]);
    await requestBackfill(bed.ctx, gone.id, period(4));
    await deletePolicy(bed.ctx, gone.id);
    await runAll();
    assert.deepEqual([...(await raisedBy(policy.id)), ...(await raisedBy(gone.id))], []);
  });

  /** The services, telling whose slice is committed next, and how many tenants are being worked for at once at most. */
  function watched(
    settings: Partial<Services['config']>,
    before: (tenantId: TenantId) => Promise<void> = async () => {},
  ) {
    const order: TenantId[] = [];
    const asking: string[] = [];
    let most = 0;
    const others: Services = {
      ...services,
      config: { ...services.config, ...settings },
      events: {
        ...services.events,
        id: () => services.events.id(),
        query: async (query) => {
          const [tenantId] = query.values.flatMap((value) =>
            typeof value === 'object' && value !== null && 'uuid' in value ? [value.uuid] : [],
          );
          // A turn asks several things side by side.
          asking.push(tenantId ?? '');
          most = Math.max(most, new Set(asking).size);
          try {
            return await services.events.query(query);
          } finally {
            asking.splice(asking.indexOf(tenantId ?? ''), 1);
          }
        },
      },
      store: {
        ...services.store,
        change: async (tenants, work) => {
          const tenantId = [tenants].flat()[0] as TenantId;
          await before(tenantId);
          try {
            return await services.store.change(tenants, work);
          } finally {
            order.push(tenantId);
          }
        },
      },
    };
    return { others, order, most: () => most };
  }

  test('tenants take turns, a slice each: who asked for little does not wait for who asked for much', async () => {
    const beds: PolicyBed[] = [];
    for (const days of [4, 4, 1]) {
      await storeThreeDays();
      beds.push(bed);
      const policy = await bed.policy([downloads], { dailyAlertLimit: 3 });
      await requestBackfill(bed.ctx, policy.id, period(days));
      services.testClock.advance(1000);
    }
    const tenants = beds.map(({ tenant }) => tenant.id);
    const { others, order, most } = watched({ policyBackfillsAtOnce: 1 });
    await runAll(others);
    assert.deepEqual(order.slice(0, 3), tenants);
    assert.deepEqual(order.slice(3, 6), tenants, 'the second slice of each, in turn');
    assert.equal(most(), 1);
    assert.ok(order.lastIndexOf(tenants[2] as TenantId) < order.lastIndexOf(tenants[0] as TenantId));
  });

  test('no more tenants are worked for at once than the setting allows, and a tenant has one backfill at a time', async () => {
    const ids: string[] = [];
    const beds: PolicyBed[] = [];
    for (let count = 0; count < 4; count++) {
      await storeThreeDays();
      beds.push(bed);
      for (let each = 0; each < 2; each++) {
        const policy = await bed.policy([downloads], { dailyAlertLimit: 2 });
        ids.push((await requestBackfill(bed.ctx, policy.id, period(4))).id);
      }
    }
    const { others, most } = watched({ policyBackfillsAtOnce: 2 });
    await runAll(others);
    assert.ok(most() <= 2, `${most()} at once`);
    for (const [index, id] of ids.entries()) {
      assert.equal((await getBackfill((beds[Math.floor(index / 2)] as PolicyBed).ctx, id)).state, 'done');
    }
  });

  test('one that is cancelled while it runs writes nothing more, and the others go on', async () => {
    await storeThreeDays();
    const [first, firstPolicy] = [bed, await bed.policy([downloads], { dailyAlertLimit: 3 })];
    const { id } = await requestBackfill(first.ctx, firstPolicy.id, period(4));
    await storeThreeDays();
    const policy = await bed.policy([downloads], { dailyAlertLimit: 3 });
    const other = await requestBackfill(bed.ctx, policy.id, period(4));
    let slices = 0;
    const { others } = watched({ policyBackfillsAtOnce: 2 }, async (tenantId) => {
      if (tenantId === first.tenant.id && ++slices === 2) await cancelBackfill(first.ctx, id);
    });
    await runAll(others);
    const cancelled = await getBackfill(first.ctx, id);
    assert.deepEqual([cancelled.state, slices], ['cancelled', 2]);
    assert.equal((await raisedBy(firstPolicy.id)).length, cancelled.alerts);
    assert.equal((await getBackfill(bed.ctx, other.id)).state, 'done');
  });

  test('a period that is empty, turned round or too long is refused', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    const now = services.clock();
    for (const wrong of [
      { from: now, until: now },
      { from: now, until: now - hourMs },
      { from: now - 1000 * dayMs, until: now },
    ]) {
      await assert.rejects(dryRunPolicy(bed.ctx, policy.id, wrong), InvalidInput);
      await assert.rejects(requestBackfill(bed.ctx, policy.id, wrong), InvalidInput);
    }
    const empty = await dryRunPolicy(bed.ctx, policy.id, { from: now - hourMs, until: now });
    assert.deepEqual([empty.matches, empty.alerts, empty.isComplete], [0, 0, true]);
  });
});
