// Custom detections and how far each came, in the control store: queries only.
import type { Selectable } from 'kysely';
import type { CustomDetectionStatesTable, CustomDetectionsTable } from '../db/custom-detection-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type RuleRow = Selectable<CustomDetectionsTable>;
export type StateRow = Selectable<CustomDetectionStatesTable>;

/** All of a tenant's, which are bounded in number, by name. */
export async function listRuleRows(db: Db, tenantId: TenantId): Promise<RuleRow[]> {
  return await db
    .selectFrom('customDetections')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .orderBy('displayName')
    .orderBy('id')
    .execute();
}

export async function findRuleRow(db: Db, tenantId: TenantId, id: string): Promise<RuleRow | undefined> {
  return await db
    .selectFrom('customDetections')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function insertRuleRow(trx: Trx, row: RuleRow): Promise<void> {
  await trx.insertInto('customDetections').values(row).execute();
}

export async function updateRuleRow(trx: Trx, tenantId: TenantId, id: string, row: RuleRow): Promise<void> {
  await trx.updateTable('customDetections').set(row).where('tenantId', '=', tenantId).where('id', '=', id).execute();
}

/** With everything that is kept of it. */
export async function deleteRuleRow(trx: Trx, tenantId: TenantId, id: string): Promise<void> {
  await trx.deleteFrom('customDetections').where('tenantId', '=', tenantId).where('id', '=', id).execute();
  for (const table of ['customDetectionStates', 'customDetectionRuns', 'customDetectionEvents'] as const) {
    await trx.deleteFrom(table).where('tenantId', '=', tenantId).where('ruleId', '=', id).execute();
  }
}

/** Of every event store; the last run first. */
export async function listStates(db: Db, tenantId: TenantId, ruleIds: readonly string[]): Promise<StateRow[]> {
  if (ruleIds.length === 0) return [];
  return await db
    .selectFrom('customDetectionStates')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('ruleId', 'in', ruleIds)
    .orderBy('lastRunAt', 'desc')
    .execute();
}

export async function findState(
  db: Db,
  tenantId: TenantId,
  ruleId: string,
  eventStore: string,
): Promise<StateRow | undefined> {
  return await db
    .selectFrom('customDetectionStates')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('ruleId', '=', ruleId)
    .where('eventStore', '=', eventStore)
    .executeTakeFirst();
}

export async function writeState(trx: Trx, row: StateRow): Promise<void> {
  await trx
    .insertInto('customDetectionStates')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenantId', 'ruleId', 'eventStore']).doUpdateSet(row))
    .execute();
}

export interface DueRow {
  readonly tenantId: TenantId;
  readonly ruleId: string;
  /** Null when it never ran over this event store. */
  readonly nextRunAt: number | null;
}

/**
 * Rules whose time has come over this event store, who waits longest first. Of all tenants: the work belongs to the
 * process, not to a tenant.
 */
export async function listDue(db: Db, eventStore: string, periods: readonly string[], now: number): Promise<DueRow[]> {
  return await db
    .selectFrom('customDetections as rule')
    .leftJoin('customDetectionStates as state', (join) =>
      join
        .onRef('state.tenantId', '=', 'rule.tenantId')
        .onRef('state.ruleId', '=', 'rule.id')
        .on('state.eventStore', '=', eventStore),
    )
    .innerJoin('tenants', 'tenants.id', 'rule.tenantId')
    .select(['rule.tenantId', 'rule.id as ruleId', 'state.nextRunAt'])
    .where('tenants.status', '=', 'enabled')
    .where('rule.isEnabled', '=', 1)
    .where('rule.period', 'in', periods)
    .where((e) => e.or([e('state.nextRunAt', 'is', null), e('state.nextRunAt', '<=', now)]))
    .orderBy('state.nextRunAt')
    .orderBy('rule.tenantId')
    .orderBy('rule.id')
    .execute();
}
