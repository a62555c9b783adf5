import type { Kysely } from 'kysely';

/** Registered applications, their presence and grants in tenants, what the token endpoint keeps, signing keys, incidents. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createSigningKeys(db);
  await createApplications(db);
  await createCredentials(db);
  await createPrincipals(db);
  await createGrants(db);
  await createAuthorizations(db);
  await createPassingThings(db);
  await createIncidents(db);
}

async function createSigningKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('signingKeys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('certificate', 'text', (c) => c.notNull())
    .addColumn('sealedPrivateKey', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('signsFrom', 'bigint', (c) => c.notNull())
    .addColumn('retiredAt', 'bigint')
    .addColumn('publishedUntil', 'bigint')
    .execute();
  await db.schema
    .createTable('tenantSettings')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('tenantSettings_key', ['tenantId', 'name'])
    .execute();
}

async function createApplications(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('applications')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'text', (c) => c.notNull().unique())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('signInAudience', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('statusBeforeDeletion', 'text')
    .addColumn('statusChangedAt', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('redirectUris', 'text', (c) => c.notNull())
    .addColumn('logoutUrl', 'text')
    .addColumn('homePageUrl', 'text')
    .addColumn('identifierUris', 'text', (c) => c.notNull())
    .addColumn('requiredAccess', 'text', (c) => c.notNull())
    .addColumn('exposedScopes', 'text', (c) => c.notNull())
    .addColumn('appRoles', 'text', (c) => c.notNull())
    .addColumn('isPublicClient', 'integer', (c) => c.notNull())
    .addColumn('accessTokenVersion', 'integer')
    .addColumn('refreshPolicy', 'text', (c) => c.notNull())
    .addColumn('requiresPushedRequests', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('applications_created')
    .on('applications')
    .columns(['tenantId', 'createdAt', 'id'])
    .execute();
}

async function createCredentials(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('applicationOwners')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('applicationId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('applicationOwners_key', ['tenantId', 'applicationId', 'userId'])
    .execute();
  await db.schema
    .createTable('applicationSecrets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('applicationId', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('hint', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('startsAt', 'bigint', (c) => c.notNull())
    .addColumn('endsAt', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('applicationSecrets_application')
    .on('applicationSecrets')
    .columns(['tenantId', 'applicationId'])
    .execute();
  await db.schema
    .createTable('applicationCertificates')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('applicationId', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('certificate', 'text', (c) => c.notNull())
    .addColumn('thumbprintSha1', 'text', (c) => c.notNull())
    .addColumn('thumbprintSha256', 'text', (c) => c.notNull())
    .addColumn('startsAt', 'bigint', (c) => c.notNull())
    .addColumn('endsAt', 'bigint', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('applicationCertificates_application')
    .on('applicationCertificates')
    .columns(['tenantId', 'applicationId'])
    .execute();
}

async function createPrincipals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('servicePrincipals')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'text', (c) => c.notNull())
    .addColumn('homeTenantId', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('isEnabled', 'integer', (c) => c.notNull())
    .addColumn('requiresAssignment', 'integer', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('consentedAt', 'bigint')
    .addColumn('consentedBy', 'text')
    .addColumn('consentedAccess', 'text')
    .addColumn('lastTokenAt', 'bigint')
    .addColumn('lastTokenGrant', 'text')
    .addUniqueConstraint('servicePrincipals_app', ['tenantId', 'appId'])
    .execute();
  await db.schema.createIndex('servicePrincipals_appId').on('servicePrincipals').columns(['appId']).execute();
  await db.schema
    .createTable('consentRequests')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('requestedAccess', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('decidedAt', 'bigint')
    .addColumn('decidedBy', 'text')
    .execute();
  await db.schema
    .createIndex('consentRequests_tenant')
    .on('consentRequests')
    .columns(['tenantId', 'createdAt'])
    .execute();
}

async function createGrants(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('appRoleAssignments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('principalKind', 'text', (c) => c.notNull())
    .addColumn('principalId', 'text', (c) => c.notNull())
    .addColumn('resourceAppId', 'text', (c) => c.notNull())
    .addColumn('appRoleId', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('grantedBy', 'text', (c) => c.notNull())
    .addUniqueConstraint('appRoleAssignments_once', ['tenantId', 'principalId', 'resourceAppId', 'appRoleId'])
    .execute();
  await db.schema
    .createIndex('appRoleAssignments_resource')
    .on('appRoleAssignments')
    .columns(['tenantId', 'resourceAppId'])
    .execute();
  await db.schema
    .createTable('delegatedGrants')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('servicePrincipalId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('resourceAppId', 'text', (c) => c.notNull())
    .addColumn('scope', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('grantedBy', 'text', (c) => c.notNull())
    .addUniqueConstraint('delegatedGrants_once', ['tenantId', 'servicePrincipalId', 'resourceAppId', 'userId'])
    .execute();
}

async function createAuthorizations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tokenFamilies')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .addColumn('revokedAt', 'bigint')
    .addColumn('revokedFor', 'text')
    .execute();
  await db.schema
    .createIndex('tokenFamilies_user')
    .on('tokenFamilies')
    .columns(['tenantId', 'userId', 'appId'])
    .execute();
  await db.schema
    .createTable('authorizationCodes')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('familyId', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .addColumn('redeemedAt', 'bigint')
    .execute();
  await db.schema
    .createTable('refreshTokens')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('appId', 'text', (c) => c.notNull())
    .addColumn('userId', 'text', (c) => c.notNull())
    .addColumn('familyId', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .addColumn('replacedAt', 'bigint')
    .execute();
  await db.schema.createIndex('refreshTokens_family').on('refreshTokens').columns(['tenantId', 'familyId']).execute();
}

async function createPassingThings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deviceCodes')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('userCodeHash', 'text', (c) => c.notNull().unique())
    .addColumn('appId', 'text', (c) => c.notNull())
    .addColumn('tenantId', 'text')
    .addColumn('userId', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'bigint', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('usedProofs')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('pushedRequests')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('appId', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('revokedTokens')
    .addColumn('tokenId', 'text', (c) => c.notNull())
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('expiresAt', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('revokedTokens_key', ['tenantId', 'tokenId'])
    .execute();
  for (const table of [
    'authorizationCodes',
    'refreshTokens',
    'deviceCodes',
    'usedProofs',
    'pushedRequests',
    'revokedTokens',
  ]) {
    await db.schema.createIndex(`${table}_expiry`).on(table).columns(['expiresAt']).execute();
  }
}

async function createIncidents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('incidents')
    .addColumn('tenantId', 'text', (c) => c.notNull())
    .addColumn('incidentId', 'bigint', (c) => c.notNull())
    .addColumn('createdTicks', 'bigint', (c) => c.notNull())
    .addColumn('updatedTicks', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('assignedTo', 'text')
    .addColumn('bodyBytes', 'integer', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('incidents_key', ['tenantId', 'incidentId'])
    .execute();
  // Everything that a filter can ask for stands in it, so that what does not match is passed over without its body.
  await db.schema
    .createIndex('incidents_updated')
    .on('incidents')
    .columns(['tenantId', 'updatedTicks', 'incidentId', 'status', 'assignedTo', 'createdTicks'])
    .execute();
}
