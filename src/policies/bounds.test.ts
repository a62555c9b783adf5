// What one person or one policy may not do to others.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { policyBedOf } from '../../test/support/policies.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { detectionIds } from '../detections/detection.ts';
import type { activitiesTable } from '../events/catalogue.ts';
import type { Sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { Conflict, TooLarge } from '../lib/failures.ts';
import { condition, isOneOf } from './conditions.ts';
import { dryRunPolicy } from './dry-run.ts';

const downloads = isOneOf('actionType', 'FileDownloaded');

/** The same person with Policies.manage for one app instance only. */
function ofOneApp(ctx: Ctx): Ctx {
  const instances = [{ appId: 20892, instance: 0 }];
  const scope = { all: false, instances, groupIds: [], reportIds: [] } as const;
  return { ...ctx, caller: { ...ctx.caller, permissions: new Map([['Policies.manage', scope]]) } };
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
    const { editPolicy } = await import('./policies.ts');
    await editPolicy(bed.ctx, detectionIds.decoyAccount, 0, { settings });
    await bed.store([{ second: -600, userName: 'ada@contoso.example' }]);
    assert.equal((await dryRunPolicy(bed.ctx, detectionIds.decoyAccount, lastDays())).alerts, 1);
    await assert.rejects(dryRunPolicy(ofOneApp(bed.ctx), detectionIds.decoyAccount, lastDays()), Refusal);
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
  });

  test('a tenant tries out a bounded number of policies at the same time', async () => {
    const bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    await bed.store([{ second: -600 }]);
    const trials = await Promise.allSettled(
      Array.from({ length: 5 }, () => dryRunPolicy(bed.ctx, policy.id, lastDays())),
    );
    const refused = trials.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    assert.ok(refused.length > 0);
    assert.ok(refused.every((error) => error instanceof Conflict && error.code === 'too-many-dry-runs'));
    assert.equal((await dryRunPolicy(bed.ctx, policy.id, lastDays())).alerts, 1);
  });
});
