// What the token endpoint and the check of bearer tokens ask at every request, and so is kept: who the client is, and
// what it was granted. The half that belongs to the home tenant and the half that belongs to the called tenant are kept
// apart, so that a change in either of the two is seen at the next request.
import { TenantCache } from '../access/tenant-cache.ts';
import type { Services } from '../context.ts';
import type { ControlStore, Db } from '../db/store.ts';
import type { AppId, ServicePrincipalId, TenantId, UserId } from '../lib/ids.ts';
import { type Application, isOpenTo, toApplication } from './application.ts';
import { apiOf } from './custom-apis.ts';
import * as principals from './principals-store.ts';
import { type ApiResource, type Family, findResource, findResourceByAudience, listResources } from './resources.ts';
import { type ServicePrincipal, toServicePrincipal } from './service-principal.ts';
import * as store from './store.ts';

export type ClientSecret = store.SecretRow;
export type ClientCertificate = store.CertificateRow;

export interface HomeTenant {
  readonly id: TenantId;
  readonly displayName: string;
  readonly slug: string;
  readonly status: 'enabled' | 'disabled' | 'deleted';
}

interface HomePart {
  readonly application: Application;
  readonly homeTenant: HomeTenant;
  readonly secrets: readonly ClientSecret[];
  readonly certificates: readonly ClientCertificate[];
}

export interface ClientView extends HomePart {
  /** The application's presence in the tenant that was asked for; undefined before anybody there consented. */
  readonly servicePrincipal: ServicePrincipal | undefined;
}

interface PrincipalPart {
  readonly principal: ServicePrincipal;
  /** Ids of granted application permissions, by API. */
  readonly roleIds: ReadonlyMap<AppId, ReadonlySet<string>>;
}

interface DelegatedPart {
  /** Names of granted delegated permissions, by API; the tenant's and this person's together. */
  readonly scopes: ReadonlyMap<AppId, ReadonlySet<string>>;
}

class Lookups {
  readonly homes: TenantCache<HomePart>;
  readonly principals: TenantCache<PrincipalPart | 'none'>;
  readonly delegated: TenantCache<DelegatedPart>;
  readonly assigned: TenantCache<boolean>;
  readonly apis: TenantCache<AppId>;

  constructor({ invalidations }: ControlStore) {
    this.homes = new TenantCache(invalidations, 10_000);
    this.principals = new TenantCache(invalidations, 20_000);
    this.delegated = new TenantCache(invalidations, 50_000);
    this.assigned = new TenantCache(invalidations, 50_000);
    this.apis = new TenantCache(invalidations, 5_000);
  }
}

/** One a store: what is kept follows that store's invalidations. */
const lookups = new WeakMap<ControlStore, Lookups>();

function lookupsOf({ store: control }: Pick<Services, 'store'>): Lookups {
  let found = lookups.get(control);
  if (!found) {
    found = new Lookups(control);
    lookups.set(control, found);
  }
  return found;
}

/**
 * The client behind a client id as it stands now, with its presence in `tenantId` (null for a request through `common`).
 * Undefined when there is no such application or it was deleted; whether it is enabled is for the caller to check.
 */
export async function loadClient(
  services: Pick<Services, 'store'>,
  appId: string,
  tenantId: TenantId | null,
): Promise<ClientView | undefined> {
  const home = await loadHome(services, appId);
  if (!home) return undefined;
  const part = tenantId === null ? undefined : await loadPrincipal(services, tenantId, home.application.appId);
  return { ...home, servicePrincipal: part?.principal };
}

export type ClientProblem =
  /** It was disabled by its publisher, or its publisher's tenant is not enabled. */
  | 'application-disabled'
  /** It is for its home tenant only. */
  | 'other-tenant'
  /** Nobody in the tenant consented to it. */
  | 'not-present'
  /** The tenant's administrator disabled it there. */
  | 'principal-disabled';

/** Why the client cannot be used in a tenant at this moment; undefined when it can. */
export function problemOfClient(
  { application, homeTenant, servicePrincipal }: ClientView,
  tenantId: TenantId,
): ClientProblem | undefined {
  if (application.status !== 'enabled' || homeTenant.status !== 'enabled') return 'application-disabled';
  if (application.signInAudience === 'AzureADMyOrg' && application.tenantId !== tenantId) return 'other-tenant';
  if (!servicePrincipal) return 'not-present';
  return servicePrincipal.isEnabled ? undefined : 'principal-disabled';
}

async function loadHome({ store: control }: Pick<Services, 'store'>, appId: string): Promise<HomePart | undefined> {
  const key = appId.toLowerCase();
  const cache = lookupsOf({ store: control }).homes;
  const found =
    cache.peek(key) ??
    (await cache.get(key, async () => {
      const value = await readHome(control.db, key);
      return value && { tenantId: value.application.tenantId, value };
    }));
  return found?.application.status === 'deleted' ? undefined : found;
}

export async function readHome(db: Db, appId: string): Promise<HomePart | undefined> {
  const row = await store.findByAppId(db, appId);
  if (!row) return undefined;
  const homeTenant = await db
    .selectFrom('tenants')
    .select(['id', 'displayName', 'slug', 'status'])
    .where('id', '=', row.tenantId)
    .executeTakeFirst();
  if (!homeTenant) return undefined;
  return {
    application: toApplication(row),
    homeTenant,
    secrets: await store.listSecrets(db, row.tenantId, [row.id]),
    certificates: await store.listCertificates(db, row.tenantId, [row.id]),
  };
}

async function loadPrincipal(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  ref: string,
): Promise<PrincipalPart | undefined> {
  const key = `${tenantId}/${ref}`;
  const cache = lookupsOf(services).principals;
  const found =
    cache.peek(key) ??
    (await cache.get(key, async () => ({
      tenantId,
      value: (await readPrincipal(services.store.db, tenantId, ref)) ?? ('none' as const),
    })));
  return found === 'none' ? undefined : found;
}

export async function readPrincipal(db: Db, tenantId: TenantId, ref: string): Promise<PrincipalPart | undefined> {
  const row = await principals.findPrincipal(db, tenantId, ref);
  if (!row) return undefined;
  const roleIds = new Map<AppId, Set<string>>();
  for (const { resourceAppId, appRoleId } of await principals.listRoleGrants(db, tenantId, row.id)) {
    const ids = roleIds.get(resourceAppId);
    if (ids) ids.add(appRoleId);
    else roleIds.set(resourceAppId, new Set([appRoleId]));
  }
  return { principal: toServicePrincipal(row), roleIds };
}

/**
 * Names of the application permissions that are granted now: on every API of a family, or on the one API whose app id is
 * given. Sorted, so that equal grants give equal tokens.
 */
export async function rolesFor(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  servicePrincipalId: ServicePrincipalId,
  target: Family | AppId,
): Promise<string[]> {
  const part = await loadPrincipal(services, tenantId, servicePrincipalId);
  if (!part || part.roleIds.size === 0) return [];
  const values: string[] = [];
  for (const resource of await apisOf(services, tenantId, target)) {
    const ids = part.roleIds.get(resource.appId);
    if (ids) values.push(...resource.roles.filter(({ id }) => ids.has(id)).map(({ value }) => value));
  }
  return [...new Set(values)].sort();
}

/**
 * Names of the delegated permissions that are in force for this person: what was granted for everybody in the tenant and
 * what the person granted, on every API of a family or on the one API whose app id is given.
 */
export async function delegatedScopesFor(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  servicePrincipalId: ServicePrincipalId,
  userId: UserId,
  target: Family | AppId,
): Promise<string[]> {
  const key = `${servicePrincipalId}/${userId}`;
  const cache = lookupsOf(services).delegated;
  const part =
    cache.peek(key) ??
    (await cache.get(key, async () => ({
      tenantId,
      value: await readDelegated(services.store.db, tenantId, servicePrincipalId, userId),
    })));
  if (!part || part.scopes.size === 0) return [];
  const values: string[] = [];
  for (const resource of await apisOf(services, tenantId, target)) {
    const granted = part.scopes.get(resource.appId);
    // A permission that the API no longer offers is not in force, whatever was granted once.
    if (granted) values.push(...resource.scopes.filter(({ value }) => granted.has(value)).map(({ value }) => value));
  }
  return [...new Set(values)].sort();
}

export async function readDelegated(
  db: Db,
  tenantId: TenantId,
  id: ServicePrincipalId,
  userId: UserId,
): Promise<DelegatedPart> {
  const scopes = new Map<AppId, Set<string>>();
  for (const { resourceAppId, scope } of await principals.listDelegated(db, tenantId, id, { userId })) {
    const known = scopes.get(resourceAppId) ?? new Set();
    scopes.set(resourceAppId, known);
    for (const value of scope.split(' ')) if (value !== '') known.add(value);
  }
  return { scopes };
}

/** True when this person is assigned to the application in the tenant; asked only where assignment is required. */
export async function isAssignedTo(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  appId: AppId,
  userId: UserId,
): Promise<boolean> {
  const key = `${tenantId}/${appId}/${userId}`;
  const cache = lookupsOf(services).assigned;
  const found = await cache.get(key, async () => ({
    tenantId,
    value: await principals.isAssigned(services.store.db, tenantId, appId, userId),
  }));
  return found ?? false;
}

const families: ReadonlySet<string> = new Set<Family>(['defender', 'cloud-apps', 'graph', 'directory-custom']);

async function apisOf(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  target: Family | AppId,
): Promise<readonly ApiResource[]> {
  if (families.has(target)) return listResources().filter(({ family }) => family === target);
  const resource = findResource(target) ?? (await findApi(services, tenantId, target));
  return resource ? [resource] : [];
}

/** Longer than any audience that could be registered. */
const audienceLengthMax = 300;

/**
 * The API that an audience means in a tenant: one of ours, or an application that has a presence there and is named by
 * its app id or one of its identifier URIs. Undefined: the tenant knows no such API (AADSTS500011).
 */
export async function findApi(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  audience: string,
): Promise<ApiResource | undefined> {
  const ours = findResourceByAudience(audience);
  if (ours || audience.length > audienceLengthMax || /[^!-~]/.test(audience)) return ours;
  const key = `${tenantId}/${audience}`;
  // Only whose name it is may be kept here: what the application offers is its home tenant's to change.
  const cache = lookupsOf(services).apis;
  const appId =
    cache.peek(key) ??
    (await cache.get(key, async () => {
      const value = await readApiName(services, tenantId, audience);
      return value && { tenantId, value };
    }));
  return appId && (await apiNamed(services, tenantId, appId, audience));
}

async function readApiName(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  audience: string,
): Promise<AppId | undefined> {
  for (const appId of await principals.listNamed(services.store.db, tenantId, audience)) {
    if (await apiNamed(services, tenantId, appId, audience)) return appId;
  }
  return undefined;
}

/** The application as an API, if it is enabled, for this tenant, and the audience is still one of its names. */
async function apiNamed(
  services: Pick<Services, 'store'>,
  tenantId: TenantId,
  appId: AppId,
  audience: string,
): Promise<ApiResource | undefined> {
  const home = await loadHome(services, appId);
  if (home?.application.status !== 'enabled' || !isOpenTo(home.application, tenantId)) return undefined;
  const api = apiOf(home.application);
  const name = audience.toLowerCase();
  return api.appId === name || api.identifierUris.some((uri) => uri.toLowerCase() === name) ? api : undefined;
}
