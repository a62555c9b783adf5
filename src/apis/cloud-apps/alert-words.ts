// The numbers of the documented enumerations of alerts (cloud-apps reference 2.4), in one place for both directions.
import type { Alert, Resolution, Severity } from '../../alerts/alert.ts';

const severityValues = { low: 0, medium: 1, high: 2, informational: 3 } as const satisfies Record<Severity, number>;

const resolutionValues = {
  open: 0,
  dismissed: 1,
  resolved: 2,
  falsePositive: 3,
  benign: 4,
  truePositive: 5,
} as const satisfies Record<Resolution, number>;

export function severityValue(severity: Severity): number {
  return severityValues[severity];
}

export function resolutionStatusValue(resolution: Resolution): number {
  return resolutionValues[resolution];
}

/** 0 unread, 1 read, 2 archived: an alert that is closed is archived, read or not. */
export function statusValue({ resolution, isRead }: Pick<Alert, 'resolution' | 'isRead'>): number {
  return resolution !== 'open' ? 2 : isRead ? 1 : 0;
}

/** The severities in the order in which alert.ts counts them, by the number that clients send. */
export const severityPlaces: Readonly<Record<number, number>> = { 0: 1, 1: 2, 2: 3, 3: 0 };

export const resolutionByValue: Readonly<Record<number, Resolution>> = {
  0: 'open',
  1: 'dismissed',
  2: 'resolved',
  3: 'falsePositive',
  4: 'benign',
  5: 'truePositive',
};

/** Risk categories; there is no 6. */
export const storyValues = [0, 1, 2, 3, 4, 5, 7, 8];
