// Change notes in the control store: queries only.
import type { ChangeNotesTable } from '../db/alert-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';

/** 0 when the tenant has no note yet. */
export async function lastSequence(trx: Db, tenantId: TenantId): Promise<number> {
  const { last } = await trx
    .selectFrom('changeNotes')
    .select((e) => e.fn.max('sequence').as('last'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(last ?? 0);
}

/** Of all tenants: whoever follows them looks for those that have new ones. */
export async function listLastSequences(db: Db): Promise<Map<TenantId, number>> {
  const rows = await db
    .selectFrom('changeNotes')
    .select(['tenantId', (e) => e.fn.max('sequence').as('last')])
    .groupBy('tenantId')
    .execute();
  return new Map(rows.map(({ tenantId, last }) => [tenantId, Number(last)]));
}

const rowsAtOnce = 500;

export async function insertNotes(trx: Trx, rows: readonly ChangeNotesTable[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    await trx
      .insertInto('changeNotes')
      .values(rows.slice(start, start + rowsAtOnce))
      .execute();
  }
}

/** Notes behind `after`, in their order. */
export async function listNotes(db: Db, tenantId: TenantId, after: number, limit: number): Promise<ChangeNotesTable[]> {
  return await db
    .selectFrom('changeNotes')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute();
}

/**
 * Removes what is older, but for each tenant's last note: the next number comes from it. Of all tenants at once, because
 * what is too old is so everywhere.
 */
export async function removeNotesBefore(db: Db, at: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('changeNotes')
    .where('at', '<', at)
    .where((e) =>
      e.exists(
        e
          .selectFrom('changeNotes as later')
          .select('later.sequence')
          .whereRef('later.tenantId', '=', 'changeNotes.tenantId')
          .whereRef('later.sequence', '>', 'changeNotes.sequence'),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
