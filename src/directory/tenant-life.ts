// What the operator does with tenants: making, naming, disabling, deleting, restoring, domains, set-up links. Every act
// is recorded in the operator's audit and in the tenant's own.
import { require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { type LifeAct, stateAfter } from './life-cycle.ts';
import { parseDisplayName, parseDomain } from './naming.ts';
import { changeAs } from './present-rights.ts';
import { globalAdministratorId } from './role-table.ts';
import { countPermanentHolders } from './roles-store.ts';
import { endTenantSessions } from './sessions.ts';
import { createTenantSetupLink, type SetupLink } from './setup.ts';
import { createTenant, domainTaken, getTenant, getTenantById, type NewTenant, type Tenant } from './tenants.ts';
import * as store from './tenants-store.ts';
import { countUsersInDomain } from './users-store.ts';

/** Makes a tenant and the link by which its first administrator sets it up. Needs Tenants.manage. */
export async function createTenantWithLink(
  ctx: Ctx,
  input: NewTenant,
): Promise<{ tenant: Tenant; setupLink: SetupLink }> {
  require(ctx.caller, 'Tenants.manage');
  // The operator's own row is taken, so that two operators cannot make the same tenant side by side.
  return await changeAs(ctx, 'Tenants.manage', async (trx) => {
    const tenant = await createTenant(ctx, trx, input, false);
    const setupLink = await createTenantSetupLink(ctx, trx, tenant.id);
    await recordTenantAct(ctx, trx, 'tenant.create', tenant, { domain: tenant.domains[0]?.name });
    return { tenant, setupLink };
  });
}

/** Gives a tenant another display name. Needs Tenants.manage. */
export async function renameTenant(ctx: Ctx, ref: string, displayName: string): Promise<Tenant> {
  const name = parseDisplayName('displayName', displayName);
  return await changeTenant(ctx, ref, async (trx, tenant) => {
    await store.updateTenant(trx, tenant.id, { displayName: name });
    await recordTenantAct(ctx, trx, 'tenant.rename', tenant, { from: tenant.displayName, to: name });
  });
}

/**
 * Disables, enables, deletes or restores a tenant. While it is disabled or deleted, nothing of it is let in; its data
 * stay. Needs Tenants.manage; throws Conflict for the operator's own tenant.
 */
export async function changeTenantLife(ctx: Ctx, ref: string, act: LifeAct): Promise<Tenant> {
  return await changeTenant(ctx, ref, async (trx, tenant) => {
    const closes = act === 'disable' || act === 'delete';
    if (closes && tenant.isOperator) {
      throw new Conflict('operator-tenant', "The operator's own tenant can be neither disabled nor deleted.");
    }
    const row = await store.findTenantById(trx, tenant.id);
    if (!row) throw new NotFound('The tenant');
    const next = stateAfter(`The tenant ${tenant.slug}`, row, act);
    if (!next) return;
    const now = ctx.clock();
    await store.updateTenant(trx, tenant.id, { ...next, statusChangedAt: now });
    if (closes) await endTenantSessions(trx, tenant.id, now);
    await recordTenantAct(ctx, trx, `tenant.${act}`, tenant);
  });
}

/**
 * A new link for a tenant that has no global administrator yet, in place of an unused one. Needs Tenants.manage; throws
 * Conflict for a tenant that has one, because the link would be a way into data that is not the operator's.
 */
export async function renewSetupLink(ctx: Ctx, ref: string): Promise<SetupLink> {
  const { id } = await getManagedTenant(ctx, ref);
  const renew = async (trx: Trx): Promise<SetupLink> => {
    const tenant = await getTenantById(trx, id);
    if (tenant.status !== 'enabled') {
      throw new Conflict(
        'tenant-not-enabled',
        `The tenant ${tenant.slug} is ${tenant.status}. Enable or restore it first.`,
      );
    }
    const { inForce } = await countPermanentHolders(trx, id, globalAdministratorId, ctx.clock());
    if (inForce > 0) {
      throw new Conflict(
        'tenant-has-administrator',
        `The tenant ${tenant.slug} has a global administrator, who makes its accounts. If nobody there can sign in, use "sallyport break-glass" on the server's own machine.`,
      );
    }
    const link = await createTenantSetupLink(ctx, trx, id);
    await recordTenantAct(ctx, trx, 'tenant.setup-link', tenant);
    return link;
  };
  return await changeAs(ctx, 'Tenants.manage', renew, id);
}

/** Adds a domain that no tenant of the deployment has. Needs Tenants.manage. */
export async function addDomain(ctx: Ctx, ref: string, name: string): Promise<Tenant> {
  const domain = parseDomain('name', name);
  return await changeTenant(ctx, ref, async (trx, tenant) => {
    if (tenant.domains.some((each) => each.name === domain)) return;
    if (await store.findDomain(trx, domain)) throw domainTaken(domain);
    const { domainsPerTenantMax } = ctx.config;
    if (tenant.domains.length >= domainsPerTenantMax) {
      throw new Conflict(
        'too-many-domains',
        `This tenant has its ${domainsPerTenantMax} domains (setting domainsPerTenantMax).`,
      );
    }
    await store.insertDomain(trx, { name: domain, tenantId: tenant.id, isPrimary: 0, createdAt: ctx.clock() });
    await recordTenantAct(ctx, trx, 'tenant.add-domain', tenant, { domain });
  });
}

/** Removes a domain. Needs Tenants.manage; throws Conflict for the primary one and while living users have it. */
export async function removeDomain(ctx: Ctx, ref: string, name: string): Promise<Tenant> {
  const domain = parseDomain('name', name);
  return await changeTenant(ctx, ref, async (trx, tenant) => {
    const known = tenant.domains.find((each) => each.name === domain);
    if (!known) throw new NotFound('The domain');
    if (known.isPrimary) throw new Conflict('primary-domain', `${domain} is the tenant's first domain and stays.`);
    const users = await countUsersInDomain(trx, tenant.id, domain);
    if (users > 0) {
      throw new Conflict('domain-in-use', `${users} user(s) have names in ${domain}. Delete them first.`);
    }
    await store.deleteDomain(trx, tenant.id, domain);
    await recordTenantAct(ctx, trx, 'tenant.remove-domain', tenant, { domain });
  });
}

/** The tenant that an operator's act is about. For all others any tenant but their own is absent. */
async function getManagedTenant(ctx: Ctx, ref: string): Promise<Tenant> {
  const tenant = await getTenant(ctx, ref);
  require(ctx.caller, 'Tenants.manage');
  return tenant;
}

async function changeTenant(ctx: Ctx, ref: string, work: (trx: Trx, tenant: Tenant) => Promise<void>): Promise<Tenant> {
  const { id } = await getManagedTenant(ctx, ref);
  const change = async (trx: Trx): Promise<Tenant> => {
    await work(trx, await getTenantById(trx, id));
    return await getTenantById(trx, id);
  };
  return await changeAs(ctx, 'Tenants.manage', change, id);
}

async function recordTenantAct(
  ctx: Ctx,
  trx: Trx,
  action: string,
  tenant: Tenant,
  details: Record<string, unknown> = {},
): Promise<void> {
  const entry = { action, target: { kind: 'tenant', id: tenant.id, name: tenant.slug }, details };
  await recordAudit(ctx, trx, entry);
  if (tenant.id === ctx.caller.tenantId) return;
  await recordAudit(ctx, trx, { ...entry, details: { ...details, operatorTenant: ctx.caller.tenantSlug } }, tenant.id);
}
