// Alerts of other products on their way in: each in one of the forms that docs/alert-schema.md lists. New ones are raised,
// and so correlated into incidents; a later state of a known one takes its place, in its incident as well.
import { noteChanges } from '../../changes/changes.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { raiseAlerts } from '../../incidents/raise.ts';
import { rebuild } from '../../incidents/rebuild.ts';
import { findRecords } from '../../incidents/rows.ts';
import { TooLarge } from '../../lib/failures.ts';
import { ticksOfMs } from '../../lib/ticks.ts';
import { noteDevices } from '../../machines/machines.ts';
import type { Alert, AlertDraft } from '../alert.ts';
import { isOwnAlertId, ownIdReason } from '../alert-keys.ts';
import { everyAlert } from '../condition.ts';
import { findAlertsByAlertIds, replaceAlerts, storedBytesOf } from '../records.ts';
import { countAlerts } from '../store.ts';
import { type IngestedKind, type IngestResult, ingestRecords, type StoredBatch } from './ingestion.ts';
import { type AlertProblem, isAlertProblem, readAlerts } from './read-alerts.ts';

/** Stores the alerts of a stream for the caller's tenant. Needs Ingest.write. See {@link ingestRecords}. */
export async function ingestAlerts(ctx: Ctx, stream: AsyncIterable<Buffer>, source: string): Promise<IngestResult> {
  const room = new Room(ctx);
  const kind: IngestedKind<AlertDraft> = {
    name: 'alerts',
    read: (record, bytes) => bounded(readAlerts(record), bytes, ctx.config.alertStoredBytesMax),
    idOf: ({ alertId }) => alertId,
    isLater: (draft, other) => updatedOf(draft) > updatedOf(other),
    store: (batch) => storeBatch(ctx, batch, room),
  };
  return await ingestRecords(ctx, stream, source, kind);
}

/** Mapping never makes an alert so much larger that a record far below the bound would pass it. */
const growthMax = 4;

function bounded(
  read: readonly (AlertDraft | AlertProblem)[],
  bytes: number,
  bytesMax: number,
): readonly (AlertDraft | AlertProblem)[] {
  if (bytes * growthMax <= bytesMax) return read;
  return read.map((each) =>
    isAlertProblem(each) || storedBytesOf(each) <= bytesMax
      ? each
      : { reason: `Alert ${each.alertId} is larger than ${bytesMax} bytes (setting alertStoredBytesMax).` },
  );
}

function updatedOf({ life, createdTicks }: AlertDraft): bigint {
  return life?.updatedTicks ?? createdTicks;
}

/** How many more alerts the tenant may have, as far as this ingestion knows; counted once, because counting takes long. */
class Room {
  readonly #ctx: Ctx;
  #present: number | undefined;

  constructor(ctx: Ctx) {
    this.#ctx = ctx;
  }

  /** Throws TooLarge when so many more are too many. */
  async require(more: number): Promise<void> {
    const { config, store, caller } = this.#ctx;
    const most = config.alertsPerTenantMax;
    this.#present ??= await countAlerts(store.db, caller.tenantId, everyAlert, most + 1);
    if (this.#present + more <= most) return;
    throw new TooLarge(`The tenant would have more than ${most} alerts (setting alertsPerTenantMax).`);
  }

  took(added: number): void {
    this.#present = (this.#present ?? 0) + added;
  }
}

async function storeBatch(ctx: Ctx, given: readonly AlertDraft[], room: Room): Promise<StoredBatch> {
  const { tenantId } = ctx.caller;
  const ids = given.map(({ alertId }) => alertId);
  const known = await findAlertsByAlertIds(ctx.store.db, tenantId, ids);
  const refused = claimedIds(given, known);
  const batch = given.filter(({ alertId }) => !refused.has(alertId));
  await room.require(batch.length - known.length);
  let replaced = 0;
  const raised = await raiseAlerts(ctx, tenantId, batch, async (trx, fresh) => {
    const isFresh = new Set(fresh.map(({ alertId }) => alertId));
    const later = await replaceKnown(
      ctx,
      trx,
      batch.filter(({ alertId }) => !isFresh.has(alertId)),
    );
    replaced = later.length;
    // Raising has noted those of the new ones.
    await noteDevices(trx, tenantId, later, ctx.config.machinesPerTenantMax);
  });
  room.took(raised.length);
  return { added: raised.length, replaced, refused };
}

/** Ids that only our own alerts have, and that are none of those which were raised here. */
function claimedIds(drafts: readonly AlertDraft[], known: readonly Alert[]): Map<string, string> {
  const own = new Set(known.flatMap(({ alertId, policyId }) => (policyId === null ? [] : alertId)));
  const claimed = drafts.filter(({ alertId }) => isOwnAlertId(alertId) && !own.has(alertId));
  return new Map(claimed.map(({ alertId }) => [alertId, ownIdReason(alertId)]));
}

/**
 * Takes over the states that are later than the stored ones, and returns those alerts. What our own policies raised is
 * never replaced: it is nobody else's to tell.
 */
async function replaceKnown(ctx: Ctx, trx: Trx, drafts: readonly AlertDraft[]): Promise<Alert[]> {
  if (drafts.length === 0) return [];
  const { tenantId } = ctx.caller;
  const byId = new Map(drafts.map((draft) => [draft.alertId, draft]));
  const stored = await findAlertsByAlertIds(trx, tenantId, [...byId.keys()]);
  const later = stored.flatMap((alert) => {
    const draft = byId.get(alert.alertId);
    return draft && alert.policyId === null && updatedOf(draft) > alert.updatedTicks ? [replacedBy(alert, draft)] : [];
  });
  if (later.length === 0) return [];
  await replaceAlerts(trx, tenantId, later);
  const at = ctx.clock();
  const records = await findRecords(
    trx,
    tenantId,
    later.flatMap(({ incidentId }) => incidentId ?? []),
  );
  for (const record of records.values()) await rebuild(trx, tenantId, record, ticksOfMs(at));
  await noteChanges(trx, tenantId, [
    ...later.map(({ alertId }) => ({ subject: 'alert', subjectId: alertId, change: 'updated', at }) as const),
    ...[...records.keys()].map(
      (id) => ({ subject: 'incident', subjectId: String(id), change: 'updated', at }) as const,
    ),
  ]);
  return later;
}

/** Comments that were made here stay beside those that came. */
function replacedBy(alert: Alert, { life, ...draft }: AlertDraft): Alert {
  const own = alert.comments.filter((comment) => !life?.comments?.some((each) => isSame(each, comment)));
  return { ...alert, ...draft, ...life, comments: [...own, ...(life?.comments ?? [])] };
}

function isSame(left: Alert['comments'][number], right: Alert['comments'][number]): boolean {
  return left.comment === right.comment && left.createdTime === right.createdTime;
}
