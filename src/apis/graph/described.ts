// The graph surface (/v1.0, /beta) as its OpenAPI document describes it. Its routes read options and bodies by hand; what
// opens each call is the table that the surface itself asks.
import { type DescribedSurface, templateOf } from '../openapi/described.ts';
import { directoryGroups } from './described-directory.ts';
import * as records from './described-records.ts';
import { securityGroups } from './described-security.ts';
import { permissionsOf } from './surface.ts';

/** Names of one thing that several sources spell differently, and the second form of keys: each is described once. */
function canonical(url: string): string {
  return url
    .replace(/^(\/v1\.0\/\w+):key(?=\/|$)/, '$1/:id')
    .replace(/:on$/, "(on='principal')")
    .replace('/microsoft.graph.security.aggregatedAppsDetails', '/aggregatedAppsDetails')
    .replace('/aggregatedAppsDetails:of', '/aggregatedAppsDetails(period=:period)')
    .replace(/\/ipAddresses$/, '/ipAddress')
    .replace(/\/devices$/, '/name');
}

export const graphDescribed: DescribedSurface = {
  title: 'Graph API',
  about:
    "The directory and security calls of Microsoft Graph that automation makes, in `/v1.0` and, of custom detections and discovered apps, in `/beta`. An object of the directory can be named by `(appId='…')` as well (`x-also-at`). Times are ISO 8601 in UTC.",
  base: '',
  credentials: ['access-token', 'session'],
  problem: { type: 'application/json', schema: records.Problem },
  groups: [...directoryGroups, ...securityGroups],
  components: { ...records },
  pathOf: (_method, url) => (/^\/(?:v1\.0|beta)\//.test(url) ? templateOf(canonical(url)) : undefined),
  shownAt: (url) =>
    templateOf(
      url.replace(':key', "(appId='{appId}')").replace(':on', "(on='principal')").replace(':of', '(period={period})'),
    ),
  permissionsOf(method, path) {
    const { application, delegated } = permissionsOf(method, path);
    return { application, delegated };
  },
};
