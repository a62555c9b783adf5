// Memory for rows of wide tables, laid out in columns as the engine keeps them (vectors.ts), and used again and again.
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { EventTable } from './catalogue.ts';
import type { RowChunk } from './packing.ts';
import { TextPile } from './text-pile.ts';
import { emptyColumn, handOver, isText, type PackedColumn } from './vectors.ts';

/** Up to 2048 rows, the last of them under way. */
export class WideChunk implements RowChunk {
  readonly columns: readonly PackedColumn[];
  readonly rowsMax: number;
  readonly pile = new TextPile();
  rowCount = 0;

  constructor(table: EventTable, rowsMax: number) {
    this.rowsMax = rowsMax;
    this.columns = table.columns.map(({ type }) => emptyColumn(type, rowsMax));
    this.clear();
  }

  clear(): void {
    this.rowCount = 0;
    this.pile.clear();
    for (const column of this.columns) {
      // Addresses are looked for in every row, and zeros are the empty text.
      if (isText(column.type)) column.words.fill(0);
      column.hasNulls = column.type !== 'string';
      column.validity.fill(column.hasNulls ? 0 : 0xff);
    }
  }

  fill(rows: DuckDBDataChunk): void {
    this.pile.give(this.columns, this.rowCount);
    rows.rowCount = this.rowCount;
    this.columns.forEach((column, index) => {
      handOver(column, this.rowCount, duckdb.data_chunk_get_vector(rows.chunk, index));
    });
  }
}

/** Chunks that wait to be used again, oldest first: as many as an ingestion has under way, and few while there is none. */
const spare: { readonly table: EventTable; readonly chunk: WideChunk }[] = [];
const [spareMax, idleSpareMax] = [56, 24];
const idleMs = 10_000;
let idling: NodeJS.Timeout | undefined;

export function takeChunk(table: EventTable, rowsMax: number): WideChunk {
  const at = spare.findIndex((each) => each.table === table && each.chunk.rowsMax === rowsMax);
  return (at < 0 ? undefined : spare.splice(at, 1)[0]?.chunk) ?? new WideChunk(table, rowsMax);
}

export function giveBack(table: EventTable, chunks: readonly WideChunk[]): void {
  for (const chunk of chunks) {
    chunk.clear();
    spare.push({ table, chunk });
  }
  keepSpare(spareMax);
  if (spare.length <= idleSpareMax) return;
  idling ??= setTimeout(() => keepSpare(idleSpareMax), idleMs).unref();
  idling.refresh();
}

function keepSpare(most: number): void {
  if (spare.length > most) spare.splice(0, spare.length - most);
}
