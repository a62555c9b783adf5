// An uploaded file as plain bytes, whatever it is packed with. Everything is bounded: how much comes out, how many times more
// than went in, and how many files an archive has.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Transform } from 'node:stream';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { freeMemory } from '../../lib/memory.ts';
import { LogRefused } from './refused.ts';
import { findZipData, readZipEntries, type ZipEntry } from './zip.ts';

export interface UnpackOptions {
  readonly path: string;
  readonly logBytesMax: number;
}

/** Some bytes of a file, which are there until the next piece is asked for; `isLast` ends the file, after which another may begin. */
export interface UnpackedPiece {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** Read at once, and unpacked at once: each takes a turn of another thread, which is too dear for little. */
const pieceBytes = 1_048_576;
/** Logs become 5 to 30 times smaller, very monotonous ones 200 times. More is no log. */
const ratioMax = 500;
/** What is small anyway may be as monotonous as it likes. */
const ratioBytesLeast = 67_108_864;

/** The unpacked bytes of all files, one after the other. Throws LogRefused for what cannot be unpacked. */
export async function* unpack({ path, logBytesMax }: UnpackOptions): AsyncGenerator<UnpackedPiece> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const magic = Buffer.alloc(4);
    const magicBytes = readSync(file, magic, 0, 4, 0);
    if (magicBytes === 0)
      throw new LogRefused('unsupported-file', 'The file is empty. Upload a log with at least one line.');
    const meter = new Meter(size, logBytesMax);
    const hex = magic.toString('hex', 0, magicBytes);
    const whole = piecesOf(file, 0, size);
    if (hex.startsWith('1f8b')) yield* metered(inflated(whole, createGunzip(zlibOptions), 'gzip file'), meter);
    else if (hex === '504b0304' || hex === '504b0506') yield* unzipped(file, size, meter);
    else yield* metered(whole, meter);
  } finally {
    closeSync(file);
  }
}

/** Counts what comes out. */
class Meter {
  readonly #packedBytes: number;
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(packedBytes: number, bytesMax: number) {
    this.#packedBytes = packedBytes;
    this.#bytesMax = bytesMax;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesMax) {
      throw new LogRefused(
        'too-large',
        `The log is larger than discoveryLogBytesMax allows (${this.#bytesMax} bytes unpacked). Upload it in several parts.`,
      );
    }
    if (this.#bytes > ratioBytesLeast && this.#bytes > this.#packedBytes * ratioMax) {
      throw new LogRefused(
        'too-large',
        `The file becomes more than ${ratioMax} times larger when it is unpacked, which no log does. Upload the log as it is.`,
      );
    }
  }
}

/** What is there until the next one is asked for. */
type Pieces = AsyncIterable<Buffer> | Iterable<Buffer>;

async function* metered(pieces: Pieces, meter: Meter): AsyncGenerator<UnpackedPiece> {
  for await (const piece of pieces) {
    meter.add(piece.length);
    yield { bytes: piece, isLast: false };
  }
  yield { bytes: Buffer.alloc(0), isLast: true };
}

/** A part of a file, always in the same memory. It waits for the disk: for threads that have nothing else to do. */
function* piecesOf(file: number, start: number, end: number): Generator<Buffer> {
  const memory = Buffer.allocUnsafeSlow(Math.min(pieceBytes, end - start));
  for (let at = start; at < end; ) {
    const bytes = readSync(file, memory, 0, Math.min(memory.length, end - at), at);
    if (bytes === 0) return;
    at += bytes;
    yield memory.subarray(0, bytes);
  }
}

const zlibOptions = { chunkSize: pieceBytes } as const;

async function* inflated(packed: Iterable<Buffer>, inflater: Transform, what: string): AsyncGenerator<Buffer> {
  void feed(inflater, packed);
  try {
    // Nothing but bytes comes out of it, which Node's types do not say.
    for await (const piece of inflater as AsyncIterable<Buffer>) {
      yield piece;
      // It fills its memory from the front to the end, a piece at a time, and takes new memory then.
      if (piece.byteOffset + piece.length === piece.buffer.byteLength) freeMemory(piece.buffer);
    }
  } catch (error) {
    throw asBroken(error, what);
  } finally {
    inflater.destroy();
  }
}

/** Writes one piece at a time: its memory is used again when the inflater is done with it. Never rejects. */
async function feed(inflater: Transform, packed: Iterable<Buffer>): Promise<void> {
  try {
    for (const piece of packed) {
      await new Promise<void>((resolve, reject) => {
        inflater.write(piece, (error) => (error ? reject(error) : resolve()));
      });
      // Nobody wants more: the file may be closed.
      if (inflater.destroyed) return;
    }
    inflater.end();
  } catch (error) {
    inflater.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Failures of zlib tell of the file, all others of this machine. */
function asBroken(error: unknown, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('Z_')) return error;
  const isCut = code === 'Z_BUF_ERROR';
  return new LogRefused(
    'broken-archive',
    isCut
      ? `The ${what} ends in the middle: the upload stopped half way, or the file was still being written. Upload it again.`
      : `The ${what} is damaged: what it holds does not unpack. Pack the log anew and upload it again.`,
  );
}

async function* unzipped(file: number, fileBytes: number, meter: Meter): AsyncGenerator<UnpackedPiece> {
  const entries = readZipEntries(file, fileBytes);
  if (entries.length === 0) {
    throw new LogRefused(
      'unsupported-file',
      'The zip archive holds no file with something in it. Upload one with a log.',
    );
  }
  for (const entry of entries) yield* metered(entryBytes(file, findZipData(file, entry), entry), meter);
}

async function* entryBytes(file: number, start: number, entry: ZipEntry): AsyncGenerator<Buffer> {
  const packed = piecesOf(file, start, start + entry.packedBytes);
  const bytes = entry.isDeflated ? inflated(packed, createInflateRaw(zlibOptions), 'zip archive') : packed;
  let [count, crc] = [0, 0];
  for await (const piece of bytes) {
    count += piece.length;
    if (count > entry.bytes) break;
    crc = crc32(piece, crc);
    yield piece;
  }
  if (count !== entry.bytes || crc !== entry.crc) {
    throw new LogRefused(
      'broken-archive',
      `The zip archive is damaged: ${entry.name} does not unpack to what its directory says. Pack the log anew and upload it again.`,
    );
  }
}
