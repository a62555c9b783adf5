// Who may see and change app discovery policies. Administrators of discovery may do it as far as their reports go: an
// administrator of some reports makes policies on these, which tag nothing, because a tag is the whole organisation's
// (cloud-apps reference 5).
import { type Caller, concernOf, type DataScope, may, require, scopeOf } from '../access/caller.ts';
import { Refusal } from '../access/refusal.ts';
import type { Db } from '../db/store.ts';
import { InvalidInput, NotFound } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { appSettingsOf } from './app-policy.ts';
import type { Policy, PolicyBody, PolicyType } from './policy.ts';

/** Refuses who may manage no policy of this kind; of any kind when none is given. */
export function requireManager(caller: Caller, type?: PolicyType): void {
  if (type === 'NEW_SERVICE' || (type === undefined && may(caller, 'DiscoveryPolicies.manage'))) {
    require(caller, 'DiscoveryPolicies.manage');
  } else require(caller, 'Policies.manage');
}

/** The part of the policies that a caller reads: all with Policies.read, else those on discovery reports within reach. */
export interface Readable {
  readonly scope: DataScope;
  has(policy: Pick<Policy, 'type' | 'settings'>): boolean;
}

/** Refuses who may read none. */
export function readableBy(caller: Caller): Readable {
  if (may(caller, 'Policies.read') || !may(caller, 'DiscoveryPolicies.manage')) {
    return { scope: scopeOf(caller, 'Policies.read'), has: () => true };
  }
  const scope = scopeOf(caller, 'DiscoveryPolicies.manage');
  return { scope, has: (policy) => policy.type === 'NEW_SERVICE' && isOnReports(scope, policy) };
}

/** Who knows the decoys avoids them, and who left is nobody's business but theirs who look after everybody. */
export function shownTo<Shown extends { readonly settings?: unknown }>(
  scope: DataScope,
  policy: Shown,
  type: PolicyType = 'ANOMALY_DETECTION',
): Shown {
  const isShown = scope.all || type === 'NEW_SERVICE' || policy.settings === undefined;
  return isShown ? policy : { ...policy, settings: {} };
}

function isOnReports(scope: DataScope, policy: Pick<Policy, 'settings'>): boolean {
  if (scope.all) return true;
  const own = new Set(scope.reportIds.map((id) => id.toLowerCase()));
  const { reports } = appSettingsOf(policy);
  return reports.length > 0 && reports.every((id) => own.has(id));
}

/** Refuses changes of app discovery policies that the caller's role does not reach; one that may not be read is not there. */
export function requireOwnAppPolicy(caller: Caller, policy: Policy, by: string): void {
  const scope = scopeOf(caller, 'DiscoveryPolicies.manage');
  if (scope.all) return;
  if (!isOnReports(scope, policy)) {
    if (!readableBy(caller).has(policy)) throw new NotFound('The policy');
    throw outOfReach(caller, 'This policy looks at reports that the role does not reach.');
  }
  if (policy.createdBy !== by)
    throw outOfReach(caller, 'Somebody whose role is limited to reports may change own policies only.');
}

/**
 * Refuses a body that the caller may not give a policy, and one that names reports or a tag that are not there. Throws
 * InvalidInput and a Refusal.
 */
export async function requireAppBody(db: Db, tenantId: TenantId, caller: Caller, body: PolicyBody): Promise<void> {
  const scope = scopeOf(caller, 'DiscoveryPolicies.manage');
  const { reports, tag } = appSettingsOf(body);
  if (!scope.all && tag !== null) {
    throw outOfReach(caller, 'Policies of somebody whose role is limited to reports tag no apps.');
  }
  if (!scope.all && !isOnReports(scope, body)) {
    throw outOfReach(caller, 'Name the reports of the policy, and no others than those of the role.');
  }
  const { streamsOfTenant } = await import('../discovery/streams/streams.ts');
  const streams = new Map((await streamsOfTenant(db, tenantId)).map((stream) => [stream.id, stream]));
  for (const id of reports) {
    const stream = streams.get(id);
    if (stream === undefined) throw new InvalidInput('settings', `There is no report ${id}.`);
    if (stream.kind === 'snapshot') {
      throw new InvalidInput('settings', `${stream.name} is a snapshot report, which policies do not look at.`);
    }
  }
  if (tag === null) return;
  const { findTagIn, listTagsOf } = await import('../discovery/apps/tags.ts');
  if (findTagIn(await listTagsOf(db, tenantId), tag) === undefined) {
    throw new InvalidInput('settings', `There is no tag ${tag}.`);
  }
}

export function outOfReach(caller: Caller, detail: string): Refusal {
  return new Refusal({
    status: 403,
    code: 'permission-missing',
    message: `Insufficient role based permissions: ${detail}`,
    chain: [...caller.passed, { check: 'permission', outcome: 'failed', detail }],
    remedy: 'Make a policy of your own, or ask an administrator.',
    ...concernOf(caller),
  });
}
