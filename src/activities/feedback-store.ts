import type { Insertable } from 'kysely';
import type { Db, Trx } from '../db/store.ts';
import type { ActivityFeedbackTable } from '../db/tables.ts';
import type { TenantId } from '../lib/ids.ts';

export async function insertFeedback(trx: Trx, row: Insertable<ActivityFeedbackTable>): Promise<void> {
  await trx.insertInto('activityFeedback').values(row).execute();
}

export async function countFeedback(db: Db, tenantId: TenantId, activityId: string): Promise<number> {
  const { count } = await db
    .selectFrom('activityFeedback')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('tenantId', '=', tenantId)
    .where('activityId', '=', activityId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
