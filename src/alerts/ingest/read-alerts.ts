// From one ingested record to the alerts in it, whichever of the known forms it has.
import type { AlertDraft, Members } from '../alert.ts';
import { isDefenderAlert, readDefenderAlert } from './defender-alert.ts';
import { isEndpointAlert, readEndpointAlert } from './endpoint-alert.ts';
import { isGraphAlert, readGraphAlert } from './graph-alert.ts';
import { asRecord, Fault, isMembers } from './members.ts';
import { isOcsfEvent, readOcsfFinding } from './ocsf-finding.ts';
import { isOwnAlert, ownSchema, readOwnAlert } from './own-alert.ts';

export interface AlertProblem {
  /** A sentence. */
  readonly reason: string;
}

export function isAlertProblem(result: AlertDraft | AlertProblem): result is AlertProblem {
  return 'reason' in result;
}

const alertsOfIncidentMax = 10_000;

/** The alerts of a record, each by itself: an incident gives all of its alerts, every other form gives one. */
export function readAlerts(value: unknown): (AlertDraft | AlertProblem)[] {
  const incident = isMembers(value) && isIncident(value) ? value.alerts : undefined;
  if (!Array.isArray(incident)) return [readAlert(value)];
  if (incident.length > alertsOfIncidentMax) {
    return [{ reason: `alerts has more than ${alertsOfIncidentMax} entries.` }];
  }
  return incident.map((alert, index) => {
    const result = readAlert(alert);
    return isAlertProblem(result) ? { reason: `alerts[${index}]: ${result.reason}` } : result;
  });
}

/** An incident of the Defender surface or of Graph, exported with its alerts. Alerts of both have no list of alerts. */
function isIncident(value: Members): boolean {
  return Array.isArray(value.alerts) && ('incidentId' in value || ('id' in value && 'displayName' in value));
}

function readAlert(value: unknown): AlertDraft | AlertProblem {
  try {
    const record = asRecord(value);
    return readerOf(record)(record);
  } catch (error) {
    if (error instanceof Fault) return { reason: error.message };
    throw error;
  }
}

function readerOf(record: Members): (record: Members) => AlertDraft {
  if (isOwnAlert(record)) return readOwnAlert;
  if (isOcsfEvent(record)) return readOcsfFinding;
  if (isDefenderAlert(record)) return readDefenderAlert;
  if (isEndpointAlert(record)) return readEndpointAlert;
  if (isGraphAlert(record)) return readGraphAlert;
  throw new Fault(
    `It has none of the known forms: schema "${ownSchema}", class_uid 2004 (OCSF), or an alert or incident of Defender or Graph.`,
  );
}
