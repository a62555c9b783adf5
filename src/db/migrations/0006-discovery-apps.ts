// Cloud apps as an organisation sees them: scores and notes of its own, custom apps, tags, weights of the score.
import type { Kysely } from 'kysely';

export async function createDiscoveryAppTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('discoveryApps')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'bigint', (c) => c.notNull())
    .addColumn('domain', 'text')
    .addColumn('score', 'double precision')
    .addColumn('scoreNote', 'text', (c) => c.notNull())
    .addColumn('scoreBy', 'text')
    .addColumn('scoreAt', 'bigint')
    .addColumn('note', 'text', (c) => c.notNull())
    .addColumn('noteBy', 'text')
    .addColumn('noteAt', 'bigint')
    .addPrimaryKeyConstraint('discoveryApps_key', ['tenantId', 'appId'])
    .execute();
  await createCustomApps(db);
  await createTags(db);
  await db.schema
    .createTable('discoveryScoreWeights')
    .addColumn('tenantId', 'text', (c) => c.primaryKey())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .execute();
}

async function createCustomApps(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('discoveryCustomApps')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'bigint', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('nameKey', 'text', (c) => c.notNull())
    .addColumn('vendor', 'text')
    .addColumn('category', 'text', (c) => c.notNull())
    .addColumn('domains', 'text', (c) => c.notNull())
    .addColumn('score', 'double precision')
    .addColumn('isDeleted', 'integer', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('discoveryCustomApps_key', ['tenantId', 'appId'])
    .addUniqueConstraint('discoveryCustomApps_name', ['tenantId', 'nameKey'])
    .execute();
}

async function createTags(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('discoveryAppTags')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('nameKey', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('discoveryAppTags_key', ['tenantId', 'id'])
    .addUniqueConstraint('discoveryAppTags_name', ['tenantId', 'nameKey'])
    .execute();
  await db.schema
    .createTable('discoveryTaggedApps')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'bigint', (c) => c.notNull())
    .addColumn('tagId', 'text', (c) => c.notNull())
    .addColumn('setByKind', 'text', (c) => c.notNull())
    .addColumn('setBy', 'text', (c) => c.notNull())
    .addColumn('policyId', 'text')
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('setAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('discoveryTaggedApps_key', ['tenantId', 'appId', 'tagId'])
    .execute();
  await db.schema
    .createIndex('discoveryTaggedApps_tag')
    .on('discoveryTaggedApps')
    .columns(['tenantId', 'tagId', 'appId'])
    .execute();
}
