import type { FastifyBaseLogger } from 'fastify';
import type { Caller } from './access/caller.ts';
import type { Config } from './config.ts';
import type { ControlStore } from './db/store.ts';
import type { EventStore } from './events/events.ts';
import type { Clock } from './lib/clock.ts';
import type { CorrelationId } from './lib/ids.ts';
import type { Names } from './listening/names.ts';
import type { Keys } from './master-key.ts';
import type { SigningKeys } from './signing/signing-keys.ts';

/** What the whole process shares. Everything that the program needs from outside is in here or is an argument. */
export interface Services {
  readonly store: ControlStore;
  readonly events: EventStore;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  readonly config: Config;
  readonly keys: Keys;
  /** The host names that we answer to; URLs in answers are built from these only. */
  readonly names: Names;
  /** The keys that sign tokens; nothing is read or made until the first use. */
  readonly signing: SigningKeys;
}

/** Where a request came from, for audit, allowed addresses and "last used". */
export interface Origin {
  /** The client's address in normal form, after trusted proxies. */
  readonly address: string;
  readonly userAgent: string;
}

/** Made per request and handed to every noun: all the injection there is. */
export interface Ctx extends Services {
  readonly caller: Caller;
  readonly correlationId: CorrelationId;
  readonly origin: Origin;
}
