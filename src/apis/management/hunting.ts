// What people hunt with: the schema of queries, saved queries, watchlists, and how long hunting data stay. The nouns are loaded with the
// first call (docs/decisions/0008).
import {
  CheckedQuery,
  CreateSavedQueryBody,
  HuntingRetention,
  HuntingRetentionBody,
  QuerySchema,
  SavedQueries,
  SavedQueriesQuery,
  SavedQuery,
  UpdateSavedQueryBody,
} from './hunting-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

const queries = () => import('../../hunting/saved-queries/saved-queries.ts');
const schemas = () => import('../../hunting/query-schema.ts');
const choices = () => import('../../hunting/retention-choices.ts');

const pageRows = 50;

export function huntingRoutes(app: ManagementApp): void {
  const schema = { response: { 200: QuerySchema } };
  app.get('/hunting/schema', { schema }, async (request) =>
    toWire(await (await schemas()).getQuerySchema(await personCtx(request))),
  );
  savedQueryRoutes(app);
  retentionRoutes(app);
}

function savedQueryRoutes(app: ManagementApp): void {
  const list = { querystring: SavedQueriesQuery, response: { 200: SavedQueries } };
  app.get('/hunting/queries', { schema: list }, async (request) => {
    const ctx = await personCtx(request);
    const { shared, skip = 0, limit = pageRows, ...filter } = request.query;
    return toWire(await (await queries()).listSavedQueries(ctx, { ...filter, isShared: shared, skip, limit }));
  });

  const create = { body: CreateSavedQueryBody, response: { 201: CheckedQuery } };
  app.post('/hunting/queries', { schema: create }, async (request, reply) => {
    const saved = await (await queries()).createSavedQuery(await personCtx(request), request.body);
    return reply.code(201).send(toWire(saved));
  });

  const one = { params: IdParams, response: { 200: SavedQuery } };
  app.get('/hunting/queries/:id', { schema: one }, async (request) =>
    toWire(await (await queries()).getSavedQuery(await personCtx(request), request.params.id)),
  );

  const update = { params: IdParams, body: UpdateSavedQueryBody, response: { 200: CheckedQuery } };
  app.patch('/hunting/queries/:id', { schema: update }, async (request) => {
    const ctx = await personCtx(request);
    const { revision, ...input } = request.body;
    return toWire(await (await queries()).updateSavedQuery(ctx, request.params.id, revision, input));
  });

  app.delete('/hunting/queries/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await (await queries()).deleteSavedQuery(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });
}

function retentionRoutes(app: ManagementApp): void {
  const response = { 200: HuntingRetention };
  app.get('/hunting/retention', { schema: { response } }, async (request) =>
    toWire(await (await choices()).getHuntingRetention(await personCtx(request))),
  );

  app.patch('/hunting/retention', { schema: { body: HuntingRetentionBody, response } }, async (request) =>
    toWire(await (await choices()).chooseHuntingRetention(await personCtx(request), request.body)),
  );
}
