// How the two ways of saying how far an alert is agree: status and classification of the Defender and Graph surfaces,
// resolution and reason of the cloud-apps surface. Whatever side says something, the other side reads the same.
import { InvalidInput } from '../lib/failures.ts';
import type { Alert, AlertLife, AlertLifeChange, Classification, Resolution } from './alert.ts';

/** How an alert begins: new, unread and open, but for what it brings along of a life elsewhere. */
export function begunLife(given: Partial<AlertLife>, createdTicks: bigint): Omit<AlertLife, 'incidentId'> {
  const { status = 'new', classification = 'unknown', updatedTicks = createdTicks } = given;
  const resolution = given.resolution ?? (status === 'resolved' ? resolutionOf[classification] : 'open');
  const isOpen = resolution === 'open';
  return {
    isRead: !isOpen,
    determination: 'unknown',
    assignedTo: null,
    comments: [],
    ...closing,
    ...given,
    classification,
    updatedTicks,
    resolution,
    status: isOpen && status === 'resolved' ? 'new' : isOpen ? status : 'resolved',
    resolvedTicks: isOpen ? null : (given.resolvedTicks ?? updatedTicks),
  };
}

/** Who made the change, by name, and when. */
export interface ChangeMark {
  readonly by: string;
  readonly ticks: bigint;
}

const classificationOf: Partial<Record<Resolution, Classification>> = {
  benign: 'informationalExpectedActivity',
  falsePositive: 'falsePositive',
  truePositive: 'truePositive',
};

const resolutionOf: Record<Classification, Resolution> = {
  unknown: 'resolved',
  informationalExpectedActivity: 'benign',
  falsePositive: 'falsePositive',
  truePositive: 'truePositive',
};

/** Which determinations go with each classification (Defender reference 2.3); `unknown` goes with all. */
const fittingDeterminations: Readonly<Record<string, readonly string[]>> = {
  truePositive: [
    'multiStagedAttack',
    'maliciousUserActivity',
    'compromisedAccount',
    'malware',
    'phishing',
    'unwantedSoftware',
    // Taken away in 2022 and still listed; old alerts have them.
    'apt',
    'securityPersonnel',
    'other',
    'unknown',
  ],
  informationalExpectedActivity: [
    'securityPersonnel',
    'securityTesting',
    'lineOfBusinessApplication',
    'confirmedActivity',
    'other',
    'unknown',
  ],
  falsePositive: ['notMalicious', 'notEnoughDataToValidate', 'other', 'unknown'],
  unknown: ['unknown'],
} satisfies Record<Classification, readonly string[]>;

/** The stored determinations that go with a classification, `unknown` included; none for a word that is no classification. */
export function determinationsOf(classification: string): readonly string[] {
  return Object.hasOwn(fittingDeterminations, classification) ? (fittingDeterminations[classification] ?? []) : [];
}

/** What is classified: an alert, or an incident, which may bring along words that nobody documented. */
interface Verdict {
  readonly classification: string;
  readonly determination: string;
}

/**
 * The determination once a verdict changes, for all surfaces: one that is given must go with the classification that
 * then stands (InvalidInput), and a new classification takes away the old one that does not go with it.
 */
export function fittingDetermination(before: Verdict, { classification, determination }: Partial<Verdict>): string {
  const standing = classification ?? before.classification;
  const fitting = determinationsOf(standing);
  if (determination === undefined) {
    const stays = classification === undefined || fitting.includes(before.determination);
    return stays ? before.determination : 'unknown';
  }
  if (fitting.includes(determination)) return determination;
  throw new InvalidInput(
    'determination',
    `The determination ${determination} does not go with the classification ${standing}` +
      `${fitting.length > 0 ? `, which has ${fitting.join(', ')}` : ''}. Send the classification along with it.`,
  );
}

/**
 * The alert with the change and everything that follows from it. Of two members that disagree, the resolution counts.
 * Throws InvalidInput for a determination that its classification does not have.
 */
export function changedAlert(alert: Alert, change: AlertLifeChange, mark: ChangeMark): Alert {
  const changed: Alert = { ...alert, ...change, updatedTicks: laterOf(alert.updatedTicks, mark.ticks) };
  if (change.resolution !== undefined) return judged(alert, byResolution(alert, changed, change, mark), change);
  if (change.status !== undefined || change.classification !== undefined) {
    return judged(alert, byStatus(alert, changed, change, mark), change);
  }
  return judged(alert, changed, change);
}

/** With the determination that goes with what became of the classification. */
function judged(before: Alert, after: Alert, change: AlertLifeChange): Alert {
  const isGiven = change.determination !== undefined && after.determination === change.determination;
  const isNew = change.classification !== undefined || after.classification !== before.classification;
  const determination = fittingDetermination(after, {
    ...(isNew ? { classification: after.classification } : {}),
    ...(isGiven ? { determination: after.determination } : {}),
  });
  return { ...after, determination };
}

/** The time of the last change never goes back, and two changes of an alert never have the same. */
function laterOf(before: bigint, now: bigint): bigint {
  return now > before ? now : before + 1n;
}

function byResolution(before: Alert, changed: Alert, change: AlertLifeChange, mark: ChangeMark): Alert {
  if (changed.resolution === 'open') {
    const status = changed.status === 'resolved' ? 'new' : changed.status;
    return before.resolution === 'open' ? { ...changed, status } : { ...changed, ...opened, status };
  }
  const classification = classificationOf[changed.resolution] ?? changed.classification;
  return closed(before, { ...changed, classification }, change, mark);
}

function byStatus(before: Alert, changed: Alert, change: AlertLifeChange, mark: ChangeMark): Alert {
  if (changed.status !== 'resolved') {
    if (before.resolution === 'open') return changed;
    const { classification = before.classification, determination = before.determination } = change;
    return { ...changed, ...opened, status: changed.status, classification, determination };
  }
  return closed(before, { ...changed, resolution: resolutionOf[changed.classification] }, change, mark);
}

/** What an alert that nobody closed has of a closing. */
const closing = {
  closeReason: null,
  closeComment: null,
  feedback: null,
  handledBy: null,
  resolvedTicks: null,
} as const;

const opened = { ...closing, resolution: 'open', classification: 'unknown', determination: 'unknown' } as const;

function closed(before: Alert, changed: Alert, change: AlertLifeChange, { by, ticks }: ChangeMark): Alert {
  const isClosing = before.resolution === 'open';
  return {
    ...changed,
    status: 'resolved',
    isRead: true,
    handledBy: change.handledBy ?? (isClosing ? by : changed.handledBy),
    resolvedTicks: change.resolvedTicks ?? (isClosing ? ticks : changed.resolvedTicks),
  };
}
