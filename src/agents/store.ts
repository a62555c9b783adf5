import type { Selectable } from 'kysely';
import type { Db, Trx } from '../db/store.ts';
import type { AgentsTable } from '../db/tables.ts';
import type { AgentId, TenantId } from '../lib/ids.ts';

export type AgentRow = Selectable<AgentsTable>;
/** An agent with the user name of who created it. */
export type CreatedAgentRow = AgentRow & { readonly creatorName: string };

/** The agent behind a token's hash; like an API token's value, the hash is how the tenant is found. */
export async function findByTokenHash(db: Db, hash: string): Promise<AgentRow | undefined> {
  return db.selectFrom('agents').selectAll().where('tokenHash', '=', hash).executeTakeFirst();
}

export async function findAgent(db: Db, tenantId: TenantId, id: string): Promise<CreatedAgentRow | undefined> {
  return living(db, tenantId)
    .where('agents.id', '=', id as AgentId) // An id from outside, only compared.
    .executeTakeFirst();
}

export async function listAgents(db: Db, tenantId: TenantId): Promise<CreatedAgentRow[]> {
  return living(db, tenantId).orderBy('agents.name').execute();
}

function living(db: Db, tenantId: TenantId) {
  return db
    .selectFrom('agents')
    .innerJoin('users', (join) =>
      join.onRef('users.id', '=', 'agents.createdBy').onRef('users.tenantId', '=', 'agents.tenantId'),
    )
    .selectAll('agents')
    .select('users.userName as creatorName')
    .where('agents.tenantId', '=', tenantId)
    .where('agents.deletedAt', 'is', null);
}

export async function insertAgent(trx: Trx, tenantId: TenantId, agent: AgentRow): Promise<void> {
  await trx
    .insertInto('agents')
    .values({ ...agent, tenantId })
    .execute();
}

export async function replaceToken(
  trx: Trx,
  tenantId: TenantId,
  id: AgentId,
  tokenHash: string,
  now: number,
): Promise<void> {
  await trx
    .updateTable('agents')
    .set({ tokenHash, tokenCreatedAt: now })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

export async function renameAgent(trx: Trx, tenantId: TenantId, id: AgentId, name: string): Promise<void> {
  await trx.updateTable('agents').set({ name }).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

export async function markDeleted(trx: Trx, tenantId: TenantId, id: AgentId, now: number): Promise<void> {
  await trx
    .updateTable('agents')
    .set({ deletedAt: now })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}
