// The cloud-apps surface as its OpenAPI document describes it. Its routes read queries and bodies by hand, so all of it is
// written here; filters come out of the tables that the grammar itself reads.
import { detailsOf } from '../../access/inspected-endpoints.ts';
import { endpointPermissions } from '../../applications/endpoint-permissions.ts';
import { type AppPermissions, type DescribedSurface, templateOf } from '../openapi/described.ts';
import { discoveryFilters, discoveryGroups } from './described-discovery.ts';
import * as records from './described-records.ts';
import { filters, securityGroups } from './described-security.ts';

/** Names of parameters differ between the table of permissions and the routes. */
const shapeOf = (method: string, path: string): string => `${method} ${path.replace(/\{\w+\}/g, '{}')}`;

function permissionRows(): ReadonlyMap<string, AppPermissions> {
  const rows = endpointPermissions().filter(({ surface }) => surface === 'cloud-apps');
  return new Map(
    rows.map((row) => {
      const { method, path, application, delegated } = row;
      return [shapeOf(method, path), { application, delegated, person: detailsOf(row) }];
    }),
  );
}

/** Served below these as well; described once. */
function canonical(url: string): string {
  return url
    .replace(/^\/cas\/api\/v1\//, '/api/v1/')
    .replace(/^\/api\/(?=(?:subnet|discovery|discovery_block_scripts)(?:\/|$))/, '/api/v1/');
}

/** The addresses of upload_url take one file, and tell every other method so. */
const filesPrefix = '/discovery-files/';

function pathOf(method: string, url: string): string | undefined {
  if (url.startsWith(filesPrefix)) return method === 'PUT' ? templateOf(url) : undefined;
  const path = canonical(url);
  if (!path.startsWith('/api/v1/')) return undefined;
  // Documented with a final slash; it is let be with or without.
  return templateOf(path.replace(/\/?$/, '/'));
}

const { discoveredEntity: _made, ...components } = records;

const permissions = permissionRows();

export const cloudAppsDescribed: DescribedSurface = {
  title: 'Cloud apps API',
  about:
    'The documented REST API of Cloud App Security: activities, alerts, accounts, files, IP ranges, policies and cloud discovery. It is served below `/api/v1` and `/cas/api/v1`, a part of it below `/api` (`x-also-at`), with and without a final slash. Times are milliseconds since 1970.',
  base: '',
  credentials: ['api-token', 'access-token', 'session'],
  problem: { type: 'application/json', schema: records.Problem },
  groups: [...securityGroups, ...discoveryGroups],
  components: { ...components, ...filters, ...discoveryFilters },
  pathOf,
  permissionsOf: (method, path) => permissions.get(shapeOf(method, path)),
};
