// The documented record of an alert (cloud-apps reference 2.4). Whatever people, products and data say is made safe to show,
// ids as well: consoles and playbooks put all of it into pages. Filters find what is named by an id in either form.

import type { TenantIdentity } from '../../access/caller.ts';
import type { Alert, AlertEntity } from '../../alerts/alert.ts';
import { userNameOf, usualAppId } from '../../alerts/alert-keys.ts';
import { appDiscoveryMatch, isPolicyMatch } from '../../alerts/alert-types.ts';
import { isoTime } from '../../lib/clock.ts';
import { type Names, tenantUrl } from '../../listening/names.ts';
import { resolutionStatusValue, severityValue, statusValue } from './alert-words.ts';

export type AlertRecord = Readonly<Record<string, unknown>>;

/** Whose alert it is, and where the portal is. */
export interface RecordPlace {
  readonly tenant: Pick<TenantIdentity, 'id' | 'slug'>;
  readonly names: Names;
}

export function alertRecord(alert: Alert, { tenant, names }: RecordPlace): AlertRecord {
  const { resolvedTicks } = alert;
  const policy = policyOf(alert);
  return {
    _id: alert.id,
    timestamp: msOf(alert.createdTicks),
    entities: entitiesOf(alert, policy),
    title: safeText(alert.title),
    description: safeText(alert.description),
    isMarkdown: false,
    stories: alert.stories,
    policy,
    contextId: tenant.id,
    threatScore: scoreOf(alert),
    isSystemAlert: !isPolicyMatch(alert.alertType),
    isPreview: false,
    idValue: alert.alertType,
    statusValue: statusValue(alert),
    severityValue: severityValue(alert.severity),
    resolutionStatusValue: resolutionStatusValue(alert.resolution),
    handledByUser: alert.handledBy === null ? null : safeText(alert.handledBy),
    comment: alert.closeComment === null ? null : safeText(alert.closeComment),
    resolveTime: resolvedTicks === null ? null : isoTime(msOf(resolvedTicks)),
    evidence: alert.evidence.map(({ text, values }) => ({
      title: { template: safeText(text), parameters: safeValues(values ?? {}) },
    })),
    intent: alert.intents,
    audits: alert.activityIds,
    URL: `${tenantUrl(names, tenant.slug)}/#/alerts/${alert.id}`,
  };
}

/** Ticks of 100 ns as epoch milliseconds, as this surface writes times. */
function msOf(ticks: bigint): number {
  return Number(ticks / 10_000n);
}

/** Markup in the text becomes text, and what no one can see or print goes, but for line ends. */
export function safeText(text: string): string {
  return (
    text
      .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (mark) =>
        mark === '\n' || mark === '\t' ? mark : '',
      )
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // The documented console puts an image where it reads this.
      .replaceAll('__siteIcon__', '_siteIcon_')
  );
}

/** The text that {@link safeText} made safe, but for what it left out. */
export function unsafeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The same for every text in what clients put into a template. */
function safeValues(value: unknown): unknown {
  if (typeof value === 'string') return safeText(value);
  if (Array.isArray(value)) return value.map(safeValues);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, each]) => [member, safeValues(each)]));
}

/** Of an alert that brought a score along; ours have none, which is 0. */
function scoreOf({ extra }: Alert): number {
  return typeof extra.threatScore === 'number' && Number.isInteger(extra.threatScore) ? extra.threatScore : 0;
}

/** A detection's alert is titled after the detection, if nothing else says what the policy was called. */
function policyOf({ policyId, title, alertType, extra }: Alert) {
  if (policyId === null) return null;
  const name = textOf(extra.policyName) ?? title;
  return { id: safeText(policyId), label: safeText(name), type: 'policyRule', policyType: policyTypeOf(alertType) };
}

function policyTypeOf(alertType: number): string {
  if (alertType === appDiscoveryMatch) return 'NEW_SERVICE';
  return isPolicyMatch(alertType) ? 'AUDIT' : 'ANOMALY_DETECTION';
}

interface WireEntity extends AlertRecord {
  readonly type: string;
  readonly id: string | number;
  readonly label: string;
}

/** Things of the kinds that the documentation lists, each once; the others are on the Defender and Graph surfaces. */
function entitiesOf(alert: Alert, policy: WireEntity | null): WireEntity[] {
  const all = [
    ...(policy ? [policy] : []),
    ...alert.entities.flatMap(toWire),
    ...alert.devices.flatMap((device) =>
      entity('device', device.mdatpDeviceId ?? device.deviceDnsName, device.deviceDnsName, device),
    ),
  ];
  return [...new Map(all.map((each) => [JSON.stringify([each.type, each.id, each.saas, each.inst]), each])).values()];
}

function toWire(given: AlertEntity): WireEntity[] {
  const country = entity('country', given.countryCode, given.countryCode, {});
  switch (given.entityType.toLowerCase()) {
    case 'user':
    case 'mailbox':
      return accountOf(given);
    case 'ip':
      return [...entity('ip', given.ipAddress, given.ipAddress, given), ...country];
    case 'cloudapplication':
      return entity('service', numberOf(given.appId), given.appName, given);
    case 'file':
      return entity('file', given.fileId ?? given.sha256 ?? given.sha1 ?? given.fileName, given.fileName, given);
    case 'machine':
    case 'device': {
      const id = given.mdatpDeviceId ?? given.deviceId ?? given.deviceDnsName;
      return entity('device', id, given.deviceDnsName, given);
    }
    case 'securitygroup':
      return entity('groupTag', given.securityGroupId, given.securityGroupName, given);
    default:
      return country;
  }
}

/** An account, and the person behind it where the name is one that people are known by in all apps. */
function accountOf(given: AlertEntity): WireEntity[] {
  const name = userNameOf(given);
  const id = textOf(given.accountObjectId) ?? textOf(given.aadUserId) ?? name ?? textOf(given.userSid);
  if (id === undefined) return [];
  const label = safeText(textOf(given.displayName) ?? name ?? id);
  const shownName = name === undefined ? undefined : safeText(name);
  const account = {
    type: 'account',
    id: safeText(id),
    label,
    inst: numberOf(given.instanceId) ?? 0,
    saas: numberOf(given.appId) ?? usualAppId,
    pa: shownName ?? null,
    em: shownName?.includes('@') ? shownName : null,
    entityType: 2,
    ...roleOf(given),
  };
  return shownName === undefined ? [account] : [account, { type: 'user', id: shownName, label }];
}

/** None when it says nothing that it could be known by. */
function entity(type: string, id: unknown, label: unknown, given: Readonly<Record<string, unknown>>): WireEntity[] {
  const known = typeof id === 'number' ? id : textOf(id);
  if (known === undefined) return [];
  return [
    {
      type,
      id: typeof known === 'number' ? known : safeText(known),
      label: safeText(textOf(label) ?? String(known)),
      ...roleOf(given),
    },
  ];
}

function roleOf({ evidenceRole }: Readonly<Record<string, unknown>>): { entityRole?: string } {
  return evidenceRole === 'Source' || evidenceRole === 'Related' ? { entityRole: evidenceRole } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Apps are numbers on this surface. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
