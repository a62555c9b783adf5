import type { Services } from '../../context.ts';
import { completeSetup } from '../../directory/setup.ts';
import { arrivalOf } from '../arrival.ts';
import { refuseForeignPages } from '../own-origins.ts';
import { SetupBody, SetupDone } from './setup-schemas.ts';
import type { ManagementApp } from './surface.ts';
import { toWire } from './wire.ts';

/** The one call that needs no session: its one-time code says who may make it. */
export function setupRoutes(app: ManagementApp, services: Services): void {
  app.post('/setup', { schema: { body: SetupBody, response: { 201: SetupDone } } }, async (request, reply) => {
    refuseForeignPages(services.names, request);
    const { origin, correlationId } = arrivalOf(request);
    const done = await completeSetup(services, origin, correlationId, request.body);
    return reply.code(201).send(toWire(done));
  });
}
