// SIEM agents and log collectors as the tenant knows them, with the tokens bound to them. Such a token carries only what
// its kind needs (access/permissions.ts), whoever created it; it lives and ends with its agent, and while the person who
// created it is gone or has lost the right to manage agents it is refused (cloud-apps reference 4).
import { require, requireUser } from '../access/caller.ts';
import { agentPermissions } from '../access/permissions.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { isUniqueViolation, type Trx } from '../db/store.ts';
import { isoTime } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { type AgentId, newId, type TenantId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/secrets.ts';
import { mintTokenValue } from '../tokens/format.ts';
import { removeCollector } from './collectors-store.ts';
import { deleteSettings } from './siem-agents-store.ts';
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

/** What a kind of agent has besides its name and token: written and read in the transactions that they are. */
export interface AgentParts {
  create?(trx: Trx, agent: { readonly id: AgentId; readonly tenantId: TenantId }): Promise<void>;
  /** For the audit. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Creates an agent; its token's value is in the answer and never again. */
export async function createAgent(
  ctx: Ctx,
  kind: AgentKind,
  name: string,
  parts: AgentParts = {},
): Promise<{ agent: Agent; value: string }> {
  require(ctx.caller, 'Agents.manage');
  const creator = requireUser(ctx.caller);
  checkName(name);
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
      refuseTooMany(ctx, kind, await store.listAgents(trx, ctx.caller.tenantId));
      await store.insertAgent(trx, ctx.caller.tenantId, row);
      await parts.create?.(trx, row);
      await recordAudit(ctx, trx, {
        action: 'agent.create',
        target: { kind, id: row.id, name },
        ...(parts.details ? { details: parts.details } : {}),
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Conflict('name-taken', `There already is a ${kind} named "${name}".`);
    throw error;
  }
  return { agent: toAgent({ ...row, creatorName: creator.userName }), value };
}

/** Names of agents and collectors appear in host names, file names and container names (cloud-apps reference 3.6). */
function checkName(name: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
    throw new InvalidInput('name', 'The name must have 1 to 64 letters, digits, hyphens or underscores.');
}

/** SIEM agents have a limit of their own (cloud-apps reference 4). */
function refuseTooMany({ config }: Ctx, kind: AgentKind, others: readonly store.AgentRow[]): void {
  const alike = others.filter((other) => other.kind === kind).length;
  if (kind === 'siem-agent' && alike >= config.siemAgentsPerTenantMax) {
    throw new Conflict(
      'too-many-agents',
      `There are ${alike} SIEM agents, the most that siemAgentsPerTenantMax allows. Delete one first.`,
    );
  }
  if (others.length < config.agentsPerTenantMax) return;
  throw new Conflict(
    'too-many-agents',
    `There are ${others.length} agents, the most that agentsPerTenantMax allows. Delete one first.`,
  );
}

/** One agent of the kind. Throws NotFound, also for one of another kind. */
export async function getAgent(ctx: Ctx, kind: AgentKind, id: string, trx?: Trx): Promise<Agent> {
  require(ctx.caller, 'Agents.manage');
  const row = await store.findAgent(trx ?? ctx.store.db, ctx.caller.tenantId, id.toLowerCase());
  if (row?.kind !== kind) throw new NotFound('This agent');
  return toAgent(row);
}

/** Gives the agent another name. Only within a change of the tenant. Throws Conflict for a name that is taken. */
export async function renameAgent(ctx: Ctx, trx: Trx, { id, kind }: Agent, name: string): Promise<void> {
  checkName(name);
  const others = await store.listAgents(trx, ctx.caller.tenantId);
  if (others.some((other) => other.kind === kind && other.name === name && other.id !== id))
    throw new Conflict('name-taken', `There already is a ${kind} named "${name}".`);
  await store.renameAgent(trx, ctx.caller.tenantId, id, name);
}

/**
 * Gives the agent a new token; the old one is refused at its next call. Throws NotFound, also for one of another kind than
 * the one that is named.
 */
export async function regenerateAgentToken(
  ctx: Ctx,
  id: string,
  kind?: AgentKind,
): Promise<{ agent: Agent; value: string }> {
  require(ctx.caller, 'Agents.manage');
  requireUser(ctx.caller);
  return ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const row = await getRow(ctx, trx, id, kind);
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

/** Deletes the agent and, with it, its token and its settings. What came in through it stays. Throws NotFound as above. */
export async function deleteAgent(ctx: Ctx, id: string, kind?: AgentKind): Promise<void> {
  require(ctx.caller, 'Agents.manage');
  await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const row = await getRow(ctx, trx, id, kind);
    await store.markDeleted(trx, ctx.caller.tenantId, row.id, ctx.clock());
    if (row.kind === 'siem-agent') await deleteSettings(trx, ctx.caller.tenantId, row.id);
    else await removeCollector(trx, ctx.caller.tenantId, row.id);
    await recordAudit(ctx, trx, { action: 'agent.delete', target: { kind: row.kind, id: row.id, name: row.name } });
  });
}

async function getRow(ctx: Ctx, trx: Trx, id: string, kind: AgentKind | undefined): Promise<store.CreatedAgentRow> {
  const row = await store.findAgent(trx, ctx.caller.tenantId, id.toLowerCase());
  if (!row || (kind !== undefined && row.kind !== kind)) throw new NotFound('This agent');
  return row;
}
