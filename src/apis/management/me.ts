import type { Services } from '../../context.ts';
import {
  changeOwnPassword,
  confirmSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  startSecondFactor,
} from '../../directory/own-credentials.ts';
import {
  ConfirmBody,
  FactorBody,
  PasswordBody,
  RecoveryCodes,
  StartedSecondFactor,
  StartSecondFactorBody,
} from './me-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** What people do to their own credentials. Their own roles are in role-activations.ts. */
export function meRoutes(app: ManagementApp, _services: Services): void {
  app.post('/me/password', { schema: { body: PasswordBody } }, async (request, reply) => {
    await changeOwnPassword(await personCtx(request), request.body);
    return reply.code(204).send();
  });

  app.post(
    '/me/second-factor',
    { schema: { body: StartSecondFactorBody, response: { 201: StartedSecondFactor } } },
    async (request, reply) =>
      reply.code(201).send(await startSecondFactor(await personCtx(request), request.body ?? {})),
  );

  app.post(
    '/me/second-factor/confirmation',
    { schema: { body: ConfirmBody, response: { 200: RecoveryCodes } } },
    async (request) => confirmSecondFactor(await personCtx(request), request.body.code),
  );

  app.delete('/me/second-factor', { schema: { body: FactorBody } }, async (request, reply) => {
    await removeSecondFactor(await personCtx(request), request.body);
    return reply.code(204).send();
  });

  app.post('/me/recovery-codes', { schema: { body: FactorBody, response: { 200: RecoveryCodes } } }, async (request) =>
    renewRecoveryCodes(await personCtx(request), request.body),
  );
}
