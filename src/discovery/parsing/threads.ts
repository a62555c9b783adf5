// The threads that read logs: started when a job needs them, kept for a little while, and ended for good when a job of theirs
// failed, so that nothing of it is left.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../lib/threads.ts';
import { type Answer, asError, type CallName, type Calls, type Question } from './messages.ts';

/** A thread that nobody needed for so long ends. */
const idleMsMax = 30_000;
/** What a thread may hold besides its tables, which are no part of the heap. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 };

const idle: ReadingThread[] = [];

export class ReadingThread {
  readonly #worker: Worker;
  #settle: { resolve: (answer: never) => void; reject: (error: Error) => void } | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor() {
    const file = new URL(import.meta.url.replace(/threads(\.\w+)$/, 'thread$1'));
    this.#worker = startThread(file, { env: {}, name: 'discovery', resourceLimits });
    this.#worker.on('message', (answer: Answer) => this.#take(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`A thread that reads logs ended with code ${code}.`)));
    this.#worker.unref();
  }

  /** Asks the thread, which does one thing at a time. Rejects with what it throws, or when it ends. */
  call<Name extends CallName>(
    call: Name,
    ask: Calls[Name]['ask'],
    moved: readonly ArrayBuffer[] = [],
  ): Promise<Calls[Name]['answer']> {
    if (this.#isEnded || this.#settle) return Promise.reject(new Error('The thread is not free.'));
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.ref();
      this.#worker.postMessage({ call, ask } satisfies Question, moved);
    });
  }

  #take({ answer, failure }: Answer): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#worker.unref();
    if (failure) settle?.reject(asError(failure));
    else settle?.resolve(answer as never); // It answers what was asked.
  }

  #fail(error: Error): void {
    this.#isEnded = true;
    this.#forget();
    this.#settle?.reject(error);
    this.#settle = undefined;
  }

  #forget(): void {
    clearTimeout(this.#idleTimer);
    const place = idle.indexOf(this);
    if (place >= 0) idle.splice(place, 1);
  }

  /** From now on it may do other jobs. */
  release(): void {
    if (this.#isEnded) return;
    idle.push(this);
    this.#idleTimer = setTimeout(() => void this.end(), idleMsMax);
    this.#idleTimer.unref();
  }

  static take(): ReadingThread {
    const thread = idle.at(-1);
    if (!thread) return new ReadingThread();
    thread.#forget();
    return thread;
  }

  async end(): Promise<void> {
    this.#fail(new Error('The thread was ended.'));
    await this.#worker.terminate();
  }
}

/** Ends the threads that do nothing now: for a process that wants to end, and for tests. */
export async function endIdleThreads(): Promise<void> {
  await Promise.all([...idle].map((thread) => thread.end()));
}
