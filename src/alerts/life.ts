// How the two ways of saying how far an alert is agree: status and classification of the Defender and Graph surfaces,
// resolution and reason of the cloud-apps surface. Whatever side says something, the other side reads the same.
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

/** The alert with the change and everything that follows from it. Of two members that disagree, the resolution counts. */
export function changedAlert(alert: Alert, change: AlertLifeChange, mark: ChangeMark): Alert {
  const changed: Alert = { ...alert, ...change, updatedTicks: laterOf(alert.updatedTicks, mark.ticks) };
  if (change.resolution !== undefined) return byResolution(alert, changed, change, mark);
  if (change.status !== undefined || change.classification !== undefined) return byStatus(alert, changed, change, mark);
  return changed;
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
