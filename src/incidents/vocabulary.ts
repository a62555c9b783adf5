// Enumerations of incidents in every spelling that the documentation and its clients use (Defender reference 2.3): all are
// understood, one is stored. Stored is what Graph writes, because its names are the same on alerts and incidents.
import { type Classification, classifications } from '../alerts/alert.ts';

/** From least to worst; the place in the list is the number in the store. */
export const incidentSeverities = ['UnSpecified', 'Informational', 'Low', 'Medium', 'High'] as const;
export type IncidentSeverity = (typeof incidentSeverities)[number];

interface Spelling {
  /** Graph's, stored. */
  readonly stored: string;
  /** What the Defender surface sends. */
  readonly wire: string;
  readonly also: readonly string[];
}

/** Which of them go with which classification: alerts/life.ts. */
const determinations: readonly Spelling[] = [
  word('multiStagedAttack'),
  word('maliciousUserActivity'),
  word('compromisedAccount', 'CompromisedAccount', 'CompromisedUser'),
  word('malware'),
  word('phishing'),
  word('unwantedSoftware'),
  word('apt'),
  word('securityPersonnel'),
  word('securityTesting'),
  word('lineOfBusinessApplication'),
  word('confirmedActivity', 'ConfirmedActivity', 'ConfirmedUserActivity'),
  word('notMalicious', 'Clean', 'NotMalicious'),
  word('notEnoughDataToValidate', 'NoEnoughDataToValidate', 'InsufficientData'),
  word('other'),
  word('unknown', 'NotAvailable'),
];

function word(stored: string, wire = upperFirst(stored), ...also: string[]): Spelling {
  return { stored, wire, also };
}

export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function findSpelling(text: string): Spelling | undefined {
  const folded = text.toLowerCase();
  return determinations.find(({ stored, wire, also }) =>
    [stored, wire, ...also].some((each) => each.toLowerCase() === folded),
  );
}

/** The stored word for any spelling, in any case; undefined for a word that nobody documented. */
export function findDetermination(text: string): string | undefined {
  return findSpelling(text)?.stored;
}

/** As the Defender surface spells it; a word that nobody documented stays as it came. */
export function wireDetermination(stored: string): string {
  return findSpelling(stored)?.wire ?? stored;
}

/** Every stored determination, for messages and filters. */
export const knownDeterminations: readonly string[] = determinations.map(({ stored }) => stored);

/** The stored word, in any case; undefined for others. */
export function findClassification(text: string): Classification | undefined {
  const folded = text.toLowerCase();
  return classifications.find((each) => each.toLowerCase() === folded);
}

export function findSeverity(text: string): IncidentSeverity | undefined {
  const folded = text.toLowerCase();
  return incidentSeverities.find((each) => each.toLowerCase() === folded);
}
