// Policies and their versions in the control store: queries only.
import type { Selectable, Updateable } from 'kysely';
import type { PoliciesTable, PolicyVersionsTable } from '../db/policy-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type PolicyRow = Selectable<PoliciesTable>;
export type VersionRow = Selectable<PolicyVersionsTable>;

/** All of a tenant's, which are bounded in number, by name. */
export async function listPolicyRows(db: Db, tenantId: TenantId): Promise<PolicyRow[]> {
  return await db.selectFrom('policies').selectAll().where('tenantId', '=', tenantId).orderBy('name').execute();
}

export async function findPolicyRow(db: Db, tenantId: TenantId, id: string): Promise<PolicyRow | undefined> {
  return await db
    .selectFrom('policies')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function insertPolicyRow(trx: Trx, row: PolicyRow): Promise<void> {
  await trx.insertInto('policies').values(row).execute();
}

export async function updatePolicyRow(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  change: Updateable<PoliciesTable>,
): Promise<void> {
  await trx.updateTable('policies').set(change).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function deletePolicyRow(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('policies').where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function insertVersion(trx: Trx, row: VersionRow): Promise<void> {
  await trx.insertInto('policyVersions').values(row).execute();
}

/** Newest first. */
export async function listVersions(
  db: Db,
  tenantId: TenantId,
  policyId: string,
  skip: number,
  limit: number,
): Promise<{ rows: VersionRow[]; total: number }> {
  const rows = await db
    .selectFrom('policyVersions')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('policyId', '=', policyId)
    .orderBy('revision', 'desc')
    .limit(limit)
    .offset(skip)
    .execute();
  const { total } = await db
    .selectFrom('policyVersions')
    .select((e) => e.fn.countAll().as('total'))
    .where('tenantId', '=', tenantId)
    .where('policyId', '=', policyId)
    .executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}
