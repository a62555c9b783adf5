// Lists of Graph's security namespace: $filter, $orderby, $top, $skip, $count, $select, $expand, and @odata.nextLink, which
// continues behind the last object rather than after so many, so that what comes in meanwhile moves nothing.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import { readTicks } from '../../lib/ticks.ts';
import { pathOf } from '../arrival.ts';
import { originOf } from '../entra/origins.ts';
import { ODataProblem, shown } from '../odata/problem.ts';
import { type OptionName, type QueryOptions, readQueryOptions } from '../odata/query-options.ts';
import { pick } from './lists.ts';
import { contextOf } from './surface.ts';

export interface SecurityList<Sort extends string> {
  /** `security/incidents`, as the context calls it. */
  readonly of: string;
  /** `security.incident` of microsoft.graph.security.incident. */
  readonly type: string;
  /** By the property that a client names in $orderby; the first one is the order without it. */
  readonly sorts: Readonly<Record<string, Sort>>;
  readonly expandable: readonly string[];
  /** More is cut to this, as the documented service does. */
  readonly topMax: number;
  readonly topUsual: number;
}

export interface AskedList<Sort extends string> {
  readonly options: QueryOptions;
  readonly sort: Sort;
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
  readonly after: Position | null;
  readonly expands: boolean;
}

export interface Position {
  readonly ticks: bigint;
  /** The id of the noun. */
  readonly id: string;
}

const optionNames: readonly OptionName[] = [
  ...(['$filter', '$orderby', '$top', '$skip', '$count', '$select', '$skiptoken'] as const),
];
/** $top beyond the most is cut, not refused; this bounds the number itself. */
const anyTop = 1_000_000;

export function readAskedList<Sort extends string>(
  ctx: Ctx,
  request: FastifyRequest,
  list: SecurityList<Sort>,
): AskedList<Sort> {
  const allowed = list.expandable.length > 0 ? [...optionNames, '$expand' as const] : optionNames;
  const options = readQueryOptions(request.query, allowed, { topMax: anyTop, skipMax: ctx.config.skipRowsMax });
  const { sort, direction } = readOrder(options, list);
  return {
    options,
    sort,
    direction,
    skip: options.skip ?? 0,
    limit: Math.min(options.top ?? list.topUsual, list.topMax),
    after: options.skipToken === undefined ? null : parsePosition(options.skipToken),
    expands: readExpand(options.expand, list.expandable),
  };
}

/** Whether the objects are to be sent with what belongs to them. */
export function readExpand(text: string | undefined, expandable: readonly string[]): boolean {
  if (text === undefined) return false;
  const unknown = text.split(',').find((part) => !expandable.includes(part.trim().toLowerCase()));
  if (unknown === undefined) return true;
  throw new ODataProblem('$expand', `$expand takes ${expandable.join(', ')} here, not "${shown(unknown.trim())}".`);
}

function readOrder<Sort extends string>({ orderBy }: QueryOptions, { sorts }: SecurityList<Sort>) {
  const names = Object.keys(sorts);
  const [first, ...more] = orderBy;
  const property = first?.property ?? names[0] ?? '';
  const name = names.find((each) => each.toLowerCase() === property.toLowerCase());
  const sort = name === undefined ? undefined : sorts[name];
  if (sort === undefined || more.length > 0) {
    throw new ODataProblem('$orderby', `$orderby takes one of ${names.join(', ')}, with asc or desc.`);
  }
  return { sort, direction: first?.direction ?? ('desc' as const) };
}

function parsePosition(text: string): Position {
  const [, digits = '', id] = /^(-?\d+)-([0-9a-z]{1,40})$/.exec(text) ?? [];
  const ticks = readTicks(digits);
  if (ticks !== undefined && id !== undefined) return { ticks, id };
  throw new ODataProblem('$skiptoken', '$skiptoken is not one that an @odata.nextLink of this list carried.');
}

export interface SecurityPage {
  /** Null when it was not asked for. */
  readonly count: number | null;
  /** Asked once all objects are sent: where the next page begins, null when there is none. */
  next(): Position | null;
  /** The objects in their order; each is made when its turn comes. */
  readonly items: Iterable<object> | AsyncIterable<object>;
}

/** Sends the page piece by piece: a page of incidents with their alerts would be much to hold at once. */
export async function sendPage<Sort extends string>(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  list: SecurityList<Sort>,
  asked: AskedList<Sort>,
  page: SecurityPage,
): Promise<FastifyReply> {
  const { select } = asked.options;
  const selected = select.length > 0 ? `(${select.join(',')})` : '';
  const head = {
    '@odata.context': contextOf(ctx, request, `${list.of}${selected}`),
    ...(page.count === null ? {} : { '@odata.count': page.count }),
  };
  const items = Symbol.asyncIterator in page.items ? page.items[Symbol.asyncIterator]() : page.items[Symbol.iterator]();
  // What is wrong with the request is found with the first object at the latest, while there still is a status to send.
  const first = await items.next();
  const text = (item: object): string => JSON.stringify(pick(item, select, list.type));
  const firstText = first.done ? '' : text(first.value);
  const pieces = async function* (): AsyncGenerator<string> {
    yield `${JSON.stringify(head).slice(0, -1)},"value":[${firstText}`;
    while (!first.done) {
      const next = await items.next();
      if (next.done) break;
      yield `,${text(next.value)}`;
    }
    const next = page.next();
    yield next === null ? ']}' : `],"@odata.nextLink":${JSON.stringify(nextLink(ctx, request, asked, next))}}`;
  };
  return reply.type('application/json; charset=utf-8').send(Readable.from(pieces(), { objectMode: false }));
}

function nextLink<Sort extends string>(
  ctx: Ctx,
  request: FastifyRequest,
  { options }: AskedList<Sort>,
  { ticks, id }: Position,
): string {
  const order = options.orderBy.map(({ property, direction }) => `${property} ${direction}`).join(',');
  const values: readonly [OptionName, string | undefined][] = [
    ['$filter', options.filter],
    ['$orderby', order === '' ? undefined : order],
    ['$select', options.select.length > 0 ? options.select.join(',') : undefined],
    ['$expand', options.expand],
    ['$top', options.top?.toString()],
    ['$count', options.count ? 'true' : undefined],
    ['$skiptoken', `${ticks}-${id}`],
  ];
  const query = values.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`));
  return `${new URL(pathOf(request), originOf(ctx, request)).href}?${query.join('&')}`;
}
