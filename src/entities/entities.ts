// Accounts and users as callers see them (cloud-apps reference 2.5): an account is one in an app, a user all accounts of
// one user name. They are what activities tell of (follower.ts); what a caller's role does not reach is not there.
import { type DataScope, scopeOf } from '../access/caller.ts';
import type { EntityKey, FilterCondition } from '../activities/filters.ts';
import type { Ctx } from '../context.ts';
import { listDisplayNames } from '../directory/users.ts';
import { NotFound } from '../lib/failures.ts';
import { allOf, type Condition } from './column-tests.ts';
import {
  appInScope,
  builtInGroups,
  entityCondition,
  idIs,
  keyCondition,
  nameIs,
  scopeCondition,
  seenAt,
} from './entity-sql.ts';
import type { EntityField } from './filters.ts';
import * as store from './store.ts';

export interface EntityGroup {
  readonly id: string;
  readonly name: string;
  /** Null for built-in ones. */
  readonly members: number | null;
}

export interface AppInstanceOf {
  readonly appId: number;
  readonly instance: number;
}

export interface Entity {
  readonly id: string;
  readonly kind: 'account' | 'user';
  /** The app that an account belongs to; null for a user. */
  readonly app: AppInstanceOf | null;
  readonly userName: string;
  readonly displayName: string;
  readonly directoryId: string | null;
  readonly domain: string | null;
  readonly isExternal: boolean | null;
  readonly isAdmin: boolean;
  readonly status: number;
  readonly groups: readonly EntityGroup[];
  /** Where it was active or named. */
  readonly activeIn: readonly AppInstanceOf[];
  /** Epoch milliseconds; null for one that was only named. */
  readonly lastSeenAt: number | null;
  readonly firstSeenAt: number;
}

export interface EntityQuery {
  readonly conditions: readonly FilterCondition<EntityField>[];
  readonly sortField: 'lastSeen' | 'userName';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export interface EntityList {
  readonly entities: readonly Entity[];
  readonly hasNext: boolean;
  readonly total: number;
  readonly moreThanTotal: boolean;
}

/** One page of the accounts and users that the caller may see. Needs Entities.read. */
export async function listEntities(ctx: Ctx, query: EntityQuery): Promise<EntityList> {
  const scope = scopeOf(ctx.caller, 'Entities.read');
  const { totalExactMax } = ctx.config;
  const whereabouts = { tenantId: ctx.caller.tenantId, scope, now: ctx.clock() };
  const where = allOf([scopeCondition(scope, ctx.caller.tenantId), entityCondition(query.conditions, whereabouts)]);
  const rows = await readRows(ctx, scope, where, query);
  const count = await store.countEntities(ctx.store.db, ctx.caller.tenantId, where, totalExactMax + 1);
  return {
    entities: await describe(ctx, scope, rows.slice(0, query.limit)),
    hasNext: rows.length > query.limit,
    total: Math.min(count, totalExactMax),
    moreThanTotal: count > totalExactMax,
  };
}

/** By its id or its key. Needs Entities.read. Throws NotFound, also when the caller may not see it. */
export async function getEntity(ctx: Ctx, key: EntityKey | string): Promise<Entity> {
  const scope = scopeOf(ctx.caller, 'Entities.read');
  const [entity] = await describe(ctx, scope, [await getRow(ctx, scope, key)]);
  if (!entity) throw new NotFound('The entity');
  return entity;
}

const treeRowsMax = 100;

/** A user and its accounts, the user first, whichever of them is asked for. Needs Entities.read. Throws as {@link getEntity}. */
export async function getEntityTree(ctx: Ctx, key: EntityKey | string): Promise<readonly Entity[]> {
  const scope = scopeOf(ctx.caller, 'Entities.read');
  const row = await getRow(ctx, scope, key);
  // An account of an application has nobody behind it.
  if (!row.userName.includes('@') || row.isApplication === 1) return await describe(ctx, scope, [row]);
  const where = allOf([scopeCondition(scope, ctx.caller.tenantId), nameIs(row.userName)]);
  const page = { sortField: 'id', direction: 'asc', skip: 0, limit: treeRowsMax } as const;
  const rows = await readRows(ctx, scope, where, page);
  rows.sort(
    (left, right) => Number(right.kind === 'user') - Number(left.kind === 'user') || right.lastSeenAt - left.lastSeenAt,
  );
  return await describe(ctx, scope, rows.slice(0, treeRowsMax));
}

async function readRows(
  { store: { db }, caller }: Ctx,
  scope: DataScope,
  where: Condition,
  {
    sortField,
    direction,
    skip,
    limit,
  }: Omit<EntityQuery, 'conditions' | 'sortField'> & {
    readonly sortField: EntityQuery['sortField'] | 'id';
  },
): Promise<store.EntityRow[]> {
  return await store.listEntities(db, caller.tenantId, {
    where,
    lastSeenAt: seenAt('lastSeenAt', scope),
    firstSeenAt: seenAt('firstSeenAt', scope),
    sortBy: sortField === 'lastSeen' ? 'lastSeenAt' : sortField,
    direction,
    skip,
    limit: limit + 1,
  });
}

async function getRow(ctx: Ctx, scope: DataScope, key: EntityKey | string): Promise<store.EntityRow> {
  const meant = typeof key === 'string' ? idIs(key.toLowerCase()) : keyCondition(key, ctx.caller.tenantId);
  const page = { sortField: 'id', direction: 'asc', skip: 0, limit: treeRowsMax } as const;
  const rows = await readRows(ctx, scope, allOf([scopeCondition(scope, ctx.caller.tenantId), meant]), page);
  // A key of a user brings its accounts along; only without one is an account meant.
  const row = rows.find(({ kind }) => kind === 'user') ?? rows[0];
  if (!row) throw new NotFound('The entity');
  return row;
}

async function describe(ctx: Ctx, scope: DataScope, rows: readonly store.EntityRow[]): Promise<Entity[]> {
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const userNames = [...new Set(rows.map((row) => row.userName))];
  const ids = rows.map((row) => row.id);
  const [names, groups, apps] = await Promise.all([
    listDisplayNames(db, tenantId, userNames),
    store.listGroupsOf(db, tenantId, userNames, scope.all ? null : scope.groupIds),
    store.listApps(db, tenantId, ids, appInScope(scope)),
  ]);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    app: row.kind === 'user' ? null : { appId: row.appId, instance: row.instance },
    userName: row.userName,
    displayName: names.get(row.userName) ?? row.userName,
    directoryId: row.directoryId,
    domain: row.domain,
    isExternal: row.isExternal === null || row.isApplication === 1 ? null : row.isExternal === 1,
    isAdmin: row.isAdmin === 1,
    status: row.status,
    groups: [...builtInGroupsOf(row), ...groups.filter((each) => each.userName === row.userName)],
    activeIn: apps
      .filter((each) => each.entityId === row.id)
      .sort((left, right) => left.appId - right.appId || left.instance - right.instance),
    lastSeenAt: row.lastSeenAt === 0 ? null : row.lastSeenAt,
    firstSeenAt: row.firstSeenAt,
  }));
}

function builtInGroupsOf({ isExternal, isApplication }: store.EntityRow): EntityGroup[] {
  if (isApplication === 1) {
    return [{ id: builtInGroups.applications, name: 'Application (Cloud App Security)', members: null }];
  }
  return isExternal === 1 ? [{ id: builtInGroups.externalUsers, name: 'External users', members: null }] : [];
}
