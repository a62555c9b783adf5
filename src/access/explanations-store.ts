import type { Db } from '../db/store.ts';
import type { CorrelationId, TenantId, UserId } from '../lib/ids.ts';

export interface ExplanationRow {
  readonly correlationId: CorrelationId;
  readonly userId: UserId | null;
  readonly at: number;
  readonly body: string;
}

export async function insertExplanations(db: Db, tenantId: TenantId, rows: readonly ExplanationRow[]): Promise<void> {
  if (rows.length === 0) return;
  // A batch that is written again after a lost connection must not fail on what arrived the first time.
  await db
    .insertInto('explanations')
    .values(rows.map((row) => ({ ...row, tenantId })))
    .onConflict((c) => c.column('correlationId').doNothing())
    .execute();
}

export async function findExplanation(
  db: Db,
  tenantId: TenantId,
  correlationId: CorrelationId,
): Promise<ExplanationRow | undefined> {
  return db
    .selectFrom('explanations')
    .select(['correlationId', 'userId', 'at', 'body'])
    .where('tenantId', '=', tenantId)
    .where('correlationId', '=', correlationId)
    .executeTakeFirst();
}

/** Removes what is older than `olderThan`, and the oldest beyond `keptMax` of each tenant. */
export async function pruneExplanations(db: Db, olderThan: number, keptMax: number): Promise<void> {
  await db.deleteFrom('explanations').where('at', '<', olderThan).execute();
  const tenants = await db
    .selectFrom('explanations')
    .select('tenantId')
    .groupBy('tenantId')
    .having((e) => e.fn.countAll(), '>', keptMax)
    .execute();
  for (const { tenantId } of tenants) {
    await db
      .deleteFrom('explanations')
      .where('tenantId', '=', tenantId)
      .where(
        'at',
        '<',
        db
          .selectFrom('explanations as kept')
          .select('kept.at')
          .where('kept.tenantId', '=', tenantId)
          .orderBy('kept.at', 'desc')
          .offset(keptMax - 1)
          .limit(1)
          .$castTo<{ at: number }>()
          .$asScalar(),
      )
      .execute();
  }
}

/** User names by id, of the ids that are users of the tenant. */
export async function findUserNames(
  db: Db,
  tenantId: TenantId,
  userIds: readonly UserId[],
): Promise<Map<UserId, string>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('users')
    .select(['id', 'userName'])
    .where('tenantId', '=', tenantId)
    .where('id', 'in', [...new Set(userIds)])
    .execute();
  return new Map(rows.map((row) => [row.id, row.userName]));
}
