// Queries of what directory clients look for by property, page by page.
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../db/store.ts';
import type { Tables } from '../db/tables.ts';
import { conditionSql, termSql } from '../db/text-conditions.ts';
import type { ActivationId, AssignmentId, RoleId, TenantId, UserId } from '../lib/ids.ts';
import type { TextCondition } from '../lib/text-condition.ts';
import type { RoleListFilter, Span, UserProperty, WhichRoles } from './directory-lists.ts';
import type { ActivationRow, AssignmentRow } from './roles-store.ts';
import type { UserRow } from './users-store.ts';

export async function pageUsers(
  db: Db,
  tenantId: TenantId,
  where: TextCondition<UserProperty> | null,
  { skip, limit }: Span,
): Promise<{ rows: UserRow[]; total: number }> {
  let query = db.selectFrom('users').where('tenantId', '=', tenantId).where('status', '<>', 'deleted');
  if (where) {
    query = query.where(() =>
      conditionSql(where, (term) => termSql(term, (property) => sql<string>`${sql.ref(`users.${property}`)}`)),
    );
  }
  const rows = await query.selectAll().orderBy('displayName').orderBy('id').limit(limit).offset(skip).execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** Assignments for the whole tenant only, oldest first. */
export async function pageRoles(
  db: Db,
  tenantId: TenantId,
  which: WhichRoles,
  { id, userId, roleId }: RoleListFilter,
  now: number,
  { skip, limit }: Span,
): Promise<{ rows: AssignmentRow[]; total: number }> {
  let query = db
    .selectFrom('roleAssignments')
    .where('tenantId', '=', tenantId)
    .where('scope', 'is', null)
    .where((e) => e.or([e('endsAt', 'is', null), e('endsAt', '>', now)]))
    .where((e) => inForce(e, tenantId, which, now));
  if (which.isNow) query = query.where('startsAt', '<=', now);
  // From outside; they are compared, nothing more.
  if (id !== undefined) query = query.where('id', '=', id as AssignmentId);
  if (userId !== undefined) query = query.where('userId', '=', userId as UserId);
  if (roleId !== undefined) query = query.where('roleId', '=', roleId as RoleId);
  const page = query.selectAll().orderBy('createdAt').orderBy('id');
  const rows = limit === 0 ? [] : await page.limit(limit).offset(skip).execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

function inForce(
  e: ExpressionBuilder<Tables, 'roleAssignments'>,
  tenantId: TenantId,
  { kind }: WhichRoles,
  now: number,
): Expression<SqlBool> {
  switch (kind) {
    case 'eligible':
    case 'permanent':
      return e('kind', '=', kind);
    case 'active':
      return e.or([
        e('kind', '=', 'permanent'),
        e.exists(
          e
            .selectFrom('roleActivations')
            .select('roleActivations.id')
            .where('roleActivations.tenantId', '=', tenantId)
            .whereRef('roleActivations.assignmentId', '=', 'roleAssignments.id')
            .where('roleActivations.status', '=', 'granted')
            .where('roleActivations.startsAt', '<=', now)
            .where('roleActivations.endsAt', '>', now),
        ),
      ]);
  }
}

/** Newest first. */
export async function pageActivations(
  db: Db,
  tenantId: TenantId,
  { id, userId, roleId }: RoleListFilter,
  { skip, limit }: Span,
): Promise<{ rows: ActivationRow[]; total: number }> {
  let query = db.selectFrom('roleActivations').where('tenantId', '=', tenantId);
  // From outside; they are compared, nothing more.
  if (id !== undefined) query = query.where('id', '=', id as ActivationId);
  if (userId !== undefined) query = query.where('userId', '=', userId as UserId);
  if (roleId !== undefined) query = query.where('roleId', '=', roleId as RoleId);
  const page = query.selectAll().orderBy('requestedAt', 'desc').orderBy('id');
  const rows = limit === 0 ? [] : await page.limit(limit).offset(skip).execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}
