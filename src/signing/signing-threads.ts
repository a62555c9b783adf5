// Signs in threads of its own, one for each core. In the pool of libuv, signatures would wait behind queries of the event
// store and wake a sleeping thread each; docs/decisions/0013 has the figures.
import { type KeyObject, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { SigningSlots, slotBytes, slotState, slotsPerThread } from './signing-slots.ts';

export interface ThreadStart {
  readonly memory: SharedArrayBuffer;
  readonly keyPort: MessagePort;
}

/** Sent before the first slot that is to be signed with it is filled. */
export interface KeyMessage {
  readonly number: number;
  /** PKCS #8. */
  readonly pem: string;
}

interface PrivateKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

interface Job {
  readonly key: PrivateKey;
  /** ASCII. */
  readonly text: string;
  readonly resolve: (signature: string) => void;
  readonly reject: (error: Error) => void;
}

const threadsMax = Math.min(availableParallelism(), 8);
/** See signing-thread.ts, which forgets the same ones. */
const keysPerThread = 2;
const signInPool = promisify(sign);

const threads: SigningThread[] = [];
const waiting: Job[] = [];
/** Those before it have been taken. */
let nextWaiting = 0;

/**
 * The RS256 signature of an ASCII text (RFC 7518 section 3.3), in base64url. Threads are started as they are needed and
 * end with the process; what they hold does not keep it alive. Rejects when the thread ended.
 */
export async function signText(key: PrivateKey, text: string): Promise<string> {
  if (text.length > slotBytes) {
    return (await signInPool('sha256', Buffer.from(text, 'latin1'), key.privateKey)).toString('base64url');
  }
  return await new Promise((resolve, reject) => {
    const job = { key, text, resolve, reject };
    const thread = findThread();
    if (thread) thread.give(job);
    else waiting.push(job);
  });
}

/** The one with the least to do; another one while all have something to do and there are cores left. */
function findThread(): SigningThread | undefined {
  let least = threads[0];
  for (const thread of threads) if (least && thread.jobCount < least.jobCount) least = thread;
  if ((!least || least.jobCount > 0) && threads.length < threadsMax) {
    least = new SigningThread();
    threads.push(least);
  }
  return least && least.jobCount < slotsPerThread ? least : undefined;
}

function takeWaiting(): Job | undefined {
  const job = waiting[nextWaiting];
  if (job) nextWaiting++;
  // Taken from the front one by one, a long array would be moved each time.
  if (nextWaiting === waiting.length || nextWaiting >= 1024) {
    waiting.splice(0, nextWaiting);
    nextWaiting = 0;
  }
  return job;
}

class SigningThread {
  readonly #slots = new SigningSlots();
  readonly #keyPort: MessagePort;
  readonly #worker: Worker;
  /** In the order of their slots. */
  readonly #jobs: Job[] = [];
  readonly #keyNumbers = new Map<string, number>();
  #keysSent = 0;
  #firstSlot = 0;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#keyPort = port1;
    const workerData: ThreadStart = { memory: this.#slots.memory, keyPort: port2 };
    const file = new URL(import.meta.url.replace(/threads(\.\w+)$/, 'thread$1'));
    this.#worker = new Worker(file, { workerData, transferList: [port2], env: {}, name: 'signing' });
    this.#worker.on('message', () => this.#takeSigned());
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', (code) => this.#end(new Error(`A signing thread ended with code ${code}.`)));
    port1.unref();
    this.#worker.unref();
  }

  get jobCount(): number {
    return this.#jobs.length;
  }

  give(job: Job): void {
    const slot = (this.#firstSlot + this.#jobs.length) % slotsPerThread;
    if (this.#jobs.push(job) === 1) this.#worker.ref();
    const { states, lengths, keyNumbers } = this.#slots;
    keyNumbers[slot] = this.#keyNumbers.get(job.key.id) ?? this.#sendKey(job.key);
    lengths[slot] = this.#slots.bytesOf(slot).write(job.text, 'latin1');
    Atomics.store(states, slot, slotState.filled);
    Atomics.notify(states, slot);
  }

  #sendKey({ id, privateKey }: PrivateKey): number {
    const number = ++this.#keysSent;
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    this.#keyPort.postMessage({ number, pem } satisfies KeyMessage);
    this.#keyNumbers.set(id, number);
    const [oldest] = this.#keyNumbers.keys();
    if (this.#keyNumbers.size > keysPerThread && oldest !== undefined) this.#keyNumbers.delete(oldest);
    return number;
  }

  #takeSigned(): void {
    const { states, lengths, told } = this.#slots;
    Atomics.store(told, 0, 0);
    for (;;) {
      const [job] = this.#jobs;
      const state = Atomics.load(states, this.#firstSlot);
      if (!job || (state !== slotState.signed && state !== slotState.failed)) break;
      const bytes = this.#slots.bytesOf(this.#firstSlot, lengths[this.#firstSlot]);
      const text = bytes.toString(state === slotState.signed ? 'base64url' : 'utf8');
      Atomics.store(states, this.#firstSlot, slotState.free);
      this.#firstSlot = (this.#firstSlot + 1) % slotsPerThread;
      this.#jobs.shift();
      const next = takeWaiting();
      if (next) this.give(next);
      if (state === slotState.signed) job.resolve(text);
      else job.reject(new Error(text));
    }
    if (this.#jobs.length === 0) this.#worker.unref();
  }

  /** What it was to sign fails; what waits goes to another thread, which is started for it. */
  #end(error: Error): void {
    const place = threads.indexOf(this);
    if (place === -1) return;
    threads.splice(place, 1);
    this.#keyPort.close();
    for (const { reject } of this.#jobs.splice(0)) reject(error);
    const again = takeWaiting();
    if (again) signText(again.key, again.text).then(again.resolve, again.reject);
  }
}
