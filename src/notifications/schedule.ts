import { hourMs, minuteMs, secondMs } from '../lib/clock.ts';

/** Waits between attempts; the tenth attempt is about 23 hours after the first. docs/webhooks.md shows the same. */
const waitsMs: readonly number[] = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
];

/** A receiver that asks for more time gets so much at most. */
const askedMsMax = hourMs;

/**
 * How long to wait after so many failed attempts (1 or more): up to a fifth longer, drawn at random, so that deliveries
 * that failed together do not come back together.
 */
export function waitMsAfter(
  attempts: number,
  askedMs: number | null = null,
  random: () => number = Math.random,
): number {
  const wait = waitsMs[Math.min(Math.max(attempts, 1), waitsMs.length) - 1] ?? hourMs;
  return Math.max(Math.round(wait * (1 + random() / 5)), Math.min(askedMs ?? 0, askedMsMax));
}
