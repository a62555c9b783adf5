// Pieces of a data source's log on the disk: written to, closed, packed, and removed once the server has them. Everything
// that has to be known of a piece is in its name, so that a folder that was left behind tells all by itself.
import { closeSync, fdatasyncSync, openSync, readdirSync, readSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `open` is being written to, `lines` is closed text, `packed` the same as gzip, `file` one that was handed over as it is (by
 * FTP).
 */
export type SegmentKind = 'open' | 'lines' | 'packed' | 'file';

export interface Segment {
  /** Rises over all data sources of a spool: the oldest has the smallest. */
  readonly sequence: number;
  readonly kind: SegmentKind;
  /** Lines in it; 0 for a `file`, whose lines nobody counts. */
  readonly lines: number;
  readonly path: string;
  readonly bytes: number;
}

const extensions: Record<SegmentKind, string> = { open: 'open', lines: 'log', packed: 'log.gz', file: 'file' };
const namePattern = /^(\d{12})\.(\d+)\.(open|log|log\.gz|file)$/;

export function segmentPath(folder: string, sequence: number, lines: number, kind: SegmentKind): string {
  return join(folder, `${String(sequence).padStart(12, '0')}.${lines}.${extensions[kind]}`);
}

/** The pieces in a data source's folder, oldest first. What else lies there was never finished and is removed. */
export function readSegments(folder: string): Segment[] {
  const found: Segment[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const match = namePattern.exec(name);
    if (!match) {
      unlinkSync(path);
      continue;
    }
    const [, sequence, lines, extension] = match;
    const kind = (Object.keys(extensions) as SegmentKind[]).find((each) => extensions[each] === extension); // Its own keys.
    if (kind === undefined) continue;
    found.push({ sequence: Number(sequence), lines: Number(lines), kind, path, bytes: statSync(path).size });
  }
  return found.sort((a, b) => a.sequence - b.sequence).flatMap((each) => withoutDouble(each, found));
}

/** The text of a piece that was packed just before the process ended is still there beside it. */
function withoutDouble(segment: Segment, all: readonly Segment[]): Segment[] {
  if (segment.kind !== 'lines' && segment.kind !== 'open') return [segment];
  if (!all.some(({ kind, sequence }) => kind === 'packed' && sequence === segment.sequence)) return [segment];
  unlinkSync(segment.path);
  return [];
}

/** Closes a piece that an earlier process was writing to; an empty one goes. */
export function closeLeftOpen(folder: string, segment: Segment): Segment | undefined {
  if (segment.bytes === 0) {
    unlinkSync(segment.path);
    return undefined;
  }
  const lines = countLines(segment.path);
  const path = segmentPath(folder, segment.sequence, lines, 'lines');
  renameSync(segment.path, path);
  return { ...segment, kind: 'lines', lines, path };
}

const lineFeed = 0x0a;

function countLines(path: string): number {
  const file = openSync(path, 'r');
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  let lines = 0;
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      lines += lineFeedsIn(chunk.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return lines;
}

export function lineFeedsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) count++;
  return count;
}

/** Brings a folder's names to the disk. Not every system lets a folder be opened; those keep names in order by themselves. */
export function syncFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fdatasyncSync(file);
  } catch {
    // Windows opens folders for nobody's sync.
  } finally {
    closeSync(file);
  }
}
