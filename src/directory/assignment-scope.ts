// The part of the data that an assignment of a scoped role is cut to.
import type { Db } from '../db/store.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { type AssignmentScope, emptyScope } from './effective.ts';
import { listKnownGroups } from './groups.ts';
import type { BuiltInRole } from './role-table.ts';

/** What the wire carries: any of the lists may be absent. */
export interface ScopeInput {
  readonly instances?: readonly { readonly appId: number; readonly instance: number }[];
  readonly groupIds?: readonly string[];
  readonly reportIds?: readonly string[];
}

const scopeEntriesMax = 100;

const listOf = {
  'app-instances': 'instances',
  'user-groups': 'groupIds',
  'discovery-reports': 'reportIds',
} as const;

/**
 * The scope for the store, in one spelling and order whatever order it came in; null for a role that covers the whole
 * tenant. Throws InvalidInput naming `scope` when it is missing, not wanted, of the wrong kind or names what is not there.
 */
export async function parseAssignmentScope(
  db: Db,
  tenantId: TenantId,
  role: BuiltInRole,
  input: ScopeInput | undefined,
): Promise<AssignmentScope | null> {
  const given = (['instances', 'groupIds', 'reportIds'] as const).filter((list) => (input?.[list]?.length ?? 0) > 0);
  if (role.scopedBy === 'nothing') {
    if (given.length > 0)
      throw new InvalidInput('scope', `The role ${role.displayName} covers the whole tenant and takes no scope.`);
    return null;
  }
  const wanted = listOf[role.scopedBy];
  if (given.length !== 1 || given[0] !== wanted) {
    throw new InvalidInput(
      'scope',
      `The role ${role.displayName} is limited by scope.${wanted}: name at least one, and nothing else.`,
    );
  }
  if ((input?.[wanted]?.length ?? 0) > scopeEntriesMax) {
    throw new InvalidInput('scope', `A scope has at most ${scopeEntriesMax} entries.`);
  }
  switch (role.scopedBy) {
    case 'app-instances':
      return { ...emptyScope, instances: parseInstances(input?.instances ?? []) };
    case 'user-groups':
      return { ...emptyScope, groupIds: await parseGroups(db, tenantId, input?.groupIds ?? []) };
    case 'discovery-reports':
      return { ...emptyScope, reportIds: parseReports(input?.reportIds ?? []) };
  }
}

function parseInstances(list: NonNullable<ScopeInput['instances']>): AssignmentScope['instances'] {
  const unique = new Map<string, AssignmentScope['instances'][number]>();
  for (const { appId, instance } of list) {
    if (!Number.isSafeInteger(appId) || appId < 0 || !Number.isSafeInteger(instance) || instance < 0) {
      throw new InvalidInput('scope', 'An app instance is {appId, instance}, both whole numbers from 0.');
    }
    unique.set(`${appId}/${instance}`, { appId, instance });
  }
  return [...unique.values()].sort((left, right) => left.appId - right.appId || left.instance - right.instance);
}

async function parseGroups(db: Db, tenantId: TenantId, list: readonly string[]): Promise<string[]> {
  const ids = [...new Set(list.map((each) => each.toLowerCase()))].sort();
  const known = new Set<string>(await listKnownGroups(db, tenantId, ids));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw new InvalidInput('scope', `There is no group with the id ${missing.slice(0, 40)}.`);
  return ids;
}

/** Report ids are 24 hex digits; a report that does not exist has no data that this could open. */
function parseReports(list: readonly string[]): string[] {
  const ids = [...new Set(list.map((each) => each.toLowerCase()))].sort();
  if (ids.some((id) => !/^[0-9a-f]{24}$/.test(id))) throw new InvalidInput('scope', 'A report id has 24 hex digits.');
  return ids;
}
