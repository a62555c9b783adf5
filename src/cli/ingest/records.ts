// From a source in any format to lines of one record each, sent in batches.
import { splitJsonValues } from './json-values.ts';
import { readPurviewCsv } from './purview-csv.ts';
import type { Format } from './source.ts';

/** A record that could not be sent, by its number in the source (from 1). */
export interface LocalProblem {
  readonly record: number;
  readonly reason: 'too-long' | 'too-long-row' | 'cut-off' | 'no-audit-data';
}

/**
 * NDJSON, whatever came in. Line n is record n; a record that cannot be sent is an empty line. With `pageMember`, JSON
 * may come as pages: objects with their records in a list of that name.
 */
export function toLines(
  text: AsyncIterable<Buffer>,
  format: Format,
  onProblem: (problem: LocalProblem) => void,
  pageMember?: string,
): AsyncIterable<Buffer> {
  switch (format) {
    case 'ndjson':
      return text;
    case 'json':
      return splitJsonValues(text, onProblem, pageMember);
    case 'csv':
      return readPurviewCsv(text, onProblem);
  }
}

export interface Batch {
  /** Lines before this batch. */
  readonly linesBefore: number;
  /** To be read to its end before the next batch is asked for. */
  readonly bytes: AsyncIterable<Buffer>;
}

const pieceBytes = 65_536;
const lineFeed = 0x0a;

/**
 * Cuts lines into batches of about `bytesMax`, always between two lines. Each batch is streamed: what is held is one
 * piece. `onLines` hears how many lines went by.
 */
export async function* splitBatches(
  lines: AsyncIterable<Buffer>,
  bytesMax: number,
  onLines: (count: number) => void = () => undefined,
): AsyncGenerator<Batch> {
  const source = inPieces(lines)[Symbol.asyncIterator]();
  let linesBefore = 0;
  let pending = await nextPiece(source);
  while (pending) {
    let linesHere = 0;
    const bytes = (async function* () {
      let sent = 0;
      while (pending) {
        const cut = sent + pending.length < bytesMax ? -1 : pending.indexOf(lineFeed, Math.max(0, bytesMax - sent - 1));
        const piece: Buffer = cut < 0 ? pending : pending.subarray(0, cut + 1);
        const rest: Buffer = pending.subarray(piece.length);
        const count = countLines(piece);
        linesHere += count;
        sent += piece.length;
        onLines(count);
        yield piece;
        pending = rest.length > 0 ? rest : await nextPiece(source);
        if (cut >= 0) return;
      }
    })();
    yield { linesBefore, bytes };
    linesBefore += linesHere;
  }
}

async function nextPiece(source: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  for (;;) {
    const { done, value } = await source.next();
    if (done) return undefined;
    if (value.length > 0) return value;
  }
}

/** Puts short lines together, so that a batch is not sent in thousands of small writes. */
async function* inPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < pieceBytes) continue;
    yield held.length === 1 ? chunk : Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}

function countLines(piece: Buffer): number {
  let count = 0;
  for (let index = piece.indexOf(lineFeed); index >= 0; index = piece.indexOf(lineFeed, index + 1)) count++;
  return count;
}
