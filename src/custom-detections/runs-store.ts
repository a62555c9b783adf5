// Runs of custom detections, and the events that they told of: queries only.
import type { Selectable } from 'kysely';
import type { CustomDetectionRunsTable } from '../db/custom-detection-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

export type RunRow = Selectable<CustomDetectionRunsTable>;

export async function insertRun(trx: Trx, row: RunRow): Promise<void> {
  await trx.insertInto('customDetectionRuns').values(row).execute();
}

/** Newest first. */
export async function listRunRows(
  db: Db,
  tenantId: TenantId,
  ruleId: string,
  skip: number,
  limit: number,
): Promise<{ rows: RunRow[]; total: number }> {
  const of = db.selectFrom('customDetectionRuns').where('tenantId', '=', tenantId).where('ruleId', '=', ruleId);
  const rows = await of
    .selectAll()
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(skip)
    .execute();
  const { total } = await of.select((e) => e.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return { rows, total: Number(total) };
}

export interface RunsKept {
  /** Of all runs, the newest. */
  readonly runs: number;
  /** Of those that went well and raised nothing, the newest. */
  readonly quiet: number;
  /** Epoch milliseconds; older runs go. */
  readonly since: number;
}

/** Removes the runs of a rule that are not kept any more. */
export async function pruneRuns(trx: Trx, tenantId: TenantId, ruleId: string, kept: RunsKept): Promise<void> {
  const startOf = async (place: number): Promise<number> => {
    const row = await trx
      .selectFrom('customDetectionRuns')
      .select('startedAt')
      .where('tenantId', '=', tenantId)
      .where('ruleId', '=', ruleId)
      .orderBy('startedAt', 'desc')
      .limit(1)
      .offset(place - 1)
      .executeTakeFirst();
    return row?.startedAt ?? 0;
  };
  const of = trx.deleteFrom('customDetectionRuns').where('tenantId', '=', tenantId).where('ruleId', '=', ruleId);
  await of.where('startedAt', '<', Math.max(kept.since, await startOf(kept.runs))).execute();
  await of
    .where('startedAt', '<', await startOf(kept.quiet))
    .where('status', '=', 'completed')
    .where('alerts', '=', 0)
    .execute();
}

/** Parameters of one statement. */
const keysAtOnce = 500;

/** Those of the keys that an alert of the rule tells of already. */
export async function findTold(
  db: Db,
  tenantId: TenantId,
  ruleId: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const rows = await db
      .selectFrom('customDetectionEvents')
      .select('key')
      .where('tenantId', '=', tenantId)
      .where('ruleId', '=', ruleId)
      .where('key', 'in', keys.slice(from, from + keysAtOnce))
      .execute();
    for (const { key } of rows) found.add(key);
  }
  return found;
}

export async function insertTold(
  trx: Trx,
  tenantId: TenantId,
  ruleId: string,
  keys: readonly string[],
  toldAt: number,
): Promise<void> {
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const rows = keys.slice(from, from + keysAtOnce).map((key) => ({ tenantId, ruleId, key, toldAt }));
    await trx
      .insertInto('customDetectionEvents')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function pruneTold(trx: Trx, tenantId: TenantId, ruleId: string, before: number): Promise<void> {
  await trx
    .deleteFrom('customDetectionEvents')
    .where('tenantId', '=', tenantId)
    .where('ruleId', '=', ruleId)
    .where('toldAt', '<', before)
    .execute();
}
