// The control store: everything that changes (tenants, people, roles, tokens, audit) on SQLite or PostgreSQL, with the
// same queries and migrations. Nouns read through `store.db` and change through `store.change`.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, type KyselyPlugin, sql, type Transaction } from 'kysely';
import { StoreUnavailable } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { asStoreFailure, errorCode, namingFailures, sqliteErrorCode } from './failures.ts';
import { Invalidations, invalidationChannel } from './invalidations.ts';
import { migrate } from './migrate.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** What a store function takes first: the database, or the transaction that the caller is in. */
export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;

export interface ControlStore {
  readonly db: Db;
  readonly kind: 'sqlite' | 'postgres';
  readonly invalidations: Invalidations;
  /**
   * Runs `work` in one transaction that no other change of the same tenant overlaps, on either database: it begins by
   * taking the tenant's row. What concerns two tenants, such as one's consent to the other's application, names both.
   * Caches of every process hear of it when it is committed. `work` runs again from the start after a deadlock, so it
   * must only touch the database.
   */
  change<T>(tenants: TenantId | readonly TenantId[], work: (trx: Trx) => Promise<T>): Promise<T>;
  /** One transaction that changes nothing that caches hold (last use, failed sign-ins, audit of refusals). */
  transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
  /** Throws StoreUnavailable when the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Marks that a transaction is open, so that a query past it fails at once: on SQLite it would wait for itself forever. */
const openTransaction = new AsyncLocalStorage<{ isOpen: boolean }>();

function refuseInsideTransaction(): void {
  if (openTransaction.getStore()?.isOpen) {
    throw new Error(
      'A query or transaction was sent to the store inside a transaction. Use the `trx` that the transaction hands out.',
    );
  }
}

const refusesQueriesPastTransaction: KyselyPlugin = {
  transformQuery({ node }) {
    refuseInsideTransaction();
    return node;
  },
  transformResult: async ({ result }) => result,
};

async function insideTransaction<T>(work: () => Promise<T>): Promise<T> {
  const mark = { isOpen: true };
  try {
    return await openTransaction.run(mark, work);
  } finally {
    // What the work left running, a timer for instance, is not inside any more.
    mark.isOpen = false;
  }
}

const attemptsMax = 5;
/** PostgreSQL: serialization_failure, deadlock_detected. */
const retryable = new Set(['40001', '40P01']);

export type StorePlace = { sqliteFile: string } | { postgresUrl: string; connectionsMax: number };

/** Opens and migrates the store. Throws StoreUnavailable when there is no answer, a sentence when it is a newer program's. */
export async function openControlStore(where: StorePlace, now: number): Promise<ControlStore> {
  const invalidations = new Invalidations();
  const kind = 'sqliteFile' in where ? 'sqlite' : 'postgres';
  if ('sqliteFile' in where) mkdirSync(dirname(where.sqliteFile), { recursive: true, mode: 0o700 });
  const { dialect } =
    'sqliteFile' in where
      ? sqliteDialect(where.sqliteFile)
      : (await loadPostgres()).postgresDialect(where.postgresUrl, where.connectionsMax);
  const root = new Kysely<Tables>({ dialect: namingFailures(dialect) });
  const listener = await prepare(root, kind, where, now, invalidations);

  async function transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
    refuseInsideTransaction();
    for (let attempt = 1; ; attempt++) {
      try {
        return await root.transaction().execute((trx) => insideTransaction(() => work(trx)));
      } catch (error) {
        if (!retryable.has(errorCode(error)) || attempt === attemptsMax) throw error;
      }
    }
  }

  return {
    db: root.withPlugin(refusesQueriesPastTransaction),
    kind,
    invalidations,
    transaction,
    async change(tenants, work) {
      // Always in the same order, so that two changes of the same tenants cannot wait for each other.
      const tenantIds = typeof tenants === 'string' ? [tenants] : [...new Set(tenants)].sort();
      const result = await transaction(async (trx) => {
        for (const tenantId of tenantIds) {
          await trx
            .updateTable('tenants')
            .set((e) => ({ revision: e('revision', '+', 1) }))
            .where('id', '=', tenantId)
            .execute();
        }
        const done = await work(trx);
        if (kind === 'postgres') {
          for (const tenantId of tenantIds) {
            await sql`select pg_notify(${invalidationChannel}, ${tenantId})`.execute(trx);
          }
        }
        return done;
      });
      for (const tenantId of tenantIds) invalidations.publish(tenantId);
      return result;
    },
    async ping() {
      try {
        await sql`select 1`.execute(root);
      } catch (error) {
        throw new StoreUnavailable('unreachable', 'The control store does not answer.', { cause: error });
      }
    },
    async close() {
      await listener?.close();
      await root.destroy();
    },
  };
}

/** The driver is loaded only where it is used: most deployments have SQLite and want to be ready soon. */
function loadPostgres(): Promise<typeof import('./postgres.ts')> {
  return import('./postgres.ts');
}

async function prepare(
  root: Kysely<Tables>,
  kind: ControlStore['kind'],
  where: StorePlace,
  now: number,
  invalidations: Invalidations,
): Promise<{ close(): Promise<void> } | undefined> {
  try {
    await migrate(root, kind, now);
    if (!('postgresUrl' in where)) return undefined;
    return await (await loadPostgres()).listenForChanges(where.postgresUrl, invalidations);
  } catch (error) {
    await root.destroy();
    throw asStoreFailure(error);
  }
}

/** True for a broken UNIQUE or PRIMARY KEY constraint, on either database. */
export function isUniqueViolation(error: unknown): boolean {
  if (errorCode(error) === '23505') return true;
  const sqliteCode = sqliteErrorCode(error);
  return sqliteCode === 2067 || sqliteCode === 1555; // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY
}
