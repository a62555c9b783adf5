// Slices of a log on their way from the thread that unpacks it to those that read it: a ring of pieces of shared memory.
// Whoever fills waits until the oldest piece is free, so that a log of any size takes the same memory.

/** What a piece is; the words of the ring that threads wait on. */
const free = 0;
const filled = 1;
const end = 2;

/** Words in front of those of the pieces. */
const abortedAt = 0;
const takenAt = 1;
const firstPieceAt = 2;
const wordsPerPiece = 4;

/** A wake-up that came between the look and the wait is made good for after this time. */
const waitMs = 100;

/** Thrown in every thread of a job that was given up. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** Of a ring, as it goes from thread to thread. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly pieces: SharedArrayBuffer;
  /** One number: bytes that were unpacked so far. */
  readonly progress: SharedArrayBuffer;
  /** One 32-bit number: rows that all threads wrote down. */
  readonly rows: SharedArrayBuffer;
  readonly pieceCount: number;
  readonly headerBytesMax: number;
  readonly sliceBytesMax: number;
}

/** A piece that belongs to the thread that asked for it. */
export interface Slice {
  readonly number: number;
  /** Room for the header line in force. */
  readonly header: Buffer;
  readonly headerBytes: number;
  readonly data: Buffer;
  readonly dataBytes: number;
}

export function makeRing(pieceCount: number, headerBytesMax: number, sliceBytesMax: number): RingMemory {
  return {
    control: new SharedArrayBuffer((firstPieceAt + pieceCount * wordsPerPiece) * 4),
    pieces: new SharedArrayBuffer(pieceCount * (headerBytesMax + sliceBytesMax)),
    progress: new SharedArrayBuffer(8),
    rows: new SharedArrayBuffer(4),
    pieceCount,
    headerBytesMax,
    sliceBytesMax,
  };
}

/** A ring as one thread sees it. One thread fills it; any number of others take from it, each slice going to one of them. */
export class Ring {
  readonly #memory: RingMemory;
  readonly #control: Int32Array;
  readonly #progress: Float64Array;
  readonly #rows: Int32Array;
  readonly #headers: Buffer[] = [];
  readonly #datas: Buffer[] = [];
  #fillNumber = 0;

  constructor(memory: RingMemory) {
    this.#memory = memory;
    this.#control = new Int32Array(memory.control);
    this.#progress = new Float64Array(memory.progress);
    this.#rows = new Int32Array(memory.rows);
    const { pieces, headerBytesMax, sliceBytesMax } = memory;
    for (let piece = 0; piece < memory.pieceCount; piece++) {
      const at = piece * (headerBytesMax + sliceBytesMax);
      this.#headers.push(Buffer.from(pieces, at, headerBytesMax));
      this.#datas.push(Buffer.from(pieces, at + headerBytesMax, sliceBytesMax));
    }
  }

  get unpackedBytes(): number {
    return this.#progress[0] ?? 0;
  }

  set unpackedBytes(bytes: number) {
    this.#progress[0] = bytes;
  }

  /** Counts rows that were written down, and returns how many there are by now. */
  addRows(count: number): number {
    return Atomics.add(this.#rows, 0, count) + count;
  }

  /** Makes every thread that waits, or will wait, throw {@link Aborted}. */
  abort(): void {
    Atomics.store(this.#control, abortedAt, 1);
    for (let piece = 0; piece < this.#memory.pieceCount; piece++) Atomics.notify(this.#control, stateAt(piece));
  }

  checkAborted(): void {
    if (Atomics.load(this.#control, abortedAt) !== 0) throw new Aborted('The reading of the log was given up.');
  }

  /** The next piece to fill, once it is free. */
  room(): { readonly header: Buffer; readonly data: Buffer } {
    const piece = this.#fillNumber % this.#memory.pieceCount;
    this.#waitWhile(piece, (state) => state !== free);
    return this.#buffersOf(piece);
  }

  /** Hands over the piece that {@link room} gave. */
  publish(headerBytes: number, dataBytes: number): void {
    this.#give(filled, headerBytes, dataBytes);
  }

  /** There is nothing more for so many threads that take. */
  finish(takers: number): void {
    for (let taker = 0; taker < takers; taker++) {
      this.room();
      this.#give(end, 0, 0);
    }
  }

  #give(state: number, headerBytes: number, dataBytes: number): void {
    const piece = this.#fillNumber % this.#memory.pieceCount;
    const at = stateAt(piece);
    this.#control[at + 1] = this.#fillNumber;
    this.#control[at + 2] = headerBytes;
    this.#control[at + 3] = dataBytes;
    this.#fillNumber++;
    Atomics.store(this.#control, at, state);
    Atomics.notify(this.#control, at);
  }

  /** The next slice, once it is there; undefined when there are no more. To be given back with {@link giveBack}. */
  take(): Slice | undefined {
    const number = Atomics.add(this.#control, takenAt, 1);
    const piece = number % this.#memory.pieceCount;
    const at = stateAt(piece);
    // The piece may still hold an earlier slice, which another thread reads.
    this.#waitWhile(piece, (state) => state === free || this.#control[at + 1] !== number);
    if (Atomics.load(this.#control, at) === end) return undefined;
    const headerBytes = this.#control[at + 2] ?? 0;
    const dataBytes = this.#control[at + 3] ?? 0;
    return { number, headerBytes, dataBytes, ...this.#buffersOf(piece) };
  }

  giveBack({ number }: Slice): void {
    const at = stateAt(number % this.#memory.pieceCount);
    Atomics.store(this.#control, at, free);
    Atomics.notify(this.#control, at);
  }

  #waitWhile(piece: number, isNotYet: (state: number) => boolean): void {
    const at = stateAt(piece);
    for (;;) {
      this.checkAborted();
      const state = Atomics.load(this.#control, at);
      if (!isNotYet(state)) return;
      Atomics.wait(this.#control, at, state, waitMs);
    }
  }

  #buffersOf(piece: number): { readonly header: Buffer; readonly data: Buffer } {
    const [header, data] = [this.#headers[piece], this.#datas[piece]];
    if (!header || !data) throw new RangeError(`The ring has no piece ${piece}.`);
    return { header, data };
  }
}

function stateAt(piece: number): number {
  return firstPieceAt + piece * wordsPerPiece;
}
