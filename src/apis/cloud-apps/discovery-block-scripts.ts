// /discovery_block_scripts/ (cloud-apps reference 2.8): with `format` a script as text, without it the domains of the tagged
// apps, page by page.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { getBlockScript, listTaggedHosts, parseScriptType } from '../../discovery/block-scripts/block-scripts.ts';
import { readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

export async function fetch(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const type = parseScriptType(queryValue(request, 'type'));
  const format = queryValue(request, 'format') ?? '';
  if (format !== '') {
    const { text, fileName } = await getBlockScript(ctx, format, type);
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-disposition', `attachment; filename="${fileName}"`)
      .send(text);
  }
  const { skip, limit } = readListRequest(request, ctx.config);
  const max = ctx.config.pageRowsMax;
  const apps = await listTaggedHosts(ctx, type);
  const page = apps.slice(skip, skip + Math.min(limit ?? max, max));
  const data = page.map((domainList) => ({ domainList }));
  return reply
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ data, hasNext: skip + page.length < apps.length }));
}

/** One that occurs more than once counts with its last value. */
function queryValue(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, string | readonly string[] | undefined>>)[name]; // As Fastify parses it.
  return typeof value === 'string' ? value : value?.at(-1);
}
