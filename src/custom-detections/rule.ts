// A custom detection: a hunting query that is run again and again, and the alert that its rows raise. Spelled as the
// documented API spells it (https://learn.microsoft.com/graph/api/resources/security-detectionrule), because people write
// rules as files in that shape.
import type { Severity } from '../alerts/alert.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import type { AppId, UserId } from '../lib/ids.ts';

/** How often a rule runs; `0` is near real time. */
export const periods = ['0', '1H', '3H', '12H', '24H'] as const;
export type Period = (typeof periods)[number];

/** From one run to the next, and how far each looks back (https://learn.microsoft.com/defender-xdr/custom-detection-rules). */
export const cadences: Readonly<Record<Period, { readonly everyMs: number; readonly lookBackMs: number }>> = {
  '0': { everyMs: minuteMs, lookBackMs: 10 * minuteMs },
  '1H': { everyMs: hourMs, lookBackMs: 4 * hourMs },
  '3H': { everyMs: 3 * hourMs, lookBackMs: 12 * hourMs },
  '12H': { everyMs: 12 * hourMs, lookBackMs: 48 * hourMs },
  '24H': { everyMs: dayMs, lookBackMs: 30 * dayMs },
};

/** What a first run looks at, and the most that any run does. */
export const longestLookBackMs = 30 * dayMs;

/** Alerts that one run raises at most, as documented. */
export const alertsPerRunMax = 150;
/** Different columns that title and description may name together, as documented. */
export const dynamicColumnsMax = 3;

export const assetKinds = ['device', 'user', 'mailbox'] as const;
export type AssetKind = (typeof assetKinds)[number];

/** The column that says whom or what an alert is about: a name of the documented enumerations, such as deviceId. */
export interface ImpactedAsset {
  readonly kind: AssetKind;
  readonly identifier: string;
}

export interface AlertTemplate {
  /** May name columns of the query: `{{DeviceName}}`. */
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly category: string;
  readonly recommendedActions: string | null;
  readonly mitreTechniques: readonly string[];
  readonly impactedAssets: readonly ImpactedAsset[];
}

/** As whom a rule runs: its last editor, with the rights of the moment. */
export type Actor =
  | { readonly kind: 'user'; readonly userId: UserId; readonly name: string }
  | { readonly kind: 'application'; readonly appId: AppId; readonly name: string };

export interface RuleContent {
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly period: Period;
  readonly queryText: string;
  readonly alertTemplate: AlertTemplate;
}

export interface Rule extends RuleContent {
  readonly id: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
  readonly changedBy: string;
  readonly queryChangedAt: number | null;
  readonly actor: Actor;
}

export const runStatuses = ['completed', 'partiallyFailed', 'failed'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** The documented codes (https://learn.microsoft.com/graph/api/resources/security-rundetails). */
export type RunErrorCode =
  | 'queryExecutionFailed'
  | 'queryExecutionThrottling'
  | 'queryExceededResultSize'
  | 'queryLimitsExceeded'
  | 'queryTimeout'
  | 'alertCreationFailed'
  | 'partialRowsFailed';

/** Why a run failed, or did so in part. */
export interface RunFault {
  readonly code: RunErrorCode;
  /** A sentence or two; for a query with line and column. */
  readonly reason: string;
}

/** A column's name in the query's answer, whatever its letter case. */
export function findColumn(names: readonly string[], wanted: string): string | undefined {
  const folded = wanted.toLowerCase();
  return names.find((name) => name === wanted) ?? names.find((name) => name.toLowerCase() === folded);
}

const dynamicPattern = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Columns that a title or description names, each once. */
export function dynamicColumns(...texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => [...text.matchAll(dynamicPattern)].map(([, name = '']) => name)))];
}

/** The text with the values of one row in the place of its columns. */
export function filledIn(text: string, read: (column: string) => string): string {
  return text.replace(dynamicPattern, (_whole, name: string) => read(name));
}
