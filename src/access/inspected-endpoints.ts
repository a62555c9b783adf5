// Which endpoints a credential opens, one line each, from the one table of endpoint permissions.
import { type EndpointPermission, endpointPermissions } from '../applications/endpoint-permissions.ts';
import { type ApiPermission, listResources } from '../applications/resources.ts';
import type { TokenClaims } from '../signing/claims.ts';
import type { Caller } from './caller.ts';
import type { Permission } from './permissions.ts';
import type { SurfaceFamily } from './token-audiences.ts';

export interface InspectedEndpoint {
  readonly surface: SurfaceFamily;
  readonly method: string;
  readonly path: string;
  /** `untold`: the credential says enough, and whether its tenant still lets it is not for this reader. */
  readonly outcome: 'opens' | 'refused' | 'untold';
  /** One sentence. */
  readonly why: string;
}

/** What is known of the credential on one surface. */
export type Standing =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'untold'; readonly claims: TokenClaims };

export function inspectEndpoints(standingOn: (surface: SurfaceFamily) => Standing): InspectedEndpoint[] {
  return endpointPermissions().map((endpoint) => {
    const { surface, method, path } = endpoint;
    return { surface, method, path, ...outcomeOf(endpoint, standingOn(surface)) };
  });
}

type Outcome = Pick<InspectedEndpoint, 'outcome' | 'why'>;

function outcomeOf(endpoint: EndpointPermission, standing: Standing): Outcome {
  switch (standing.kind) {
    case 'refused':
      return { outcome: 'refused', why: standing.why };
    case 'caller':
      return byPermissions(endpoint, standing.caller);
    case 'untold':
      return byNames(endpoint, standing.claims);
  }
}

/** By the permissions in force, as the endpoint itself checks them. */
function byPermissions(endpoint: EndpointPermission, caller: Caller): Outcome {
  if (caller.credential.kind === 'api-token' || caller.credential.kind === 'agent-token') {
    const needed = detailsOf(endpoint);
    const inForce = needed.find((each) => caller.permissions.has(each));
    if (inForce !== undefined) return { outcome: 'opens', why: `${inForce} is in force.` };
    for (const each of needed) {
      const role = caller.dormant.get(each);
      if (role) return { outcome: 'refused', why: `${each} comes with the role ${role}, which is not activated.` };
    }
    return { outcome: 'refused', why: `It needs ${orList(needed)}, which is not in force.` };
  }
  const names = namesOf(endpoint, caller.subject.kind === 'application' ? 'app' : 'user');
  const { credential } = caller;
  // Graph asks for the very name; elsewhere a permission also comes with another one that implies it.
  const asksForName = endpoint.surface === 'graph' && credential.kind === 'bearer';
  const carried = asksForName ? names.filter((name) => credential.names.includes(name)) : names;
  const name = carried.find((each) => isInForce(endpoint, each, caller.permissions));
  if (name !== undefined) return { outcome: 'opens', why: `${name} is in force.` };
  const dormant = carried.find((each) => neededOf(endpoint, each).some((permission) => caller.dormant.has(permission)));
  if (dormant !== undefined) {
    return { outcome: 'refused', why: `The role of the person that gives ${dormant} is not activated.` };
  }
  if (asksForName && carried.length > 0) {
    return { outcome: 'refused', why: `${orList(carried)} is granted, but the person has no role that allows it.` };
  }
  return { outcome: 'refused', why: `It needs ${orList(names)}, and none is in force.` };
}

/** By the names in the token alone. */
function byNames(endpoint: EndpointPermission, { kind, roles, scopes }: TokenClaims): Outcome {
  const names = namesOf(endpoint, kind === 'app' ? 'app' : 'user');
  const carried = names.find((name) => (kind === 'app' ? roles : scopes).includes(name));
  return carried === undefined
    ? { outcome: 'refused', why: `It needs ${orList(names)}, and the token carries none.` }
    : {
        outcome: 'untold',
        why: `The token carries ${carried}. Whether its tenant still grants that is told to that tenant's administrators only.`,
      };
}

function namesOf({ application, delegated }: EndpointPermission, kind: 'app' | 'user'): readonly string[] {
  return kind === 'app' ? application : delegated;
}

function orList(names: readonly string[]): string {
  return names.length > 0 ? names.join(' or ') : 'another kind of credential';
}

/** What a name opens by itself, before what that implies. */
function opensOf(name: string): readonly Permission[] {
  return byName.get(name)?.opens ?? [];
}

const byName: ReadonlyMap<string, ApiPermission> = new Map(
  listResources().flatMap(({ roles, scopes }) => [...roles, ...scopes].map((each) => [each.value, each] as const)),
);

function isInForce(endpoint: EndpointPermission, name: string, permissions: Caller['permissions']): boolean {
  const needed = neededOf(endpoint, name);
  // A call of Graph that needs nothing tells people of themselves.
  if (endpoint.surface === 'graph') return needed.length === 0 || needed.some((each) => permissions.has(each));
  return needed.length > 0 && needed.every((each) => permissions.has(each));
}

/** What the call asks of the caller; one is enough. */
function neededOf(endpoint: EndpointPermission, name: string): readonly Permission[] {
  return endpoint.surface === 'graph' ? neededOnGraph(endpoint) : opensOf(name);
}

const graphNeeds: readonly (readonly [call: RegExp, ...permissions: Permission[]])[] = [
  [/^GET .*(\/me|\/organization|filterByCurrentUser.*)$/],
  [/^GET .*\/users/, 'Users.read'],
  [/^GET .*\/roleManagement\//, 'Roles.read'],
  [/^POST .*\/roleAssignmentScheduleRequests/, 'Roles.manage', 'Roles.activateOwn'],
  [/\/roleManagement\//, 'Roles.manage', 'CloudAppsRoles.manage'],
  [/\/security\/runHuntingQuery$/, 'ThreatHunting.Read.All'],
  [/^GET .*\/security\/rules\//, 'CustomDetection.Read.All'],
  [/\/security\/rules\//, 'CustomDetection.ReadWrite.All'],
  [/\/security\/dataDiscovery\//, 'Discovery.read'],
  [/^GET /, 'Applications.read'],
  [/\/appRoleAssign/, 'Consent.grant', 'Consent.grantGraph'],
  [/\/oauth2PermissionGrants/, 'Consent.grantDelegated'],
];

/** One name of Graph opens several calls, of which each asks for its own right. */
function neededOnGraph({ method, path }: EndpointPermission): readonly Permission[] {
  const found = graphNeeds.find(([call]) => call.test(`${method} ${path}`));
  if (!found) return ['Applications.manage'];
  const [, ...permissions] = found;
  return permissions;
}

/** API tokens are checked by the finer names of the cloud-apps surface. One of several is enough. */
const details: readonly (readonly [call: RegExp, ...permissions: Permission[]])[] = [
  [/^\w+ \/api\/v1\/activities\/.*feedback/, 'Activities.feedback'],
  [/^\w+ \/api\/v1\/activities\//, 'Activities.read'],
  [/^\w+ \/api\/v1\/alerts\/{id}\/(un)?read\/$/, 'Alerts.mark'],
  [/^\w+ \/api\/v1\/alerts\/({id}\/)?$/, 'Alerts.read'],
  [/^\w+ \/api\/v1\/alerts\//, 'Alerts.manage'],
  [/^DELETE \/api(\/v1)?\/subnet\/|^POST \/api(\/v1)?\/subnet\/.*_rule/, 'Subnets.manage'],
  [/^\w+ \/api(\/v1)?\/subnet\//, 'Subnets.read'],
  [/^\w+ \/api\/v1\/entities\//, 'Entities.read'],
  [/^\w+ \/api\/v1\/files\//, 'Files.read'],
  [/^\w+ \/api\/v1\/policies\/.*\/matches\/$/, 'Policies.read'],
  [/^\w+ \/api\/v1\/policies\//, 'Policies.read', 'DiscoveryPolicies.manage'],
  [/^\w+ \/api\/v1\/governance\//, 'Governance.read'],
  [/^\w+ \/api\/v1\/agents\/siem\//, 'Agents.manage'],
  [/^\w+ \/api\/v1\/discovery\/(upload_url|done_upload)\/$/, 'Discovery.upload'],
  [
    /^(DELETE|POST) \/api(\/v1)?\/discovery\/(data_sources|snapshot_reports|continuous_reports)\/{id}\/$/,
    'Discovery.manage',
  ],
  [/^\w+ \/api(\/v1)?\/discovery\/(streams|data_sources|snapshot_reports|continuous_reports)\//, 'Discovery.read'],
  [/^\w+ \/api\/v1\/discovery\/discovered_/, 'Discovery.read'],
  [/^\w+ \/api\/v1\/(saasdb\/|discovery\/app_tags\/$)|^GET \/api\/v1\/discovery\/weights\/$/, 'Discovery.read'],
  [/^\w+ \/api\/v1\/discovery\/(app_tags|discovery_app|weights)\//, 'Discovery.manage'],
  [/^GET \/api(\/v1)?\/discovery_block_scripts\/$/, 'Discovery.read'],
];

/** The finer names of which one opens the call, the one that a refusal names first; none where no row tells. */
export function detailsOf({ method, path }: Pick<EndpointPermission, 'method' | 'path'>): readonly Permission[] {
  const [, ...permissions] = details.find(([pattern]) => pattern.test(`${method} ${path}`)) ?? [];
  return permissions;
}
