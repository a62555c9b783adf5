// Policies that lately took too long over new activities: they are left out for a while, so that a filter that the engine cannot
// answer in time costs its tenant, and everybody who is followed after it, one such query and not one for each batch.
import { hourMs, minuteMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Policy } from './policy.ts';

const pauseMs = 10 * minuteMs;
/** So long a failure is remembered. */
const keptMs = hourMs;

interface Failure {
  /** performance.now */
  readonly at: number;
  readonly isPaused: boolean;
}

/** By control store, tenant, policy and revision: a changed policy is another one. */
const failures = new WeakMap<object, Map<string, Failure>>();

function keyOf(tenantId: TenantId, { id, revision }: Policy): string {
  return `${tenantId}/${id}/${revision}`;
}

/** Notes that it took too long. False the first time, when the store may have been busy: it is not paused then. */
export function pausePolicy(store: object, tenantId: TenantId, policy: Policy): boolean {
  const now = performance.now();
  const known = new Map([...(failures.get(store) ?? [])].filter(([, { at }]) => now - at < keptMs));
  const key = keyOf(tenantId, policy);
  const isPaused = known.has(key);
  failures.set(store, known.set(key, { at: now, isPaused }));
  return isPaused;
}

export function isPaused(store: object, tenantId: TenantId, policy: Policy): boolean {
  const failure = failures.get(store)?.get(keyOf(tenantId, policy));
  return failure?.isPaused === true && performance.now() - failure.at < pauseMs;
}
