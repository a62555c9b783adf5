// Settings and reports of SIEM agents: queries only. Names and tokens are in store.ts.
import type { Selectable } from 'kysely';
import type { SiemAgentsTable } from '../db/siem-agent-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { AgentId, TenantId } from '../lib/ids.ts';

export type SiemAgentRow = Selectable<SiemAgentsTable>;

export async function findSettings(db: Db, tenantId: TenantId, agentId: AgentId): Promise<SiemAgentRow | undefined> {
  return await db
    .selectFrom('siemAgents')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('agentId', '=', agentId)
    .executeTakeFirst();
}

/** Of all SIEM agents of the tenant, deleted ones included, by agent. */
export async function listSettings(db: Db, tenantId: TenantId): Promise<Map<AgentId, SiemAgentRow>> {
  const rows = await db.selectFrom('siemAgents').selectAll().where('tenantId', '=', tenantId).execute();
  return new Map(rows.map((row) => [row.agentId, row]));
}

export async function insertSettings(trx: Trx, tenantId: TenantId, row: SiemAgentRow): Promise<void> {
  await trx
    .insertInto('siemAgents')
    .values({ ...row, tenantId })
    .execute();
}

export async function updateSettings(
  db: Db,
  tenantId: TenantId,
  agentId: AgentId,
  change: Partial<Omit<SiemAgentRow, 'tenantId' | 'agentId'>>,
): Promise<void> {
  await db
    .updateTable('siemAgents')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('agentId', '=', agentId)
    .execute();
}

export async function deleteSettings(trx: Trx, tenantId: TenantId, agentId: AgentId): Promise<void> {
  await trx.deleteFrom('siemAgents').where('tenantId', '=', tenantId).where('agentId', '=', agentId).execute();
}
