// What lookup.ts keeps of a client, straight from the store: for changes, which must not go by what was true a moment ago.
import type { Db } from '../db/store.ts';
import type { AppId, TenantId, UserId } from '../lib/ids.ts';
import { type ClientView, readDelegated, readHome, readPrincipal } from './lookup.ts';
import { isAssigned } from './principals-store.ts';
import { type Family, findResource, listResources } from './resources.ts';

/** Whose token it is: an application's own where there is no user. */
export interface TokenHolder {
  readonly tenantId: TenantId;
  readonly appId: AppId;
  readonly userId: UserId | null;
}

export interface PresentClient {
  /** Undefined when there is no such application, or it was deleted. */
  readonly client: ClientView | undefined;
  /** Names that are granted on the APIs of the family: application permissions, or the person's delegated ones. */
  readonly granted: readonly string[];
  /** True also where no assignment is required. */
  readonly isAssigned: boolean;
}

/** Names of the application permissions of one API that an application holds in a tenant. */
export async function listPresentRoles(db: Db, tenantId: TenantId, appId: AppId, api: AppId): Promise<string[]> {
  const ids = (await readPrincipal(db, tenantId, appId))?.roleIds.get(api);
  const roles = findResource(api)?.roles ?? [];
  return roles.filter(({ id }) => ids?.has(id)).map(({ value }) => value);
}

/** The client of a token as the transaction sees it. */
export async function readPresentClient(
  db: Db,
  { tenantId, appId, userId }: TokenHolder,
  family: Family,
): Promise<PresentClient> {
  const home = await readHome(db, appId);
  if (!home || home.application.status === 'deleted') return { client: undefined, granted: [], isAssigned: false };
  const part = await readPrincipal(db, tenantId, appId);
  const client = { ...home, servicePrincipal: part?.principal };
  if (!part) return { client, granted: [], isAssigned: false };
  const apis = listResources().filter((each) => each.family === family);
  if (userId === null) {
    const granted = apis.flatMap(({ appId: api, roles }) => {
      const ids = part.roleIds.get(api);
      return roles.filter(({ id }) => ids?.has(id)).map(({ value }) => value);
    });
    return { client, granted, isAssigned: true };
  }
  const { scopes: held } = await readDelegated(db, tenantId, part.principal.id, userId);
  const granted = apis.flatMap(({ appId: api, scopes }) => {
    const values = held.get(api);
    return scopes.filter(({ value }) => values?.has(value)).map(({ value }) => value);
  });
  const needsAssignment = part.principal.requiresAssignment;
  return { client, granted, isAssigned: !needsAssignment || (await isAssigned(db, tenantId, appId, userId)) };
}
