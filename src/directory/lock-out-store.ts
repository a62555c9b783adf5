import type { SignInFailuresTable } from '../db/directory-tables.ts';
import type { Trx } from '../db/store.ts';

// These rows belong to no tenant on purpose: a key is an HMAC that covers the tenant, also one that does not exist.

/**
 * The row of this key, made when it is absent, and held until the transaction ends: on PostgreSQL by the row lock that
 * the upsert takes, on SQLite because there is one writer.
 */
export async function holdFailures(trx: Trx, key: string, now: number): Promise<SignInFailuresTable> {
  return await trx
    .insertInto('signInFailures')
    .values({ key, failures: 0, firstAt: now, lastAt: now, lockedUntil: null })
    .onConflict((conflict) => conflict.column('key').doUpdateSet((e) => ({ key: e.ref('excluded.key') })))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function saveFailures(trx: Trx, row: SignInFailuresTable): Promise<void> {
  const { key, ...change } = row;
  await trx.updateTable('signInFailures').set(change).where('key', '=', key).execute();
}

/** Takes one failure off, if the row still counts the period that began at `firstAt`. */
export async function takeOneFailure(trx: Trx, key: string, firstAt: number): Promise<void> {
  await trx
    .updateTable('signInFailures')
    .set((e) => ({ failures: e('failures', '-', 1), lockedUntil: null }))
    .where('key', '=', key)
    .where('firstAt', '=', firstAt)
    .where('failures', '>', 0)
    .execute();
}

export async function deleteFailures(trx: Trx, key: string): Promise<void> {
  await trx.deleteFrom('signInFailures').where('key', '=', key).execute();
}

/** Forgets what was last touched before `before`. Returns how many rows went. */
export async function pruneFailures(trx: Trx, before: number): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('signInFailures')
    .where('lastAt', '<', before)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
