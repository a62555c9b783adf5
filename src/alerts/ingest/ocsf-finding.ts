// A detection finding of the Open Cybersecurity Schema Framework (OCSF 1.1 to 1.9, class 2004, https://schema.ocsf.io).
// Producers fill it very differently: what is required is required here, and what else names a thing is used where it can.
import { createHash } from 'node:crypto';
import type { AlertDraft, Members, Severity } from '../alert.ts';
import { draftOf, techniquesMax } from './draft.ts';
import {
  Fault,
  isMembers,
  looseText,
  membersIn,
  nameIn,
  objectsIn,
  optionalMs,
  optionalName,
  optionalTime,
  present,
} from './members.ts';
import { devicesOf, entitiesOf } from './ocsf-things.ts';

export const detectionFinding = 2004;

/** `severity_id`: 0 unknown, 1 informational, 2 low, 3 medium, 4 high, 5 critical, 6 fatal, 99 other. */
const severities: Readonly<Record<number, Severity>> = {
  0: 'informational',
  1: 'informational',
  2: 'low',
  3: 'medium',
  4: 'high',
  5: 'high',
  6: 'high',
  99: 'informational',
};

/** `status_id`: 0 unknown, 1 new, 2 in progress, 3 suppressed, 4 resolved, 5 archived, 6 deleted, 99 other. */
const statuses: Readonly<Record<number, 'new' | 'inProgress' | 'resolved'>> = {
  0: 'new',
  1: 'new',
  2: 'inProgress',
  3: 'resolved',
  4: 'resolved',
  5: 'resolved',
  6: 'resolved',
  99: 'new',
};

/** `verdict_id` of the incident profile, where it says what the finding was. */
const verdicts: Readonly<Record<number, string>> = {
  1: 'falsePositive',
  2: 'truePositive',
  5: 'informationalExpectedActivity',
  6: 'informationalExpectedActivity',
};

/** `activity_id` 3: the finding was closed. */
const closing = 3;

export function isOcsfEvent(value: Members): boolean {
  return 'class_uid' in value;
}

/** Throws a Fault. */
export function readOcsfFinding(given: Members): AlertDraft {
  if (given.class_uid !== detectionFinding) {
    throw new Fault(`class_uid must be ${detectionFinding}, a detection finding.`);
  }
  const info = membersIn('finding_info', given.finding_info);
  const product = membersIn('metadata.product', membersIn('metadata', given.metadata).product);
  const productName = optionalName('metadata.product.name', product.name) ?? 'OCSF';
  const vendor = optionalName('metadata.product.vendor_name', product.vendor_name);
  const uid = nameIn('finding_info.uid', info.uid);
  const time = timeOf(given, 'time', '');
  const created = timeOf(info, 'created_time', 'finding_info.') ?? time;
  if (time === null || created === null) throw new Fault('time is missing.');
  const attacks = attacksOf(given, info);
  const tactics = attacks.flatMap(tacticsOf);
  const status = statusOf(given);
  return draftOf({
    alertId: alertIdOf(vendor ?? '', productName, uid),
    title:
      looseText(info.title) ??
      looseText(given.message) ??
      looseText(membersIn('finding_info.analytic', info.analytic).name),
    description: looseText(info.desc) ?? looseText(given.message),
    category: tactics[0] ?? 'SuspiciousActivity',
    tactics,
    severity: severityOf(given.severity_id),
    created,
    firstActivity: timeOf(given, 'start_time', '') ?? timeOf(info, 'first_seen_time', 'finding_info.'),
    lastActivity: timeOf(given, 'end_time', '') ?? timeOf(info, 'last_seen_time', 'finding_info.'),
    serviceSource: productName,
    detectionSource:
      optionalName('finding_info.analytic.name', membersIn('finding_info.analytic', info.analytic).name) ?? productName,
    detectorId: looseText(membersIn('finding_info.analytic', info.analytic).uid),
    techniques: attacks.flatMap(techniquesOf).slice(0, techniquesMax),
    entities: entitiesOf(given),
    devices: devicesOf(given),
    extra: present({
      providerAlertId: uid,
      vendorName: vendor,
      alertLink: looseText(info.src_url),
      confidence: looseText(given.confidence),
      unmapped: isMembers(given.unmapped) ? given.unmapped : null,
    }),
    standing: {
      status,
      classification: typeof given.verdict_id === 'number' ? verdicts[given.verdict_id] : null,
      determination: null,
      assignedTo: assigneeOf(given),
      comments: commentsOf(given, time),
      resolved: null,
      updated: timeOf(info, 'modified_time', 'finding_info.') ?? time,
    },
  });
}

/** Two products may give their findings the same ids. */
function alertIdOf(...parts: readonly string[]): string {
  return `oc${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

/** Milliseconds, or the same time as text in the member that ends with _dt. */
function timeOf(given: Members, name: string, path: string): bigint | null {
  return optionalMs(`${path}${name}`, given[name]) ?? optionalTime(`${path}${name}_dt`, given[`${name}_dt`]);
}

function severityOf(value: unknown): Severity {
  const severity = typeof value === 'number' && Object.hasOwn(severities, value) ? severities[value] : undefined;
  if (severity === undefined) throw new Fault('severity_id must be one of 0 to 6, or 99.');
  return severity;
}

function statusOf(given: Members): 'new' | 'inProgress' | 'resolved' {
  const { status_id: value } = given;
  if (value === undefined || value === null) return given.activity_id === closing ? 'resolved' : 'new';
  const status = typeof value === 'number' && Object.hasOwn(statuses, value) ? statuses[value] : undefined;
  if (status === undefined) throw new Fault('status_id must be one of 0 to 6, or 99.');
  return given.activity_id === closing ? 'resolved' : status;
}

/** Older versions have the attacks in the finding's information, newer ones in the event. */
function attacksOf(given: Members, info: Members): Members[] {
  return [...objectsIn('attacks', given.attacks, 100), ...objectsIn('finding_info.attacks', info.attacks, 100)];
}

function tacticsOf(attack: Members): string[] {
  const tactics = isMembers(attack.tactic) ? [attack.tactic] : objectsIn('attacks.tactics', attack.tactics, 100);
  return tactics.flatMap(({ name }) => {
    const text = looseText(name);
    // "Initial Access" is the category InitialAccess.
    return text === null
      ? []
      : [text.replace(/(^|\s)(\w)/g, (_, __, letter: string) => letter.toUpperCase()).slice(0, 100)];
  });
}

function techniquesOf(attack: Members): string[] {
  return [attack.sub_technique, attack.technique].flatMap((technique) => {
    const uid = isMembers(technique) ? looseText(technique.uid) : null;
    return uid !== null && /^T\d{4}(\.\d{3})?$/.test(uid) ? [uid] : [];
  });
}

function assigneeOf(given: Members): string | null {
  const { assignee } = given;
  if (!isMembers(assignee)) return null;
  return looseText(assignee.email_addr) ?? looseText(assignee.name);
}

function commentsOf(given: Members, time: bigint) {
  const comment = looseText(given.comment);
  return comment === null ? [] : [{ comment, createdBy: assigneeOf(given) ?? '', createdTime: String(time) }];
}
