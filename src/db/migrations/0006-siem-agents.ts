import type { Kysely } from 'kysely';

export async function createSiemAgentTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('siemAgents')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('agentId', 'text', (c) => c.notNull())
    .addColumn('format', 'text', (c) => c.notNull())
    .addColumn('timeFormat', 'text', (c) => c.notNull())
    .addColumn('includesPri', 'integer', (c) => c.notNull())
    .addColumn('includesSystemName', 'integer', (c) => c.notNull())
    .addColumn('remoteHost', 'text', (c) => c.notNull())
    .addColumn('remotePort', 'integer', (c) => c.notNull())
    .addColumn('protocol', 'text', (c) => c.notNull())
    .addColumn('sendsAlerts', 'integer', (c) => c.notNull())
    .addColumn('alertFilters', 'text')
    .addColumn('sendsActivities', 'integer', (c) => c.notNull())
    .addColumn('activityFilters', 'text')
    .addColumn('isEnabled', 'integer', (c) => c.notNull())
    .addColumn('enablings', 'integer', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('reportedAt', 'bigint')
    .addColumn('report', 'text')
    .addColumn('siemDownSince', 'bigint')
    .addPrimaryKeyConstraint('siemAgents_key', ['tenantId', 'agentId'])
    .execute();
}
