// Rows on their way into the event store, gathered by table. A table's rows are committed when they are many, all of them
// when they are large; while one batch is stored the next is read.

import type { EventStore } from '../../events/events.ts';
import { releaseRows } from '../../events/packing.ts';
import { RowWriter } from '../../events/row-writer.ts';
import { minuteMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { ownTables } from '../schema/own-tables.ts';
import { eventTableOf } from '../schema/stored.ts';
import { type HuntingBatch, insertHuntingRows } from '../store.ts';
import { JsonBytes } from './json-bytes.ts';
import { RecordScanner } from './record-scanner.ts';
import { tableOfCategory } from './records.ts';
import { storedTable, TableReader } from './table-reader.ts';
import { TableScanner } from './table-scanner.ts';
import { setEpochMs, type TimeWords } from './times.ts';

/** As many as the engine writes as one block of columns, so that none of them is written twice. */
const batchRows = 32_768;
/** As much as that many records of 3 kB: a batch that ends before its block is full is written twice. */
const pendingBytesMax = 96 * 1024 * 1024;
const categoriesMax = 200;
/** A sender may take hours, and what it sent is not held back for as long: near real time looks back ten minutes only. */
const pendingMsMax = minuteMs;

interface Pending {
  readonly reader: TableReader;
  readonly writer: RowWriter;
  readonly scanner: TableScanner;
  first: number;
  last: number;
  duplicates: number;
  /** How much was read for the rows that wait. */
  bytes: number;
}

export interface StoredCounts {
  stored: number;
  duplicates: number;
  /** Stored rows by table. */
  readonly tables: Map<string, number>;
}

export class Batches {
  readonly counts: StoredCounts = { stored: 0, duplicates: 0, tables: new Map() };
  readonly #events: EventStore;
  readonly #tenantId: TenantId;
  readonly #clock: () => number;
  readonly #ingested: TimeWords = { low: 0, high: 0 };
  readonly #pending = new Map<string, Pending>();
  readonly #json = new JsonBytes();
  readonly #scanner = new RecordScanner(this.#json, (category) => this.#pendingOf(category));
  /** By what records name as their category. */
  readonly #byCategory = new Map<string, Pending>();
  /** Of all tables together. */
  #pendingBytes = 0;
  /** Whose row was added last. */
  #latest: Pending | undefined;
  /** When all batches were begun anew. */
  #begunAt: number;
  /** Batches that wait to be committed. */
  readonly #full: HuntingBatch[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(events: EventStore, tenantId: TenantId, clock: () => number) {
    this.#events = events;
    this.#tenantId = tenantId;
    this.#clock = clock;
    this.#begunAt = clock();
    setEpochMs(this.#ingested, this.#begunAt);
  }

  /** Adds a record; answers a sentence when it is wrong. */
  add(table: string, fields: Readonly<Record<string, unknown>>, time: unknown): string | undefined {
    const pending = this.#pending.get(table) ?? this.#begin(table);
    if (!pending) return `There is no hunting table ${table}.`;
    const at = pending.reader.read(fields, time, pending.writer);
    if (typeof at === 'string') return at;
    this.#keepRow(pending, at);
    return undefined;
  }

  /** Adds the record of the streaming API that these bytes are; false, and nothing is added, when it has to be parsed. */
  addScanned(record: Uint8Array): boolean {
    const pending = this.#scanner.scan(record);
    if (pending === undefined) return false;
    this.#keepRow(pending, this.#scanner.rough);
    return true;
  }

  #pendingOf(category: string): Pending | undefined {
    const known = this.#byCategory.get(category);
    if (known) return known;
    const table = tableOfCategory(category);
    const pending =
      table === undefined || ownTables.has(table) ? undefined : (this.#pending.get(table) ?? this.#begin(table));
    // Letter case apart there are few; a hostile export has no use of more.
    if (pending && this.#byCategory.size < categoriesMax) this.#byCategory.set(category, pending);
    return pending;
  }

  #keepRow(pending: Pending, at: number): void {
    this.#latest = pending;
    if (!pending.writer.endRow()) {
      pending.duplicates++;
      return;
    }
    if (at < pending.first) pending.first = at;
    if (at > pending.last) pending.last = at;
    if (pending.writer.rowCount >= batchRows) this.#end(pending);
  }

  /** How much was read for the rows that were added since the last time. */
  addBytes(bytes: number): void {
    if (!this.#latest) return;
    this.#latest.bytes += bytes;
    this.#pendingBytes += bytes;
    if (this.#pendingBytes >= pendingBytesMax) this.endAll();
  }

  /** Ends batches that have waited for long; asked often, also while nothing comes in whole. */
  endOld(): void {
    if (this.#clock() - this.#begunAt >= pendingMsMax) this.endAll();
  }

  #begin(table: string): Pending | undefined {
    const found = storedTable(table);
    if (!found) return undefined;
    const reader = new TableReader(found, this.#tenantId, this.#ingested);
    const writer = new RowWriter(eventTableOf(found));
    const scanner = new TableScanner(this.#json, reader, writer);
    const span = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    const pending = { reader, writer, scanner, ...span, duplicates: 0, bytes: 0 };
    this.#pending.set(table, pending);
    return pending;
  }

  endAll(): void {
    for (const pending of this.#pending.values()) this.#end(pending);
    this.#begunAt = this.#clock();
    setEpochMs(this.#ingested, this.#begunAt);
  }

  #end(pending: Pending): void {
    this.counts.duplicates += pending.duplicates;
    pending.duplicates = 0;
    // Only what waits counts: else a table of many rows would end in every third batch before its block is full.
    this.#pendingBytes -= pending.bytes;
    pending.bytes = 0;
    const { reader, writer, first, last } = pending;
    if (writer.rowCount === 0) return;
    const hasTime = reader.table.timeColumn !== null;
    this.#full.push({ table: reader.table, rows: writer.take(), span: hasTime ? { first, last } : null });
    pending.first = Number.POSITIVE_INFINITY;
    pending.last = Number.NEGATIVE_INFINITY;
    setEpochMs(this.#ingested, this.#clock());
  }

  /** Hands full batches to the store. Two are under way at most: the next is read meanwhile. */
  async commitFull(beforeEach: () => Promise<void>): Promise<void> {
    for (let batch = this.#full.shift(); batch; batch = this.#full.shift()) {
      const before = this.#writing;
      this.#writing = bothDone(before, this.#store(batch, beforeEach));
      this.#writing.catch(() => {}); // Met by whoever awaits it next; unheard until then it would end the process.
      await before;
    }
  }

  async #store(batch: HuntingBatch, before: () => Promise<void>): Promise<void> {
    const { rowCount } = batch.rows;
    try {
      await before();
      const stored = await insertHuntingRows(this.#events, this.#tenantId, batch);
      this.counts.stored += stored;
      this.counts.duplicates += rowCount - stored;
      const { name } = batch.table;
      if (stored > 0) this.counts.tables.set(name, (this.counts.tables.get(name) ?? 0) + stored);
    } catch (error) {
      releaseRows(batch.rows);
      throw error;
    }
  }

  /** Waits until everything that was handed over is stored. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Gives back the memory of what will not be stored. */
  discard(): void {
    for (const { rows } of this.#full.splice(0)) releaseRows(rows);
    for (const { writer } of this.#pending.values()) releaseRows(writer.take());
    this.#pending.clear();
    this.#byCategory.clear();
  }
}

/** Waits for both, whatever becomes of either, and then meets the first failure. */
async function bothDone(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.allSettled([first, second]);
  await first;
  await second;
}
