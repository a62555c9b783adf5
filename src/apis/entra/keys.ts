import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { keyDocumentV1, keyDocumentV2 } from '../../signing/key-documents.ts';
import { sendPublicJson } from './discovery.ts';
import { originOf } from './origins.ts';
import { type EntraApp, segmentOf } from './surface.ts';

/** The signing keys as JWKS (RFC 7517), under the paths of both versions; the same keys for every tenant. */
export function keyRoutes(app: EntraApp, services: Services): void {
  app.get('/:tenant/discovery/keys', (request, reply) => sendKeys(services, 1, request, reply));
  app.get('/:tenant/discovery/v2.0/keys', (request, reply) => sendKeys(services, 2, request, reply));
}

async function sendKeys(
  services: Services,
  version: 1 | 2,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  await segmentOf(services, request);
  const keys = await services.signing.published();
  return sendPublicJson(
    request,
    reply,
    version === 1 ? keyDocumentV1(keys) : keyDocumentV2(keys, originOf(services, request)),
  );
}
