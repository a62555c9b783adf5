// Lists of permissions: what an application asks for, what a consent was given for, what is new between the two.
import type { Db } from '../db/store.ts';
import { InvalidInput } from '../lib/failures.ts';
import { type AppId, isGuid, type TenantId } from '../lib/ids.ts';
import { type AccessRequest, isOpenTo, toApplication } from './application.ts';
import { apiOf } from './custom-apis.ts';
import { type ApiPermission, type ApiResource, findPermission, findResource, findResourceByName } from './resources.ts';
import { findByAppId } from './store.ts';

/** One API as a person or program names it, with names or ids of permissions. */
export interface AccessInput {
  /** Display name, app id or identifier URI. */
  readonly resource: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
}

/** Entra reference 4.2. */
const resourcesMax = 50;

/** Turns names into ids, each once. Throws InvalidInput that names what is not known. */
export async function parseAccessInput(
  db: Db,
  tenantId: TenantId,
  given: readonly AccessInput[],
  permissionsMax: number,
): Promise<AccessRequest[]> {
  let list: AccessRequest[] = [];
  for (const each of given) {
    const resource = await findApiByName(db, tenantId, each.resource);
    if (!resource) {
      throw new InvalidInput(
        'requiredAccess',
        `There is no API ${JSON.stringify(each.resource.slice(0, 100))}. "sallyport app resources" finds them by name.`,
      );
    }
    const request: AccessRequest = {
      resourceAppId: resource.appId,
      roles: (each.roles ?? []).map((name) => parsePermission(resource, 'roles', name).id),
      scopes: (each.scopes ?? []).map((name) => parsePermission(resource, 'scopes', name).id),
    };
    list = union(list, [request]);
  }
  checkSize(list, permissionsMax);
  return list;
}

/** One of ours by any of its names, or by its app id an application that this tenant may use as an API. */
async function findApiByName(db: Db, tenantId: TenantId, name: string): Promise<ApiResource | undefined> {
  const ours = findResourceByName(name);
  if (ours || !isGuid(name.trim())) return ours;
  const row = await findByAppId(db, name.trim());
  if (!row || row.status === 'deleted') return undefined;
  return isOpenTo(row, tenantId) ? apiOf(toApplication(row)) : undefined;
}

function parsePermission(resource: ApiResource, kind: 'roles' | 'scopes', name: string): ApiPermission {
  const permission = findPermission(resource[kind], name);
  if (permission) return permission;
  const what = kind === 'roles' ? 'application permission' : 'delegated permission';
  const other = findPermission(resource[kind === 'roles' ? 'scopes' : 'roles'], name);
  const hint = other
    ? ` ${other.value} is ${kind === 'roles' ? 'a delegated' : 'an application'} permission: name it in ${kind === 'roles' ? 'scopes' : 'roles'}.`
    : ` It has: ${resource[kind].map(({ value }) => value).join(', ') || 'none'}.`;
  throw new InvalidInput(
    'requiredAccess',
    `${resource.displayName} has no ${what} ${JSON.stringify(name.slice(0, 100))}.${hint}`,
  );
}

export function checkSize(list: readonly AccessRequest[], permissionsMax: number): void {
  if (list.length > resourcesMax) {
    throw new InvalidInput('requiredAccess', `An application asks for permissions of at most ${resourcesMax} APIs.`);
  }
  if (countOf(list) > permissionsMax) {
    throw new InvalidInput('requiredAccess', `An application asks for at most ${permissionsMax} permissions.`);
  }
}

export function countOf(list: readonly AccessRequest[]): number {
  return list.reduce((sum, { roles, scopes }) => sum + roles.length + scopes.length, 0);
}

/** Everything that is in one of the two. */
export function union(left: readonly AccessRequest[], right: readonly AccessRequest[]): AccessRequest[] {
  return combine(left, right, (one, other) => [...new Set([...one, ...other])]);
}

/** What is in the first and not in the second. */
export function without(left: readonly AccessRequest[], right: readonly AccessRequest[]): AccessRequest[] {
  return combine(left, right, (one, other) => one.filter((id) => !other.includes(id)));
}

function combine(
  left: readonly AccessRequest[],
  right: readonly AccessRequest[],
  merge: (left: readonly string[], right: readonly string[]) => string[],
): AccessRequest[] {
  const appIds = [...new Set([...left, ...right].map(({ resourceAppId }) => resourceAppId))];
  return appIds
    .map((resourceAppId) => {
      const one = idsOf(left, resourceAppId);
      const other = idsOf(right, resourceAppId);
      return { resourceAppId, roles: merge(one.roles, other.roles), scopes: merge(one.scopes, other.scopes) };
    })
    .filter(({ roles, scopes }) => roles.length + scopes.length > 0);
}

function idsOf(list: readonly AccessRequest[], resourceAppId: AppId): Omit<AccessRequest, 'resourceAppId'> {
  return list.find((each) => each.resourceAppId === resourceAppId) ?? { roles: [], scopes: [] };
}

/** An access list in words: each permission with its names. What an API no longer offers is left out. */
export interface NamedAccess {
  readonly resource: Pick<ApiResource, 'appId' | 'displayName' | 'family'>;
  readonly roles: readonly ApiPermission[];
  readonly scopes: readonly ApiPermission[];
}

export async function nameAccess(db: Db, tenantId: TenantId, list: readonly AccessRequest[]): Promise<NamedAccess[]> {
  const named: NamedAccess[] = [];
  for (const each of list) {
    const resource = await findApiById(db, tenantId, each.resourceAppId);
    if (!resource) continue;
    const { appId, displayName, family } = resource;
    named.push({
      resource: { appId, displayName, family },
      roles: resource.roles.filter(({ id }) => each.roles.includes(id)),
      scopes: resource.scopes.filter(({ id }) => each.scopes.includes(id)),
    });
  }
  return named;
}

/** An API by its app id: one of ours, or an application that this tenant may use as one. */
export async function findApiById(db: Db, tenantId: TenantId, appId: string): Promise<ApiResource | undefined> {
  return findResource(appId) ?? (await findApiByName(db, tenantId, appId));
}

/** For audits: `Microsoft Graph: User.Read.All (application), User.Read (delegated)`. */
export function accessInWords(named: readonly NamedAccess[]): string[] {
  return named.flatMap(({ resource, roles, scopes }) => [
    ...roles.map(({ value }) => `${resource.displayName}: ${value} (application)`),
    ...scopes.map(({ value }) => `${resource.displayName}: ${value} (delegated)`),
  ]);
}
