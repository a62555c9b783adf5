import { deleteAgent } from '../../agents/agents.ts';
import type { LogCollector as Shown } from '../../agents/collectors.ts';
import type { Services } from '../../context.ts';
import { begunOf } from '../arrival.ts';
import {
  CreateCollectorBody,
  LogCollector,
  LogCollectorList,
  LogCollectorQuery,
  MintedCollector,
  UpdateCollectorBody,
} from './log-collectors-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

// Loaded with the first call (docs/decisions/0008).
const collectors = () => import('../../agents/collectors.ts');

const shape = {
  texts: ({ name, createdBy, systemName, dataSources }: Shown) => [
    name,
    createdBy,
    systemName,
    ...dataSources.map((each) => each.name),
  ],
  sorts: {
    name: ({ name }: Shown) => name,
    status: ({ status }: Shown) => status,
    createdAt: ({ createdAt }: Shown) => createdAt,
    reportedAt: ({ reportedAt }: Shown) => reportedAt,
    lastDataAt: ({ lastDataAt }: Shown) => lastDataAt,
    bytesWaiting: ({ bytesWaiting }: Shown) => bytesWaiting,
  },
};

const one = { params: IdParams, response: { 200: LogCollector } };

/** Log collectors with the data sources that they receive (docs/log-collector.md). For full administrators. */
export function logCollectorRoutes(app: ManagementApp, _services: Services): void {
  const list = { querystring: LogCollectorQuery, response: { 200: LogCollectorList } };
  app.get('/log-collectors', { schema: list }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.uses.flush();
    const { status, ...page } = request.query;
    const all = await (await collectors()).listCollectors(ctx);
    const wanted = all.filter((each) => status === undefined || each.status === status);
    return toWire(pageOfWhole(wanted, page, shape));
  });

  app.post(
    '/log-collectors',
    { schema: { body: CreateCollectorBody, response: { 201: MintedCollector } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const { name, dataSources = [] } = request.body;
      const minted = await (await collectors()).createCollector(ctx, name, inputsOf(dataSources));
      return reply.code(201).header('cache-control', 'no-store').send(toWire(minted));
    },
  );

  app.get('/log-collectors/:id', { schema: one }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.uses.flush();
    return toWire(await (await collectors()).getCollector(ctx, request.params.id));
  });

  app.patch('/log-collectors/:id', { schema: { ...one, body: UpdateCollectorBody } }, async (request) => {
    const ctx = await personCtx(request);
    const { name, dataSources } = request.body;
    const inputs = dataSources && inputsOf(dataSources);
    return toWire(await (await collectors()).updateCollector(ctx, request.params.id, { name, inputs }));
  });

  app.post(
    '/log-collectors/:id/regenerate',
    { schema: { params: IdParams, response: { 200: MintedCollector } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const minted = await (await collectors()).regenerateCollector(ctx, request.params.id);
      return reply.header('cache-control', 'no-store').send(toWire(minted));
    },
  );

  app.delete('/log-collectors/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await deleteAgent(await personCtx(request), request.params.id, 'log-collector');
    return reply.code(204).send();
  });
}

function inputsOf(dataSources: readonly { dataSourceId: string; port?: number | null }[]) {
  return dataSources.map(({ dataSourceId, port = null }) => ({ dataSourceId, port }));
}
