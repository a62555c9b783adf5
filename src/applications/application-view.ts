import type { Ctx } from '../context.ts';
import type { Db } from '../db/store.ts';
import { findTenantById } from '../directory/tenants.ts';
import type { ApplicationId, TenantId, UserId } from '../lib/ids.ts';
import { type NamedAccess, nameAccess } from './access-lists.ts';
import { type Application, type ApplicationRow, toApplication } from './application.ts';
import * as store from './store.ts';

/** A secret as its owners see it: never its value, never its hash. Times are epoch milliseconds. */
export interface SecretView {
  readonly id: string;
  readonly description: string;
  readonly hint: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface CertificateView {
  readonly id: string;
  readonly description: string;
  /** Base64url without padding. */
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Base64 DER. */
  readonly certificate: string;
}

export interface OwnerView {
  readonly id: UserId;
  readonly userName: string;
  readonly displayName: string;
}

/** An application with everything that its home tenant sees of it. */
export interface ApplicationView extends Omit<Application, 'tenantId'> {
  readonly access: readonly NamedAccess[];
  readonly owners: readonly OwnerView[];
  readonly secrets: readonly SecretView[];
  readonly certificates: readonly CertificateView[];
  readonly publisherTenant: { readonly id: TenantId; readonly displayName: string };
}

export function toSecretView({ id, description, hint, startsAt, endsAt }: store.SecretRow): SecretView {
  return { id, description, hint, startsAt, endsAt };
}

export function toCertificateView(row: store.CertificateRow): CertificateView {
  const { id, description, thumbprintSha1, thumbprintSha256, startsAt, endsAt, certificate } = row;
  return { id, description, thumbprintSha1, thumbprintSha256, startsAt, endsAt, certificate };
}

/** Rows of the caller's own tenant as it sees them, in the same order. */
export async function toApplicationViews(
  ctx: Ctx,
  db: Db,
  rows: readonly ApplicationRow[],
): Promise<ApplicationView[]> {
  const { tenantId } = ctx.caller;
  const ids = rows.map((row) => row.id);
  const [owners, secrets, certificates, tenant] = [
    await store.listOwners(db, tenantId, ids),
    await store.listSecrets(db, tenantId, ids),
    await store.listCertificates(db, tenantId, ids),
    await findTenantById(db, tenantId),
  ];
  const of = <Row extends { readonly applicationId: ApplicationId }>(list: readonly Row[], id: ApplicationId) =>
    list.filter((each) => each.applicationId === id);
  const views: ApplicationView[] = [];
  for (const row of rows) {
    const { tenantId: _, ...application } = toApplication(row);
    views.push({
      ...application,
      access: await nameAccess(db, tenantId, application.requiredAccess),
      owners: of(owners, row.id).map(({ id, userName, displayName }) => ({ id, userName, displayName })),
      secrets: of(secrets, row.id).map(toSecretView),
      certificates: of(certificates, row.id).map(toCertificateView),
      publisherTenant: { id: tenantId, displayName: tenant?.displayName ?? '' },
    });
  }
  return views;
}
