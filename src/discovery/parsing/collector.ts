// What the records of a log come to in one thread: each is checked, its parts become numbers, and its bytes are added to the
// sums of its key. Nothing here makes an object for a record.
import type { Catalog } from '../catalog/catalog.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { type Destination, Destinations, internalDestination, noDestination, unknownAddress } from './destinations.ts';
import { NameColumn, normaliseMachine, normaliseSource, normaliseUser } from './names.ts';
import { dayWord, entryNumbers, entryWords, numberAt, type SumArrays, Sums, wordAt } from './sums.ts';

export const dayMs = 86_400_000;
/** Clocks of appliances are wrong by hours, those of time zones by less than a day. */
const aheadMsMax = dayMs;
const countMax = 2 ** 53;

/** Beyond these a thread writes down what it has and begins anew. A slice adds fewer than a third of them. */
const entriesMax = 400_000;
const textsMax = 300_000;
const textBytesMax = 24 * 1024 * 1024;

export interface CollectorOptions {
  readonly catalog: Catalog;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly keepDays: number;
  /** Makes a user's name unreadable; a name that is hidden already goes through `merge` unchanged. */
  readonly hide: ((name: string) => string) | null;
}

/** The sums with what their numbers mean; goes from thread to thread. */
export interface Collected {
  readonly sums: SumArrays;
  /** Undefined for addresses that are nobody's. */
  readonly destinations: readonly (Destination | undefined)[];
  readonly users: readonly string[];
  readonly sources: readonly string[];
  readonly machines: readonly string[];
}

export class Collector {
  readonly #destinations: Destinations;
  readonly #users: NameColumn;
  readonly #sources = new NameColumn(normaliseSource);
  readonly #machines = new NameColumn(normaliseMachine);
  readonly #sums = new Sums();
  readonly #oldest: number;
  readonly #newest: number;
  #firstTime = Number.POSITIVE_INFINITY;
  #lastTime = Number.NEGATIVE_INFINITY;

  constructor({ catalog, receivedAt, keepDays, hide }: CollectorOptions) {
    this.#destinations = new Destinations(catalog);
    this.#users = new NameColumn((text) => {
      const name = normaliseUser(text);
      return name === '' || hide === null ? name : hide(name);
    });
    this.#oldest = receivedAt - keepDays * dayMs;
    this.#newest = receivedAt + aheadMsMax;
  }

  /** Of the records that were taken; infinite when there were none. */
  get firstTime(): number {
    return this.#firstTime;
  }

  get lastTime(): number {
    return this.#lastTime;
  }

  get rowCount(): number {
    return this.#sums.count;
  }

  get isFull(): boolean {
    const sizes = [this.#destinations.size, this.#users.size, this.#sources.size, this.#machines.size];
    return this.#sums.count > entriesMax || sizes.some(({ count, bytes }) => count > textsMax || bytes > textBytesMax);
  }

  /** Adds what a record tells, or says why not. */
  take(record: Transaction): SkipReason | null {
    const { time } = record;
    // Also true for NaN.
    if (!(time >= this.#oldest)) return time < this.#oldest ? 'too-old' : 'no-time';
    if (time > this.#newest) return 'in-the-future';
    const destination = this.#destinations.numberOf(record);
    if (destination < 0) return reasonOf(destination);
    const user = this.#users.numberOf(record.user);
    const source = this.#sources.numberOf(record.source);
    // Some appliances write the client's name where others have its address.
    const isNamed = source === 0 && record.machine.isEmpty;
    const machine = this.#machines.numberOf(isNamed ? record.source : record.machine);
    const uploaded = countOf(record.uploaded);
    const downloaded = countOf(record.downloaded);
    const total = Math.max(countOf(record.total), uploaded + downloaded);
    if (time < this.#firstTime) this.#firstTime = time;
    if (time > this.#lastTime) this.#lastTime = time;
    const day = Math.floor(time / dayMs);
    const word = dayWord(day, record.isBlocked);
    const timeOfDay = Math.floor(time - day * dayMs);
    this.#sums.add(destination, user, source, machine, word, timeOfDay, uploaded, downloaded, total);
    return null;
  }

  get hasPending(): boolean {
    return this.#destinations.hasPending;
  }

  resolvePending(): void {
    this.#destinations.resolvePending();
  }

  /** What there is so far; its arrays are this collector's own. Nothing may be pending. */
  collected(): Collected {
    return {
      sums: this.#sums.arrays(),
      destinations: this.#destinations.list,
      users: this.#users.names,
      sources: this.#sources.names,
      machines: this.#machines.names,
    };
  }

  /** Forgets everything but the times. */
  clear(): void {
    this.#destinations.clear();
    this.#users.clear();
    this.#sources.clear();
    this.#machines.clear();
    this.#sums.clear();
  }

  /** Adds the entries from `from` on of what another thread collected, until this one is full; returns where it stopped. */
  merge({ sums, destinations, users, sources, machines }: Collected, from: number): number {
    const ofDestination = destinations.map((each) => (each ? this.#destinations.numberOfDestination(each) : -1));
    const ofUser = users.map((name) => this.#users.numberOfName(name));
    const ofSource = sources.map((name) => this.#sources.numberOfName(name));
    const ofMachine = machines.map((name) => this.#machines.numberOfName(name));
    const words = new Int32Array(sums.memory);
    const numbers = new Float64Array(sums.memory);
    let entry = from;
    for (; entry < sums.count && this.#sums.count <= entriesMax; entry++) {
      const at = entry * entryWords;
      const number = entry * entryNumbers;
      const destination = ofDestination[words[at + wordAt.destination] ?? 0] ?? -1;
      if (destination < 0) continue;
      this.#sums.addSum(
        destination,
        ofUser[words[at + wordAt.user] ?? 0] ?? 0,
        ofSource[words[at + wordAt.source] ?? 0] ?? 0,
        ofMachine[words[at + wordAt.machine] ?? 0] ?? 0,
        words[at + wordAt.day] ?? 0,
        words[at + wordAt.transactions] ?? 0,
        words[at + wordAt.first] ?? 0,
        words[at + wordAt.last] ?? 0,
        numbers[number + numberAt.uploaded] ?? 0,
        numbers[number + numberAt.downloaded] ?? 0,
        numbers[number + numberAt.total] ?? 0,
      );
    }
    return entry;
  }
}

function reasonOf(destination: number): SkipReason {
  if (destination === internalDestination) return 'internal';
  return destination === unknownAddress
    ? 'unknown-address'
    : noDestination === destination
      ? 'no-destination'
      : 'other';
}

/** Numbers that are none, negative, or more than anybody ever sent count as nothing. */
function countOf(bytes: number): number {
  return bytes > 0 && bytes <= countMax ? Math.floor(bytes) : 0;
}
