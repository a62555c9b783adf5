// Access tokens that were revoked before their end (RFC 7009): refused on their next use, in every process.
import { type AuditActor, recordAuditAs } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import type { AppId, TenantId } from '../lib/ids.ts';
import * as store from './passing-store.ts';

export interface RevokedToken {
  readonly tenantId: TenantId;
  readonly appId: AppId;
  /** The claim `uti`. */
  readonly tokenId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export async function revokeAccessToken(
  services: Pick<Services, 'store' | 'clock' | 'keys'>,
  who: AuditActor,
  token: RevokedToken,
): Promise<void> {
  const { tenantId, tokenId, expiresAt, appId } = token;
  await services.store.change(tenantId, async (trx) => {
    if (!(await store.insertRevokedToken(trx, tenantId, tokenId, expiresAt))) return;
    await recordAuditAs(services, trx, tenantId, who, {
      action: 'access-token.revoke',
      target: { kind: 'access-token', id: tokenId },
      details: { appId },
    });
  });
}

export async function isAccessTokenRevoked(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  tokenId: string,
): Promise<boolean> {
  return await store.isTokenRevoked(services.store.db, tenantId, tokenId);
}
