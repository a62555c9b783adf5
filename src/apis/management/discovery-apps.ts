// Cloud apps of the caller's tenant: catalogue, tags, scores, custom apps (docs/discovery-catalog.md). Tags can be changed with an
// API token as well, because that is done by scripts.
import { Type } from '../../lib/schema.ts';
import {
  AppParams,
  AppTag,
  AppTags,
  AppTagsQuery,
  CreateTagBody,
  CustomApp,
  CustomAppBody,
  CustomAppParams,
  CustomApps,
  CustomAppsQuery,
  DiscoveryApp,
  DiscoveryApps,
  DiscoveryAppsQuery,
  NoteBody,
  OverrideBody,
  RenameTagBody,
  ScoreWeights,
  ScoreWeightsBody,
  TagAppsBody,
  TagOutcomes,
  TagParams,
  TagWithApps,
} from './discovery-apps-schemas.ts';
import { anyCtx, type ManagementApp } from './surface.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

// Loaded with the first call (docs/decisions/0008).
const apps = () => import('../../discovery/apps/apps.ts');
const customApps = () => import('../../discovery/apps/custom-apps.ts');
const tagging = () => import('../../discovery/apps/tagging.ts');
const tags = () => import('../../discovery/apps/tags.ts');
const ownTags = () => import('../../discovery/apps/own-tags.ts');
const weights = () => import('../../discovery/apps/weights.ts');

export function discoveryAppRoutes(app: ManagementApp): void {
  catalogRoutes(app);
  tagRoutes(app);
  customAppRoutes(app);
  const schema = { response: { 200: ScoreWeights } };
  app.get('/discovery/score-weights', { schema }, async (request) =>
    toWire(await (await weights()).getWeights(await anyCtx(request))),
  );
  app.patch('/discovery/score-weights', { schema: { ...schema, body: ScoreWeightsBody } }, async (request) =>
    toWire(await (await weights()).setWeights(await anyCtx(request), request.body)),
  );
  app.delete('/discovery/score-weights', { schema }, async (request) =>
    toWire(await (await weights()).setWeights(await anyCtx(request), null)),
  );
}

function catalogRoutes(app: ManagementApp): void {
  const list = { querystring: DiscoveryAppsQuery, response: { 200: DiscoveryApps } };
  app.get('/discovery/apps', { schema: list }, async (request) => {
    const { limit = 50, skip = 0, direction = 'asc', search, category, tag, scoreMin, scoreMax } = request.query;
    const ctx = await anyCtx(request);
    const { listApps, parseCategory, parseSort } = await apps();
    const hasRange = scoreMin !== undefined || scoreMax !== undefined;
    const found = await listApps(ctx, {
      search,
      categories: category === undefined ? undefined : [parseCategory(category)],
      tags: tag === undefined ? undefined : [tag],
      score: hasRange ? { least: scoreMin ?? 0, most: scoreMax ?? 10 } : undefined,
      sortBy: parseSort(request.query.sort),
      direction,
      skip,
      limit,
    });
    return toWire(found);
  });

  const one = { params: AppParams, response: { 200: DiscoveryApp } };
  app.get('/discovery/apps/:app', { schema: one }, async (request) =>
    toWire(wireOf(await (await apps()).getApp(await anyCtx(request), request.params.app))),
  );
  app.put('/discovery/apps/:app/score', { schema: { ...one, body: OverrideBody } }, async (request) => {
    const { overrideScore } = await apps();
    return toWire(wireOf(await overrideScore(await anyCtx(request), request.params.app, request.body)));
  });
  app.put('/discovery/apps/:app/note', { schema: { ...one, body: NoteBody } }, async (request) => {
    const { noteOn } = await apps();
    return toWire(wireOf(await noteOn(await anyCtx(request), request.params.app, request.body.note)));
  });
}

type Details = Awaited<ReturnType<Awaited<ReturnType<typeof apps>>['getApp']>>;

const iso = (time: number) => new Date(time).toISOString();
const isoOrNull = (time: number | null) => (time === null ? null : iso(time));

function wireOf({ override, note, tagged, ...app }: Details) {
  return {
    ...app,
    override: override && { ...override, at: isoOrNull(override.at) },
    note: note && { ...note, at: isoOrNull(note.at) },
    tagged: tagged.map((each) => ({ ...each, setAt: iso(each.setAt) })),
  };
}

function tagRoutes(app: ManagementApp): void {
  app.post(
    '/discovery/apps/tags',
    { schema: { body: TagAppsBody, response: { 200: TagOutcomes } } },
    async (request) => {
      const items = await (await tagging()).changeTags(await anyCtx(request), request.body);
      const count = (...outcomes: string[]) => items.filter(({ outcome }) => outcomes.includes(outcome)).length;
      return toWire({ items, changed: count('changed'), failed: count('not-found', 'refused') });
    },
  );
  const list = { querystring: AppTagsQuery, response: { 200: AppTags } };
  app.get('/discovery/app-tags', { schema: list }, async (request) => {
    const items = await (await tags()).listAppTags(await anyCtx(request));
    return toWire(pageOfWhole(items, request.query, tagShape));
  });
  const create = { body: CreateTagBody, response: { 201: AppTag } };
  app.post('/discovery/app-tags', { schema: create }, async (request, reply) => {
    const tag = await (await tags()).createAppTag(await anyCtx(request), request.body.name);
    return reply.code(201).send(toWire(tag));
  });
  const rename = { params: TagParams, body: RenameTagBody, response: { 200: TagWithApps } };
  app.patch('/discovery/app-tags/:tag', { schema: rename }, async (request) => {
    const { renameAppTag } = await ownTags();
    return toWire(await renameAppTag(await anyCtx(request), request.params.tag, request.body.name));
  });
  app.delete('/discovery/app-tags/:tag', { schema: { params: TagParams } }, async (request, reply) => {
    await (await ownTags()).deleteAppTag(await anyCtx(request), request.params.tag);
    return reply.code(204).send();
  });
}

function customAppRoutes(app: ManagementApp): void {
  const list = { querystring: CustomAppsQuery, response: { 200: CustomApps } };
  app.get('/discovery/custom-apps', { schema: list }, async (request) => {
    const items = (await (await customApps()).listCustomApps(await anyCtx(request))).map(customWire);
    return toWire(pageOfWhole(items, request.query, customShape));
  });
  const create = { body: CustomAppBody, response: { 201: CustomApp } };
  app.post('/discovery/custom-apps', { schema: create }, async (request, reply) => {
    const made = await (await customApps()).createCustomApp(await anyCtx(request), request.body);
    return reply.code(201).send(toWire(customWire(made)));
  });
  const put = { params: CustomAppParams, body: CustomAppBody, response: { 200: CustomApp } };
  app.put('/discovery/custom-apps/:appId', { schema: put }, async (request) => {
    const { updateCustomApp } = await customApps();
    return toWire(customWire(await updateCustomApp(await anyCtx(request), request.params.appId, request.body)));
  });
  const gone = { params: CustomAppParams, response: { 204: Type.Null() } };
  app.delete('/discovery/custom-apps/:appId', { schema: gone }, async (request, reply) => {
    await (await customApps()).deleteCustomApp(await anyCtx(request), request.params.appId);
    return reply.code(204).send(null);
  });
}

type Tag = Awaited<ReturnType<Awaited<ReturnType<typeof tags>>['listAppTags']>>[number];

const tagShape = {
  texts: ({ name }: Tag) => [name],
  sorts: { name: ({ name }: Tag) => name, apps: ({ appIds }: Tag) => appIds.length },
};

type Custom = Awaited<ReturnType<Awaited<ReturnType<typeof customApps>>['createCustomApp']>>;

function customWire({ createdAt, changedAt, ...app }: Custom) {
  return { ...app, createdAt: iso(createdAt), changedAt: iso(changedAt) };
}

type WiredCustom = ReturnType<typeof customWire>;

const customShape = {
  texts: ({ name, vendor, domains }: WiredCustom) => [name, vendor, ...domains],
  sorts: {
    name: ({ name }: WiredCustom) => name,
    category: ({ category }: WiredCustom) => category,
    score: ({ score }: WiredCustom) => score,
    createdAt: ({ createdAt }: WiredCustom) => createdAt,
    changedAt: ({ changedAt }: WiredCustom) => changedAt,
  },
};
