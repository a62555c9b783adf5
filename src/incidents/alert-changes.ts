// Changes in the lives of alerts (closing, reading, assigning, commenting), for all surfaces. What an alert says, its
// incident says too, so both change in one transaction.
import { type Caller, scopeOf } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { Alert, AlertLifeChange } from '../alerts/alert.ts';
import { reachedBy } from '../alerts/alerts.ts';
import type { AlertCondition } from '../alerts/condition.ts';
import { changedAlert } from '../alerts/life.ts';
import { reachOf } from '../alerts/reach.ts';
import { findAlertsByIds, measureAlertsWhere, updateAlerts } from '../alerts/records.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { changeAs, presentCaller } from '../directory/present-rights.ts';
import { Conflict, TooLarge } from '../lib/failures.ts';
import { ticksOfMs } from '../lib/ticks.ts';

/** Which alerts: all that meet the conditions, or those with these ids (24 hex digits) or alertIds. */
export type AlertSelection =
  | { readonly conditions: readonly AlertCondition[] }
  | { readonly ids: readonly string[] }
  | { readonly alertIds: readonly string[] };

export interface AlertsChanged {
  readonly changed: readonly Alert[];
  /** Those that were selected and stay as they were, because `change` gave null. */
  readonly unchanged: readonly Alert[];
  /** Of the ids, those that no alert has that lies within the caller's reach, all of it unless it is only marked. */
  readonly missing: readonly string[];
}

export interface ChangeTold {
  /** `alert.close`: the action of the audit record. */
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Changes the selected alerts that the permission reaches. `change` sees an alert as it is while nobody else can change
 * it, and may run more than once; null leaves the alert as it is. Throws TooLarge when more than alertsChangedMax or
 * alertsChangedBytesMax are selected, a Conflict when comments find no room, and a Refusal without the permission.
 */
export async function changeAlerts(
  ctx: Ctx,
  permission: Permission,
  selection: AlertSelection,
  change: (alert: Alert) => AlertLifeChange | null,
  told: ChangeTold = { action: 'alert.change' },
): Promise<AlertsChanged> {
  return await changeAs(ctx, permission, async (trx) => {
    const caller = await presentCaller(ctx, trx);
    const selected = await select(ctx, trx, caller, permission, selection);
    const mark = { by: nameOf(caller), ticks: ticksOfMs(ctx.clock()) };
    const changed: Alert[] = [];
    const unchanged: Alert[] = [];
    for (const alert of selected) {
      const wanted = change(alert);
      if (!wanted) {
        unchanged.push(alert);
        continue;
      }
      const after = changedAlert(alert, wanted, mark);
      requireRoom(after, alert);
      changed.push(after);
    }
    await storeChanges(ctx, trx, changed);
    if (changed.length > 0) {
      const details = { ...told.details, count: changed.length, alertIds: changed.slice(0, 100).map(idOf) };
      await recordAudit(ctx, trx, { action: told.action, details });
    }
    return { changed, unchanged, missing: missingOf(selection, selected) };
  });
}

const idOf = ({ alertId }: Alert): string => alertId;

/** How a caller is named in comments and as the one who did something. */
export function nameOf({ subject }: Caller): string {
  return subject.kind === 'user' ? subject.userName : subject.name;
}

async function select(
  { config }: Ctx,
  trx: Trx,
  caller: Caller,
  permission: Permission,
  selection: AlertSelection,
): Promise<Alert[]> {
  const most = config.alertsChangedMax;
  const tooMany = new TooLarge(
    `More than ${most} alerts are selected (setting alertsChangedMax). Select fewer, for example by a shorter time.`,
  );
  if (idsOf(selection).length > most) throw tooMany;
  const of = [reachedBy({ caller }, permission), ...conditionsOf(selection)];
  const found = await measureAlertsWhere(trx, caller.tenantId, { kind: 'all', of }, most + 1);
  if (found.ids.length > most) throw tooMany;
  if (found.bytes > config.alertsChangedBytesMax) {
    throw new TooLarge(
      `The selected alerts have ${found.bytes} bytes, more than ${config.alertsChangedBytesMax} (setting ` +
        'alertsChangedBytesMax). Select fewer, for example by a shorter time.',
    );
  }
  const alerts = await findAlertsByIds(trx, caller.tenantId, found.ids);
  // Whoever has read it may be noted by anybody who sees it; a verdict speaks for everybody whom the alert is about.
  if (permission === 'Alerts.mark') return alerts;
  return alerts.filter((await reachOf(trx, caller.tenantId, scopeOf(caller, permission))).isWhole);
}

/** Texts of all comments of one alert together: room for hundreds, and nothing that makes the alert a burden. */
const commentsLengthMax = 262_144;

/** Throws a Conflict when comments are added beyond that; other changes of such an alert go on. */
function requireRoom({ alertId, comments }: Alert, before: Alert): void {
  if (comments === before.comments) return;
  const lengthOf = (of: Alert['comments']): number => of.reduce((sum, { comment }) => sum + comment.length, 0);
  if (lengthOf(comments) <= Math.max(commentsLengthMax, lengthOf(before.comments))) return;
  throw new Conflict(
    'too-many-comments',
    `The comments of alert ${alertId} would have more than ${commentsLengthMax} characters, which is the most.`,
  );
}

function idsOf(selection: AlertSelection): readonly string[] {
  return 'conditions' in selection ? [] : 'ids' in selection ? selection.ids : selection.alertIds;
}

function conditionsOf(selection: AlertSelection): readonly AlertCondition[] {
  if ('conditions' in selection) return selection.conditions;
  const property = 'ids' in selection ? 'id' : 'alertId';
  return [{ kind: 'text', property, oneOf: idsOf(selection) }];
}

function missingOf(selection: AlertSelection, found: readonly Alert[]): string[] {
  const known = new Set(found.flatMap(({ id, alertId }) => ('ids' in selection ? id : alertId)));
  return [...new Set(idsOf(selection))].filter((id) => !known.has(id));
}

/** Stores alerts that changed, with their incidents, and notes both. */
export async function storeChanges(
  { clock, caller: { tenantId } }: Pick<Ctx, 'clock' | 'caller'>,
  trx: Trx,
  changed: readonly Alert[],
): Promise<void> {
  if (changed.length === 0) return;
  // Loaded with the first change: a start needs it late or never.
  const { noteChanges } = await import('../changes/changes.ts');
  const { rebuild } = await import('./rebuild.ts');
  const { findRecords } = await import('./rows.ts');
  const at = clock();
  await updateAlerts(trx, tenantId, changed);
  const incidentIds = changed.flatMap(({ incidentId }) => incidentId ?? []);
  const records = await findRecords(trx, tenantId, incidentIds);
  for (const record of records.values()) await rebuild(trx, tenantId, record, ticksOfMs(at));
  await noteChanges(trx, tenantId, [
    ...changed.map(({ alertId }) => ({ subject: 'alert', subjectId: alertId, change: 'updated', at }) as const),
    ...[...records.keys()].map(
      (incidentId) => ({ subject: 'incident', subjectId: String(incidentId), change: 'updated', at }) as const,
    ),
  ]);
}
