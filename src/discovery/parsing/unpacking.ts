// An uploaded file as plain bytes, whatever it is packed with. Everything is bounded: how much comes out, how many times more
// than went in, and how many files an archive has.
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable, Transform } from 'node:stream';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { LogRefused } from './refused.ts';
import { findZipData, readZipEntries, type ZipEntry } from './zip.ts';

export interface UnpackOptions {
  readonly path: string;
  readonly logBytesMax: number;
}

/** Some bytes of a file; `isLast` ends the file, after which another may begin. */
export interface UnpackedPiece {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

const pieceBytes = 262_144;
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
    if (hex.startsWith('1f8b')) yield* metered(gunzipped(path), meter);
    else if (hex === '504b0304' || hex === '504b0506') yield* unzipped(path, file, size, meter);
    else yield* metered(createReadStream(path, { highWaterMark: pieceBytes }) as Bytes, meter); // See there.;
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

/** Nothing but bytes comes out of the streams here, which Node's types do not say. */
type Bytes = AsyncIterable<Buffer>;

async function* metered(stream: Bytes, meter: Meter): AsyncGenerator<UnpackedPiece> {
  for await (const piece of stream) {
    meter.add(piece.length);
    yield { bytes: piece, isLast: false };
  }
  yield { bytes: Buffer.alloc(0), isLast: true };
}

const zlibOptions = { chunkSize: pieceBytes } as const;

async function* gunzipped(path: string): AsyncGenerator<Buffer> {
  yield* inflated(createReadStream(path, { highWaterMark: pieceBytes }), createGunzip(zlibOptions), 'gzip file');
}

async function* inflated(source: Readable, inflater: Transform, what: string): AsyncGenerator<Buffer> {
  source.on('error', (error) => inflater.destroy(error));
  try {
    yield* source.pipe(inflater) as Bytes; // See there.
  } catch (error) {
    throw asBroken(error, what);
  } finally {
    source.destroy();
    inflater.destroy();
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

async function* unzipped(path: string, file: number, fileBytes: number, meter: Meter): AsyncGenerator<UnpackedPiece> {
  const entries = readZipEntries(file, fileBytes);
  if (entries.length === 0) {
    throw new LogRefused(
      'unsupported-file',
      'The zip archive holds no file with something in it. Upload one with a log.',
    );
  }
  for (const entry of entries) yield* metered(entryBytes(path, findZipData(file, entry), entry), meter);
}

async function* entryBytes(path: string, start: number, entry: ZipEntry): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { start, end: start + entry.packedBytes - 1, highWaterMark: pieceBytes });
  const bytes: Bytes = entry.isDeflated
    ? inflated(source, createInflateRaw(zlibOptions), 'zip archive')
    : (source as Bytes); // See there.
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
