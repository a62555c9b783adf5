// The CSV that people export: comma, semicolon or tab between cells, with or without a byte order mark, quotation marks
// where they are wanted and where they are not (RFC 4180, leniently).
import { Readable } from 'node:stream';
import type { CsvError, Info } from 'csv-parse';

export type CsvItem =
  | {
      readonly kind: 'row';
      readonly cells: readonly string[];
      /** Counted from 1; of a row over several lines it is the last one. */
      readonly line: number;
      readonly bytes: number;
    }
  /** The last one: what follows it cannot be told apart. */
  | { readonly kind: 'unreadable'; readonly reason: 'too-long' | 'cut-off'; readonly line: number };

/** What the parser gives with `info`. */
interface ParsedRow {
  readonly record: readonly string[];
  readonly info: Info;
}

const pieceBytes = 65_536;
/** More than may lie between what the parser was given and the rows that were taken from it. */
const aheadBytesMax = 1_048_576;

/**
 * The rows one after the other, the names of the columns first; empty lines are no rows. A row beyond `rowBytesMax` and
 * one whose quotation marks are never closed end it. Errors of the source are thrown; the source is destroyed at the end.
 */
export async function* readCsv(chunks: AsyncIterable<Buffer>, rowBytesMax: number): AsyncGenerator<CsvItem> {
  const { parse } = await import('csv-parse'); // No start needs it.
  const progress = { given: 0, ended: 0, isStopped: false };
  let unclosed: CsvError | undefined;
  const parser = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    relaxColumnCount: true,
    relaxQuotes: true,
    skipEmptyLines: true,
    info: true,
    // An error of the parser would take the rows with it that are read but not yet handed over. Its own limit for rows is
    // not used: it drops the rest of a piece with the row, other rows among it.
    skipRecordsWithError: true,
    onSkip: (error) => {
      unclosed = error;
      return undefined;
    },
  });
  const source = Readable.from(inPieces(chunks, progress, rowBytesMax), { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let line = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRow>) {
      const bytes = info.bytes - progress.ended;
      progress.ended = info.bytes;
      if (bytes > rowBytesMax) {
        yield { kind: 'unreadable', reason: 'too-long', line: line + 1 };
        return;
      }
      line = info.lines;
      yield { kind: 'row', cells: record, line, bytes };
    }
    if (progress.isStopped) yield { kind: 'unreadable', reason: 'too-long', line: line + 1 };
    else if (unclosed) yield { kind: 'unreadable', reason: 'cut-off', line: line + 1 };
  } finally {
    source.destroy();
  }
}

/** Ends when a row has become too long before its end was met, so that no more of it is held. */
async function* inPieces(
  chunks: AsyncIterable<Buffer>,
  progress: { given: number; readonly ended: number; isStopped: boolean },
  rowBytesMax: number,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      if (progress.given - progress.ended > rowBytesMax + aheadBytesMax) {
        progress.isStopped = true;
        return;
      }
      const piece = chunk.subarray(from, from + pieceBytes);
      progress.given += piece.length;
      yield piece;
    }
  }
}

/** The cells by the names of their columns; those beyond the last name, or under an empty one, by their number. */
export function cellsByName(names: readonly string[], cells: readonly string[]): Record<string, string> {
  return Object.fromEntries(cells.map((cell, index) => [names[index]?.trim() || `Column${index + 1}`, cell]));
}
