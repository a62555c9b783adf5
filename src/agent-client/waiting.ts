import { setTimeout as sleep } from 'node:timers/promises';

const firstMs = 1000;
const longestMs = 5 * 60_000;
/** Timers of longer than 24 days would ring at once. */
const askedMsMax = 60 * 60_000;

/** How long to wait before trying again: longer after each failure in a row, up to five minutes, and never in step with others. */
export class Backoff {
  #failures = 0;

  /** ms to wait after this failure; `retryAfterSeconds` is what the server asked for. */
  next(retryAfterSeconds: number | null = null): number {
    const doubled = Math.min(longestMs, firstMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 20);
    const own = doubled * (0.75 + Math.random() / 2);
    return retryAfterSeconds === null ? own : Math.max(own, Math.min(askedMsMax, retryAfterSeconds * 1000));
  }

  succeeded(): void {
    this.#failures = 0;
  }
}

/** Waits, or returns at once when the signal is given. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
