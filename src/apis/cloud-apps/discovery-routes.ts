// Cloud discovery: traffic logs in, discovered apps and block scripts out (cloud-apps reference 2.8 and 2.9). The handlers are
// loaded with the first call, because a start need not wait for them (docs/decisions/0008).
import type { Services } from '../../context.ts';
import { readFormBodies } from './list-request.ts';
import type { CloudAppsApp } from './surface.ts';

/** Everything below /api/v1/discovery and /cas/api/v1/discovery, and what portal scripts call beside it. */
export function discoveryRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  // Uploads and data sources.
  uploadRoutes(app);
  streamRoutes(app, '/discovery');
  // Apps, tags, weights.
  discoveryAppRoutes(app);
  // Reports.
  discoveryReportRoutes(app);
  // Log collectors.
  logCollectorRoutes(app);
}

/** Mounted at /api/discovery as well: what is documented without a version. */
export function unversionedDiscoveryRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  streamRoutes(app, '');
  // Reports.
}

const reports = () => import('./discovery-reports.ts');
const method = ['GET', 'POST'];

/** Discovered apps, and users, addresses and machines beside them; each list as a file as well. */
function discoveryReportRoutes(app: CloudAppsApp): void {
  const all = '/discovery/discovered_apps';
  const route = (url: string, handler: Parameters<CloudAppsApp['route']>[0]['handler']) =>
    app.route({ method, url, handler });
  route(all, async (request, reply) => (await reports()).listDiscoveredApps(request, reply));
  route(`${all}/export`, async (request, reply) => (await reports()).exportDiscoveredApps(request, reply));
  route(`${all}/categories`, async (request, reply) => (await reports()).listCategories(request, reply));
  route(`${all}/tags`, async (request, reply) => (await reports()).listTags(request, reply));
  const kinds = { users: 'users', ip_addresses: 'addresses', machines: 'machines' } as const;
  for (const [name, kind] of Object.entries(kinds)) {
    const url = `/discovery/discovered_${name}`;
    route(url, async (request, reply) => (await reports()).entityLists[kind](request, reply));
    route(`${url}/export`, async (request, reply) => (await reports()).entityExports[kind](request, reply));
  }
}

interface WithId {
  Params: { id: string };
}

const uploads = () => import('./discovery-uploads.ts');
const streams = () => import('./discovery-streams.ts');

function uploadRoutes(app: CloudAppsApp): void {
  app.route({
    method,
    url: '/discovery/upload_url',
    handler: async (request, reply) => (await uploads()).uploadUrl(request, reply),
  });
  app.route({
    method: 'POST',
    url: '/discovery/done_upload',
    handler: async (request, reply) => (await uploads()).doneUpload(request, reply),
  });
}

/** Data sources and reports; `base` is what the app's prefix leaves to say. */
function streamRoutes(app: CloudAppsApp, base: string): void {
  type Handler = Parameters<typeof app.route<WithId>>[0]['handler'];
  const route = (methods: string[], url: string, handler: Handler) =>
    app.route<WithId>({ method: methods, url: `${base}/${url}`, handler });
  route(method, 'streams', async (request, reply) => (await streams()).listAll(request, reply));
  route(['GET'], 'streams/:id', async (request, reply) => (await streams()).fetchStream(request, reply));
  route(method, 'data_sources', async (request, reply) => (await streams()).dataSources(request, reply));
  route(['GET'], 'data_sources/:id', async (request, reply) => (await streams()).fetchDataSource(request, reply));
  route(['PUT', 'POST'], 'data_sources/:id', async (request, reply) =>
    (await streams()).editDataSource(request, reply),
  );
  route(['DELETE'], 'data_sources/:id', async (request, reply) => (await streams()).removeDataSource(request, reply));
  route(method, 'snapshot_reports', async (request, reply) => (await streams()).snapshotReports(request, reply));
  route(['GET'], 'snapshot_reports/:id', async (request, reply) => (await streams()).fetchSnapshot(request, reply));
  route(['DELETE'], 'snapshot_reports/:id', async (request, reply) => (await streams()).removeSnapshot(request, reply));
  route(method, 'continuous_reports', async (request, reply) => (await streams()).continuousReports(request, reply));
  route(['GET'], 'continuous_reports/:id', async (request, reply) => (await streams()).fetchReport(request, reply));
  route(['PUT', 'POST'], 'continuous_reports/:id', async (request, reply) =>
    (await streams()).editReport(request, reply),
  );
  route(['DELETE'], 'continuous_reports/:id', async (request, reply) => (await streams()).removeReport(request, reply));
}

interface WithApp {
  Params: { appId: string };
}

const apps = () => import('./discovery-apps.ts');
const weights = () => import('./discovery-weights.ts');

/** The catalogue, and what the organisation says about its apps: tags, scores, notes, what it finds important. */
function discoveryAppRoutes(app: CloudAppsApp): void {
  const route = (url: string, handler: Parameters<CloudAppsApp['route']>[0]['handler'], methods = ['POST']) =>
    app.route({ method: methods, url, handler });
  route('/saasdb', async (request, reply) => (await apps()).list(request, reply), method);
  app.get<WithApp>('/saasdb/:appId', async (request, reply) => (await apps()).fetch(request, reply));
  route('/discovery/app_tags', async (request, reply) => (await apps()).listTags(request, reply), method);
  route('/discovery/app_tags/create_tag', async (request, reply) => (await apps()).createTag(request, reply));
  app.delete<{ Params: { tag: string } }>('/discovery/app_tags/:tag', async (request, reply) =>
    (await apps()).removeTag(request, reply),
  );
  const one = '/discovery/discovery_app/:appId';
  app.post<WithApp>(`${one}/add_tag`, async (request, reply) => (await apps()).addTagTo(request, reply));
  app.post<WithApp>(`${one}/remove_tag`, async (request, reply) => (await apps()).removeTagFrom(request, reply));
  app.post<WithApp>(`${one}/set_sanctioned`, async (request, reply) => (await apps()).setSanctioned(request, reply));
  route('/discovery/discovery_app/update_app_note', async (request, reply) =>
    (await apps()).updateNote(request, reply),
  );
  route('/discovery/discovery_app/update_score', async (request, reply) => (await apps()).updateScore(request, reply));
  route('/discovery/weights', async (request, reply) => (await weights()).fetch(request, reply), ['GET']);
  route('/discovery/weights', async (request, reply) => (await weights()).save(request, reply));
  route('/discovery/weights/save', async (request, reply) => (await weights()).save(request, reply));
  route('/discovery/weights/reset', async (request, reply) => (await weights()).reset(request, reply));
}

const collectors = () => import('./log-collectors.ts');

function logCollectorRoutes(app: CloudAppsApp): void {
  const url = '/discovery/log_collectors';
  app.route({ method, url, handler: async (request, reply) => (await collectors()).list(request, reply) });
  app.get(`${url}/self`, async (request, reply) => (await collectors()).settings(request, reply));
  app.post(`${url}/self/report`, async (request, reply) => (await collectors()).report(request, reply));
}

/** `base` is where the app's prefix leaves off: /api/v1/discovery_block_scripts/ and /api/discovery_block_scripts/. */
export function blockScriptRoutes(app: CloudAppsApp, services: Services, base = '/discovery_block_scripts'): void {
  readFormBodies(app, services.config);
  app.route({
    method: 'GET',
    url: `${base}/`,
    handler: async (request, reply) => (await import('./discovery-block-scripts.ts')).fetch(request, reply),
  });
}
