// Whether an account has acted from somewhere before.
import { isOneOf } from '../events/dialect.ts';
import { and, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import type { Scene } from './detection.ts';
import { between, dayNumber, notFailed, type Seen } from './rows.ts';
import { activities, col, ofTenant } from './scene.ts';

const spanMs = 30 * dayMs;
const placesMax = 50_000;

/**
 * Says of each of these activities whether its account acted from the same address, or through the same operator in the
 * same country, on one of the 30 days before.
 */
export async function openFamiliar(scene: Scene, seen: readonly Seen[]): Promise<(each: Seen) => boolean> {
  if (seen.length === 0) return () => false;
  const times = seen.map((each) => each.timestamp);
  const rows = await scene.services.events.query(sql`
    select ${col.userName}, coalesce(${col.ipAddress}, ''), ${col.organization}, ${col.countryCode},
      ${dayNumber}
    from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(Math.min(...times) - spanMs, Math.max(...times)),
      notFailed,
      isOneOf(col.userName, [...new Set(seen.map((each) => each.userName))]),
    ])} group by 1, 2, 3, 4, 5 limit ${placesMax}`);
  const first = new Map<string, number>();
  for (const [userName, address, organization, country, day] of rows) {
    for (const key of [`${userName}\n${address}`, `${userName}\n${organization}\n${country}`]) {
      first.set(key, Math.min(first.get(key) ?? Number.POSITIVE_INFINITY, Number(day)));
    }
  }
  return (each) => {
    const today = Math.floor(each.timestamp / dayMs);
    const isBefore = (key: string) => (first.get(key) ?? Number.POSITIVE_INFINITY) < today;
    if (isBefore(`${each.userName}\n${each.address}`)) return true;
    const facts = scene.locate(each.address);
    if (facts === null || facts.organization === null) return false;
    return isBefore(`${each.userName}\n${facts.organization}\n${facts.countryCode}`);
  };
}
