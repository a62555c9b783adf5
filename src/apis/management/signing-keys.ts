import type { Services } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import type { ListedKey } from '../../signing/signing-keys.ts';
import { RotationBody, SigningKey, SigningKeyList } from './signing-keys-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** The deployment's signing keys, for the operator's global administrators. */
export function signingKeyRoutes(app: ManagementApp, services: Services): void {
  app.get('/signing-keys', { schema: { response: { 200: SigningKeyList } } }, async (request) => {
    const items = (await services.signing.list(await personCtx(request))).map(toKey);
    return { items, total: items.length };
  });

  app.post(
    '/signing-keys',
    { schema: { body: RotationBody, response: { 201: SigningKey } } },
    async (request, reply) => {
      const key = await services.signing.rotate(await personCtx(request), request.body);
      return reply.code(201).send(toKey(key));
    },
  );
}

function toKey({ createdAt, signsFrom, retiredAt, publishedUntil, certificateEndsAt, ...rest }: ListedKey) {
  return {
    ...rest,
    createdAt: isoTime(createdAt),
    signsFrom: isoTime(signsFrom),
    retiredAt: isoTime(retiredAt),
    publishedUntil: isoTime(publishedUntil),
    certificateEndsAt: isoTime(certificateEndsAt),
  };
}
