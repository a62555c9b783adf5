// The routes of /api/alerts and what alerts are about (Defender reference 4.1). What answers them is loaded with the first
// call, because a start need not wait for it (docs/decisions/0008).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import type { CallLimits } from './call-limits.ts';
import { endpointCall } from './endpoint-lists.ts';
import { type DefenderApp, defenderCtx } from './surface.ts';

type IdParams = { Params: { id: string } };
type OfOne = FastifyRequest<IdParams>;

const alerts = () => import('./alerts.ts');
const things = () => import('./alert-things.ts');

/** See machineRoutes for `prefix`. */
export function alertRoutes(app: DefenderApp, limits: CallLimits, prefix: string): void {
  /** Counts the call before anything else is done for it. */
  const limited = <Request extends FastifyRequest>(
    name: string,
    answer: (ctx: Ctx, request: Request, reply: FastifyReply) => Promise<FastifyReply>,
  ) => {
    const call = endpointCall(name);
    return async (request: Request, reply: FastifyReply): Promise<FastifyReply> => {
      const ctx = await defenderCtx(request);
      await limits.take(ctx, call);
      return await answer(ctx, request, reply);
    };
  };
  app.get(
    `${prefix}/alerts`,
    limited('list alerts', async (...call) => (await alerts()).listAll(...call)),
  );
  app.get<IdParams>(
    `${prefix}/machines/:id/alerts`,
    limited<OfOne>('list alerts of machine', async (...call) => (await alerts()).listOfMachine(...call)),
  );
  app.get<IdParams>(
    `${prefix}/alerts/:id`,
    limited<OfOne>('get alert', async (...call) => (await alerts()).fetch(...call)),
  );
  app.patch<IdParams>(
    `${prefix}/alerts/:id`,
    limited<OfOne>('update alert', async (...call) => (await alerts()).update(...call)),
  );
  app.post(
    `${prefix}/alerts/batchUpdate`,
    limited('update alerts', async (...call) => (await alerts()).updateBatch(...call)),
  );
  app.get<IdParams>(
    `${prefix}/alerts/:id/machine`,
    limited<OfOne>('get machine of alert', async (...call) => (await things()).machineOf(...call)),
  );
  app.get<IdParams>(
    `${prefix}/alerts/:id/user`,
    limited<OfOne>('get user of alert', async (...call) => (await things()).userOf(...call)),
  );
  for (const name of ['ips', 'domains', 'files'] as const) {
    app.get<IdParams>(
      `${prefix}/alerts/:id/${name}`,
      limited<OfOne>(`get ${name} of alert`, async (...call) => (await things()).thingsOf(name)(...call)),
    );
  }
}
