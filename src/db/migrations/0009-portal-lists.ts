// What the portal's lists ask for: uploads and the governance log in each of their orders, for which so far all of a tenant's
// were sorted, how many uploads there are without those that were deleted, and open alerts by policy. And the groups that roles
// came with.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('discoveryUploads_created')
    .on('discoveryUploads')
    .columns(['tenantId', 'createdAt', 'id'])
    .execute();
  for (const column of ['state', 'fileName', 'source', 'bytes']) {
    await db.schema
      .createIndex(`discoveryUploads_${column}`)
      .on('discoveryUploads')
      .columns(['tenantId', column, 'id'])
      .execute();
  }
  for (const column of ['type', 'status']) {
    await db.schema
      .createIndex(`governanceActions_${column}`)
      .on('governanceActions')
      .columns(['tenantId', column, 'at', 'id'])
      .execute();
  }
  await db.schema.alterTable('roleAssignments').addColumn('sourceGroups', 'text').execute();
  await db.schema.createIndex('alerts_policy').on('alerts').columns(['tenantId', 'policyId', 'resolution']).execute();
}
