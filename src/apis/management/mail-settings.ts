import type { Services } from '../../context.ts';
import type { MailRecipient as Shown } from '../../notifications/recipients.ts';
import {
  AddRecipientBody,
  MailRecipient,
  MailRecipientList,
  MailRecipientQuery,
  MailSettings,
  UpdateRecipientBody,
} from './mail-settings-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { Trial } from './webhooks-schemas.ts';
import { pageOfWhole } from './whole-lists.ts';
import { toWire } from './wire.ts';

const shape = {
  texts: ({ address, owner }: Shown) => [address, owner],
  sorts: {
    address: ({ address }: Shown) => address,
    createdAt: ({ createdAt }: Shown) => createdAt,
    lastSuccessAt: ({ lastSuccessAt }: Shown) => lastSuccessAt,
    lastFailureAt: ({ lastFailureAt }: Shown) => lastFailureAt,
  },
};

/** Who gets mail of the caller's tenant. For full administrators. */
export function mailRoutes(app: ManagementApp, _services: Services): void {
  app.get('/mail-settings', { schema: { response: { 200: MailSettings } } }, async (request) =>
    toWire((await recipients()).getMailSettings(await personCtx(request))),
  );

  const list = { querystring: MailRecipientQuery, response: { 200: MailRecipientList } };
  app.get('/mail-recipients', { schema: list }, async (request) => {
    const all = await (await recipients()).listMailRecipients(await personCtx(request));
    return toWire(pageOfWhole(all, request.query, shape));
  });

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
