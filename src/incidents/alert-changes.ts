// Changes in the lives of alerts (closing, reading, assigning, commenting), for all surfaces. What an alert says, its
// incident says too, so both change in one transaction.
import type { Caller } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import type { Alert, AlertLifeChange } from '../alerts/alert.ts';
import { reachedBy } from '../alerts/alerts.ts';
import type { AlertCondition } from '../alerts/condition.ts';
import { changedAlert } from '../alerts/life.ts';
import { findAlertsWhere, updateAlerts } from '../alerts/records.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { changeAs, presentCaller } from '../directory/present-rights.ts';
import { TooLarge } from '../lib/failures.ts';
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
  /** Of the ids, those that no alert within the caller's reach has. */
  readonly missing: readonly string[];
}

export interface ChangeTold {
  /** `alert.close`: the action of the audit record. */
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Changes the selected alerts that the permission reaches. `change` sees an alert as it is while nobody else can change
 * it, and may run more than once; null leaves the alert as it is. Throws TooLarge when more than alertsChangedMax are
 * selected, and a Refusal without the permission.
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
      if (wanted) changed.push(changedAlert(alert, wanted, mark));
      else unchanged.push(alert);
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
  const found = await findAlertsWhere(trx, caller.tenantId, { kind: 'all', of }, most + 1);
  if (found.length > most) throw tooMany;
  return found;
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
