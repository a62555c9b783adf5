import { type CallQuota, type Exceeded, openCallQuota } from '../../access/call-quota.ts';
import { concernOf } from '../../access/caller.ts';
import { Refusal } from '../../access/refusal.ts';
import type { Config } from '../../config.ts';
import type { Ctx, Services } from '../../context.ts';
import { hourMs, minuteMs, secondMs } from '../../lib/clock.ts';

/** A documented call with limits of its own. */
export interface LimitedCall {
  readonly name: string;
  readonly perMinute: (config: Config) => number;
  readonly perHour: (config: Config) => number;
}

/**
 * Keeps the documented limits of single calls, per tenant and app (reference 1.6). People at the portal or the command
 * line have the limit of their session only, so that they never use up an integration's calls.
 */
export class CallLimits {
  readonly #quota: CallQuota;

  constructor(services: Pick<Services, 'store'>) {
    this.#quota = openCallQuota(services.store);
  }

  /** Refuses with 429 when the app has made this call too often. Waits only where several processes count together. */
  take(ctx: Ctx, call: LimitedCall): void | Promise<void> {
    const { caller, config } = ctx;
    const { credential } = caller;
    if (credential.kind !== 'bearer') return undefined;
    const limits = [
      { calls: call.perMinute(config), windowMs: minuteMs },
      { calls: call.perHour(config), windowMs: hourMs },
    ];
    const bucket = `${call.name} by app ${credential.appId}`;
    const exceeded = this.#quota.admit(caller.tenantId, bucket, limits, ctx.clock());
    if (exceeded instanceof Promise) return exceeded.then((settled) => requireWithin(ctx, call, settled));
    return requireWithin(ctx, call, exceeded);
  }
}

/** The sentence is the one that clients know (reference 1.6), with the window as hh:mm:ss. */
function requireWithin({ caller }: Ctx, call: LimitedCall, exceeded: Exceeded | null): void {
  if (!exceeded) return;
  const { limit, retryAfterSeconds } = exceeded;
  const window = new Date(limit.windowMs).toISOString().slice(11, 19);
  throw new Refusal({
    status: 429,
    code: 'throttled',
    message: `API calls quota exceeded! maximum allowed ${limit.calls} per ${window}`,
    chain: [
      ...caller.passed,
      {
        check: 'rate',
        outcome: 'failed',
        detail: `This app may make the call "${call.name}" ${limit.calls} times in ${limit.windowMs / secondMs} seconds in this tenant.`,
      },
    ],
    remedy: `Wait ${retryAfterSeconds} s (Retry-After). The limits are settings of this server.`,
    ...concernOf(caller),
    retryAfterSeconds,
  });
}
