// The graph surface (/v1.0): the directory calls of Microsoft Graph that automation makes. An app calls it with an access
// token for Graph; a person's own session opens it too. Which permission of Graph opens which call is said in one table,
// applications/endpoint-permissions.ts, and asked here of every app; what the person behind a token or session may do is
// asked by the nouns.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, concernOf } from '../../access/caller.ts';
import { Refusal } from '../../access/refusal.ts';
import { type EndpointPermission, endpointPermissions } from '../../applications/endpoint-permissions.ts';
import type { Ctx } from '../../context.ts';
import type { TypedApp } from '../app.ts';
import { arrivalOf, begunOf, pathOf } from '../arrival.ts';
import { originOf } from '../entra/origins.ts';

/** What every routes function of this surface mounts on. */
export type GraphApp = TypedApp;

const rows: ReadonlyMap<string, EndpointPermission> = new Map(
  endpointPermissions()
    .filter(({ surface }) => surface === 'graph')
    .map((row) => [shapeOf(row.method, row.path), row]),
);

/** Equal for `/v1.0/applications/{id}`, its route `/v1.0/applications/:id` and the route of the other form of keys. */
function shapeOf(method: string, path: string): string {
  return `${method} ${path.replace(/\/?(?:\{\w+\}|:\w+|\(on='principal'\)|\(period=\{\w+\}\))/g, '/{}')}`;
}

/** The rows that were looked for, by method and route: there are as many as routes. */
const found = new Map<string, EndpointPermission>();

/** The row of the table for a route. Throws when it has none: no route is mounted that the table does not name. */
export function permissionsOf(method: string, url: string): EndpointPermission {
  const key = `${method} ${url}`;
  const row = found.get(key) ?? rows.get(shapeOf(method === 'HEAD' ? 'GET' : method, url));
  if (!row) throw new Error(`${key} has no row in applications/endpoint-permissions.ts.`);
  found.set(key, row);
  return row;
}

/** Authenticates a call and makes its context. API tokens and agents' tokens are refused, and apps without the permission. */
export async function graphCtx(request: FastifyRequest): Promise<Ctx> {
  const ctx = await begunOf(request).gate.admitOn('graph', arrivalOf(request));
  requireName(ctx.caller, permissionsOf(request.method, request.routeOptions.url ?? ''));
  return ctx;
}

/** Refuses an app whose token carries none of the names, or none that is still granted. */
function requireName(caller: Caller, { application, delegated }: EndpointPermission): void {
  const { credential } = caller;
  if (credential.kind !== 'bearer') return;
  const isApp = credential.tokenKind === 'app';
  const wanted = isApp ? application : delegated;
  if (wanted.some((name) => credential.names.includes(name))) return;
  const what = isApp ? 'application permission' : 'delegated permission';
  const needed =
    wanted.length === 0
      ? `It is not for ${isApp ? 'apps that act as themselves' : 'apps that act for a person'}.`
      : `It needs the ${what} ${wanted.join(' or ')}, and the token carries none that is granted.`;
  throw new Refusal({
    status: 403,
    code: 'permission-missing',
    message: `Insufficient privileges to complete the operation. ${needed}`,
    chain: [...caller.passed, { check: 'permission', outcome: 'failed', detail: needed }],
    remedy:
      wanted.length === 0
        ? 'Call it with the other kind of token.'
        : `Add ${wanted[0]} to the app, let an administrator of this tenant consent to it, and take a new token.`,
    ...concernOf(caller),
  });
}

/** Built from the name that was asked, like every URL of ours. */
export function contextOf(ctx: Ctx, request: FastifyRequest, of: string): string {
  const version = pathOf(request).startsWith('/beta/') ? 'beta' : 'v1.0';
  return `${originOf(ctx, request)}/${version}/$metadata#${of}`;
}

const jsonType = 'application/json; charset=utf-8';

/** One object, with the context that says what it is. */
export function sendEntity(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  of: string,
  entity: object,
): FastifyReply {
  const body = { '@odata.context': contextOf(ctx, request, `${of}/$entity`), ...entity };
  return sendJson(reply, body);
}

export function sendJson(reply: FastifyReply, body: object): FastifyReply {
  return reply.type(jsonType).send(JSON.stringify(body));
}
