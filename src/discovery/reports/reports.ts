// Reports of discovered apps as callers see them: the apps that people use, and who uses them, over 7, 30 or 90 days of a
// data source, of everything, of a part, or of a snapshot (cloud-apps reference 2.8, 2.9 and 3.5). Somebody whose
// Discovery.read reaches some reports sees no others, which are as if absent.
import { scopeOf } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { recordGovernance } from '../../policies/governance.ts';
import { globalStreamId, type Stream } from '../streams/stream.ts';
import { getStream, listStreams } from '../streams/streams.ts';
import { type AppList, type AppQuery, type CountedApps, countApps, pageApps } from './discovered-apps.ts';
import { type DiscoveredEntity, type EntityQuery, pageOf } from './entities.ts';
import type { ReportCondition } from './filters.ts';
import { type Overview, overviewOf } from './time-frames.ts';
import { type Trends, trendsOf } from './trends.ts';
import { type TimeFrame, timeFrames } from './usage.ts';

/** Which report, as callers name it. */
export interface Asked {
  /** 24 hex digits; undefined for the global view. */
  readonly streamId: string | undefined;
  readonly days: TimeFrame;
}

export interface Report {
  readonly stream: Stream;
  readonly days: TimeFrame;
}

/** 7, 30 or 90. Throws InvalidInput. */
export function parseTimeFrame(field: string, days: number): TimeFrame {
  const frame = timeFrames.find((each) => each === days);
  if (frame === undefined) throw new InvalidInput(field, `${field} is one of ${timeFrames.join(', ')}, in days.`);
  return frame;
}

/** The report, which the caller's Discovery.read reaches. Throws NotFound; InvalidInput when none was named and one has to be. */
export async function getReport(ctx: Ctx, { streamId, days }: Asked): Promise<Report> {
  if (streamId === undefined && !scopeOf(ctx.caller, 'Discovery.read').all) throw await mustBeNamed(ctx);
  const stream = await getStream(ctx, streamId ?? globalStreamId(ctx.caller.tenantId));
  return { stream, days };
}

/** A role for single reports does not reach the global view, which is what is shown when none is named. */
async function mustBeNamed(ctx: Ctx): Promise<InvalidInput> {
  const names = (await listStreams(ctx)).map(({ name }) => `"${name}"`);
  const choice = names.length === 0 ? 'It has none yet.' : `Name one of them: ${names.slice(0, 20).join(', ')}.`;
  return new InvalidInput('streamId', `Your role reaches single reports, not the global view. ${choice}`);
}

export async function listApps(ctx: Ctx, asked: Asked, query: AppQuery): Promise<AppList> {
  return await pageApps(ctx, ctx.caller.tenantId, await getReport(ctx, asked), query);
}

export async function listEntities(
  ctx: Ctx,
  asked: Asked,
  query: EntityQuery,
): Promise<{ items: DiscoveredEntity[]; total: number }> {
  return await pageOf(ctx, ctx.caller.tenantId, await getReport(ctx, asked), query);
}

/** Categories, or tags, of the report's apps, with how many apps have them, by id. */
export async function listCounted(
  ctx: Ctx,
  asked: Asked,
  conditions: readonly ReportCondition[],
  by: 'category' | 'tag',
): Promise<CountedApps[]> {
  return await countApps(ctx, ctx.caller.tenantId, await getReport(ctx, asked), conditions, by);
}

export async function getOverview(ctx: Ctx, asked: Asked): Promise<Overview> {
  return await overviewOf(ctx, ctx.caller.tenantId, await getReport(ctx, asked));
}

/** The same day by day, with risk and categories. */
export async function getTrends(ctx: Ctx, asked: Asked): Promise<Trends> {
  return await trendsOf(ctx, ctx.caller.tenantId, await getReport(ctx, asked));
}

/** Enters in the audit and in the governance log that a list left the server as a file. Needs Discovery.read. */
export async function recordExport(ctx: Ctx, { stream, days }: Report, what: string, rows: number): Promise<void> {
  const { caller, clock } = ctx;
  const by = caller.subject.kind === 'user' ? caller.subject.userName : caller.subject.name;
  await changeAs(ctx, 'Discovery.read', async (trx) => {
    const target = { kind: 'discovery-report', id: stream.id, name: stream.name };
    await recordAudit(ctx, trx, { action: 'discovery-report.export', target, details: { what, days, rows } });
    await recordGovernance(trx, caller.tenantId, {
      type: 'DiscoveryEntitiesExport',
      status: 'succeeded',
      at: clock(),
      appId: null,
      policyId: null,
      details: { target: stream.name, message: `${by} exported ${rows} rows (${what}, ${days} days).` },
    });
  });
}
