// People and their roles as directory clients look for them: by property, page by page. Roles are those for the whole
// tenant; what an assignment cuts to a part of the data is no matter of the documented directory.
import { require, requireUser } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import { NotFound } from '../lib/failures.ts';
import type { TextCondition } from '../lib/text-condition.ts';
import { hasLapsed } from './activations.ts';
import * as store from './directory-lists-store.ts';
import { runningOf, toHeldRoles } from './effective.ts';
import { findUser } from './managed-user.ts';
import { type BuiltInRole, findRole } from './role-table.ts';
import { type ActivationRow, type AssignmentRow, listRunningActivations } from './roles-store.ts';
import type { UserRow } from './users-store.ts';

/** Which part of a list; `limit` is the caller's to bound. */
export interface Span {
  readonly skip: number;
  readonly limit: number;
}

export type UserProperty = 'id' | 'userName' | 'displayName';

export type DirectoryUser = Pick<UserRow, 'id' | 'userName' | 'displayName' | 'status' | 'createdAt'>;

/** People who are not deleted, in order of their names, with the total. Needs Users.read. */
export async function findUsers(
  ctx: Ctx,
  where: TextCondition<UserProperty> | null,
  span: Span,
): Promise<{ items: DirectoryUser[]; total: number }> {
  require(ctx.caller, 'Users.read');
  const { rows, total } = await store.pageUsers(ctx.store.db, ctx.caller.tenantId, where, span);
  return { items: rows, total };
}

/** By id or user name. Needs Users.read, unless it is the caller. */
export async function getDirectoryUser(ctx: Ctx, ref: string): Promise<DirectoryUser> {
  const { subject, tenantId } = ctx.caller;
  if (subject.kind !== 'user' || subject.userId !== ref) require(ctx.caller, 'Users.read');
  const row = await findUser(ctx.store.db, tenantId, ref);
  if (!row || row.status === 'deleted') throw new NotFound('The user');
  return row;
}

export interface WhichRoles {
  /** `active`: assigned, or eligible and activated now. `permanent` leaves the activated ones out. */
  readonly kind: 'eligible' | 'permanent' | 'active';
  /** True: begun. False: also those that begin later. Those that are over never. */
  readonly isNow: boolean;
}

export interface RoleListFilter {
  readonly id?: string | undefined;
  readonly userId?: string | undefined;
  readonly roleId?: string | undefined;
}

/** An assignment with what is activated of it now. Times are epoch milliseconds; null is no end. */
export interface ListedRole extends Pick<AssignmentRow, 'id' | 'userId' | 'kind' | 'createdAt' | 'createdBy'> {
  readonly role: BuiltInRole;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly isActivated: boolean;
}

/** Whose: everybody's, for Roles.read; or the caller's own, for the person. */
export type Whose = 'everybodys' | 'own';

function narrow(ctx: Ctx, whose: Whose, filter: RoleListFilter): RoleListFilter | undefined {
  if (whose === 'everybodys') {
    require(ctx.caller, 'Roles.read');
    return filter;
  }
  const { userId } = requireUser(ctx.caller);
  return filter.userId === undefined || filter.userId === userId ? { ...filter, userId } : undefined;
}

export async function findRoles(
  ctx: Ctx,
  whose: Whose,
  which: WhichRoles,
  filter: RoleListFilter,
  span: Span,
): Promise<{ items: ListedRole[]; total: number }> {
  const narrowed = narrow(ctx, whose, filter);
  if (!narrowed) return { items: [], total: 0 };
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const now = ctx.clock();
  const { rows, total } = await store.pageRoles(db, tenantId, which, narrowed, now, span);
  const activations =
    which.kind === 'active'
      ? await listRunningActivations(db, tenantId, [...new Set(rows.map((row) => row.userId))], now)
      : [];
  return { items: rows.flatMap((row) => toListed(row, activations, now)), total };
}

function toListed(row: AssignmentRow, activations: readonly ActivationRow[], now: number): ListedRole[] {
  const [held] = toHeldRoles([row], [...activations]);
  if (!held) return [];
  const running = runningOf(held, now);
  const isActivated = running !== undefined && running.activationId !== null;
  const activation = isActivated ? held.activations.find((each) => each.id === running.activationId) : undefined;
  const { id, userId, kind, createdAt, createdBy } = row;
  return [
    {
      ...{ id, userId, kind, createdAt, createdBy },
      role: held.role,
      startsAt: activation?.startsAt ?? row.startsAt,
      endsAt: isActivated ? running.until : row.endsAt,
      isActivated,
    },
  ];
}

export interface ListedActivation extends Omit<ActivationRow, 'status'> {
  readonly role: BuiltInRole;
  readonly status: ActivationRow['status'] | 'lapsed';
}

/** Requests to activate roles, whatever became of them. */
export async function findActivations(
  ctx: Ctx,
  whose: Whose,
  filter: RoleListFilter,
  span: Span,
): Promise<{ items: ListedActivation[]; total: number }> {
  const narrowed = narrow(ctx, whose, filter);
  if (!narrowed) return { items: [], total: 0 };
  const { rows, total } = await store.pageActivations(ctx.store.db, ctx.caller.tenantId, narrowed, span);
  const now = ctx.clock();
  const items = rows.flatMap((row) => {
    const role = findRole(row.roleId);
    if (!role) return [];
    const isOver = row.status === 'granted' && row.endsAt !== null && row.endsAt <= now;
    return [{ ...row, role, status: hasLapsed(row, now) ? 'lapsed' : isOver ? 'ended' : row.status } as const];
  });
  return { items, total };
}
