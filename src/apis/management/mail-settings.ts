import type { Services } from '../../context.ts';
import { Type } from '../../lib/schema.ts';
import { AddRecipientBody, MailRecipient, MailSettings, UpdateRecipientBody } from './mail-settings-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { Trial } from './webhooks-schemas.ts';
import { toWire } from './wire.ts';

/** Who gets mail of the caller's tenant. For full administrators. */
export function mailRoutes(app: ManagementApp, _services: Services): void {
  app.get('/mail-settings', { schema: { response: { 200: MailSettings } } }, async (request) =>
    toWire((await recipients()).getMailSettings(await personCtx(request))),
  );

  app.get(
    '/mail-recipients',
    { schema: { response: { 200: Type.Object({ items: Type.Array(MailRecipient), total: Type.Integer() }) } } },
    async (request) => {
      const items = await (await recipients()).listMailRecipients(await personCtx(request));
      return toWire({ items, total: items.length });
    },
  );

  app.post(
    '/mail-recipients',
    { schema: { body: AddRecipientBody, response: { 201: MailRecipient } } },
    async (request, reply) =>
      reply.code(201).send(toWire(await (await recipients()).addMailRecipient(await personCtx(request), request.body))),
  );

  app.patch(
    '/mail-recipients/:id',
    { schema: { params: IdParams, body: UpdateRecipientBody, response: { 200: MailRecipient } } },
    async (request) =>
      toWire(await (await recipients()).updateMailRecipient(await personCtx(request), request.params.id, request.body)),
  );

  app.delete('/mail-recipients/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await (await recipients()).removeMailRecipient(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });

  app.post('/mail-recipients/:id/test', { schema: { params: IdParams, response: { 200: Trial } } }, async (request) =>
    toWire(await (await notifications()).tryRecipient(await personCtx(request), request.params.id)),
  );
}

// Loaded with the first call (docs/decisions/0008).
const recipients = () => import('../../notifications/recipients.ts');

const notifications = () => import('../../notifications/notifications.ts');
