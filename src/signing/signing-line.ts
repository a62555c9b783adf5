import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';

type Done = (error: Error | null, signature: Buffer) => void;

/**
 * Twice as many as can really run, so that no core waits for the next one. With more, the main thread would have to take
 * turns with them all, and every other request of the process with it.
 */
const atOnceMax = 2 * availableParallelism();

/** Signs with one key, off the main thread and a few at a time; the others wait in the order in which they came. */
export class SigningLine {
  /** One for each that may run: two that sign with the same handle wait for each other. */
  readonly #free: KeyObject[];
  readonly #waiting: { readonly data: Buffer; readonly done: Done }[] = [];
  /** Those before it have been taken. */
  #next = 0;

  constructor(privateKey: KeyObject) {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.#free = Array.from({ length: atOnceMax }, () => createPrivateKey(pem));
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256 (RS256, RFC 7518 section 3.3). */
  sign(data: Buffer, done: Done): void {
    const key = this.#free.pop();
    if (key) this.#start(key, data, done);
    else this.#waiting.push({ data, done });
  }

  #start(key: KeyObject, data: Buffer, done: Done): void {
    sign('sha256', data, key, (error, signature) => {
      const next = this.#takeWaiting();
      if (next) this.#start(key, next.data, next.done);
      else this.#free.push(key);
      done(error, signature);
    });
  }

  #takeWaiting(): { readonly data: Buffer; readonly done: Done } | undefined {
    const next = this.#waiting[this.#next];
    if (next) this.#next++;
    // Taken from the front one by one, a long array would be moved each time.
    if (this.#next === this.#waiting.length || this.#next >= 1024) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    return next;
  }
}
