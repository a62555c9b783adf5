// Answers that are too large to be held: chunk by chunk, as fast as they are taken, with a time limit, a limit of rows and
// a way to stop. The statement's text is one that the program compiled; what varies is bound.
import {
  BIGINT,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBResult,
  type DuckDBType,
  StatementType,
  UUID,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { TooLarge } from '../lib/failures.ts';
import { boundValue } from './cells.ts';
import { isInterrupted } from './engine.ts';
import { type TextRun, TextRuns, type WantedTexts } from './text-runs.ts';

/** What an answer's columns hold: bigint for whole numbers of 64 bits, text for what has no type of its own here. */
export type StreamedValue = string | number | bigint | boolean | null;

export interface StreamedQuery {
  /** With `$1`, `$2`, … for its values. */
  readonly sql: string;
  readonly values: readonly (bigint | { readonly uuid: string })[];
  /** Counted from the first chunk that is asked for. */
  readonly secondsMax: number;
  /** Rows beyond are not given. Ask for one more than you need to learn whether there are more. */
  readonly rowsMax: number;
  /** Aborted, the query is interrupted and the iteration throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** At most 2048 rows. */
export interface StreamedChunk {
  readonly rowCount: number;
  /** The values of each column, one array a column. */
  columns(): readonly (readonly StreamedValue[])[];
  /** Texts of the first column, for who takes the rows of a chunk little by little; null for NULL or one that is too long. */
  texts(wanted: WantedTexts): TextRun | null;
}

const interruptAgainMs = 20;

/**
 * The rows of the answer, and at the end whether the engine has no more of them. Throws TooLarge when the time is over. The
 * connection must do nothing else meanwhile.
 */
export async function* streamRows(
  connection: DuckDBConnection,
  query: StreamedQuery,
): AsyncGenerator<StreamedChunk, boolean> {
  const { signal } = query;
  signal?.throwIfAborted();
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  // An interruption that comes before the engine has begun is lost, so it is repeated until the query ends.
  const interrupt = () => {
    clearTimeout(timer);
    connection.interrupt();
    timer = setTimeout(interrupt, interruptAgainMs);
  };
  timer = setTimeout(() => {
    isLate = true;
    interrupt();
  }, query.secondsMax * 1000);
  signal?.addEventListener('abort', interrupt);
  try {
    return yield* firstRows(await begin(connection, query), query.rowsMax);
  } catch (error) {
    if (signal?.aborted && isInterrupted(error)) throw signal.reason;
    throw isLate && isInterrupted(error) ? tookTooLong(query.secondsMax) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
  }
}

/**
 * Begins one statement, which reads: the driver's own `stream` runs every statement of a text. A fault of the compiler must
 * not become a way to write.
 */
async function begin(connection: DuckDBConnection, { sql, values }: StreamedQuery): Promise<DuckDBResult> {
  const statement = await connection.prepare(sql);
  try {
    if (statement.statementType !== StatementType.SELECT) throw new Error('A hunting query must be one that reads.');
    statement.bind(values.map(boundOf), values.map(typeOf));
    return await statement.stream();
  } finally {
    statement.destroySync();
  }
}

async function* firstRows(result: DuckDBResult, rowsMax: number): AsyncGenerator<StreamedChunk, boolean> {
  let left = rowsMax;
  while (left > 0) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return true;
    yield chunkOf(chunk, Math.min(left, chunk.rowCount));
    left -= chunk.rowCount;
  }
  return false;
}

function chunkOf(chunk: DuckDBDataChunk, rowCount: number): StreamedChunk {
  let runs: TextRuns | undefined;
  return {
    rowCount,
    columns: () =>
      Array.from({ length: chunk.columnCount }, (_, index) => {
        const vector = chunk.getColumnVector(index);
        return Array.from({ length: rowCount }, (_, row) => streamedValue(vector.getItem(row)));
      }),
    texts: (wanted) => {
      runs ??= new TextRuns(duckdb.data_chunk_get_vector(chunk.chunk, 0), rowCount);
      return runs.take(wanted);
    },
  };
}

function streamedValue(value: unknown): StreamedValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      return value === null || value === undefined ? null : String(value);
  }
}

function boundOf(value: bigint | { readonly uuid: string }) {
  return typeof value === 'bigint' ? value : boundValue(value);
}

function typeOf(value: bigint | { readonly uuid: string }): DuckDBType {
  return typeof value === 'bigint' ? BIGINT : UUID;
}

function tookTooLong(seconds: number): TooLarge {
  return new TooLarge(`The query took longer than ${seconds} s. Ask for less at once, for instance by a shorter time.`);
}
