import type { Kysely } from 'kysely';

export async function createLogCollectorTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('logCollectors')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('agentId', 'text', (c) => c.notNull())
    .addColumn('inputs', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('reportedAt', 'bigint')
    .addColumn('report', 'text')
    .addColumn('lastDataAt', 'bigint')
    .addColumn('alertedSilenceAt', 'bigint')
    .addPrimaryKeyConstraint('logCollectors_key', ['tenantId', 'agentId'])
    .execute();
}
