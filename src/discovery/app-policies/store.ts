// What app discovery policies have told of, in the control store; and the days of an upload, in the event store: queries only.
import type { Db, Trx } from '../../db/store.ts';
import type { TenantId } from '../../lib/ids.ts';

/** Apps of a report that a policy has told of since, of these. */
export async function listTold(
  db: Db,
  tenantId: TenantId,
  { policyId, streamId, since }: { readonly policyId: string; readonly streamId: string; readonly since: number },
): Promise<Set<number>> {
  const rows = await db
    .selectFrom('discoveryPolicyAlerts')
    .select('appId')
    .where('tenantId', '=', tenantId)
    .where('policyId', '=', policyId)
    .where('streamId', '=', streamId)
    .where('at', '>', since)
    .execute();
  return new Set(rows.map(({ appId }) => Number(appId)));
}

export interface Told {
  readonly policyId: string;
  readonly streamId: string;
  readonly appId: number;
  readonly alertId: string;
  readonly at: number;
}

/** In the place of what was told before. */
export async function putTold(trx: Trx, tenantId: TenantId, told: Told): Promise<void> {
  const { alertId, at } = told;
  await trx
    .insertInto('discoveryPolicyAlerts')
    .values({ tenantId, ...told })
    .onConflict((conflict) =>
      conflict.columns(['tenantId', 'policyId', 'streamId', 'appId']).doUpdateSet({ alertId, at }),
    )
    .execute();
}

export interface ToldSearch {
  readonly policyId: string;
  /** Null for all reports. */
  readonly streamIds: readonly string[] | null;
  readonly skip: number;
  readonly limit: number;
}

/** One page of what a policy told of, latest first. */
export async function listToldPage(
  db: Db,
  tenantId: TenantId,
  { policyId, streamIds, skip, limit }: ToldSearch,
): Promise<{ rows: Told[]; total: number }> {
  if (streamIds?.length === 0) return { rows: [], total: 0 };
  const ofPolicy = db
    .selectFrom('discoveryPolicyAlerts')
    .where('tenantId', '=', tenantId)
    .where('policyId', '=', policyId);
  const reached = streamIds === null ? ofPolicy : ofPolicy.where('streamId', 'in', [...streamIds]);
  const rows = await reached
    .select(['policyId', 'streamId', 'appId', 'alertId', 'at'])
    .orderBy('at', 'desc')
    .orderBy('appId')
    .orderBy('streamId')
    .limit(limit)
    .offset(skip)
    .execute();
  const { total } = await reached.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows: rows.map((row) => ({ ...row, appId: Number(row.appId), at: Number(row.at) })), total: Number(total) };
}

export async function pruneTold(trx: Trx, tenantId: TenantId, before: number): Promise<void> {
  await trx.deleteFrom('discoveryPolicyAlerts').where('tenantId', '=', tenantId).where('at', '<=', before).execute();
}
