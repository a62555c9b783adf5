// The thread that unpacks a log: it hashes what comes out, turns it into UTF-8, cuts it into slices and puts them into the ring.
import { createCipheriv } from 'node:crypto';
import { getParser, type NamedKind } from './kinds.ts';
import { Slicer } from './slicing.ts';
import { Ring, type RingMemory } from './slots.ts';
import { TextReader } from './text.ts';
import { type UnpackOptions, unpack } from './unpacking.ts';

/** So much of a log is looked at to see what it is. */
const sampleBytesMax = 1_048_576;

export interface ProduceOptions extends UnpackOptions {
  readonly ring: RingMemory;
  /** Threads that take from the ring. */
  readonly readers: number;
  readonly named: NamedKind;
  readonly lineBytesMax: number;
}

export interface Produced {
  readonly contentHash: string;
  readonly bytes: number;
  /** Records longer than a slice. */
  readonly tooLong: number;
}

/** The first whole lines of the log, in UTF-8. */
export async function readSample(options: UnpackOptions): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const text = new TextReader();
  for await (const { bytes: piece, isLast } of unpack(options)) {
    const read = text.read(piece, isLast);
    pieces.push(Buffer.from(read));
    bytes += read.length;
    if (isLast || bytes >= sampleBytesMax) break;
  }
  const sample = Buffer.concat(pieces);
  const end = bytes >= sampleBytesMax ? sample.lastIndexOf(0x0a) + 1 || bytes : bytes;
  return Uint8Array.from(sample.subarray(0, end));
}

/** Puts the whole log into the ring. Throws LogRefused for what cannot be unpacked, Aborted when the job is given up. */
export async function produce({
  ring: memory,
  readers,
  named,
  lineBytesMax,
  ...options
}: ProduceOptions): Promise<Produced> {
  const ring = new Ring(memory);
  const slicer = new Slicer(ring, { parser: await getParser(named), isSyslog: named.isSyslog, lineBytesMax });
  const hash = new ContentHash();
  let text = new TextReader();
  let count = 0;
  for await (const { bytes, isLast } of unpack(options)) {
    ring.checkAborted();
    hash.add(bytes);
    count += bytes.length;
    slicer.write(text.read(bytes, isLast));
    ring.unpackedBytes = count;
    if (!isLast) continue;
    slicer.endFile();
    text = new TextReader();
  }
  ring.finish(readers);
  return { contentHash: hash.end(), bytes: count, tooLong: slicer.tooLong };
}

/**
 * Tells logs apart: 128 bits, by the authenticator of AES-GCM (NIST SP 800-38D) over the bytes, under a key that is no
 * secret. Two logs that were not made to collide do so once in 2^100 or less, and it takes a fifteenth of SHA-256's time, which would be
 * a fifth of all that reading a log costs.
 */
export class ContentHash {
  readonly #cipher = createCipheriv('aes-128-gcm', Buffer.alloc(16, 'content of a log'), Buffer.alloc(12));

  add(bytes: Buffer): void {
    if (bytes.length > 0) this.#cipher.setAAD(bytes);
  }

  /** 32 hex digits. */
  end(): string {
    this.#cipher.final();
    return this.#cipher.getAuthTag().toString('hex');
  }
}
