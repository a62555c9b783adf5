// Consent: somebody of a tenant allows an application what it asks for. Always for an explicit list of permissions, the
// one that was shown, so that nothing is granted that was added while the page was open (Entra reference 4.5).
import { may, require } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { denied } from '../directory/denied.ts';
import { loadRights, rightsAt } from '../directory/effective.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { findTenantById } from '../directory/tenants.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import type { AppId, TenantId, UserId } from '../lib/ids.ts';
import { accessInWords, countOf, findApiById, nameAccess, union, without } from './access-lists.ts';
import { type AccessRequest, type ApplicationRow, isOpenTo, parseAccess } from './application.ts';
import { actorId, memberOf } from './application-rights.ts';
import { grantAccess, rightToGrant } from './grants.ts';
import { tellHome } from './home-audit.ts';
import { type ClientView, delegatedScopesFor, isAssignedTo, loadClient, rolesFor } from './lookup.ts';
import * as principals from './principals-store.ts';
import type { ApiPermission, ApiResource } from './resources.ts';
import { addPrincipal, getAvailable, recordPrincipalAct } from './service-principals.ts';
import { findByAppId } from './store.ts';
import { readTenantSettings, tenantSettings } from './tenant-settings.ts';

/** One line of the page: a permission in words. */
export interface ConsentItem {
  readonly resource: Pick<ApiResource, 'appId' | 'displayName'>;
  readonly kind: 'application' | 'delegated';
  readonly permission: ApiPermission;
  /** In force already, for the tenant or for this person. */
  readonly isGranted: boolean;
  /** The tenant consented before, and this was not part of it. */
  readonly isNew: boolean;
}

export interface ConsentQuestion {
  readonly client: ClientView;
  /** What an answer grants: hand it back as it is. */
  readonly requested: readonly AccessRequest[];
  readonly items: readonly ConsentItem[];
  readonly mayConsentForTenant: boolean;
  readonly mayConsentForSelf: boolean;
  /** Set where the person may not consent for the tenant: the permission that is missing. */
  readonly missing: Permission | null;
  /** Set where a role that would do is eligible but not activated. */
  readonly dormantRole: string | null;
  /** Who may not consent can ask an administrator here. */
  readonly mayAsk: boolean;
}

/**
 * What to ask this person about an application. `requested` is the list of named scopes, or null for everything that the
 * application's registration asks for; what no API offers here at the moment is left out of the question, and so of the
 * answer. Undefined: the tenant has no such application to consent to.
 */
export async function consentQuestion(
  services: Pick<Services, 'store' | 'clock'>,
  person: { readonly tenantId: TenantId; readonly userId: UserId },
  appId: string,
  requested: readonly AccessRequest[] | null,
): Promise<ConsentQuestion | undefined> {
  const { tenantId, userId } = person;
  const client = await loadClient(services, appId, tenantId);
  if (!client || !isAvailable(client, tenantId)) return undefined;
  const rights = await loadRights(services.store.db, tenantId, userId);
  if (!rights) return undefined;
  const now = rightsAt(rights, services.clock());
  const items = await itemsOf(services, person, client, requested ?? client.application.requiredAccess);
  const access = accessOf(items);
  const needed = rightToGrant(access);
  const mayConsentForTenant = now.permissions.has(needed);
  const settings = await tenantSettings(services, tenantId);
  const isAdminFree = items.every(({ kind, permission }) => kind === 'delegated' && !permission.adminOnly);
  const mayGrantOwn =
    (settings.userConsent === 'non-admin' && isAdminFree) || now.permissions.has('Consent.grantDelegated');
  const hasRoles = items.some(({ kind }) => kind === 'application');
  const isAdmitted = await mayUse(services, client, tenantId, userId);
  return {
    client,
    requested: access,
    items,
    mayConsentForTenant,
    mayConsentForSelf: mayGrantOwn && !hasRoles && isAdmitted,
    missing: mayConsentForTenant ? null : needed,
    dormantRole: mayConsentForTenant ? null : (now.dormant.get(needed) ?? null),
    mayAsk: settings.consentRequestsEnabled,
  };
}

function isAvailable({ application, homeTenant }: ClientView, tenantId: TenantId): boolean {
  return isOpenTo(application, tenantId) && application.status === 'enabled' && homeTenant.status === 'enabled';
}

async function mayUse(
  services: Pick<Services, 'store'>,
  { application, servicePrincipal }: ClientView,
  tenantId: TenantId,
  userId: UserId,
): Promise<boolean> {
  if (!servicePrincipal?.requiresAssignment) return servicePrincipal?.isEnabled ?? true;
  return servicePrincipal.isEnabled && (await isAssignedTo(services, tenantId, application.appId, userId));
}

async function itemsOf(
  services: Pick<Services, 'store'>,
  { tenantId, userId }: { readonly tenantId: TenantId; readonly userId: UserId },
  { servicePrincipal }: ClientView,
  access: readonly AccessRequest[],
): Promise<ConsentItem[]> {
  const consented = servicePrincipal?.consentedAccess ?? null;
  const items: ConsentItem[] = [];
  for (const { resource, roles, scopes } of await nameAccess(services.store.db, tenantId, access)) {
    const { appId, displayName } = resource;
    const heldRoles = servicePrincipal ? await rolesFor(services, tenantId, servicePrincipal.id, appId) : [];
    const heldScopes = servicePrincipal
      ? await delegatedScopesFor(services, tenantId, servicePrincipal.id, userId, appId)
      : [];
    const before = consented?.find(({ resourceAppId }) => resourceAppId === appId);
    const add = (kind: ConsentItem['kind'], permission: ApiPermission, held: string[], known: readonly string[]) =>
      items.push({
        resource: { appId, displayName },
        kind,
        permission,
        isGranted: held.includes(permission.value),
        isNew: consented !== null && !known.includes(permission.id),
      });
    for (const role of roles) add('application', role, heldRoles, before?.roles ?? []);
    for (const scope of scopes) add('delegated', scope, heldScopes, before?.scopes ?? []);
  }
  return items;
}

/** Exactly what the items say. */
function accessOf(items: readonly ConsentItem[]): AccessRequest[] {
  return items
    .map(({ resource, kind, permission }) => ({
      resourceAppId: resource.appId,
      roles: kind === 'application' ? [permission.id] : [],
      scopes: kind === 'delegated' ? [permission.id] : [],
    }))
    .reduce<AccessRequest[]>((all, each) => union(all, [each]), []);
}

/** Consents for the whole tenant. Needs a person's session and the right that the permissions take. */
export async function consentForTenant(
  ctx: Ctx,
  appId: string,
  requested: readonly AccessRequest[],
): Promise<principals.ServicePrincipalRow> {
  requirePerson(ctx);
  return await changeConsent(ctx, appId, (trx, application) => consentInside(ctx, trx, application, requested));
}

/** The same inside a transaction that has both tenants, for decisions about requests. */
export async function consentInside(
  ctx: Ctx,
  trx: Trx,
  application: ApplicationRow,
  requested: readonly AccessRequest[],
): Promise<principals.ServicePrincipalRow> {
  require(await presentCaller(ctx, trx), rightToGrant(requested));
  checkRoles(application, requested);
  const { tenantId } = ctx.caller;
  const before = await principals.findPrincipal(trx, tenantId, application.appId);
  const principal = before ?? (await addPrincipal(ctx, trx, application));
  const added = await grantAccess(ctx, trx, principal, requested, '');
  const earlier = principal.consentedAccess === null ? [] : parseAccess(principal.consentedAccess);
  // A consent to all that is asked for replaces the memory of earlier ones; a partial one adds to it.
  const isWhole = countOf(without(parseAccess(application.requiredAccess), requested)) === 0;
  const change = {
    consentedAt: ctx.clock(),
    consentedBy: actorId(ctx),
    consentedAccess: JSON.stringify(isWhole ? requested : union(earlier, requested)),
    displayName: application.displayName,
  };
  await principals.updatePrincipal(trx, tenantId, principal.id, change);
  const permissions = accessInWords(await nameAccess(trx, tenantId, requested));
  const isNew = accessInWords(await nameAccess(trx, tenantId, added));
  await recordPrincipalAct(ctx, trx, 'consent.grant', principal, { for: 'tenant', permissions, new: isNew });
  await tellHome(ctx, trx, principal, 'consent.grant', permissions);
  return { ...principal, ...change };
}

/** Application permissions are granted only while the registration asks for them (reference 4.5, admin consent). */
function checkRoles(application: ApplicationRow, requested: readonly AccessRequest[]): void {
  const beyond = without(requested, parseAccess(application.requiredAccess)).find(({ roles }) => roles.length > 0);
  if (beyond) {
    throw new InvalidInput(
      'permissions',
      `${application.displayName} does not ask for all of these application permissions any more. Open the consent page again.`,
    );
  }
}

/**
 * Consents for the person alone: delegated permissions, where the tenant lets people do that and none needs an
 * administrator, or for somebody who could consent for everybody.
 */
export async function consentForUser(
  ctx: Ctx,
  appId: string,
  requested: readonly AccessRequest[],
): Promise<principals.ServicePrincipalRow> {
  const userId = requirePerson(ctx);
  return await changeConsent(ctx, appId, async (trx, application) => {
    const { tenantId } = ctx.caller;
    await requireMayGrantOwn(ctx, trx, requested);
    const before = await principals.findPrincipal(trx, tenantId, application.appId);
    if (before?.requiresAssignment === 1 && !(await principals.isAssigned(trx, tenantId, application.appId, userId))) {
      throw denied(ctx, {
        check: 'assignment',
        detail: `${application.displayName} is for assigned people only.`,
        remedy: `Ask an application administrator to assign you to ${application.displayName}.`,
        target: application.appId,
      });
    }
    const principal = before ?? (await addPrincipal(ctx, trx, application));
    const added = await grantAccess(ctx, trx, principal, requested, userId);
    const permissions = accessInWords(await nameAccess(trx, tenantId, added));
    await recordPrincipalAct(ctx, trx, 'consent.grant', principal, { for: 'user', permissions });
    if (countOf(added) > 0) await tellHome(ctx, trx, principal, 'consent.grant', permissions);
    return principal;
  });
}

async function requireMayGrantOwn(ctx: Ctx, trx: Trx, requested: readonly AccessRequest[]): Promise<void> {
  if (requested.some(({ roles }) => roles.length > 0)) {
    throw new InvalidInput(
      'permissions',
      'Application permissions are granted for a whole tenant, not for one person.',
    );
  }
  const caller = await presentCaller(ctx, trx);
  if (may(caller, 'Consent.grantDelegated')) return;
  const settings = await readTenantSettings(trx, caller.tenantId);
  const named = await nameAccess(trx, caller.tenantId, requested);
  const adminOnly = named.flatMap(({ scopes }) => scopes).find((scope) => scope.adminOnly);
  if (settings.userConsent === 'non-admin' && !adminOnly) return;
  throw denied(ctx, {
    check: 'consent',
    code: 'consent-missing',
    detail: adminOnly
      ? `${adminOnly.value} needs the consent of an administrator.`
      : 'In this tenant only administrators consent to applications.',
    remedy: 'Ask an administrator to consent to the application for the tenant.',
    target: null,
  });
}

/** Says in the log that somebody was asked and said no. */
export async function declineConsent(ctx: Ctx, appId: string, requested: readonly AccessRequest[]): Promise<void> {
  requirePerson(ctx);
  const { tenantId } = ctx.caller;
  await ctx.store.change(tenantId, async (trx) => {
    const application = await getAvailable(trx, tenantId, appId);
    const permissions = accessInWords(await nameAccess(trx, tenantId, requested));
    await recordAudit(ctx, trx, {
      action: 'consent.decline',
      target: { kind: 'application', id: application.appId, name: application.displayName },
      details: { appId: application.appId, permissions },
    });
  });
}

/** Consent is given by somebody who is there (design section 5), never by a token that acts for somebody. */
export function requirePerson(ctx: Ctx): UserId {
  const userId = memberOf(ctx.caller);
  if (userId !== undefined) return userId;
  throw denied(ctx, {
    check: 'credential-kind',
    code: 'wrong-credential-kind',
    detail: 'Consent is given by a person who is signed in.',
    remedy: 'Sign in and consent with that session.',
    target: null,
  });
}

/** A change of the caller's tenant and of the application's home together. */
export async function changeConsent<T>(
  ctx: Ctx,
  appId: string,
  work: (trx: Trx, application: ApplicationRow) => Promise<T>,
): Promise<T> {
  const { tenantId } = ctx.caller;
  const seen = await findByAppId(ctx.store.db, appId.trim());
  if (!seen || !isOpenTo(seen, tenantId)) throw new NotFound('The application');
  return await ctx.store.change([tenantId, seen.tenantId], async (trx) => {
    const application = await getAvailable(trx, tenantId, appId);
    const publisher = await findTenantById(trx, application.tenantId);
    if (application.status !== 'enabled' || publisher?.status !== 'enabled') {
      throw new Conflict('application-disabled', `${application.displayName} is disabled by its publisher.`);
    }
    return await work(trx, application);
  });
}

/** Ids for names of delegated permissions of one API; `unknown` are those that it does not have. */
export async function requestOfScopes(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  resourceAppId: AppId,
  values: readonly string[],
): Promise<{ readonly access: AccessRequest; readonly unknown: readonly string[] }> {
  const api = await findApiById(services.store.db, tenantId, resourceAppId);
  const found = values.map((value) => api?.scopes.find((each) => each.value.toLowerCase() === value.toLowerCase()));
  return {
    access: { resourceAppId, roles: [], scopes: [...new Set(found.flatMap((each) => each?.id ?? []))] },
    unknown: values.filter((_, index) => !found[index]),
  };
}
