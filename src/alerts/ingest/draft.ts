// What all forms of alerts have in common, put together to a draft.
import type { AlertComment, AlertDevice, AlertDraft, AlertEntity, AlertEvidence, Members, Severity } from '../alert.ts';
import { classificationIn, determinationIn, intentsOf, resolutionOf, statusIn } from './enumerations.ts';
import { Fault, nameIn, objectsIn, optionalName, present, textIn, timeIn } from './members.ts';

export const entitiesMax = 1000;
export const devicesMax = 1000;
export const commentsMax = 1000;
export const techniquesMax = 100;
const titleLengthMax = 1000;

/** `idValue` of the cloud-apps surface for alerts of other products: no number is published for them. */
export const ingestedAlertType = 0;
/** Risk category THREAT_DETECTION (cloud-apps reference 2.4). */
const threatDetection = 0;

/** How the alert stands, in the words of its record; members are checked here. */
export interface StandingInput {
  readonly status: unknown;
  readonly classification: unknown;
  readonly determination: unknown;
  readonly assignedTo: unknown;
  readonly comments: readonly AlertComment[];
  readonly resolved: bigint | null;
  readonly updated: bigint;
}

export interface DraftInput {
  readonly alertId: string;
  readonly title: unknown;
  readonly description: unknown;
  readonly category: string;
  /** Names of tactics beside the category. */
  readonly tactics?: readonly string[];
  readonly severity: Severity;
  readonly created: bigint;
  readonly firstActivity: bigint | null;
  readonly lastActivity: bigint | null;
  readonly serviceSource: string;
  readonly detectionSource: string;
  readonly detectorId: string | null;
  readonly techniques: readonly string[];
  readonly entities: readonly AlertEntity[];
  readonly devices: readonly AlertDevice[];
  readonly evidence?: readonly AlertEvidence[];
  readonly extra: Members;
  readonly standing: StandingInput;
}

/** Throws a Fault. Activity times that are missing are the creation's: clients read them without asking (Defender reference 5.1). */
export function draftOf(input: DraftInput): AlertDraft {
  const { standing, created, category } = input;
  const title = textIn('title', input.title).trim();
  if (title === '') throw new Fault('title is missing.');
  if (title.length > titleLengthMax) throw new Fault(`title is longer than ${titleLengthMax} characters.`);
  const first = input.firstActivity ?? created;
  const last = input.lastActivity ?? first;
  const status = statusIn('status', standing.status);
  const classification = classificationIn('classification', standing.classification);
  return {
    alertId: input.alertId,
    title,
    description: textIn('description', input.description),
    category,
    severity: input.severity,
    createdTicks: created,
    firstActivityTicks: first < last ? first : last,
    lastActivityTicks: first < last ? last : first,
    serviceSource: input.serviceSource,
    detectionSource: input.detectionSource,
    detectorId: input.detectorId,
    policyId: null,
    alertType: ingestedAlertType,
    stories: [threatDetection],
    intents: intentsOf([category, ...(input.tactics ?? [])]),
    mitreTechniques: [...new Set(input.techniques)],
    entities: unique(input.entities),
    devices: unique(input.devices),
    activityIds: [],
    evidence: input.evidence ?? [],
    extra: input.extra,
    life: {
      status,
      resolution: resolutionOf(status, classification),
      classification,
      determination: determinationIn('determination', standing.determination),
      assignedTo: optionalName('assignedTo', standing.assignedTo),
      comments: standing.comments,
      resolvedTicks: status === 'resolved' ? (standing.resolved ?? standing.updated) : null,
      updatedTicks: standing.updated,
    },
  };
}

/** Comments as the Defender surfaces have them; `createdTime` is called `createTime` on one page of the documentation. */
export function commentsIn(value: unknown, created: bigint): AlertComment[] {
  return objectsIn('comments', value, commentsMax).map((entry, index) => {
    const path = `comments[${index}]`;
    const time = entry.createdTime ?? entry.createTime ?? entry.createdDateTime;
    return {
      comment: textIn(`${path}.comment`, entry.comment),
      createdBy: optionalName(`${path}.createdBy`, entry.createdBy ?? entry.createdByDisplayName) ?? '',
      createdTime: String(time === undefined || time === null ? created : timeIn(`${path}.createdTime`, time)),
    };
  });
}

/** The same thing is often named by several pieces of evidence. */
function unique<Thing extends Members>(things: readonly Thing[]): Thing[] {
  return [...new Map(things.map((thing) => [JSON.stringify(thing), thing])).values()];
}

/** The ids of all forms: what can stand in a path and in a log. */
export function alertIdIn(path: string, value: unknown): string {
  const id = nameIn(path, value);
  if (id.length > 200 || /[\s/?#]/.test(id))
    throw new Fault(`${path} must be at most 200 characters without blanks and slashes.`);
  return id;
}

/** A device in the form of Defender reference 2.6; clients join the tags without asking whether there are any. */
export function deviceOf(members: Members): AlertDevice {
  return {
    ...present(members),
    tags: Array.isArray(members.tags) ? members.tags.filter((tag) => typeof tag === 'string') : [],
  };
}
