// What of an incident follows its alerts: severity, name, first and last activity.
import { type Alert, type AlertEntity, severities } from '../alerts/alert.ts';
import { alertKeysOf } from '../alerts/alert-keys.ts';
import type { IncidentRecord } from './incident-record.ts';
import { type IncidentSeverity, incidentSeverities } from './vocabulary.ts';

/** The record with these alerts and no others. Without alerts, name and severity stay what they were. */
export function withAlerts(record: IncidentRecord, alerts: readonly Alert[]): IncidentRecord {
  const facts = { ...record, alertCount: alerts.length };
  const [first] = alerts;
  if (first === undefined) return { ...facts, firstActivityTicks: null, lastActivityTicks: null };
  let [firstActivityTicks, lastActivityTicks] = [first.firstActivityTicks, first.lastActivityTicks];
  for (const alert of alerts) {
    if (alert.firstActivityTicks < firstActivityTicks) firstActivityTicks = alert.firstActivityTicks;
    if (alert.lastActivityTicks > lastActivityTicks) lastActivityTicks = alert.lastActivityTicks;
  }
  return {
    ...facts,
    firstActivityTicks,
    lastActivityTicks,
    name: record.isNameGiven ? record.name : nameOf(alerts),
    severity: record.isSeverityGiven ? record.severity : severityOf(alerts),
  };
}

/** The worst of the alerts. */
function severityOf(alerts: readonly Alert[]): IncidentSeverity {
  const worst = Math.max(...alerts.map(({ severity }) => severities.indexOf(severity)));
  return incidentSeverities[worst + 1] ?? 'UnSpecified';
}

/**
 * `Mass download involving one user` for alerts of one kind; with several categories, a multi-stage incident, which names
 * them in the order of their first activity.
 */
function nameOf(alerts: readonly Alert[]): string {
  const inOrder = [...alerts].sort((left, right) =>
    left.firstActivityTicks < right.firstActivityTicks
      ? -1
      : left.firstActivityTicks > right.firstActivityTicks
        ? 1
        : 0,
  );
  const categories = distinct(inOrder.map(({ category }) => asWords(category)));
  const titles = distinct(inOrder.map(({ title }) => title));
  const [title = 'Alert'] = titles;
  const what =
    categories.length > 1
      ? `Multi-stage incident involving ${listed(categories)}`
      : titles.length > 1
        ? `${categories[0] || 'Security'} incident with ${titles.length} kinds of alerts`
        : title;
  const sources = distinct(alerts.map(({ serviceSource }) => serviceSource)).length;
  return `${what}${whom(alerts)}${sources > 1 ? ', reported by several sources' : ''}`;
}

const namedMax = 3;

/** `Initial access, Persistence and 2 more`. */
function listed(names: readonly string[]): string {
  const shown = names.length > namedMax + 1 ? names.slice(0, namedMax) : names;
  const last = shown.length < names.length ? `${names.length - shown.length} more` : shown.at(-1);
  return `${(shown.length < names.length ? shown : shown.slice(0, -1)).join(', ')} and ${last}`;
}

function whom(alerts: readonly Alert[]): string {
  const users = new Set<string>();
  const devices = new Set<string>();
  for (const { entities, devices: of } of alerts) {
    for (const entity of entities) {
      if (!isPerson(entity)) continue;
      for (const { kind, key } of alertKeysOf({ entities: [entity], devices: [], stories: [], policyId: null })) {
        if (kind === 'user') users.add(key);
      }
    }
    for (const device of of) devices.add(JSON.stringify(device.mdatpDeviceId ?? device.deviceDnsName));
  }
  const parts = [
    ...(users.size > 0 ? [users.size === 1 ? 'one user' : `${users.size} users`] : []),
    ...(devices.size > 0 ? [devices.size === 1 ? 'one device' : `${devices.size} devices`] : []),
  ];
  return parts.length === 0 ? '' : ` involving ${parts.join(' and ')}`;
}

function isPerson({ entityType }: AlertEntity): boolean {
  return /^(user|mailbox)$/i.test(entityType);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}

/** InitialAccess as Initial access. */
function asWords(category: string): string {
  const words = category.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
