// What was read so far, added up by key, in typed arrays: an object a key would cost ten times the memory. An entry is one
// line of the processor's cache.

/** 32-bit words of an entry. */
export const entryWords = 16;
/** 64-bit numbers of an entry. */
export const entryNumbers = 8;

const capacityLeast = 1 << 12;
/** So many transactions of one key fit; further ones are added up without being counted. */
const countMax = 2 ** 31 - 1;

/** Words of an entry. Times are milliseconds of the day. */
export const wordAt = {
  destination: 0,
  user: 1,
  source: 2,
  machine: 3,
  day: 4,
  transactions: 5,
  first: 6,
  last: 7,
} as const;
/** Numbers of an entry, behind those words. */
export const numberAt = { uploaded: 4, downloaded: 5, total: 6 } as const;

/** The entries as they go to another thread. */
export interface SumArrays {
  readonly count: number;
  readonly memory: ArrayBuffer;
}

export class Sums {
  #capacity = capacityLeast;
  #memory = new ArrayBuffer(capacityLeast * entryWords * 4);
  #words = new Int32Array(this.#memory);
  #numbers = new Float64Array(this.#memory);
  /** Entry + 1, and behind it the hash of its key; 0 is free. Never more than half full. */
  #slots = new Int32Array(capacityLeast * 4);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds a transaction. `day` holds the day and the outcome: see {@link dayWord}. */
  add(
    destination: number,
    user: number,
    source: number,
    machine: number,
    day: number,
    timeOfDay: number,
    uploaded: number,
    downloaded: number,
    total: number,
  ): void {
    this.addSum(destination, user, source, machine, day, 1, timeOfDay, timeOfDay, uploaded, downloaded, total);
  }

  addSum(
    destination: number,
    user: number,
    source: number,
    machine: number,
    day: number,
    transactions: number,
    first: number,
    last: number,
    uploaded: number,
    downloaded: number,
    total: number,
  ): void {
    const entry = this.#entryOf(destination, user, source, machine, day);
    const words = this.#words;
    const at = entry * entryWords;
    const before = words[at + 5] ?? 0;
    words[at + 5] = Math.min(before + transactions, countMax);
    if (before === 0 || first < (words[at + 6] ?? 0)) words[at + 6] = first;
    if (last > (words[at + 7] ?? 0)) words[at + 7] = last;
    const numbers = this.#numbers;
    const from = entry * entryNumbers;
    numbers[from + 4] = (numbers[from + 4] ?? 0) + uploaded;
    numbers[from + 5] = (numbers[from + 5] ?? 0) + downloaded;
    numbers[from + 6] = (numbers[from + 6] ?? 0) + total;
  }

  #entryOf(destination: number, user: number, source: number, machine: number, day: number): number {
    let hash = Math.imul(destination, 0x9e3779b1) ^ Math.imul(user, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae3d) ^ Math.imul(source, 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 13), 0x165667b1) ^ Math.imul(machine, 0x9e3779b1) ^ Math.imul(day, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae3d);
    hash ^= hash >>> 15;
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 2;
    let slot = (hash << 1) & mask;
    for (let entry = slots[slot] ?? 0; entry !== 0; entry = slots[slot] ?? 0) {
      if (slots[slot + 1] === hash) {
        const at = (entry - 1) * entryWords;
        if (
          words[at] === destination &&
          words[at + 1] === user &&
          words[at + 2] === source &&
          words[at + 3] === machine &&
          words[at + 4] === day
        ) {
          return entry - 1;
        }
      }
      slot = (slot + 2) & mask;
    }
    if (this.#count === this.#capacity) {
      this.#grow();
      return this.#entryOf(destination, user, source, machine, day);
    }
    const at = this.#count * entryWords;
    words[at] = destination;
    words[at + 1] = user;
    words[at + 2] = source;
    words[at + 3] = machine;
    words[at + 4] = day;
    slots[slot] = ++this.#count;
    slots[slot + 1] = hash;
    return this.#count - 1;
  }

  #grow(): void {
    this.#capacity *= 2;
    const memory = new ArrayBuffer(this.#capacity * entryWords * 4);
    const words = new Int32Array(memory);
    words.set(this.#words);
    this.#memory = memory;
    this.#words = words;
    this.#numbers = new Float64Array(memory);
    const before = this.#slots;
    const slots = new Int32Array(before.length * 2);
    const mask = slots.length - 2;
    for (let from = 0; from < before.length; from += 2) {
      const entry = before[from] ?? 0;
      if (entry === 0) continue;
      const hash = before[from + 1] ?? 0;
      let slot = (hash << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = entry;
      slots[slot + 1] = hash;
    }
    this.#slots = slots;
  }

  /** The entries themselves, not copies. */
  arrays(): SumArrays {
    return { count: this.#count, memory: this.#memory };
  }

  clear(): void {
    this.#slots.fill(0);
    this.#words.fill(0, 0, this.#count * entryWords);
    this.#count = 0;
  }
}

/** A day since 1970 and whether it was let pass, in one word. */
export function dayWord(day: number, isBlocked: boolean): number {
  return day * 2 + (isBlocked ? 1 : 0);
}
