// /api/machineactions: list, fetch and cancel (Defender reference 4.1).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx, Services } from '../../context.ts';
import { Conflict, InvalidInput } from '../../lib/failures.ts';
import { isGuid } from '../../lib/ids.ts';
import { cancelAction, getAction, listActions } from '../../machines/actions.ts';
import type { RowCondition } from '../../machines/condition.ts';
import { shown } from '../odata/problem.ts';
import type { CallLimits } from './call-limits.ts';
import { readBody, requiredText } from './endpoint-bodies.ts';
import { contextOf, endpointCall, filterOf, readListOptions, sendOne, sendRows, sortOf } from './endpoint-lists.ts';
import { DefenderProblem } from './errors.ts';
import { type FilterTable, toCondition } from './filter-fields.ts';
import { rowTable, rowText, rowTime } from './machines.ts';
import { type DefenderApp, defenderCtx } from './surface.ts';

type IdParams = { Params: { id: string } };

const actionTable: FilterTable<RowCondition> = {
  ...rowTable,
  what: 'Machine actions',
  fields: {
    id: rowText('id'),
    type: rowText('type'),
    status: rowText('status'),
    scope: rowText('scope'),
    machineId: rowText('machineId'),
    computerDnsName: rowText('computerDnsName'),
    requestor: rowText('requestor'),
    creationDateTimeUtc: rowTime('createdTicks'),
    lastUpdateDateTimeUtc: rowTime('updatedTicks'),
  },
};

const sorts = { id: 'id', creationDateTimeUtc: 'createdTicks', lastUpdateDateTimeUtc: 'updatedTicks' } as const;

/** See machineRoutes for `prefix`. */
export function machineActionRoutes(app: DefenderApp, services: Services, limits: CallLimits, prefix: string): void {
  const listCall = endpointCall('list machine actions');
  const getCall = endpointCall('get machine action');
  const cancelCall = endpointCall('cancel machine action');
  app.get(`${prefix}/machineactions`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, listCall);
    return await list(ctx, request, reply);
  });
  app.get<IdParams>(`${prefix}/machineactions/:id`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, getCall);
    const action = await getAction(ctx, parseId(request.params.id));
    return sendOne(reply, contextOf(services, request, 'MachineActions/$entity'), JSON.stringify(action));
  });
  app.post<IdParams>(`${prefix}/machineactions/:id/cancel`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, cancelCall);
    const comment = requiredText(readBody(request.body, ['Comment']), 'Comment');
    try {
      const action = await cancelAction(ctx, parseId(request.params.id), comment);
      return sendOne(reply, contextOf(services, request, 'MachineActions/$entity'), JSON.stringify(action));
    } catch (error) {
      if (error instanceof Conflict) throw new DefenderProblem('BadRequest', error.message);
      throw error;
    }
  });
}

async function list(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request);
  const filter = filterOf(asked, ctx);
  const where = filter && toCondition(filter, actionTable);
  const order = sortOf(asked, sorts, { sort: 'createdTicks', direction: 'desc' });
  return await sendRows(ctx, request, reply, { set: 'MachineActions', asked }, async (skip, limit, isCounted) => {
    const { actions, hasNext, total } = await listActions(ctx, { where, ...order, skip, limit, isCounted });
    return { texts: actions.map((action) => JSON.stringify(action)), hasNext, total };
  });
}

function parseId(text: string): string {
  if (isGuid(text)) return text.toLowerCase();
  throw new InvalidInput('id', `Invalid input ${shown(text)}: a machine action's id is a GUID.`);
}
