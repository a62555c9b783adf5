// Queries of role assignments, activations and role settings. The rules are in assignments.ts, activations.ts,
// role-settings.ts and effective.ts.
import type { Expression, ExpressionBuilder, Insertable, Selectable, SqlBool } from 'kysely';
import type { RoleActivationsTable, RoleAssignmentsTable, RoleSettingsTable } from '../db/directory-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { Tables } from '../db/tables.ts';
import type { ActivationId, AssignmentId, RoleId, TenantId, UserId } from '../lib/ids.ts';

export type AssignmentRow = Selectable<RoleAssignmentsTable>;
export type ActivationRow = Selectable<RoleActivationsTable>;
export type RoleSettingsRow = Selectable<RoleSettingsTable>;

/**
 * Most assignments of one person, started or not. It bounds what every check of that person's rights has to read: at
 * any moment no more activations than assignments can be in force.
 */
export const assignmentsPerUserMax = 100;

/** Everything that gives or could give the user a role: the assignments, and the activations that end last. */
export async function loadRoles(
  db: Db,
  tenantId: TenantId,
  userId: UserId,
): Promise<{ assignments: AssignmentRow[]; activations: ActivationRow[] }> {
  const assignments = await db
    .selectFrom('roleAssignments')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  if (!assignments.some((each) => each.kind === 'eligible')) return { assignments, activations: [] };
  const activations = await db
    .selectFrom('roleActivations')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('status', '=', 'granted')
    .orderBy('endsAt', 'desc')
    .limit(assignmentsPerUserMax)
    .execute();
  return { assignments, activations };
}

export async function insertAssignment(trx: Trx, row: Insertable<RoleAssignmentsTable>): Promise<void> {
  await trx.insertInto('roleAssignments').values(row).execute();
}

export async function findAssignment(db: Db, tenantId: TenantId, id: string): Promise<AssignmentRow | undefined> {
  return await db
    .selectFrom('roleAssignments')
    .selectAll()
    .where('tenantId', '=', tenantId)
    // An id from outside; comparing it is all that happens to it.
    .where('id', '=', id as AssignmentId)
    .executeTakeFirst();
}

export async function deleteAssignment(trx: Trx, tenantId: TenantId, id: AssignmentId): Promise<void> {
  await trx.deleteFrom('roleAssignments').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** A person's assignments, newest first; those that are over are left out when `notOverAt` is given. */
export async function listAssignmentsOfUsers(
  db: Db,
  tenantId: TenantId,
  userIds: readonly UserId[],
): Promise<AssignmentRow[]> {
  if (userIds.length === 0) return [];
  return await db
    .selectFrom('roleAssignments')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userId', 'in', userIds)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** Granted activations of these people that end after `now`. */
export async function listRunningActivations(
  db: Db,
  tenantId: TenantId,
  userIds: readonly UserId[],
  now: number,
): Promise<ActivationRow[]> {
  if (userIds.length === 0) return [];
  return await db
    .selectFrom('roleActivations')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userId', 'in', userIds)
    .where('status', '=', 'granted')
    .where('endsAt', '>', now)
    .execute();
}

export interface AssignmentFilter {
  readonly userId?: UserId;
  readonly roleId?: RoleId;
}

/** One page of the tenant's assignments with the total, newest first. */
export async function pageAssignments(
  db: Db,
  tenantId: TenantId,
  filter: AssignmentFilter,
  page: { limit: number; skip: number; direction: 'asc' | 'desc' },
): Promise<{ rows: AssignmentRow[]; total: number }> {
  let query = db.selectFrom('roleAssignments').where('tenantId', '=', tenantId);
  if (filter.userId) query = query.where('userId', '=', filter.userId);
  if (filter.roleId) query = query.where('roleId', '=', filter.roleId);
  const rows = await query
    .selectAll()
    .orderBy('createdAt', page.direction)
    .orderBy('id', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export async function insertActivation(trx: Trx, row: Insertable<RoleActivationsTable>): Promise<void> {
  await trx.insertInto('roleActivations').values(row).execute();
}

export async function findActivation(db: Db, tenantId: TenantId, id: string): Promise<ActivationRow | undefined> {
  return await db
    .selectFrom('roleActivations')
    .selectAll()
    .where('tenantId', '=', tenantId)
    // An id from outside; comparing it is all that happens to it.
    .where('id', '=', id as ActivationId)
    .executeTakeFirst();
}

export async function updateActivation(
  trx: Trx,
  tenantId: TenantId,
  id: ActivationId,
  change: Partial<
    Pick<ActivationRow, 'status' | 'startsAt' | 'endsAt' | 'decidedBy' | 'decidedAt' | 'decisionJustification'>
  >,
): Promise<void> {
  await trx.updateTable('roleActivations').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** What is pending or still runs, of one assignment or of all of one person. */
export async function listOpenActivations(
  db: Db,
  tenantId: TenantId,
  of: { assignmentId: AssignmentId } | { userId: UserId },
  now: number,
): Promise<ActivationRow[]> {
  let query = db
    .selectFrom('roleActivations')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where((e) => e.or([e('status', '=', 'pending'), e.and([e('status', '=', 'granted'), e('endsAt', '>', now)])]));
  query =
    'assignmentId' in of ? query.where('assignmentId', '=', of.assignmentId) : query.where('userId', '=', of.userId);
  return await query.execute();
}

export interface ActivationFilter {
  readonly userId?: UserId;
  /** Only what this person asked for, and requests for these roles. */
  readonly visibleTo?: { readonly userId: UserId; readonly roleIds: readonly RoleId[] };
  readonly condition?: ActivationCondition;
}

/** `lapsedBefore` and `now` are epoch milliseconds: pending requests from before it have lapsed. */
export type ActivationCondition =
  | { readonly state: 'pending'; readonly lapsedBefore: number }
  | { readonly state: 'lapsed'; readonly lapsedBefore: number }
  | { readonly state: 'granted'; readonly now: number }
  | { readonly state: 'ended'; readonly now: number }
  | { readonly state: 'denied' | 'canceled' };

function whereCondition(condition: ActivationCondition) {
  return (e: ExpressionBuilder<Tables, 'roleActivations'>): Expression<SqlBool> => {
    switch (condition.state) {
      case 'pending':
        return e.and([e('status', '=', 'pending'), e('requestedAt', '>', condition.lapsedBefore)]);
      case 'lapsed':
        return e.and([e('status', '=', 'pending'), e('requestedAt', '<=', condition.lapsedBefore)]);
      case 'granted':
        return e.and([e('status', '=', 'granted'), e('endsAt', '>', condition.now)]);
      case 'ended':
        return e.or([
          e('status', '=', 'ended'),
          e.and([e('status', '=', 'granted'), e('endsAt', '<=', condition.now)]),
        ]);
      case 'denied':
      case 'canceled':
        return e('status', '=', condition.state);
    }
  };
}

/** One page of the tenant's activations and requests, newest first. */
export async function pageActivations(
  db: Db,
  tenantId: TenantId,
  filter: ActivationFilter,
  page: { limit: number; skip: number; direction: 'asc' | 'desc' },
): Promise<{ rows: ActivationRow[]; total: number }> {
  let query = db.selectFrom('roleActivations').where('tenantId', '=', tenantId);
  if (filter.userId) query = query.where('userId', '=', filter.userId);
  const { visibleTo } = filter;
  if (visibleTo) {
    query = query.where((e) =>
      e.or([
        e('userId', '=', visibleTo.userId),
        ...(visibleTo.roleIds.length > 0 ? [e('roleId', 'in', visibleTo.roleIds)] : []),
      ]),
    );
  }
  if (filter.condition) query = query.where(whereCondition(filter.condition));
  const rows = await query
    .selectAll()
    .orderBy('requestedAt', page.direction)
    .orderBy('id', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** Forgets what this person asked for before `before`; the audit keeps it. */
export async function pruneActivations(trx: Trx, tenantId: TenantId, userId: UserId, before: number): Promise<void> {
  await trx
    .deleteFrom('roleActivations')
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('requestedAt', '<', before)
    .execute();
}

export async function findRoleSettings(
  db: Db,
  tenantId: TenantId,
  roleId: RoleId,
): Promise<RoleSettingsRow | undefined> {
  return await db
    .selectFrom('roleSettings')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('roleId', '=', roleId)
    .executeTakeFirst();
}

export async function listRoleSettings(db: Db, tenantId: TenantId): Promise<RoleSettingsRow[]> {
  return await db.selectFrom('roleSettings').selectAll().where('tenantId', '=', tenantId).execute();
}

export async function putRoleSettings(trx: Trx, row: Insertable<RoleSettingsTable>): Promise<void> {
  const { tenantId: _tenant, roleId: _role, ...change } = row;
  await trx
    .insertInto('roleSettings')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenantId', 'roleId']).doUpdateSet(change))
    .execute();
}

/**
 * How many enabled people hold the role by a permanent assignment for the whole tenant at `now`, and how many of them
 * hold it without an end. What follows groups at a provider elsewhere does not count: it may go at any sign-in.
 */
export async function countPermanentHolders(
  db: Db,
  tenantId: TenantId,
  roleId: RoleId,
  now: number,
): Promise<{ inForce: number; lasting: number }> {
  const holders = await db
    .selectFrom('roleAssignments')
    .innerJoin('users', (join) =>
      join.onRef('users.id', '=', 'roleAssignments.userId').onRef('users.tenantId', '=', 'roleAssignments.tenantId'),
    )
    .select((e) => [
      e.fn.count('roleAssignments.userId').distinct().as('inForce'),
      e.fn.count('roleAssignments.userId').distinct().filterWhere('roleAssignments.endsAt', 'is', null).as('lasting'),
    ])
    .where('roleAssignments.tenantId', '=', tenantId)
    .where('roleAssignments.roleId', '=', roleId)
    .where('roleAssignments.kind', '=', 'permanent')
    .where('roleAssignments.source', '=', 'people')
    .where('roleAssignments.scope', 'is', null)
    .where('roleAssignments.startsAt', '<=', now)
    .where((e) => e.or([e('roleAssignments.endsAt', 'is', null), e('roleAssignments.endsAt', '>', now)]))
    .where('users.status', '=', 'enabled')
    .executeTakeFirstOrThrow();
  return { inForce: Number(holders.inForce), lasting: Number(holders.lasting) };
}
