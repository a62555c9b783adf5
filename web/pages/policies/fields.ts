// A policy as its form has it, and as the API takes it. What is typed stays text until it is sent.
import type { Filters } from '../../components/filter-model.ts';
import type { NewPolicy, Policy, PolicyChange, PolicyType, Template } from './calls.ts';
import { type AppSettings, appSettingsOf, detectionSettingsOf, isOfBytes, type Measure, measures } from './settings.ts';

export interface PolicyFields {
  readonly type: PolicyType;
  readonly name: string;
  readonly description: string;
  readonly severity: string;
  readonly riskCategory: string;
  readonly isEnabled: boolean;
  readonly filters: Filters;
  /** False while a filter is not complete. */
  readonly isWhole: boolean;
  readonly isRepeated: boolean;
  readonly count: string;
  readonly minutes: string;
  readonly sameUser: boolean;
  readonly sameApp: boolean;
  readonly uniqueTargets: boolean;
  readonly dailyAlertLimit: string;
  readonly includeGroups: readonly string[];
  readonly excludeGroups: readonly string[];
  readonly sensitivity: string;
  /** One user name a line. */
  readonly decoys: string;
  /** One user name a line, behind a comma the day. */
  readonly leavers: string;
  readonly reports: readonly string[];
  /** Bytes in megabytes; empty for no threshold. */
  readonly daily: Readonly<Record<Measure, string>>;
  readonly tag: string;
}

const bytesPerMegabyte = 1_000_000;
const noThresholds: PolicyFields['daily'] = {
  totalBytes: '',
  uploadedBytes: '',
  downloadedBytes: '',
  transactions: '',
  users: '',
  addresses: '',
};

/** What a new policy begins with. */
export function newFields(type: PolicyType): PolicyFields {
  return {
    ...{ type, name: '', description: '', severity: 'low', riskCategory: '0', isEnabled: true },
    ...{ filters: {}, isWhole: true, isRepeated: false, count: '10', minutes: '5' },
    ...{ sameUser: true, sameApp: false, uniqueTargets: false, dailyAlertLimit: '50' },
    ...{ includeGroups: [], excludeGroups: [], sensitivity: 'medium', decoys: '', leavers: '' },
    ...{ reports: [], daily: noThresholds, tag: '' },
  };
}

/** Of a template. */
export function fieldsOfTemplate(template: Template): PolicyFields {
  const { type, name, description, severity, riskCategory, filters } = template;
  return {
    ...newFields(type),
    ...{ name, description, severity, riskCategory: String(riskCategory) },
    filters: filters as Filters, // The API has no filters of another shape.
    ...repetitionFields(template.repetition),
    ...(type === 'NEW_SERVICE' ? appFields(appSettingsOf(template)) : {}),
  };
}

/** Of a policy that is there. */
export function fieldsOf(policy: Policy): PolicyFields {
  const { type, name, description, severity, riskCategory, isEnabled, filters, scope, sensitivity } = policy;
  const { decoyAccounts, terminatedUsers } = detectionSettingsOf(policy);
  return {
    ...newFields(type),
    ...{ name, description, severity, riskCategory: String(riskCategory), isEnabled },
    filters: (filters ?? {}) as Filters, // The same.
    ...repetitionFields(policy.repetition),
    dailyAlertLimit: String(policy.dailyAlertLimit),
    ...scope,
    sensitivity: sensitivity ?? 'medium',
    decoys: type === 'ANOMALY_DETECTION' ? decoyAccounts.join('\n') : '',
    leavers:
      type === 'ANOMALY_DETECTION'
        ? terminatedUsers
            .map(({ userName, since }) => (since === null ? userName : `${userName}, ${dayOf(since)}`))
            .join('\n')
        : '',
    ...(type === 'NEW_SERVICE' ? appFields(appSettingsOf(policy)) : {}),
  };
}

function dayOf(time: string): string {
  // A time that is no midnight stays whole, so that saving changes nothing.
  return time.endsWith('T00:00:00.000Z') || time.endsWith('T00:00:00Z') ? time.slice(0, 10) : time;
}

function repetitionFields(repetition: Policy['repetition']): Partial<PolicyFields> {
  if (repetition === null) return { isRepeated: false };
  const { count, windowMinutes, sameUser, sameApp, uniqueTargets } = repetition;
  return { isRepeated: true, count: String(count), minutes: String(windowMinutes), sameUser, sameApp, uniqueTargets };
}

function appFields({ reports, daily, tag }: AppSettings): Partial<PolicyFields> {
  const typed = { ...noThresholds };
  for (const name of measures) {
    const value = daily[name];
    if (value !== undefined) typed[name] = String(isOfBytes(name) ? value / bytesPerMegabyte : value);
  }
  return { reports, daily: typed, tag: tag ?? '' };
}

/** What the API is sent to make it. */
export function newBody(fields: PolicyFields): NewPolicy {
  const { type, name } = fields;
  return { type, name: name.trim(), ...contentOf(fields) };
}

/** What the API is sent to change it; of a detection only what can be changed. */
export function changeBody(fields: PolicyFields, revision: number): PolicyChange {
  const { type, name, sensitivity } = fields;
  if (type !== 'ANOMALY_DETECTION') return { revision, name: name.trim(), ...contentOf(fields) };
  return { revision, sensitivity, ...limitsOf(fields), ...scopeOf(fields), settings: detectionSettings(fields) };
}

function contentOf(fields: PolicyFields): Omit<NewPolicy, 'type' | 'name'> {
  const { type, description, severity, riskCategory, filters } = fields;
  const common = { description, severity, filters, ...limitsOf(fields) };
  if (type === 'NEW_SERVICE') return { ...common, settings: appSettings(fields) };
  return { ...common, riskCategory: Number(riskCategory), repetition: repetitionOf(fields), ...scopeOf(fields) };
}

function limitsOf({ dailyAlertLimit, isEnabled }: PolicyFields) {
  return { dailyAlertLimit: Number(dailyAlertLimit), isEnabled };
}

function scopeOf({ includeGroups, excludeGroups }: PolicyFields) {
  return { scope: { includeGroups: [...includeGroups], excludeGroups: [...excludeGroups] } };
}

function repetitionOf({ isRepeated, count, minutes, sameUser, sameApp, uniqueTargets }: PolicyFields) {
  if (!isRepeated) return null;
  return { count: Number(count), windowMinutes: Number(minutes), sameUser, sameApp, uniqueTargets };
}

function appSettings({ reports, daily, tag }: PolicyFields) {
  const amounts = measures.flatMap((name) => {
    const typed = daily[name].trim();
    if (typed === '') return [];
    const amount = isOfBytes(name) ? Math.round(Number(typed) * bytesPerMegabyte) : Number(typed);
    return [[name, amount] as const];
  });
  return { reports, daily: Object.fromEntries(amounts), tag: tag === '' ? null : tag };
}

export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function detectionSettings({ decoys, leavers }: PolicyFields) {
  const terminatedUsers = linesOf(leavers).map((line) => {
    const [userName = '', day = ''] = line.split(',').map((part) => part.trim());
    return { userName, since: day === '' ? null : timeOf(day) };
  });
  return { decoyAccounts: linesOf(decoys), terminatedUsers };
}

/** The start of a day (UTC), or a time as it is. */
function timeOf(day: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : day;
}
