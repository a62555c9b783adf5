// Sign-in by an organisation's own OpenID Connect provider, and the roles that come with it.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('externalSignIns')
    .addColumn('tenantId', 'text', (c) => c.primaryKey())
    .addColumn('issuer', 'text', (c) => c.notNull())
    .addColumn('clientId', 'text', (c) => c.notNull())
    .addColumn('secretSealed', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('isEnabled', 'integer', (c) => c.notNull())
    .addColumn('rules', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addColumn('changedBy', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('externalIdentities')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('issuer', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('origin', 'text', (c) => c.notNull())
    .addColumn('linkedAt', 'bigint', (c) => c.notNull())
    .addColumn('lastSignInAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('externalIdentities_key', ['tenantId', 'issuer', 'subject'])
    .addUniqueConstraint('externalIdentities_user', ['tenantId', 'userId'])
    .execute();
  await db.schema
    .alterTable('roleAssignments')
    .addColumn('source', 'text', (c) => c.notNull().defaultTo('people'))
    .execute();
}
