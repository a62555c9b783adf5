// Cloud apps: the catalogue, tags, scores and notes (cloud-apps reference 2.8 and 2.9). What portal scripts send beside the
// documented calls is taken as they send it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FilterableField, FilterCondition } from '../../activities/filters.ts';
import type { Ctx } from '../../context.ts';
import {
  type AppDetails,
  type AppQuery,
  getApp,
  listApps,
  noteOn,
  overrideScore,
  parseCategory,
  parseSort,
} from '../../discovery/apps/apps.ts';
import type { AppFacts } from '../../discovery/apps/described.ts';
import { deleteAppTag } from '../../discovery/apps/own-tags.ts';
import { changeTags } from '../../discovery/apps/tagging.ts';
import { type AppTagWithApps, createAppTag, listAppTags, sanctioned, unsanctioned } from '../../discovery/apps/tags.ts';
import type { CategoryId } from '../../discovery/catalog/categories.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { parseFlag, parseNumber } from './filter-values.ts';
import { type ListRequest, readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

type WithApp = FastifyRequest<{ Params: { appId: string } }>;
type WithTag = FastifyRequest<{ Params: { tag: string } }>;

/** What it can be filtered by. */
export const catalogueFields = [
  { names: ['appId', 'id'], type: 'text', operators: ['eq'] },
  { names: ['name', 'text'], type: 'prose', operators: ['eq', 'contains', 'text'] },
  { names: ['category'], type: 'text', operators: ['eq'] },
  { names: ['tag', 'tags'], type: 'text', operators: ['eq'] },
  // Two values are a range.
  { names: ['score'], type: 'integer', operators: ['eq'] },
] as const satisfies readonly FilterableField[];

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config } = ctx;
  const asked = readListRequest(request, config);
  const conditions = parseFilters<FilterableField>(asked.filters, catalogueFields, config.filterValuesMax);
  const max = config.pageRowsMax;
  const limit = Math.min(asked.limit ?? max, max);
  const query = { ...queryOf(conditions), ...sortOf(asked), skip: asked.skip, limit };
  const { items, total } = await listApps(ctx, query);
  const hasNext = asked.skip + items.length < total;
  return reply.send({ data: items.map(appRecord), hasNext, max, total, moreThanTotal: false });
}

/** By name unless something is asked for; the lists of this surface go down unless they are told to go up. */
function sortOf({ sortField, direction }: ListRequest): Pick<AppQuery, 'sortBy' | 'direction'> {
  if (sortField === undefined) return { sortBy: 'name', direction: 'asc' };
  return { sortBy: parseSort(sortField), direction };
}

type Wanted = Pick<AppQuery, 'appIds' | 'search' | 'categories' | 'tags' | 'score'>;

function queryOf(conditions: readonly FilterCondition<FilterableField>[]): Wanted {
  let wanted: Wanted = {};
  for (const { field, test } of conditions) {
    const [name] = field.names;
    if ('texts' in test) wanted = { ...wanted, search: test.texts.join(' ') };
    if (test.operator !== 'eq') continue;
    const texts = test.values.map(String);
    if (name === 'appId') wanted = { ...wanted, appIds: texts.map(Number) };
    else if (name === 'name') wanted = { ...wanted, search: texts[0] };
    else if (name === 'category') wanted = { ...wanted, categories: categoriesOf(texts) };
    else if (name === 'tag') wanted = { ...wanted, tags: texts };
    else {
      const numbers = texts.map(Number);
      wanted = { ...wanted, score: { least: Math.min(...numbers), most: Math.max(...numbers) } };
    }
  }
  return wanted;
}

function categoriesOf(texts: readonly string[]): CategoryId[] | undefined {
  if (texts.some((text) => text.toUpperCase().endsWith('_ALL'))) return undefined;
  return texts.map(parseCategory);
}

/** An app in a list. */
function appRecord({ appId, name, vendor, category, score, tags, domains, isCustom }: AppFacts) {
  return { appId, name, vendor, category, score, tags, domains, custom: isCustom };
}

export async function fetch(request: WithApp, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return reply.send(detailsRecord(await getApp(ctx, appIdOf(request.params.appId))));
}

function detailsRecord(app: AppDetails) {
  const { computed, override, note, tagged, neverBlockable } = app;
  return {
    ...appRecord(app),
    revised_score: { ...computed.categories, total: app.score },
    override,
    note: note?.value ?? '',
    appTags: tagged,
    canBeBlocked: neverBlockable === null,
    factors: computed.factors,
  };
}

/** On this surface apps are named by id alone. */
function appIdOf(value: unknown): number {
  const number = parseNumber(value);
  if (number === undefined || !Number.isInteger(number) || number < 0) throw new NotFound('The app');
  return number;
}

/** POST, as documented, answers with the bare list; GET, as portal scripts use it, with a page. */
export async function listTags(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const tags = (await listAppTags(ctx)).map((tag) => tagRecord(tag, ctx));
  if (request.method === 'POST') return reply.send(tags);
  return reply.send({ data: tags, hasNext: false, max: tags.length, total: tags.length, moreThanTotal: false });
}

/** The documented record has the name of a tag in the place of its id. */
function tagRecord({ id, name, isBuiltIn, appIds }: AppTagWithApps, { caller }: Ctx) {
  return { _id: id, id: name, name, target: 6, _tid: caller.tenant.number, appIds, builtIn: isBuiltIn };
}

export async function createTag(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const tag = await createAppTag(ctx, tagNameOf(request.body));
  return reply.send(tagRecord({ ...tag, appIds: [] }, ctx));
}

/** Portal scripts send the name in base64; a name or id as it is will do. */
export async function removeTag(request: WithTag, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { tag } = request.params;
  const decoded = Buffer.from(tag, 'base64').toString('utf8');
  const known = await listAppTags(ctx);
  const isNamed = known.some(({ id, name }) => id === tag || name.toLowerCase() === tag.toLowerCase());
  await deleteAppTag(ctx, isNamed ? tag : decoded);
  return reply.send({});
}

export async function addTagTo(request: WithApp, reply: FastifyReply): Promise<FastifyReply> {
  return await changeOne(request, reply, 'add', tagNameOf(request.body));
}

export async function removeTagFrom(request: WithApp, reply: FastifyReply): Promise<FastifyReply> {
  return await changeOne(request, reply, 'remove', tagNameOf(request.body));
}

/** What portal scripts send in the place of the tags Sanctioned and Unsanctioned, with a tag of their own beside it. */
export async function setSanctioned(request: WithApp, reply: FastifyReply): Promise<FastifyReply> {
  const body = membersOf(request.body);
  const isSanctioned = parseFlag(body.sanctioned);
  if (isSanctioned === undefined) throw new InvalidInput('sanctioned', 'sanctioned must be true or false.');
  if (typeof body.sanctionTag === 'string' && body.sanctionTag.trim() !== '') {
    await changeOneTag(await cloudAppsCtx(request), 'add', body.sanctionTag, appIdOf(request.params.appId));
  }
  return await changeOne(request, reply, 'add', (isSanctioned ? sanctioned : unsanctioned).name);
}

async function changeOne(
  request: WithApp,
  reply: FastifyReply,
  action: 'add' | 'remove',
  tag: string,
): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const appId = appIdOf(request.params.appId);
  await changeOneTag(ctx, action, tag, appId);
  const { tags } = await getApp(ctx, appId);
  return reply.send({ appId, tags });
}

async function changeOneTag(ctx: Ctx, action: 'add' | 'remove', tag: string, appId: number): Promise<void> {
  const [outcome] = await changeTags(ctx, { action, tag, apps: [appId] });
  if (outcome?.outcome === 'not-found') throw new NotFound('The app');
  if (outcome?.outcome === 'refused') throw new Conflict('app-tag-refused', outcome.problem ?? 'It cannot be tagged.');
}

/** `{pk, note}`. */
export async function updateNote(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { pk, appId = pk, note } = membersOf(request.body);
  if (typeof note !== 'string') throw new InvalidInput('note', 'note must be a text; an empty one takes it away.');
  return reply.send(detailsRecord(await noteOn(ctx, appIdOf(appId), note)));
}

/** `{appId, score}`; null takes the override away. */
export async function updateScore(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { pk, appId = pk, score, note } = membersOf(request.body);
  const number = score === null ? null : parseNumber(score);
  if (number === undefined) throw new InvalidInput('score', 'score must be a number from 0 to 10, or null.');
  const words = typeof note === 'string' ? note : '';
  return reply.send(detailsRecord(await overrideScore(ctx, appIdOf(appId), { score: number, note: words })));
}

function tagNameOf(body: unknown): string {
  const { tagName } = membersOf(body);
  if (typeof tagName !== 'string') throw new InvalidInput('tagName', 'tagName must be the name of a tag.');
  return tagName;
}

function membersOf(body: unknown): Record<string, unknown> {
  if (!isPlainObject(body)) throw new InvalidInput('body', 'Send a JSON object.');
  return body;
}
