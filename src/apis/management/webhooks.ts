import type { Services } from '../../context.ts';
import type { Webhook as Shown } from '../../notifications/webhooks.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import {
  CreateWebhookBody,
  MintedWebhook,
  Trial,
  UpdateWebhookBody,
  Webhook,
  WebhookList,
  WebhookQuery,
} from './webhooks-schemas.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

const shape = {
  texts: ({ name, url, owner }: Shown) => [name, url, owner],
  sorts: {
    name: ({ name }: Shown) => name,
    url: ({ url }: Shown) => url,
    createdAt: ({ createdAt }: Shown) => createdAt,
    lastSuccessAt: ({ lastSuccessAt }: Shown) => lastSuccessAt,
    lastFailureAt: ({ lastFailureAt }: Shown) => lastFailureAt,
  },
};

/** Webhooks of the caller's tenant (docs/webhooks.md). For full administrators. */
export function webhookRoutes(app: ManagementApp, _services: Services): void {
  const list = { querystring: WebhookQuery, response: { 200: WebhookList } };
  app.get('/webhooks', { schema: list }, async (request) => {
    const { isEnabled, ...page } = request.query;
    const all = await (await webhooks()).listWebhooks(await personCtx(request));
    const wanted = all.filter((each) => isEnabled === undefined || each.isEnabled === isEnabled);
    return toWire(pageOfWhole(wanted, page, shape));
  });

  app.post(
    '/webhooks',
    { schema: { body: CreateWebhookBody, response: { 201: MintedWebhook } } },
    async (request, reply) => {
      const minted = await (await webhooks()).createWebhook(await personCtx(request), request.body);
      return reply.code(201).header('cache-control', 'no-store').send(toWire(minted));
    },
  );

  app.get('/webhooks/:id', { schema: { params: IdParams, response: { 200: Webhook } } }, async (request) =>
    toWire(await (await webhooks()).getWebhook(await personCtx(request), request.params.id)),
  );

  app.patch(
    '/webhooks/:id',
    { schema: { params: IdParams, body: UpdateWebhookBody, response: { 200: Webhook } } },
    async (request) =>
      toWire(await (await webhooks()).updateWebhook(await personCtx(request), request.params.id, request.body)),
  );

  app.delete('/webhooks/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await (await webhooks()).deleteWebhook(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });

  for (const [verb, isEnabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    app.post(`/webhooks/:id/${verb}`, { schema: { params: IdParams, response: { 200: Webhook } } }, async (request) =>
      toWire(await (await webhooks()).switchWebhook(await personCtx(request), request.params.id, isEnabled)),
    );
  }

  app.post(
    '/webhooks/:id/rotate-secret',
    { schema: { params: IdParams, response: { 200: MintedWebhook } } },
    async (request, reply) => {
      const minted = await (await webhooks()).rotateWebhookSecret(await personCtx(request), request.params.id);
      return reply.header('cache-control', 'no-store').send(toWire(minted));
    },
  );

  app.post('/webhooks/:id/test', { schema: { params: IdParams, response: { 200: Trial } } }, async (request) =>
    toWire(await (await notifications()).tryWebhook(await personCtx(request), request.params.id)),
  );
}

// Loaded with the first call (docs/decisions/0008).
const webhooks = () => import('../../notifications/webhooks.ts');

const notifications = () => import('../../notifications/notifications.ts');
