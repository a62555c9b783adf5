// One incident in the form of the documented API (Defender reference 2.4 to 2.7): what comes in is checked and brought to
// the one form in which it is stored and sent. Members that the documentation does not know are kept as they are.
import { formatTicks, parseTicks } from '../lib/ticks.ts';

export const incidentStatuses = ['Active', 'InProgress', 'Resolved', 'Redirected'] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

/** What is stored of an incident. Times are ticks of 100 ns since 1970: lib/ticks.ts. */
export interface Incident {
  readonly incidentId: number;
  readonly createdTicks: bigint;
  readonly updatedTicks: bigint;
  readonly status: IncidentStatus;
  /** In lower case, for looking for; the body has it as it was written. Null when it is nobody's. */
  readonly assignedTo: string | null;
  /** The wire form as JSON text. */
  readonly body: string;
}

/** A sentence that names the member. */
export interface IncidentProblem {
  readonly reason: string;
}

export function isIncidentProblem(result: Incident | IncidentProblem): result is IncidentProblem {
  return 'reason' in result;
}

const severities = ['UnSpecified', 'Informational', 'Low', 'Medium', 'High'] as const;
const classifications = ['Unknown', 'FalsePositive', 'TruePositive', 'InformationalExpectedActivity'] as const;
const depthMax = 32;
const listMax = 10_000;
const nameLengthMax = 1000;
/** Of ids and words that an index holds: PostgreSQL bounds what fits into one. */
const wordLengthMax = 200;

type Members = Readonly<Record<string, unknown>>;

/** Thrown inside of this file only. */
class Fault extends Error {}

/** The incident in the value, or what is wrong with it. Missing lists are empty, names of enumerations count in any case. */
export function readIncident(value: unknown): Incident | IncidentProblem {
  try {
    return toIncident(value);
  } catch (error) {
    if (error instanceof Fault) return { reason: error.message };
    throw error;
  }
}

function toIncident(value: unknown): Incident {
  const given = asObject('The incident', value);
  if (isDeeperThan(given, depthMax)) throw new Fault(`It is nested deeper than ${depthMax} levels.`);
  // The answer for a single incident carries its own context, which is not part of it (reference 2.2).
  const { '@odata.context': _context, ...rest } = given;
  const incidentId = asId('incidentId', given.incidentId);
  const created = asTime('createdTime', given.createdTime);
  const updated = asTime('lastUpdateTime', given.lastUpdateTime);
  const status = asOneOf('status', given.status, incidentStatuses);
  const assignedTo = asOptionalText('assignedTo', given.assignedTo);
  const body = {
    incidentId,
    redirectIncidentId: isAbsent(given.redirectIncidentId)
      ? null
      : asId('redirectIncidentId', given.redirectIncidentId),
    incidentName: asText('incidentName', given.incidentName),
    createdTime: created.text,
    lastUpdateTime: updated.text,
    assignedTo,
    classification: asKnown('classification', given.classification, classifications, 'Unknown'),
    determination: asKnown('determination', given.determination, [], 'NotAvailable'),
    status,
    severity: isAbsent(given.severity) ? 'UnSpecified' : asOneOf('severity', given.severity, severities),
    tags: asList('tags', given.tags, asText),
    comments: asList('comments', given.comments, asComment),
    alerts: asList('alerts', given.alerts, (path, alert) => asAlert(path, alert, incidentId)),
  };
  return {
    incidentId,
    createdTicks: created.ticks,
    updatedTicks: updated.ticks,
    status,
    assignedTo: foldAssignee(assignedTo),
    body: JSON.stringify({ ...body, ...without(rest, body) }),
  };
}

/**
 * How assignees are compared: they are account names, which do not depend on case. Nobody is null; so is ''. The column is
 * indexed, so that its length is bounded, and PostgreSQL takes no U+0000.
 */
export function foldAssignee(name: string | null): string | null {
  if (name === null || name === '') return null;
  return name.toLowerCase().replaceAll('\u0000', '').slice(0, wordLengthMax).toWellFormed();
}

/** firstActivity and lastActivity are never null, because clients read them without asking (reference 5.1). */
function asAlert(path: string, value: unknown, incidentId: number): Members {
  const given = asObject(path, value);
  const creationTime = asTime(`${path}.creationTime`, given.creationTime).text;
  const optionalTime = (member: string, instead: string | null): string | null =>
    isAbsent(given[member]) ? instead : asTime(`${path}.${member}`, given[member]).text;
  const alert = {
    alertId: asWord(`${path}.alertId`, given.alertId),
    incidentId: isAbsent(given.incidentId) ? incidentId : asId(`${path}.incidentId`, given.incidentId),
    serviceSource: given.serviceSource ?? null,
    creationTime,
    lastUpdatedTime: optionalTime('lastUpdatedTime', creationTime),
    resolvedTime: optionalTime('resolvedTime', null),
    firstActivity: optionalTime('firstActivity', creationTime),
    lastActivity: optionalTime('lastActivity', creationTime),
    mitreTechniques: asList(`${path}.mitreTechniques`, given.mitreTechniques, asText),
    devices: asList(`${path}.devices`, given.devices, asDevice),
    entities: asList(`${path}.entities`, given.entities, asEntity),
  };
  return inOrderOf(given, alert);
}

/** Clients join the tags without asking whether there are any (reference 2.6). */
function asDevice(path: string, value: unknown): Members {
  const given = asObject(path, value);
  return inOrderOf(given, { tags: asList(`${path}.tags`, given.tags, asText) });
}

function asEntity(path: string, value: unknown): Members {
  const given = asObject(path, value);
  asText(`${path}.entityType`, given.entityType);
  return given;
}

function asComment(path: string, value: unknown): Members {
  const given = asObject(path, value);
  if (typeof given.comment !== 'string') throw new Fault(`${path}.comment must be a text.`);
  return given;
}

/** The given members in their own order, with the checked ones in place, and behind them those that were missing. */
function inOrderOf(given: Members, checked: Members): Members {
  return { ...given, ...checked };
}

function without(given: Members, known: Members): Members {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(known, name)));
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function asObject(path: string, value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Fault(`${path} must be an object.`);
  return value as Members; // An object that JSON.parse made: its members are all own and enumerable.
}

function asList<Item>(path: string, value: unknown, asItem: (path: string, item: unknown) => Item): Item[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw new Fault(`${path} must be a list.`);
  if (value.length > listMax) throw new Fault(`${path} has more than ${listMax} entries.`);
  return value.map((item, index) => asItem(`${path}[${index}]`, item));
}

function asId(path: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new Fault(`${path} must be a whole number above 0.`);
}

function asText(path: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Fault(`${path} must be a text.`);
  return value;
}

/** A text that columns and indexes of both databases take as it is, so that two of them are never taken for one. */
function asWord(path: string, value: unknown): string {
  const text = asText(path, value);
  if (text.trim() === '' || text.length > wordLengthMax || /\p{Cc}/u.test(text) || !text.isWellFormed()) {
    throw new Fault(`${path} must be a text of at most ${wordLengthMax} printable characters.`);
  }
  return text;
}

function asOptionalText(path: string, value: unknown): string | null {
  if (isAbsent(value) || value === '') return null;
  const text = asText(path, value);
  // The column is compared and indexed; a control character in a name is a mistake, and PostgreSQL takes no U+0000.
  if (text.length > nameLengthMax || /\p{Cc}/u.test(text) || !text.isWellFormed()) {
    throw new Fault(`${path} must be a name of at most ${nameLengthMax} printable characters.`);
  }
  return text;
}

function asTime(path: string, value: unknown): { text: string; ticks: bigint } {
  const ticks = typeof value === 'string' ? parseTicks(value) : undefined;
  if (ticks === undefined) throw new Fault(`${path} must be a time such as 2027-01-31T09:30:00.1234567Z.`);
  return { text: formatTicks(ticks), ticks };
}

function asOneOf<Name extends string>(path: string, value: unknown, names: readonly Name[]): Name {
  const found = findName(value, names);
  if (found === undefined) throw new Fault(`${path} must be one of ${names.join(', ')}.`);
  return found;
}

/** Names of these enumerations have changed over the years, so that one we do not know is kept as it is. */
function asKnown(path: string, value: unknown, names: readonly string[], instead: string): string {
  if (isAbsent(value) || value === '') return instead;
  return findName(value, names) ?? asWord(path, value);
}

function findName<Name extends string>(value: unknown, names: readonly Name[]): Name | undefined {
  if (typeof value !== 'string') return undefined;
  const folded = value.toLowerCase();
  return names.find((name) => name.toLowerCase() === folded);
}

/** The status that the text names, in any case. */
export function findStatus(text: string): IncidentStatus | undefined {
  return findName(text, incidentStatuses);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
