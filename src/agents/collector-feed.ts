// What a log collector gets and gives with its token: what to receive, and how it does.
import { createHash } from 'node:crypto';
import { type Caller, concernOf } from '../access/caller.ts';
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { streamsOfTenant } from '../discovery/streams/streams.ts';
import { type CollectorReport, lastDataOf } from './collector.ts';
import { dataSourcesOf } from './collectors.ts';
import * as store from './collectors-store.ts';

export interface CollectorSettings {
  readonly name: string;
  /** Another one whenever something of it changed. */
  readonly revision: string;
  readonly inputs: readonly {
    readonly id: string;
    readonly name: string;
    readonly source: string;
    readonly receiverType: string;
    readonly port: number | null;
  }[];
}

/** The settings of the collector that asks. Refuses everybody who is no log collector. */
export async function getCollectorSettings(ctx: Ctx): Promise<CollectorSettings> {
  const { agentId, name } = requireCollector(ctx.caller);
  const { tenantId } = ctx.caller;
  const row = await store.findCollector(ctx.store.db, tenantId, agentId);
  const streams = await streamsOfTenant(ctx.store.db, tenantId);
  const inputs = dataSourcesOf(row, streams).map(({ dataSourceId, name: dataSource, source, receiver, port }) => ({
    ...{ id: dataSourceId, name: dataSource, source, receiverType: receiver, port },
  }));
  const revision = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
  return { name, revision, inputs };
}

/** Keeps what the collector says of itself. */
export async function takeCollectorReport(ctx: Ctx, report: CollectorReport): Promise<void> {
  const { agentId } = requireCollector(ctx.caller);
  const { tenantId } = ctx.caller;
  const now = ctx.clock();
  const row = await store.findCollector(ctx.store.db, tenantId, agentId);
  const lastDataAt = lastDataOf(report, now);
  // Nothing that is cached or ordered: how a collector does does not change the tenant.
  await store.updateCollector(ctx.store.db, tenantId, agentId, {
    reportedAt: now,
    report: JSON.stringify(report),
    // A process that has just begun knows of nothing; what was known before stays.
    ...(lastDataAt === null ? {} : { lastDataAt: Math.max(lastDataAt, row?.lastDataAt ?? 0) }),
  });
}

function requireCollector(caller: Caller) {
  const { subject } = caller;
  if (subject.kind === 'agent' && subject.agentKind === 'log-collector') return subject;
  const detail = 'The call is for a log collector with its own token.';
  throw new Refusal({
    status: 403,
    code: 'wrong-credential-kind',
    message: detail,
    chain: [...caller.passed, { check: 'credential-kind', outcome: 'failed', detail }],
    remedy: 'Call it with the token that was shown when the log collector was created.',
    ...concernOf(caller),
  });
}
