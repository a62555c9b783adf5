// A control store of a test's own, on the database that this run of the suite is about: TEST_STORE=postgres makes each
// one a fresh database of the server that TEST_POSTGRES_URL names, everything else a SQLite file in a temporary folder.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type ControlStore, openControlStore } from '../../src/db/store.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { TestClock } from './clock.ts';

/** Which database this run of the suite is about. */
export const testStoreKind: 'sqlite' | 'postgres' = readKind();

function readKind(): 'sqlite' | 'postgres' {
  const kind = process.env.TEST_STORE ?? 'sqlite';
  if (kind !== 'sqlite' && kind !== 'postgres') {
    throw new Error(`TEST_STORE must be sqlite or postgres, not "${kind}".`);
  }
  return kind;
}

/** Connections of each store on PostgreSQL: few, because every test opens its own and the server takes about 300. */
const connectionsMax = 4;

export interface TestStore {
  readonly store: ControlStore;
  /** Where it lies, as openControlStore takes it; the URL also goes into SALLYPORT_DATABASE_URL of a server process. */
  readonly where: { readonly sqliteFile: string } | { readonly postgresUrl: string; readonly connectionsMax: number };
  /**
   * The same database opened once more, as a second process of the deployment would. On SQLite only for looking at what
   * is on disk: the embedded store belongs to one process. Closed by `dispose` at the latest.
   */
  openAnother(): Promise<ControlStore>;
  /** Closes every opened store and removes the database. */
  dispose(): Promise<void>;
}

/** A fresh, migrated, empty control store. Always `await test.dispose()` (in `after` or a `finally`). */
export async function openTestStore(clock: Clock = new TestClock().now): Promise<TestStore> {
  const place = testStoreKind === 'postgres' ? await makePostgresDatabase() : await makeSqliteFolder();
  const opened: ControlStore[] = [];
  const open = async () => {
    const store = await openControlStore(place.where, clock());
    opened.push(store);
    return store;
  };
  try {
    const store = await open();
    return {
      store,
      where: place.where,
      openAnother: open,
      async dispose() {
        await Promise.all(opened.splice(0).map((each) => each.close()));
        await place.remove();
      },
    };
  } catch (error) {
    await place.remove();
    throw error;
  }
}

interface Place {
  readonly where: TestStore['where'];
  remove(): Promise<void>;
}

async function makeSqliteFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
  return {
    where: { sqliteFile: join(folder, 'control.db') },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function makePostgresDatabase(): Promise<Place> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server) throw new Error('TEST_STORE is postgres: TEST_POSTGRES_URL must name the server. "npm test" sets both.');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    where: { postgresUrl: url.href, connectionsMax },
    remove: () => administer(server, `drop database if exists ${name} with (force)`),
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
