import type { Selectable } from 'kysely';
import type { DomainsTable, TenantsTable } from '../db/directory-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { contains, type Page } from './paging.ts';

export type TenantRow = Selectable<TenantsTable>;
export type DomainRow = Selectable<DomainsTable>;

export async function insertTenant(trx: Trx, tenant: TenantRow, domain: DomainRow): Promise<void> {
  await trx.insertInto('tenants').values(tenant).execute();
  await trx.insertInto('domains').values(domain).execute();
}

export async function findTenantById(db: Db, tenantId: TenantId): Promise<TenantRow | undefined> {
  return await db.selectFrom('tenants').selectAll().where('id', '=', tenantId).executeTakeFirst();
}

export async function findTenantBySlug(db: Db, slug: string): Promise<TenantRow | undefined> {
  return await db.selectFrom('tenants').selectAll().where('slug', '=', slug).executeTakeFirst();
}

export async function findTenantByDomain(db: Db, domain: string): Promise<TenantRow | undefined> {
  return await db
    .selectFrom('tenants')
    .innerJoin('domains', 'domains.tenantId', 'tenants.id')
    .selectAll('tenants')
    .where('domains.name', '=', domain)
    .executeTakeFirst();
}

export async function findOperator(db: Db): Promise<TenantRow | undefined> {
  return await db.selectFrom('tenants').selectAll().where('isOperator', '=', 1).executeTakeFirst();
}

export async function isNumberTaken(db: Db, number: number): Promise<boolean> {
  return (await db.selectFrom('tenants').select('id').where('number', '=', number).executeTakeFirst()) !== undefined;
}

export async function countTenants(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('tenants')
    .select((e) => e.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export type TenantSort = 'slug' | 'displayName' | 'createdAt' | 'status';

export interface TenantFilter {
  readonly status?: TenantRow['status'];
  readonly search?: string;
}

/** One page of all tenants of the deployment, for the operator. */
export async function pageTenants(
  db: Db,
  filter: TenantFilter,
  page: Page<TenantSort>,
): Promise<{ rows: TenantRow[]; total: number }> {
  let query = db.selectFrom('tenants');
  const { status, search } = filter;
  if (status) query = query.where('status', '=', status);
  if (search)
    query = query.where((e) => e.or([contains(e.ref('slug'), search), contains(e.ref('displayName'), search)]));
  const rows = await query
    .selectAll()
    .orderBy(page.sort, page.direction)
    .orderBy('id', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

/** The slugs of every tenant that is not deleted: the host names that the deployment answers to. */
export async function listSlugs(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('tenants').select('slug').where('status', '<>', 'deleted').orderBy('slug').execute();
  return rows.map((row) => row.slug);
}

/** Domains of these tenants, each tenant's primary one first. */
export async function listDomains(db: Db, tenantIds: readonly TenantId[]): Promise<DomainRow[]> {
  if (tenantIds.length === 0) return [];
  return await db
    .selectFrom('domains')
    .selectAll()
    .where('tenantId', 'in', tenantIds)
    .orderBy('isPrimary', 'desc')
    .orderBy('name')
    .execute();
}

/** Whoever has the domain; it is unique over the whole deployment. */
export async function findDomain(db: Db, name: string): Promise<DomainRow | undefined> {
  return await db.selectFrom('domains').selectAll().where('name', '=', name).executeTakeFirst();
}

export async function insertDomain(trx: Trx, row: DomainRow): Promise<void> {
  await trx.insertInto('domains').values(row).execute();
}

export async function deleteDomain(trx: Trx, tenantId: TenantId, name: string): Promise<void> {
  await trx.deleteFrom('domains').where('tenantId', '=', tenantId).where('name', '=', name).execute();
}

export async function updateTenant(
  trx: Trx,
  tenantId: TenantId,
  change: Partial<Pick<TenantRow, 'displayName' | 'status' | 'statusBeforeDeletion' | 'statusChangedAt'>>,
): Promise<void> {
  await trx.updateTable('tenants').set(change).where('id', '=', tenantId).execute();
}
