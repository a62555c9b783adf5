// What a presence may do: application permissions and delegated permissions, granted one by one or by consent
// (consent.ts), revoked one by one or all. A revocation is seen at the application's next call.
import { type Caller, may, require } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { getUserRow } from '../directory/managed-user.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { type AppId, type GrantId, newId, type UserId } from '../lib/ids.ts';
import { accessInWords, countOf, findApiById, nameAccess, union } from './access-lists.ts';
import type { AccessRequest } from './application.ts';
import { actorId } from './application-rights.ts';
import { tellHome } from './home-audit.ts';
import { accessOfGrants } from './principal-view.ts';
import * as principals from './principals-store.ts';
import { findPermission, graphAppId } from './resources.ts';
import { recordPrincipalAct } from './service-principals.ts';

/**
 * Who may grant this for a whole tenant (Entra reference 4.5): application permissions of Graph take the highest right,
 * those of other APIs the middle one, delegated permissions the lowest.
 */
export function rightToGrant(access: readonly AccessRequest[]): Permission {
  const withRoles = access.filter(({ roles }) => roles.length > 0);
  if (withRoles.length === 0) return 'Consent.grantDelegated';
  return withRoles.some(({ resourceAppId }) => resourceAppId === graphAppId) ? 'Consent.grantGraph' : 'Consent.grant';
}

/**
 * Grants inside the caller's transaction and returns what was not granted before. Delegated permissions are for `userId`,
 * or for everybody where it is empty. Nobody's rights are asked; throws InvalidInput for what the API does not offer.
 */
export async function grantAccess(
  ctx: Ctx,
  trx: Trx,
  principal: principals.ServicePrincipalRow,
  access: readonly AccessRequest[],
  userId: UserId | '',
): Promise<AccessRequest[]> {
  let added: AccessRequest[] = [];
  for (const each of access) {
    const api = await findApiById(trx, principal.tenantId, each.resourceAppId);
    const missing = [
      ...each.roles.filter((id) => !api?.roles.some((role) => role.id === id)),
      ...each.scopes.filter((id) => !api?.scopes.some((scope) => scope.id === id)),
    ][0];
    if (!api || missing !== undefined) {
      throw new InvalidInput('permissions', `The API ${each.resourceAppId} does not offer ${missing ?? 'anything'}.`);
    }
    const roles: string[] = [];
    for (const appRoleId of each.roles) {
      if (await grantRole(ctx, trx, principal, each.resourceAppId, appRoleId)) roles.push(appRoleId);
    }
    const values = api.scopes.filter(({ id }) => each.scopes.includes(id));
    const fresh = await mergeScopes(
      ctx,
      trx,
      principal,
      each.resourceAppId,
      userId,
      values.map(({ value }) => value),
    );
    const scopes = values.filter(({ value }) => fresh.includes(value)).map(({ id }) => id);
    added = union(added, [{ resourceAppId: each.resourceAppId, roles, scopes }]);
  }
  return added;
}

async function grantRole(
  ctx: Ctx,
  trx: Trx,
  { tenantId, id }: principals.ServicePrincipalRow,
  resourceAppId: AppId,
  appRoleId: string,
): Promise<boolean> {
  return await principals.insertRoleGrant(trx, tenantId, {
    id: newId<GrantId>(),
    tenantId,
    principalKind: 'service-principal',
    principalId: id,
    resourceAppId,
    appRoleId,
    createdAt: ctx.clock(),
    grantedBy: actorId(ctx),
  });
}

/** Adds names to the one grant that there is for an API and a person; returns those that are new. */
async function mergeScopes(
  ctx: Ctx,
  trx: Trx,
  { tenantId, id }: principals.ServicePrincipalRow,
  resourceAppId: AppId,
  userId: UserId | '',
  values: readonly string[],
): Promise<string[]> {
  if (values.length === 0) return [];
  const before = await principals.findDelegatedFor(trx, tenantId, id, resourceAppId, userId);
  const held = before?.scope.split(' ') ?? [];
  const fresh = values.filter((value) => !held.includes(value));
  if (fresh.length === 0) return [];
  const grant = { scope: [...held, ...fresh].join(' '), createdAt: ctx.clock(), grantedBy: actorId(ctx) };
  if (before) {
    await principals.setDelegatedScope(trx, tenantId, before.id, grant);
  } else {
    const row = { id: newId<GrantId>(), tenantId, servicePrincipalId: id, userId, resourceAppId, ...grant };
    await principals.insertDelegated(trx, tenantId, row);
  }
  return fresh;
}

/** Runs a change of one presence that its home tenant is told of. The right is asked inside. */
async function changeGrants<T>(
  ctx: Ctx,
  ref: string,
  requireRight: (caller: Caller) => void,
  work: (trx: Trx, row: principals.ServicePrincipalRow) => Promise<T>,
): Promise<T> {
  requireRight(ctx.caller);
  const { tenantId } = ctx.caller;
  const seen = await principals.findPrincipal(ctx.store.db, tenantId, ref);
  if (!seen) throw new NotFound('The service principal');
  return await ctx.store.change([tenantId, seen.homeTenantId], async (trx) => {
    requireRight(await presentCaller(ctx, trx));
    const row = await principals.findPrincipal(trx, tenantId, seen.id);
    if (!row) throw new NotFound('The service principal');
    return await work(trx, row);
  });
}

async function recordGrant(
  ctx: Ctx,
  trx: Trx,
  row: principals.ServicePrincipalRow,
  action: 'consent.grant' | 'consent.revoke',
  access: readonly AccessRequest[],
  user: string | null,
): Promise<void> {
  const permissions = accessInWords(await nameAccess(trx, row.tenantId, access));
  await recordPrincipalAct(ctx, trx, action, row, { permissions, ...(user === null ? {} : { user }) });
  await tellHome(ctx, trx, row, action, permissions);
}

/** Grants one application permission by its id or name. Returns the grant; throws Conflict when it is there already. */
export async function grantAppRole(
  ctx: Ctx,
  ref: string,
  resourceAppId: AppId,
  role: string,
): Promise<principals.RoleGrantRow> {
  const right = rightToGrant([{ resourceAppId, roles: [role], scopes: [] }]);
  return await changeGrants(
    ctx,
    ref,
    (caller) => require(caller, right),
    async (trx, row) => {
      const api = await findApiById(trx, row.tenantId, resourceAppId);
      const permission = api && findPermission(api.roles, role);
      if (!permission) throw new InvalidInput('appRoleId', 'The API has no such application permission.');
      const access = [{ resourceAppId, roles: [permission.id], scopes: [] }];
      if (countOf(await grantAccess(ctx, trx, row, access, '')) === 0) {
        throw new Conflict('granted-already', `${permission.value} is granted to ${row.displayName} already.`);
      }
      await recordGrant(ctx, trx, row, 'consent.grant', access, null);
      const granted = (await principals.listRoleGrants(trx, row.tenantId, row.id)).find(
        (each) => each.resourceAppId === resourceAppId && each.appRoleId === permission.id,
      );
      if (!granted) throw new Error('What was just granted is there.');
      return granted;
    },
  );
}

export interface DelegatedInput {
  readonly resourceAppId: AppId;
  /** Names of delegated permissions. */
  readonly scopes: readonly string[];
  /** Id or user name; null for everybody in the tenant. */
  readonly user: string | null;
}

/** Grants delegated permissions, beside those that were granted before. Returns the one grant for the API and person. */
export async function grantDelegated(
  ctx: Ctx,
  ref: string,
  input: DelegatedInput,
): Promise<principals.DelegatedGrantRow> {
  return await changeGrants(ctx, ref, requireGrantDelegated, async (trx, row) => {
    const { resourceAppId } = input;
    const user = input.user === null ? null : await getUserRow(trx, row.tenantId, input.user);
    const scopes = await scopeIds(trx, row, resourceAppId, input.scopes);
    const added = await grantAccess(ctx, trx, row, [{ resourceAppId, roles: [], scopes }], user?.id ?? '');
    if (countOf(added) > 0) await recordGrant(ctx, trx, row, 'consent.grant', added, user?.userName ?? null);
    const granted = await principals.findDelegatedFor(trx, row.tenantId, row.id, resourceAppId, user?.id ?? '');
    if (!granted) throw new InvalidInput('scope', 'Name at least one delegated permission.');
    return granted;
  });
}

function requireGrantDelegated(caller: Caller): void {
  require(caller, 'Consent.grantDelegated');
}

async function scopeIds(
  trx: Trx,
  row: principals.ServicePrincipalRow,
  resourceAppId: AppId,
  names: readonly string[],
): Promise<string[]> {
  const api = await findApiById(trx, row.tenantId, resourceAppId);
  return names.map((name) => {
    const scope = api && findPermission(api.scopes, name);
    if (!scope) throw new InvalidInput('scope', `The API has no delegated permission ${name.slice(0, 100)}.`);
    return scope.id;
  });
}

/** Sets the names of one delegated grant to these; none ends it. */
export async function setDelegatedScopes(ctx: Ctx, grantId: string, names: readonly string[]): Promise<void> {
  const grant = await findDelegatedGrant(ctx, grantId);
  await changeGrants(ctx, grant.servicePrincipalId, requireGrantDelegated, async (trx, row) => {
    const current = await principals.findDelegated(trx, row.tenantId, grant.id);
    if (!current) throw new NotFound('The grant');
    await revokeDelegated(ctx, trx, row, current);
    if (names.length === 0) return;
    const scopes = await scopeIds(trx, row, current.resourceAppId, names);
    const access = [{ resourceAppId: current.resourceAppId, roles: [], scopes }];
    const values = await nameAccess(trx, row.tenantId, access);
    await principals.insertDelegated(trx, row.tenantId, {
      ...current,
      scope: values.flatMap((each) => each.scopes.map(({ value }) => value)).join(' '),
      createdAt: ctx.clock(),
      grantedBy: actorId(ctx),
    });
    await recordGrant(ctx, trx, row, 'consent.grant', access, current.userId === '' ? null : current.userId);
  });
}

/** One delegated grant of the caller's tenant. Needs Applications.read. */
export async function findDelegatedGrant(ctx: Ctx, grantId: string): Promise<principals.DelegatedGrantRow> {
  require(ctx.caller, 'Applications.read');
  const row = await principals.findDelegated(ctx.store.db, ctx.caller.tenantId, grantId.trim().toLowerCase());
  if (!row) throw new NotFound('The grant');
  return row;
}

/** Taking away is for whoever could grant, and for whoever manages applications: both could end it in another way. */
function requireMayRevoke(caller: Caller): void {
  if (!may(caller, 'Applications.manage')) requireGrantDelegated(caller);
}

/** Revokes one grant of a presence, of either kind. */
export async function revokeGrant(ctx: Ctx, ref: string, grantId: string): Promise<void> {
  await changeGrants(ctx, ref, requireMayRevoke, async (trx, row) => {
    const id = grantId.trim().toLowerCase();
    const role = await principals.findRoleGrant(trx, row.tenantId, id);
    if (role?.principalId === row.id) {
      await principals.deleteRoleGrant(trx, row.tenantId, role.id);
      const access = [{ resourceAppId: role.resourceAppId, roles: [role.appRoleId], scopes: [] }];
      return await recordGrant(ctx, trx, row, 'consent.revoke', access, null);
    }
    const delegated = await principals.findDelegated(trx, row.tenantId, id);
    if (delegated?.servicePrincipalId !== row.id) throw new NotFound('The grant');
    await revokeDelegated(ctx, trx, row, delegated);
  });
}

async function revokeDelegated(
  ctx: Ctx,
  trx: Trx,
  row: principals.ServicePrincipalRow,
  grant: principals.DelegatedGrantRow,
): Promise<void> {
  await principals.deleteDelegated(trx, row.tenantId, grant.id);
  const api = await findApiById(trx, row.tenantId, grant.resourceAppId);
  const values = grant.scope.split(' ');
  const scopes = api?.scopes.filter(({ value }) => values.includes(value)).map(({ id }) => id) ?? [];
  const access = [{ resourceAppId: grant.resourceAppId, roles: [], scopes }];
  await recordGrant(ctx, trx, row, 'consent.revoke', access, grant.userId === '' ? null : grant.userId);
}

/** Revokes everything that was granted, to the tenant and to its people; the presence stays. */
export async function revokeAllGrants(ctx: Ctx, ref: string): Promise<void> {
  await changeGrants(ctx, ref, requireMayRevoke, async (trx, row) => {
    const held = await accessOfGrants(trx, row.tenantId, row.id);
    await principals.deleteGrants(trx, row.tenantId, row.id);
    await principals.updatePrincipal(trx, row.tenantId, row.id, { consentedAccess: null });
    await recordGrant(ctx, trx, row, 'consent.revoke', held, null);
  });
}
