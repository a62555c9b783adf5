// Pages that call the token endpoint themselves: only those of a registered single-page redirect may read the answer
// (Entra protocol reference 2.5).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ClientView, loadClient } from '../../../applications/lookup.ts';
import type { Services } from '../../../context.ts';
import { entraError } from '../errors.ts';
import { formOf } from '../forms.ts';
import type { TokenRequest } from './token-request.ts';

function isSpaOrigin({ application }: ClientView, origin: string): boolean {
  return application.redirectUris.spa.some((uri) => URL.parse(uri)?.origin === origin);
}

/** Lets the page of a registered single-page app read whatever the answer will be, an error too. */
export async function allowPage(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { origin } = request.headers;
  if (typeof origin !== 'string') return;
  reply.header('vary', 'origin');
  const client = await loadClient(services, formOf(request).get('client_id') ?? '', null);
  if (client && isSpaOrigin(client, origin)) reply.header('access-control-allow-origin', origin);
}

/**
 * What a browser asks before it sends anything but a plain form. The app is not named yet, so every page hears which
 * methods there are; which of them may read an answer, {@link allowPage} decides.
 */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { origin } = request.headers;
  if (typeof origin === 'string') reply.header('access-control-allow-origin', origin);
  return reply
    .code(204)
    .headers({
      vary: 'origin',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type, client-request-id, x-client-sku, x-client-ver',
      'access-control-max-age': '600',
    })
    .send();
}

/** A code or refresh token of a single-page app comes from its page, every other from no page at all. */
export function requireFittingOrigin({ http }: TokenRequest, client: ClientView, isSpa: boolean): void {
  const { origin } = http.headers;
  if (origin === undefined) {
    if (isSpa) throw entraError(9002327);
    return;
  }
  if (!isSpa || !isSpaOrigin(client, origin)) throw entraError(9002326);
}
