import type { Kysely } from 'kysely';

/** Rules over hunting queries, how far each came, its runs, and the events that its alerts tell of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('customDetections')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('isEnabled', 'integer', (c) => c.notNull())
    .addColumn('period', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('queryChangedAt', 'bigint')
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('customDetections_key', ['tenantId', 'id'])
    .addUniqueConstraint('customDetections_name', ['tenantId', 'displayName'])
    .execute();
  await db.schema
    .createTable('customDetectionStates')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('ruleId', 'text', (c) => c.notNull())
    .addColumn('eventStore', 'text', (c) => c.notNull())
    .addColumn('nextRunAt', 'bigint', (c) => c.notNull())
    .addColumn('lastRunAt', 'bigint', (c) => c.notNull())
    .addColumn('doneUntil', 'bigint')
    .addColumn('failures', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('errorCode', 'text')
    .addColumn('failureReason', 'text')
    .addPrimaryKeyConstraint('customDetectionStates_key', ['tenantId', 'ruleId', 'eventStore'])
    .execute();
  await createRuns(db);
}

async function createRuns(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('customDetectionRuns')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('ruleId', 'text', (c) => c.notNull())
    .addColumn('eventStore', 'text', (c) => c.notNull())
    .addColumn('startedAt', 'bigint', (c) => c.notNull())
    .addColumn('endedAt', 'bigint', (c) => c.notNull())
    .addColumn('cause', 'text', (c) => c.notNull())
    .addColumn('fromAt', 'bigint', (c) => c.notNull())
    .addColumn('untilAt', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('rows', 'bigint', (c) => c.notNull())
    .addColumn('alerts', 'bigint', (c) => c.notNull())
    .addColumn('heldBack', 'bigint', (c) => c.notNull())
    .addColumn('errorCode', 'text')
    .addColumn('failureReason', 'text')
    .addPrimaryKeyConstraint('customDetectionRuns_key', ['tenantId', 'id'])
    .execute();
  await db.schema
    .createIndex('customDetectionRuns_rule')
    .on('customDetectionRuns')
    .columns(['tenantId', 'ruleId', 'startedAt', 'id'])
    .execute();
  await db.schema
    .createTable('customDetectionEvents')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('ruleId', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('toldAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('customDetectionEvents_key', ['tenantId', 'ruleId', 'key'])
    .execute();
  await db.schema
    .createIndex('customDetectionEvents_age')
    .on('customDetectionEvents')
    .columns(['tenantId', 'ruleId', 'toldAt'])
    .execute();
}
