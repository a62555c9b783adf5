// Set-up links: how a deployment gets its first tenant, and a tenant its first administrator, without a password that
// somebody else has seen. The link holds a one-time code in its fragment, which browsers send to no server, so it
// reaches no log; the store keeps its SHA-256.
import { Refusal } from '../access/refusal.ts';
import { recordAuditAs } from '../audit/audit.ts';
import type { Origin, Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { secondMs } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import { type CorrelationId, systemTenantId, type TenantId, type UserId } from '../lib/ids.ts';
import { randomBase62, sha256Hex } from '../lib/secrets.ts';
import { genericUrl, tenantUrl } from '../listening/names.ts';
import { addAssignment } from './assignments.ts';
import { parseDisplayName, parseDomain, parseSlug, parseUserName } from './naming.ts';
import { checkNewPassword, hashPassword } from './passwords.ts';
import { findRole, globalAdministratorId } from './role-table.ts';
import { countPermanentHolders } from './roles-store.ts';
import * as store from './setup-store.ts';
import { createTenant, findTenantById, type Tenant } from './tenants.ts';
import { addUser } from './users.ts';

export interface SetupLink {
  readonly url: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** 190 bits. */
const codeLength = 32;

type LinkServices = Pick<Services, 'clock' | 'config' | 'names'>;

/** Makes the link for a deployment without tenants, in place of an unused one. Null when there is a tenant already. */
export async function ensureSetupLink(services: LinkServices & Pick<Services, 'store'>): Promise<SetupLink | null> {
  return await services.store.transaction(async (trx) => {
    await store.holdFirstSetup(trx);
    return (await store.hasTenants(trx)) ? null : await makeLink(services, trx, systemTenantId);
  });
}

/** True until the first set-up is done. */
export async function awaitsFirstSetup(services: Pick<Services, 'store'>): Promise<boolean> {
  return !(await store.hasTenants(services.store.db));
}

/** Makes the link for a tenant's first administrator, in place of an unused one; the caller records it. */
export async function createTenantSetupLink(services: LinkServices, trx: Trx, tenantId: TenantId): Promise<SetupLink> {
  return await makeLink(services, trx, tenantId);
}

async function makeLink(services: LinkServices, trx: Trx, tenantId: TenantId): Promise<SetupLink> {
  const code = randomBase62(codeLength);
  const now = services.clock();
  const expiresAt = now + services.config.setupLinkSeconds * secondMs;
  await store.replaceSetupLink(trx, { hash: sha256Hex(code), tenantId, createdAt: now, expiresAt, usedAt: null });
  return { url: `${genericUrl(services.names)}/setup#${code}`, expiresAt };
}

export interface SetupInput {
  readonly code: string;
  /** The first three name the new tenant, on the first set-up only; later links belong to a tenant that exists. */
  readonly slug?: string | undefined;
  readonly displayName?: string | undefined;
  readonly domain?: string | undefined;
  readonly userName: string;
  readonly userDisplayName: string;
  readonly password: string;
}

export interface SetupResult {
  readonly tenant: Tenant;
  readonly user: { readonly id: UserId; readonly userName: string; readonly displayName: string };
  /** Where the tenant's people sign in. */
  readonly url: string;
}

/**
 * Uses a link up: makes the operator's tenant (first set-up), and the user as its permanent global administrator. All
 * happens or nothing does, once, however many try at the same time. Throws one Refusal (403 `setup-code-invalid`) for a
 * code that is unknown, used or over, and InvalidInput or Conflict for what was typed, after which the code still works.
 */
export async function completeSetup(
  services: Services,
  origin: Origin,
  correlationId: CorrelationId,
  input: SetupInput,
): Promise<SetupResult> {
  const hash = sha256Hex(input.code.trim());
  const link = await findUsableLink(services, hash);
  const newTenant = link.tenantId === systemTenantId ? parseNewTenant(input) : null;
  if (!newTenant) refuseTenantNames(input);
  const { userName, domain } = parseUserName('userName', input.userName);
  if (newTenant && newTenant.domain !== domain) {
    throw new InvalidInput('userName', `The user name must end in @${newTenant.domain}, the domain of the new tenant.`);
  }
  const displayName = parseDisplayName('userDisplayName', input.userDisplayName);
  checkNewPassword(services.config, 'password', input.password, userName);
  const passwordHash = await hashPassword(input.password);

  // The first set-up has no tenant whose change it could be; it is serialised by holdFirstSetup instead.
  return await services.store.change(link.tenantId, async (trx) => {
    if (newTenant) await store.holdFirstSetup(trx);
    if (!(await store.claimSetupLink(trx, link.tenantId, hash, services.clock()))) throw codeRefused(link.tenantId);
    const tenant = newTenant
      ? await makeOperatorTenant(services, trx, newTenant)
      : await findTenantToSetUp(services, trx, link.tenantId);
    const user = await addUser(services, trx, tenant.id, {
      userName,
      displayName,
      passwordHash,
      mustChangePassword: false,
    });
    await assignGlobalAdministrator(services, trx, user);
    const who = { actor: { kind: 'anonymous' as const, id: null, name: 'set-up link' }, origin, correlationId };
    const target = { kind: 'user', id: user.id, name: user.userName };
    const details = { tenant: tenant.slug, role: 'global-administrator', kind: 'permanent' };
    await recordAuditAs(services, trx, tenant.id, who, { action: 'setup.complete', target, details });
    await recordAuditAs(services, trx, systemTenantId, who, {
      action: newTenant ? 'tenant.create' : 'setup.complete',
      target: { kind: 'tenant', id: tenant.id, name: tenant.slug },
      details: { domain, administrator: userName, isOperator: tenant.isOperator },
    });
    return { tenant, user, url: tenantUrl(services.names, tenant.slug) };
  });
}

async function findUsableLink(services: Services, hash: string): Promise<store.SetupLinkRow> {
  const link = await store.findSetupLink(services.store.db, hash);
  if (!link || link.usedAt !== null || link.expiresAt <= services.clock()) throw codeRefused(link?.tenantId ?? null);
  return link;
}

function parseNewTenant(input: SetupInput): { slug: string; displayName: string; domain: string } {
  const { slug, displayName, domain } = input;
  if (slug === undefined) throw new InvalidInput('slug', 'Give a short name for the tenant: it becomes its host name.');
  if (displayName === undefined) throw new InvalidInput('displayName', 'Give the name of the organisation.');
  if (domain === undefined)
    throw new InvalidInput('domain', 'Give the domain that the user names of the tenant end in.');
  return {
    slug: parseSlug('slug', slug),
    displayName: parseDisplayName('displayName', displayName),
    domain: parseDomain('domain', domain),
  };
}

function refuseTenantNames(input: SetupInput): void {
  for (const field of ['slug', 'displayName', 'domain'] as const) {
    if (input[field] !== undefined) {
      throw new InvalidInput(
        field,
        'This set-up link belongs to a tenant that exists. Leave out slug, displayName and domain.',
      );
    }
  }
}

async function makeOperatorTenant(
  services: Services,
  trx: Trx,
  input: { slug: string; displayName: string; domain: string },
): Promise<Tenant> {
  // A second link that another process printed at its start: the first one that is used wins.
  if (await store.hasTenants(trx)) throw codeRefused(null);
  return await createTenant(services, trx, input, true);
}

/**
 * The tenant while it is enabled and has no administrator: one may have come by break-glass since the link was made, and
 * the link would then be its maker's way into data of others.
 */
async function findTenantToSetUp(services: Services, trx: Trx, tenantId: TenantId): Promise<Tenant> {
  const tenant = await findTenantById(trx, tenantId);
  if (tenant?.status !== 'enabled') throw codeRefused(tenantId);
  const { inForce } = await countPermanentHolders(trx, tenantId, globalAdministratorId, services.clock());
  if (inForce > 0) throw codeRefused(tenantId);
  return tenant;
}

async function assignGlobalAdministrator(
  services: Services,
  trx: Trx,
  user: { id: UserId; tenantId: TenantId },
): Promise<void> {
  const role = findRole(globalAdministratorId);
  if (!role) throw new Error('The table of built-in roles has no global administrator.');
  await addAssignment(services, trx, user, { role, kind: 'permanent' }, 'set-up link');
}

function codeRefused(tenantId: TenantId | null): Refusal {
  return new Refusal({
    status: 403,
    code: 'setup-code-invalid',
    message: 'This set-up link is not valid any more: it works once, and only for a limited time.',
    chain: [
      {
        check: 'credential-known',
        outcome: 'failed',
        detail: 'The set-up code is unknown, was used, is over, or was replaced by a newer link.',
      },
    ],
    remedy:
      'Get a new link: restart the server while it has no tenant, or let the operator run "sallyport tenant setup-link".',
    tenantId,
    userId: null,
    target: null,
  });
}
