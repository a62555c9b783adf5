// The routes of advanced hunting (Defender reference 3). What answers them is loaded with the first call: few starts need
// the compiler at once.
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../context.ts';
import type { CallLimits, LimitedCall } from './call-limits.ts';
import { type DefenderApp, defenderCtx } from './surface.ts';

interface Body {
  readonly Body: unknown;
}

const hunting = () => import('./hunting.ts');

/** The documented limits, each API its own. */
export function huntingCall(name: string): LimitedCall {
  return {
    name,
    perMinute: (config) => config.huntingQueriesPerMinute,
    perHour: (config) => config.huntingQueriesPerHour,
  };
}

export function huntingRoutes(app: DefenderApp, limits: CallLimits): void {
  const run = huntingCall('run advanced hunting query');
  app.post<Body>('/advancedhunting/run', async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, run);
    return await (await hunting()).runQuery(ctx, request, reply);
  });
}

/** The same on the endpoint API; see machineRoutes for `prefix`. */
export function endpointHuntingRoutes(app: DefenderApp, limits: CallLimits, prefix: string): void {
  const run = huntingCall('run advanced query');
  app.post<Body>(`${prefix}/advancedqueries/run`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, run);
    return await (await hunting()).runEndpointQuery(ctx, request, reply);
  });
}

/** Ends with the server what hunting has started. */
export function closeHuntingWith(root: FastifyInstance, services: Services): void {
  root.addHook('onClose', async () => (await import('../../hunting/run-hunter.ts')).closeHunting(services));
}
