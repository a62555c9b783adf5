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

const table: Readonly<Record<PermissionSurface, readonly Row[]>> = {
  'cloud-apps': [
    ['GET /api/v1/activities/', 'Investigation.read Investigation.manage'],
    ['POST /api/v1/activities/', 'Investigation.read Investigation.manage'],
    ['GET /api/v1/activities/{id}/', 'Investigation.read Investigation.manage'],
    ['POST /api/v1/activities/{id}/', 'Investigation.read Investigation.manage'],
    ['POST /api/v1/activities/{id}/feedback/', 'Investigation.read Investigation.manage'],
  ],
  defender: [['GET /api/incidents', 'Incident.Read.All Incident.ReadWrite.All', 'Incident.Read Incident.ReadWrite']],
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
