// Accounts and users in the control store: queries only. The table is called "e" in conditions (entity-sql.ts).
import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { EntitiesTable, EntityAppsTable } from '../db/entity-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Condition } from './column-tests.ts';

export type EntityRow = Selectable<EntitiesTable>;
export type EntityAppRow = Selectable<EntityAppsTable>;

export interface EntityPage {
  readonly where: Condition;
  readonly lastSeenAt: RawBuilder<number>;
  readonly firstSeenAt: RawBuilder<number>;
  /** By `id` what is meant by few ids is found at once. */
  readonly sortBy: 'lastSeenAt' | 'userName' | 'id';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

/** Sorted, and by id where that says nothing, so that the order is the same every time. */
export async function listEntities(db: Db, tenantId: TenantId, page: EntityPage): Promise<EntityRow[]> {
  const { where, sortBy, direction, skip, limit } = page;
  const order = sortBy === 'lastSeenAt' ? page.lastSeenAt : sql.ref(`e.${sortBy}`);
  const rows = await db
    .selectFrom('entities as e')
    .selectAll()
    .select([page.lastSeenAt.as('seenLastAt'), page.firstSeenAt.as('seenFirstAt')])
    .where('e.tenantId', '=', tenantId)
    .where(where)
    .orderBy(order, direction)
    .orderBy('e.id', direction)
    .limit(limit)
    .offset(skip)
    .execute();
  return rows.map(({ seenLastAt, seenFirstAt, ...row }) => ({
    ...row,
    lastSeenAt: Number(seenLastAt ?? 0),
    firstSeenAt: Number(seenFirstAt ?? 0),
  }));
}

/** How many there are, counting no further than `most`. */
export async function countEntities(db: Db, tenantId: TenantId, where: Condition, most: number): Promise<number> {
  const { count } = await db
    .selectFrom(
      db.selectFrom('entities as e').select('e.id').where('e.tenantId', '=', tenantId).where(where).limit(most).as('f'),
    )
    .select((e) => e.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Where these entities were active, as far as `where` lets see it; in no order, which would cost the index of ids. */
export async function listApps(
  db: Db,
  tenantId: TenantId,
  entityIds: readonly string[],
  where: Condition,
): Promise<EntityAppRow[]> {
  if (entityIds.length === 0) return [];
  return await db
    .selectFrom('entityApps as a')
    .innerJoin('entities as e', (join) => join.onRef('e.tenantId', '=', 'a.tenantId').onRef('e.id', '=', 'a.entityId'))
    .selectAll('a')
    .where('a.tenantId', '=', tenantId)
    .where('a.entityId', 'in', entityIds)
    .where(where)
    .execute();
}

export interface GroupOfUser {
  readonly userName: string;
  readonly id: string;
  readonly name: string;
  readonly members: number;
}

/** The tenant's own groups of these people; only those of `among` unless that is null. */
export async function listGroupsOf(
  db: Db,
  tenantId: TenantId,
  userNames: readonly string[],
  among: readonly string[] | null,
): Promise<GroupOfUser[]> {
  if (userNames.length === 0 || among?.length === 0) return [];
  let query = db
    .selectFrom('groupMembers as m')
    .innerJoin('groups as g', (join) => join.onRef('g.id', '=', 'm.groupId').onRef('g.tenantId', '=', 'm.tenantId'))
    .select((e) => [
      'm.userName',
      'g.id',
      'g.name',
      e
        .selectFrom('groupMembers as n')
        .select((inner) => inner.fn.countAll().as('members'))
        .whereRef('n.tenantId', '=', 'g.tenantId')
        .whereRef('n.groupId', '=', 'g.id')
        .as('members'),
    ])
    .where('m.tenantId', '=', tenantId)
    .where('m.userName', 'in', userNames)
    .orderBy('g.name');
  if (among !== null) query = query.where(sql`g."id"`, 'in', among);
  const rows = await query.execute();
  return rows.map(({ userName, id, name, members }) => ({ userName, id, name, members: Number(members ?? 0) }));
}

const rowsAtOnce = 500;

function* chunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) yield rows.slice(from, from + rowsAtOnce);
}

/** The later, earlier or greater of what is stored and what comes: on either database. */
function greater(table: string, column: string): RawBuilder<never> {
  const [stored, coming] = [sql.ref(`${table}.${column}`), sql.ref(`excluded.${column}`)];
  return sql<never>`case when ${coming} > ${stored} then ${coming} else ${stored} end`;
}

function smaller(table: string, column: string): RawBuilder<never> {
  const [stored, coming] = [sql.ref(`${table}.${column}`), sql.ref(`excluded.${column}`)];
  return sql<never>`case when ${coming} < ${stored} then ${coming} else ${stored} end`;
}

/** Greater of two that may be null; null when both are. */
const external = sql<never>`case when "excluded"."isExternal" is null then "entities"."isExternal"
  when "entities"."isExternal" is null or "excluded"."isExternal" > "entities"."isExternal"
  then "excluded"."isExternal" else "entities"."isExternal" end`;

/** What was said last; of what was said at the same time the greater number, whatever came in first. */
const status = sql<never>`case when "excluded"."statusAt" > "entities"."statusAt"
  or ("excluded"."statusAt" = "entities"."statusAt" and "excluded"."status" > "entities"."status")
  then "excluded"."status" else "entities"."status" end`;

/** Puts what activities say to what is stored; the result does not depend on the order in which they come. */
export async function mergeEntities(trx: Trx, rows: readonly EntityRow[]): Promise<void> {
  for (const chunk of chunks(rows)) {
    await trx
      .insertInto('entities')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['tenantId', 'id']).doUpdateSet((e) => ({
          directoryId: e.fn.coalesce('excluded.directoryId', 'entities.directoryId'),
          isExternal: external,
          isAdmin: greater('entities', 'isAdmin'),
          isApplication: greater('entities', 'isApplication'),
          status,
          statusAt: greater('entities', 'statusAt'),
          firstSeenAt: smaller('entities', 'firstSeenAt'),
          lastSeenAt: greater('entities', 'lastSeenAt'),
        })),
      )
      .execute();
    // SQLite works in this thread: others have their turn in between.
    await setImmediate();
  }
}

export async function mergeApps(trx: Trx, rows: readonly EntityAppRow[]): Promise<void> {
  for (const chunk of chunks(rows)) {
    await trx
      .insertInto('entityApps')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['tenantId', 'entityId', 'appId', 'instance']).doUpdateSet({
          firstSeenAt: smaller('entityApps', 'firstSeenAt'),
          lastSeenAt: greater('entityApps', 'lastSeenAt'),
        }),
      )
      .execute();
    await setImmediate();
  }
}

/** Forgets those that were active longest ago, until `most` are left. */
export async function pruneEntities(trx: Trx, tenantId: TenantId, most: number): Promise<void> {
  const { count } = await trx
    .selectFrom('entities')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  const excess = Number(count) - most;
  if (excess <= 0) return;
  const old = await trx
    .selectFrom('entities')
    .select('id')
    .where('tenantId', '=', tenantId)
    .orderBy('lastSeenAt')
    .orderBy('id')
    .limit(excess)
    .execute();
  for (const chunk of chunks(old.map((row) => row.id))) {
    await trx.deleteFrom('entityApps').where('tenantId', '=', tenantId).where('entityId', 'in', chunk).execute();
    await trx.deleteFrom('entities').where('tenantId', '=', tenantId).where('id', 'in', chunk).execute();
  }
}

/** Users whose ids come behind `behind`, by id. */
export async function listUsersBehind(db: Db, tenantId: TenantId, behind: string, limit: number): Promise<EntityRow[]> {
  return await db
    .selectFrom('entities')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('kind', '=', 'user')
    .where('id', '>', behind)
    .orderBy('id')
    .limit(limit)
    .execute();
}
