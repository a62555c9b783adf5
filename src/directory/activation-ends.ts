import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import type { AssignmentId, TenantId, UserId } from '../lib/ids.ts';
import { findRole } from './role-table.ts';
import { type ActivationRow, listOpenActivations, updateActivation } from './roles-store.ts';

/** Ends everything that runs or waits of a user who was disabled or deleted; `reason` is a sentence for the audit. */
export async function endActivationsOfUser(
  ctx: Ctx,
  trx: Trx,
  user: { readonly tenantId: TenantId; readonly id: UserId },
  reason: string,
): Promise<void> {
  await endAll(ctx, trx, await listOpenActivations(trx, user.tenantId, { userId: user.id }, ctx.clock()), reason);
}

/** The same for one assignment that was taken away. */
export async function endActivationsOfAssignment(
  ctx: Ctx,
  trx: Trx,
  assignment: { readonly tenantId: TenantId; readonly id: AssignmentId },
  reason: string,
): Promise<void> {
  const open = await listOpenActivations(trx, assignment.tenantId, { assignmentId: assignment.id }, ctx.clock());
  await endAll(ctx, trx, open, reason);
}

async function endAll(ctx: Ctx, trx: Trx, open: readonly ActivationRow[], reason: string): Promise<void> {
  for (const each of open) await endActivation(ctx, trx, each, { reason });
}

/** Ends what runs, now, or withdraws what waits for approval; recorded as role.deactivate. */
export async function endActivation(
  ctx: Ctx,
  trx: Trx,
  row: ActivationRow,
  details: Record<string, unknown> = {},
): Promise<void> {
  const change =
    row.status === 'pending' ? { status: 'canceled' as const } : { status: 'ended' as const, endsAt: ctx.clock() };
  await updateActivation(trx, row.tenantId, row.id, change);
  await recordAudit(ctx, trx, {
    action: 'role.deactivate',
    target: { kind: 'role-activation', id: row.id, name: findRole(row.roleId)?.displayName },
    details: { userId: row.userId, was: row.status, ...details },
  });
}
