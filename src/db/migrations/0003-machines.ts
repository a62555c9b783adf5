import type { Kysely } from 'kysely';

export async function createMachineTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('machines')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('computerDnsName', 'text')
    .addColumn('isNameOnly', 'integer', (c) => c.notNull())
    .addColumn('firstSeenTicks', 'bigint', (c) => c.notNull())
    .addColumn('lastSeenTicks', 'bigint', (c) => c.notNull())
    .addColumn('osPlatform', 'text')
    .addColumn('version', 'text')
    .addColumn('healthStatus', 'text')
    .addColumn('riskScore', 'text')
    .addColumn('exposureLevel', 'text')
    .addColumn('onboardingStatus', 'text')
    .addColumn('lastIpAddress', 'text')
    .addColumn('lastExternalIpAddress', 'text')
    .addColumn('aadDeviceId', 'text')
    .addColumn('deviceValue', 'text')
    .addColumn('rbacGroupName', 'text')
    .addColumn('rbacGroupId', 'bigint')
    .addColumn('machineTags', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('machines_key', ['tenantId', 'id'])
    .execute();
  await db.schema.createIndex('machines_name').on('machines').columns(['tenantId', 'computerDnsName']).execute();
  await db.schema
    .createIndex('machines_lastSeen')
    .on('machines')
    .columns(['tenantId', 'lastSeenTicks', 'id'])
    .execute();
  await db.schema
    .createTable('machineActions')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('scope', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('machineId', 'text', (c) => c.notNull())
    .addColumn('computerDnsName', 'text')
    .addColumn('requestor', 'text', (c) => c.notNull())
    .addColumn('requestorComment', 'text', (c) => c.notNull())
    .addColumn('requestSource', 'text', (c) => c.notNull())
    .addColumn('createdTicks', 'bigint', (c) => c.notNull())
    .addColumn('updatedTicks', 'bigint', (c) => c.notNull())
    .addColumn('cancellationRequestor', 'text')
    .addColumn('cancellationComment', 'text')
    .addColumn('cancelledTicks', 'bigint')
    .addColumn('externalId', 'text')
    .addColumn('resultComment', 'text')
    .addColumn('reportHash', 'text', (c) => c.notNull())
    .addColumn('reportSealed', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('machineActions_key', ['tenantId', 'id'])
    .addUniqueConstraint('machineActions_reportHash', ['reportHash'])
    .execute();
  await db.schema
    .createIndex('machineActions_machine')
    .on('machineActions')
    .columns(['tenantId', 'machineId', 'createdTicks'])
    .execute();
  await db.schema
    .createIndex('machineActions_created')
    .on('machineActions')
    .columns(['tenantId', 'createdTicks', 'id'])
    .execute();
}
