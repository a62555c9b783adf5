// Secrets and owners of an application (Entra reference 4.4 and 4.6).
import type { FastifyRequest } from 'fastify';
import { addOwner, removeOwner } from '../../applications/owners.ts';
import { addSecret, removeSecret } from '../../applications/secrets.ts';
import { isoTime } from '../../lib/clock.ts';
import { isGuid } from '../../lib/ids.ts';
import { passwordWire } from './application-wire.ts';
import { empty, guid, needed, nullable, object, readBody, text, time } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { keyPaths } from './keys.ts';
import { readListOptions, refuseOptions, sendList } from './lists.ts';
import { getNamed } from './named-application.ts';
import { contextOf, type GraphApp, graphCtx, sendJson } from './surface.ts';

/** How long a secret lasts unless the call says otherwise: two years, or what this server allows (reference 4.4). */
const monthsInitial = 24;

export function passwordRoutes(app: GraphApp): void {
  const passwordCredential = object({
    displayName: nullable(text),
    startDateTime: nullable(time),
    endDateTime: nullable(time),
    customKeyIdentifier: empty,
    hint: empty,
    keyId: empty,
    secretText: empty,
  });

  for (const path of keyPaths('applications', '/addPassword')) {
    app.post(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getNamed(ctx, request);
      const given =
        readBody(request.body, { passwordCredential: nullable(passwordCredential) }).passwordCredential ?? {};
      const { displayName, startDateTime, endDateTime } = given;
      const { secret, value } = await addSecret(ctx, id, {
        ...(displayName ? { description: displayName } : {}),
        startsAt: isoTime(startDateTime ?? null) ?? undefined,
        ...(endDateTime
          ? { expiresAt: isoTime(endDateTime) }
          : { months: Math.min(monthsInitial, ctx.config.secretMonthsMax) }),
      });
      const of = contextOf(ctx, request, 'microsoft.graph.passwordCredential');
      return sendJson(reply, { '@odata.context': of, ...passwordWire(secret, value) });
    });
  }

  for (const path of keyPaths('applications', '/removePassword')) {
    app.post(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getNamed(ctx, request);
      const { keyId } = readBody(request.body, { keyId: guid });
      await removeSecret(ctx, id, needed(keyId, 'keyId'));
      return reply.code(204).send();
    });
  }
}

export function ownerRoutes(app: GraphApp): void {
  for (const path of keyPaths('applications', '/owners')) {
    app.get(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      const asked = readListOptions(ctx, request);
      if (asked.filter !== undefined) throw new GraphProblem('Owners cannot be filtered.');
      const { owners } = await getNamed(ctx, request);
      const { skip, limit } = asked.span;
      const items = owners.slice(skip, skip + limit).map(({ id, userName, displayName }) => ({
        '@odata.type': '#microsoft.graph.user',
        id,
        displayName,
        userPrincipalName: userName,
      }));
      return sendList(ctx, request, reply, asked, {
        of: 'directoryObjects',
        type: 'user',
        items,
        total: owners.length,
      });
    });
  }

  for (const path of keyPaths('applications', '/owners/$ref')) {
    app.post(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getNamed(ctx, request);
      await addOwner(ctx, id, referredId(request));
      return reply.code(204).send();
    });
  }

  for (const path of keyPaths('applications', '/owners/:ownerId/$ref')) {
    app.delete<{ Params: { ownerId: string } }>(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const { id } = await getNamed(ctx, request);
      await removeOwner(ctx, id, request.params.ownerId);
      return reply.code(204).send();
    });
  }
}

/** `{"@odata.id": "https://…/v1.0/directoryObjects/{id}"}`: whichever host it names, the object is one of this tenant. */
function referredId({ body }: FastifyRequest): string {
  const given = typeof body === 'object' && body !== null && '@odata.id' in body ? body['@odata.id'] : undefined;
  readBody(body, {});
  const [, id = ''] = typeof given === 'string' ? (/\/(?:directoryObjects|users)\/([^/?#]+)$/.exec(given) ?? []) : [];
  if (isGuid(id)) return id;
  throw new GraphProblem("'@odata.id' must be the URL of a user: https://…/v1.0/directoryObjects/{id}.");
}
