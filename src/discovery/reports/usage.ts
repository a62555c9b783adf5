// What reports count: traffic, transactions, when, and how many people and machines.

/** Sums over some traffic. */
export interface Traffic {
  readonly totalBytes: number;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly transactions: number;
  /** Of them, those that the appliance refused. */
  readonly blocked: number;
  /** Epoch milliseconds. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** Whom and what the traffic is counted by. */
export const entityKinds = ['users', 'addresses', 'machines'] as const;
export type EntityKind = (typeof entityKinds)[number];

/** How many different ones; those that a log does not name are not counted. */
export type EntityCounts = Readonly<Record<EntityKind, number>>;

export const timeFrames = [7, 30, 90] as const;
export type TimeFrame = (typeof timeFrames)[number];

/** The documented levels: a score from 0 (worst) to 10; apps without a score are of no level. */
export const riskLevels = ['high', 'medium', 'low', 'unknown'] as const;
export type RiskLevel = (typeof riskLevels)[number];

export function riskLevelOf(score: number | null): RiskLevel {
  if (score === null) return 'unknown';
  if (score < 4) return 'high';
  return score < 8 ? 'medium' : 'low';
}
