import { TokenInspector } from '../../access/inspection.ts';
import type { Services } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { InspectionBody, TokenInspection } from './token-inspections-schemas.ts';
import { toWire } from './wire.ts';

/** The validator. The value comes in the body, so that no log and no history of URLs keeps it. */
export function tokenInspectionRoutes(app: ManagementApp, services: Services): void {
  const inspector = new TokenInspector(services);

  app.post(
    '/token-inspections',
    { schema: { body: InspectionBody, response: { 200: TokenInspection } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const inspection = await inspector.inspect(ctx, request.body.value);
      const { times } = inspection;
      return reply.header('cache-control', 'no-store').send(
        toWire({
          ...inspection,
          times: times && {
            state: times.state,
            issuedAt: isoTime(times.issuedAt),
            notBefore: isoTime(times.notBefore),
            expiresAt: isoTime(times.expiresAt),
          },
        }),
      );
    },
  );
}
