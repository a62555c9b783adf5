// The memory that the main thread shares with one signing thread: a ring of slots, filled by the one and emptied by the
// other in the same order. A slot holds a text first and then its signature.

/** A thread has so many texts lying ready at most, so that it never waits for the main thread under load. */
export const slotsPerThread = 8;

/** Longer texts are no ordinary tokens: they are signed elsewhere. */
export const slotBytes = 16_384;

/** Who may touch a slot: nobody but the main thread (free, signed, failed), or nobody but the signing thread (filled). */
export const slotState = { free: 0, filled: 1, signed: 2, failed: 3 } as const;

export class SigningSlots {
  readonly memory: SharedArrayBuffer;
  /** One word for each slot, the last three blocks of words being written before and read after the state. */
  readonly states: Int32Array;
  readonly lengths: Int32Array;
  readonly keyNumbers: Int32Array;
  /** 1 from when the thread says that something is signed until the main thread begins to look. */
  readonly told: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory = new SharedArrayBuffer(headBytes + slotsPerThread * slotBytes)) {
    this.memory = memory;
    const words = (block: number, count: number) => new Int32Array(memory, block * blockBytes, count);
    this.states = words(0, slotsPerThread);
    this.lengths = words(1, slotsPerThread);
    this.keyNumbers = words(2, slotsPerThread);
    this.told = words(3, 1);
    this.#bytes = Buffer.from(memory, headBytes);
  }

  bytesOf(slot: number, length = slotBytes): Buffer {
    return this.#bytes.subarray(slot * slotBytes, slot * slotBytes + length);
  }
}

const blockBytes = slotsPerThread * Int32Array.BYTES_PER_ELEMENT;
const headBytes = 4 * blockBytes;
