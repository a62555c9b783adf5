// SIEM agents and log collectors as the tenant knows them, with the tokens bound to them. Such a token carries only what
// its kind needs (access/permissions.ts), whoever created it; it lives and ends with its agent, and while the person who
// created it is gone or has lost the right to manage agents it is refused (cloud-apps reference 4).
import { require, requireUser } from '../access/caller.ts';
import { agentPermissions } from '../access/permissions.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { isUniqueViolation } from '../db/store.ts';
import { isoTime } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { type AgentId, newId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/secrets.ts';
import { mintTokenValue } from '../tokens/format.ts';
import * as store from './store.ts';

export const agentKinds = ['siem-agent', 'log-collector'] as const;
export type AgentKind = (typeof agentKinds)[number];

export interface Agent {
  readonly id: AgentId;
  readonly kind: AgentKind;
  readonly name: string;
  /** User name. */
  readonly createdBy: string;
  readonly createdAt: string;
  readonly permissions: readonly string[];
  readonly tokenGeneratedAt: string;
  readonly lastUsedAt: string | null;
  readonly lastUsedAddress: string | null;
}

function toAgent(row: store.CreatedAgentRow): Agent {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    createdBy: row.creatorName,
    createdAt: isoTime(row.createdAt),
    permissions: agentPermissions[row.kind],
    tokenGeneratedAt: isoTime(row.tokenCreatedAt),
    lastUsedAt: isoTime(row.lastUsedAt),
    lastUsedAddress: row.lastUsedAddress,
  };
}

/** All agents and collectors of the tenant, by name. Needs Agents.manage, as every call here does. */
export async function listAgents(ctx: Ctx): Promise<Agent[]> {
  require(ctx.caller, 'Agents.manage');
  return (await store.listAgents(ctx.store.db, ctx.caller.tenantId)).map(toAgent);
}

/** Creates an agent; its token's value is in the answer and never again. */
export async function createAgent(ctx: Ctx, kind: AgentKind, name: string): Promise<{ agent: Agent; value: string }> {
  require(ctx.caller, 'Agents.manage');
  const creator = requireUser(ctx.caller);
  // Names of agents and collectors appear in host names, file names and container names (cloud-apps reference 3.6).
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
    throw new InvalidInput('name', 'The name must have 1 to 64 letters, digits, hyphens or underscores.');
  const value = mintTokenValue(kind);
  const now = ctx.clock();
  const row: store.AgentRow = {
    id: newId<AgentId>(),
    tenantId: ctx.caller.tenantId,
    kind,
    name,
    createdBy: creator.userId,
    createdAt: now,
    tokenHash: sha256Hex(value),
    tokenCreatedAt: now,
    lastUsedAt: null,
    lastUsedAddress: null,
    deletedAt: null,
  };
  try {
    await ctx.store.change(ctx.caller.tenantId, async (trx) => {
      const others = await store.listAgents(trx, ctx.caller.tenantId);
      if (others.length >= ctx.config.agentsPerTenantMax) {
        throw new Conflict(
          'too-many-agents',
          `There are ${others.length} agents, the most that agentsPerTenantMax allows. Delete one first.`,
        );
      }
      await store.insertAgent(trx, ctx.caller.tenantId, row);
      await recordAudit(ctx, trx, { action: 'agent.create', target: { kind, id: row.id, name } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Conflict('name-taken', `There already is a ${kind} named "${name}".`);
    throw error;
  }
  return { agent: toAgent({ ...row, creatorName: creator.userName }), value };
}

/** Gives the agent a new token; the old one is refused at its next call. */
export async function regenerateAgentToken(ctx: Ctx, id: string): Promise<{ agent: Agent; value: string }> {
  require(ctx.caller, 'Agents.manage');
  requireUser(ctx.caller);
  return ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const row = await store.findAgent(trx, ctx.caller.tenantId, id);
    if (!row) throw new NotFound('This agent');
    const value = mintTokenValue(row.kind);
    const now = ctx.clock();
    await store.replaceToken(trx, ctx.caller.tenantId, row.id, sha256Hex(value), now);
    await recordAudit(ctx, trx, {
      action: 'agent.regenerate-token',
      target: { kind: row.kind, id: row.id, name: row.name },
    });
    return { agent: toAgent({ ...row, tokenCreatedAt: now }), value };
  });
}

/** Deletes the agent and, with it, its token. */
export async function deleteAgent(ctx: Ctx, id: string): Promise<void> {
  require(ctx.caller, 'Agents.manage');
  await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const row = await store.findAgent(trx, ctx.caller.tenantId, id);
    if (!row) throw new NotFound('This agent');
    await store.markDeleted(trx, ctx.caller.tenantId, row.id, ctx.clock());
    await recordAudit(ctx, trx, { action: 'agent.delete', target: { kind: row.kind, id: row.id, name: row.name } });
  });
}
