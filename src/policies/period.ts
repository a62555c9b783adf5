// A period of stored activities, worked through in time and in slices: for backfills and dry runs, which find the same.
import type { FollowServices } from '../activities/following.ts';
import type { Services } from '../context.ts';
import { and, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { type PolicyFindings, search } from './findings.ts';
import { activities, col, ofTenant, spanOfTime } from './matching.ts';
import type { Policy } from './policy.ts';
import type { Allowance } from './raising.ts';
import type { FindWindows } from './repeated.ts';

/** Activities of `from` <= timestamp < `until`, epoch milliseconds. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

/** Checks what a person asked for. Throws InvalidInput. */
export function parsePeriod(period: Period, daysMax: number, setting: string): Period {
  if (!(period.from < period.until)) throw new InvalidInput('from', 'from must be before until.');
  if (period.until - period.from > daysMax * dayMs) {
    throw new InvalidInput(
      'from',
      `The period is longer than ${daysMax} days (setting ${setting}). Take a part of it.`,
    );
  }
  return period;
}

/** About so many activities are worked through at once. */
const sliceRows = 16_384;
const factsMax = 25_000;

/** The next activities from `from` on, never of two days (UTC); undefined when there are no more. */
export async function nextSlice(
  events: Pick<Services['events'], 'query'>,
  tenantId: TenantId,
  { from, until }: Period,
): Promise<Period | undefined> {
  const [row] = await events.query(sql`select min("t"), max("t") from (select ${col.timestamp} as "t" from ${activities}
    where ${and([ofTenant(tenantId), sql`${col.timestamp} >= ${from}`, sql`${col.timestamp} < ${until}`])}
    order by ${col.timestamp} limit ${sliceRows}) as "next"`);
  const [first, last] = row ?? [];
  if (first === null || first === undefined) return undefined;
  const endOfDay = (Math.floor(Number(first) / dayMs) + 1) * dayMs;
  return { from: Number(first), until: Math.min(Number(last) + 1, endOfDay) };
}

/** How far it came, and what came of it. */
export interface Progress {
  /** Everything before is done. */
  readonly position: number;
  /** Days since 1970 (UTC) of the activities at hand, and their alerts. */
  readonly day: number;
  readonly dayAlerts: number;
  readonly matches: number;
  readonly alerts: number;
  readonly heldBack: number;
}

export function beginning(from: number): Progress {
  return { position: from, day: 0, dayAlerts: 0, matches: 0, alerts: 0, heldBack: 0 };
}

/** The progress at the beginning of a slice: another day has its own alerts. */
export function entering(progress: Progress, slice: Period): Progress {
  const day = Math.floor(slice.from / dayMs);
  return day > progress.day ? { ...progress, day, dayAlerts: 0 } : progress;
}

export function alertsLeft({ dayAlerts, alerts }: Progress, policy: Policy, alertsMax: number): number {
  return Math.max(0, Math.min(policy.dailyAlertLimit - dayAlerts, alertsMax - alerts));
}

/** The daily limit counts by the days of the activities, as if the policy had been there. */
export function allowanceOver(
  progress: Progress,
  { policyBackfillAlertsMax, policyMatchesPerDay }: Services['config'],
): Allowance {
  let taken = 0;
  return {
    takes(policy) {
      if (taken >= alertsLeft(progress, policy, policyBackfillAlertsMax)) return false;
      taken++;
      return true;
    },
    matchesKept: () => Math.max(0, policyMatchesPerDay - progress.matches),
  };
}

export interface SliceSearch {
  readonly tenantId: TenantId;
  readonly policy: Policy;
  readonly slice: Period;
  /** Where the whole period begins. */
  readonly since: number;
  readonly progress: Progress;
  readonly findWindows: FindWindows;
}

/** What the policy finds in a slice; undefined when that is nothing. */
export async function searchSlice(
  services: Pick<FollowServices, 'store' | 'events' | 'clock' | 'config' | 'log'>,
  { tenantId, policy, slice, since, progress, findWindows }: SliceSearch,
): Promise<PolicyFindings | undefined> {
  const [found] = await search(services, {
    tenantId,
    policies: [policy],
    span: spanOfTime(since, slice.from, slice.until),
    range: { from: slice.from, to: slice.until },
    isLive: false,
    findWindows,
    alertsLeft: (each) => alertsLeft(progress, each, services.config.policyBackfillAlertsMax),
    factsMax,
  });
  return found;
}
