// Rows on their way into the event store, gathered by table. A table's rows are committed when they are many, all of them
// when they are large; while one batch is stored the next is read.

import type { EventStore } from '../../events/events.ts';
import { releaseRows } from '../../events/packing.ts';
import { RowWriter } from '../../events/row-writer.ts';
import type { TenantId } from '../../lib/ids.ts';
import { eventTableOf } from '../schema/stored.ts';
import { type HuntingBatch, insertHuntingRows } from '../store.ts';
import { storedTable, TableReader } from './table-reader.ts';
import { setEpochMs, type TimeWords } from './times.ts';

/** As many as the engine writes as one block of columns, so that none of them is written twice. */
const batchRows = 32_768;
const pendingBytesMax = 48 * 1024 * 1024;

interface Pending {
  readonly reader: TableReader;
  readonly writer: RowWriter;
  first: number;
  last: number;
  duplicates: number;
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
  #pendingBytes = 0;
  /** Batches that wait to be committed. */
  readonly #full: HuntingBatch[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(events: EventStore, tenantId: TenantId, clock: () => number) {
    this.#events = events;
    this.#tenantId = tenantId;
    this.#clock = clock;
    setEpochMs(this.#ingested, clock());
  }

  /** Adds a record; answers a sentence when it is wrong. */
  add(table: string, fields: Readonly<Record<string, unknown>>, time: unknown): string | undefined {
    const pending = this.#pending.get(table) ?? this.#begin(table);
    if (!pending) return `There is no hunting table ${table}.`;
    const { reader, writer } = pending;
    const at = reader.read(fields, time, writer);
    if (typeof at === 'string') return at;
    if (!writer.endRow()) {
      pending.duplicates++;
      return undefined;
    }
    if (at < pending.first) pending.first = at;
    if (at > pending.last) pending.last = at;
    if (writer.rowCount >= batchRows) this.#end(pending);
    return undefined;
  }

  /** How much was read for the rows that were added. */
  addBytes(bytes: number): void {
    this.#pendingBytes += bytes;
    if (this.#pendingBytes >= pendingBytesMax) this.endAll();
  }

  #begin(table: string): Pending | undefined {
    const found = storedTable(table);
    if (!found) return undefined;
    const reader = new TableReader(found, this.#tenantId, this.#ingested);
    const writer = new RowWriter(eventTableOf(found));
    const pending = { reader, writer, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY, duplicates: 0 };
    this.#pending.set(table, pending);
    return pending;
  }

  endAll(): void {
    for (const pending of this.#pending.values()) this.#end(pending);
    this.#pendingBytes = 0;
  }

  #end(pending: Pending): void {
    this.counts.duplicates += pending.duplicates;
    pending.duplicates = 0;
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
  }
}

/** Waits for both, whatever becomes of either, and then meets the first failure. */
async function bothDone(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.allSettled([first, second]);
  await first;
  await second;
}
