// What people keep for hunting: saved queries, watchlists, and how long their organisation keeps hunting data.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createSavedQueries(db);
  await createWatchlists(db);
  await db.schema
    .createTable('huntingRetention')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('tableName', 'text', (c) => c.notNull())
    .addColumn('days', 'integer', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('huntingRetention_key', ['tenantId', 'tableName'])
    .execute();
}

async function createSavedQueries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('savedQueries')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('ownerId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('query', 'text', (c) => c.notNull())
    .addColumn('isShared', 'integer', (c) => c.notNull())
    .addColumn('space', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('savedQueries_key', ['tenantId', 'id'])
    .addUniqueConstraint('savedQueries_name', ['tenantId', 'space', 'folder', 'name'])
    .execute();
}

async function createWatchlists(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('watchlists')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('alias', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('searchKey', 'text', (c) => c.notNull())
    .addColumn('columns', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('rowCount', 'integer', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('watchlists_key', ['tenantId', 'key'])
    .execute();
  await db.schema
    .createTable('watchlistParts')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('part', 'integer', (c) => c.notNull())
    .addColumn('rows', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('watchlistParts_key', ['tenantId', 'version', 'part'])
    .execute();
}
