// Incidents in the control store: queries only.
import { expressionBuilder, sql } from 'kysely';
import type { Db } from '../db/store.ts';
import type { Tables } from '../db/tables.ts';
import type { TenantId } from '../lib/ids.ts';
import type { IncidentCondition } from './condition.ts';
import { toSql } from './condition-sql.ts';

/** Just behind this incident in the order of the list. */
export interface IncidentPosition {
  readonly updatedTicks: bigint;
  readonly incidentId: number;
}

export interface IncidentPage {
  readonly where: IncidentCondition | null;
  readonly after: IncidentPosition | null;
  readonly skip: number;
  readonly limit: number;
}

export interface FoundIncident {
  /** The body; null when it has more than `bodyBytesMax`. */
  readonly text: string | null;
  /** Length of the body in UTF-8. */
  readonly bytes: number;
  /** Ticks and id with a hyphen between them: as text, because ticks are more than a number holds. */
  readonly position: string;
}

/** The page, newest first by last update, then by id, so that the order is the same every time. */
export async function listFound(
  db: Db,
  tenantId: TenantId,
  page: IncidentPage,
  bodyBytesMax: number,
): Promise<FoundIncident[]> {
  const { where, after, skip, limit } = page;
  const behind = after
    ? sql`and "updatedTicks" <= ${after.updatedTicks}
        and ("updatedTicks" < ${after.updatedTicks} or "incidentId" < ${after.incidentId})`
    : sql``;
  const matching = where ? sql`and (${toSql(expressionBuilder<Tables, 'incidents'>(), where)})` : sql``;
  // As text, because a query that is built from parts costs a third of what running it does.
  const { rows } = await sql<FoundIncident>`
    select
      case when "bodyBytes" <= ${bodyBytesMax} then "body" end as "text",
      "bodyBytes" as "bytes",
      "updatedTicks" || '-' || "incidentId" as "position"
    from "incidents"
    where "tenantId" = ${tenantId} ${behind} ${matching}
    order by "updatedTicks" desc, "incidentId" desc
    limit ${limit} offset ${skip}`.execute(db);
  return rows;
}

/** Reads what {@link FoundIncident} has. */
export function positionOf({ position }: FoundIncident): IncidentPosition {
  const hyphen = position.lastIndexOf('-'); // Ticks before 1970 begin with one.
  return { updatedTicks: BigInt(position.slice(0, hyphen)), incidentId: Number(position.slice(hyphen + 1)) };
}

/** The body of one incident. */
export async function findIncident(db: Db, tenantId: TenantId, incidentId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('incidents')
    .select('body')
    .where('tenantId', '=', tenantId)
    .where('incidentId', '=', incidentId)
    .executeTakeFirst();
  return row?.body;
}

export async function countIncidents(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('incidents')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
