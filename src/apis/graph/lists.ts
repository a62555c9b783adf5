// Lists of the graph surface: which part is asked for, in which properties, and where the next part is.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Span } from '../../applications/grant-lists.ts';
import type { Ctx } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { originOf } from '../entra/origins.ts';
import { ODataProblem, shown } from '../odata/problem.ts';
import { type OptionName, type QueryOptions, readQueryOptions } from '../odata/query-options.ts';
import { contextOf, sendJson } from './surface.ts';

/** The documented most of $top. */
const topMax = 999;
const options: readonly OptionName[] = ['$filter', '$select', '$top', '$count', '$skiptoken'];

export interface AskedList extends QueryOptions {
  readonly span: Span;
  /** Names of $expand. */
  readonly expanded: readonly string[];
}

/**
 * Options of a list; $search, $orderby and $skip unless they are among `further`, and $expand unless something can be expanded,
 * are refused by name.
 */
export function readListOptions(
  ctx: Ctx,
  request: FastifyRequest,
  expandable: readonly string[] = [],
  further: readonly OptionName[] = [],
): AskedList {
  const allowed = [...options, ...further, ...(expandable.length > 0 ? ['$expand' as const] : [])];
  const asked = readQueryOptions(request.query, allowed, { topMax, skipMax: ctx.config.skipRowsMax });
  if (asked.top === 0) throw new ODataProblem('$top', '$top must be a whole number from 1.');
  const limit = Math.min(asked.top ?? ctx.config.pageRowsMax, ctx.config.pageRowsMax);
  const span = { skip: asked.skipToken === undefined ? (asked.skip ?? 0) : positionOf(ctx, asked.skipToken), limit };
  return { ...asked, span, expanded: readExpanded(asked.expand, expandable) };
}

function readExpanded(text: string | undefined, expandable: readonly string[]): string[] {
  return (text?.split(',') ?? []).map((part) => {
    const found = expandable.find((name) => name.toLowerCase() === part.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new ODataProblem('$expand', `$expand takes ${expandable.join(', ')} here, not "${shown(part.trim())}".`);
  });
}

/** A position in the list, written so that nobody takes it for a number of $skip. */
function positionOf({ config }: Ctx, token: string): number {
  const [, digits = ''] = /^at-(\d{1,9})$/.exec(token) ?? [];
  const position = Number(digits);
  if (digits !== '' && position <= config.skipRowsMax) return position;
  throw new ODataProblem('$skiptoken', '$skiptoken is not one that an @odata.nextLink of this list carried.');
}

/** $select of one object. */
export function readEntityOptions(request: FastifyRequest): readonly string[] {
  return readQueryOptions(request.query, ['$select'], { topMax, skipMax: 0 }).select;
}

/** Refuses every query option: for calls that are neither a list nor an object. */
export function refuseOptions(request: FastifyRequest): void {
  const [name] = Object.keys(request.query ?? {});
  if (name !== undefined) throw new ODataProblem(shown(name), `The query option ${shown(name)} is not supported here.`);
}

type Entity = Readonly<Record<string, unknown>>;

/** The object with the named properties only; `all` names what there is. Names count in any case. */
export function pick<Kind extends object>(entity: Kind, select: readonly string[], type: string): Partial<Kind> {
  if (select.length === 0) return entity;
  const names = Object.keys(entity);
  const wanted = new Set(select.map((each) => propertyOf(names, each, type)));
  // Entries of the entity itself, some left out.
  return Object.fromEntries(Object.entries(entity).filter(([name]) => wanted.has(name))) as Partial<Kind>;
}

function propertyOf(names: readonly string[], asked: string, type: string): string {
  const found = names.find((name) => name.toLowerCase() === asked.toLowerCase());
  if (found !== undefined) return found;
  throw new ODataProblem(
    '$select',
    `There is no property '${shown(asked)}' on the type 'microsoft.graph.${type}'. It has ${names.join(', ')}.`,
  );
}

export interface ListAnswer {
  /** Name of the set, such as `applications`. */
  readonly of: string;
  /** Singular, as in microsoft.graph.application. */
  readonly type: string;
  readonly items: readonly Entity[];
  readonly total: number;
}

export function sendList(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AskedList,
  { of, type, items, total }: ListAnswer,
): FastifyReply {
  const { skip, limit } = asked.span;
  const selected = asked.select.length > 0 ? `(${asked.select.join(',')})` : '';
  const next = skip + limit < total ? nextLink(ctx, request, asked, skip + limit) : undefined;
  return sendJson(reply, {
    '@odata.context': contextOf(ctx, request, `${of}${selected}`),
    ...(asked.count ? { '@odata.count': total } : {}),
    ...(next === undefined ? {} : { '@odata.nextLink': next }),
    value: items.map((each) => pick(each, asked.select, type)),
  });
}

function nextLink(ctx: Ctx, request: FastifyRequest, asked: AskedList, position: number): string {
  const order = asked.orderBy.map(({ property, direction }) => `${property} ${direction}`).join(',');
  const values: readonly [OptionName, string | undefined][] = [
    ['$filter', asked.filter],
    ['$orderby', order === '' ? undefined : order],
    ['$select', asked.select.length > 0 ? asked.select.join(',') : undefined],
    ['$expand', asked.expand],
    ['$top', asked.top?.toString()],
    ['$count', asked.count ? 'true' : undefined],
    ['$skiptoken', `at-${position}`],
  ];
  const query = values.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`));
  return `${new URL(pathOf(request), originOf(ctx, request)).href}?${query.join('&')}`;
}
