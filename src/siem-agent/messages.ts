// From records of the API to messages for a SIEM: the fields and their order are those of the documented agent
// (cloud-apps reference 4, and the published sample messages).
import { type CefField, cefText, type Dialect } from './cef.ts';
import { alertTypeName, appIdName } from './names.ts';
import { byFamily, type Json, list, number, object, plain, text, time } from './records.ts';
import { type HeadFormat, severities, syslogHead } from './syslog.ts';

export interface MessageFormat {
  readonly dialect: Dialect;
  readonly head: HeadFormat;
  /** Without a slash at its end. */
  readonly portalUrl: string;
  /** Of the agent. */
  readonly version: string;
}

const ipv6Label = 'Device IPv6 Address';

/** An activity; its severity is 0, as published. */
export function activityMessage(record: Json, { dialect, head, portalUrl, version }: MessageFormat): string {
  const id = text(record._id);
  const at = time(record.timestamp) ?? 0;
  const device = object(record.device);
  const address = byFamily(text(device.clientIP));
  const kind =
    text(object(record.description_metadata).event_category) || text(object(record.mainInfo).prettyOperationName);
  const appId = number(record.appId) ?? number(record.saasId);
  const fields: CefField[] = [
    { key: 'externalId', value: id },
    { key: 'rt', value: String(at) },
    { key: 'start', value: String(at) },
    { key: 'end', value: String(at) },
    { key: 'msg', value: text(record.description) },
    { key: 'suser', value: text(object(record.user).userName) },
    { key: 'destinationServiceName', value: text(record.appName) },
    { key: 'dvc', value: address.v4 },
    { key: 'requestClientApplication', value: text(device.userAgent) },
    { key: 'cs1', label: 'portalURL', value: `${portalUrl}/#/audits?activity.id=eq(${id},)` },
    { key: 'cs2', label: 'uniqueServiceAppIds', value: appId === undefined ? '' : appIdName(appId) },
    { key: 'cs3', label: 'targetObjects', value: targetsOf(record) },
    { key: 'cs4', label: 'policyIDs', value: list(record.policies).map(text).join(',') },
    { key: 'c6a1', label: ipv6Label, value: address.v6 },
  ];
  const eventClass = text(record.eventTypeName) || 'EVENT_CATEGORY_UNSPECIFIED';
  const cef = cefText({ version, eventClass, name: kind || eventClass, severity: 0, fields }, dialect);
  return syslogHead(head, at, severities.informational) + cef;
}

/** Names of everything that the activity was about, the account itself included, as in the published samples. */
function targetsOf(record: Json): string {
  return list(object(record.mainInfo).eventObjects)
    .map((each) => text(object(each).name))
    .join(',');
}

/** By severityValue: 0 low, 1 medium, 2 high, 3 informational (reference 2.4). The published samples have a 3. */
const alertSeverities: Readonly<Record<number, { readonly cef: number; readonly syslog: number }>> = {
  0: { cef: 3, syslog: severities.notice },
  1: { cef: 6, syslog: severities.warning },
  2: { cef: 8, syslog: severities.error },
  3: { cef: 1, syslog: severities.informational },
};

export function alertMessage(record: Json, { dialect, head, portalUrl, version }: MessageFormat): string {
  const id = text(record._id);
  const at = time(record.timestamp) ?? 0;
  const policy = object(record.policy);
  const entities = list(record.entities).map(object);
  const severity = alertSeverities[number(record.severityValue) ?? 3] ?? { cef: 1, syslog: severities.informational };
  const score = number(record.threatScore) ?? 0;
  const fields: CefField[] = [
    { key: 'externalId', value: id },
    { key: 'start', value: String(at) },
    { key: 'end', value: String(at) },
    { key: 'msg', value: plain(record.description) },
    { key: 'suser', value: people(entities) },
    { key: 'destinationServiceName', value: labels(entities, 'service') },
    { key: 'cn1', label: 'riskScore', value: score > 0 ? String(score) : '' },
    { key: 'cs1', label: 'portalURL', value: text(record.URL) || `${portalUrl}/#/alerts/${id}` },
    { key: 'cs2', label: 'uniqueServiceAppIds', value: appsOf(entities) },
    { key: 'cs3', label: 'relatedAudits', value: list(record.audits).map(text).join(',') },
    { key: 'cs4', label: 'policyIDs', value: plain(policy.id) },
    ...addressFields(entities),
  ];
  const name = plain(policy.label) || plain(record.title);
  const eventClass = alertTypeName(number(record.idValue) ?? 0, text(policy.policyType));
  return (
    syslogHead(head, at, severity.syslog) +
    cefText({ version, eventClass, name, severity: severity.cef, fields }, dialect)
  );
}

const ofType = (entities: readonly Json[], type: string): readonly Json[] =>
  entities.filter((entity) => entity.type === type);
const joined = (values: readonly string[]): string => [...new Set(values.filter((value) => value !== ''))].join(',');

function labels(entities: readonly Json[], type: string): string {
  return joined(ofType(entities, type).map(({ label }) => plain(label)));
}

/** Accounts by the name that people are known by, and people of whom there is no account. */
function people(entities: readonly Json[]): string {
  const accounts = ofType(entities, 'account').map(
    (account) => plain(account.pa) || plain(account.em) || plain(account.label),
  );
  const users = ofType(entities, 'user').map((user) => plain(user.id));
  return joined([...accounts, ...users]);
}

function appsOf(entities: readonly Json[]): string {
  return joined(ofType(entities, 'service').flatMap(({ id }) => (typeof id === 'number' ? appIdName(id) : [])));
}

/** The samples have none of the two, the table of fields has both: they are there when the alert names an address. */
function addressFields(entities: readonly Json[]): CefField[] {
  const addresses = ofType(entities, 'ip').map(({ id }) => byFamily(plain(id)));
  const v4 = addresses.find((each) => each.v4 !== '')?.v4;
  const v6 = addresses.find((each) => each.v6 !== '')?.v6;
  return [
    ...(v4 === undefined ? [] : [{ key: 'src', value: v4 }]),
    ...(v6 === undefined ? [] : [{ key: 'c6a1', label: ipv6Label, value: v6 }]),
  ];
}
