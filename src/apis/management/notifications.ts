import type { Services } from '../../context.ts';
import { Type } from '../../lib/schema.ts';
import { IdParams, PageQuery } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { DeadLetterList, Retried, RetryBody } from './webhooks-schemas.ts';
import { toWire } from './wire.ts';

/** What could not be delivered to webhooks and by mail. For full administrators. */
export function notificationRoutes(app: ManagementApp, _services: Services): void {
  const DeadLetterQuery = Type.Object(
    { limit: PageQuery.limit, skip: PageQuery.skip, target: Type.Optional(Type.String({ maxLength: 200 })) },
    { additionalProperties: false },
  );
  app.get(
    '/dead-letters',
    {
      schema: {
        querystring: DeadLetterQuery,
        response: { 200: DeadLetterList },
      },
    },
    async (request) => toWire(await (await notifications()).listDeadLetters(await personCtx(request), request.query)),
  );

  app.post('/dead-letters/retry', { schema: { body: RetryBody, response: { 200: Retried } } }, async (request) => ({
    retried: await (await notifications()).retryDeadLetters(await personCtx(request), request.body),
  }));

  app.post(
    '/dead-letters/:id/retry',
    { schema: { params: IdParams, response: { 200: Retried } } },
    async (request) => ({
      retried: await (await notifications()).retryDeadLetters(await personCtx(request), { id: request.params.id }),
    }),
  );
}

// Loaded with the first call (docs/decisions/0008).
const notifications = () => import('../../notifications/notifications.ts');
