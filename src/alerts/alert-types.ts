// Alert types, the `idValue` of the cloud-apps surface (cloud-apps reference 2.4). Built-in detections have types of their
// own; whatever an administrator's policy matches has one of these.
import type { AlertCondition } from './condition.ts';

/** 15728642 is the documented one of file policies; its neighbours are the other kinds of match. */
const policyMatches = { from: 0xf0_00_00, to: 0xf0_00_ff } as const;

/** An activity policy's match: ALERT_CABINET_EVENT_MATCH_AUDIT. */
export const activityPolicyMatch = 0xf0_00_01;

/** An app discovery policy's match, which the published lists name without a number. */
export const appDiscoveryMatch = 0xf0_00_03;

/** A custom detection's, which the documented list has no number for. */
export const customDetectionMatch = 0xf0_00_80;

/** True when a policy of the tenant's own raised it; else it is built in, or came from another product. */
export function isPolicyMatch(alertType: number): boolean {
  return alertType >= policyMatches.from && alertType <= policyMatches.to;
}

export const isOfPolicyMatch: AlertCondition = { kind: 'number-range', property: 'alertType', ...policyMatches };
