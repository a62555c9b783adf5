import type { Kysely } from 'kysely';

export async function createPolicyTables(db: Kysely<unknown>): Promise<void> {
  await createPolicies(db);
  await createFindings(db);
  await createWork(db);
}

async function createPolicies(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('policies')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('isEnabled', 'integer', (c) => c.notNull())
    .addColumn('revision', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('reach', 'text')
    .addPrimaryKeyConstraint('policies_key', ['tenantId', 'id'])
    .addUniqueConstraint('policies_name', ['tenantId', 'name'])
    .execute();
  await db.schema
    .createTable('policyVersions')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('policyId', 'text', (c) => c.notNull())
    .addColumn('revision', 'bigint', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('by', 'text', (c) => c.notNull())
    .addColumn('change', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('policyVersions_key', ['tenantId', 'policyId', 'revision'])
    .execute();
}

async function createFindings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('policyMatches')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('policyId', 'text', (c) => c.notNull())
    .addColumn('activityId', 'text', (c) => c.notNull())
    .addColumn('timestamp', 'bigint', (c) => c.notNull())
    .addColumn('matchedAt', 'bigint', (c) => c.notNull())
    .addColumn('alert', 'text')
    .addColumn('userName', 'text', (c) => c.notNull())
    .addColumn('appId', 'bigint', (c) => c.notNull())
    .addColumn('instance', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('policyMatches_key', ['tenantId', 'policyId', 'activityId'])
    .execute();
  await db.schema
    .createIndex('policyMatches_time')
    .on('policyMatches')
    .columns(['tenantId', 'policyId', 'timestamp', 'activityId'])
    .execute();
  await db.schema.createIndex('policyMatches_age').on('policyMatches').columns(['tenantId', 'matchedAt']).execute();
  await db.schema.createIndex('policyMatches_alert').on('policyMatches').columns(['tenantId', 'alert']).execute();
  await db.schema
    .createTable('policyCounts')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('policyId', 'text', (c) => c.notNull())
    .addColumn('hour', 'bigint', (c) => c.notNull())
    .addColumn('matches', 'bigint', (c) => c.notNull())
    .addColumn('alerts', 'bigint', (c) => c.notNull())
    .addColumn('heldBack', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('policyCounts_key', ['tenantId', 'policyId', 'hour'])
    .execute();
  await db.schema
    .createTable('policyWindows')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('policyId', 'text', (c) => c.notNull())
    .addColumn('groupKey', 'text', (c) => c.notNull())
    .addColumn('startAt', 'bigint', (c) => c.notNull())
    .addColumn('endAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('policyWindows_key', ['tenantId', 'policyId', 'groupKey', 'startAt'])
    .execute();
  await db.schema
    .createIndex('policyWindows_time')
    .on('policyWindows')
    .columns(['tenantId', 'policyId', 'endAt'])
    .execute();
}

async function createWork(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('policyBackfills')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('policyId', 'text', (c) => c.notNull())
    .addColumn('eventStore', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('fromAt', 'bigint', (c) => c.notNull())
    .addColumn('untilAt', 'bigint', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('day', 'bigint', (c) => c.notNull())
    .addColumn('dayAlerts', 'bigint', (c) => c.notNull())
    .addColumn('matches', 'bigint', (c) => c.notNull())
    .addColumn('alerts', 'bigint', (c) => c.notNull())
    .addColumn('heldBack', 'bigint', (c) => c.notNull())
    .addColumn('requestedAt', 'bigint', (c) => c.notNull())
    .addColumn('requestedBy', 'text', (c) => c.notNull())
    .addColumn('startedAt', 'bigint')
    .addColumn('endedAt', 'bigint')
    .addColumn('problem', 'text')
    .addPrimaryKeyConstraint('policyBackfills_key', ['tenantId', 'id'])
    .execute();
  await db.schema.createIndex('policyBackfills_state').on('policyBackfills').columns(['eventStore', 'state']).execute();
  await db.schema
    .createTable('governanceActions')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('appId', 'bigint')
    .addColumn('policyId', 'text')
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('governanceActions_key', ['tenantId', 'id'])
    .execute();
  await db.schema
    .createIndex('governanceActions_at')
    .on('governanceActions')
    .columns(['tenantId', 'at', 'id'])
    .execute();
}
