import type { Kysely } from 'kysely';

export async function createAlertTables(db: Kysely<unknown>): Promise<void> {
  await createAlerts(db);
  await createAlertKeys(db);
  await createChangeNotes(db);
  await createWatermarks(db);
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alerts')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('alertId', 'text', (c) => c.notNull())
    .addColumn('incidentId', 'bigint')
    .addColumn('createdTicks', 'bigint', (c) => c.notNull())
    .addColumn('updatedTicks', 'bigint', (c) => c.notNull())
    .addColumn('lastActivityTicks', 'bigint', (c) => c.notNull())
    .addColumn('resolvedTicks', 'bigint')
    .addColumn('severity', 'integer', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('resolution', 'text', (c) => c.notNull())
    .addColumn('isRead', 'integer', (c) => c.notNull())
    .addColumn('classification', 'text', (c) => c.notNull())
    .addColumn('determination', 'text', (c) => c.notNull())
    .addColumn('assignedTo', 'text')
    .addColumn('category', 'text', (c) => c.notNull())
    .addColumn('serviceSource', 'text', (c) => c.notNull())
    .addColumn('detectionSource', 'text', (c) => c.notNull())
    .addColumn('alertType', 'bigint', (c) => c.notNull())
    .addColumn('policyId', 'text')
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('alerts_key', ['tenantId', 'id'])
    .addUniqueConstraint('alerts_alertId', ['tenantId', 'alertId'])
    .execute();
  await db.schema.createIndex('alerts_incident').on('alerts').columns(['tenantId', 'incidentId']).execute();
  for (const column of ['lastActivityTicks', 'updatedTicks']) {
    await db.schema.createIndex(`alerts_${column}`).on('alerts').columns(['tenantId', column, 'id']).execute();
  }
  // These two hold what lists are usually filtered by, so that filters which few alerts meet read no bodies.
  const filtered = ['resolution', 'isRead', 'status', 'alertType', 'policyId', 'category'];
  await db.schema
    .createIndex('alerts_createdTicks')
    .on('alerts')
    .columns(['tenantId', 'createdTicks', 'id', 'severity', ...filtered])
    .execute();
  await db.schema
    .createIndex('alerts_severity')
    .on('alerts')
    .columns(['tenantId', 'severity', 'createdTicks', 'id', ...filtered])
    .execute();
}

async function createAlertKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alertKeys')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('alert', 'text', (c) => c.notNull())
    .addColumn('lastActivityTicks', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('alertKeys_key', ['tenantId', 'kind', 'key', 'alert'])
    .execute();
  await db.schema
    .createIndex('alertKeys_recent')
    .on('alertKeys')
    .columns(['tenantId', 'kind', 'key', 'lastActivityTicks'])
    .execute();
  await db.schema.createIndex('alertKeys_alert').on('alertKeys').columns(['tenantId', 'alert']).execute();
}

async function createChangeNotes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('changeNotes')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('subjectId', 'text', (c) => c.notNull())
    .addColumn('change', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('changeNotes_key', ['tenantId', 'sequence'])
    .execute();
}

async function createWatermarks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('watermarks')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('follower', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('watermarks_key', ['tenantId', 'follower'])
    .execute();
}
