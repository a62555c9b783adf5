// The routes of alerts. The handlers are loaded with the first call, because a start need
// not wait for them (docs/decisions/0008).
import type { Services } from '../../context.ts';
import { readFormBodies } from './list-request.ts';
import type { CloudAppsApp } from './surface.ts';

interface OfOne {
  Params: { pk: string };
}

const load = () => import('./alerts.ts');
const loadClosing = () => import('./alerts-closing.ts');

const closingVerbs = [
  'close_benign',
  'close_false_positive',
  'close_true_positive',
  'dismiss_bulk',
  'resolve',
  'reopen',
] as const;

export function alertsRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  app.route({
    method: ['GET', 'POST'],
    url: '/alerts',
    handler: async (request, reply) => (await load()).list(request, reply),
  });
  // Before the routes of one alert, so that a verb is never taken for an id.
  for (const verb of closingVerbs) {
    app.post(`/alerts/${verb}`, async (request, reply) => (await loadClosing()).closings[verb](request, reply));
  }
  app.post<OfOne>('/alerts/:pk/dismiss', async (request, reply) => (await loadClosing()).dismissOne(request, reply));
  app.route<OfOne>({
    method: ['GET', 'POST'],
    url: '/alerts/:pk',
    handler: async (request, reply) => (await load()).fetch(request, reply),
  });
  app.post<OfOne>('/alerts/:pk/read', async (request, reply) => (await load()).mark(true)(request, reply));
  app.post<OfOne>('/alerts/:pk/unread', async (request, reply) => (await load()).mark(false)(request, reply));
}
