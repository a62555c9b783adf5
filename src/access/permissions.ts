// Every permission is one name checked at one place. The names of the documented APIs are kept as they are spelled
// there (cloud-apps reference 1.3, Defender reference 1.3); where those are too coarse for a role of the built-in
// matrix, a finer name of our own stands below them and the documented name implies it.

/** Documented application permissions of the cloud-apps surface. */
export const cloudAppsPermissions = [
  'Investigation.read',
  'Investigation.manage',
  'Discovery.read',
  'Discovery.manage',
  'Settings.read',
  'Settings.manage',
] as const;

/** Documented application permissions of the Defender and Graph security surfaces. */
export const defenderPermissions = [
  'Incident.Read.All',
  'Incident.ReadWrite.All',
  'AdvancedHunting.Read.All',
  'AdvancedQuery.Read.All',
  'Alert.Read.All',
  'Alert.ReadWrite.All',
  'Machine.Read.All',
  'Machine.ReadWrite.All',
  'Machine.Isolate',
  'SecurityIncident.Read.All',
  'SecurityIncident.ReadWrite.All',
  'SecurityAlert.Read.All',
  'SecurityAlert.ReadWrite.All',
  'ThreatHunting.Read.All',
  'CustomDetection.Read.All',
  'CustomDetection.ReadWrite.All',
] as const;

/** The finer names that endpoints of the cloud-apps surface check. */
export const cloudAppsDetails = [
  'Activities.read',
  'Activities.feedback',
  'Alerts.read',
  'Alerts.mark',
  'Alerts.manage',
  'Entities.read',
  'Files.read',
  'Files.manage',
  'Subnets.read',
  'Subnets.manage',
  'Policies.read',
  'Policies.manage',
  'DiscoveryPolicies.manage',
  'Governance.read',
  'OAuthApps.read',
  'OAuthApps.manage',
  'Connectors.manage',
  'Discovery.upload',
] as const;

/** What the management surface checks: people, sign-in, roles, tokens, agents, applications, audit, ingestion, tenants. */
export const managementPermissions = [
  'Users.read',
  'Users.manage',
  'SignIn.manage',
  'Groups.manage',
  'Roles.read',
  'Roles.manage',
  'CloudAppsRoles.manage',
  'Roles.activateOwn',
  'ApiTokens.use',
  'ApiTokens.manageAll',
  'Agents.manage',
  'Notifications.manage',
  'Applications.read',
  'Applications.manage',
  'Consent.grantDelegated',
  'Consent.grant',
  'Consent.grantGraph',
  'Audit.read',
  'Explanations.readAll',
  'Ingest.write',
  'Tenants.manage',
] as const;

export const permissionNames = [
  ...cloudAppsPermissions,
  ...defenderPermissions,
  ...cloudAppsDetails,
  ...managementPermissions,
] as const;

export type Permission = (typeof permissionNames)[number];

/**
 * What every person may do with what is the person's own, whatever the roles. A session needs no permission for it; an app
 * that acts for the person needs one that says so.
 */
export const everybodysPermissions: readonly Permission[] = ['Roles.activateOwn'];

/** What a name brings along. Reference 1.3 gives the documented ones; `manage` brings `read` throughout. */
const implied: Partial<Record<Permission, readonly Permission[]>> = {
  'Investigation.read': [
    'Activities.read',
    'Activities.feedback',
    'Alerts.read',
    'Alerts.mark',
    'Entities.read',
    'Subnets.read',
  ],
  'Investigation.manage': ['Investigation.read', 'Alerts.manage', 'Subnets.manage'],
  'Discovery.read': ['Alerts.read', 'Alerts.mark'],
  'Discovery.manage': ['Discovery.read', 'Discovery.upload', 'Alerts.manage'],
  'Settings.read': ['Subnets.read'],
  'Settings.manage': ['Settings.read', 'Subnets.manage'],
  'Activities.read': ['Activities.feedback'],
  // Reading one and saying that it was read are told apart: an agent reads only.
  'Alerts.mark': ['Alerts.read'],
  'Alerts.manage': ['Alerts.mark'],
  'Files.manage': ['Files.read'],
  'Subnets.manage': ['Subnets.read'],
  'Policies.manage': ['Policies.read', 'DiscoveryPolicies.manage'],
  'OAuthApps.manage': ['OAuthApps.read'],
  'Incident.ReadWrite.All': ['Incident.Read.All'],
  'Alert.ReadWrite.All': ['Alert.Read.All'],
  'Machine.ReadWrite.All': ['Machine.Read.All'],
  'SecurityIncident.ReadWrite.All': ['SecurityIncident.Read.All'],
  'SecurityAlert.ReadWrite.All': ['SecurityAlert.Read.All'],
  'CustomDetection.ReadWrite.All': ['CustomDetection.Read.All'],
  'Users.manage': ['Users.read'],
  'Roles.manage': ['Roles.read', 'CloudAppsRoles.manage'],
  'CloudAppsRoles.manage': ['Roles.read'],
  'Applications.manage': ['Applications.read'],
  'Consent.grant': ['Consent.grantDelegated'],
  'Consent.grantGraph': ['Consent.grant'],
  'ApiTokens.manageAll': ['ApiTokens.use'],
};

/** The permissions themselves and everything they imply. */
export function withImplied(permissions: Iterable<Permission>): Set<Permission> {
  const all = new Set<Permission>();
  const pending = [...permissions];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (all.has(next)) continue;
    all.add(next);
    pending.push(...(implied[next] ?? []));
  }
  return all;
}

const knownNames: ReadonlySet<string> = new Set(permissionNames);

export function isPermission(name: string): name is Permission {
  return knownNames.has(name);
}

/** What an API token may be narrowed to: everything that the cloud-apps surface checks, and ingestion (decision 0016). */
export const apiTokenPermissions: readonly Permission[] = [
  ...cloudAppsPermissions,
  ...cloudAppsDetails,
  'Ingest.write',
];

/** All that the token of an agent or collector carries, whoever created it (cloud-apps reference 4 and 3.6): no name here brings another along. */
export const agentPermissions: Record<'siem-agent' | 'log-collector', readonly Permission[]> = {
  'siem-agent': ['Activities.read', 'Alerts.read'],
  'log-collector': ['Discovery.upload'],
};
