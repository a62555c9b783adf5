// Tenants: how they are made, found and named. What the operator does to them during their life is in tenant-life.ts.
import { randomInt } from 'node:crypto';
import { may, require } from '../access/caller.ts';
import type { Ctx, Services } from '../context.ts';
import { type Db, isUniqueViolation, type Trx } from '../db/store.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { isGuid, newId, type TenantId } from '../lib/ids.ts';
import { parseDisplayName, parseDomain, parseSearch, parseSlug } from './naming.ts';
import { type Listed, type PageRequest, parsePage } from './paging.ts';
import * as store from './tenants-store.ts';

export interface Tenant {
  readonly id: TenantId;
  readonly slug: string;
  readonly displayName: string;
  /** The integer that the cloud-apps surface calls `tenantId`. */
  readonly number: number;
  /** True for the tenant whose global administrators manage the deployment's tenants. */
  readonly isOperator: boolean;
  readonly status: 'enabled' | 'disabled' | 'deleted';
  readonly createdAt: number;
  readonly domains: readonly { readonly name: string; readonly isPrimary: boolean }[];
}

export interface NewTenant {
  readonly slug: string;
  readonly displayName: string;
  readonly domain: string;
}

const numberAttemptsMax = 20;

/**
 * Makes a tenant with its first domain, inside the caller's transaction; nobody's rights are asked. Throws InvalidInput
 * that names slug, displayName or domain, and Conflict when slug or domain are taken, also by a deleted tenant. The demo
 * fixes id and number, so that its records are the same everywhere.
 */
export async function createTenant(
  services: Pick<Services, 'clock' | 'config'>,
  trx: Trx,
  input: NewTenant,
  isOperator: boolean,
  fixed: Partial<Pick<Tenant, 'id' | 'number'>> = {},
): Promise<Tenant> {
  const slug = parseSlug('slug', input.slug);
  const displayName = parseDisplayName('displayName', input.displayName);
  const domain = parseDomain('domain', input.domain);
  if ((await store.countTenants(trx)) >= services.config.tenantsMax) {
    throw new Conflict(
      'too-many-tenants',
      `This deployment has its ${services.config.tenantsMax} tenants (setting tenantsMax).`,
    );
  }
  if (await store.findTenantBySlug(trx, slug)) throw slugTaken(slug);
  if (await store.findDomain(trx, domain)) throw domainTaken(domain);
  const now = services.clock();
  const row: store.TenantRow = {
    id: fixed.id ?? newId<TenantId>(),
    slug,
    displayName,
    number: fixed.number ?? (await freeNumber(trx)),
    isOperator: isOperator ? 1 : 0,
    status: 'enabled',
    statusBeforeDeletion: null,
    createdAt: now,
    statusChangedAt: now,
    revision: 1,
  };
  const primary: store.DomainRow = { name: domain, tenantId: row.id, isPrimary: 1, createdAt: now };
  try {
    await store.insertTenant(trx, row, primary);
  } catch (error) {
    if (isUniqueViolation(error)) throw slugTaken(slug);
    throw error;
  }
  return toTenant(row, [primary]);
}

async function freeNumber(trx: Trx): Promise<number> {
  for (let attempt = 0; attempt < numberAttemptsMax; attempt++) {
    const number = randomInt(10_000_000, 100_000_000);
    if (!(await store.isNumberTaken(trx, number))) return number;
  }
  throw new Conflict('too-many-tenants', 'No free tenant number was found. Try again.');
}

function slugTaken(slug: string): Conflict {
  return new Conflict('slug-taken', `The slug "${slug}" belongs to another tenant. Choose another one.`);
}

export function domainTaken(domain: string): Conflict {
  return new Conflict('domain-taken', `The domain ${domain} belongs to a tenant already. Choose another one.`);
}

function toTenant(row: store.TenantRow, domains: readonly store.DomainRow[]): Tenant {
  return {
    id: row.id,
    slug: row.slug,
    displayName: row.displayName,
    number: row.number,
    isOperator: row.isOperator === 1,
    status: row.status,
    createdAt: row.createdAt,
    domains: domains
      .filter((each) => each.tenantId === row.id)
      .map((each) => ({ name: each.name, isPrimary: each.isPrimary === 1 })),
  };
}

/** A tenant by id, slug or domain, whatever its status; nobody's rights are asked. */
export async function findTenant(db: Db, ref: string): Promise<Tenant | undefined> {
  const row = await findRow(db, ref);
  return row && toTenant(row, await store.listDomains(db, [row.id]));
}

async function findRow(db: Db, ref: string): Promise<store.TenantRow | undefined> {
  const text = ref.trim().toLowerCase();
  if (isGuid(text)) return await store.findTenantById(db, text as TenantId); // Looked up, so it becomes what it claims to be.
  // Neither slugs nor domains have other characters; PostgreSQL would fail on some of them.
  if (!/^[a-z0-9.-]{1,253}$/.test(text)) return undefined;
  return text.includes('.') ? await store.findTenantByDomain(db, text) : await store.findTenantBySlug(db, text);
}

export async function findTenantById(db: Db, tenantId: TenantId): Promise<Tenant | undefined> {
  const row = await store.findTenantById(db, tenantId);
  return row && toTenant(row, await store.listDomains(db, [row.id]));
}

/** The tenant whose global administrators manage the others; undefined before the set-up. */
export async function findOperatorTenant(db: Db): Promise<Tenant | undefined> {
  const row = await store.findOperator(db);
  return row && toTenant(row, await store.listDomains(db, [row.id]));
}

/** Slugs of the tenants that are not deleted, for host names and certificates. */
export async function listTenantSlugs(db: Db): Promise<string[]> {
  return await store.listSlugs(db);
}

/** Names of the tenant's domains, in lower case. */
export async function listDomainNames(db: Db, tenantId: TenantId): Promise<string[]> {
  return (await store.listDomains(db, [tenantId])).map((each) => each.name);
}

/** The tenant with all its domains, looked up again, for the answer to a change. */
export async function getTenantById(db: Db, tenantId: TenantId): Promise<Tenant> {
  const tenant = await findTenantById(db, tenantId);
  if (!tenant) throw new NotFound('The tenant');
  return tenant;
}

/** All tenants for the operator's global administrators, their own one for everybody else. */
export async function listTenants(
  ctx: Ctx,
  request: PageRequest & { status?: Tenant['status']; search?: string },
): Promise<Listed<Tenant>> {
  const page = parsePage(ctx.config, request, ['slug', 'displayName', 'createdAt', 'status']);
  const search = parseSearch(request.search);
  const { db } = ctx.store;
  if (!may(ctx.caller, 'Tenants.manage')) {
    const own = await getTenantById(db, ctx.caller.tenantId);
    const text = `${own.slug} ${own.displayName}`.toLowerCase();
    const isWanted =
      (request.status === undefined || own.status === request.status) && text.includes((search ?? '').toLowerCase());
    return { items: isWanted && page.skip === 0 ? [own] : [], total: isWanted ? 1 : 0 };
  }
  const { rows, total } = await store.pageTenants(db, { status: request.status, search }, page);
  const domains = await store.listDomains(
    db,
    rows.map((row) => row.id),
  );
  return { items: rows.map((row) => toTenant(row, domains)), total };
}

/** One tenant by id, slug or domain. Those who may not manage tenants find their own only. */
export async function getTenant(ctx: Ctx, ref: string): Promise<Tenant> {
  const tenant = await findTenant(ctx.store.db, ref);
  if (tenant && (tenant.id === ctx.caller.tenantId || may(ctx.caller, 'Tenants.manage'))) return tenant;
  // Same answer whether the tenant exists or not; a role that only needs activation may be told, it depends on nothing.
  if (ctx.caller.dormant.has('Tenants.manage')) require(ctx.caller, 'Tenants.manage');
  throw new NotFound('The tenant');
}
