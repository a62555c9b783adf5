// The records behind deliveries, as they are at the moment of an attempt: nothing of them is kept in between.
import { type Alert, type Members, severities } from '../alerts/alert.ts';
import { findAlertsByAlertIds, listAlertsOfIncident } from '../alerts/records.ts';
import type { Services } from '../context.ts';
import type { Db } from '../db/store.ts';
import { alertWire } from '../incidents/alert-wire.ts';
import { incidentBody } from '../incidents/incident-wire.ts';
import { findRecords } from '../incidents/rows.ts';
import { incidentSeverities } from '../incidents/vocabulary.ts';
import { isoTime } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { genericUrl } from '../listening/names.ts';
import { findActionToDeliver } from '../machines/actions.ts';
import { findPolicyProblem } from '../policies/problems.ts';

export type SubjectServices = Pick<Services, 'store' | 'keys' | 'names' | 'config' | 'clock'>;

/** `alert` of `alert.created`. */
export function subjectOf(type: string): string {
  return type.slice(0, type.lastIndexOf('.'));
}

export async function findAlert(db: Db, tenantId: TenantId, alertId: string): Promise<Alert | undefined> {
  const [alert] = await findAlertsByAlertIds(db, tenantId, [alertId]);
  return alert;
}

/** Places in the list of severities from informational up, by alertId; those that are not there are left out. */
export async function alertSeverities(
  db: Db,
  tenantId: TenantId,
  alertIds: readonly string[],
): Promise<Map<string, number>> {
  const alerts = await findAlertsByAlertIds(db, tenantId, alertIds);
  return new Map(alerts.map(({ alertId, severity }) => [alertId, severities.indexOf(severity)]));
}

/** The same for incidents, by number; one without a severity counts as informational. */
export async function incidentSeverityPlaces(
  db: Db,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const records = await findRecords(db, tenantId, ids.map(Number));
  return new Map(
    [...records].map(([id, { severity }]) => [String(id), Math.max(incidentSeverities.indexOf(severity) - 1, 0)]),
  );
}

/** The record as webhooks get it; undefined when it is gone. */
export async function findSubject(
  services: SubjectServices,
  tenantId: TenantId,
  type: string,
  id: string,
): Promise<Members | undefined> {
  const { db } = services.store;
  switch (subjectOf(type)) {
    case 'alert': {
      const alert = await findAlert(db, tenantId, id);
      return alert && alertWire(alert);
    }
    case 'incident': {
      const record = (await findRecords(db, tenantId, [Number(id)])).get(Number(id));
      if (!record) return undefined;
      const body = incidentBody(record, await listAlertsOfIncident(db, tenantId, record.incidentId));
      return JSON.parse(body) as Members; // It was made from an object.
    }
    case 'machine-action': {
      const found = await findActionToDeliver(services, tenantId, id);
      if (!found) return undefined;
      const reportUrl = `${genericUrl(services.names)}${found.reportPath}`;
      return { action: found.action, reportUrl, report: found.report };
    }
    case 'policy-problem': {
      const problem = await findPolicyProblem(db, tenantId, id);
      return problem && { ...problem, at: isoTime(problem.at) };
    }
    default:
      return undefined;
  }
}

export interface EventToSend {
  readonly id: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tenantId: TenantId;
  readonly data: Members;
}

/** Lists that may be long; they are left out where the whole is too long. */
const longLists = ['alerts', 'entities', 'devices', 'comments'] as const;
const idNames = ['alertId', 'incidentId'] as const;

/** The body of a webhook, of `bytesMax` at most: `truncated` says that members of the record are missing. */
export function bodyOf({ id, type, at, tenantId, data }: EventToSend, bytesMax: number): string {
  const head = { id, type, time: isoTime(at), tenantId };
  const whole = JSON.stringify({ ...head, data });
  if (Buffer.byteLength(whole) <= bytesMax) return whole;
  const isLong = (name: string): boolean => longLists.some((each) => each === name);
  const short = Object.fromEntries(Object.entries(data).filter(([name]) => !isLong(name)));
  const shorter = JSON.stringify({ ...head, truncated: true, data: short });
  if (Buffer.byteLength(shorter) <= bytesMax) return shorter;
  const ids = Object.fromEntries(idNames.flatMap((name) => (name in data ? [[name, data[name]]] : [])));
  return JSON.stringify({ ...head, truncated: true, data: ids });
}
