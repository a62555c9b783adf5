// The governance log in the control store: queries only.
import type { Selectable } from 'kysely';
import type { GovernanceActionsTable } from '../db/policy-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type GovernanceRow = Selectable<GovernanceActionsTable>;

export async function insertGovernanceRow(trx: Trx, row: GovernanceRow): Promise<void> {
  await trx.insertInto('governanceActions').values(row).execute();
}

/** Only the status and body of an entry change, and only while it is pending. */
export async function settleGovernanceRow(
  trx: Trx,
  tenantId: TenantId,
  id: string,
  change: Pick<GovernanceRow, 'status' | 'body'>,
): Promise<void> {
  await trx
    .updateTable('governanceActions')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .execute();
}

export async function findGovernanceRow(db: Db, tenantId: TenantId, id: string): Promise<GovernanceRow | undefined> {
  return await db
    .selectFrom('governanceActions')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** True when there is an entry of this type about the policy that is not older. */
export async function hasRowSince(
  db: Db,
  tenantId: TenantId,
  { type, policyId, since }: { readonly type: string; readonly policyId: string; readonly since: number },
): Promise<boolean> {
  const row = await db
    .selectFrom('governanceActions')
    .select('id')
    .where('tenantId', '=', tenantId)
    .where('type', '=', type)
    .where('policyId', '=', policyId)
    .where('at', '>', since)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export interface GovernanceWhere {
  readonly appIds?: { readonly are: readonly number[]; readonly isNegated: boolean };
  readonly statuses?: { readonly are: readonly string[]; readonly isNegated: boolean };
  readonly types?: { readonly are: readonly string[]; readonly isNegated: boolean };
  /** Epoch milliseconds, both included. */
  readonly from?: number;
  readonly until?: number;
}

export interface GovernancePage {
  readonly skip: number;
  readonly limit: number;
  /** By time where nothing is said; what is equal comes by time. */
  readonly sort?: 'at' | 'type' | 'status' | undefined;
  readonly direction: 'asc' | 'desc';
}

/** One page, and how many entries there are. */
export async function pageGovernance(
  db: Db,
  tenantId: TenantId,
  where: GovernanceWhere,
  page: GovernancePage,
): Promise<{ rows: GovernanceRow[]; total: number }> {
  let query = db.selectFrom('governanceActions').where('tenantId', '=', tenantId);
  const { appIds, statuses, types, from, until } = where;
  if (from !== undefined) query = query.where('at', '>=', from);
  if (until !== undefined) query = query.where('at', '<=', until);
  if (appIds) {
    query = query.where((e) =>
      appIds.isNegated
        ? e.or([e('appId', 'is', null), e('appId', 'not in', [...appIds.are])])
        : e('appId', 'in', [...appIds.are]),
    );
  }
  if (statuses) query = query.where('status', statuses.isNegated ? 'not in' : 'in', [...statuses.are]);
  if (types) query = query.where('type', types.isNegated ? 'not in' : 'in', [...types.are]);
  const { sort = 'at' } = page;
  const rows = await (sort === 'at' ? query : query.orderBy(sort, page.direction))
    .selectAll()
    .orderBy('at', page.direction)
    .orderBy('id', page.direction)
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}
