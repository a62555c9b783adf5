import type { Ctx, Origin, Services } from '../context.ts';
import { loadRights, rightsAt } from '../directory/effective.ts';
import type { CorrelationId, SessionId, TenantId, UserId } from '../lib/ids.ts';

export interface SignedIn {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly secondFactorAt: number | null;
}

/**
 * The request context of somebody who is signed in on the sign-in pages, whose session opens no API. What is changed with
 * it checks session and rights once more inside the change. Undefined when the person or tenant is not enabled.
 */
export async function ctxOfSignedIn(
  services: Services,
  { tenantId, userId, sessionId, secondFactorAt }: SignedIn,
  origin: Origin,
  correlationId: CorrelationId,
): Promise<Ctx | undefined> {
  const rights = await loadRights(services.store.db, tenantId, userId);
  if (rights?.user.status !== 'enabled' || rights.tenant.status !== 'enabled') return undefined;
  const { permissions, dormant, isFullAdministrator } = rightsAt(rights, services.clock());
  const { userName, displayName } = rights.user;
  return {
    ...services,
    origin,
    correlationId,
    caller: {
      tenantId,
      tenantSlug: rights.tenant.slug,
      tenant: rights.tenant,
      subject: { kind: 'user', userId, userName, displayName },
      credential: { kind: 'session', sessionId, client: 'sign-in', secondFactorAt },
      permissions,
      isFullAdministrator,
      dormant,
      passed: [],
    },
  };
}
