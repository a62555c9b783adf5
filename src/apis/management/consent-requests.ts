import { askForConsent, decideConsentRequest, listConsentRequests } from '../../applications/consent-requests.ts';
import { loadClient } from '../../applications/lookup.ts';
import type { Services } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { NotFound } from '../../lib/failures.ts';
import { Type } from '../../lib/schema.ts';
import { accessWire } from './application-wire.ts';
import { AskBody, ConsentRequest, ConsentRequestQuery } from './applications-schemas.ts';
import { listOf } from './directory-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Requests of people who may not consent themselves. */
export function consentRequestRoutes(app: ManagementApp, services: Services): void {
  app.get(
    '/consent-requests',
    { schema: { querystring: ConsentRequestQuery, response: { 200: listOf(ConsentRequest) } } },
    async (request) => {
      const { items, total } = await listConsentRequests(await personCtx(request), request.query);
      return {
        items: items.map(({ access, ...each }) =>
          toWire({
            ...each,
            access: access.map(accessWire),
            createdAt: isoTime(each.createdAt),
            decidedAt: isoTime(each.decidedAt),
          }),
        ),
        total,
      };
    },
  );

  app.post(
    '/consent-requests',
    { schema: { body: AskBody, response: { 201: Type.Object({ id: Type.String() }) } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const client = await loadClient(services, request.body.appId.trim(), ctx.caller.tenantId);
      if (!client) throw new NotFound('The application');
      const { appId, requiredAccess } = client.application;
      return reply.code(201).send({ id: await askForConsent(ctx, appId, requiredAccess, request.body.reason) });
    },
  );

  for (const decision of ['grant', 'decline'] as const) {
    app.post(`/consent-requests/:id/${decision}`, { schema: { params: IdParams } }, async (request, reply) => {
      await decideConsentRequest(await personCtx(request), request.params.id, decision);
      return reply.code(204).send();
    });
  }
}
