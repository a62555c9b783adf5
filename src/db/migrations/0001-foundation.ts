import { type Kysely, sql } from 'kysely';

/** Tenants, people, roles, sessions, tokens, audit and what surrounds them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createDirectory(db);
  await createSignIn(db);
  await createRoles(db);
  await createTokens(db);
  await createRecords(db);
}

async function createDirectory(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deployment')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('tenants')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('slug', 'text', (c) => c.notNull().unique())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('number', 'bigint', (c) => c.notNull().unique())
    .addColumn('isOperator', 'integer', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('statusBeforeDeletion', 'text')
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('statusChangedAt', 'bigint', (c) => c.notNull())
    .addColumn('revision', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('domains')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('isPrimary', 'integer', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('userName', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('statusBeforeDeletion', 'text')
    .addColumn('passwordHash', 'text')
    .addColumn('passwordChangedAt', 'bigint')
    .addColumn('mustChangePassword', 'integer', (c) => c.notNull())
    .addColumn('secondFactorSecret', 'text')
    .addColumn('secondFactorConfirmedAt', 'bigint')
    .addColumn('secondFactorLastStep', 'bigint')
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('statusChangedAt', 'bigint', (c) => c.notNull())
    .addColumn('lastSignInAt', 'bigint')
    .execute();
  // A deleted user keeps its name until it is restored or replaced: only living ones must differ.
  await sql`create unique index "users_living_name" on "users" ("tenantId", "userName") where "status" <> 'deleted'`.execute(
    db,
  );
  await db.schema
    .createTable('groups')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('groups_name', ['tenantId', 'name'])
    .execute();
  await db.schema
    .createTable('groupMembers')
    .addColumn('groupId', 'text', (c) => c.notNull())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('userName', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('groupMembers_key', ['tenantId', 'groupId', 'userName'])
    .execute();
}

async function createSignIn(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('recoveryCodes')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('usedAt', 'bigint')
    .execute();
  await db.schema.createIndex('recoveryCodes_user').on('recoveryCodes').columns(['tenantId', 'userId']).execute();
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('lastSeenAt', 'bigint', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .addColumn('secondFactorAt', 'bigint')
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('userAgent', 'text', (c) => c.notNull())
    .addColumn('endedAt', 'bigint')
    .execute();
  await db.schema.createIndex('sessions_user').on('sessions').columns(['tenantId', 'userId']).execute();
  await db.schema
    .createTable('signInFailures')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('firstAt', 'bigint', (c) => c.notNull())
    .addColumn('lastAt', 'bigint', (c) => c.notNull())
    .addColumn('lockedUntil', 'bigint')
    .execute();
  await db.schema
    .createTable('setupLinks')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .addColumn('usedAt', 'bigint')
    .execute();
}

async function createRoles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('roleAssignments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('roleId', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('scope', 'text')
    .addColumn('startsAt', 'bigint', (c) => c.notNull())
    .addColumn('endsAt', 'bigint')
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('roleAssignments_created')
    .on('roleAssignments')
    .columns(['tenantId', 'createdAt', 'id'])
    .execute();
  await db.schema.createIndex('roleAssignments_user').on('roleAssignments').columns(['tenantId', 'userId']).execute();
  await db.schema
    .createTable('roleActivations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('assignmentId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('roleId', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('durationSeconds', 'integer', (c) => c.notNull())
    .addColumn('justification', 'text', (c) => c.notNull())
    .addColumn('requestedAt', 'bigint', (c) => c.notNull())
    .addColumn('startsAt', 'bigint')
    .addColumn('endsAt', 'bigint')
    .addColumn('decidedBy', 'text')
    .addColumn('decidedAt', 'bigint')
    .addColumn('decisionJustification', 'text')
    .execute();
  await db.schema
    .createIndex('roleActivations_requested')
    .on('roleActivations')
    .columns(['tenantId', 'requestedAt', 'id'])
    .execute();
  await db.schema.createIndex('roleActivations_user').on('roleActivations').columns(['tenantId', 'userId']).execute();
  await db.schema
    .createTable('roleSettings')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('roleId', 'text', (c) => c.notNull())
    .addColumn('activationSecondsMax', 'integer', (c) => c.notNull())
    .addColumn('requiresJustification', 'integer', (c) => c.notNull())
    .addColumn('requiresSecondFactor', 'integer', (c) => c.notNull())
    .addColumn('requiresApproval', 'integer', (c) => c.notNull())
    .addColumn('approvers', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('roleSettings_key', ['tenantId', 'roleId'])
    .execute();
}

async function createTokens(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('apiTokens')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('ownerId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint')
    .addColumn('permissions', 'text')
    .addColumn('allowedAddresses', 'text')
    .addColumn('lastUsedAt', 'bigint')
    .addColumn('lastUsedAddress', 'text')
    .addColumn('lastUsedFor', 'text')
    .addColumn('revokedAt', 'bigint')
    .addColumn('revokedBy', 'text')
    .execute();
  await sql`create unique index "apiTokens_living_name" on "apiTokens" ("tenantId", "ownerId", "name") where "revokedAt" is null`.execute(
    db,
  );
  await db.schema.createIndex('apiTokens_created').on('apiTokens').columns(['tenantId', 'createdAt', 'id']).execute();
  await db.schema.createIndex('apiTokens_used').on('apiTokens').columns(['tenantId', 'lastUsedAt', 'id']).execute();
  await db.schema.createIndex('apiTokens_name').on('apiTokens').columns(['tenantId', 'name', 'id']).execute();
  await db.schema
    .createTable('apiTokenValues')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('tokenId', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('replacedAt', 'bigint')
    .addColumn('validUntil', 'bigint')
    .execute();
  await db.schema.createIndex('apiTokenValues_token').on('apiTokenValues').columns(['tenantId', 'tokenId']).execute();
  await db.schema
    .createTable('agents')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('tokenHash', 'text', (c) => c.notNull().unique())
    .addColumn('tokenCreatedAt', 'bigint', (c) => c.notNull())
    .addColumn('lastUsedAt', 'bigint')
    .addColumn('lastUsedAddress', 'text')
    .addColumn('deletedAt', 'bigint')
    .execute();
  await sql`create unique index "agents_living_name" on "agents" ("tenantId", "kind", "name") where "deletedAt" is null`.execute(
    db,
  );
  await db.schema
    .createTable('rateWindows')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('bucket', 'text', (c) => c.notNull())
    .addColumn('times', 'text', (c) => c.notNull())
    .addColumn('lastAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('rateWindows_key', ['tenantId', 'bucket'])
    .execute();
}

async function createRecords(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('auditRecords')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('previousHash', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('auditRecords_key', ['tenantId', 'sequence'])
    .execute();
  await db.schema
    .createTable('auditHeads')
    .addColumn('tenantId', 'text', (c) => c.primaryKey())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('mac', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('explanations')
    .addColumn('correlationId', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('explanations_age').on('explanations').columns(['tenantId', 'at']).execute();
  await db.schema
    .createTable('activityFeedback')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('activityId', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('givenBy', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('activityFeedback_activity')
    .on('activityFeedback')
    .columns(['tenantId', 'activityId'])
    .execute();
  await db.schema
    .createTable('subnets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('ranges', 'text', (c) => c.notNull())
    .addColumn('category', 'integer', (c) => c.notNull())
    .addColumn('tags', 'text', (c) => c.notNull())
    .addColumn('organization', 'text')
    .addColumn('countryCode', 'text')
    .addColumn('changedAt', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('subnets_name', ['tenantId', 'name'])
    .execute();
}
