// States of incidents that another product made, on their way into the store: each alert becomes a record of its own, in
// one incident only. What people did here stays: comments and tags of both sides are kept, an incident that was merged
// here stays so, and of a status or an assignee the later one counts.
import type { Alert, AlertDraft, Members } from '../alerts/alert.ts';
import { isOwnAlertId } from '../alerts/alert-keys.ts';
import { findAlertsByAlertIds, insertAlerts, listAlertsOfIncidents, replaceAlerts } from '../alerts/records.ts';
import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { noteDevices } from '../machines/machines.ts';
import { draftOfWire } from './alert-wire.ts';
import { bounded } from './bounds.ts';
import { withAlerts } from './following-alerts.ts';
import type { Incident } from './incident.ts';
import { type IncidentComment, type IncidentRecord, noDetails } from './incident-record.ts';
import { incidentBody } from './incident-wire.ts';
import { findRecords, writeRecords } from './rows.ts';
import { findClassification, findDetermination, findSeverity } from './vocabulary.ts';

export interface TakenIn {
  /** New incidents, and those of which this is a later state. */
  readonly stored: readonly number[];
  readonly replaced: readonly number[];
  /** Numbers that incidents of this server have: what came under them is not stored. */
  readonly ours: readonly number[];
  /** Incidents that name an alert by an id that only our own ones have: these are not stored. Number to that id. */
  readonly claiming: ReadonlyMap<number, string>;
  readonly alertsCreated: readonly string[];
  readonly alertsChanged: readonly string[];
  /** Other incidents whose alerts changed by it. */
  readonly touched: readonly number[];
}

interface State {
  readonly incident: Incident;
  readonly wire: Members;
  readonly stored: IncidentRecord | undefined;
  /** Where its alerts go: here, or to the incident that it was merged into here. */
  readonly home: number;
  readonly drafts: ReadonlyMap<string, AlertDraft>;
}

/** Stores the states that are later than what is known. No number may occur twice. Within a change of the tenant. */
export async function takeIn(
  trx: Trx,
  tenantId: TenantId,
  incidents: readonly Incident[],
  now: bigint,
  machinesMax: number,
): Promise<TakenIn> {
  const known = await findRecords(
    trx,
    tenantId,
    incidents.map(({ incidentId }) => incidentId),
  );
  const ours = incidents.filter(
    ({ incidentId }) => known.has(incidentId) && known.get(incidentId)?.sourceTicks === null,
  );
  const came: State[] = [];
  for (const incident of incidents) {
    const record = known.get(incident.incidentId);
    const isLater = !record || (record.sourceTicks !== null && incident.updatedTicks > record.sourceTicks);
    if (isLater) came.push(await stateOf(trx, tenantId, incident, record));
  }
  const claiming = await findClaiming(trx, tenantId, came);
  const states = came.filter(({ incident }) => !claiming.has(incident.incidentId));
  const later = states.map(({ incident }) => incident);
  const drafts = states.flatMap((state) => [...state.drafts.values()]);
  await noteDevices(trx, tenantId, drafts, machinesMax);
  const moved = await storeAlerts(trx, tenantId, states);
  const touched = await storeIncidents(trx, tenantId, states, moved, now);
  const idsOf = (of: readonly Incident[]): number[] => of.map(({ incidentId }) => incidentId);
  return {
    stored: idsOf(later),
    replaced: idsOf(later.filter(({ incidentId }) => known.has(incidentId))),
    ours: idsOf(ours),
    claiming,
    alertsCreated: moved.created.map(alertIdOf),
    alertsChanged: moved.changed,
    touched,
  };
}

/** An alert that was raised here may be named by whatever incident it was moved to; one that was not is none of theirs. */
async function findClaiming(trx: Trx, tenantId: TenantId, states: readonly State[]): Promise<Map<number, string>> {
  const claimed = states.flatMap(({ incident, drafts }) =>
    [...drafts.keys()].filter(isOwnAlertId).map((alertId) => ({ incidentId: incident.incidentId, alertId })),
  );
  if (claimed.length === 0) return new Map();
  const ids = claimed.map(({ alertId }) => alertId);
  const raised = (await findAlertsByAlertIds(trx, tenantId, ids)).filter(({ policyId }) => policyId !== null);
  const own = new Set(raised.map(alertIdOf));
  return new Map(
    claimed.filter(({ alertId }) => !own.has(alertId)).map(({ incidentId, alertId }) => [incidentId, alertId]),
  );
}

async function stateOf(
  trx: Trx,
  tenantId: TenantId,
  incident: Incident,
  stored: IncidentRecord | undefined,
): Promise<State> {
  const wire = JSON.parse(incident.body) as Members; // Written by readIncident.
  const alerts = Array.isArray(wire.alerts) ? (wire.alerts as readonly Members[]) : []; // As above.
  const drafts = new Map(alerts.map(draftOfWire).map((draft) => [draft.alertId, draft]));
  const home = stored && isMergedHere(stored) ? await endOf(trx, tenantId, stored) : incident.incidentId;
  return { incident, wire, stored, home, drafts };
}

const isChangedHere = ({ updatedTicks, sourceTicks }: IncidentRecord): boolean => updatedTicks !== sourceTicks;

function isMergedHere(record: IncidentRecord): boolean {
  return record.status === 'Redirected' && record.redirectIncidentId !== null && isChangedHere(record);
}

/** An incident that took another one may itself have been taken; nobody merges so often that this takes long. */
async function endOf(trx: Trx, tenantId: TenantId, record: IncidentRecord): Promise<number> {
  const passed = new Set<number>();
  let at = record;
  while (at.status === 'Redirected' && at.redirectIncidentId !== null && !passed.has(at.incidentId)) {
    passed.add(at.incidentId);
    const next = (await findRecords(trx, tenantId, [at.redirectIncidentId])).get(at.redirectIncidentId);
    if (!next) return at.incidentId;
    at = next;
  }
  return at.incidentId;
}

interface Moved {
  readonly created: readonly Alert[];
  readonly changed: readonly string[];
  /** Incidents other than those that came in which alerts went to, or were taken from. */
  readonly left: ReadonlySet<number>;
}

async function storeAlerts(trx: Trx, tenantId: TenantId, states: readonly State[]): Promise<Moved> {
  const latest = new Map<string, { readonly draft: AlertDraft; readonly state: State }>();
  for (const state of [...states].sort((a, b) => (a.incident.updatedTicks < b.incident.updatedTicks ? -1 : 1))) {
    for (const draft of state.drafts.values()) latest.set(draft.alertId, { draft, state });
  }
  const known = await findAlertsByAlertIds(trx, tenantId, [...latest.keys()]);
  const holders = await findRecords(
    trx,
    tenantId,
    known.flatMap(({ incidentId }) => incidentId ?? []),
  );
  const left = new Set<number>();
  const changed: Alert[] = [];
  for (const alert of known) {
    const found = latest.get(alert.alertId);
    if (!found) continue;
    // What our own policies raised is nobody else's to tell, whatever incident names it.
    if (alert.policyId !== null) continue;
    const holder = alert.incidentId === null ? undefined : holders.get(alert.incidentId);
    const home = stays(alert, holder, found.state) ? (alert.incidentId ?? found.state.home) : found.state.home;
    const isLater = (found.draft.life?.updatedTicks ?? 0n) > alert.updatedTicks;
    if (!isLater && home === alert.incidentId) continue;
    if (alert.incidentId !== null) left.add(alert.incidentId);
    left.add(home);
    changed.push({ ...(isLater ? laterState(alert, found.draft) : alert), incidentId: home });
  }
  await replaceAlerts(trx, tenantId, changed);
  const isKnown = new Set(known.map(({ alertId }) => alertId));
  const fresh = [...latest.values()].filter(({ draft }) => !isKnown.has(draft.alertId));
  for (const { state } of fresh) left.add(state.home);
  const created = await insertAlerts(
    trx,
    tenantId,
    fresh.map(({ draft }) => draft),
    ({ alertId }) => latest.get(alertId)?.state.home ?? 0,
  );
  return { created, changed: changed.map(alertIdOf), left };
}

const alertIdOf = ({ alertId }: Alert): string => alertId;

/** An alert stays where somebody moved it, and where a later state of another incident says that it is. */
function stays(alert: Alert, holder: IncidentRecord | undefined, { home, incident }: State): boolean {
  if (!holder || holder.incidentId === home) return holder !== undefined;
  if (holder.sourceTicks === null || holder.sourceTicks >= incident.updatedTicks) return true;
  return holder.reasons.some((reason) => 'from' in reason && reason.alertId === alert.alertId);
}

/** What another product says later about its alert; comments that were made here stay. */
function laterState(alert: Alert, { life, ...draft }: AlertDraft): Alert {
  const comments = [...(life?.comments ?? [])];
  const said = new Set(comments.map(({ comment, createdTime }) => `${createdTime} ${comment}`));
  for (const each of alert.comments) if (!said.has(`${each.createdTime} ${each.comment}`)) comments.push(each);
  return { ...alert, ...draft, ...life, comments };
}

/** Writes the incidents that came, and those beside them whose alerts changed. Returns the latter. */
async function storeIncidents(
  trx: Trx,
  tenantId: TenantId,
  states: readonly State[],
  { created, left }: Moved,
  now: bigint,
): Promise<number[]> {
  const came = new Set(states.map(({ incident }) => incident.incidentId));
  const others = await findRecords(
    trx,
    tenantId,
    [...left].filter((id) => !came.has(id)),
  );
  const justMade = groupByIncident(created);
  // Bodies of many incidents would be much to hold at once, alerts as records even more.
  const groupSize = 50;
  for (let start = 0; start < states.length; start += groupSize) {
    const group = states.slice(start, start + groupSize);
    const read = group.filter((state) => !isAllNew(state, justMade));
    const alerts = await listAlertsOfIncidents(
      trx,
      tenantId,
      read.map(({ incident }) => incident.incidentId),
    );
    const written = group.map((state) => {
      const { incidentId } = state.incident;
      return incidentOf(state, alerts.get(incidentId) ?? justMade.get(incidentId) ?? []);
    });
    await writeRecords(trx, tenantId, written);
  }
  for (const [id, record] of others) {
    const alerts = (await listAlertsOfIncidents(trx, tenantId, [id])).get(id) ?? [];
    const updatedTicks = now > record.updatedTicks ? now : record.updatedTicks + 1n;
    const changed = withAlerts({ ...bounded(record), updatedTicks }, alerts);
    await writeRecords(trx, tenantId, [{ record: changed, body: incidentBody(changed, alerts) }]);
  }
  return [...others.keys()];
}

/** Oldest first, as they are read. */
function groupByIncident(alerts: readonly Alert[]): ReadonlyMap<number | null, readonly Alert[]> {
  const inOrder = [...alerts].sort((left, right) =>
    left.createdTicks === right.createdTicks
      ? left.id < right.id
        ? -1
        : 1
      : left.createdTicks < right.createdTicks
        ? -1
        : 1,
  );
  return Map.groupBy(inOrder, ({ incidentId }) => incidentId);
}

/** Whether all alerts of the incident were made just now: then none of it is to be read. */
function isAllNew(
  { incident, stored, drafts }: State,
  justMade: ReadonlyMap<number | null, readonly Alert[]>,
): boolean {
  return stored === undefined && justMade.get(incident.incidentId)?.length === drafts.size;
}

/** As it came where nothing was done to it here, otherwise made of both. */
function incidentOf(state: State, alerts: readonly Alert[]): { record: IncidentRecord; body: string } {
  const { stored, incident, drafts } = state;
  const arrived = recordOfWire(incident, state.wire);
  const isSaidThere = ({ alertId, policyId }: Alert): boolean => policyId === null && drafts.has(alertId);
  const isAsItCame = alerts.length === drafts.size && alerts.every(isSaidThere);
  if (isAsItCame && (!stored || !isChangedHere(stored))) {
    return { record: withAlerts(arrived, alerts), body: incident.body };
  }
  const record = withAlerts(bounded(stored ? together(stored, arrived) : arrived), alerts);
  return { record, body: incidentBody(record, alerts) };
}

function together(stored: IncidentRecord, arrived: IncidentRecord): IncidentRecord {
  if (!isChangedHere(stored)) return { ...arrived, reasons: stored.reasons };
  const { updatedTicks, sourceTicks } = arrived;
  const isLater = updatedTicks > stored.updatedTicks && !isMergedHere(stored);
  return {
    ...(isLater ? { ...stored, ...withoutDefaults(arrived) } : stored),
    sourceTicks,
    updatedTicks: updatedTicks > stored.updatedTicks ? updatedTicks : stored.updatedTicks + 1n,
    tags: [...new Set([...arrived.tags, ...stored.tags])],
    comments: withoutRepeated([...stored.comments, ...arrived.comments]),
    reasons: stored.reasons,
  };
}

/** What the documented form has no member for stays as it was set here. */
function withoutDefaults(arrived: IncidentRecord): Partial<IncidentRecord> {
  const { description: _d, summary: _s, resolvingComment: _r, lastModifiedBy: _l, ...rest } = arrived;
  return rest;
}

function withoutRepeated(comments: readonly IncidentComment[]): IncidentComment[] {
  const keyOf = ({ comment, createdTime }: IncidentComment): string => `${createdTime ?? ''} ${comment}`;
  return [...new Map(comments.map((each) => [keyOf(each), each])).values()];
}

const members: ReadonlySet<string> = new Set([
  'incidentId',
  'redirectIncidentId',
  'incidentName',
  'createdTime',
  'lastUpdateTime',
  'assignedTo',
  'classification',
  'determination',
  'status',
  'severity',
  'tags',
  'comments',
  'alerts',
]);

function recordOfWire({ incidentId, createdTicks, updatedTicks, status }: Incident, wire: Members): IncidentRecord {
  const text = (name: string): string => (typeof wire[name] === 'string' ? wire[name] : '');
  return {
    ...noDetails,
    incidentId,
    createdTicks,
    updatedTicks,
    sourceTicks: updatedTicks,
    status,
    name: text('incidentName'),
    isNameGiven: true,
    isSeverityGiven: true,
    severity: findSeverity(text('severity')) ?? 'UnSpecified',
    classification: findClassification(text('classification')) ?? text('classification'),
    determination: findDetermination(text('determination')) ?? text('determination'),
    assignedTo: text('assignedTo') || null,
    tags: wire.tags as readonly string[], // readIncident has made texts, comments and a number or null of these.
    comments: wire.comments as readonly IncidentComment[],
    redirectIncidentId: wire.redirectIncidentId as number | null,
    extra: Object.fromEntries(Object.entries(wire).filter(([name]) => !members.has(name))),
    firstActivityTicks: null,
    lastActivityTicks: null,
    alertCount: 0,
  };
}
