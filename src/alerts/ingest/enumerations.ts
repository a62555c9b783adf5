// Names of enumerations in every spelling that the documented APIs and their clients use (Defender reference 2.3, 2.5, 4.2).
import {
  type AlertStatus,
  alertStatuses,
  type Classification,
  classifications,
  type Resolution,
  type Severity,
  severities,
} from '../alert.ts';
import { Fault, isAbsent } from './members.ts';

/** Case, blanks and punctuation do not count: `InProgress`, `inProgress` and `In progress` are one. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

function found<Name extends string>(names: readonly Name[], others: Readonly<Record<string, Name>>, text: string) {
  const folded = fold(text);
  return names.find((name) => fold(name) === folded) ?? (Object.hasOwn(others, folded) ? others[folded] : undefined);
}

/** What says nothing counts as informational: nobody is woken by it. */
export function severityIn(path: string, value: unknown): Severity {
  if (isAbsent(value)) return 'informational';
  const others = { unspecified: 'informational', unknown: 'informational', critical: 'high' } as const;
  const severity = typeof value === 'string' ? found(severities, others, value) : undefined;
  if (severity === undefined) throw new Fault(`${path} must be one of ${severities.join(', ')}.`);
  return severity;
}

export function findStatus(text: string): AlertStatus | undefined {
  return found(alertStatuses, { active: 'new', unknown: 'new' }, text);
}

export function statusIn(path: string, value: unknown): AlertStatus {
  if (isAbsent(value)) return 'new';
  const status = typeof value === 'string' ? findStatus(value) : undefined;
  if (status === undefined) throw new Fault(`${path} must be one of ${alertStatuses.join(', ')}.`);
  return status;
}

export function findClassification(text: string): Classification | undefined {
  return found(classifications, { informational: 'informationalExpectedActivity', notset: 'unknown' }, text);
}

export function classificationIn(path: string, value: unknown): Classification {
  if (isAbsent(value) || value === '') return 'unknown';
  const classification = typeof value === 'string' ? findClassification(value) : undefined;
  if (classification === undefined) throw new Fault(`${path} must be one of ${classifications.join(', ')}.`);
  return classification;
}

/** As Graph spells them. */
const determinations = [
  'unknown',
  'apt',
  'malware',
  'securityPersonnel',
  'securityTesting',
  'unwantedSoftware',
  'other',
  'multiStagedAttack',
  'compromisedAccount',
  'phishing',
  'maliciousUserActivity',
  'notMalicious',
  'notEnoughDataToValidate',
  'confirmedActivity',
  'lineOfBusinessApplication',
] as const;

const otherDeterminations: Readonly<Record<string, (typeof determinations)[number]>> = {
  notavailable: 'unknown',
  notset: 'unknown',
  compromiseduser: 'compromisedAccount',
  clean: 'notMalicious',
  noenoughdatatovalidate: 'notEnoughDataToValidate',
  insufficientdata: 'notEnoughDataToValidate',
  confirmeduseractivity: 'confirmedActivity',
};

export function findDetermination(text: string): string | undefined {
  return found(determinations, otherDeterminations, text);
}

export function determinationIn(path: string, value: unknown): string {
  if (isAbsent(value) || value === '') return 'unknown';
  const determination = typeof value === 'string' ? findDetermination(value) : undefined;
  if (determination === undefined) throw new Fault(`${path} must be one of ${determinations.join(', ')}.`);
  return determination;
}

/** How the cloud-apps surface says that an alert with this status and classification was closed. */
export function resolutionOf(status: AlertStatus, classification: Classification): Resolution {
  if (status !== 'resolved') return 'open';
  switch (classification) {
    case 'truePositive':
    case 'falsePositive':
      return classification;
    case 'informationalExpectedActivity':
      return 'benign';
    case 'unknown':
      return 'resolved';
  }
}

/** Places are the numbers of `intent` in the cloud-apps surface (cloud-apps reference 2.4): the tactics of ATT&CK. */
const intents: readonly string[] = [
  'unknown',
  'preattack',
  'initialaccess',
  'persistence',
  'privilegeescalation',
  'defenseevasion',
  'credentialaccess',
  'discovery',
  'lateralmovement',
  'execution',
  'collection',
  'exfiltration',
  'commandandcontrol',
  'impact',
];

/** The intents that a category or the names of tactics stand for; [0] for "unknown". */
export function intentsOf(names: readonly string[]): number[] {
  const numbers = names.map((name) => intents.indexOf(fold(name))).filter((at) => at > 0);
  return numbers.length === 0 ? [0] : [...new Set(numbers)];
}
