// What was read so far, added up by key, in typed arrays: an object a key would cost ten times the memory. An entry is one
// line of the processor's cache.

import { freeMemory } from '../../lib/memory.ts';

/** 32-bit words of an entry. */
export const entryWords = 16;
/** 64-bit numbers of an entry. */
export const entryNumbers = 8;

/**
 * Entries that there is room for from the beginning: more than a thread usually comes to before it writes down what it has. So much
 * memory comes from the system as pages that take nothing until they are used, and goes back to it at once; what grows does neither.
 */
const capacityUsual = 1 << 19;
/** 32-bit words of a slot: entry + 1 and behind it the hash of its key; 0 is free. */
const slotWords = 2;
const slotsLeast = 1 << 13;
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
  #capacity = capacityUsual;
  /** All entries, and behind them the slots. */
  #memory = memoryFor(capacityUsual);
  #words = new Int32Array(this.#memory);
  #numbers = new Float64Array(this.#memory);
  /** Never more than half full. */
  #slots = new Int32Array(this.#memory, capacityUsual * entryWords * 4, slotsLeast * slotWords);
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
    const hash = hashOf(destination, user, source, machine, day);
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - slotWords;
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
      slot = (slot + slotWords) & mask;
    }
    if (this.#count * 2 * slotWords === slots.length) {
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

  /** Twice the slots, for which the memory has room until all entries are used; then twice the memory. */
  #grow(): void {
    const length = this.#slots.length * 2;
    if (this.#count === this.#capacity) this.#growMemory();
    const slots = new Int32Array(this.#memory, this.#capacity * entryWords * 4, length);
    slots.fill(0);
    const words = this.#words;
    const mask = slots.length - slotWords;
    for (let entry = 0; entry < this.#count; entry++) {
      const at = entry * entryWords;
      const hash = hashOf(
        words[at] ?? 0,
        words[at + 1] ?? 0,
        words[at + 2] ?? 0,
        words[at + 3] ?? 0,
        words[at + 4] ?? 0,
      );
      let slot = (hash << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + slotWords) & mask;
      slots[slot] = entry + 1;
      slots[slot + 1] = hash;
    }
    this.#slots = slots;
  }

  #growMemory(): void {
    const before = this.#memory;
    this.#memory = memoryFor(this.#capacity * 2);
    this.#words = new Int32Array(this.#memory);
    this.#words.set(new Int32Array(before, 0, this.#capacity * entryWords));
    this.#numbers = new Float64Array(this.#memory);
    this.#capacity *= 2;
    freeMemory(before);
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

function memoryFor(capacity: number): ArrayBuffer {
  return new ArrayBuffer(capacity * (entryWords + 2 * slotWords) * 4);
}

function hashOf(destination: number, user: number, source: number, machine: number, day: number): number {
  let hash = Math.imul(destination, 0x9e3779b1) ^ Math.imul(user, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae3d) ^ Math.imul(source, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 13), 0x165667b1) ^ Math.imul(machine, 0x9e3779b1) ^ Math.imul(day, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae3d);
  hash ^= hash >>> 15;
  return hash;
}

/** A day since 1970 and whether it was let pass, in one word. */
export function dayWord(day: number, isBlocked: boolean): number {
  return day * 2 + (isBlocked ? 1 : 0);
}
