// One job in its threads: one unpacks, the others read, and whatever fails in one of them ends all of them.
import { stat } from 'node:fs/promises';
import type { Consumed, ConsumeOptions, Finished } from './consuming.ts';
import type { Judgement } from './detecting.ts';
import type { NamedKind } from './kinds.ts';
import type { Produced, ProduceOptions } from './producing.ts';
import { LogRefused } from './refused.ts';
import { makeRing, Ring, type RingMemory } from './slots.ts';
import { ReadingThread } from './threads.ts';

const sliceBytesMax = 2_097_152;
/** Slices beyond those that are being read: one is filled, one waits. */
const sparePieces = 2;
/** Packed or not. */
const smallBytesMax = 262_144;
/** Threads that read a longer log end with it, and with what they hold: starting new ones for the next is little beside it. */
const keptBytesMax = 67_108_864;
const progressMs = 500;
/** A reader that takes so long over what is in the ring never ends. */
const stallMs = 120_000;

export interface LogRunOptions extends Omit<ConsumeOptions, 'ring' | 'thread' | 'job'> {
  readonly id: string;
  readonly path: string;
  readonly named: NamedKind;
  readonly threads: number;
  readonly logBytesMax: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (unpackedBytes: number) => void;
}

export interface LogRun {
  readonly produced: Produced;
  /** The first of these is the thread that joined all. */
  readonly consumed: readonly Consumed[];
  readonly finished: Finished;
}

/** Reads the log in threads. `sourceName` is for messages. */
export async function runLog(options: LogRunOptions, sourceName: string): Promise<LogRun> {
  const crew = Array.from({ length: (await readersFor(options)) + 1 }, () => ReadingThread.take());
  const job = new RunningJob(options, crew);
  try {
    const run = await job.unlessEnded(job.run(sourceName));
    if (run.produced.bytes <= keptBytesMax) for (const thread of crew) thread.release();
    else await job.end();
    return run;
  } catch (error) {
    await job.end();
    throw error;
  } finally {
    job.close();
  }
}

/** A small log is read before a second thread has begun. */
async function readersFor({ path, threads }: LogRunOptions): Promise<number> {
  return (await stat(path)).size < smallBytesMax ? 1 : threads;
}

class RunningJob {
  readonly #options: LogRunOptions;
  readonly #crew: readonly ReadingThread[];
  #named: NamedKind;
  #ring: Ring | undefined;
  #fail: (error: unknown) => void = () => {};
  readonly #failed: Promise<never>;
  readonly #abort = () => this.#fail(this.#options.signal.reason);
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LogRunOptions, crew: readonly ReadingThread[]) {
    this.#options = options;
    this.#named = options.named;
    this.#crew = crew;
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {});
    options.signal.addEventListener('abort', this.#abort);
    if (options.signal.aborted) this.#abort();
  }

  /** The result of the work, unless the job is given up or stands still before. */
  async unlessEnded<T>(work: Promise<T>): Promise<T> {
    return await Promise.race([work, this.#failed]);
  }

  async run(sourceName: string): Promise<LogRun> {
    const { path, logBytesMax, named, receivedAt } = this.#options;
    const [unpacker, ...readers] = this.#crew;
    const [first, ...others] = readers;
    if (!unpacker || !first) throw new RangeError('A log needs a thread that unpacks and one that reads.');
    const sample = await unpacker.call('sample', { path, logBytesMax });
    const judgement = await first.call('judge', { sample, named, receivedAt }, [sample.buffer]);
    checkFit(judgement, named.kind, sourceName);
    this.#named = { ...named, isBare: judgement.isBare };
    const ring = this.#openRing(readers.length);
    const [produced, ...consumed] = await Promise.all([
      unpacker.call('produce', { ...this.#produceOptions(ring), readers: readers.length }),
      ...readers.map((reader, thread) => reader.call('consume', this.#consumeOptions(ring, thread))),
    ]);
    const collected = await Promise.all(others.map((other) => other.call('handOver', null)));
    const moved = collected.map(({ sums }) => sums.memory);
    return { produced, consumed, finished: await first.call('finish', { others: collected }, moved) };
  }

  #produceOptions(ring: RingMemory): Omit<ProduceOptions, 'readers'> {
    const { path, logBytesMax, lineBytesMax } = this.#options;
    return { ring, path, logBytesMax, lineBytesMax, named: this.#named };
  }

  #consumeOptions(ring: RingMemory, thread: number): ConsumeOptions {
    const { receivedAt, keepDays, lineBytesMax, rowsMax, customApps, anonymousKey, spoolFolder, id } = this.#options;
    // Only what is needed goes to the thread, and nothing of the memory around it.
    const { dataFolder, organizationDatabaseFile } = this.#options.systems;
    return {
      ...{
        ring,
        thread,
        job: id,
        named: this.#named,
        receivedAt,
        keepDays,
        lineBytesMax,
        rowsMax,
        customApps,
        spoolFolder,
      },
      anonymousKey: anonymousKey === null ? null : Uint8Array.from(anonymousKey),
      systems: { dataFolder, organizationDatabaseFile },
    };
  }

  #openRing(readers: number): RingMemory {
    const { lineBytesMax, onProgress } = this.#options;
    const memory = makeRing(readers + sparePieces, lineBytesMax, Math.max(sliceBytesMax, lineBytesMax * 2));
    const ring = new Ring(memory);
    this.#ring = ring;
    let [bytes, changedAt] = [0, performance.now()];
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (ring.unpackedBytes !== bytes) changedAt = now;
      else if (now - changedAt > stallMs)
        this.#fail(new Error(`The reading of a log stands still after ${bytes} bytes.`));
      bytes = ring.unpackedBytes;
      onProgress?.(bytes);
    }, progressMs);
    this.#timer.unref();
    return memory;
  }

  /** Ends the threads, wherever they are: nothing of them is left then. */
  async end(): Promise<void> {
    this.#ring?.abort();
    await Promise.all(this.#crew.map((thread) => thread.end()));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#abort);
  }
}

function checkFit({ fits, looksLike, firstBad }: Judgement, kind: string, sourceName: string): void {
  if (fits) return;
  const hint = looksLike === null ? '' : ` This looks like ${looksLike}, not ${kind}.`;
  throw new LogRefused('format-mismatch', mismatchText(sourceName) + hint, { firstBad, looksLike });
}

/** As the product words it (cloud-apps reference 3.4). */
export function mismatchText(sourceName: string): string {
  return `Log format does not match the expected format for ${sourceName}.`;
}
