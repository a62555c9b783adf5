// The compiler as the main thread sees it: one worker, started at first use, ended when a text keeps it busy for too
// long, and a cache. What is compiled holds no time, no tenant and no range, so it can be kept for everybody.
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { CompilationCache } from './compilation-cache.ts';
import type { CompileOptions } from './compile.ts';
import { type Compilation, refused } from './diagnostics.ts';
import type { Catalogue } from './ir.ts';
import { guard, textBytesMax } from './parser/guard.ts';
import type { CompileAnswer, CompileRequest } from './worker.ts';

export interface KqlCompilerOptions {
  /** One text's time in the worker, once the worker runs. */
  readonly timeLimitMs?: number;
  /** Texts and results kept, in bytes. */
  readonly cacheBytesMax?: number;
  /** Callers that may wait for the worker at a time. */
  readonly waitingMax?: number;
  /** Told of a fault of the compiler itself, for the log; the caller gets a diagnostic without its inner text. */
  readonly onFault?: (message: string) => void;
}

interface Job {
  readonly text: string;
  readonly catalogue: Catalogue;
  readonly version: string;
  readonly options: CompileOptions;
  readonly key: string;
  readonly resolve: (compilation: Compilation) => void;
  readonly reject: (error: Error) => void;
}

/** Loading and warming up takes a second or two; that long after it something is broken. */
const startLimitMs = 60_000;
/** The worker's heap: binding thousands of queries was seen to need a third of it. */
const heapMegabytesMax = 1024;

export class KqlCompiler {
  readonly #options: Required<KqlCompilerOptions>;
  readonly #cache: CompilationCache;
  readonly #versions = new WeakMap<Catalogue, string>();
  readonly #waiting: Job[] = [];
  #worker: Worker | undefined;
  /** Versions of catalogues that the running worker has been sent. */
  #sent = new Set<string>();
  #current: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;
  #isClosed = false;
  #ids = 0;

  constructor(options: KqlCompilerOptions = {}) {
    this.#options = {
      timeLimitMs: 5000,
      cacheBytesMax: 32 * 1024 * 1024,
      waitingMax: 200,
      onFault: () => {},
      ...options,
    };
    this.#cache = new CompilationCache(this.#options.cacheBytesMax);
  }

  /**
   * Compiles a text. The catalogue is known by its object: hand over the same one as long as it has not changed. Rejects
   * only when the worker cannot be started or the compiler was closed; all else is a compilation.
   */
  async compile(text: string, catalogue: Catalogue, options: CompileOptions = {}): Promise<Compilation> {
    const version = this.#versionOf(catalogue);
    const key = text.length > textBytesMax ? '' : JSON.stringify([version, options, text]);
    const kept = this.#cache.get(key);
    if (kept) return kept;
    // What the guard refuses is neither kept nor sent anywhere.
    const refusal = guard(text);
    if (refusal) return refused(text, refusal);
    if (this.#isClosed) throw new Error('The KQL compiler is closed.');
    if (this.#waiting.length >= this.#options.waitingMax) {
      return failure(text, 'SP008', 'Too many queries are being compiled at the moment. Try again in a few seconds.');
    }
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ text, catalogue, version, options, key, resolve, reject });
      this.#next();
    });
  }

  /** Starts the worker before anybody asks. */
  async warmUp(): Promise<void> {
    await this.compile('print 1', { tables: [] });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const error = new Error('The KQL compiler is closed.');
    for (const job of this.#waiting.splice(0)) job.reject(error);
    this.#current?.reject(error);
    await this.#endWorker();
  }

  #versionOf(catalogue: Catalogue): string {
    const known = this.#versions.get(catalogue);
    if (known !== undefined) return known;
    const version = createHash('sha256').update(JSON.stringify(catalogue)).digest('base64url');
    this.#versions.set(catalogue, version);
    return version;
  }

  #next(): void {
    if (this.#current) return;
    const job = this.#waiting.shift();
    if (!job) {
      // An idle worker keeps no process alive.
      this.#worker?.unref();
      return;
    }
    this.#current = job;
    this.#worker ??= this.#startWorker();
    this.#worker.ref();
    if (this.#isReady) this.#send(job);
  }

  #send(job: Job, again = false): void {
    this.#ids += 1;
    const { text, version, options } = job;
    const isKnown = this.#sent.has(version) && !again;
    const request: CompileRequest = {
      id: this.#ids,
      text,
      version,
      options,
      ...(isKnown ? {} : { catalogue: job.catalogue }),
    };
    this.#sent.add(version);
    this.#setTimer(this.#options.timeLimitMs, () => {
      const seconds = this.#options.timeLimitMs / 1000;
      this.#giveUp(failure(text, 'SP007', `The query takes longer than ${seconds} s to compile. Make it simpler.`));
    });
    this.#worker?.postMessage(request);
  }

  #setTimer(milliseconds: number, expired: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(expired, milliseconds);
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
    });
    this.#isReady = false;
    this.#sent = new Set();
    worker.on('message', (message: CompileAnswer) => {
      if (worker === this.#worker) this.#take(message);
    });
    worker.on('error', (error: Error) => {
      if (worker === this.#worker) this.#crashed(error);
    });
    this.#setTimer(startLimitMs, () => this.#crashed(new Error('The KQL compiler did not start in time.')));
    return worker;
  }

  #take(message: CompileAnswer): void {
    const job = this.#current;
    if (message.kind === 'ready') {
      clearTimeout(this.#timer);
      this.#isReady = true;
      if (job) this.#send(job);
      return;
    }
    if (!job || message.id !== this.#ids) return;
    switch (message.kind) {
      case 'unknown catalogue':
        this.#send(job, true);
        break;
      case 'compilation':
        this.#cache.set(job.key, message.compilation);
        this.#finish(message.compilation);
        break;
      case 'fault':
        this.#options.onFault(message.message);
        this.#finish(faultOf(job.text));
        break;
    }
  }

  #finish(compilation: Compilation): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = undefined;
    job?.resolve(compilation);
    this.#next();
  }

  /** The parser cannot be interrupted, so its thread is ended; the next text gets a new one. */
  #giveUp(compilation: Compilation): void {
    void this.#endWorker();
    this.#finish(compilation);
  }

  /** Out of memory, or a fault while loading. The text that was being compiled is answered, the others go on. */
  #crashed(error: Error): void {
    this.#options.onFault(error.stack ?? error.message);
    if (this.#isReady && this.#current) {
      this.#giveUp(faultOf(this.#current.text));
      return;
    }
    const job = this.#current;
    this.#current = undefined;
    clearTimeout(this.#timer);
    void this.#endWorker();
    job?.reject(new Error('The KQL compiler could not be started.', { cause: error }));
    this.#next();
  }

  async #endWorker(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isReady = false;
    await worker?.terminate();
  }
}

function failure(text: string, code: string, message: string): Compilation {
  return refused(text, { code, message, span: { start: 0, length: Math.min(text.length, 1) } });
}

function faultOf(text: string): Compilation {
  return failure(text, 'SP009', 'The query could not be compiled: a fault of the compiler, which has been logged.');
}
