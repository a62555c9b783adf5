// Incidents as callers see them: taken in by ingestion (ingest.ts), listed by filter, fetched by id. Bodies leave as the
// JSON text that was stored.
import { scopeOf } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { Ctx } from '../context.ts';
import { NotFound } from '../lib/failures.ts';
import type { IncidentCondition } from './condition.ts';
import * as store from './store.ts';

export type { IncidentPosition } from './store.ts';

export interface IncidentQuery {
  /** Null for all. */
  readonly where: IncidentCondition | null;
  /** The list begins behind this incident; null for its beginning. */
  readonly after: store.IncidentPosition | null;
  readonly skip: number;
  readonly limit: number;
}

export interface HeldBody {
  readonly text: string;
  /** Its length in UTF-8. */
  readonly bytes: number;
}

export interface IncidentList {
  /** Bodies in their order; where one is large, all of them are read when their turn comes. */
  readonly bodies: readonly HeldBody[] | AsyncIterable<string>;
  /** Where the next page begins; null when there is none. */
  readonly next: store.IncidentPosition | null;
}

/** Larger bodies are not held all at once for a whole page. */
const heldBodyBytesMax = 65_536;

/** One page of the tenant's incidents, newest first by last update. Needs Incident.Read.All. */
export async function listIncidents(ctx: Ctx, query: IncidentQuery): Promise<IncidentList> {
  requireAll(ctx, 'Incident.Read.All');
  const { limit } = query;
  // One more than asked for, to know whether there are more.
  const page = { ...query, limit: limit + 1 };
  const found = await store.listFound(ctx.store.db, ctx.caller.tenantId, page, heldBodyBytesMax);
  const last = found.length > limit ? found[limit - 1] : undefined;
  const next = last ? store.positionOf(last) : null;
  const shown = found.slice(0, limit);
  if (shown.every(isHeld)) return { bodies: shown, next };
  const ids = shown.map((incident) => store.positionOf(incident).incidentId);
  return { bodies: readOneByOne(ctx, ids), next };
}

function isHeld(incident: store.FoundIncident): incident is store.FoundIncident & HeldBody {
  return incident.text !== null;
}

async function* readOneByOne(ctx: Ctx, ids: readonly number[]): AsyncIterable<string> {
  for (const id of ids) yield await findBody(ctx, id);
}

/** The body of one incident as JSON text. Needs Incident.Read.All. Throws NotFound. */
export async function getIncident(ctx: Ctx, incidentId: number): Promise<string> {
  requireAll(ctx, 'Incident.Read.All');
  return await findBody(ctx, incidentId);
}

async function findBody(ctx: Ctx, incidentId: number): Promise<string> {
  const body = await store.findIncident(ctx.store.db, ctx.caller.tenantId, incidentId);
  if (body === undefined) throw new NotFound(`Incident ${incidentId}`);
  return body;
}

/** Incidents belong to the whole tenant: no role that is cut to a part of the data has these permissions. */
function requireAll(ctx: Ctx, permission: Permission): void {
  if (!scopeOf(ctx.caller, permission).all) throw new Error(`${permission} was granted for a part of the data.`);
}
