// Which of a batch's rows have which keys. A Map from number to number makes an object of every number and copies itself
// as it grows; this one is a table of words.

/** A key in four words, at its place in the memory of the rows. */
export interface KeyPlace {
  readonly words: Uint32Array;
  /** Index of the key's first word. */
  readonly at: number;
}

const slotsLeast = 512;
const empty = -1;

/** Rows by their keys. Keys are good hashes already, so their first word says where to look. */
export class RowIndex {
  /** The key of the row at that position. */
  readonly #keyAt: (position: number) => KeyPlace;
  /** Positions, or {@link empty}. A power of two, and never more than half full. */
  #slots = new Int32Array(slotsLeast).fill(empty);
  #count = 0;

  constructor(keyAt: (position: number) => KeyPlace) {
    this.#keyAt = keyAt;
  }

  /** Adds the row at `position`, which has this key; false, and nothing is added, when a row has it already. */
  add(key: Uint32Array, position: number): boolean {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (key[0] ?? 0) & mask;
    for (let other = slots[slot] ?? empty; other !== empty; other = slots[slot] ?? empty) {
      if (isKey(this.#keyAt(other), key)) return false;
      slot = (slot + 1) & mask;
    }
    slots[slot] = position;
    this.#count++;
    return true;
  }

  clear(): void {
    this.#slots.fill(empty);
    this.#count = 0;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2).fill(empty);
    const mask = this.#slots.length - 1;
    for (const position of before) {
      if (position === empty) continue;
      const { words, at } = this.#keyAt(position);
      let slot = (words[at] ?? 0) & mask;
      while (this.#slots[slot] !== empty) slot = (slot + 1) & mask;
      this.#slots[slot] = position;
    }
  }
}

function isKey({ words, at }: KeyPlace, key: Uint32Array): boolean {
  return words[at] === key[0] && words[at + 1] === key[1] && words[at + 2] === key[2] && words[at + 3] === key[3];
}
