// The streams of a tenant as callers see them. Whoever's Discovery.read reaches some reports only sees no others
// (cloud-apps reference 5: Cloud Discovery report administrator).
import { type Caller, type DataScope, everyReport, require, scopeOf } from '../../access/caller.ts';
import type { Ctx } from '../../context.ts';
import type { Db } from '../../db/store.ts';
import { NotFound } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import * as store from './store.ts';
import { globalStream, type Receiver, type Stream, type StreamFilters, type StreamKind } from './stream.ts';

/** Whether the scope of somebody's Discovery.read reaches the report. */
export function reachesStream(scope: DataScope, streamId: string): boolean {
  if (scope.all) return true;
  return scope.reportIds.some((id) => id === everyReport || id.toLowerCase() === streamId);
}

/** Everything that the tenant has, the global view first; nobody's rights are asked. */
export async function streamsOfTenant(db: Db, tenantId: TenantId): Promise<Stream[]> {
  return [globalStream(tenantId), ...(await store.listStreamRows(db, tenantId)).map(streamOf)];
}

/** Those that the caller's Discovery.read reaches, the global view first. */
export async function listStreams(ctx: Ctx): Promise<Stream[]> {
  const scope = scopeOf(ctx.caller, 'Discovery.read');
  return (await streamsOfTenant(ctx.store.db, ctx.caller.tenantId)).filter(({ id }) => reachesStream(scope, id));
}

/** By id. Throws NotFound, also for what the caller's role does not reach. */
export async function getStream(ctx: Ctx, id: string): Promise<Stream> {
  const scope = scopeOf(ctx.caller, 'Discovery.read');
  const known = await findStream(ctx.store.db, ctx.caller.tenantId, id);
  if (!known || !reachesStream(scope, known.id)) throw new NotFound('The report');
  return known;
}

export async function findStream(db: Db, tenantId: TenantId, id: string): Promise<Stream | undefined> {
  const wanted = id.toLowerCase();
  const whole = globalStream(tenantId);
  if (wanted === whole.id) return whole;
  const row = await store.findStreamRow(db, tenantId, wanted);
  return row && streamOf(row);
}

/** Refuses unless the caller may change what the whole organisation discovers. */
export function requireManager(caller: Caller): void {
  require(caller, 'Discovery.manage');
}

export function streamOf(row: store.StreamRow): Stream {
  return {
    id: row.id,
    kind: row.kind as StreamKind, // Written by this folder.
    name: row.name,
    source: row.source,
    comment: row.comment,
    receiver: row.receiver as Receiver | null, // Written by this folder.
    anonymizeUsers: row.anonymizeUsers === 1,
    hasCustomParser: row.customParser !== null,
    filters: row.filters === null ? null : (JSON.parse(row.filters) as StreamFilters), // Written by this folder.
    createdAt: row.createdAt,
    createdBy: row.createdBy,
    changedAt: row.changedAt,
    lastReceivedAt: row.lastReceivedAt,
  };
}
