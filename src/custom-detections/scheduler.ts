// Runs the rules whose time has come, over the event store of this process: those in near real time in a lane of their own,
// so that a long query of another rule holds up none of them. In a lane two rules run at a time, tenants in turn; a rule
// that fails waits longer and longer, and holds up nobody.
import type { Services } from '../context.ts';
import type { EventStore } from '../events/events.ts';
import { secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { startRounds } from '../lib/rounds.ts';
import { type Period, periods } from './rule.ts';
import { type RunRequest, runRule } from './run.ts';
import type { RunRow } from './runs-store.ts';
import { RuleShares } from './shares.ts';
import * as store from './store.ts';

export interface Scheduler {
  /** Resolves when every rule whose time had come before the call has run. */
  settled(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

const lanes: readonly { readonly periods: readonly Period[]; readonly everyMs: number }[] = [
  { periods: ['0'], everyMs: 2 * secondMs },
  { periods: periods.filter((period) => period !== '0'), everyMs: 5 * secondMs },
];

/** Rules of a lane that run at the same time: one whose query is slow leaves room for the others. */
const atOnce = 2;

export function startScheduler(services: Services): Scheduler {
  const workers = lanes.map(({ periods: of, everyMs }) => {
    let last: Promise<void> = Promise.resolve();
    const go = (isStopped: () => boolean): Promise<void> => {
      const next = last.catch(() => {}).then(() => runDue(services, of, isStopped));
      last = next;
      return next;
    };
    const rounds = startRounds({ firstMs: everyMs, everyMs }, go, (error) =>
      services.log.error({ err: error }, 'custom detections could not be run'),
    );
    return { go, rounds };
  });
  return {
    settled: async () => {
      await Promise.all(workers.map(({ go }) => go(() => false)));
      // What somebody asked for meanwhile.
      await Promise.allSettled(boardOf(services).running.values());
    },
    stop: async () => {
      await Promise.all(workers.map(({ rounds }) => rounds.stop()));
    },
  };
}

/** Runs every rule whose time has come, once, and waits for those that run already. */
export async function runDueRules(services: Services): Promise<void> {
  await Promise.all(lanes.map(({ periods: of }) => runDue(services, of, () => false)));
  await Promise.allSettled(boardOf(services).running.values());
}

async function runDue(services: Services, of: readonly Period[], isStopped: () => boolean): Promise<void> {
  const eventStore = await services.events.id();
  const due = await store.listDue(services.store.db, eventStore, of, services.clock());
  const waiting = inTurns(due).values();
  const work = async (): Promise<void> => {
    // One iterator for all of them: each rule is taken once.
    for (const { tenantId, ruleId } of waiting) {
      if (isStopped()) return;
      if (hasUsedItsPart(services, tenantId)) continue;
      try {
        await runInTurn(services, { tenantId, ruleId, cause: 'schedule', isStopped });
      } catch (error) {
        // It is due still, and the next round finds it again.
        services.log.error({ err: error, tenantId, ruleId }, 'a custom detection could not be run');
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(due.length, atOnce) }, work));
}

/** The first of each tenant, then the second of each; of one tenant, who waits longest first. */
function inTurns(due: readonly store.DueRow[]): store.DueRow[] {
  const byTenant = Map.groupBy(due.toSorted(byWaiting), ({ tenantId }) => tenantId);
  const lists = [...byTenant.values()];
  const most = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: most }, (_, place) => lists.flatMap((list) => list[place] ?? [])).flat();
}

/** Databases differ in where they sort what is null. */
function byWaiting(left: store.DueRow, right: store.DueRow): number {
  return (left.nextRunAt ?? 0) - (right.nextRunAt ?? 0) || (left.ruleId < right.ruleId ? -1 : 1);
}

/** Which rules run, and what the rules of each tenant took; by event store. */
interface Board {
  readonly running: Map<string, Promise<unknown>>;
  readonly shares: RuleShares;
}

const boards = new WeakMap<EventStore, Board>();

function boardOf({ events }: Pick<Services, 'events'>): Board {
  const known = boards.get(events) ?? { running: new Map(), shares: new RuleShares() };
  boards.set(events, known);
  return known;
}

/** Then its rules wait for the next quarter of an hour, while people go on with what is left. */
function hasUsedItsPart(services: Services, tenantId: TenantId): boolean {
  const { huntingSecondsPerCycle, customDetectionSharePercent } = services.config;
  const secondsMax = (huntingSecondsPerCycle * customDetectionSharePercent) / 100;
  return boardOf(services).shares.isUsedUp(tenantId, secondsMax, services.clock());
}

/** Runs a rule unless it runs already; undefined also where {@link runRule} had nothing to do. */
export async function runInTurn(
  services: Services,
  request: Omit<RunRequest, 'onSeconds'>,
): Promise<RunRow | undefined> {
  const { tenantId, ruleId } = request;
  const key = `${tenantId}/${ruleId}`;
  const { running, shares } = boardOf(services);
  if (running.has(key)) return undefined;
  const onSeconds = (seconds: number): void => shares.add(tenantId, seconds, services.clock());
  const run = runRule(services, { ...request, onSeconds });
  running.set(key, run);
  try {
    return await run;
  } finally {
    running.delete(key);
  }
}
