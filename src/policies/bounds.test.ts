// What one person or one policy may not do to others.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { policyBedOf } from '../../test/support/policies.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { DataScope } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { detectionIds } from '../detections/detection.ts';
import type { activitiesTable } from '../events/catalogue.ts';
import type { Sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { Conflict, NotFound, TooLarge } from '../lib/failures.ts';
import { cancelBackfill, getBackfill, listBackfills, requestBackfill } from './backfills.ts';
import { condition, isOneOf } from './conditions.ts';
import { dryRunPolicy } from './dry-run.ts';
import { listGovernance } from './governance.ts';
import { editPolicy, getPolicy, listPolicies } from './policies.ts';
import { listPolicyVersions } from './versions.ts';

const downloads = isOneOf('actionType', 'FileDownloaded');

const oneApp: DataScope = { all: false, instances: [{ appId: 20892, instance: 0 }], groupIds: [], reportIds: [] };
const readingOneApp = new Map<Permission, DataScope>([['Policies.read', oneApp]]);

/** The same person with Policies.manage for one app instance only. */
function ofOneApp(ctx: Ctx): Ctx {
  return { ...ctx, caller: { ...ctx.caller, permissions: new Map([['Policies.manage', oneApp]]) } };
}

describe('policies and their neighbours', () => {
  let services: TestServices;

  before(async () => {
    services = await testServices();
  });
  after(async () => await services.dispose());

  const lastDays = () => ({ from: services.clock() - 2 * dayMs, until: services.clock() });

  test('who manages policies of one app instance cannot try out a detection, which looks at all of them', async () => {
    const bed = await policyBedOf(services);
    const settings = { decoyAccounts: ['ada@contoso.example'] };
    await editPolicy(bed.ctx, detectionIds.decoyAccount, 0, { settings });
    await bed.store([{ second: -600, userName: 'ada@contoso.example' }]);
    assert.equal((await dryRunPolicy(bed.ctx, detectionIds.decoyAccount, lastDays())).alerts, 1);
    await assert.rejects(dryRunPolicy(ofOneApp(bed.ctx), detectionIds.decoyAccount, lastDays()), Refusal);
  });

  test('who was cut to one app instance has an own policy of the whole tenant evaluated only once it is cut as well', async () => {
    const bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    const own = ofOneApp(bed.ctx);
    const other = await requestBackfill(bed.ctx, policy.id, lastDays());
    await assert.rejects(requestBackfill(own, policy.id, lastDays()), Refusal);
    await assert.rejects(cancelBackfill(own, other.id), Refusal);
    const reader = { ...own, caller: { ...own.caller, permissions: readingOneApp } };
    assert.deepEqual(await listBackfills(reader, policy.id, 0, 10), { items: [], total: 0 });
    await assert.rejects(getBackfill(reader, other.id), NotFound);
    const cut = await editPolicy(own, policy.id, policy.revision, { description: 'Of one app' });
    assert.deepEqual(cut.reach, [{ appId: 20892, instance: 0 }]);
    const backfill = await requestBackfill(own, policy.id, lastDays());
    assert.equal((await getBackfill(reader, backfill.id)).state, 'waiting');
    assert.equal((await listBackfills(reader, policy.id, 0, 10)).total, 2);
  });

  test('decoys and people who left are shown to those whose role reaches everybody, in the history as well', async () => {
    const bed = await policyBedOf(services);
    const settings = { decoyAccounts: ['decoy@contoso.example'] };
    await editPolicy(bed.ctx, detectionIds.decoyAccount, 0, { settings });
    const reader = { ...bed.ctx, caller: { ...bed.ctx.caller, permissions: readingOneApp } };
    for (const [ctx, isShown] of [
      [bed.ctx, true],
      [reader, false],
    ] as const) {
      const told = [
        await getPolicy(ctx, detectionIds.decoyAccount),
        await listPolicies(ctx, { skip: 0, limit: 100 }),
        await listPolicyVersions(ctx, detectionIds.decoyAccount, 0, 10),
      ];
      for (const each of told) assert.equal(JSON.stringify(each).includes('decoy@contoso.example'), isShown);
    }
  });

  test('a policy that cannot be evaluated holds up no other policy and no detection', async () => {
    const bed = await policyBedOf(services);
    // No surface lets such a filter through: it stands for whatever the engine refuses or cannot do in time.
    await bed.policy([condition('service', { operator: 'eq', values: ['no number'] })]);
    const sound = await bed.policy([downloads]);
    const [hit] = await bed.store([{ second: 1 }]);
    await bed.follow();
    assert.deepEqual(await bed.matches(sound), [hit]);
  });

  test('a policy that takes too long is tried twice, then left out, and nothing of the others is lost', async () => {
    const bed = await policyBedOf(services);
    // Stands for a filter that takes too long.
    const slow = await bed.policy([isOneOf('actionType', 'slow')]);
    const sound = await bed.policy([downloads]);
    const hits: string[] = [];
    const asked: boolean[] = [];
    const events: typeof services.events = Object.create(services.events, {
      query: {
        value: async (query: Sql) => {
          const isSlow = query.values.includes('slow');
          if (isSlow) asked.push(true);
          if (isSlow) throw new TooLarge('too slow');
          return await services.events.query(query);
        },
      },
      id: { value: () => services.events.id() },
      lastBatch: { value: (table: typeof activitiesTable) => services.events.lastBatch(table) },
    });
    const others = { ...services, events };
    hits.push(...(await bed.store([{ second: 1 }])));
    await assert.rejects(bed.follow(others), TooLarge);
    await bed.follow(others);
    const before = asked.length;
    hits.push(...(await bed.store([{ second: 2 }])));
    await bed.follow(others);
    assert.equal(asked.length, before);
    assert.deepEqual(await bed.matches(sound), hits.toSorted());
    assert.deepEqual(await bed.matches(slow), []);
    // It is told of once, not with each batch.
    const types = { types: { are: ['EvaluatePolicyTask'], isNegated: false } };
    const page = { skip: 0, limit: 10, direction: 'desc' } as const;
    const { items } = await listGovernance(bed.ctx, types, page);
    assert.deepEqual(
      items.map(({ policyId, status }) => [policyId, status]),
      [[slow.id, 'failed']],
    );
  });

  test('a tenant tries out a bounded number of policies at the same time', async () => {
    const bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    await bed.store([{ second: -600 }]);
    // The first ones wait for their activities until the others were refused.
    const gate = Promise.withResolvers<void>();
    let met = 0;
    const meet = (): void => {
      if (++met === 5) gate.resolve();
    };
    const events = Object.create(services.events, {
      query: {
        value: async (query: Sql) => {
          meet();
          await gate.promise;
          return await services.events.query(query);
        },
      },
    });
    const trials = await Promise.allSettled(
      Array.from({ length: 5 }, async () => {
        try {
          return await dryRunPolicy({ ...bed.ctx, events }, policy.id, lastDays());
        } catch (error) {
          meet();
          throw error;
        }
      }),
    );
    const refused = trials.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    assert.equal(refused.length, 3);
    assert.ok(refused.every((error) => error instanceof Conflict && error.code === 'too-many-dry-runs'));
    assert.equal((await dryRunPolicy(bed.ctx, policy.id, lastDays())).alerts, 1);
  });
});
