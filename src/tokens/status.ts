import { dayMs } from '../lib/clock.ts';

export const tokenStatuses = ['generated', 'active', 'inactive'] as const;
export type TokenStatus = (typeof tokenStatuses)[number];

/** An active token was used within this time, to the millisecond (cloud-apps reference 1.1: "past 7 days"). */
export const activeForMs = 7 * dayMs;

/** Generated: never used. Active: last used at most 7 x 24 h ago. Inactive: longer ago. */
export function statusOf(lastUsedAt: number | null, now: number): TokenStatus {
  if (lastUsedAt === null) return 'generated';
  return now - lastUsedAt <= activeForMs ? 'active' : 'inactive';
}
