// Files in the control store: queries only. The table is called "f" in conditions (file-sql.ts).
import { setImmediate } from 'node:timers/promises';
import { type Selectable, sql } from 'kysely';
import type { FilesTable } from '../db/entity-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { Condition } from '../entities/column-tests.ts';
import type { TenantId } from '../lib/ids.ts';

export type FileRow = Selectable<FilesTable>;

export interface FilePage {
  readonly where: Condition;
  readonly sortBy: 'modifiedAt' | 'seenAt';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

export async function listFiles(db: Db, tenantId: TenantId, page: FilePage): Promise<FileRow[]> {
  const { where, sortBy, direction, skip, limit } = page;
  return await db
    .selectFrom('files as f')
    .selectAll()
    .where('f.tenantId', '=', tenantId)
    .where(where)
    .orderBy(sql.ref(`f.${sortBy}`), direction)
    .orderBy('f.id', direction)
    .limit(limit)
    .offset(skip)
    .execute();
}

/** How many there are, counting no further than `most`. */
export async function countFiles(db: Db, tenantId: TenantId, where: Condition, most: number): Promise<number> {
  const { count } = await db
    .selectFrom(
      db.selectFrom('files as f').select('f.id').where('f.tenantId', '=', tenantId).where(where).limit(most).as('g'),
    )
    .select((e) => e.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

const rowsAtOnce = 200;

function* chunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) yield rows.slice(from, from + rowsAtOnce);
}

export async function findFiles(db: Db, tenantId: TenantId, ids: readonly string[]): Promise<Map<string, FileRow>> {
  const found = new Map<string, FileRow>();
  for (const chunk of chunks(ids)) {
    const rows = await db
      .selectFrom('files')
      .selectAll()
      .where('tenantId', '=', tenantId)
      .where('id', 'in', chunk)
      .execute();
    for (const row of rows) found.set(row.id, row);
  }
  return found;
}

/** `fileId` of files with one of these labels, at most `most`. */
export async function listLabelledIds(
  db: Db,
  tenantId: TenantId,
  labels: readonly string[],
  most: number,
): Promise<string[]> {
  if (labels.length === 0) return [];
  const rows = await db
    .selectFrom('files')
    .select('fileId')
    .where('tenantId', '=', tenantId)
    .where('label', 'in', labels)
    .limit(most)
    .execute();
  return rows.map(({ fileId }) => fileId);
}

/** Puts these rows in the place of what is stored under their ids. */
export async function putFiles(trx: Trx, tenantId: TenantId, rows: readonly FileRow[]): Promise<void> {
  for (const chunk of chunks(rows)) {
    const ids = chunk.map((row) => row.id);
    await trx.deleteFrom('files').where('tenantId', '=', tenantId).where('id', 'in', ids).execute();
    await trx.insertInto('files').values(chunk).execute();
    // SQLite works in this thread: others have their turn in between.
    await setImmediate();
  }
}

/** Forgets those that were seen longest ago, until `most` are left. */
export async function pruneFiles(trx: Trx, tenantId: TenantId, most: number): Promise<void> {
  const { count } = await trx
    .selectFrom('files')
    .select((e) => e.fn.countAll().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  const excess = Number(count) - most;
  if (excess <= 0) return;
  const old = await trx
    .selectFrom('files')
    .select('id')
    .where('tenantId', '=', tenantId)
    .orderBy('seenAt')
    .orderBy('id')
    .limit(excess)
    .execute();
  for (const chunk of chunks(old.map((row) => row.id))) {
    await trx.deleteFrom('files').where('tenantId', '=', tenantId).where('id', 'in', chunk).execute();
  }
}
