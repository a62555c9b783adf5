// /files/: list and fetch (cloud-apps reference 2.7). In no permission of the documented API (1.3): apps that act as
// themselves are refused.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type FileQuery, getFile, listFiles } from '../../files/files.ts';
import { fileFields } from '../../files/filters.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { fileRecord } from './files-wire.ts';
import { parseFilters } from './filter-grammar.ts';
import { type ListRequest, readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config, caller } = ctx;
  const asked = readListRequest(request, config);
  const conditions = parseFilters(asked.filters, fileFields, config.filterValuesMax);
  const max = config.pageRowsMax;
  const { skip, direction } = asked;
  const limit = Math.min(asked.limit ?? max, max);
  const found = await listFiles(ctx, { conditions, sortField: sortFieldOf(asked), direction, skip, limit });
  const { hasNext, total, moreThanTotal } = found;
  const data = found.files.map((file) => fileRecord(file, caller.tenant.number));
  return sendJson(reply, { data, hasNext, max, total, moreThanTotal });
}

function sortFieldOf({ sortField = 'dateModified' }: ListRequest): FileQuery['sortField'] {
  if (sortField === 'dateModified' || sortField === 'modifiedDate') return 'modified';
  if (sortField === 'date') return 'seen';
  throw new InvalidInput('sortField', 'sortField must be dateModified or date.');
}

export async function fetch(
  request: FastifyRequest<{ Params: { pk: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return sendJson(reply, fileRecord(await getFile(ctx, request.params.pk), ctx.caller.tenant.number));
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}
