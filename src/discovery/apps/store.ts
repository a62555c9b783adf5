// What a tenant says about apps, in the control store: queries only.
import type { Selectable } from 'kysely';
import type {
  DiscoveryAppsTable,
  DiscoveryAppTagsTable,
  DiscoveryCustomAppsTable,
  DiscoveryTaggedAppsTable,
} from '../../db/discovery-app-tables.ts';
import type { Db, Trx } from '../../db/store.ts';
import type { TenantId } from '../../lib/ids.ts';

export type AppRow = Selectable<DiscoveryAppsTable>;
export type CustomAppRow = Selectable<DiscoveryCustomAppsTable>;
export type TagRow = Selectable<DiscoveryAppTagsTable>;
export type TaggedRow = Selectable<DiscoveryTaggedAppsTable>;

/** More ids than this are not named one by one. */
const namedMax = 500;

/** Rows of these apps; of all when there are too many to name, or null is given. */
export async function listAppRows(db: Db, tenantId: TenantId, appIds: readonly number[] | null): Promise<AppRow[]> {
  const query = db.selectFrom('discoveryApps').selectAll().where('tenantId', '=', tenantId);
  if (appIds === null || appIds.length > namedMax) return await query.execute();
  return appIds.length === 0 ? [] : await query.where('appId', 'in', appIds).execute();
}

export async function findAppRow(db: Db, tenantId: TenantId, appId: number): Promise<AppRow | undefined> {
  const query = db.selectFrom('discoveryApps').selectAll().where('tenantId', '=', tenantId);
  return await query.where('appId', '=', appId).executeTakeFirst();
}

export async function putAppRow(trx: Trx, row: AppRow): Promise<void> {
  const { tenantId: _, appId: __, ...values } = row;
  await trx
    .insertInto('discoveryApps')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenantId', 'appId']).doUpdateSet(values))
    .execute();
}

/** How many apps that nobody knows have a row. */
export async function countMadeApps(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('discoveryApps')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .where('domain', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Takes away rows of which nothing but the domain is left: no score, no note, no tag. */
export async function deleteSilentApps(trx: Trx, tenantId: TenantId): Promise<void> {
  await trx
    .deleteFrom('discoveryApps')
    .where('tenantId', '=', tenantId)
    .where('score', 'is', null)
    .where('note', '=', '')
    .where('appId', 'not in', (e) =>
      e.selectFrom('discoveryTaggedApps').select('appId').where('discoveryTaggedApps.tenantId', '=', tenantId),
    )
    .execute();
}

/** All custom apps, deleted ones included, by id. */
export async function listCustomApps(db: Db, tenantId: TenantId): Promise<CustomAppRow[]> {
  const query = db.selectFrom('discoveryCustomApps').selectAll().where('tenantId', '=', tenantId);
  return await query.orderBy('appId').execute();
}

export async function insertCustomApp(trx: Trx, row: CustomAppRow): Promise<void> {
  await trx.insertInto('discoveryCustomApps').values(row).execute();
}

export async function replaceCustomApp(
  trx: Trx,
  tenantId: TenantId,
  { appId, tenantId: _, ...values }: CustomAppRow,
): Promise<void> {
  const query = trx.updateTable('discoveryCustomApps').set(values).where('tenantId', '=', tenantId);
  await query.where('appId', '=', appId).execute();
}

/** The tenant's own tags, by name. */
export async function listTags(db: Db, tenantId: TenantId): Promise<TagRow[]> {
  return await db.selectFrom('discoveryAppTags').selectAll().where('tenantId', '=', tenantId).orderBy('name').execute();
}

export async function insertTag(trx: Trx, row: TagRow): Promise<void> {
  await trx.insertInto('discoveryAppTags').values(row).execute();
}

export async function renameTag(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  change: Pick<TagRow, 'name' | 'nameKey'>,
): Promise<void> {
  await trx.updateTable('discoveryAppTags').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** With every mark that it has left on apps. */
export async function deleteTag(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('discoveryTaggedApps').where('tenantId', '=', tenantId).where('tagId', '=', id).execute();
  await trx.deleteFrom('discoveryAppTags').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** Tags on these apps; on all when there are too many to name, or null is given. By app and tag. */
export async function listTagged(db: Db, tenantId: TenantId, appIds: readonly number[] | null): Promise<TaggedRow[]> {
  const query = db.selectFrom('discoveryTaggedApps').selectAll().where('tenantId', '=', tenantId);
  const ordered = query.orderBy('appId').orderBy('tagId');
  if (appIds === null || appIds.length > namedMax) return await ordered.execute();
  return appIds.length === 0 ? [] : await ordered.where('appId', 'in', appIds).execute();
}

/** Ids of the apps with a tag, lowest first. */
export async function listAppIdsTagged(db: Db, tenantId: TenantId, tagId: string): Promise<number[]> {
  const query = db.selectFrom('discoveryTaggedApps').select('appId').where('tenantId', '=', tenantId);
  const rows = await query.where('tagId', '=', tagId).orderBy('appId').execute();
  return rows.map(({ appId }) => Number(appId));
}

export async function countTagged(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('discoveryTaggedApps')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function putTagged(trx: Trx, row: TaggedRow): Promise<void> {
  const { tenantId: _, appId: __, tagId: ___, ...values } = row;
  await trx
    .insertInto('discoveryTaggedApps')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenantId', 'appId', 'tagId']).doUpdateSet(values))
    .execute();
}

/** Says whether the app had the tag. */
export async function deleteTagged(trx: Trx, tenantId: TenantId, appId: number, tagId: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('discoveryTaggedApps')
    .where('tenantId', '=', tenantId)
    .where('appId', '=', appId)
    .where('tagId', '=', tagId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function deleteAllTagged(trx: Trx, tenantId: TenantId, appId: number): Promise<void> {
  await trx.deleteFrom('discoveryTaggedApps').where('tenantId', '=', tenantId).where('appId', '=', appId).execute();
}

/** The weights as JSON; undefined when none were ever set. */
export async function findWeights(db: Db, tenantId: TenantId): Promise<string | undefined> {
  const query = db.selectFrom('discoveryScoreWeights').select('body').where('tenantId', '=', tenantId);
  return (await query.executeTakeFirst())?.body;
}

export async function putWeights(
  trx: Trx,
  tenantId: TenantId,
  values: { readonly body: string; readonly changedAt: number; readonly changedBy: string },
): Promise<void> {
  await trx
    .insertInto('discoveryScoreWeights')
    .values({ tenantId, ...values })
    .onConflict((conflict) => conflict.column('tenantId').doUpdateSet(values))
    .execute();
}

export async function deleteWeights(trx: Trx, tenantId: TenantId): Promise<void> {
  await trx.deleteFrom('discoveryScoreWeights').where('tenantId', '=', tenantId).execute();
}
