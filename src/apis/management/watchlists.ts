// Watchlists of the caller's tenant. Uploads are opened by API tokens too, as other ingestion is (docs/decisions/0016).
import type { Watchlist as Shown } from '../../hunting/watchlists/watchlists.ts';
import {
  AliasParams,
  PutWatchlistQuery,
  Watchlist,
  WatchlistQuery,
  WatchlistRows,
  WatchlistRowsQuery,
  Watchlists,
} from './hunting-schemas.ts';
import { streamOf } from './ingest.ts';
import { anyCtx, type ManagementApp, personCtx } from './surface.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

const watchlists = () => import('../../hunting/watchlists/watchlists.ts');

const pageRows = 50;

const shape = {
  texts: ({ alias, description, changedBy }: Shown) => [alias, description, changedBy],
  sorts: {
    alias: ({ alias }: Shown) => alias,
    rowCount: ({ rowCount }: Shown) => rowCount,
    bytes: ({ bytes }: Shown) => bytes,
    changedAt: ({ changedAt }: Shown) => changedAt,
  },
};

export function watchlistRoutes(app: ManagementApp): void {
  const list = { querystring: WatchlistQuery, response: { 200: Watchlists } };
  app.get('/watchlists', { schema: list }, async (request) => {
    const all = await (await watchlists()).listWatchlists(await personCtx(request));
    return toWire(pageOfWhole(all, request.query, shape));
  });

  const one = { params: AliasParams, response: { 200: Watchlist } };
  app.get('/watchlists/:alias', { schema: one }, async (request) =>
    toWire(await (await watchlists()).getWatchlist(await personCtx(request), request.params.alias)),
  );

  const rows = { params: AliasParams, querystring: WatchlistRowsQuery, response: { 200: WatchlistRows } };
  app.get('/watchlists/:alias/rows', { schema: rows }, async (request) => {
    const { skip = 0, limit = pageRows } = request.query;
    const ctx = await personCtx(request);
    return toWire(await (await watchlists()).listWatchlistRows(ctx, request.params.alias, { skip, limit }));
  });

  app.delete('/watchlists/:alias', { schema: { params: AliasParams } }, async (request, reply) => {
    await (await watchlists()).deleteWatchlist(await anyCtx(request), request.params.alias);
    return reply.code(204).send();
  });

  app.register(async (scope: ManagementApp) => {
    // This scope's own parser: it hands over the stream as it is, whatever its type.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    const put = { params: AliasParams, querystring: PutWatchlistQuery, response: { 200: Watchlist, 201: Watchlist } };
    scope.put('/watchlists/:alias', { schema: put }, async (request, reply) => {
      const ctx = await anyCtx(request);
      const { putWatchlist } = await watchlists();
      const body = streamOf(request, csvTypes, 'Send CSV as text/csv');
      const { watchlist, isNew } = await putWatchlist(ctx, request.params.alias, request.query, body);
      return reply.code(isNew ? 201 : 200).send(toWire(watchlist));
    });
  });
}

/** A body without a type is taken as well. */
const csvTypes: ReadonlySet<string> = new Set([
  '',
  'text/csv',
  'application/csv',
  'text/plain',
  'application/octet-stream',
]);
