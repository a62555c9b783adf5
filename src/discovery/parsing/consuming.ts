// A thread that reads: it takes slices from the ring until there are no more, writes down what it has when that becomes too
// much, and in the end hands over the rest, or joins that of all threads.

import type { RowFile } from '../../events/row-files.ts';
import type { CustomAppDomains } from '../catalog/catalog.ts';
import { openCatalog } from '../catalog/catalog.ts';
import type { SkipReason } from '../formats/reader.ts';
import { type Collected, Collector } from './collector.ts';
import { getParser, type NamedKind } from './kinds.ts';
import { type BadInSlice, SliceReader } from './reading.ts';
import { LogRefused } from './refused.ts';
import { Ring, type RingMemory } from './slots.ts';
import { spoolFile } from './spool.ts';
import { entryWords, wordAt } from './sums.ts';
import { writeCollected } from './writing.ts';

/** The settings that say where the networks of addresses are known from. */
export interface SystemSettings {
  readonly dataFolder: string;
  readonly organizationDatabaseFile: string | null;
}

export interface ConsumeOptions {
  readonly ring: RingMemory;
  readonly named: NamedKind;
  readonly receivedAt: number;
  readonly keepDays: number;
  readonly lineBytesMax: number;
  readonly rowsMax: number;
  readonly customApps: readonly CustomAppDomains[];
  readonly anonymousKey: Uint8Array | null;
  readonly systems: SystemSettings;
  readonly spoolFolder: string;
  readonly job: string;
  /** Tells the threads of a job apart. */
  readonly thread: number;
}

export interface Consumed {
  readonly read: number;
  readonly used: number;
  readonly skipped: Record<SkipReason, number>;
  readonly bad: readonly BadInSlice[];
  /** Lines of the slices that this thread read, as number of the slice and number of lines in turn. */
  readonly lines: Float64Array;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly files: readonly RowFile[];
  /** Transactions of `used` with addresses that are nobody's, of those that are written down. */
  readonly unknownAddresses: number;
}

export interface Finished {
  /** All of this thread, those of before included. */
  readonly files: readonly RowFile[];
  readonly unknownAddresses: number;
}

type SystemOf = (address: string) => number | undefined;

/** One thread's part of a job: {@link read}, and in one of the threads {@link finish}. */
export class Consumer {
  readonly #options: ConsumeOptions;
  readonly #ring: Ring;
  readonly #collector: Collector;
  readonly #reader: SliceReader;
  readonly #systems: { find: SystemOf | undefined };
  readonly #files: RowFile[] = [];
  #fileCount = 0;
  #used = 0;
  #unknownAddresses = 0;

  private constructor(
    options: ConsumeOptions,
    collector: Collector,
    reader: SliceReader,
    systems: { find: SystemOf | undefined },
  ) {
    this.#options = options;
    this.#ring = new Ring(options.ring);
    this.#collector = collector;
    this.#reader = reader;
    this.#systems = systems;
  }

  static async open(options: ConsumeOptions): Promise<Consumer> {
    const { named, receivedAt, keepDays, lineBytesMax, customApps, anonymousKey } = options;
    const parser = await getParser(named);
    const systems: { find: SystemOf | undefined } = { find: undefined };
    const catalog = await openCatalog({ customApps, systemOf: (address) => systems.find?.(address) });
    const hide = anonymousKey === null ? null : await openHiding(Buffer.from(anonymousKey));
    const collector = new Collector({ catalog, receivedAt, keepDays, hide });
    const reader = new SliceReader({ parser, isSyslog: named.isSyslog, receivedAt, lineBytesMax });
    return new Consumer(options, collector, reader, systems);
  }

  async read(): Promise<Consumed> {
    const collector = this.#collector;
    const lines: number[] = [];
    const take = collector.take.bind(collector);
    for (let slice = this.#ring.take(); slice; slice = this.#ring.take()) {
      lines.push(slice.number, this.#reader.readSlice(slice, take));
      this.#ring.giveBack(slice);
      await this.#settle();
      if (collector.isFull) this.#writeDown();
    }
    const { read, skipped, bad } = this.#reader;
    const { firstTime, lastTime } = collector;
    const left = Object.values(skipped).reduce((sum, count) => sum + count, 0);
    this.#used = read - left;
    return {
      read,
      used: this.#used,
      skipped,
      bad,
      lines: Float64Array.from(lines),
      firstTime,
      lastTime,
      files: this.#files,
      unknownAddresses: this.#unknownAddresses,
    };
  }

  /** What is not written down yet, for another thread to {@link finish}; this one is at its end then. */
  handOver(): Collected {
    return this.#collector.collected();
  }

  /** Writes down what this thread and others collected. */
  finish(others: readonly Collected[]): Finished {
    for (const other of others) {
      this.#unknownAddresses += unknownIn(other);
      for (let entry = this.#collector.merge(other, 0); entry < other.sums.count; ) {
        this.#writeDown();
        entry = this.#collector.merge(other, entry);
      }
    }
    if (this.#collector.rowCount > 0) this.#writeDown();
    return { files: this.#files, unknownAddresses: this.#unknownAddresses };
  }

  /** Looks up the addresses that were new; what is needed for that is loaded when the first of them comes. */
  async #settle(): Promise<void> {
    if (!this.#collector.hasPending) return;
    if (!this.#systems.find) {
      const { openSystems } = await import('../../geo/geo.ts');
      this.#systems.find = await openSystems(this.#options.systems);
    }
    this.#collector.resolvePending();
  }

  #writeDown(): void {
    const { spoolFolder, job, thread, rowsMax } = this.#options;
    const path = spoolFile(spoolFolder, job, `${thread}-${this.#fileCount++}`);
    const { file, rowCount, unknownAddresses } = writeCollected(path, this.#collector.collected());
    this.#files.push(file);
    this.#unknownAddresses += unknownAddresses;
    this.#collector.clear();
    if (this.#ring.addRows(rowCount) <= rowsMax) return;
    throw new LogRefused(
      'too-large',
      `The log has more combinations of day, app, user, address and machine than discoveryRowsMax allows (${rowsMax}). Upload it in several parts.`,
    );
  }
}

/** Transactions with addresses that are nobody's. */
function unknownIn({ sums: { memory, count }, destinations }: Collected): number {
  if (destinations.every((each) => each !== undefined)) return 0;
  const words = new Int32Array(memory);
  let sum = 0;
  for (let entry = 0; entry < count; entry++) {
    const at = entry * entryWords;
    if (!destinations[words[at + wordAt.destination] ?? 0]) sum += words[at + wordAt.transactions] ?? 0;
  }
  return sum;
}

async function openHiding(key: Buffer): Promise<(name: string) => string> {
  const { nameCipher } = await import('../anonymous-names.ts');
  const cipher = nameCipher(key);
  return (name) => cipher.hide(name);
}
