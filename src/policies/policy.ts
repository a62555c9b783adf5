// A policy as every part of the program sees it: what it looks for, how often that must happen, and how loud it may be.
import type { AppInstance } from '../access/caller.ts';
import type { FilterableField, FilterCondition } from '../activities/filters.ts';
import type { Severity } from '../alerts/alert.ts';
import { dayMs, hourMs } from '../lib/clock.ts';

/**
 * The kinds that this server has, by the names of cloud-apps reference 2.9: activity policies, built-in detections, and app
 * discovery policies, which look at discovered apps and at no activity.
 */
export const policyTypes = ['AUDIT', 'ANOMALY_DETECTION', 'NEW_SERVICE'] as const;
export type PolicyType = (typeof policyTypes)[number];

export const sensitivities = ['low', 'medium', 'high'] as const;
export type Sensitivity = (typeof sensitivities)[number];

/** The risk categories (`stories`) of cloud-apps reference 2.4; there is no 6. */
export const riskCategories = [0, 1, 2, 3, 4, 5, 7, 8] as const;

/** So often within so long, by one user, in one app (cloud-apps reference 5). */
export interface Repetition {
  readonly count: number;
  readonly windowMinutes: number;
  readonly sameUser: boolean;
  readonly sameApp: boolean;
  /** Several activities on one file or object count once. */
  readonly uniqueTargets: boolean;
}

/** Whose activities count: everybody's when nobody is included. Ids of user groups, 24 hex digits. */
export interface PolicyScope {
  readonly includeGroups: readonly string[];
  readonly excludeGroups: readonly string[];
}

/** What can be edited, besides name and state. */
export interface PolicyBody {
  readonly description: string;
  readonly severity: Severity;
  /** One of {@link riskCategories}. */
  readonly riskCategory: number;
  /** As the client wrote them; null for a detection. */
  readonly filters: unknown;
  /** The same, understood; none of an app discovery policy. */
  readonly conditions: readonly FilterCondition[];
  /** Of an app discovery policy: what its filters mean, which are about apps. */
  readonly appConditions: readonly FilterCondition<FilterableField>[];
  /** Null: each match counts by itself. */
  readonly repetition: Repetition | null;
  /** Alerts in one day (UTC). */
  readonly dailyAlertLimit: number;
  readonly scope: PolicyScope;
  /** Of detections; null for activity policies. */
  readonly sensitivity: Sensitivity | null;
  /** What a detection of its own wants to be told, such as decoy accounts; of an app discovery policy see app-policy.ts. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Policy extends PolicyBody {
  readonly id: string;
  readonly name: string;
  readonly type: PolicyType;
  readonly isEnabled: boolean;
  /** Rises with each change; 0 for a detection that nobody has changed. */
  readonly revision: number;
  /** Epoch milliseconds; only activities that happened later are looked at as they come in. */
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
  readonly changedBy: string;
  /** The app instances that it is cut to, because its owner is; null for the whole tenant. */
  readonly reach: readonly AppInstance[] | null;
}

/** One of our own, whom nobody made. */
export const systemName = 'Sallyport';

export const policyBounds = {
  nameLength: 200,
  descriptionLength: 2000,
  filtersLength: 65_536,
  settingsLength: 65_536,
  /** Most activities that a repetition counts. */
  count: 10_000,
  windowMinutes: (7 * dayMs) / 60_000,
  dailyAlerts: 1000,
  groups: 100,
} as const;

/** Hours since 1970, by which findings are counted. */
export function hourOf(epochMs: number): number {
  return Math.floor(epochMs / hourMs);
}

/** The first hour of the day (UTC) of that hour. */
export function firstHourOfDay(hour: number): number {
  return hour - (hour % 24);
}
