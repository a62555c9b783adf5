// What open incidents share with new alerts: one query over the keys of alerts.
import { sql } from 'kysely';
import type { Db } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

/** An alert of an open incident with room that is about one of the things that were asked for. */
export interface Neighbour {
  readonly kind: string;
  readonly key: string;
  readonly alertId: string;
  readonly incidentId: number;
  /** Its last activity. */
  readonly ticks: bigint;
}

export interface NeighbourQuery {
  readonly kind: string;
  readonly keys: readonly string[];
  /** Bounds of the last activity, both included. */
  readonly from: bigint;
  readonly to: bigint;
  /** Incidents with so many alerts take no more, and none of theirs is wanted. */
  readonly alertsMax: number;
}

const keysAtOnce = 1000;
/** Of one kind and part of the keys, the latest. Whatever is shared by more says little. */
const rowsMax = 5000;

export async function findNeighbours(
  db: Db,
  tenantId: TenantId,
  { kind, keys, from, to, alertsMax }: NeighbourQuery,
): Promise<Neighbour[]> {
  const found: Neighbour[] = [];
  for (let start = 0; start < keys.length; start += keysAtOnce) {
    // Ticks as text: the numbers that PostgreSQL's driver makes would lose their last digits.
    const rows = await db
      .selectFrom('alertKeys as k')
      .innerJoin('alerts as a', (join) => join.onRef('a.tenantId', '=', 'k.tenantId').onRef('a.id', '=', 'k.alert'))
      .innerJoin('incidents as i', (join) =>
        join.onRef('i.tenantId', '=', 'a.tenantId').onRef('i.incidentId', '=', 'a.incidentId'),
      )
      .select(['k.key', 'a.alertId', 'i.incidentId', sql<string>`cast("k"."lastActivityTicks" as text)`.as('ticks')])
      .where('k.tenantId', '=', tenantId)
      .where('k.kind', '=', kind)
      .where('k.key', 'in', keys.slice(start, start + keysAtOnce))
      .where('k.lastActivityTicks', '>=', from)
      .where('k.lastActivityTicks', '<=', to)
      .where('i.status', 'in', ['Active', 'InProgress'])
      .where('i.alertCount', '<', alertsMax)
      .orderBy('k.lastActivityTicks', 'desc')
      .orderBy('k.alert')
      .limit(rowsMax)
      .execute();
    found.push(...rows.map(({ ticks, ...row }) => ({ kind, ...row, ticks: BigInt(ticks) })));
  }
  return found;
}
