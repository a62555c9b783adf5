import type { Selectable } from 'kysely';
import type { SigningKeysTable } from '../db/application-tables.ts';
import type { Db, Trx } from '../db/store.ts';

// Signing keys belong to the deployment, not to a tenant, so these queries name none.

export type SigningKeyRow = Selectable<SigningKeysTable>;

/**
 * Lets no other change of the keys run beside this transaction, in any process. On PostgreSQL the upsert holds its row;
 * SQLite has one writer.
 */
export async function holdKeys(trx: Trx): Promise<void> {
  await trx
    .insertInto('deployment')
    .values({ name: 'signing-keys', value: 'held while they change' })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((e) => ({ value: e.ref('excluded.value') })))
    .execute();
}

/** Every key that is still kept, the first that signed first. */
export async function listKeys(db: Db): Promise<SigningKeyRow[]> {
  return await db.selectFrom('signingKeys').selectAll().orderBy('signsFrom').orderBy('id').execute();
}

export async function insertKey(trx: Trx, row: SigningKeyRow): Promise<void> {
  await trx.insertInto('signingKeys').values(row).execute();
}

/** When the key stops signing and when it leaves the published ones. */
export async function retireKey(trx: Trx, id: string, retiredAt: number, publishedUntil: number): Promise<void> {
  await trx.updateTable('signingKeys').set({ retiredAt, publishedUntil }).where('id', '=', id).execute();
}

/** Empties the private half of keys that will not sign again. */
export async function erasePrivateKeys(trx: Trx, retiredBefore: number): Promise<void> {
  await trx.updateTable('signingKeys').set({ sealedPrivateKey: '' }).where('retiredAt', '<=', retiredBefore).execute();
}

export async function deleteKeysPublishedUntil(trx: Trx, now: number): Promise<void> {
  await trx.deleteFrom('signingKeys').where('publishedUntil', '<=', now).execute();
}

/** A key that waits to sign and is overtaken has signed nothing. */
export async function deleteKey(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('signingKeys').where('id', '=', id).execute();
}
