// A request may wait between being let in and its change: for a password to be hashed, for changes that came before. Who
// loses the session, the grant or the right meanwhile must not have used it after the loss was acknowledged, so that a
// change looks again, where no other change of the tenant can run beside it.
import { type Caller, require } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import { checkBearerInside } from '../access/present-bearer.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { denied } from './denied.ts';
import { loadRights, rightsAt } from './effective.ts';
import { findSessionById } from './sessions-store.ts';

/**
 * The caller with the rights of this moment. Refuses when the session has ended since the request was let in, or when
 * what an app's token rests on was taken away; callers of other kinds (the demo, tests) are taken as they are.
 */
export async function presentCaller(ctx: Ctx, trx: Trx): Promise<Caller> {
  const { caller } = ctx;
  const { credential, subject, tenantId } = caller;
  if (credential.kind === 'bearer') return await checkBearerInside(ctx, trx, credential.claims);
  if (credential.kind !== 'session' || subject.kind !== 'user') return caller;
  const session = await findSessionById(trx, tenantId, credential.sessionId);
  const rights = await loadRights(trx, tenantId, subject.userId);
  if (!session || session.endedAt !== null || !rights) {
    throw denied(ctx, {
      check: 'session',
      code: 'session-ended',
      detail: 'This session has ended. Nothing was changed.',
      remedy: 'Sign in again.',
      target: credential.sessionId,
    });
  }
  const { permissions, dormant, isFullAdministrator } = rightsAt(rights, ctx.clock());
  return { ...caller, permissions, dormant, isFullAdministrator };
}

/** Refuses unless the caller holds the permission at this moment, inside a change. */
export async function requireStill(ctx: Ctx, trx: Trx, permission: Permission): Promise<void> {
  require(await presentCaller(ctx, trx), permission);
}

/** `store.change` for somebody who holds the permission when it runs; of the caller's own tenant unless another is given. */
export async function changeAs<T>(
  ctx: Ctx,
  permission: Permission,
  work: (trx: Trx) => Promise<T>,
  tenantId: TenantId = ctx.caller.tenantId,
): Promise<T> {
  return await ctx.store.change(tenantId, async (trx) => {
    await requireStill(ctx, trx, permission);
    return await work(trx);
  });
}
