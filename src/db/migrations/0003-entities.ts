import type { Kysely } from 'kysely';

export async function createEntityTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ipTags')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addUniqueConstraint('ipTags_name', ['tenantId', 'name'])
    .execute();
  await createEntities(db);
  await createFiles(db);
}

async function createEntities(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entities')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('appId', 'integer', (c) => c.notNull())
    .addColumn('instance', 'integer', (c) => c.notNull())
    .addColumn('userName', 'text', (c) => c.notNull())
    .addColumn('directoryId', 'text')
    .addColumn('domain', 'text')
    .addColumn('isExternal', 'integer')
    .addColumn('isAdmin', 'integer', (c) => c.notNull())
    .addColumn('isApplication', 'integer', (c) => c.notNull())
    .addColumn('status', 'integer', (c) => c.notNull())
    .addColumn('statusAt', 'bigint', (c) => c.notNull())
    .addColumn('firstSeenAt', 'bigint', (c) => c.notNull())
    .addColumn('lastSeenAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('entities_key', ['tenantId', 'id'])
    .execute();
  for (const column of ['lastSeenAt', 'userName']) {
    await db.schema.createIndex(`entities_${column}`).on('entities').columns(['tenantId', column, 'id']).execute();
  }
  await db.schema.createIndex('entities_directoryId').on('entities').columns(['tenantId', 'directoryId']).execute();
  await db.schema
    .createTable('entityApps')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('entityId', 'text', (c) => c.notNull())
    .addColumn('appId', 'integer', (c) => c.notNull())
    .addColumn('instance', 'integer', (c) => c.notNull())
    .addColumn('firstSeenAt', 'bigint', (c) => c.notNull())
    .addColumn('lastSeenAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('entityApps_key', ['tenantId', 'entityId', 'appId', 'instance'])
    .execute();
  await db.schema.createIndex('entityApps_app').on('entityApps').columns(['tenantId', 'appId', 'instance']).execute();
}

async function createFiles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('files')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('appId', 'integer', (c) => c.notNull())
    .addColumn('instance', 'integer', (c) => c.notNull())
    .addColumn('fileId', 'text', (c) => c.notNull())
    .addColumn('siteUrl', 'text')
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('extension', 'text', (c) => c.notNull())
    .addColumn('url', 'text')
    .addColumn('nameAt', 'bigint', (c) => c.notNull())
    .addColumn('isFolder', 'integer', (c) => c.notNull())
    .addColumn('fileType', 'integer', (c) => c.notNull())
    .addColumn('owner', 'text')
    .addColumn('ownerRank', 'integer', (c) => c.notNull())
    .addColumn('ownerAt', 'bigint', (c) => c.notNull())
    .addColumn('sharing', 'integer')
    .addColumn('shares', 'text', (c) => c.notNull())
    .addColumn('collaborators', 'text', (c) => c.notNull())
    .addColumn('domains', 'text', (c) => c.notNull())
    .addColumn('groups', 'text', (c) => c.notNull())
    .addColumn('label', 'text')
    .addColumn('labelAt', 'bigint', (c) => c.notNull())
    .addColumn('status', 'integer', (c) => c.notNull())
    .addColumn('statusAt', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('modifiedAt', 'bigint', (c) => c.notNull())
    .addColumn('accessedAt', 'bigint', (c) => c.notNull())
    .addColumn('seenAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('files_key', ['tenantId', 'id'])
    .execute();
  for (const column of ['modifiedAt', 'seenAt']) {
    await db.schema.createIndex(`files_${column}`).on('files').columns(['tenantId', column, 'id']).execute();
  }
  await db.schema.createIndex('files_owner').on('files').columns(['tenantId', 'owner']).execute();
}
