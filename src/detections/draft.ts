import type { AlertDraft } from '../alerts/alert.ts';
import { alertIdFor } from '../alerts/alert-keys.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import { activityIdsMax, type Detection, type Finding } from './detection.ts';

/** The alert that a finding becomes; `now` is epoch milliseconds. The same finding is the same alert (alertIdFor). */
export function draftOf(detection: Detection, finding: Finding, now: number): AlertDraft {
  return {
    alertId: alertIdFor(detection.id, finding.key),
    title: finding.title ?? detection.title,
    description: finding.description ?? detection.description,
    category: detection.category,
    severity: finding.severity ?? detection.severity,
    createdTicks: ticksOfMs(now),
    firstActivityTicks: ticksOfMs(finding.firstActivity),
    lastActivityTicks: ticksOfMs(finding.lastActivity),
    serviceSource: 'MicrosoftCloudAppSecurity',
    detectionSource: 'MCAS',
    detectorId: detection.id,
    policyId: detection.id,
    alertType: detection.alertType,
    stories: detection.stories,
    intents: detection.intents,
    mitreTechniques: detection.mitreTechniques,
    entities: finding.entities,
    devices: finding.devices,
    activityIds: finding.activityIds.slice(0, activityIdsMax),
    evidence: finding.evidence,
    extra: { policyName: detection.title },
  };
}
