// /api/machines: list and fetch, and the actions on one (Defender reference 4.1).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx, Services } from '../../context.ts';
import { Conflict, InvalidInput } from '../../lib/failures.ts';
import { type ActionInput, isolationTypes, requestAction } from '../../machines/actions.ts';
import type { RowCondition } from '../../machines/condition.ts';
import { machineTexts } from '../../machines/machine.ts';
import { getMachine, listMachines, tagMachine } from '../../machines/machines.ts';
import { shown } from '../odata/problem.ts';
import type { CallLimits } from './call-limits.ts';
import { optionalText, readBody, requiredText } from './endpoint-bodies.ts';
import { contextOf, endpointCall, filterOf, readListOptions, sendOne, sendRows, sortOf } from './endpoint-lists.ts';
import { DefenderProblem } from './errors.ts';
import { type FilterField, type FilterTable, toCondition } from './filter-fields.ts';
import { type DefenderApp, defenderCtx } from './surface.ts';

type IdParams = { Params: { id: string } };

/** Conditions on rows are made in one way for every list. */
export const rowTable = {
  all: (of: readonly RowCondition[]): RowCondition => ({ kind: 'all', of }),
  any: (of: readonly RowCondition[]): RowCondition => ({ kind: 'any', of }),
  not: (of: RowCondition): RowCondition => ({ kind: 'not', of }),
};

export function rowText(column: string): FilterField<RowCondition> {
  return {
    kind: 'text',
    oneOf: (oneOf) => ({ kind: 'text', column, oneOf }),
    match: (how, text) => ({ kind: 'match', column, how, text }),
  };
}

export function rowTime(column: string): FilterField<RowCondition> {
  return { kind: 'time', compare: (order, value) => ({ kind: 'order', column, order, value }) };
}

const machineTable: FilterTable<RowCondition> = {
  ...rowTable,
  what: 'Machines',
  fields: {
    id: rowText('id'),
    ...Object.fromEntries(machineTexts.map((name) => [name, rowText(name)])),
    rbacGroupId: {
      kind: 'number',
      compare: (order, value) => ({ kind: 'order', column: 'rbacGroupId', order, value }),
    },
    firstSeen: rowTime('firstSeenTicks'),
    lastSeen: rowTime('lastSeenTicks'),
    machineTags: { kind: 'list', has: (entry) => ({ kind: 'entry', column: 'machineTags', entry }) },
  },
};

const tagLengthMax = 200;

const sorts = {
  id: 'id',
  computerDnsName: 'computerDnsName',
  firstSeen: 'firstSeenTicks',
  lastSeen: 'lastSeenTicks',
} as const;

/** `prefix` is where the API is mounted below /api: without a version, or under v1.0. */
export function machineRoutes(app: DefenderApp, services: Services, limits: CallLimits, prefix: string): void {
  const listCall = endpointCall('list machines');
  const getCall = endpointCall('get machine');
  app.get(`${prefix}/machines`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, listCall);
    return await list(ctx, request, reply);
  });
  app.get<IdParams>(`${prefix}/machines/:id`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, getCall);
    const body = await getMachine(ctx, request.params.id);
    return sendOne(reply, contextOf(services, request, 'Machines/$entity'), body);
  });
  const tagCall = endpointCall('tag machine');
  app.post<IdParams>(`${prefix}/machines/:id/tags`, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, tagCall);
    const { act, tag } = readTag(request.body);
    const body = await tagMachine(ctx, request.params.id, act, tag);
    return sendOne(reply, contextOf(services, request, 'Machines/$entity'), body);
  });
  actionRoute(app, limits, `${prefix}/machines/:id/isolate`, 'isolate machine', readIsolation);
  actionRoute(app, limits, `${prefix}/machines/:id/unisolate`, 'release machine from isolation', readRelease);
}

async function list(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readListOptions(ctx, request);
  const filter = filterOf(asked, ctx);
  const where = filter && toCondition(filter, machineTable);
  const order = sortOf(asked, sorts, { sort: 'lastSeenTicks', direction: 'desc' });
  return await sendRows(ctx, request, reply, { set: 'Machines', asked }, async (skip, limit, isCounted) => {
    const { bodies, hasNext, total } = await listMachines(ctx, { where, ...order, skip, limit, isCounted });
    return { texts: bodies, hasNext, total };
  });
}

function actionRoute(
  app: DefenderApp,
  limits: CallLimits,
  path: string,
  name: string,
  read: (body: unknown) => ActionInput,
): void {
  const call = endpointCall(name);
  app.post<IdParams>(path, async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, call);
    try {
      const action = await requestAction(ctx, request.params.id, read(request.body));
      return sendOne(reply, contextOf(ctx, request, 'MachineActions/$entity'), JSON.stringify(action), 201);
    } catch (error) {
      if (error instanceof Conflict && error.code === 'active-request') {
        throw new DefenderProblem('ActiveRequestAlreadyExists', error.message);
      }
      throw error;
    }
  });
}

function readTag(value: unknown): { readonly act: 'Add' | 'Remove'; readonly tag: string } {
  const body = readBody(value, ['Value', 'Action']);
  const tag = requiredText(body, 'Value').trim();
  const act = requiredText(body, 'Action');
  if (act !== 'Add' && act !== 'Remove') {
    throw new InvalidInput('Action', `Invalid input ${shown(act)}: Action is Add or Remove.`);
  }
  if (tag.length > tagLengthMax || /\p{Cc}/u.test(tag)) {
    throw new InvalidInput('Value', `Value must be at most ${tagLengthMax} printable characters.`);
  }
  return { act, tag };
}

function readIsolation(value: unknown): ActionInput {
  const body = readBody(value, ['Comment', 'IsolationType']);
  const given = optionalText(body, 'IsolationType') ?? 'Full';
  const scope = isolationTypes.find((each) => each.toLowerCase() === given.toLowerCase());
  if (!scope) {
    const known = isolationTypes.join(' or ');
    throw new InvalidInput('IsolationType', `Invalid input ${shown(given)}: IsolationType is ${known} on this server.`);
  }
  return { type: 'Isolate', scope, comment: requiredText(body, 'Comment') };
}

function readRelease(value: unknown): ActionInput {
  return { type: 'Unisolate', scope: null, comment: requiredText(readBody(value, ['Comment']), 'Comment') };
}
