// What people may write into a policy: checked member by member, with a sentence for what is wrong.
import type { FilterableField, FilterCondition, UnanswerableField } from '../activities/filters.ts';
import { type Severity, severities } from '../alerts/alert.ts';
import { parseIsoTime } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import {
  type Policy,
  type PolicyBody,
  type PolicyScope,
  policyBounds,
  type Repetition,
  riskCategories,
  type Sensitivity,
  sensitivities,
} from './policy.ts';

/** Filters as they were written and as the surface's grammar understood them. */
export interface WrittenFilters {
  readonly filters: unknown;
  readonly conditions: readonly FilterCondition[];
}

/** The same about apps. */
export interface WrittenAppFilters {
  readonly filters: unknown;
  readonly conditions: readonly FilterCondition<FilterableField>[];
}

/** Members that are missing stay as they are, or begin with their defaults. */
export interface PolicyInput {
  /** Of a new policy: AUDIT, which is the default, or NEW_SERVICE. */
  readonly type?: string;
  readonly name?: string;
  readonly description?: string;
  readonly severity?: string;
  readonly riskCategory?: number;
  readonly filters?: WrittenFilters;
  /** Of an app discovery policy, in the place of `filters`. */
  readonly appFilters?: WrittenAppFilters;
  readonly repetition?: Repetition | null;
  readonly dailyAlertLimit?: number;
  readonly isEnabled?: boolean;
  readonly scope?: Partial<PolicyScope>;
  readonly sensitivity?: string;
  readonly settings?: unknown;
}

export const newBody: PolicyBody = {
  description: '',
  severity: 'low',
  riskCategory: 0,
  filters: {},
  conditions: [],
  appConditions: [],
  repetition: null,
  dailyAlertLimit: 50,
  scope: { includeGroups: [], excludeGroups: [] },
  sensitivity: null,
  settings: {},
};

/** The name, trimmed. Throws InvalidInput. */
export function parseName(name: string | undefined): string {
  const text = name?.trim() ?? '';
  if (text === '' || text.length > policyBounds.nameLength || /\p{Cc}/u.test(text)) {
    throw new InvalidInput('name', `Give the policy a name of at most ${policyBounds.nameLength} characters.`);
  }
  return text;
}

/** The body of an activity policy with what the input says differently. Throws InvalidInput. */
export function changedBody(before: PolicyBody, input: PolicyInput): PolicyBody {
  for (const member of ['sensitivity', 'settings'] as const) {
    if (input[member] !== undefined) throw new InvalidInput(member, `Only built-in detections have ${member}.`);
  }
  return {
    ...before,
    ...(input.description === undefined ? {} : { description: parseDescription(input.description) }),
    ...(input.severity === undefined ? {} : { severity: parseSeverity(input.severity) }),
    ...(input.riskCategory === undefined ? {} : { riskCategory: parseRisk(input.riskCategory) }),
    ...(input.filters === undefined ? {} : parseFilters(input.filters)),
    ...(input.repetition === undefined ? {} : { repetition: parseRepetition(input.repetition) }),
    ...sharedOf(before, input),
  };
}

/** The same of a detection, which brings the rest along. Throws InvalidInput. */
export function changedDetection(before: Policy, input: PolicyInput): PolicyBody {
  for (const member of ['name', 'description', 'severity', 'riskCategory', 'filters', 'repetition'] as const) {
    if (input[member] !== undefined) {
      throw new InvalidInput(
        member,
        `${member} of a built-in detection is fixed. Change what it reports and for whom.`,
      );
    }
  }
  const { description, severity, riskCategory, filters, conditions, repetition, sensitivity, settings } = before;
  return {
    appConditions: [],
    description,
    severity,
    riskCategory,
    filters,
    conditions,
    repetition,
    sensitivity: input.sensitivity === undefined ? sensitivity : parseSensitivity(input.sensitivity),
    settings: input.settings === undefined ? settings : parseSettings(input.settings),
    dailyAlertLimit: before.dailyAlertLimit,
    scope: before.scope,
    ...sharedOf(before, input),
  };
}

function sharedOf(before: PolicyBody, input: PolicyInput): Partial<PolicyBody> {
  return {
    ...(input.dailyAlertLimit === undefined ? {} : { dailyAlertLimit: parseLimit(input.dailyAlertLimit) }),
    ...(input.scope === undefined ? {} : { scope: parseScope({ ...before.scope, ...input.scope }) }),
  };
}

export function parseDescription(text: string): string {
  if (text.length <= policyBounds.descriptionLength) return text.trim();
  throw new InvalidInput('description', `A description has at most ${policyBounds.descriptionLength} characters.`);
}

export function parseSeverity(text: string): Severity {
  const severity = severities.find((each) => each === text);
  if (!severity) throw new InvalidInput('severity', `severity is one of ${severities.join(', ')}.`);
  return severity;
}

function parseSensitivity(text: string): Sensitivity {
  const sensitivity = sensitivities.find((each) => each === text);
  if (!sensitivity) throw new InvalidInput('sensitivity', `sensitivity is one of ${sensitivities.join(', ')}.`);
  return sensitivity;
}

function parseRisk(number: number): number {
  if (riskCategories.some((each) => each === number)) return number;
  throw new InvalidInput('riskCategory', `riskCategory is one of ${riskCategories.join(', ')}.`);
}

export function parseLimit(number: number): number {
  return wholeNumber('dailyAlertLimit', number, 0, policyBounds.dailyAlerts);
}

export function wholeNumber(field: string, number: number, least: number, most: number): number {
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidInput(field, `${field} is a whole number from ${least} to ${most}.`);
}

/** What policies find cannot depend on what policies found. */
const circular = ['policy', 'activity.alertId'];

/** True for a field that policies of activities may not filter by. */
export function isCircular(field: FilterableField | UnanswerableField): boolean {
  return field.names.some((name) => circular.includes(name));
}

function parseFilters({ filters, conditions }: WrittenFilters): WrittenFilters {
  const wrong = conditions.find(({ field }) => isCircular(field));
  if (wrong)
    throw new InvalidInput('filters', `A policy cannot filter by ${wrong.field.names[0]}: it is what policies make.`);
  if (JSON.stringify(filters).length > policyBounds.filtersLength) {
    throw new InvalidInput('filters', `Filters of a policy have at most ${policyBounds.filtersLength} characters.`);
  }
  return { filters, conditions };
}

function parseRepetition(repetition: Repetition | null): Repetition | null {
  if (repetition === null) return null;
  return {
    count: wholeNumber('repetition.count', repetition.count, 2, policyBounds.count),
    windowMinutes: wholeNumber('repetition.windowMinutes', repetition.windowMinutes, 1, policyBounds.windowMinutes),
    sameUser: repetition.sameUser,
    sameApp: repetition.sameApp,
    uniqueTargets: repetition.uniqueTargets,
  };
}

function parseScope(scope: PolicyScope): PolicyScope {
  const parse = (field: string, ids: readonly string[]) => {
    if (ids.length > policyBounds.groups || ids.some((id) => !/^[0-9a-f]{24}$/i.test(id))) {
      throw new InvalidInput(`scope.${field}`, `Name at most ${policyBounds.groups} user groups by their ids.`);
    }
    return [...new Set(ids.map((id) => id.toLowerCase()))];
  };
  return {
    includeGroups: parse('includeGroups', scope.includeGroups),
    excludeGroups: parse('excludeGroups', scope.excludeGroups),
  };
}

const accountsMax = 1000;
const accountLengthMax = 320;

/** Decoy accounts and people who left, the only settings that detections have. */
function parseSettings(settings: unknown): Record<string, unknown> {
  const wrong = (problem: string) => new InvalidInput('settings', problem);
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw wrong('settings is an object.');
  if (JSON.stringify(settings).length > policyBounds.settingsLength) {
    throw wrong(`settings have at most ${policyBounds.settingsLength} characters.`);
  }
  const { decoyAccounts, terminatedUsers, ...others } = settings as Record<string, unknown>; // Each is checked below.
  const [stranger] = Object.keys(others);
  if (stranger !== undefined)
    throw wrong(`There is no setting ${stranger}. There are decoyAccounts and terminatedUsers.`);
  return {
    ...(decoyAccounts === undefined ? {} : { decoyAccounts: listOf(decoyAccounts, 'decoyAccounts').map(parseAccount) }),
    ...(terminatedUsers === undefined
      ? {}
      : { terminatedUsers: listOf(terminatedUsers, 'terminatedUsers').map(parseTerminated) }),
  };
}

function listOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value) && value.length <= accountsMax) return value;
  throw new InvalidInput('settings', `${name} is a list of at most ${accountsMax}.`);
}

function parseAccount(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= accountLengthMax) {
    return value.trim().toLowerCase();
  }
  throw new InvalidInput('settings', 'Accounts are named by their user principal names.');
}

function parseTerminated(value: unknown): { userName: string; since: number | null } {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidInput('settings', 'terminatedUsers have userName and since.');
  }
  const { userName, since = null } = value as Record<string, unknown>; // Each is checked right here.
  const at = typeof since === 'string' ? parseIsoTime(since) : since;
  if (at !== null && typeof at !== 'number') {
    throw new InvalidInput('settings', 'since is a time such as 2027-01-31T00:00:00Z, or null.');
  }
  return { userName: parseAccount(userName), since: at };
}
