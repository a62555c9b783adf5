// New alerts: stored, correlated into incidents, and noted, in one transaction. An alert that is there already is left as
// it is, so that raising everything again is always safe.
import type { Alert, AlertDraft } from '../alerts/alert.ts';
import { insertAlerts, listNewDrafts } from '../alerts/records.ts';
import { type Change, noteChanges } from '../changes/changes.ts';
import type { Services } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { openGeo } from '../geo/geo.ts';
import { hourMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import { noteDevices } from '../machines/machines.ts';
import { type CorrelationBounds, correlate, type Newcomer, type Placement } from './correlate.ts';
import { findNeighbours, type Neighbour } from './correlation-store.ts';
import { type IncidentRecord, noDetails } from './incident-record.ts';
import { absorb } from './merging.ts';
import { rebuild } from './rebuild.ts';
import { findRecords, giveNumber } from './rows.ts';
import { correlatingKeys } from './shared-things.ts';

export type RaiseServices = Pick<Services, 'store' | 'clock' | 'config'>;

/**
 * Raises the alerts that are new and returns them; those that `drafts` holds twice count once. `also` runs in the same
 * transaction, with the same alerts, even when none is new: what it writes is there exactly when the alerts are.
 */
export async function raiseAlerts(
  services: RaiseServices,
  tenantId: TenantId,
  drafts: readonly AlertDraft[],
  also?: (trx: Trx, raised: readonly Alert[]) => Promise<void>,
): Promise<readonly Alert[]> {
  // Reading the databases of addresses takes a while the first time; no other change should wait for it.
  if (drafts.length > 0) await openGeo(services.config);
  return await services.store.change(tenantId, async (trx) => {
    const raised = await raiseAlertsIn(trx, services, tenantId, drafts);
    await also?.(trx, raised);
    return raised;
  });
}

/** The same within a change of the tenant that the caller has begun. */
export async function raiseAlertsIn(
  trx: Trx,
  services: Pick<RaiseServices, 'clock' | 'config'>,
  tenantId: TenantId,
  drafts: readonly AlertDraft[],
): Promise<readonly Alert[]> {
  const fresh = await listNewDrafts(trx, tenantId, drafts);
  if (fresh.length === 0) return [];
  const keysOf = await correlatingKeys(trx, tenantId, await openGeo(services.config));
  const newcomers = fresh.map((draft) => ({
    alertId: draft.alertId,
    keys: keysOf(draft),
    first: draft.firstActivityTicks,
    last: draft.lastActivityTicks,
  }));
  const bounds = boundsOf(services);
  const neighbours = await findAllNeighbours(trx, tenantId, newcomers, bounds);
  const records = await findRecords(
    trx,
    tenantId,
    neighbours.map(({ incidentId }) => incidentId),
  );
  const placements = correlate(newcomers, neighbours, [...records.values()].map(candidateOf), bounds);
  const raised = await place(trx, tenantId, { fresh, records, placements, nowMs: services.clock() });
  await noteDevices(trx, tenantId, raised, services.config.machinesPerTenantMax);
  return raised;
}

export function boundsOf({ config }: Pick<Services, 'config'>): CorrelationBounds {
  return {
    window: ticksOfMs(config.correlationWindowHours * hourMs),
    span: ticksOfMs(config.incidentSpanHours * hourMs),
    alertsMax: config.incidentAlertsMax,
  };
}

function candidateOf(record: IncidentRecord) {
  const { incidentId, createdTicks, alertCount, firstActivityTicks, lastActivityTicks } = record;
  const isMovedByHand = record.reasons.some((reason) => 'from' in reason);
  return {
    incidentId,
    created: createdTicks,
    alertCount,
    first: firstActivityTicks,
    last: lastActivityTicks,
    mayMerge: record.sourceTicks === null && !isMovedByHand,
  };
}

async function findAllNeighbours(
  db: Db,
  tenantId: TenantId,
  newcomers: readonly Newcomer[],
  { window, alertsMax }: CorrelationBounds,
): Promise<Neighbour[]> {
  const keys = new Map<string, Set<string>>();
  for (const { kind, key } of newcomers.flatMap((newcomer) => newcomer.keys)) {
    const known = keys.get(kind);
    if (known) known.add(key);
    else keys.set(kind, new Set([key]));
  }
  const times = newcomers.map(({ last }) => last);
  const from = times.reduce((least, time) => (time < least ? time : least)) - window;
  const to = times.reduce((most, time) => (time > most ? time : most)) + window;
  const found: Neighbour[] = [];
  for (const [kind, of] of keys) {
    found.push(...(await findNeighbours(db, tenantId, { kind, keys: [...of], from, to, alertsMax })));
  }
  return found;
}

interface Placing {
  readonly fresh: readonly AlertDraft[];
  readonly records: ReadonlyMap<number, IncidentRecord>;
  readonly placements: readonly Placement[];
  readonly nowMs: number;
}

async function place(
  trx: Trx,
  tenantId: TenantId,
  { fresh, records, placements, nowMs }: Placing,
): Promise<readonly Alert[]> {
  const now = ticksOfMs(nowMs);
  const changes: Change[] = [];
  const note = (subject: Change['subject'], subjectId: string, change: Change['change']): void => {
    changes.push({ subject, subjectId, change, at: nowMs });
  };
  const placed = new Map<string, IncidentRecord>();
  const targets: IncidentRecord[] = [];
  for (const { incidentId, alertIds, absorbs, links } of placements) {
    let target = incidentId === null ? undefined : records.get(incidentId);
    target ??= newIncident(await giveNumber(trx, tenantId), now);
    for (const source of absorbs.flatMap((id) => records.get(id) ?? [])) {
      const absorbed = await absorb(trx, tenantId, target, source, now);
      target = absorbed.target;
      for (const { alertId } of absorbed.movedAlerts) note('alert', alertId, 'updated');
      note('incident', String(source.incidentId), 'updated');
    }
    target = { ...target, reasons: [...target.reasons, ...links] };
    targets.push(target);
    for (const alertId of alertIds) placed.set(alertId, target);
  }
  const raised = await insertAlerts(trx, tenantId, fresh, ({ alertId }) => {
    const incident = placed.get(alertId);
    if (!incident) throw new Error(`Alert ${alertId} was placed nowhere.`);
    return incident.incidentId;
  });
  for (const { alertId } of raised) note('alert', alertId, 'created');
  for (const target of targets) {
    await rebuild(trx, tenantId, target, now);
    note('incident', String(target.incidentId), records.has(target.incidentId) ? 'updated' : 'created');
  }
  await noteChanges(trx, tenantId, changes);
  return raised;
}

/** An incident that gets its alerts, name and severity when it is rebuilt. */
export function newIncident(incidentId: number, now: bigint): IncidentRecord {
  return {
    ...noDetails,
    incidentId,
    createdTicks: now,
    updatedTicks: now - 1n,
    sourceTicks: null,
    status: 'Active',
    severity: 'UnSpecified',
    classification: 'unknown',
    determination: 'unknown',
    firstActivityTicks: null,
    lastActivityTicks: null,
    alertCount: 0,
  };
}
