import type { Selectable } from 'kysely';
import type { Db, Trx } from '../db/store.ts';
import type { AuditRecordsTable } from '../db/tables.ts';
import { containsText } from '../db/text.ts';
import type { TenantId } from '../lib/ids.ts';

export type AuditRow = Selectable<AuditRecordsTable>;

export interface AuditHead {
  sequence: number;
  hash: string;
  mac: string;
}

/** The tenant's head, locked until the transaction ends, so that appends of several processes queue up. */
export async function lockHead(trx: Trx, tenantId: TenantId): Promise<AuditHead | undefined> {
  // An update takes the row lock on PostgreSQL and means nothing extra on SQLite, where transactions never overlap.
  return trx
    .updateTable('auditHeads')
    .set((e) => ({ sequence: e.ref('sequence') }))
    .where('tenantId', '=', tenantId)
    .returning(['sequence', 'hash', 'mac'])
    .executeTakeFirst();
}

/** Makes the head of a new chain; the first of several processes that try wins, the others find it. */
export async function insertHead(trx: Trx, tenantId: TenantId, head: AuditHead): Promise<void> {
  await trx
    .insertInto('auditHeads')
    .values({ tenantId, ...head })
    .onConflict((c) => c.column('tenantId').doNothing())
    .execute();
}

export async function appendRecord(trx: Trx, tenantId: TenantId, row: AuditRow, head: AuditHead): Promise<void> {
  await trx
    .insertInto('auditRecords')
    .values({ ...row, tenantId })
    .execute();
  await trx.updateTable('auditHeads').set(head).where('tenantId', '=', tenantId).execute();
}

export async function findHead(db: Db, tenantId: TenantId): Promise<AuditHead | undefined> {
  return db
    .selectFrom('auditHeads')
    .select(['sequence', 'hash', 'mac'])
    .where('tenantId', '=', tenantId)
    .executeTakeFirst();
}

/** Records after `sequence`, oldest first. */
export async function listAfter(db: Db, tenantId: TenantId, sequence: number, limit: number): Promise<AuditRow[]> {
  return db
    .selectFrom('auditRecords')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(limit)
    .execute();
}

export interface AuditSearch {
  readonly from?: number;
  readonly to?: number;
  readonly action?: string;
  readonly actor?: string;
  readonly search?: string;
  /** Only records before this sequence number. */
  readonly before?: number;
  readonly limit: number;
}

/** Records that match, newest first. */
export async function searchRecords(db: Db, tenantId: TenantId, search: AuditSearch): Promise<AuditRow[]> {
  let query = db.selectFrom('auditRecords').selectAll().where('tenantId', '=', tenantId);
  if (search.from !== undefined) query = query.where('at', '>=', search.from);
  if (search.to !== undefined) query = query.where('at', '<', search.to);
  if (search.action !== undefined) query = query.where('action', '=', search.action);
  if (search.actor !== undefined) query = query.where('actor', '=', search.actor);
  if (search.before !== undefined) query = query.where('sequence', '<', search.before);
  if (search.search !== undefined) {
    const { search: text } = search;
    query = query.where((e) => containsText(e.ref('body'), text));
  }
  return query.orderBy('sequence', 'desc').limit(search.limit).execute();
}
