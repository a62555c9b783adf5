// The event store: what only accumulates (activities now; discovery transactions and hunting tables to come). Embedded
// it is DuckDB, one file and one instance per process. Nouns hand it SQL values and packed rows through this file.
import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreUnavailable, TooLarge } from '../lib/failures.ts';
import type { EventTable } from './catalogue.ts';
import { boundType, boundValue, type CellValue, cellValue } from './cells.ts';
import { asEventFailure, type Engine, isFatal, isInterrupted, isWriteFailure, openEngine } from './engine.ts';
import { type PackedRows, releaseRows } from './packing.ts';
import { insertRows } from './rows.ts';
import { name, type Sql, sql } from './sql.ts';
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
  /** Tells this store from another one beside the same control store. */
  id(): Promise<string>;
  /** The number of the last batch of a table that numbers them; 0 when there is none. */
  lastBatch(table: EventTable): Promise<number>;
  /** Throws StoreUnavailable when the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export async function openEventStore(options: EventStoreOptions): Promise<EventStore> {
  return new DuckStore(options, await openEngine(options));
}

/** An engine and the connections to it. A fatal error makes all of them useless at once. */
interface Generation {
  readonly engine: Engine;
  readonly idle: DuckDBConnection[];
  readonly busy: Set<DuckDBConnection>;
}

const drainPollMs = 5;
const interruptAgainMs = 20;
/** The longest time that a timer takes. */
const foreverMs = 2_147_483_647;
const closedMessage = 'The event store is closed.';

class DuckStore implements EventStore {
  readonly #options: EventStoreOptions;
  readonly #readers: Turns;
  readonly #writers = new Turns(1);
  /** Undefined after an opening that failed: whoever needs it next tries again. */
  #generation: Promise<Generation> | undefined;
  #isClosed = false;
  /** Numbers of the last batches that were stored, by table, as far as they were asked for. */
  readonly #lastBatches = new Map<string, number>();

  constructor(options: EventStoreOptions, engine: Engine) {
    this.#options = options;
    this.#readers = new Turns(options.queriesAtOnceMax);
    this.#generation = Promise.resolve({ engine, idle: [], busy: new Set() });
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
    await this.#writers.begin(foreverMs);
    try {
      // Insertions run one after the other, so numbers become visible in their order; that of a failed one is not missed.
      const batch = rows.table.numbersBatches ? (await this.lastBatch(rows.table)) + 1 : undefined;
      const stored = await this.#reopening(() =>
        this.#withConnection((connection) => insertInOne(connection, rows, among, batch)),
      );
      if (batch !== undefined && stored > 0) this.#lastBatches.set(rows.table.name, batch);
      return stored;
    } finally {
      this.#writers.end();
      releaseRows(rows);
    }
  }

  async id(): Promise<string> {
    const [row] = await this.query(sql`select ${name('id')} from ${name('storeIdentity')}`);
    return String(row?.[0]);
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
      return { engine: await openEngine(this.#options), idle: [], busy: new Set() };
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
        const isWrite = isWriteFailure(error);
        // After a failed write the engine may live on with a file that it no longer trusts, so it is opened anew too.
        if ((isFatal(error) || isWrite) && generation === this.#generation && !this.#isClosed) {
          this.#options.log?.warn({ err: error }, 'The event store failed and is opened anew.');
          this.#generation = this.#open(generation);
          await this.#generation.catch(() => {});
        }
        const isVictim = !isWrite && (isFatal(error) || isInterrupted(error));
        if (!isVictim || attempt === 2 || this.#isClosed) throw asEventFailure(error);
      }
    }
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
    await this.#writers.begin(foreverMs);
    this.#isClosed = true;
    this.#writers.end();
    const generation = await this.#generation?.catch(() => undefined);
    if (!generation) return;
    await drain(generation);
    await generation.engine.close();
  }
}

/** Stops what is under way and closes every connection. */
async function drain({ idle, busy }: Generation): Promise<void> {
  while (busy.size > 0) {
    for (const connection of busy) connection.interrupt();
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
  await connection.run('begin');
  try {
    const stored = await insertRows(connection, rows, among, batch);
    await connection.run('commit');
    return stored;
  } catch (error) {
    // When there is nothing left to roll back, the first error is the one to tell.
    await connection.run('rollback').catch(() => {});
    throw error;
  }
}
