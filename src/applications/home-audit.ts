import { recordAuditAs } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import type { ServicePrincipalRow } from './principals-store.ts';
import { findByAppId } from './store.ts';

/**
 * Writes into the log of an application's home tenant what it may know of another tenant's decision: which tenant, and
 * which permissions. Never who there decided, nor from where. Nothing is written where the home itself decided, whose log
 * has the whole record already.
 */
export async function tellHome(
  ctx: Ctx,
  trx: Trx,
  principal: Pick<ServicePrincipalRow, 'tenantId' | 'homeTenantId' | 'appId' | 'displayName'>,
  action: 'consent.grant' | 'consent.revoke',
  permissions: readonly string[],
): Promise<void> {
  const { tenantId, homeTenantId } = principal;
  if (tenantId === homeTenantId) return;
  const application = await findByAppId(trx, principal.appId);
  await recordAuditAs(
    ctx,
    trx,
    homeTenantId,
    { actor: { kind: 'system', id: null, name: 'another tenant' }, origin: null, correlationId: null },
    {
      action,
      target: application ? { kind: 'application', id: application.id, name: application.displayName } : null,
      details: { appId: principal.appId, tenantId, permissions },
    },
  );
}
