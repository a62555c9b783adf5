// One DuckDB instance over one file: opened, tuned and locked down here, and its failures given names. What uses it
// talks SQL; nothing outside this folder knows that it is DuckDB.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StoreUnavailable, TooLarge } from '../lib/failures.ts';
import { eventMigrations } from './catalogue.ts';
import { registerRowSource } from './rows.ts';

export interface EngineOptions {
  readonly folder: string;
  readonly memoryBytesMax: number;
}

export interface Engine {
  /** A connection whose unqualified names are the store's tables. */
  connect(): Promise<DuckDBConnection>;
  /** Writes what is pending into the data file and closes; connections must be closed before. */
  close(): Promise<void>;
  /** Closes without writing anything: for an instance that no longer works. */
  abandon(): void;
}

/**
 * A statement runs on the thread that asked for it, and several at once on several. With more, that thread spins until the
 * others are done, which costs a whole core while an insertion is written: more than they save.
 */
const threads = 1;
/**
 * Rows of one block of columns. Small blocks keep the cost of writing a half-full one again low, and let a query by time
 * pass over most of the table.
 */
export const rowGroupRows = 8192;
/** The log grows to this size before it is worked into the data file; after a crash so much is read again. */
const logBytesMax = 33_554_432;
/** Up to so many rows, a page finds its rows by narrow columns before it reads the wide ones. */
const latePageRowsMax = 100_000;

/**
 * An answer that is taken chunk by chunk is made little further ahead, so that it is not held twice, and the engine makes the
 * next chunk while one is taken. (A text counts as the 16 bytes that a vector has of it.)
 */
const aheadBytesMax = 1024;

/** Hunting tables have up to 80 columns, which are read by the million: blocks of several pieces that come in at once. */
const huntingRowGroupRows = 32_768;

/** Rows of discovered traffic come by the hundred thousand and are added up by the million. */
const discoveryRowGroupRows = 32_768;

/** Databases beside the one of the activities: see `EventStore.prepare`. */
const otherDatabases = [
  { name: 'hunting', rowGroupRows: huntingRowGroupRows },
  { name: 'discovery', rowGroupRows: discoveryRowGroupRows },
] as const;

/**
 * The engine's step that makes one of equal parts of a query: with windows in both parts of a union its plan is broken (an
 * internal error instead of rows; test/kql/differential.test.ts).
 */
export const optimizersOff = 'common_subplan';

/** Opens the file `events.duckdb` in the folder and those beside it, makes or updates its tables, and shuts the engine off from everything else. */
export async function openEngine({ folder, memoryBytesMax }: EngineOptions): Promise<Engine> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'events.duckdb');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${Math.floor(memoryBytesMax / 1024)}KiB`,
    temp_directory: join(folder, 'events.tmp'),
    max_temp_directory_size: `${Math.floor((memoryBytesMax * 4) / 1024)}KiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'false',
    checkpoint_threshold: `${logBytesMax / 1024}KiB`,
    disabled_optimizers: optimizersOff,
  });
  try {
    const connection = await instance.connect();
    await attach(connection, file, 'events', rowGroupRows);
    for (const other of otherDatabases) {
      await attach(connection, join(folder, `${other.name}.duckdb`), other.name, other.rowGroupRows);
    }
    await migrateEvents(connection, file);
    await connection.run(`set global late_materialization_max_rows = ${latePageRowsMax}`);
    registerRowSource(connection);
    await connection.run('set enable_external_access = false');
    await connection.run("set allowed_configs = ['streaming_buffer_size']");
    await connection.run('set lock_configuration = true');
    connection.closeSync();
  } catch (error) {
    instance.closeSync();
    throw error;
  }
  return {
    async connect() {
      const connection = await instance.connect();
      await connection.run(`use events; set streaming_buffer_size = '${aheadBytesMax / 1024}KiB'`);
      return connection;
    },
    async close() {
      const connection = await instance.connect();
      try {
        for (const name of ['events', ...otherDatabases.map((other) => other.name)]) {
          await connection.run(`checkpoint ${name}`);
        }
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
    abandon: () => instance.closeSync(),
  };
}

async function attach(connection: DuckDBConnection, file: string, name: string, groupRows: number): Promise<void> {
  const quoted = file.replaceAll("'", "''");
  try {
    await connection.run(`attach '${quoted}' as ${name} (row_group_size ${groupRows}, storage_version 'v1.5.0')`);
  } catch (error) {
    const message = messageOf(error);
    if (/lock on file|already attached|unique file handle/i.test(message)) {
      const holder = /PID (\d+)/.exec(message)?.[1];
      throw new Error(
        `The event store ${file} is in use by ${holder ? `process ${holder}` : 'another process'}. Stop that one, or give this one a data folder of its own.`,
        { cause: error },
      );
    }
    throw asEventFailure(error);
  }
}

async function migrateEvents(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run('use events');
  await connection.run('create table if not exists "schemaVersions" ("number" INTEGER, "name" VARCHAR)');
  const applied = await connection.runAndReadAll('select coalesce(max("number"), 0) from "schemaVersions"');
  const newest = Number(applied.getRows()[0]?.[0] ?? 0);
  const known = eventMigrations.at(-1)?.number ?? 0;
  if (newest > known) {
    throw new Error(`${file} has schema ${newest}, this program knows ${known}. Start the newer version again.`);
  }
  for (const migration of eventMigrations.filter((each) => each.number > newest)) {
    await connection.run('begin');
    for (const statement of migration.statements) await connection.run(statement);
    await connection.run(`insert into "schemaVersions" values (${migration.number}, '${migration.name}')`);
    await connection.run('commit');
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True when the instance answers nothing any more and has to be opened anew. */
export function isFatal(error: unknown): boolean {
  return /^(FATAL|INTERNAL) Error|database has been invalidated|must be restarted/i.test(messageOf(error));
}

/** True when somebody called interrupt() on the connection. */
export function isInterrupted(error: unknown): boolean {
  return /^INTERRUPT Error|Interrupted!/.test(messageOf(error));
}

/** True when a write to the file failed, whatever the engine says of it. */
export function isWriteFailure(error: unknown): boolean {
  return /No space left|File too large|ENOSPC|EFBIG|disk quota|could not (?:write|truncate|sync)|failed to (?:write|sync)/i.test(
    messageOf(error),
  );
}

/** Full disks and missing memory get names that every surface knows; all other errors pass unchanged. */
export function asEventFailure(error: unknown): unknown {
  if (isWriteFailure(error)) {
    return new StoreUnavailable(
      'disk-full',
      'The event store could not write: its disk is full. Nothing of this batch was kept.',
      { cause: error },
    );
  }
  // A commit words it as a block of its memory that it could not get hold of.
  if (/^Out of Memory Error|Out Of Memory|failed to pin block/i.test(messageOf(error))) {
    return new TooLarge(
      'The event store ran out of the memory that eventMemoryBytesMax gives it. Ask for less at once, for instance by a shorter time.',
      { cause: error },
    );
  }
  return error;
}
