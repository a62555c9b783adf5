// Changes of incidents by people and apps, for all surfaces: only what is given changes. Resolving an incident resolves
// its alerts, and classifying it classifies them, as the documented service does.
import type { Permission } from '../access/permissions.ts';
import type { Alert, AlertLifeChange, Classification } from '../alerts/alert.ts';
import { changedAlert, fittingDetermination } from '../alerts/life.ts';
import { listAlertsOfIncident, updateAlerts } from '../alerts/records.ts';
import { recordAudit } from '../audit/audit.ts';
import { noteChanges } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { changeAs } from '../directory/present-rights.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { formatTicks, ticksOfMs } from '../lib/ticks.ts';
import { nameOf } from './alert-changes.ts';
import { hasRoomFor } from './bounds.ts';
import type { IncidentStatus } from './incident.ts';
import type { IncidentRecord } from './incident-record.ts';
import { rebuild } from './rebuild.ts';
import { findRecords } from './rows.ts';
import type { IncidentSeverity } from './vocabulary.ts';

export interface IncidentChange {
  readonly status?: Exclude<IncidentStatus, 'Redirected'>;
  /** Null for nobody. */
  readonly assignedTo?: string | null;
  readonly classification?: Classification;
  /** A stored word of vocabulary.ts; it must go with the classification. */
  readonly determination?: string;
  /** Takes the place of all tags. */
  readonly tags?: readonly string[];
  /** Added to the comments. */
  readonly comment?: string;
  readonly name?: string;
  readonly severity?: IncidentSeverity;
  readonly description?: string | null;
  readonly summary?: string | null;
  readonly resolvingComment?: string | null;
}

export interface ChangedIncident {
  readonly record: IncidentRecord;
  readonly alerts: readonly Alert[];
  /** As lists send it. */
  readonly body: string;
}

export const tagsMax = 100;

/**
 * Changes what is given of one incident. Needs the permission. Throws NotFound, a Conflict for an incident that is part
 * of another one, and InvalidInput for a determination that its classification does not have.
 */
export async function changeIncident(
  ctx: Ctx,
  permission: Permission,
  incidentId: number,
  change: IncidentChange,
): Promise<ChangedIncident> {
  const { tenantId } = ctx.caller;
  return await changeAs(ctx, permission, async (trx) => {
    const record = await getOwnRecord(trx, ctx, incidentId);
    const at = ctx.clock();
    const now = ticksOfMs(at);
    const changed = { ...apply(record, change, nameOf(ctx.caller), now), lastModifiedBy: nameOf(ctx.caller) };
    const alerts = await changeItsAlerts(trx, ctx, record, changed, change);
    const result = await rebuild(trx, tenantId, changed, now);
    await noteChanges(trx, tenantId, [
      ...alerts.map(({ alertId }) => ({ subject: 'alert', subjectId: alertId, change: 'updated', at }) as const),
      { subject: 'incident', subjectId: String(incidentId), change: 'updated', at },
    ]);
    await recordAudit(ctx, trx, {
      action: 'incident.change',
      target: { kind: 'incident', id: String(incidentId), name: record.name },
      details: { ...told(change), alertsChanged: alerts.length },
    });
    return result;
  });
}

/** Comments may say what belongs into no log; that there was one is told. */
function told({ comment, resolvingComment, ...rest }: IncidentChange): Record<string, unknown> {
  const commented = comment === undefined && resolvingComment === undefined ? {} : { commented: true };
  return { ...rest, ...commented };
}

/** An incident that can be changed. Throws NotFound, and a Conflict that names the one it is part of. */
export async function getOwnRecord(trx: Trx, ctx: Ctx, incidentId: number): Promise<IncidentRecord> {
  const record = (await findRecords(trx, ctx.caller.tenantId, [incidentId])).get(incidentId);
  if (!record) throw new NotFound(`Incident ${incidentId}`);
  if (record.status !== 'Redirected') return record;
  const where = record.redirectIncidentId === null ? 'another incident' : `incident ${record.redirectIncidentId}`;
  throw new Conflict(
    'incident-redirected',
    `Incident ${incidentId} was merged into ${where}. Change that one instead.`,
  );
}

function apply(record: IncidentRecord, change: IncidentChange, by: string, now: bigint): IncidentRecord {
  const { status, assignedTo, tags, comment, name, severity } = change;
  const { description, summary, resolvingComment } = change;
  if (comment !== undefined && !hasRoomFor(comment, record.comments)) {
    throw new Conflict(
      'too-many-comments',
      `Incident ${record.incidentId} has ${record.comments.length} comments and no room for this one.`,
    );
  }
  return {
    ...record,
    ...classified(record, change),
    ...given({ status, assignedTo, tags, description, summary, resolvingComment }),
    ...(name === undefined ? {} : { name, isNameGiven: true }),
    ...(severity === undefined ? {} : { severity, isSeverityGiven: true }),
    ...(comment === undefined ? {} : { comments: [commentOf(comment, by, now), ...record.comments] }),
  };
}

/** Newest first, as the documented answers have them. */
export function commentOf(comment: string, createdBy: string, now: bigint) {
  return { comment, createdBy, createdTime: formatTicks(now) };
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function given<T extends object>(members: T): Given<T> {
  // Entries of the object itself, those without a value left out.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** The verdict of the incident: the same rule as for alerts. */
function classified(
  record: IncidentRecord,
  change: Pick<IncidentChange, 'classification' | 'determination'>,
): Partial<IncidentRecord> {
  if (change.classification === undefined && change.determination === undefined) return {};
  const classification = change.classification ?? record.classification;
  return { classification, determination: fittingDetermination(record, change) };
}

async function changeItsAlerts(
  trx: Trx,
  ctx: Ctx,
  before: IncidentRecord,
  after: IncidentRecord,
  change: IncidentChange,
): Promise<readonly Alert[]> {
  const isResolving = after.status === 'Resolved' && before.status !== 'Resolved';
  const isClassifying = change.classification !== undefined || change.determination !== undefined;
  if (!isResolving && !isClassifying) return [];
  const { tenantId } = ctx.caller;
  const mark = { by: nameOf(ctx.caller), ticks: ticksOfMs(ctx.clock()) };
  const changed: Alert[] = [];
  for (const alert of await listAlertsOfIncident(trx, tenantId, before.incidentId)) {
    const wanted: AlertLifeChange = {
      ...(isClassifying ? classificationFor(alert, after) : {}),
      ...(isResolving && alert.status !== 'resolved' ? { status: 'resolved' } : {}),
    };
    if (Object.keys(wanted).length > 0) changed.push(changedAlert(alert, wanted, mark));
  }
  await updateAlerts(trx, tenantId, changed);
  return changed;
}

function classificationFor(alert: Alert, { classification, determination }: IncidentRecord): AlertLifeChange {
  if (alert.classification === classification && alert.determination === determination) return {};
  // What an ingested incident says in a word of its own is no classification of an alert.
  const known = classification as Classification; // `classified` let in no other when one of the two was given.
  return { classification: known, determination };
}
