// What a database says when it cannot take or give anything gets a name that every surface knows.
import type { DatabaseConnection, Dialect, Driver } from 'kysely';
import { StoreUnavailable } from '../lib/failures.ts';

/** SQLITE_IOERR and SQLITE_FULL; the low byte of node:sqlite's `errcode`. */
const sqliteDiskFull = new Set([10, 13]);
/** PostgreSQL's disk_full and io_error. */
const postgresDiskFull = new Set(['53100', '58030']);
/** Connection exceptions, too_many_connections and shut-downs of PostgreSQL, and what the network says. */
const unreachable =
  /^(08...|53300|57P0[1-3]|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** The driver's own errors carry no code. */
const lostConnection =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** The extended result code of a SQLite error; 0 for any other. */
export function sqliteErrorCode(error: unknown): number {
  return typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) : 0;
}

/** StoreUnavailable for a full disk or a lost database; every other error unchanged. */
export function asStoreFailure(error: unknown): unknown {
  const code = errorCode(error);
  if (sqliteDiskFull.has(sqliteErrorCode(error) & 0xff) || postgresDiskFull.has(code)) {
    const message = 'The control store could not write: its disk is full. Nothing of this request was kept.';
    return new StoreUnavailable('disk-full', message, { cause: error });
  }
  if (unreachable.test(code) || (error instanceof Error && lostConnection.test(error.message))) {
    // A connection that is lost while it commits leaves open whether it did.
    const message =
      'The control store does not answer. Try again; if the request changes something, look first whether it did.';
    return new StoreUnavailable('unreachable', message, { cause: error });
  }
  return error;
}

/** The dialect, with {@link asStoreFailure} applied to whatever its queries and connections throw. */
export function namingFailures(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => namingDriver(dialect.createDriver()),
  };
}

function namingDriver(driver: Driver): Driver {
  const acquire = driver.acquireConnection.bind(driver);
  const seen = new WeakSet<DatabaseConnection>();
  driver.acquireConnection = async (options) => {
    const connection = await naming(() => acquire(options));
    if (!seen.has(connection)) {
      seen.add(connection);
      // In place, because the driver gives a connection back by its identity.
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = (...query) => naming(() => execute(...query));
    }
    return connection;
  };
  return driver;
}

async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStoreFailure(error);
  }
}
