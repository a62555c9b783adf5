// What notifications tell of applications. Nobody's rights are asked: who is told was decided when it was asked for.
import type { Db } from '../db/store.ts';
import { findUserName } from '../directory/notices.ts';
import type { TenantId } from '../lib/ids.ts';
import { findRequest } from './consent-requests-store.ts';
import { listEnding } from './notices-store.ts';
import { findByAppId } from './store.ts';

export interface ConsentRequestNotice {
  readonly app: string;
  readonly userName: string;
  readonly reason: string;
}

/** A request for consent that still waits; undefined when it is decided or gone. */
export async function findConsentRequestNotice(
  db: Db,
  tenantId: TenantId,
  id: string,
): Promise<ConsentRequestNotice | undefined> {
  const request = await findRequest(db, tenantId, id);
  if (request?.status !== 'open') return undefined;
  const application = await findByAppId(db, request.appId);
  const userName = await findUserName(db, tenantId, request.userId);
  return application && userName ? { app: application.displayName, userName, reason: request.reason } : undefined;
}

export interface EndingCredential {
  readonly id: string;
  readonly description: string;
  readonly endsAt: number;
  readonly app: string;
  readonly appId: string;
}

const endingMax = 1000;

/** Secrets and certificates of the tenant's applications that end after `from` and at `to` at the latest; or only that one. */
export async function listEndingCredentials(
  db: Db,
  tenantId: TenantId,
  from: number,
  to: number,
  id?: string,
): Promise<EndingCredential[]> {
  const rows = await listEnding(db, tenantId, { from, to, id, limit: endingMax });
  return rows.map(({ displayName, ...row }) => ({ ...row, app: displayName }));
}
