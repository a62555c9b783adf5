import type { Kysely } from 'kysely';

export async function createNotificationTables(db: Kysely<unknown>): Promise<void> {
  await createWebhooks(db);
  await createMailRecipients(db);
  await createDeliveries(db);
}

async function createWebhooks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('webhooks')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('events', 'text', (c) => c.notNull())
    .addColumn('severityMin', 'integer')
    .addColumn('secretSealed', 'text', (c) => c.notNull())
    .addColumn('previousSealed', 'text')
    .addColumn('previousUntil', 'bigint')
    .addColumn('isEnabled', 'integer', (c) => c.notNull())
    .addColumn('disabledReason', 'text')
    .addColumn('sinceNote', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('lastSuccessAt', 'bigint')
    .addColumn('lastFailureAt', 'bigint')
    .addColumn('lastFailure', 'text')
    .addColumn('failingSince', 'bigint')
    .addPrimaryKeyConstraint('webhooks_key', ['tenantId', 'id'])
    .addUniqueConstraint('webhooks_name', ['tenantId', 'name'])
    .execute();
}

async function createMailRecipients(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('mailRecipients')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('language', 'text', (c) => c.notNull())
    .addColumn('alertSeverityMin', 'integer')
    .addColumn('wantsConsentRequests', 'integer', (c) => c.notNull())
    .addColumn('wantsRoleApprovals', 'integer', (c) => c.notNull())
    .addColumn('secretDays', 'integer')
    .addColumn('sinceNote', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('lastSuccessAt', 'bigint')
    .addColumn('lastFailureAt', 'bigint')
    .addColumn('lastFailure', 'text')
    .addColumn('countedDay', 'integer', (c) => c.notNull())
    .addColumn('sentCount', 'integer', (c) => c.notNull())
    .addColumn('withheldCount', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('mailRecipients_key', ['tenantId', 'id'])
    .addUniqueConstraint('mailRecipients_address', ['tenantId', 'address'])
    .execute();
  await db.schema
    .createTable('expiryNotices')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('recipientId', 'text', (c) => c.notNull())
    .addColumn('secretId', 'text', (c) => c.notNull())
    .addColumn('endsAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('expiryNotices_key', ['tenantId', 'recipientId', 'secretId'])
    .execute();
}

async function createDeliveries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deliveries')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('targetId', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('subjectId', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('nextAt', 'bigint', (c) => c.notNull())
    .addColumn('leaseUntil', 'bigint', (c) => c.notNull())
    .addColumn('lease', 'text')
    .addColumn('lastFailure', 'text')
    .addPrimaryKeyConstraint('deliveries_key', ['tenantId', 'id'])
    .execute();
  await db.schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .columns(['status', 'nextAt', 'tenantId', 'targetId', 'leaseUntil'])
    .execute();
  await db.schema
    .createIndex('deliveries_target')
    .on('deliveries')
    .columns(['tenantId', 'targetId', 'status', 'nextAt'])
    .execute();
}
