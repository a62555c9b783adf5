// Wrong credentials of apps, counted by app and address, so that nobody can try secrets one after the other. Counted in
// each process by itself: a secret has over 200 random bits, and looking into the store would cost every right request.
import type { Services } from '../context.ts';
import { subscriberOf } from '../lib/addresses.ts';
import { secondMs } from '../lib/clock.ts';
import { Recent } from '../lib/recent.ts';

interface Counted {
  failures: number;
  firstAt: number;
  lockedUntil: number | null;
}

const countedMax = 50_000;

export class ClientFailures {
  readonly #services: Pick<Services, 'clock' | 'config'>;
  readonly #counted = new Recent<string, Counted>(countedMax);

  constructor(services: Pick<Services, 'clock' | 'config'>) {
    this.#services = services;
  }

  /** Seconds until this app may try again from this address; 0 when it may now. */
  waitSeconds(appId: string, address: string): number {
    if (this.#counted.size === 0) return 0;
    const lockedUntil = this.#counted.get(keyOf(appId, address))?.lockedUntil ?? null;
    if (lockedUntil === null) return 0;
    return Math.max(0, Math.ceil((lockedUntil - this.#services.clock()) / secondMs));
  }

  /** Notes a wrong credential. A period of counting ends with its lock, or one lock-out time after its first failure. */
  note(appId: string, address: string): void {
    const key = keyOf(appId, address);
    const now = this.#services.clock();
    const { lockOutSeconds, clientFailuresMax } = this.#services.config;
    const lockOutMs = lockOutSeconds * secondMs;
    const known = this.#counted.get(key);
    const isOver = !known || known.lockedUntil !== null || known.firstAt + lockOutMs <= now;
    const counted: Counted = isOver ? { failures: 0, firstAt: now, lockedUntil: null } : known;
    counted.failures++;
    if (counted.failures >= clientFailuresMax) counted.lockedUntil = now + lockOutMs;
    this.#counted.set(key, counted);
  }
}

function keyOf(appId: string, address: string): string {
  return `${appId} ${subscriberOf(address)}`;
}
