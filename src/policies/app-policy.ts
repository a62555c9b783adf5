// App discovery policies (NEW_SERVICE, cloud-apps reference 5): which apps, over which thresholds in one day, in which
// reports, and which tag the app gets. Settings are what the other kinds of policies have no member for.
import { InvalidInput } from '../lib/failures.ts';
import type { Policy, PolicyBody } from './policy.ts';
import { newBody, type PolicyInput, parseDescription, parseLimit, parseSeverity } from './policy-input.ts';

/** What a day's traffic of an app must exceed, all of those that are given. */
export const thresholdNames = [
  'totalBytes',
  'uploadedBytes',
  'downloadedBytes',
  'transactions',
  'users',
  'addresses',
] as const;
export type ThresholdName = (typeof thresholdNames)[number];

export interface AppPolicySettings {
  /** Ids of continuous reports, lower case; empty for all of them. */
  readonly reports: readonly string[];
  readonly daily: Readonly<Partial<Record<ThresholdName, number>>>;
  /** Name of the tag that an app gets; null for none. */
  readonly tag: string | null;
}

/** The risk category DISCOVERY (cloud-apps reference 2.4), which alerts about discovered apps have. */
export const discoveryRisk = 4;

export const newAppBody: PolicyBody = {
  ...newBody,
  riskCategory: discoveryRisk,
  settings: { reports: [], daily: {}, tag: null },
};

/** The settings of an app discovery policy. */
export function appSettingsOf({ settings }: Pick<Policy, 'settings'>): AppPolicySettings {
  return settings as unknown as AppPolicySettings; // Written by changedAppBody.
}

/** The body of an app discovery policy with what the input says differently. Throws InvalidInput. */
export function changedAppBody(before: PolicyBody, input: PolicyInput): PolicyBody {
  for (const member of ['repetition', 'scope', 'sensitivity', 'filters'] as const) {
    if (input[member] !== undefined && input[member] !== null) {
      throw new InvalidInput(member, `App discovery policies have no ${member}. What they look for is about apps.`);
    }
  }
  if (input.riskCategory !== undefined && input.riskCategory !== discoveryRisk) {
    throw new InvalidInput('riskCategory', `The risk category of app discovery policies is ${discoveryRisk}.`);
  }
  const { description, severity, dailyAlertLimit, appFilters, settings } = input;
  return {
    ...before,
    ...(description === undefined ? {} : { description: parseDescription(description) }),
    ...(severity === undefined ? {} : { severity: parseSeverity(severity) }),
    ...(dailyAlertLimit === undefined ? {} : { dailyAlertLimit: parseLimit(dailyAlertLimit) }),
    ...(appFilters === undefined ? {} : parseAppFilters(appFilters)),
    ...(settings === undefined ? {} : { settings: { ...parseAppSettings(before.settings, settings) } }),
  };
}

const filtersLengthMax = 65_536;

function parseAppFilters({ filters, conditions }: NonNullable<PolicyInput['appFilters']>) {
  if (JSON.stringify(filters).length <= filtersLengthMax) return { filters, appConditions: conditions };
  throw new InvalidInput('filters', `Filters of a policy have at most ${filtersLengthMax} characters.`);
}

const reportsMax = 100;
const tagLengthMax = 100;

/** Members that are missing stay; a threshold that is null goes. */
function parseAppSettings(before: PolicyBody['settings'], settings: unknown): AppPolicySettings {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw wrong('settings is an object.');
  const { reports, daily, tag, ...others } = settings as Record<string, unknown>; // Each is checked below.
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) throw wrong(`There is no setting ${stranger}. There are reports, daily and tag.`);
  const own = appSettingsOf({ settings: before });
  return {
    reports: reports === undefined ? own.reports : parseReports(reports),
    daily: daily === undefined ? own.daily : parseDaily(daily),
    tag: tag === undefined ? own.tag : parseTag(tag),
  };
}

function parseReports(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > reportsMax)
    throw wrong(`reports is a list of at most ${reportsMax} ids.`);
  return [...new Set(value.map(parseReportId))];
}

function parseReportId(id: unknown): string {
  if (typeof id === 'string' && /^[0-9a-f]{24}$/i.test(id)) return id.toLowerCase();
  throw wrong('reports are named by their ids: 24 hexadecimal digits.');
}

function parseDaily(value: unknown): AppPolicySettings['daily'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('daily is an object.');
  const parsed: Partial<Record<ThresholdName, number>> = {};
  for (const [member, amount] of Object.entries(value)) {
    const name = thresholdNames.find((each) => each === member);
    if (name === undefined) throw wrong(`daily has ${thresholdNames.join(', ')}, not ${member}.`);
    if (amount === null) continue;
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) {
      throw wrong(`daily.${name} is a whole number from 0.`);
    }
    parsed[name] = amount;
  }
  return parsed;
}

function parseTag(value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'string' && value.length <= tagLengthMax) return value.trim();
  throw wrong('tag is the name of a tag, or null.');
}

function wrong(problem: string): InvalidInput {
  return new InvalidInput('settings', problem);
}
