// /entities/: accounts and users, list, fetch, tree (cloud-apps reference 2.5).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EntityKey } from '../../activities/filters.ts';
import { getEntity, getEntityTree, listEntities } from '../../entities/entities.ts';
import { entityFields } from '../../entities/filters.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import { entityRecord } from './entities-wire.ts';
import { parseFilters } from './filter-grammar.ts';
import { parseValue } from './filter-values.ts';
import { type ListRequest, readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

type WithPk = FastifyRequest<{ Params: { pk: string } }>;

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config } = ctx;
  const asked = readListRequest(request, config);
  const conditions = parseFilters(asked.filters, entityFields, config.filterValuesMax);
  const max = config.pageRowsMax;
  const { skip, direction } = asked;
  const limit = Math.min(asked.limit ?? max, max);
  const found = await listEntities(ctx, { conditions, sortField: sortFieldOf(asked), direction, skip, limit });
  const { hasNext, total, moreThanTotal } = found;
  return sendJson(reply, { data: found.entities.map(entityRecord), hasNext, max, total, moreThanTotal });
}

/** By severity all are equal, because nothing here gives them a score: what is left is the last activity. */
function sortFieldOf({ sortField = 'date' }: ListRequest): 'lastSeen' | 'userName' {
  if (sortField === 'date' || sortField === 'severity' || sortField === 'lastSeen') return 'lastSeen';
  if (sortField === 'username') return 'userName';
  throw new InvalidInput('sortField', 'sortField must be date, severity, lastSeen or username.');
}

export async function fetch(request: WithPk, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return sendJson(reply, entityRecord(await getEntity(ctx, parsePk(request.params.pk))));
}

/** The shape of the documented answer is not public: the list envelope, the user first. */
export async function fetchTree(request: WithPk, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const data = (await getEntityTree(ctx, parsePk(request.params.pk))).map(entityRecord);
  const { pageRowsMax: max } = ctx.config;
  return sendJson(reply, { data, hasNext: false, max, total: data.length, moreThanTotal: false });
}

/** A record's `_id`, or its key as base64 JSON (or in any of the spellings that filters take). */
function parsePk(pk: string): EntityKey | string {
  if (/^[0-9a-f]{24}$/i.test(pk)) return pk;
  const keys = parseValue({ names: ['entity'], type: 'entity', operators: [] }, pk) ?? [];
  const [key] = keys;
  if (keys.length !== 1 || typeof key !== 'object' || key === null) throw new NotFound('The entity');
  return key;
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}
