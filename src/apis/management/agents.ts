import { createAgent, deleteAgent, listAgents, regenerateAgentToken } from '../../agents/agents.ts';
import type { Services } from '../../context.ts';
import { Type } from '../../lib/schema.ts';
import { begunOf } from '../arrival.ts';
import { Agent, CreateAgentBody, MintedAgent } from './agents-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** SIEM agents and log collectors with the tokens bound to them. For full administrators. */
export function agentRoutes(app: ManagementApp, _services: Services): void {
  app.get(
    '/agents',
    { schema: { response: { 200: Type.Object({ items: Type.Array(Agent), total: Type.Integer() }) } } },
    async (request) => {
      const ctx = await personCtx(request);
      await begunOf(request).gate.uses.flush();
      const items = await listAgents(ctx);
      return toWire({ items, total: items.length });
    },
  );

  app.post('/agents', { schema: { body: CreateAgentBody, response: { 201: MintedAgent } } }, async (request, reply) => {
    const minted = await createAgent(await personCtx(request), request.body.kind, request.body.name);
    return reply.code(201).header('cache-control', 'no-store').send(toWire(minted));
  });

  app.post(
    '/agents/:id/regenerate',
    { schema: { params: IdParams, response: { 200: MintedAgent } } },
    async (request, reply) => {
      const minted = await regenerateAgentToken(await personCtx(request), request.params.id);
      return reply.header('cache-control', 'no-store').send(toWire(minted));
    },
  );

  app.delete('/agents/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await deleteAgent(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });
}
