// What the running of hunting queries shares in a process: the compiler, the turns, the tenants' shares, and the bytes of
// answers that are on their way. Made with the first query over an event store.
import type { Services } from '../context.ts';
import type { EventStore } from '../events/events.ts';
import { KqlCompiler } from '../kql/compiler.ts';
import { HuntingShares } from './quota.ts';
import { HuntingAdmission } from './run-admission.ts';
import { tooMuchMemory } from './run-problems.ts';
import { FairTurns } from './run-turns.ts';
import { prepareHuntingTables } from './store.ts';

export interface Hunter {
  readonly compiler: KqlCompiler;
  /** Each tenant has one text compiled at a time, so that slow ones of one tenant do not stand in everybody's way. */
  readonly compilations: FairTurns;
  readonly admission: HuntingAdmission;
  readonly shares: HuntingShares;
  readonly held: HeldAnswers;
}

/** Bytes of one answer. */
export interface HeldBytes {
  /** Throws when all answers together would be too many, and after the release. */
  add(bytes: number): void;
  /** Begins with nothing again. */
  reset(): void;
  /** Nobody wants the answer any more; may be called again. */
  release(): void;
}

/** Bounds what slow clients can make the process hold. */
export class HeldAnswers {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  open(): HeldBytes {
    let own = 0;
    let isReleased = false;
    const reset = (): void => {
      this.#bytes -= own;
      own = 0;
    };
    return {
      add: (bytes) => {
        if (isReleased || this.#bytes + bytes > this.#bytesMax) throw tooMuchMemory();
        own += bytes;
        this.#bytes += bytes;
      },
      reset,
      release: () => {
        isReleased = true;
        reset();
      },
    };
  }
}

const hunters = new WeakMap<EventStore, Hunter>();

/** The one of the event store, whose hunting tables are there when the promise resolves. */
export async function hunterOf(services: Pick<Services, 'events' | 'config' | 'log'>): Promise<Hunter> {
  const { events, config, log } = services;
  await prepareHuntingTables(events);
  const known = hunters.get(events);
  if (known) return known;
  const hunter: Hunter = {
    compiler: new KqlCompiler({ onFault: (message) => log.error({ fault: message }, 'the KQL compiler failed') }),
    compilations: new FairTurns({ atOnce: Number.POSITIVE_INFINITY, perTenant: 1 }),
    admission: new HuntingAdmission(config),
    shares: new HuntingShares(),
    held: new HeldAnswers(config.huntingHeldBytesMax),
  };
  hunters.set(events, hunter);
  return hunter;
}

/** Ends the compiler's worker, if there is one. */
export async function closeHunting({ events }: Pick<Services, 'events'>): Promise<void> {
  const hunter = hunters.get(events);
  hunters.delete(events);
  await hunter?.compiler.close();
}
