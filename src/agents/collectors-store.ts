// Settings and reports of log collectors: queries only. Names and tokens are in store.ts.
import type { Selectable } from 'kysely';
import type { LogCollectorsTable } from '../db/log-collector-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { AgentId, TenantId } from '../lib/ids.ts';

export type CollectorRow = Selectable<LogCollectorsTable>;

export async function findCollector(db: Db, tenantId: TenantId, agentId: AgentId): Promise<CollectorRow | undefined> {
  return await db
    .selectFrom('logCollectors')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('agentId', '=', agentId)
    .executeTakeFirst();
}

/** Of all collectors of the tenant, by agent. */
export async function listCollectorRows(db: Db, tenantId: TenantId): Promise<Map<AgentId, CollectorRow>> {
  const rows = await db.selectFrom('logCollectors').selectAll().where('tenantId', '=', tenantId).execute();
  return new Map(rows.map((row) => [row.agentId, row]));
}

export type SilentRow = CollectorRow & { readonly name: string; readonly createdAt: number };

/**
 * Collectors of all tenants, with their names, at which nothing came in since `before` and of which nobody was told. One that
 * was given other data sources after that has its time from then on.
 */
export async function listSilent(db: Db, before: number): Promise<SilentRow[]> {
  return await db
    .selectFrom('logCollectors')
    .innerJoin('agents', (join) =>
      join.onRef('agents.id', '=', 'logCollectors.agentId').onRef('agents.tenantId', '=', 'logCollectors.tenantId'),
    )
    .selectAll('logCollectors')
    .select(['agents.name', 'agents.createdAt'])
    .where('agents.deletedAt', 'is', null)
    .where('logCollectors.inputs', '!=', '[]')
    .where('logCollectors.changedAt', '<', before)
    .where((e) =>
      e.or([
        e('logCollectors.lastDataAt', '<', before),
        e.and([e('logCollectors.lastDataAt', 'is', null), e('agents.createdAt', '<', before)]),
      ]),
    )
    .where((e) =>
      e.or([
        e('logCollectors.alertedSilenceAt', 'is', null),
        e('logCollectors.alertedSilenceAt', '<', e.ref('logCollectors.lastDataAt')),
      ]),
    )
    .execute();
}

export async function insertCollector(trx: Trx, tenantId: TenantId, row: CollectorRow): Promise<void> {
  await trx
    .insertInto('logCollectors')
    .values({ ...row, tenantId })
    .execute();
}

export async function updateCollector(
  db: Db,
  tenantId: TenantId,
  agentId: AgentId,
  change: Partial<Omit<CollectorRow, 'tenantId' | 'agentId'>>,
): Promise<void> {
  await db
    .updateTable('logCollectors')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('agentId', '=', agentId)
    .execute();
}

export async function removeCollector(trx: Trx, tenantId: TenantId, agentId: AgentId): Promise<void> {
  await trx.deleteFrom('logCollectors').where('tenantId', '=', tenantId).where('agentId', '=', agentId).execute();
}
