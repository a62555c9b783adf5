import { type Kysely, sql } from 'kysely';
import { migrations } from './migrations/index.ts';
import type { Tables } from './tables.ts';

// Serialises processes that start together on one PostgreSQL; any constant serves, this one spells "sally".
const migrationLock = 0x73616c6c79;

interface SchemaVersions {
  schemaVersions: { number: number; name: string; appliedAt: number };
}

/**
 * Brings the control store to this program's schema, each migration in one transaction with its version row. Throws a
 * sentence for the operator when the store was written by a newer program.
 */
export async function migrate(db: Kysely<Tables>, dialect: 'sqlite' | 'postgres', now: number): Promise<void> {
  const versions = db as unknown as Kysely<SchemaVersions>; // The same database, seen as the table that only this file knows.
  await versions.transaction().execute(async (trx) => {
    if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(trx);
    await trx.schema
      .createTable('schemaVersions')
      .ifNotExists()
      .addColumn('number', 'integer', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('appliedAt', 'bigint', (c) => c.notNull())
      .execute();
    const applied = await trx.selectFrom('schemaVersions').select(trx.fn.max('number').as('newest')).executeTakeFirst();
    const newest = Number(applied?.newest ?? 0);
    const known = migrations.at(-1)?.number ?? 0;
    if (newest > known) {
      throw new Error(
        `The control store has schema ${newest}, this program knows ${known}. Start the newer version again.`,
      );
    }
    for (const migration of migrations.filter((each) => each.number > newest)) {
      await migration.up(trx as unknown as Kysely<unknown>); // A migration knows the schema of its own time only.
      await trx
        .insertInto('schemaVersions')
        .values({ number: migration.number, name: migration.name, appliedAt: now })
        .execute();
    }
  });
}
