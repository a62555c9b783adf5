import { activityFields } from '../../activities/filters.ts';
import { deleteAgent } from '../../agents/agents.ts';
import type { SiemDataType, SiemSettings } from '../../agents/siem-agent.ts';
import type { SiemAgent as Shown } from '../../agents/siem-agents.ts';
import type { Services } from '../../context.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { Type } from '../../lib/schema.ts';
import { begunOf } from '../arrival.ts';
import { InvalidFilters } from '../cloud-apps/errors.ts';
import { parseFilters } from '../cloud-apps/filter-grammar.ts';
import { IdParams } from './schemas.ts';
import {
  CreateSiemAgentBody,
  MintedSiemAgent,
  SiemAgent,
  SiemAgentList,
  SiemAgentQuery,
  UpdateSiemAgentBody,
} from './siem-agents-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

const shape = {
  texts: ({ name, createdBy, settings, systemName }: Shown) => [
    name,
    createdBy,
    settings?.remoteHost ?? null,
    systemName,
  ],
  sorts: {
    name: ({ name }: Shown) => name,
    status: ({ status }: Shown) => status,
    createdAt: ({ createdAt }: Shown) => createdAt,
    reportedAt: ({ reportedAt }: Shown) => reportedAt,
    lastSentAt: ({ lastSentAt }: Shown) => lastSentAt,
  },
};

const one = { params: IdParams, response: { 200: SiemAgent } };

// Loaded with the first call (docs/decisions/0008).
const agents = () => import('../../agents/siem-agents.ts');

/** SIEM agents with what they send and where to (docs/siem-agent.md). For full administrators. */
export function siemAgentRoutes(app: ManagementApp, { config }: Services): void {
  const list = { querystring: SiemAgentQuery, response: { 200: SiemAgentList } };
  app.get('/siem-agents', { schema: list }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.uses.flush();
    const { status, ...page } = request.query;
    const all = await (await agents()).listSiemAgents(ctx);
    const wanted = all.filter((each) => status === undefined || each.status === status);
    return toWire(pageOfWhole(wanted, page, shape));
  });

  app.post(
    '/siem-agents',
    { schema: { body: CreateSiemAgentBody, response: { 201: MintedSiemAgent } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const { name, ...body } = request.body;
      const settings = await wholeSettings(await changesOf(body, config.filterValuesMax, null));
      const minted = await (await agents()).createSiemAgent(ctx, name, settings);
      return reply.code(201).header('cache-control', 'no-store').send(toWire(minted));
    },
  );

  app.get('/siem-agents/:id', { schema: one }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.uses.flush();
    return toWire(await (await agents()).getSiemAgent(ctx, request.params.id));
  });

  app.patch('/siem-agents/:id', { schema: { ...one, body: UpdateSiemAgentBody } }, async (request) => {
    const ctx = await personCtx(request);
    const { name, ...body } = request.body;
    const { getSiemAgent, updateSiemAgent } = await agents();
    const { settings: present } = await getSiemAgent(ctx, request.params.id);
    const changes = await changesOf(body, config.filterValuesMax, present);
    const settings = Object.keys(changes).length === 0 ? undefined : present ? changes : await wholeSettings(changes);
    return toWire(await updateSiemAgent(ctx, request.params.id, { name, settings }));
  });

  switchRoutes(app);
}

function switchRoutes(app: ManagementApp): void {
  for (const [verb, isEnabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    app.post(`/siem-agents/:id/${verb}`, { schema: one }, async (request) =>
      toWire(await (await agents()).switchSiemAgent(await personCtx(request), request.params.id, isEnabled)),
    );
  }

  app.post(
    '/siem-agents/:id/regenerate',
    { schema: { params: IdParams, response: { 200: MintedSiemAgent } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const { regenerateSiemAgent } = await agents();
      const minted = await regenerateSiemAgent(ctx, request.params.id);
      return reply.header('cache-control', 'no-store').send(toWire(minted));
    },
  );

  app.delete('/siem-agents/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await deleteAgent(await personCtx(request), request.params.id, 'siem-agent');
    return reply.code(204).send();
  });
}

type Body = Omit<Type.Static<typeof UpdateSiemAgentBody>, 'name'>;

/** What the body says, its filters checked by the grammars of the two lists. */
async function changesOf(
  { alerts, activities, ...plain }: Body,
  valuesMax: number,
  present: SiemSettings | null,
): Promise<Partial<SiemSettings>> {
  const { alertFields } = await import('../cloud-apps/alert-filters.ts');
  if (alerts?.filters) checkFilters('alerts', () => parseFilters(alerts.filters, alertFields, valuesMax));
  if (activities?.filters)
    checkFilters('activities', () => parseFilters(activities.filters, activityFields, valuesMax));
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(alerts ? { alerts: withGiven(alerts, present?.alerts) } : {}),
    ...(activities ? { activities: withGiven(activities, present?.activities) } : {}),
  };
}

function withGiven(
  { isSent, filters }: { isSent?: boolean; filters?: Record<string, unknown> | null },
  present: SiemDataType = { isSent: true, filters: null },
): SiemDataType {
  const isEmpty = filters && Object.keys(filters).length === 0;
  return {
    isSent: isSent ?? present.isSent,
    filters: filters === undefined ? present.filters : isEmpty ? null : filters,
  };
}

function checkFilters(type: 'alerts' | 'activities', parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof InvalidFilters)) throw error;
    const [first] = error.problems;
    const why = first?.reason === undefined ? '' : ` (${first.reason})`;
    throw new InvalidInput(
      `${type}.filters.${first?.field ?? ''}`,
      `${first?.value ?? 'The filter'} is not valid for ${first?.field ?? 'filters'} of ${type}${why}.`,
    );
  }
}

/** With what the documented wizard begins with where the body says nothing. */
async function wholeSettings(changes: Partial<SiemSettings>): Promise<SiemSettings> {
  const { initialSettings } = await import('../../agents/siem-agent.ts');
  const { remoteHost, remotePort } = changes;
  if (remoteHost === undefined || remotePort === undefined) {
    throw new InvalidInput('remoteHost', 'This agent has no settings yet: give remoteHost and remotePort.');
  }
  return { ...initialSettings, ...changes, remoteHost, remotePort };
}
