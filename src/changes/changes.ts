// Notes of what changed, in the order in which it was committed. A note is written in the transaction of its change, so
// that who follows the notes (webhooks, mail, tables for hunting) misses nothing and hears of nothing that was undone.
import type { Services } from '../context.ts';
import type { ChangeNotesTable } from '../db/alert-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import { dayMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './store.ts';

export interface Change {
  readonly subject:
    | 'alert'
    | 'incident'
    | 'machine-action'
    | 'policy'
    | 'policy-problem'
    | 'consent-request'
    | 'role-approval'
    | 'secret-expiry';
  /** An alert's alertId, an incident's number as text, the id of anything else (of a policy's problem, in the governance log). */
  readonly subjectId: string;
  /** Only retention removes; nobody is told of it. */
  readonly change: 'created' | 'updated' | 'removed';
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Notes one change. Only within `store.change` of the tenant, which gives the notes their order. */
export async function noteChange(trx: Trx, tenantId: TenantId, change: Change): Promise<void> {
  await noteChanges(trx, tenantId, [change]);
}

/** The same for several, in this order. */
export async function noteChanges(trx: Trx, tenantId: TenantId, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const last = await store.lastSequence(trx, tenantId);
  const rows = changes.map((change, index): ChangeNotesTable => ({ tenantId, sequence: last + 1 + index, ...change }));
  await store.insertNotes(trx, rows);
}

/** Notes behind the number `after`, in their order; nobody's rights are asked. */
export async function listNotes(db: Db, tenantId: TenantId, after: number, limit: number): Promise<ChangeNotesTable[]> {
  return await store.listNotes(db, tenantId, after, limit);
}

/** The number of the tenant's last note; 0 without any. Who begins to follow begins here. */
export async function lastNote(db: Db, tenantId: TenantId): Promise<number> {
  return await store.lastSequence(db, tenantId);
}

/** The same of every tenant that has notes, for who follows all of them. */
export async function listLastNotes(db: Db): Promise<Map<TenantId, number>> {
  return await store.listLastSequences(db);
}

const keptMs = 30 * dayMs;

/** Removes the notes of all tenants that are older than 30 days, and returns how many. */
export async function pruneNotes({ store: { db }, clock }: Pick<Services, 'store' | 'clock'>): Promise<number> {
  return await store.removeNotesBefore(db, clock() - keptMs);
}
