// Log collectors of a tenant (cloud-apps reference 3.6): which data sources each receives, and how it does; made and changed
// by full administrators. The collector itself is a process elsewhere, which learns of changes by asking (collector-feed.ts).
import { require, requireUser } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import type { Stream } from '../discovery/streams/stream.ts';
import { streamsOfTenant } from '../discovery/streams/streams.ts';
import { isoTime } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { AgentId, TenantId } from '../lib/ids.ts';
import { type Agent, createAgent, getAgent, listAgents, regenerateAgentToken, renameAgent } from './agents.ts';
import { type CollectorInput, type CollectorReport, type CollectorStatus, collectorStatus } from './collector.ts';
import * as store from './collectors-store.ts';

export interface CollectorDataSource extends CollectorInput {
  readonly name: string;
  /** Name of the kind of log, such as SQUID_NATIVE_SYSLOG. */
  readonly source: string;
  readonly receiver: NonNullable<Stream['receiver']>;
  /** What the collector said of it last; null before. */
  readonly report: CollectorReport['inputs'][number] | null;
}

export interface LogCollector {
  readonly id: AgentId;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly tokenGeneratedAt: string;
  readonly lastUsedAt: string | null;
  readonly lastUsedAddress: string | null;
  readonly status: CollectorStatus;
  readonly reportedAt: string | null;
  readonly lastDataAt: string | null;
  readonly version: string | null;
  readonly systemName: string | null;
  readonly bytesWaiting: number;
  readonly problem: string | null;
  readonly dataSources: readonly CollectorDataSource[];
}

const inputsMax = 100;

/** All log collectors of the tenant, by name. Needs Agents.manage, as every call here does. */
export async function listCollectors(ctx: Ctx): Promise<LogCollector[]> {
  const agents = (await listAgents(ctx)).filter(({ kind }) => kind === 'log-collector');
  const { tenantId } = ctx.caller;
  const rows = await store.listCollectorRows(ctx.store.db, tenantId);
  const streams = await streamsOfTenant(ctx.store.db, tenantId);
  return agents.map((agent) => toCollector(agent, rows.get(agent.id), streams, ctx.clock()));
}

/** One log collector. Throws NotFound. */
export async function getCollector(ctx: Ctx, id: string, trx?: Trx): Promise<LogCollector> {
  const agent = await getAgent(ctx, 'log-collector', id, trx);
  const db = trx ?? ctx.store.db;
  const row = await store.findCollector(db, ctx.caller.tenantId, agent.id);
  return toCollector(agent, row, await streamsOfTenant(db, ctx.caller.tenantId), ctx.clock());
}

function toCollector(
  agent: Agent,
  row: store.CollectorRow | undefined,
  streams: readonly Stream[],
  now: number,
): LogCollector {
  const { id, name, createdBy, createdAt, tokenGeneratedAt, lastUsedAt, lastUsedAddress } = agent;
  const { reportedAt = null, lastDataAt = null } = row ?? {};
  const report = row?.report ? (JSON.parse(row.report) as CollectorReport) : null; // Written by collector-feed.ts only.
  return {
    ...{ id, name, createdBy, createdAt, tokenGeneratedAt, lastUsedAt, lastUsedAddress },
    status: collectorStatus({ reportedAt, lastDataAt, createdAt: Date.parse(createdAt) }, now),
    reportedAt: isoTime(reportedAt),
    lastDataAt: isoTime(lastDataAt),
    version: report?.version ?? null,
    systemName: report?.systemName ?? null,
    bytesWaiting: report?.bytesWaiting ?? 0,
    problem: report?.problem ?? null,
    dataSources: dataSourcesOf(row, streams).map((each) => ({
      ...each,
      report: report?.inputs.find((input) => input.id === each.dataSourceId) ?? null,
    })),
  };
}

/** The data sources that a collector receives, as they are now; those that were deleted meanwhile are left out. */
export function dataSourcesOf(
  row: store.CollectorRow | undefined,
  streams: readonly Stream[],
): Omit<CollectorDataSource, 'report'>[] {
  const inputs = row ? (JSON.parse(row.inputs) as CollectorInput[]) : []; // Written below only.
  return inputs.flatMap((input) => {
    const stream = streams.find(({ id, kind }) => id === input.dataSourceId && kind === 'data-source');
    if (!stream?.receiver || stream.source === null) return [];
    return [{ ...input, name: stream.name, source: stream.source, receiver: stream.receiver }];
  });
}

/** Creates a collector; its token's value is in the answer and never again. */
export async function createCollector(
  ctx: Ctx,
  name: string,
  inputs: readonly CollectorInput[],
): Promise<{ collector: LogCollector; value: string }> {
  const { agent, value } = await createAgent(ctx, 'log-collector', name, {
    details: { dataSources: inputs.map(({ dataSourceId }) => dataSourceId) },
    create: async (trx, { id, tenantId }) => {
      const checked = await checkInputs(trx, tenantId, inputs);
      await store.insertCollector(trx, tenantId, firstRow(tenantId, id, checked, ctx.clock()));
    },
  });
  return { collector: await getCollector(ctx, agent.id), value };
}

function firstRow(
  tenantId: TenantId,
  agentId: AgentId,
  inputs: readonly CollectorInput[],
  now: number,
): store.CollectorRow {
  return {
    ...{ tenantId, agentId, inputs: JSON.stringify(inputs), changedAt: now },
    ...{ reportedAt: null, report: null, lastDataAt: null, alertedSilenceAt: null },
  };
}

/** Throws InvalidInput for a data source that is not there or that no collector can receive, and for a port taken twice. */
async function checkInputs(db: Db, tenantId: TenantId, inputs: readonly CollectorInput[]): Promise<CollectorInput[]> {
  if (inputs.length > inputsMax) throw new InvalidInput('dataSources', `At most ${inputsMax} data sources.`);
  const streams = await streamsOfTenant(db, tenantId);
  const taken = new Map<string, string>();
  return inputs.map(({ dataSourceId, port }) => {
    const stream = streams.find(({ id, kind }) => kind === 'data-source' && id === dataSourceId);
    if (!stream) throw new InvalidInput('dataSources', `There is no data source ${dataSourceId.slice(0, 40)}.`);
    const { receiver, name } = stream;
    if (receiver === null) {
      throw new InvalidInput(
        'dataSources',
        `${name} has no receiver type, so that no collector can receive it. Give it one, such as syslog-tcp.`,
      );
    }
    if (receiver === 'ftp' || receiver === 'ftps') return { dataSourceId, port: null };
    if (port === null || !Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new InvalidInput('dataSources', `Give the port, from 1 to 65535, on which ${name} is received.`);
    }
    const socket = `${receiver === 'syslog-udp' ? 'udp' : 'tcp'} ${port}`;
    const other = taken.get(socket);
    if (other !== undefined)
      throw new InvalidInput('dataSources', `${name} and ${other} cannot both have port ${port}.`);
    taken.set(socket, name);
    return { dataSourceId, port };
  });
}

export interface CollectorChange {
  readonly name?: string | undefined;
  readonly inputs?: readonly CollectorInput[] | undefined;
}

/** Changes what is given; a running collector takes it over by itself within a minute. */
export async function updateCollector(ctx: Ctx, id: string, { name, inputs }: CollectorChange): Promise<LogCollector> {
  require(ctx.caller, 'Agents.manage');
  requireUser(ctx.caller);
  const { tenantId } = ctx.caller;
  return await ctx.store.change(tenantId, async (trx) => {
    const agent = await getAgent(ctx, 'log-collector', id, trx);
    if (name !== undefined && name !== agent.name) await renameAgent(ctx, trx, agent, name);
    if (inputs !== undefined) await writeInputs(ctx, trx, agent.id, await checkInputs(trx, tenantId, inputs));
    const changed = await getCollector(ctx, agent.id, trx);
    await recordAudit(ctx, trx, {
      action: 'agent.update',
      target: { kind: 'log-collector', id: agent.id, name: changed.name },
      details: {
        ...(name === undefined || name === agent.name ? {} : { formerName: agent.name }),
        ...(inputs === undefined ? {} : { dataSources: changed.dataSources.map((each) => each.name) }),
      },
    });
    return changed;
  });
}

async function writeInputs(ctx: Ctx, trx: Trx, agentId: AgentId, inputs: readonly CollectorInput[]): Promise<void> {
  const { tenantId } = ctx.caller;
  const now = ctx.clock();
  if (await store.findCollector(trx, tenantId, agentId)) {
    await store.updateCollector(trx, tenantId, agentId, { inputs: JSON.stringify(inputs), changedAt: now });
  } else {
    // It was made when collectors had a name and a token only.
    await store.insertCollector(trx, tenantId, firstRow(tenantId, agentId, inputs, now));
  }
}

/** Gives the collector a new token; the old one is refused at its next call. */
export async function regenerateCollector(ctx: Ctx, id: string): Promise<{ collector: LogCollector; value: string }> {
  const { agent, value } = await regenerateAgentToken(ctx, id, 'log-collector');
  return { collector: await getCollector(ctx, agent.id), value };
}
