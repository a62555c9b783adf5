import type { Kysely } from 'kysely';

export async function createDiscoveryReportTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('discoveryNameKeys')
    .addColumn('tenantId', 'text', (c) => c.notNull().primaryKey())
    .addColumn('sealedKey', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('discoveryPolicyAlerts')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('policyId', 'text', (c) => c.notNull())
    .addColumn('streamId', 'text', (c) => c.notNull())
    .addColumn('appId', 'bigint', (c) => c.notNull())
    .addColumn('alertId', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('discoveryPolicyAlerts_key', ['tenantId', 'policyId', 'streamId', 'appId'])
    .execute();
  await db.schema
    .createIndex('discoveryPolicyAlerts_at')
    .on('discoveryPolicyAlerts')
    .columns(['tenantId', 'at'])
    .execute();
}
