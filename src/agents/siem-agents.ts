// SIEM agents of a tenant (cloud-apps reference 4): what each sends, where to and in which form; made and changed by full
// administrators. The agent itself is a process elsewhere, which learns of changes by asking (siem-feed.ts).
import { require, requireUser } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { isoTime } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { AgentId, TenantId } from '../lib/ids.ts';
import { type Agent, createAgent, getAgent, listAgents, regenerateAgentToken, renameAgent } from './agents.ts';
import { checkSettings, type SiemReport, type SiemSettings, settingNames, siemTroubles } from './siem-agent.ts';
import * as store from './siem-agents-store.ts';
import { type SiemStatus, siemStatus } from './siem-status.ts';

export interface SiemAgent {
  readonly id: AgentId;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly tokenGeneratedAt: string;
  readonly lastUsedAt: string | null;
  readonly lastUsedAddress: string | null;
  /** Null for one that was made without: it sends nothing until it has some. */
  readonly settings: SiemSettings | null;
  readonly isEnabled: boolean;
  readonly status: SiemStatus;
  /** When it last said how it is. */
  readonly reportedAt: string | null;
  readonly version: string | null;
  readonly systemName: string | null;
  readonly alertsSent: number;
  readonly activitiesSent: number;
  readonly lastSentAt: string | null;
  readonly problems: readonly {
    readonly kind: string;
    readonly title: string;
    readonly detail: string;
    readonly since: string;
  }[];
}

function toSiemAgent(agent: Agent, row: store.SiemAgentRow | undefined, now: number): SiemAgent {
  const { id, name, createdBy, createdAt, tokenGeneratedAt, lastUsedAt, lastUsedAddress } = agent;
  const { reportedAt = null, siemDownSince = null } = row ?? {};
  const report = reportOf(row);
  return {
    ...{ id, name, createdBy, createdAt, tokenGeneratedAt, lastUsedAt, lastUsedAddress },
    settings: row ? settingsOf(row) : null,
    isEnabled: row?.isEnabled === 1,
    status: siemStatus({ reportedAt, siemDownSince }, now),
    reportedAt: isoTime(reportedAt),
    version: report?.version ?? null,
    systemName: report?.systemName ?? null,
    alertsSent: report?.alertsSent ?? 0,
    activitiesSent: report?.activitiesSent ?? 0,
    lastSentAt: isoTime(report?.lastSentAt ?? null),
    problems: (report?.problems ?? []).map(({ kind, detail, since }) => ({
      kind,
      title: siemTroubles[kind],
      detail,
      since: isoTime(since),
    })),
  };
}

function reportOf(row: store.SiemAgentRow | undefined): SiemReport | null {
  return row?.report ? (JSON.parse(row.report) as SiemReport) : null; // Written by siem-feed.ts only.
}

/** The settings as they are stored. */
export function settingsOf(row: store.SiemAgentRow): SiemSettings {
  const filters = (text: string | null) => (text === null ? null : JSON.parse(text));
  return {
    format: row.format,
    timeFormat: row.timeFormat,
    includesPri: row.includesPri === 1,
    includesSystemName: row.includesSystemName === 1,
    remoteHost: row.remoteHost,
    remotePort: row.remotePort,
    protocol: row.protocol,
    alerts: { isSent: row.sendsAlerts === 1, filters: filters(row.alertFilters) },
    activities: { isSent: row.sendsActivities === 1, filters: filters(row.activityFilters) },
  };
}

function columnsOf({ alerts, activities, ...settings }: SiemSettings) {
  return {
    ...settings,
    includesPri: flag(settings.includesPri),
    includesSystemName: flag(settings.includesSystemName),
    sendsAlerts: flag(alerts.isSent),
    alertFilters: alerts.filters && JSON.stringify(alerts.filters),
    sendsActivities: flag(activities.isSent),
    activityFilters: activities.filters && JSON.stringify(activities.filters),
  };
}

function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

function firstRow(tenantId: TenantId, agentId: AgentId, settings: SiemSettings, now: number): store.SiemAgentRow {
  return {
    ...{ tenantId, agentId, ...columnsOf(settings) },
    isEnabled: 1,
    enablings: 1,
    revision: 1,
    changedAt: now,
    reportedAt: null,
    report: null,
    siemDownSince: null,
  };
}

/** All SIEM agents of the tenant, by name. Needs Agents.manage, as every call here does. */
export async function listSiemAgents(ctx: Ctx): Promise<SiemAgent[]> {
  const agents = (await listAgents(ctx)).filter(({ kind }) => kind === 'siem-agent');
  const rows = await store.listSettings(ctx.store.db, ctx.caller.tenantId);
  const now = ctx.clock();
  return agents.map((agent) => toSiemAgent(agent, rows.get(agent.id), now));
}

/** One SIEM agent. Throws NotFound. */
export async function getSiemAgent(ctx: Ctx, id: string, trx?: Trx): Promise<SiemAgent> {
  const agent = await getAgent(ctx, 'siem-agent', id, trx);
  const row = await store.findSettings(trx ?? ctx.store.db, ctx.caller.tenantId, agent.id);
  return toSiemAgent(agent, row, ctx.clock());
}

/** Creates an enabled agent; its token's value is in the answer and never again. */
export async function createSiemAgent(
  ctx: Ctx,
  name: string,
  given: SiemSettings,
): Promise<{ agent: SiemAgent; value: string }> {
  const settings = checkSettings(given);
  const { agent, value } = await createAgent(ctx, 'siem-agent', name, {
    details: detailsOf(settings),
    create: async (trx, { id, tenantId }) => {
      await store.insertSettings(trx, tenantId, firstRow(tenantId, id, settings, ctx.clock()));
    },
  });
  return { agent: await getSiemAgent(ctx, agent.id), value };
}

export interface SiemAgentChange {
  readonly name?: string | undefined;
  /** All of them for an agent that has none yet. */
  readonly settings?: Partial<SiemSettings> | SiemSettings | undefined;
}

/** Changes what is given; a running agent takes it over by itself. */
export async function updateSiemAgent(
  ctx: Ctx,
  id: string,
  { name, settings: changes }: SiemAgentChange,
): Promise<SiemAgent> {
  require(ctx.caller, 'Agents.manage');
  requireUser(ctx.caller);
  const { tenantId } = ctx.caller;
  return await ctx.store.change(tenantId, async (trx) => {
    const agent = await getAgent(ctx, 'siem-agent', id, trx);
    if (name !== undefined && name !== agent.name) await renameAgent(ctx, trx, agent, name);
    const row = await store.findSettings(trx, tenantId, agent.id);
    const now = ctx.clock();
    if (changes !== undefined && row) {
      const settings = checkSettings({ ...settingsOf(row), ...changes });
      const change = { ...columnsOf(settings), revision: row.revision + 1, changedAt: now };
      await store.updateSettings(trx, tenantId, agent.id, change);
    } else if (changes !== undefined) {
      if (!isWhole(changes)) throw new InvalidInput('remoteHost', 'This agent has no settings yet: give all of them.');
      await store.insertSettings(trx, tenantId, firstRow(tenantId, agent.id, checkSettings(changes), now));
    }
    const changed = await getSiemAgent(ctx, agent.id, trx);
    await recordAudit(ctx, trx, {
      action: 'agent.update',
      target: { kind: 'siem-agent', id: agent.id, name: changed.name },
      details: {
        ...(name === undefined || name === agent.name ? {} : { formerName: agent.name }),
        ...(changed.settings && changes !== undefined ? detailsOf(changed.settings) : {}),
      },
    });
    return changed;
  });
}

function isWhole(settings: Partial<SiemSettings>): settings is SiemSettings {
  return settingNames.every((name) => settings[name] !== undefined);
}

/** For the audit: where to and what. */
function detailsOf(settings: SiemSettings): Record<string, unknown> {
  return { ...settings };
}

/**
 * Enables or disables it. A disabled agent sends nothing and keeps its place; one that is enabled again goes on there, but
 * not further back than two days.
 */
export async function switchSiemAgent(ctx: Ctx, id: string, isEnabled: boolean): Promise<SiemAgent> {
  require(ctx.caller, 'Agents.manage');
  requireUser(ctx.caller);
  const { tenantId } = ctx.caller;
  return await ctx.store.change(tenantId, async (trx) => {
    const agent = await getAgent(ctx, 'siem-agent', id, trx);
    const row = await store.findSettings(trx, tenantId, agent.id);
    if (!row || (row.isEnabled === 1) === isEnabled) return await getSiemAgent(ctx, id, trx);
    await store.updateSettings(trx, tenantId, agent.id, {
      isEnabled: flag(isEnabled),
      enablings: row.enablings + (isEnabled ? 1 : 0),
      revision: row.revision + 1,
      changedAt: ctx.clock(),
    });
    await recordAudit(ctx, trx, {
      action: isEnabled ? 'agent.enable' : 'agent.disable',
      target: { kind: 'siem-agent', id: agent.id, name: agent.name },
    });
    return await getSiemAgent(ctx, id, trx);
  });
}

/** Gives the agent a new token; the old one is refused at its next call. */
export async function regenerateSiemAgent(ctx: Ctx, id: string): Promise<{ agent: SiemAgent; value: string }> {
  const { agent, value } = await regenerateAgentToken(ctx, id, 'siem-agent');
  return { agent: await getSiemAgent(ctx, agent.id), value };
}
