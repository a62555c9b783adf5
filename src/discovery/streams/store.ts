// Data sources and reports in the control store: queries only.
import type { Selectable } from 'kysely';
import type { DiscoveryCustomParsersTable, DiscoveryStreamsTable } from '../../db/discovery-upload-tables.ts';
import type { Db, Trx } from '../../db/store.ts';
import type { TenantId } from '../../lib/ids.ts';

export type StreamRow = Selectable<DiscoveryStreamsTable>;
export type CustomParserRow = Selectable<DiscoveryCustomParsersTable>;

/** Those that are not being deleted, by name. */
export async function listStreamRows(db: Db, tenantId: TenantId): Promise<StreamRow[]> {
  return await db
    .selectFrom('discoveryStreams')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('deletedAt', 'is', null)
    .orderBy('nameKey')
    .orderBy('id')
    .execute();
}

export async function findStreamRow(db: Db, tenantId: TenantId, id: string): Promise<StreamRow | undefined> {
  return await db
    .selectFrom('discoveryStreams')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
}

/** `nameKey` is the name in lower case. */
export async function findStreamNamed(
  db: Db,
  tenantId: TenantId,
  kind: string,
  nameKey: string,
): Promise<StreamRow | undefined> {
  return await db
    .selectFrom('discoveryStreams')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('kind', '=', kind)
    .where('nameKey', '=', nameKey)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
}

export async function insertStream(trx: Trx, row: StreamRow): Promise<void> {
  await trx.insertInto('discoveryStreams').values(row).execute();
}

export async function replaceStream(trx: Trx, { tenantId, id, ...columns }: StreamRow): Promise<void> {
  await trx
    .updateTable('discoveryStreams')
    .set(columns)
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

/** From now on it is gone for everybody but the round that removes its traffic; its name is free. */
export async function markStreamDeleted(trx: Trx, tenantId: TenantId, id: string, at: number): Promise<void> {
  await trx
    .updateTable('discoveryStreams')
    .set({ deletedAt: at, nameKey: id })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

export async function noteReceived(trx: Trx, tenantId: TenantId, id: string, at: number): Promise<void> {
  await trx
    .updateTable('discoveryStreams')
    .set({ lastReceivedAt: at })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

/** Of all tenants: removing is the process's work, not a tenant's. */
export async function listDeletedStreams(db: Db): Promise<StreamRow[]> {
  return await db
    .selectFrom('discoveryStreams')
    .selectAll()
    .where('deletedAt', 'is not', null)
    .orderBy('deletedAt')
    .execute();
}

export async function removeStreamRow(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('discoveryContents').where('tenantId', '=', tenantId).where('streamId', '=', id).execute();
  await trx.deleteFrom('discoveryStreams').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** Snapshot reports of any tenant that are older and have no upload any more: their traffic has gone with its days. */
export async function listSpentSnapshots(db: Db, before: number): Promise<Pick<StreamRow, 'tenantId' | 'id'>[]> {
  return await db
    .selectFrom('discoveryStreams')
    .select(['tenantId', 'id'])
    .where('kind', '=', 'snapshot')
    .where('createdAt', '<', before)
    .where('deletedAt', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('discoveryUploads')
            .select('discoveryUploads.id')
            .whereRef('discoveryUploads.tenantId', '=', 'discoveryStreams.tenantId')
            .whereRef('discoveryUploads.streamId', '=', 'discoveryStreams.id'),
        ),
      ),
    )
    .execute();
}

export async function findDefaultParser(db: Db, tenantId: TenantId): Promise<CustomParserRow | undefined> {
  return await db.selectFrom('discoveryCustomParsers').selectAll().where('tenantId', '=', tenantId).executeTakeFirst();
}

export async function writeDefaultParser(trx: Trx, row: CustomParserRow): Promise<void> {
  const { tenantId, ...columns } = row;
  await trx
    .insertInto('discoveryCustomParsers')
    .values(row)
    .onConflict((conflict) => conflict.column('tenantId').doUpdateSet(columns))
    .execute();
}

export async function removeDefaultParser(trx: Trx, tenantId: TenantId): Promise<void> {
  await trx.deleteFrom('discoveryCustomParsers').where('tenantId', '=', tenantId).execute();
}
