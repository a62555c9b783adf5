// Alerts and incidents as hunting tables: AlertInfo, AlertEvidence, IncidentInfo. The control store is the truth, and every
// change of an alert or incident leaves a note in its transaction (changes/changes.ts). The notes are followed; the rows of
// what changed are made anew, and with them the tenant's position among the notes, in one transaction of the event store.
// So the tables agree with the notes up to that position whatever stops the process, and doing it again changes nothing.
import { setImmediate } from 'node:timers/promises';
import type { Alert } from '../../alerts/alert.ts';
import { findAlertsByAlertIds, listAlertIdsOfIncidents, listAlertsBehind } from '../../alerts/records.ts';
import { lastNote, listNotes } from '../../changes/changes.ts';
import type { Services } from '../../context.ts';
import type { Replacement } from '../../events/events.ts';
import { findRecords, listIncidentNumbers } from '../../incidents/rows.ts';
import type { TenantId } from '../../lib/ids.ts';
import { alertInfoOf, evidenceOf, incidentInfoOf } from './alert-rows.ts';
import { type Fields, ProjectedRows } from './projected-rows.ts';
import { positionOf, rowsAbout } from './projection-store.ts';

export type ProjectionServices = Pick<Services, 'store' | 'events' | 'clock' | 'log'>;

const notesAtOnce = 500;
/** An alert may have megabytes: so many are held at once. */
const alertsAtOnce = 16;
const incidentsAtOnce = 200;
/** Others have their turn after so many rows. */
const rowsBetweenPauses = 128;

/** Brings one tenant's rows up to its last note, and returns the number of that note. `position` is how far they were. */
export async function projectTenant(
  services: ProjectionServices,
  tenantId: TenantId,
  position: number | undefined,
  isStopped: () => boolean,
): Promise<number | undefined> {
  const { db } = services.store;
  let at = position;
  while (!isStopped()) {
    const notes = await listNotes(db, tenantId, at ?? 0, notesAtOnce);
    const [first] = notes;
    const last = notes.at(-1);
    // Without a position, or when notes are gone that were never followed, there is no telling what changed; nor when the
    // control store was restored from a copy that is older than these tables.
    const isLost = at === undefined || (first ? Number(first.sequence) > at + 1 : (await lastNote(db, tenantId)) < at);
    if (isLost) at = await projectAll(services, tenantId, isStopped);
    else if (at === undefined || !last) return at;
    else {
      const idsOf = (subject: string) => [
        ...new Set(notes.filter((note) => note.subject === subject).map(({ subjectId }) => subjectId)),
      ];
      await projectAlerts(services, tenantId, idsOf('alert'));
      const incidents = await replacementOfIncidents(services, tenantId, idsOf('incident').map(Number));
      at = Number(last.sequence);
      await services.events.replace([...incidents, positionOf(tenantId, at)]);
    }
  }
  return at;
}

/** All alerts and incidents that there are; what changes meanwhile is behind the returned position. */
async function projectAll(
  services: ProjectionServices,
  tenantId: TenantId,
  isStopped: () => boolean,
): Promise<number | undefined> {
  const { store, events } = services;
  const last = await lastNote(store.db, tenantId);
  for (let behind = ''; !isStopped(); ) {
    const alerts = await listAlertsBehind(store.db, tenantId, behind, alertsAtOnce);
    const end = alerts.at(-1);
    if (!end) break;
    behind = end.id;
    await replaceAlerts(
      services,
      tenantId,
      alerts,
      alerts.map(({ alertId }) => alertId),
    );
  }
  for (let behind = 0; !isStopped(); ) {
    const numbers = await listIncidentNumbers(store.db, tenantId, behind, incidentsAtOnce);
    const end = numbers.at(-1);
    if (end === undefined) break;
    behind = end;
    await events.replace(await replacementOfIncidents(services, tenantId, numbers));
  }
  if (isStopped()) return undefined;
  await events.replace([positionOf(tenantId, last)]);
  return last;
}

async function projectAlerts(
  services: ProjectionServices,
  tenantId: TenantId,
  alertIds: readonly string[],
): Promise<void> {
  for (let start = 0; start < alertIds.length; start += alertsAtOnce) {
    const some = alertIds.slice(start, start + alertsAtOnce);
    await replaceAlerts(services, tenantId, await findAlertsByAlertIds(services.store.db, tenantId, some), some);
  }
}

/** Puts the alerts' rows in the place of those that the ids have; an id whose alert is gone has none then. */
async function replaceAlerts(
  services: ProjectionServices,
  tenantId: TenantId,
  alerts: readonly Alert[],
  alertIds: readonly string[],
): Promise<void> {
  const { events, clock } = services;
  const infos = new ProjectedRows('AlertInfo', tenantId, clock());
  const evidence = new ProjectedRows('AlertEvidence', tenantId, clock());
  let count = 0;
  for (const alert of alerts) {
    add(services, infos, alertInfoOf(alert));
    for (const fields of evidenceOf(alert)) {
      add(services, evidence, fields);
      if (++count % rowsBetweenPauses === 0) await setImmediate();
    }
  }
  const where = rowsAbout(tenantId, 'AlertId', alertIds);
  await events.replace([infos, evidence].map((rows) => ({ where, rows: rows.take().rows })));
}

/** A row that does not fit is left without what nobody checked, and never holds up the others. */
function add({ log }: ProjectionServices, rows: ProjectedRows, fields: Fields): void {
  const problem = rows.add(fields);
  if (problem === undefined) return;
  log.warn({ alert: fields.AlertId, problem }, 'a part of an alert cannot be hunted');
  const { AdditionalFields: _unchecked, ...others } = fields;
  rows.add(others);
}

async function replacementOfIncidents(
  { store: { db }, clock }: ProjectionServices,
  tenantId: TenantId,
  incidentIds: readonly number[],
): Promise<Replacement[]> {
  if (incidentIds.length === 0) return [];
  const records = await findRecords(db, tenantId, incidentIds);
  const alertIds = await listAlertIdsOfIncidents(db, tenantId, [...records.keys()]);
  const rows = new ProjectedRows('IncidentInfo', tenantId, clock());
  for (const record of records.values()) rows.add(incidentInfoOf(record, alertIds.get(record.incidentId) ?? []));
  return [{ where: rowsAbout(tenantId, 'IncidentId', incidentIds), rows: rows.take().rows }];
}
