// /api/incidents: list and fetch (Defender reference 2.1 and 2.2).
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx, Services } from '../../context.ts';
import {
  getIncident,
  type HeldBody,
  type IncidentList,
  type IncidentPosition,
  listIncidents,
} from '../../incidents/incidents.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { readTicks } from '../../lib/ticks.ts';
import { pathOf } from '../arrival.ts';
import { originOf } from '../entra/origins.ts';
import { parseFilter, usualBounds } from '../odata/filter.ts';
import { ODataProblem, shown } from '../odata/problem.ts';
import { type OptionName, type QueryOptions, readQueryOptions } from '../odata/query-options.ts';
import { CallLimits, type LimitedCall } from './call-limits.ts';
import { toIncidentCondition } from './incident-filter.ts';
import { type DefenderApp, defenderCtx } from './surface.ts';
import { sendTexts } from './texts.ts';

/** The documented most, and what comes without $top. */
const pageRowsMax = 100;
const options: readonly OptionName[] = ['$filter', '$top', '$skip', '$skiptoken'];

const listCall: LimitedCall = {
  name: 'list incidents',
  perMinute: (config) => config.incidentListsPerMinute,
  perHour: (config) => config.incidentCallsPerHour,
};
const getCall: LimitedCall = {
  name: 'get incident',
  perMinute: (config) => config.incidentReadsPerMinute,
  perHour: (config) => config.incidentCallsPerHour,
};

export function incidentRoutes(app: DefenderApp, services: Services): void {
  const limits = new CallLimits(services);
  app.get('/incidents', async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, listCall);
    return await list(ctx, request, reply);
  });
  app.get<{ Params: { id: string } }>('/incidents/:id', async (request, reply) => {
    const ctx = await defenderCtx(request);
    await limits.take(ctx, getCall);
    const body = await getIncident(ctx, parseId(request.params.id));
    const context = contextOf(services, request, '#Incidents/$entity');
    return sendJson(reply, `{"@odata.context":${JSON.stringify(context)},${body.slice(1)}`);
  });
}

async function list(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readQueryOptions(request.query, options, { topMax: pageRowsMax, skipMax: ctx.config.skipRowsMax });
  const filter = asked.filter === undefined ? null : parseFilter(asked.filter, boundsOf(ctx));
  const found = await listIncidents(ctx, {
    where: filter && toIncidentCondition(filter),
    after: asked.skipToken === undefined ? null : parsePosition(asked.skipToken),
    skip: asked.skip ?? 0,
    limit: asked.top ?? pageRowsMax,
  });
  const head = `{"@odata.context":${JSON.stringify(contextOf(ctx, request, '#Incidents'))},"value":[`;
  const next = found.next ? `,"@odata.nextLink":${JSON.stringify(nextLink(ctx, request, asked, found.next))}` : '';
  return sendList(reply, head, found.bodies, `]${next}}`);
}

function boundsOf({ config }: Ctx): typeof usualBounds {
  return { ...usualBounds, valuesMax: config.filterValuesMax };
}

/**
 * Incidents are stored as they are sent, so they are put between the brackets without being read again. Only pages with
 * large incidents are sent piece by piece.
 */
function sendList(reply: FastifyReply, head: string, bodies: IncidentList['bodies'], tail: string): FastifyReply {
  if (isArray(bodies)) return sendTexts(reply, jsonType, head, bodies, tail);
  const pieces = async function* (): AsyncGenerator<string> {
    yield head;
    let isFirst = true;
    for await (const body of bodies) {
      yield isFirst ? body : `,${body}`;
      isFirst = false;
    }
    yield tail;
  };
  return reply.type(jsonType).send(Readable.from(pieces(), { objectMode: false }));
}

/** Array.isArray does not tell a read-only array from what can be read one by one. */
function isArray(bodies: IncidentList['bodies']): bodies is readonly HeldBody[] {
  return Array.isArray(bodies);
}

const jsonType = 'application/json; charset=utf-8';

function sendJson(reply: FastifyReply, body: string): FastifyReply {
  return reply.type(jsonType).send(body);
}

/** Built from the name that was asked, like every URL of ours. */
function contextOf(services: Pick<Services, 'names'>, request: FastifyRequest, of: string): string {
  return `${originOf(services, request)}/api/$metadata${of}`;
}

/**
 * Continues behind the last incident rather than after so many, so that incidents which come in or change meanwhile move
 * nothing (reference 6: paging by $skip loses and repeats). Clients that count with $skip find the same order.
 */
function nextLink(ctx: Ctx, request: FastifyRequest, asked: QueryOptions, after: IncidentPosition): string {
  const values: readonly [OptionName, string | number | undefined][] = [
    ['$filter', asked.filter],
    ['$top', asked.top],
    ['$skiptoken', `${after.updatedTicks}-${after.incidentId}`],
  ];
  const query = values.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`));
  return `${originOf(ctx, request)}${pathOf(request)}?${query.join('&')}`;
}

function parsePosition(text: string): IncidentPosition {
  const [, digits = '', id] = /^(-?\d+)-(\d{1,15})$/.exec(text) ?? [];
  const ticks = readTicks(digits);
  if (ticks === undefined) {
    throw new ODataProblem('$skiptoken', '$skiptoken is not one that an @odata.nextLink of this list carried.');
  }
  return { updatedTicks: ticks, incidentId: Number(id) };
}

function parseId(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new InvalidInput('id', `Invalid input ${shown(text)}: an incident's id is a number.`);
  return Number(text);
}
