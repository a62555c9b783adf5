// SIEM agents for scripts that manage them with an API token (cloud-apps reference 2.9, which gives the two calls and no
// record); docs/compatibility.md describes ours. Making and editing them is part of the management API.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { regenerateAgentToken } from '../../agents/agents.ts';
import { getSiemAgent, listSiemAgents, type SiemAgent } from '../../agents/siem-agents.ts';
import { cloudAppsCtx } from './surface.ts';

type OfOne = { Params: { id: string } };

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const data = (await listSiemAgents(ctx)).map(record);
  return reply.send({ data, hasNext: false, max: data.length, total: data.length, moreThanTotal: false });
}

/** The new token, this once; the old one is refused from now on. */
export async function generate(request: FastifyRequest<OfOne>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  // Agents of another kind are not there for this call.
  const { id } = await getSiemAgent(ctx, request.params.id);
  const { value } = await regenerateAgentToken(ctx, id);
  return reply.header('cache-control', 'no-store').send({ token: value });
}

function record({ id, name, settings, createdAt, reportedAt, ...agent }: SiemAgent) {
  return {
    _id: id,
    name,
    creator: agent.createdBy,
    created: Date.parse(createdAt),
    enabled: agent.isEnabled,
    status: agent.status,
    lastReport: reportedAt === null ? null : Date.parse(reportedAt),
    version: agent.version,
    format: settings?.format ?? null,
    timeFormat: settings?.timeFormat ?? null,
    includePri: settings?.includesPri ?? null,
    includeSystemName: settings?.includesSystemName ?? null,
    remoteHost: settings?.remoteHost ?? null,
    remotePort: settings?.remotePort ?? null,
    protocol: settings?.protocol ?? null,
    alerts: settings && { enabled: settings.alerts.isSent, filters: settings.alerts.filters ?? {} },
    activities: settings && { enabled: settings.activities.isSent, filters: settings.activities.filters ?? {} },
    notifications: agent.problems.map(({ title, detail, since }) => ({ title, detail, since: Date.parse(since) })),
  };
}
