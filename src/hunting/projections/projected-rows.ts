// Rows of hunting tables that this server makes of what it knows itself. They are written like those that come in
// (ingest/table-reader.ts), so that every column holds the same wherever its row came from.
import { RowWriter } from '../../events/row-writer.ts';
import type { TenantId } from '../../lib/ids.ts';
import { storedTable, TableReader } from '../ingest/table-reader.ts';
import { setEpochMs, type TimeWords } from '../ingest/times.ts';
import { eventTableOf } from '../schema/stored.ts';
import type { HuntingBatch } from '../store.ts';

/** Values by column; what is absent, null or empty stays empty. Names that the table does not have go to AdditionalFields. */
export type Fields = Readonly<Record<string, unknown>>;

/** A long value that is known to be JSON: it need not be read to be written. */
export interface ReadyJson {
  readonly column: string;
  readonly text: string;
}

/** Rows of one table and tenant, as they are made. */
export class ProjectedRows {
  readonly #reader: TableReader;
  readonly #writer: RowWriter;
  readonly #columns: ReadonlyMap<string, number>;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** `ingestedAt` is what ingestion_time() says of the rows, epoch milliseconds. */
  constructor(tableName: string, tenantId: TenantId, ingestedAt: number) {
    const table = storedTable(tableName);
    if (!table) throw new Error(`There is no hunting table ${tableName}.`);
    const ingested: TimeWords = { low: 0, high: 0 };
    setEpochMs(ingested, ingestedAt);
    const stored = eventTableOf(table);
    this.#reader = new TableReader(table, tenantId, ingested);
    this.#writer = new RowWriter(stored);
    this.#columns = new Map(stored.columns.map(({ name }, index) => [name, index]));
  }

  get rowCount(): number {
    return this.#writer.rowCount;
  }

  /** Adds a row; answers a sentence, and adds nothing, when a value does not fit its column. The same row twice is one. */
  add(fields: Fields, ready?: ReadyJson): string | undefined {
    const at = this.#reader.read(fields, undefined, this.#writer);
    if (typeof at === 'string') return at;
    if (ready) this.#writer.setText(this.#columns.get(ready.column) ?? -1, ready.text);
    if (!this.#writer.endRow()) return undefined;
    if (at < this.#first) this.#first = at;
    if (at > this.#last) this.#last = at;
    return undefined;
  }

  /** The rows that were added since the last time. */
  take(): HuntingBatch {
    const { table } = this.#reader;
    const hasSpan = table.timeColumn !== null && this.#writer.rowCount > 0;
    const span = hasSpan ? { first: this.#first, last: this.#last } : null;
    this.#first = Number.POSITIVE_INFINITY;
    this.#last = Number.NEGATIVE_INFINITY;
    return { table, rows: this.#writer.take(), span };
  }
}
