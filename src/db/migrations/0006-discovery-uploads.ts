import type { Kysely } from 'kysely';

/** Data sources and reports, the files that came in for them, and the default custom parser. */
export async function createDiscoveryUploadTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('discoveryStreams')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('nameKey', 'text', (c) => c.notNull())
    .addColumn('source', 'text')
    .addColumn('comment', 'text', (c) => c.notNull())
    .addColumn('receiver', 'text')
    .addColumn('anonymizeUsers', 'integer', (c) => c.notNull())
    .addColumn('customParser', 'text')
    .addColumn('filters', 'text')
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('lastReceivedAt', 'bigint')
    .addColumn('deletedAt', 'bigint')
    .addPrimaryKeyConstraint('discoveryStreams_key', ['tenantId', 'id'])
    .addUniqueConstraint('discoveryStreams_name', ['tenantId', 'kind', 'nameKey'])
    .execute();
  await createUploads(db);
  await db.schema
    .createTable('discoveryContents')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('streamId', 'text', (c) => c.notNull())
    .addColumn('contentHash', 'text', (c) => c.notNull())
    .addColumn('uploadId', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('discoveryContents_key', ['tenantId', 'streamId', 'contentHash'])
    .execute();
  await db.schema
    .createTable('discoveryCustomParsers')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('definition', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('discoveryCustomParsers_key', ['tenantId'])
    .execute();
}

async function createUploads(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('discoveryUploads')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('secretHash', 'text', (c) => c.notNull())
    .addColumn('fileName', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('urlExpiresAt', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('createdById', 'text', (c) => c.notNull())
    .addColumn('eventStore', 'text')
    .addColumn('fileVersion', 'text')
    .addColumn('bytes', 'bigint')
    .addColumn('receivedAt', 'bigint')
    .addColumn('streamId', 'text')
    .addColumn('isSnapshot', 'integer', (c) => c.notNull())
    .addColumn('finishedById', 'text')
    .addColumn('queuedAt', 'bigint')
    .addColumn('startedAt', 'bigint')
    .addColumn('endedAt', 'bigint')
    .addColumn('notBefore', 'bigint', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('lease', 'text')
    .addColumn('contentHash', 'text')
    .addColumn('duplicateOf', 'text')
    .addColumn('problemCode', 'text')
    .addColumn('problem', 'text')
    .addColumn('result', 'text')
    .addPrimaryKeyConstraint('discoveryUploads_key', ['tenantId', 'id'])
    .execute();
  // What waits, for the processes that read; and the history of a stream.
  await db.schema
    .createIndex('discoveryUploads_waiting')
    .on('discoveryUploads')
    .columns(['state', 'eventStore', 'queuedAt'])
    .execute();
  await db.schema
    .createIndex('discoveryUploads_stream')
    .on('discoveryUploads')
    .columns(['tenantId', 'streamId', 'createdAt'])
    .execute();
}
