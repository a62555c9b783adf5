import type { Ctx, Services } from '../../context.ts';
import { findUser } from '../../directory/managed-user.ts';
import type { UserId } from '../../lib/ids.ts';
import { tenantUrl } from '../../listening/names.ts';
import { tokenChoices } from '../../tokens/limits.ts';
import { generateToken, getToken, listTokens, revokeMany, revokeToken, rotateToken } from '../../tokens/tokens.ts';
import { begunOf } from '../arrival.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import {
  BulkBody,
  BulkResult,
  GenerateBody,
  MintedToken,
  RotateBody,
  Token,
  TokenChoices,
  TokenList,
  TokenQuery,
} from './tokens-schemas.ts';
import { toWire } from './wire.ts';

/** API tokens: generate, list, rotate, revoke. Every call needs a person's session. */
export function tokenRoutes(app: ManagementApp, services: Services): void {
  const urlOf = (ctx: Ctx) => tenantUrl(services.names, ctx.caller.tenantSlug);

  app.post(
    '/api-tokens',
    { schema: { body: GenerateBody, response: { 201: MintedToken } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const minted = await generateToken(ctx, request.body);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send(toWire({ ...minted, url: urlOf(ctx) }));
    },
  );

  app.get('/api-tokens', { schema: { querystring: TokenQuery, response: { 200: TokenList } } }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.uses.flush();
    const { owner, status, search, sort = 'createdAt', direction = 'desc', skip = 0, limit = 50 } = request.query;
    const ownerId = owner === undefined ? undefined : await ownerOf(ctx, owner);
    return toWire(await listTokens(ctx, { ownerId, status, search, sort, direction, skip, limit }));
  });

  app.get('/api-tokens/choices', { schema: { response: { 200: TokenChoices } } }, async (request) =>
    tokenChoices(await personCtx(request)),
  );

  app.get('/api-tokens/:id', { schema: { params: IdParams, response: { 200: Token } } }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.uses.flush();
    return toWire(await getToken(ctx, request.params.id));
  });

  app.delete('/api-tokens/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await revokeToken(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });

  app.post(
    '/api-tokens/:id/rotate',
    { schema: { params: IdParams, body: RotateBody, response: { 200: MintedToken } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const minted = await rotateToken(ctx, request.params.id, request.body.overlapSeconds ?? 0);
      return reply.header('cache-control', 'no-store').send(toWire({ ...minted, url: urlOf(ctx) }));
    },
  );

  app.post(
    '/api-tokens/bulk-revocation',
    { schema: { body: BulkBody, response: { 200: BulkResult } } },
    async (request) => {
      const ctx = await personCtx(request);
      await begunOf(request).gate.uses.flush();
      const { departedOwners, owner, ids, dryRun } = request.body;
      const ownerId = owner === undefined ? undefined : await ownerOf(ctx, owner);
      return toWire({ dryRun, ...(await revokeMany(ctx, { departedOwners, ownerId, ids }, dryRun)) });
    },
  );
}

/** Somebody whom the tenant does not have owns nothing: the id that is nobody's finds no token. */
async function ownerOf(ctx: Ctx, reference: string): Promise<UserId> {
  return (await findUser(ctx.store.db, ctx.caller.tenantId, reference))?.id ?? ('' as UserId);
}
