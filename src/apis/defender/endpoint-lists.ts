// What the lists of the endpoint API have in common: pages of up to 10,000, links to the next one, counts.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx, Services } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { originOf } from '../entra/origins.ts';
import { type Expression, parseFilter, usualBounds } from '../odata/filter.ts';
import { ODataProblem, shown } from '../odata/problem.ts';
import { type OptionName, type QueryOptions, readQueryOptions } from '../odata/query-options.ts';
import type { LimitedCall } from './call-limits.ts';

/** The documented most, and what comes without $top (reference 4.1). */
export const pageRowsMax = 10_000;

/** Every call of the endpoint API has these documented limits, each call its own (reference 1.6). */
export function endpointCall(name: string): LimitedCall {
  return {
    name,
    perMinute: (config) => config.endpointCallsPerMinute,
    perHour: (config) => config.endpointCallsPerHour,
  };
}

const options: readonly OptionName[] = ['$filter', '$top', '$skip', '$skiptoken', '$orderby', '$count'];

export function readListOptions(ctx: Ctx, request: FastifyRequest, more: readonly OptionName[] = []): QueryOptions {
  return readQueryOptions(request.query, [...options, ...more], {
    topMax: pageRowsMax,
    skipMax: ctx.config.skipRowsMax,
  });
}

export function filterOf({ filter }: QueryOptions, { config }: Ctx): Expression | null {
  return filter === undefined ? null : parseFilter(filter, { ...usualBounds, valuesMax: config.filterValuesMax });
}

/** The one property that the list is sorted by, as the noun calls it. Throws an ODataProblem for others. */
export function sortOf<Sort extends string>(
  { orderBy }: QueryOptions,
  properties: Readonly<Record<string, Sort>>,
  usual: { readonly sort: Sort; readonly direction: 'asc' | 'desc' },
): { readonly sort: Sort; readonly direction: 'asc' | 'desc' } {
  const [first, ...rest] = orderBy;
  if (!first) return usual;
  const known = Object.keys(properties).find((each) => each.toLowerCase() === first.property.toLowerCase());
  const sort = known === undefined ? undefined : properties[known];
  if (sort === undefined || rest.length > 0) {
    const names = Object.keys(properties).join(', ');
    throw new ODataProblem('$orderby', `The list is sorted by one of ${names}, not by ${shown(first.property)}.`);
  }
  return { sort, direction: first.direction };
}

/** Built from the name that was asked, like every URL of ours. */
export function contextOf(services: Pick<Services, 'names'>, request: FastifyRequest, of: string): string {
  return `${originOf(services, request)}/api/$metadata#${of}`;
}

/** The link to the page that these options give instead. */
export function nextLink(
  ctx: Ctx,
  request: FastifyRequest,
  asked: QueryOptions,
  at: { readonly skip?: number; readonly skipToken?: string },
): string {
  const orderBy = asked.orderBy.map(({ property, direction }) => `${property} ${direction}`).join(',');
  const values: readonly [OptionName, string | number | undefined][] = [
    ['$filter', asked.filter],
    ['$orderby', orderBy === '' ? undefined : orderBy],
    ['$expand', asked.expand],
    ['$top', asked.top],
    ['$count', asked.count ? 'true' : undefined],
    ['$skip', at.skip],
    ['$skiptoken', at.skipToken],
  ];
  const query = values.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`));
  return `${originOf(ctx, request)}${pathOf(request)}?${query.join('&')}`;
}

export function refuseSkipToken({ skipToken }: QueryOptions): void {
  if (skipToken === undefined) return;
  throw new ODataProblem('$skiptoken', '$skiptoken is not one that an @odata.nextLink of this list carried.');
}

export const jsonType = 'application/json; charset=utf-8';

/** A single thing with its context, from its JSON text. */
export function sendOne(reply: FastifyReply, context: string, json: string, status = 200): FastifyReply {
  return reply
    .code(status)
    .type(jsonType)
    .send(`{"@odata.context":${JSON.stringify(context)},${json.slice(1)}`);
}

export function headOf(context: string, total: number | null): string {
  const count = total === null ? '' : `"@odata.count":${total},`;
  return `{"@odata.context":${JSON.stringify(context)},${count}"value":[`;
}

export function tailOf(next: string | null): string {
  return next === null ? ']}' : `],"@odata.nextLink":${JSON.stringify(next)}}`;
}

/** Rows are read and sent so many at a time: a page of 10,000 is more than one call may hold. */
export const heldRowsMax = 500;

export interface Rows {
  /** JSON texts. */
  readonly texts: readonly string[];
  readonly hasNext: boolean;
  readonly total: number | null;
}

/**
 * A page of rows, read piece by piece. The first piece is read before anything is sent, so that a refusal is an answer and
 * no broken list.
 */
export async function sendRows(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { set, asked }: { readonly set: string; readonly asked: QueryOptions },
  read: (skip: number, limit: number, isCounted: boolean) => Promise<Rows>,
): Promise<FastifyReply> {
  refuseSkipToken(asked);
  const { skip = 0, top = pageRowsMax } = asked;
  const first = await read(skip, Math.min(top, heldRowsMax), asked.count);
  const head = headOf(contextOf(ctx, request, set), first.total);
  const pieces = async function* (): AsyncGenerator<string> {
    yield head;
    let [sent, rows] = [0, first];
    for (;;) {
      if (rows.texts.length > 0) yield `${sent > 0 ? ',' : ''}${rows.texts.join(',')}`;
      sent += rows.texts.length;
      if (!rows.hasNext || sent >= top) break;
      rows = await read(skip + sent, Math.min(top - sent, heldRowsMax), false);
    }
    const isMore = rows.hasNext && sent > 0;
    yield tailOf(isMore ? nextLink(ctx, request, asked, { skip: skip + sent }) : null);
  };
  return reply.type(jsonType).send(Readable.from(pieces(), { objectMode: false }));
}

/** A short list, all of it. */
export function sendAll(reply: FastifyReply, context: string, values: readonly unknown[]): FastifyReply {
  return reply
    .type(jsonType)
    .send(`${headOf(context, null)}${values.map((each) => JSON.stringify(each)).join(',')}${tailOf(null)}`);
}
