// Which key signs, which are published and what is due: decided from the times in the rows, so that a key takes over at
// its hour in every process without anybody telling it.
import { dayMs, hourMs, minuteMs, secondMs } from '../lib/clock.ts';
import type { SigningKeyRow } from './store.ts';

/** Longest life of a token that these keys may sign; a retired key stays published for as long. */
export const tokenSecondsMax = 86_400;

/** A key is published for a day before it signs, because clients fetch the keys about daily (reference 1.4). */
export const publishLeadMs = dayMs;

/** Clocks of the processes may differ by this much, and one may sign with the old key until it hears of the new. */
const toleranceMs = 5 * minuteMs;

/** More are made by nobody in earnest, and every client fetches them all. */
export const keysMax = 20;

/** How long a key stays published after a later one took over: its last token has ended by then. */
export const publishedAfterMs = tokenSecondsMax * secondMs + toleranceMs;

/** The private half goes once no process can still take it for the signing one. */
export const privateKeyKeptMs = hourMs;

export type KeyState = 'waiting' | 'signing' | 'retired' | 'ended';

/** The key that signs at `now`; rows come in the order of `signsFrom`. Undefined when there is none that may. */
export function signingRow(rows: readonly SigningKeyRow[], now: number): SigningKeyRow | undefined {
  // A key that was overtaken in its first millisecond stands beside its successor, in no order.
  const usable = rows.filter(
    (row) =>
      row.sealedPrivateKey !== '' && isPublished(row, now) && (row.retiredAt === null || row.retiredAt > row.signsFrom),
  );
  // A clock that lies a little behind the one that made the first key must not make another.
  return usable.findLast((row) => row.signsFrom <= now) ?? usable[0];
}

/** True while tokens that the key signed are taken. */
export function isPublished(row: Pick<SigningKeyRow, 'publishedUntil'>, now: number): boolean {
  return row.publishedUntil === null || row.publishedUntil > now;
}

export function stateOf(rows: readonly SigningKeyRow[], row: SigningKeyRow, now: number): KeyState {
  if (!isPublished(row, now)) return 'ended';
  if (signingRow(rows, now)?.id === row.id) return 'signing';
  return row.signsFrom > now ? 'waiting' : 'retired';
}

/** When the next key must be made, for it to be published a lead before the newest one's days are over. */
export function nextRotationAt(
  rows: readonly Pick<SigningKeyRow, 'signsFrom'>[],
  signingKeyDays: number,
): number | null {
  const newest = rows.at(-1);
  return newest ? newest.signsFrom + signingKeyDays * dayMs - publishLeadMs : null;
}

/** When something is to be done: a key to be made, a private half to be erased, a key to be forgotten. */
export function nextUpkeepAt(rows: readonly SigningKeyRow[], signingKeyDays: number): number {
  const times = rows.flatMap(({ sealedPrivateKey, retiredAt, publishedUntil }) => [
    ...(publishedUntil === null ? [] : [publishedUntil]),
    ...(retiredAt === null || sealedPrivateKey === '' ? [] : [retiredAt + privateKeyKeptMs]),
  ]);
  return Math.min(...times, nextRotationAt(rows, signingKeyDays) ?? Number.POSITIVE_INFINITY);
}
