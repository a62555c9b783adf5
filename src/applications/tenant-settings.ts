// What a tenant decides about applications: who registers them, who consents, which grants work.
import { may, require } from '../access/caller.ts';
import { TenantCache } from '../access/tenant-cache.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import type { ControlStore, Db } from '../db/store.ts';
import { changeAs } from '../directory/present-rights.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { findTenantSettings, saveTenantSetting } from './tenant-settings-store.ts';

export interface TenantSettings {
  /** Every member may register applications, of which the member is an owner then. */
  readonly membersMayRegister: boolean;
  /** The grant that hands an app the person's password. Off unless a tenant turns it on. */
  readonly passwordGrantEnabled: boolean;
  /** none: people grant nothing themselves. non-admin: delegated permissions that need no administrator. */
  readonly userConsent: 'none' | 'non-admin';
  /** Who may not consent can ask an administrator. */
  readonly consentRequestsEnabled: boolean;
}

export const defaultTenantSettings: TenantSettings = {
  membersMayRegister: true,
  passwordGrantEnabled: false,
  userConsent: 'non-admin',
  consentRequestsEnabled: true,
};

const caches = new WeakMap<ControlStore, TenantCache<TenantSettings>>();

/** The settings in force, kept until something in the tenant changes. */
export async function tenantSettings(services: Pick<Services, 'store'>, tenantId: TenantId): Promise<TenantSettings> {
  let cache = caches.get(services.store);
  if (!cache) {
    cache = new TenantCache(services.store.invalidations, 5000);
    caches.set(services.store, cache);
  }
  const found = await cache.get(tenantId, async () => ({
    tenantId,
    value: await readTenantSettings(services.store.db, tenantId),
  }));
  return found ?? defaultTenantSettings;
}

/** The same straight from the store, for use inside a change. */
export async function readTenantSettings(db: Db, tenantId: TenantId): Promise<TenantSettings> {
  const stored = await findTenantSettings(db, tenantId);
  return { ...defaultTenantSettings, ...(stored as Partial<TenantSettings>) }; // Written below only, after validation.
}

/** Whoever may read applications or consent may know what is allowed. */
export async function getTenantSettings(ctx: Ctx): Promise<TenantSettings> {
  if (!may(ctx.caller, 'Applications.read')) require(ctx.caller, 'Consent.grantDelegated');
  return await tenantSettings(ctx, ctx.caller.tenantId);
}

/** Changes what is given and leaves the rest. They decide who may grant what, so it takes the highest right to consent. */
export async function updateTenantSettings(ctx: Ctx, change: Partial<TenantSettings>): Promise<TenantSettings> {
  require(ctx.caller, 'Consent.grantGraph');
  const { tenantId } = ctx.caller;
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw new InvalidInput('body', 'Name at least one setting to change.');
  return await changeAs(ctx, 'Consent.grantGraph', async (trx) => {
    const before = await readTenantSettings(trx, tenantId);
    const after: TenantSettings = { ...before, ...Object.fromEntries(given) };
    for (const [name, value] of given) await saveTenantSetting(trx, tenantId, name, value);
    await recordAudit(ctx, trx, { action: 'tenant-settings.change', details: { before, after } });
    return after;
  });
}
