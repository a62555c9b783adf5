// Writes a stream to a file as fast as the disk takes it, while the next piece comes in: never more than two pieces are in memory.
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { InvalidInput, TooLarge } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { freeMemory } from '../../lib/memory.ts';
import { asDiskFailure, roomPieceBytes, type UploadRoom } from './disk.ts';

const pieceBytes = 1024 * 1024;
/** The disk is asked to keep so much while the next comes in, so that little is left to wait for in the end. */
const syncBytes = 32 * 1024 * 1024;

export interface WritingLimits {
  readonly bytesMax: number;
  /** The name of the setting, for the message. */
  readonly setting: string;
  /** Base64 of the MD5 that the sender says the bytes have; null when it does not say. */
  readonly md5: string | null;
}

/** The MD5 of the bytes is not what the sender said it was. */
export class OtherContent extends InvalidInput {
  constructor() {
    super('content-md5', 'The bytes that came have another MD5 than Content-MD5 says. Send the file again.');
  }
}

/**
 * Writes the stream to a new file and returns how many bytes it had; when that is said they are on the disk. Whatever goes
 * wrong, no file is left. The room that the file takes stays taken when it is done. Throws TooLarge, OtherContent,
 * StoreUnavailable for a full disk, and what the stream throws. A chunk that has its memory to itself is empty once it is written.
 */
export async function writeFileOf(
  path: string,
  stream: AsyncIterable<Buffer>,
  limits: WritingLimits,
  { room, tenantId }: { readonly room: UploadRoom; readonly tenantId: TenantId },
): Promise<number> {
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => Promise.reject(asDiskFailure(error)));
  room.begin(path);
  const writer = new Writer(handle, limits, (bytes) => room.take(tenantId, path, bytes));
  let isDone = false;
  try {
    for await (const chunk of stream) await writer.add(chunk);
    await writer.end();
    isDone = true;
    return writer.bytes;
  } catch (error) {
    throw asDiskFailure(error);
  } finally {
    await writer.settled();
    await handle.close();
    await room.settle(tenantId, path, isDone);
  }
}

class Writer {
  readonly #handle: FileHandle;
  readonly #limits: WritingLimits;
  readonly #take: (bytes: number) => Promise<void>;
  readonly #md5: Hash | undefined;
  #piece: Buffer[] = [];
  #pieceBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> = Promise.resolve();
  #isSyncing = false;
  #unsyncedBytes = 0;
  /** Bytes that came, and that room was taken for. */
  bytes = 0;
  #taken = 0;

  constructor(handle: FileHandle, limits: WritingLimits, take: (bytes: number) => Promise<void>) {
    this.#handle = handle;
    this.#limits = limits;
    this.#take = take;
    this.#md5 = limits.md5 === null ? undefined : createHash('md5');
  }

  async add(chunk: Buffer): Promise<void> {
    this.bytes += chunk.length;
    const { bytesMax, setting } = this.#limits;
    if (this.bytes > bytesMax) {
      throw new TooLarge(`The file has more than ${bytesMax} bytes (setting ${setting}). Split it, or compress it.`);
    }
    this.#md5?.update(chunk);
    this.#piece.push(chunk);
    this.#pieceBytes += chunk.length;
    if (this.#pieceBytes >= pieceBytes) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    // An empty file is one, too.
    if (this.#taken === 0) await this.#takePiece();
    await this.#writing;
    if (this.#md5 && this.#md5.digest('base64') !== this.#limits.md5) throw new OtherContent();
    await this.#syncing;
    await this.#handle.sync();
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#syncing.catch(() => {});
  }

  async #flush(): Promise<void> {
    const piece = this.#piece;
    const bytes = this.#pieceBytes;
    this.#piece = [];
    this.#pieceBytes = 0;
    if (bytes === 0) return;
    await this.#writing;
    while (this.#taken < this.bytes) await this.#takePiece();
    this.#writing = this.#write(piece, bytes);
    this.#writing.catch(() => {}); // Told by whoever awaits it next.
  }

  async #takePiece(): Promise<void> {
    await this.#take(roomPieceBytes);
    this.#taken += roomPieceBytes;
  }

  async #write(piece: Buffer[], bytes: number): Promise<void> {
    const { bytesWritten } = await this.#handle.writev(piece);
    if (bytesWritten < bytes) await this.#writeRest(Buffer.concat(piece).subarray(bytesWritten));
    for (const { buffer, length } of piece) if (length === buffer.byteLength) freeMemory(buffer);
    this.#unsyncedBytes += bytes;
    if (this.#unsyncedBytes >= syncBytes && !this.#isSyncing) this.#sync();
  }

  /** A disk that is nearly full takes a part; the next call says why. */
  async #writeRest(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const next = await this.#handle.write(rest);
      rest = rest.subarray(next.bytesWritten);
    }
  }

  #sync(): void {
    this.#unsyncedBytes = 0;
    this.#isSyncing = true;
    this.#syncing = this.#handle.datasync().finally(() => {
      this.#isSyncing = false;
    });
    this.#syncing.catch(() => {}); // Told at the end.
  }
}
