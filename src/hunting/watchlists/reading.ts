// The CSV of a watchlist: a line of column names, then its items (RFC 4180). Read as it comes; what is kept of it are lists of
// rows as JSON text, each small enough to be one value in the control store.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { InvalidInput, TooLarge } from '../../lib/failures.ts';

export interface ReadWatchlist {
  readonly columns: readonly string[];
  readonly searchKey: string;
  /** JSON lists of rows: an item's id, then a text for each column. */
  readonly parts: readonly string[];
  readonly rowCount: number;
  /** Of the CSV. */
  readonly bytes: number;
}

export interface WatchlistLimits {
  readonly bytesMax: number;
  readonly rowsMax: number;
  /** Rows by columns, {@link ownColumns} included. */
  readonly cellsMax?: number;
}

/** Columns that every watchlist has besides those of its CSV. */
export const ownColumns = ['_DTItemId', 'LastUpdatedTimeUTC', 'SearchKey'] as const;

const columnsMax = 100;
const columnNameMax = 128;
/** A field with nothing in it takes a byte of the CSV at most, and a place in the engine. */
const usualCellsMax = 6_000_000;
/** So many rows are taken before others get the event loop: a chunk of the CSV may have tens of thousands. */
const rowsAtOnce = 200;
/** One row, in characters. */
const rowLengthMax = 1_000_000;
/** Rows of one part, in characters of their JSON. */
const partLengthMax = 500_000;

/** Throws InvalidInput for what is no such CSV, and TooLarge beyond the limits. `searchKey` is one of its columns; null is the first. */
export async function readWatchlist(
  stream: AsyncIterable<Buffer>,
  searchKey: string | null,
  { bytesMax, rowsMax, cellsMax = usualCellsMax }: WatchlistLimits,
): Promise<ReadWatchlist> {
  const count = { bytes: 0 };
  const source = Readable.from(counted(stream, bytesMax, count), { objectMode: false });
  const parser = parse({
    bom: true,
    skipEmptyLines: true,
    relaxColumnCount: true,
    info: true,
    maxRecordSize: rowLengthMax,
  });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  const items = new Items();
  let columns: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRow>) {
      if (columns === undefined) columns = columnsOf(record, searchKey);
      else if (items.rowCount >= rowsMax)
        throw new TooLarge(`A watchlist has at most ${rowsMax} rows (setting watchlistRowsMax).`);
      else {
        const row = rowOf(record, columns.length, info.lines);
        const cells = row.length + ownColumns.length;
        if ((items.rowCount + 1) * cells > cellsMax) throw tooManyCells(row.length, Math.floor(cellsMax / cells));
        items.add(row);
        if (items.rowCount % rowsAtOnce === 0) await setImmediate();
      }
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  } finally {
    source.destroy();
  }
  if (columns === undefined)
    throw new InvalidInput('body', 'The CSV is empty. Its first line has the names of the columns.');
  return {
    columns,
    searchKey: searchKey ?? columns[0] ?? '',
    parts: items.parts(),
    rowCount: items.rowCount,
    bytes: count.bytes,
  };
}

function tooManyCells(width: number, rows: number): TooLarge {
  return new TooLarge(`A watchlist of ${width} columns has at most ${rows} rows.`);
}

/** What the parser gives with `info`. */
interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* counted(
  stream: AsyncIterable<Buffer>,
  bytesMax: number,
  count: { bytes: number },
): AsyncIterable<Buffer> {
  for await (const chunk of stream) {
    count.bytes += chunk.length;
    if (count.bytes > bytesMax) {
      throw new TooLarge(`A watchlist has at most ${bytesMax} bytes (setting watchlistBytesMax).`);
    }
    yield chunk;
  }
}

function columnsOf(record: readonly string[], searchKey: string | null): readonly string[] {
  const columns = record.map((name) => name.trim());
  if (columns.length > columnsMax) throw new InvalidInput('body', `A watchlist has at most ${columnsMax} columns.`);
  const wrong = columns.find(
    (name) => name === '' || name.length > columnNameMax || /\p{Cc}/u.test(name) || !name.isWellFormed(),
  );
  if (wrong !== undefined) {
    throw new InvalidInput(
      'body',
      `The first line has the names of the columns, each of 1 to ${columnNameMax} characters.`,
    );
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new InvalidInput('body', `There are two columns ${twice}.`);
  const own = columns.find((name) => ownColumns.some((each) => each === name));
  if (own !== undefined)
    throw new InvalidInput('body', `Every watchlist has a column ${own} by itself. Call yours otherwise.`);
  if (searchKey !== null && !columns.includes(searchKey)) {
    throw new InvalidInput(
      'searchKey',
      `There is no column ${searchKey.slice(0, columnNameMax)}: there are ${columns.join(', ')}.`,
    );
  }
  return columns;
}

/** A row with fewer fields than columns ends with empty ones. */
function rowOf(record: readonly string[], width: number, line: number): readonly string[] {
  if (record.length > width) {
    throw new InvalidInput(
      'body',
      `The row that ends in line ${line} has ${record.length} fields, but there are ${width} columns.`,
    );
  }
  if (record.some((text) => text.includes('\0'))) {
    throw new InvalidInput('body', `The row that ends in line ${line} has the character U+0000.`);
  }
  return Array.from({ length: width }, (_, index) => (record[index] ?? '').toWellFormed());
}

/** Rows with their ids. The same row has the same id in every upload, and one that is there twice has two. */
class Items {
  rowCount = 0;
  readonly #parts: string[] = [];
  #rows: string[] = [];
  #length = 0;
  readonly #seen = new Map<string, number>();

  add(values: readonly string[]): void {
    this.rowCount += 1;
    const text = JSON.stringify(values);
    const digest = createHash('sha256').update(text).digest('hex');
    const before = this.#seen.get(digest) ?? 0;
    this.#seen.set(digest, before + 1);
    const id = before === 0 ? digest : createHash('sha256').update(`${digest} ${before}`).digest('hex');
    const row = `[${JSON.stringify(asGuid(id))}${values.length > 0 ? ',' : ''}${text.slice(1)}`;
    if (this.#length > 0 && this.#length + row.length > partLengthMax) this.#end();
    this.#rows.push(row);
    this.#length += row.length;
  }

  parts(): readonly string[] {
    if (this.#rows.length > 0) this.#end();
    return this.#parts;
  }

  #end(): void {
    this.#parts.push(`[${this.#rows.join(',')}]`);
    this.#rows = [];
    this.#length = 0;
  }
}

function asGuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function unreadable(error: CsvError): InvalidInput {
  const { lines } = error as { readonly lines?: unknown }; // The parser's context, where it has one.
  const where = typeof lines === 'number' ? ` near line ${lines}` : '';
  const what =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `a row is longer than ${rowLengthMax} characters`
      : error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a field in quotes does not end'
        : 'quotes stand where none may be';
  return new InvalidInput('body', `This is no CSV that can be read: ${what}${where}.`);
}
