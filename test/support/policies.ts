// Policies, activities and what came of them, for tests of policies.
import type { Activity } from '../../src/activities/activity.ts';
import type { FilterCondition } from '../../src/activities/filters.ts';
import { startFollowing } from '../../src/activities/following.ts';
import { insertActivities } from '../../src/activities/store.ts';
import type { Ctx, Services } from '../../src/context.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import { filtersOf } from '../../src/policies/conditions.ts';
import { policiesFollower } from '../../src/policies/follower.ts';
import { createPolicy } from '../../src/policies/policies.ts';
import type { Policy } from '../../src/policies/policy.ts';
import type { PolicyInput } from '../../src/policies/policy-input.ts';
import { makeTenant } from './accounts.ts';
import { madeActivity } from './activities.ts';
import { ctxOf } from './ingestion.ts';
import { type ServicesOptions, type TestServices, testServices } from './services.ts';

export interface PolicyBed {
  readonly services: TestServices;
  readonly tenant: Tenant;
  readonly ctx: Ctx;
  /** Activities that came in together: a batch of their own. Times are counted from `now`, in seconds. */
  store(changes: readonly (Partial<Activity> & { readonly second: number })[]): Promise<string[]>;
  /** Waits until everything was evaluated. */
  follow(services?: Services): Promise<void>;
  policy(conditions: readonly FilterCondition[], rest?: PolicyInput): Promise<Policy>;
  alerts(policy: Policy): Promise<readonly { readonly id: string; readonly body: string }[]>;
  matches(policy: Policy): Promise<readonly string[]>;
}

let names = 0;

/** A tenant whose policies can be followed, with nothing built in enabled. */
export async function openPolicyBed(options: ServicesOptions = {}): Promise<PolicyBed> {
  return await policyBedOf(await testServices(options));
}

/** The same in services that are there already. */
export async function policyBedOf(services: TestServices): Promise<PolicyBed> {
  const tenant = await makeTenant(services);
  const ctx = ctxOf(services, tenant, ['Policies.manage', 'Policies.read', 'Activities.read', 'Governance.read']);
  const begun = services.clock();
  let index = 0;
  return {
    services,
    tenant,
    ctx,
    async store(changes) {
      const rows = changes.map(({ second, ...rest }) =>
        madeActivity(index++, { ...rest, timestamp: begun + second * 1000 }),
      );
      await insertActivities(services.events, tenant.id, rows);
      return rows.map(({ id }) => id);
    },
    async follow(others: Services = services) {
      const following = startFollowing(others, [policiesFollower]);
      try {
        await following.settled();
      } finally {
        await following.stop();
      }
    },
    policy: (conditions, rest = {}) =>
      createPolicy(ctx, {
        name: `policy ${++names}`,
        filters: { filters: filtersOf(conditions), conditions },
        ...rest,
      }),
    async alerts(policy) {
      return await services.store.db
        .selectFrom('alerts')
        .select(['id', 'body'])
        .where('tenantId', '=', tenant.id)
        .where('policyId', '=', policy.id)
        .orderBy('lastActivityTicks')
        .execute();
    },
    async matches(policy) {
      const rows = await services.store.db
        .selectFrom('policyMatches')
        .select('activityId')
        .where('tenantId', '=', tenant.id)
        .where('policyId', '=', policy.id)
        .orderBy('activityId')
        .execute();
      return rows.map(({ activityId }) => activityId);
    },
  };
}
