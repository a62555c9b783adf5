// The event store: what only accumulates (activities now; discovery transactions and hunting tables to come). Embedded
// it is DuckDB, one file and one instance per process. Nouns hand it SQL values and packed rows through this file.
import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreUnavailable, TooLarge } from '../lib/failures.ts';
import type { EventTable, TableSet } from './catalogue.ts';
import { boundType, boundValue, type CellValue, cellValue } from './cells.ts';
import { asEventFailure, type Engine, isFatal, isInterrupted, isWriteFailure, openEngine } from './engine.ts';
import { type PackedRows, releaseRows } from './packing.ts';
import { insertRows, removeRows } from './rows.ts';
import { name, never, type Sql, sql } from './sql.ts';
import type { StreamedChunk, StreamedQuery } from './streaming.ts';
import { Turns } from './turns.ts';

export interface EventStoreOptions {
  readonly folder: string;
  readonly memoryBytesMax: number;
  readonly querySecondsMax: number;
  readonly queriesAtOnceMax: number;
  readonly log?: { warn(details: object, message: string): void };
}

export interface EventStore {
  /** The rows of the answer, each as its columns' values in order. Throws TooLarge when time or memory run out. */
  query(query: Sql): Promise<CellValue[][]>;
  /**
   * Adds rows, except those whose key is found among the stored rows that `among` describes, and returns how many were
   * added. Insertions run one after the other. When the promise resolves the rows are on the disk; when it rejects none
   * of them is stored. Throws StoreUnavailable when the disk is full; the store goes on with what it had acknowledged.
   */
  insert(rows: PackedRows, among: Sql): Promise<number>;
  /**
   * Puts rows in the place of others, in one transaction: whoever looks sees all of the old ones or all of the new ones.
   * All tables are of one database. Takes turns with insertions, and promises what they promise.
   */
  replace(replacements: readonly Replacement[]): Promise<void>;
  /**
   * Makes the rows of a query a table in memory, which queries name as `heldName` says, in the place of one that was; null
   * removes it. It goes with the process, and also when the store has to be opened anew: see `holds`.
   */
  hold(table: string, rows: Sql | null): Promise<void>;
  /** Removes the rows that `where` describes. Takes turns with insertions: remove a bounded number at once. */
  remove(table: EventTable, where: Sql): Promise<void>;
  /** Makes the tables of a set, or adds what they lack; after the first time it costs nothing. */
  prepare(set: TableSet): Promise<void>;
  /**
   * Runs a compiled query on a connection of its own and gives its rows as they are taken; whoever stops taking them ends
   * it. Takes no turn among the other queries: how many run at once is for the caller to decide.
   */
  hunt(query: StreamedQuery): AsyncGenerator<StreamedChunk>;
  /** Tells this store from another one beside the same control store. */
  id(): Promise<string>;
  /** The number of the last batch of a table that numbers them; 0 when there is none. */
  lastBatch(table: EventTable): Promise<number>;
  /** Throws StoreUnavailable when the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The rows that `where` describes go, `rows` come. A key that is twice among the rows is stored twice. */
export interface Replacement {
  readonly where: Sql;
  readonly rows: PackedRows;
}

export async function openEventStore(options: EventStoreOptions): Promise<EventStore> {
  return new DuckStore(options, await openEngine(options));
}

/** An engine and the connections to it. A fatal error makes all of them useless at once. */
interface Generation {
  readonly engine: Engine;
  readonly idle: DuckDBConnection[];
  readonly busy: Set<DuckDBConnection>;
  /** Connections of answers that are being taken, as slowly as who takes them likes. */
  readonly streams: Set<DuckDBConnection>;
}

const drainPollMs = 5;
/** Nobody takes the rest of an answer that was not taken meanwhile. */
const streamsEndMs = 2000;
const interruptAgainMs = 20;
/** The longest time that a timer takes. */
const foreverMs = 2_147_483_647;
const closedMessage = 'The event store is closed.';

class DuckStore implements EventStore {
  readonly #options: EventStoreOptions;
  readonly #readers: Turns;
  /** Insertions into one database run one after the other. */
  readonly #writers = new Map<string, Turns>();
  readonly #prepared = new Map<string, Promise<void>>();
  /** Undefined after an opening that failed: whoever needs it next tries again. */
  #generation: Promise<Generation> | undefined;
  #isClosed = false;
  /** Numbers of the last batches that were stored, by table, as far as they were asked for. */
  readonly #lastBatches = new Map<string, number>();
  /** Never changes. */
  #id: string | undefined;

  constructor(options: EventStoreOptions, engine: Engine) {
    this.#options = options;
    this.#readers = new Turns(options.queriesAtOnceMax);
    this.#generation = Promise.resolve({ engine, idle: [], busy: new Set(), streams: new Set() });
  }

  async query(query: Sql): Promise<CellValue[][]> {
    const endsAt = performance.now() + this.#options.querySecondsMax * 1000;
    if (!(await this.#readers.begin(this.#options.querySecondsMax * 1000))) throw this.#tookTooLong();
    try {
      return await this.#reopening(() => this.#withConnection((connection) => this.#read(connection, query, endsAt)));
    } finally {
      this.#readers.end();
    }
  }

  async insert(rows: PackedRows, among: Sql): Promise<number> {
    // A batch waits for those before it as long as it takes: each of them is bounded.
    const writers = this.#writersOf(rows.table.database);
    await writers.begin(foreverMs);
    try {
      // Insertions run one after the other, so numbers become visible in their order; that of a failed one is not missed.
      const batch = rows.table.numbersBatches ? (await this.lastBatch(rows.table)) + 1 : undefined;
      const stored = await this.#reopening(() =>
        this.#withConnection((connection) => insertInOne(connection, rows, among, batch)),
      );
      if (batch !== undefined && stored > 0) {
        this.#lastBatches.set(rows.table.name, batch);
        rows.stored?.(batch, stored);
      }
      return stored;
    } finally {
      writers.end();
      releaseRows(rows);
    }
  }

  async replace(replacements: readonly Replacement[]): Promise<void> {
    const writers = this.#writersOf(replacements[0]?.rows.table.database);
    await writers.begin(foreverMs);
    try {
      await this.#reopening(() => this.#withConnection((connection) => replaceInOne(connection, replacements)));
    } finally {
      writers.end();
      for (const { rows } of replacements) releaseRows(rows);
    }
  }

  async hold(table: string, rows: Sql | null): Promise<void> {
    const { holdRows } = await import('./held.ts');
    const writers = this.#writersOf('memory');
    await writers.begin(foreverMs);
    try {
      await this.#reopening(() => this.#withConnection((connection) => holdRows(connection, table, rows)));
    } finally {
      writers.end();
    }
  }

  async remove(table: EventTable, where: Sql): Promise<void> {
    const writers = this.#writersOf(table.database);
    await writers.begin(foreverMs);
    try {
      await this.#reopening(() => this.#withConnection((connection) => removeRows(connection, table, where)));
    } finally {
      writers.end();
    }
  }

  #writersOf(database = ''): Turns {
    const turns = this.#writers.get(database) ?? new Turns(1);
    this.#writers.set(database, turns);
    return turns;
  }

  prepare(set: TableSet): Promise<void> {
    const known = this.#prepared.get(set.database);
    if (known) return known;
    const preparing = this.#prepare(set);
    this.#prepared.set(set.database, preparing);
    preparing.catch(() => this.#prepared.delete(set.database));
    return preparing;
  }

  async #prepare(set: TableSet): Promise<void> {
    // Loaded with the first set: no start needs it.
    const { prepareTables } = await import('./table-sets.ts');
    const writers = this.#writersOf(set.database);
    await writers.begin(foreverMs);
    try {
      await this.#reopening(() => this.#withConnection((connection) => prepareTables(connection, set)));
    } finally {
      writers.end();
    }
  }

  async *hunt(query: StreamedQuery): AsyncGenerator<StreamedChunk> {
    if (this.#isClosed) throw new StoreUnavailable('unreachable', closedMessage);
    const { streamRows } = await import('./streaming.ts');
    const current = this.#current();
    const generation = await current;
    const connection = generation.idle.pop() ?? (await generation.engine.connect());
    generation.streams.add(connection);
    let isAllRead = false;
    try {
      isAllRead = yield* streamRows(connection, query);
    } catch (error) {
      await this.#replaceBroken(current, error);
      throw asEventFailure(error);
    } finally {
      generation.streams.delete(connection);
      // An answer that was not read to its end still belongs to its connection.
      if (isAllRead && current === this.#generation && !this.#isClosed) generation.idle.push(connection);
      else connection.closeSync();
    }
  }

  async id(): Promise<string> {
    if (this.#id !== undefined) return this.#id;
    const [row] = await this.query(sql`select ${name('id')} from ${name('storeIdentity')}`);
    this.#id = String(row?.[0]);
    return this.#id;
  }

  async lastBatch(table: EventTable): Promise<number> {
    const known = this.#lastBatches.get(table.name);
    if (known !== undefined) return known;
    const [row] = await this.query(sql`select coalesce(max(${name('batch')}), 0) from ${name(table.name)}`);
    const last = Number(row?.[0]);
    // An insertion may have been quicker.
    this.#lastBatches.set(table.name, Math.max(last, this.#lastBatches.get(table.name) ?? 0));
    return this.#lastBatches.get(table.name) ?? last;
  }

  /** Runs the query and interrupts it when its time is over. */
  async #read(connection: DuckDBConnection, query: Sql, endsAt: number): Promise<CellValue[][]> {
    let isLate = false;
    // An interruption that comes before the engine has begun is lost, so it is repeated until the query ends.
    const interrupt = () => {
      isLate = true;
      connection.interrupt();
      timer = setTimeout(interrupt, interruptAgainMs);
    };
    let timer = setTimeout(interrupt, Math.max(0, endsAt - performance.now()));
    try {
      const answer = await connection.runAndReadAll(
        query.text,
        query.values.map(boundValue),
        query.values.map(boundType),
      );
      return answer.getRows().map((row) => row.map(cellValue));
    } catch (error) {
      throw isLate && isInterrupted(error) ? this.#tookTooLong() : error;
    } finally {
      clearTimeout(timer);
    }
  }

  #tookTooLong(): TooLarge {
    return new TooLarge(
      `The query took longer than querySecondsMax allows (${this.#options.querySecondsMax} s). Ask for less at once, for instance by a shorter time.`,
    );
  }

  async #withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const generation = await this.#current();
    const connection = generation.idle.pop() ?? (await generation.engine.connect());
    generation.busy.add(connection);
    try {
      return await work(connection);
    } finally {
      generation.busy.delete(connection);
      generation.idle.push(connection);
    }
  }

  #current(): Promise<Generation> {
    this.#generation ??= this.#open(undefined);
    return this.#generation;
  }

  /** Opens the file, once the instance that had it is closed. */
  #open(broken: Promise<Generation> | undefined): Promise<Generation> {
    const opening = (async (): Promise<Generation> => {
      const old = await broken?.catch(() => undefined);
      if (old) {
        await drain(old);
        old.engine.abandon();
      }
      return { engine: await openEngine(this.#options), idle: [], busy: new Set(), streams: new Set() };
    })();
    opening.catch(() => {
      if (this.#generation === opening) this.#generation = undefined;
    });
    return opening;
  }

  /** Does the work; if the instance breaks meanwhile, opens it anew, and does once more what was only another's victim. */
  async #reopening<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw new StoreUnavailable('unreachable', closedMessage);
      const generation = this.#current();
      try {
        return await work();
      } catch (error) {
        await this.#replaceBroken(generation, error);
        const isVictim = !isWriteFailure(error) && (isFatal(error) || isInterrupted(error));
        if (!isVictim || attempt === 2 || this.#isClosed) throw asEventFailure(error);
      }
    }
  }

  /** Opens the instance anew if it failed in a way that it does not survive. */
  async #replaceBroken(generation: Promise<Generation>, error: unknown): Promise<void> {
    // After a failed write the engine may live on with a file that it no longer trusts, so it is opened anew too.
    const isBroken = isFatal(error) || isWriteFailure(error);
    if (!isBroken || generation !== this.#generation || this.#isClosed) return;
    this.#options.log?.warn({ err: error }, 'The event store failed and is opened anew.');
    this.#generation = this.#open(generation);
    await this.#generation.catch(() => {});
  }

  async ping(): Promise<void> {
    try {
      await this.#reopening(() => this.#withConnection((connection) => connection.run('select 1')));
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      throw new StoreUnavailable('unreachable', 'The event store does not answer.', { cause: error });
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const writers = [this.#writersOf(), ...this.#writers.values()];
    for (const turns of new Set(writers)) await turns.begin(foreverMs);
    this.#isClosed = true;
    for (const turns of new Set(writers)) turns.end();
    const generation = await this.#generation?.catch(() => undefined);
    if (!generation) return;
    await drain(generation);
    await generation.engine.close();
  }
}

/** Stops what is under way and closes every connection. */
async function drain({ idle, busy, streams }: Generation): Promise<void> {
  const streamsEndAt = performance.now() + streamsEndMs;
  while (busy.size > 0 || (streams.size > 0 && performance.now() < streamsEndAt)) {
    for (const connection of [...busy, ...streams]) connection.interrupt();
    await new Promise((resolve) => setTimeout(resolve, drainPollMs));
  }
  for (const connection of idle.splice(0)) connection.closeSync();
}

/** Inserts in one transaction. */
async function insertInOne(
  connection: DuckDBConnection,
  rows: PackedRows,
  among: Sql,
  batch: number | undefined,
): Promise<number> {
  return await inTransaction(connection, () => insertRows(connection, rows, among, batch));
}

async function replaceInOne(connection: DuckDBConnection, replacements: readonly Replacement[]): Promise<void> {
  await inTransaction(connection, async () => {
    for (const { where, rows } of replacements) {
      await removeRows(connection, rows.table, where);
      if (rows.rowCount > 0) await insertRows(connection, rows, never, undefined);
    }
  });
}

async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('begin');
  try {
    const result = await work();
    await connection.run('commit');
    return result;
  } catch (error) {
    // When there is nothing left to roll back, the first error is the one to tell.
    await connection.run('rollback').catch(() => {});
    throw error;
  }
}
