// When a rule runs next, and what a run looks at.
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { cadences, longestLookBackMs, type Period } from './rule.ts';

/** Epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
  /** By when rows came in; else by when they happened. */
  readonly isByArrival: boolean;
}

/**
 * What a run at `now` looks at: as documented, 30 days the first time and then the look-back of the period. After runs that
 * failed or did not take place it goes back to where the last one ended, so that nothing is passed over. In near real time
 * it is what came in since the last run, and a little before, because ingestions that take long are not there at once.
 */
export function spanOf(period: Period, doneUntil: number | null, now: number): Span {
  const { lookBackMs } = cadences[period];
  const earliest = now - longestLookBackMs;
  if (doneUntil === null) return { from: earliest, until: now, isByArrival: false };
  const isByArrival = period === '0';
  const from = isByArrival ? doneUntil - lookBackMs : Math.min(doneUntil, now - lookBackMs);
  return { from: Math.max(earliest, from), until: now, isByArrival };
}

/** A dry run looks at what the next run would, in near real time at a day. */
export function trialSpanOf(period: Period, isSaved: boolean, now: number): Span {
  const lookBackMs = isSaved ? (period === '0' ? dayMs : cadences[period].lookBackMs) : longestLookBackMs;
  return { from: now - lookBackMs, until: now, isByArrival: false };
}

/** After a run that went well. `dueAt` is when it was to be; a run that somebody asked for begins the interval anew. */
export function nextAfterRun(period: Period, dueAt: number | null, now: number): number {
  const { everyMs } = cadences[period];
  const next = (dueAt ?? now) + everyMs;
  return next > now ? next : now + everyMs;
}

/** After so many runs that failed one after the other: soon again, then less and less often. */
export function nextAfterFailure(period: Period, failures: number, now: number): number {
  const [firstMs, lastMs] = period === '0' ? [minuteMs, hourMs] : [15 * minuteMs, dayMs];
  return now + Math.min(lastMs, firstMs * 2 ** Math.min(20, failures - 1));
}

/** Shares of processor time begin anew with each quarter of an hour. */
export const cycleMs = 15 * minuteMs;

/** When the tenant's share is used up: with the next one. */
export function nextAfterThrottling(now: number): number {
  return (Math.floor(now / cycleMs) + 1) * cycleMs;
}
