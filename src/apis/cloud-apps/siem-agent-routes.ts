// /agents/siem/: SIEM agents as portal scripts know them (cloud-apps reference 2.9), and what an agent itself calls with
// its token. The handlers are loaded with the first call (docs/decisions/0008).
import type { Services } from '../../context.ts';
import { readFormBodies } from './list-request.ts';
import type { CloudAppsApp } from './surface.ts';

interface WithId {
  Params: { id: string };
}

const loadAgents = () => import('./siem-agents.ts');
const loadFeed = () => import('./siem-feed.ts');

export function siemAgentRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  app.get('/agents/siem', async (request, reply) => (await loadAgents()).list(request, reply));
  app.post<WithId>('/agents/siem/:id/generate', async (request, reply) =>
    (await loadAgents()).generate(request, reply),
  );
  app.get('/agents/siem/self', async (request, reply) => (await loadFeed()).settings(request, reply));
  app.post('/agents/siem/self/report', async (request, reply) => (await loadFeed()).report(request, reply));
  app.post('/agents/siem/self/activities', async (request, reply) => (await loadFeed()).activities(request, reply));
  app.post('/agents/siem/self/alerts', async (request, reply) => (await loadFeed()).alerts(request, reply));
}
