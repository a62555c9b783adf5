import { endpointRows } from './defender-endpoints.ts';
import { graphRows } from './graph-endpoints.ts';
import { listResources } from './resources.ts';

export type PermissionSurface = 'cloud-apps' | 'defender' | 'graph';

/** Which permissions open an endpoint to an app; one of a list is enough. */
export interface EndpointPermission {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly surface: PermissionSurface;
  /** Names in `roles`. Empty: not for apps that act as themselves. */
  readonly application: readonly string[];
  /** Names in `scp`; the person's own permissions must allow it too. Empty: not for apps that act for somebody. */
  readonly delegated: readonly string[];
}

/** Names are separated by spaces; without a third column the two lists are the same, and an empty one lets nobody in. */
export type Row = readonly [call: string, application: string, delegated?: string];

const investigators = 'Investigation.read Investigation.manage';
const subnetManagers = 'Investigation.manage Settings.manage';

/** IP ranges are served with and without a version (cloud-apps reference 1.4). */
function subnetRows(prefix: string): Row[] {
  const readers = `${investigators} Settings.read Settings.manage`;
  return [
    [`GET ${prefix}/subnet/`, readers],
    [`POST ${prefix}/subnet/`, readers],
    [`GET ${prefix}/subnet/{id}/`, readers],
    [`POST ${prefix}/subnet/create_rule/`, subnetManagers],
    [`POST ${prefix}/subnet/{id}/update_rule/`, subnetManagers],
    [`DELETE ${prefix}/subnet/{id}/`, subnetManagers],
  ];
}

/** Lists of discovered apps and of who uses them, each as a file too (cloud-apps reference 2.8 and 2.9). */
function discoveryReportRows(): Row[] {
  const lists = ['apps', 'users', 'ip_addresses', 'machines'].flatMap((each) => [`${each}/`, `${each}/export/`]);
  return [...lists, 'apps/categories/', 'apps/tags/'].flatMap((path): Row[] =>
    ['GET', 'POST'].map((method) => [
      `${method} /api/v1/discovery/discovered_${path}`,
      'Discovery.read Discovery.manage',
    ]),
  );
}

/** The catalogue of apps, and what an organisation says about them. */
function discoveryAppRows(): Row[] {
  const read = ['GET saasdb/', 'POST saasdb/', 'GET saasdb/{id}/', 'GET discovery/weights/'];
  const tags = ['GET discovery/app_tags/', 'POST discovery/app_tags/'];
  const ofOne = ['add_tag/', 'remove_tag/', 'set_sanctioned/'].map(
    (verb) => `POST discovery/discovery_app/{id}/${verb}`,
  );
  const notes = ['update_app_note/', 'update_score/'].map((verb) => `POST discovery/discovery_app/${verb}`);
  const weights = ['', 'save/', 'reset/'].map((verb) => `POST discovery/weights/${verb}`);
  const write = [
    'POST discovery/app_tags/create_tag/',
    'DELETE discovery/app_tags/{id}/',
    ...ofOne,
    ...notes,
    ...weights,
  ];
  const row =
    (permissions: string) =>
    (call: string): Row => [call.replace(' ', ' /api/v1/'), permissions];
  return [...[...read, ...tags].map(row('Discovery.read Discovery.manage')), ...write.map(row('Discovery.manage'))];
}

const discoverers = 'Discovery.read Discovery.manage';

/** Data sources and reports of cloud discovery are served with and without a version too. */
function streamRows(prefix: string): Row[] {
  const lists = ['streams', 'data_sources', 'snapshot_reports', 'continuous_reports'];
  const kept = ['data_sources', 'continuous_reports'];
  return [
    ...lists.flatMap((name): Row[] => [
      [`GET ${prefix}/discovery/${name}/`, discoverers],
      [`POST ${prefix}/discovery/${name}/`, discoverers],
      [`GET ${prefix}/discovery/${name}/{id}/`, discoverers],
    ]),
    ...kept.map((name): Row => [`POST ${prefix}/discovery/${name}/{id}/`, 'Discovery.manage']),
    ...[...kept, 'snapshot_reports'].map(
      (name): Row => [`DELETE ${prefix}/discovery/${name}/{id}/`, 'Discovery.manage'],
    ),
  ];
}

const alertManagers = 'Investigation.manage Discovery.manage';
const alertReaders = `Investigation.read Discovery.read ${alertManagers}`;

const table: Readonly<Record<PermissionSurface, readonly Row[]>> = {
  'cloud-apps': [
    ['GET /api/v1/activities/', 'Investigation.read Investigation.manage'],
    ['POST /api/v1/activities/', 'Investigation.read Investigation.manage'],
    ['GET /api/v1/activities/{id}/', 'Investigation.read Investigation.manage'],
    ['POST /api/v1/activities/{id}/', 'Investigation.read Investigation.manage'],
    ['POST /api/v1/activities/{id}/feedback/', 'Investigation.read Investigation.manage'],
    ['GET /api/v1/alerts/', alertReaders],
    ['POST /api/v1/alerts/', alertReaders],
    ['GET /api/v1/alerts/{id}/', alertReaders],
    ['POST /api/v1/alerts/{id}/', alertReaders],
    ['POST /api/v1/alerts/{id}/read/', alertReaders],
    ['POST /api/v1/alerts/{id}/unread/', alertReaders],
    ['POST /api/v1/alerts/{id}/dismiss/', alertManagers],
    ['POST /api/v1/alerts/close_benign/', alertManagers],
    ['POST /api/v1/alerts/close_false_positive/', alertManagers],
    ['POST /api/v1/alerts/close_true_positive/', alertManagers],
    ['POST /api/v1/alerts/dismiss_bulk/', alertManagers],
    ['POST /api/v1/alerts/resolve/', alertManagers],
    ['POST /api/v1/alerts/reopen/', alertManagers],
    ...subnetRows('/api/v1'),
    ...subnetRows('/api'),
    ['GET /api/v1/entities/', investigators],
    ['POST /api/v1/entities/', investigators],
    ['GET /api/v1/entities/{id}/', investigators],
    ['GET /api/v1/entities/{id}/retrieve_tree/', investigators],
    ['GET /api/v1/files/', ''],
    ['POST /api/v1/files/', ''],
    ['GET /api/v1/files/{id}/', ''],
    ['GET /api/v1/policies/', ''],
    ['POST /api/v1/policies/', ''],
    ['GET /api/v1/policies/{type}/{id}/', ''],
    ['GET /api/v1/policies/{type}/{id}/matches/', ''],
    ['GET /api/v1/governance/', ''],
    ['POST /api/v1/governance/', ''],
    ['GET /api/v1/agents/siem/', ''],
    ['POST /api/v1/agents/siem/{id}/generate/', ''],
    ['GET /api/v1/discovery/upload_url/', 'Discovery.manage'],
    ['POST /api/v1/discovery/done_upload/', 'Discovery.manage'],
    ...streamRows('/api/v1'),
    ...streamRows('/api'),
    ...discoveryReportRows(),
    ...discoveryAppRows(),
    ['GET /api/v1/discovery_block_scripts/', 'Discovery.read Discovery.manage'],
    ['GET /api/discovery_block_scripts/', 'Discovery.read Discovery.manage'],
  ],
  defender: [
    ['GET /api/incidents', 'Incident.Read.All Incident.ReadWrite.All', 'Incident.Read Incident.ReadWrite'],
    ['GET /api/incidents/{id}', 'Incident.Read.All Incident.ReadWrite.All', 'Incident.Read Incident.ReadWrite'],
    ['PATCH /api/incidents/{id}', 'Incident.ReadWrite.All', 'Incident.ReadWrite'],
    ['POST /api/advancedhunting/run', 'AdvancedHunting.Read.All', 'AdvancedHunting.Read'],
    ...endpointRows(),
  ],
  graph: graphRows(),
};

const surfaces = ['cloud-apps', 'defender', 'graph'] as const;

/** Every endpoint that apps can call, with the permissions that open it: what the documentation and the API show. */
export function endpointPermissions(): EndpointPermission[] {
  return surfaces.flatMap((surface) =>
    table[surface].map(([call, application, delegated = application]) => {
      const [method = '', path = ''] = call.split(' ');
      return {
        method: method as EndpointPermission['method'], // Written as a method in the table above.
        path,
        surface,
        application: namesIn(application),
        delegated: namesIn(delegated),
      };
    }),
  );
}

function namesIn(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

/** The APIs of a surface, on any of which a permission counts. */
export function resourcesOf(surface: PermissionSurface): string[] {
  return listResources()
    .filter(({ family }) => family === surface)
    .map(({ displayName }) => displayName);
}
