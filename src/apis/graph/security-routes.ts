// The routes of Graph's security namespace. What answers them is loaded with the first call: most starts need it late or
// never.
import type { Services } from '../../context.ts';
import { CallLimits } from '../defender/call-limits.ts';
import type { OfApp, OfApps } from './data-discovery.ts';
import type { GraphApp } from './surface.ts';

interface Id {
  readonly Params: { readonly id: string };
}
interface Body {
  readonly Body: unknown;
}

const incidents = () => import('./security-incidents.ts');
const alerts = () => import('./security-alerts.ts');
const hunting = () => import('./security-hunting.ts');
const rules = () => import('./detection-rules.ts');

export function securityRoutes(app: GraphApp, services: Pick<Services, 'store'>): void {
  const limits = new CallLimits(services);
  app.get('/security/incidents', async (request, reply) => (await incidents()).listIncidents(request, reply));
  app.get<Id>('/security/incidents/:id', async (request, reply) => (await incidents()).getIncident(request, reply));
  app.patch<Id & Body>('/security/incidents/:id', async (request, reply) =>
    (await incidents()).patchIncident(request, reply),
  );
  app.post<Id & Body>('/security/incidents/:id/comments', async (request, reply) =>
    (await incidents()).commentIncident(request, reply),
  );
  app.post<Body>('/security/incidents/mergeIncidents', async (request, reply) =>
    (await incidents()).mergeByHand(request, reply),
  );
  app.get('/security/alerts_v2', async (request, reply) => (await alerts()).listAlertsV2(request, reply));
  app.get<Id>('/security/alerts_v2/:id', async (request, reply) => (await alerts()).getAlertV2(request, reply));
  app.patch<Id & Body>('/security/alerts_v2/:id', async (request, reply) =>
    (await alerts()).patchAlertV2(request, reply),
  );
  app.post<Id & Body>('/security/alerts_v2/:id/comments', async (request, reply) =>
    (await alerts()).commentAlertV2(request, reply),
  );
  app.post<Body>('/security/alerts_v2/moveAlerts', async (request, reply) =>
    (await alerts()).moveByHand(request, reply),
  );
  app.post<Body>('/security/runHuntingQuery', async (request, reply) =>
    (await hunting()).runHuntingQuery(limits, request, reply),
  );
}

/** Custom detections, whose documented API has this version only (docs/custom-detections.md). */
export function detectionRuleRoutes(app: GraphApp): void {
  const all = '/security/rules/detectionRules';
  app.get(all, async (request, reply) => (await rules()).list(request, reply));
  app.post<Body>(all, async (request, reply) => (await rules()).create(request, reply));
  app.get<Id>(`${all}/:id`, async (request, reply) => (await rules()).get(request, reply));
  app.patch<Id & Body>(`${all}/:id`, async (request, reply) => (await rules()).patch(request, reply));
  app.delete<Id>(`${all}/:id`, async (request, reply) => (await rules()).remove(request, reply));
}

const discovery = () => import('./data-discovery.ts');

/** Discovered apps, whose documented API has this version only (docs/discovery-reports.md). */
export function dataDiscoveryRoutes(app: GraphApp): void {
  const all = '/security/dataDiscovery/cloudAppDiscovery/uploadedStreams';
  app.get(all, async (request, reply) => (await discovery()).streams(request, reply));
  app.get<Id>(`${all}/:id`, async (request, reply) => (await discovery()).stream(request, reply));
  for (const name of ['aggregatedAppsDetails', 'microsoft.graph.security.aggregatedAppsDetails']) {
    const apps = `${all}/:id/${name}:of`;
    app.get<OfApps>(apps, async (request, reply) => (await discovery()).apps(request, reply));
    app.get<OfApp>(`${apps}/:appId`, async (request, reply) => (await discovery()).app(request, reply));
    for (const [list, kind] of entityLists) {
      app.get<OfApp>(`${apps}/:appId/${list}`, async (request, reply) =>
        (await discovery()).entities(kind, request, reply),
      );
    }
  }
}

/** The guide and the reference call two of the three differently. */
const entityLists = [
  ['users', 'users'],
  ['ipAddress', 'addresses'],
  ['ipAddresses', 'addresses'],
  ['name', 'machines'],
  ['devices', 'machines'],
] as const;
