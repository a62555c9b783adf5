// The built-in roles and what each may do: one row a role, after the matrix of cloud-apps reference section 5 and the
// directory roles of Entra reference 4. Where the matrix and its text disagree (settings and governance log of security
// operators and readers), the stricter reading that still matches the matrix is taken; docs/compatibility.md lists it.
import { type Permission, withImplied } from '../access/permissions.ts';
import type { RoleId } from '../lib/ids.ts';

export interface BuiltInRole {
  readonly id: RoleId;
  /** Key in the API, the command line and demo.json. */
  readonly key: string;
  readonly displayName: string;
  /** Full administrators see and manage every token, agent and refusal of their tenant. */
  readonly isFullAdministrator: boolean;
  /** What an assignment must name, if the role is cut to a part of the data. */
  readonly scopedBy: 'nothing' | 'app-instances' | 'user-groups' | 'discovery-reports';
  /** Which alerts it reaches, if it is not cut to a part of the data: all, or those of discovery alone. */
  readonly alertsReach: 'all' | 'discovery';
  /** The permission that lets somebody assign it. */
  readonly assignedWith: 'Roles.manage' | 'CloudAppsRoles.manage';
  readonly permissions: ReadonlySet<Permission>;
}

const readEverything: readonly Permission[] = [
  'Investigation.read',
  'Files.read',
  'Policies.read',
  'Governance.read',
  'OAuthApps.read',
  'Discovery.read',
  'Users.read',
  'Roles.read',
  'ApiTokens.use',
];

const manageCloudApps: readonly Permission[] = [
  ...readEverything,
  'Investigation.manage',
  'Discovery.manage',
  'Settings.manage',
  'Files.manage',
  'Policies.manage',
  'OAuthApps.manage',
  'Connectors.manage',
  'Groups.manage',
  'CloudAppsRoles.manage',
  'ApiTokens.manageAll',
  'Agents.manage',
  'Notifications.manage',
  'Audit.read',
  'Explanations.readAll',
  'Ingest.write',
];

const readDefender: readonly Permission[] = [
  'Incident.Read.All',
  'AdvancedHunting.Read.All',
  'AdvancedQuery.Read.All',
  'Alert.Read.All',
  'Machine.Read.All',
  'SecurityIncident.Read.All',
  'SecurityAlert.Read.All',
  'ThreatHunting.Read.All',
  'CustomDetection.Read.All',
];

const manageDefender: readonly Permission[] = [
  ...readDefender,
  'Incident.ReadWrite.All',
  'Alert.ReadWrite.All',
  'Machine.ReadWrite.All',
  'SecurityIncident.ReadWrite.All',
  'SecurityAlert.ReadWrite.All',
  'CustomDetection.ReadWrite.All',
  'Machine.Isolate',
];

function role(
  id: string,
  key: string,
  displayName: string,
  permissions: readonly Permission[],
  rest: Partial<Pick<BuiltInRole, 'isFullAdministrator' | 'scopedBy' | 'alertsReach' | 'assignedWith'>> = {},
): BuiltInRole {
  return {
    id: id as RoleId, // The table is where role ids come from.
    key,
    displayName,
    isFullAdministrator: false,
    scopedBy: 'nothing',
    alertsReach: 'all',
    assignedWith: 'Roles.manage',
    ...rest,
    permissions: withImplied(permissions),
  };
}

/** Ids of directory roles are the published template ids; the four that exist only in Cloud App Security have our own. */
export const builtInRoles: readonly BuiltInRole[] = [
  role(
    '62e90394-69f5-4237-9190-012177145e10',
    'global-administrator',
    'Global administrator',
    [
      ...manageCloudApps,
      ...manageDefender,
      'Users.manage',
      'SignIn.manage',
      'Roles.manage',
      'Applications.manage',
      'Consent.grantGraph',
      'Tenants.manage',
    ],
    { isFullAdministrator: true },
  ),
  role(
    '194ae4cb-b126-40b2-bd5b-6091b380977d',
    'security-administrator',
    'Security administrator',
    [...manageCloudApps, ...manageDefender, 'Applications.read'],
    { isFullAdministrator: true },
  ),
  role(
    '892c5842-a9a6-463a-8041-72aa08ca3cf6',
    'cloud-app-security-administrator',
    'Cloud App Security administrator',
    manageCloudApps,
    {
      isFullAdministrator: true,
    },
  ),
  role('17315797-102d-40b4-93e0-432062caca18', 'compliance-administrator', 'Compliance administrator', [
    ...readEverything,
    'Alerts.manage',
    'Files.manage',
  ]),
  role('e6d1a23a-da11-4be4-9570-befc86d067a7', 'compliance-data-administrator', 'Compliance data administrator', [
    ...readEverything,
    'Alerts.manage',
    'Files.manage',
  ]),
  role('5f2222b1-57c3-48ba-8ad5-d4759f1fde6f', 'security-operator', 'Security operator', [
    ...readEverything,
    ...manageDefender,
    'Alerts.manage',
    'Connectors.manage',
  ]),
  role('5d6b6bb7-de71-4623-b4af-96380a352509', 'security-reader', 'Security reader', [
    ...readEverything,
    ...readDefender,
    'Applications.read',
  ]),
  role('f2ef992c-3afb-46b9-b7cf-a126ee74c451', 'global-reader', 'Global reader', [
    ...readEverything,
    ...readDefender,
    'Applications.read',
    'Audit.read',
  ]),
  role(
    '0b8f6a5e-6f0c-4f0e-9d3b-5a11c0a50001',
    'app-instance-administrator',
    'App/instance administrator',
    ['Activities.read', 'Alerts.manage', 'Entities.read', 'Files.read', 'Policies.manage', 'ApiTokens.use'],
    { scopedBy: 'app-instances', assignedWith: 'CloudAppsRoles.manage' },
  ),
  role(
    '0b8f6a5e-6f0c-4f0e-9d3b-5a11c0a50002',
    'user-group-administrator',
    'User group administrator',
    ['Activities.read', 'Alerts.manage', 'Entities.read', 'Policies.read', 'ApiTokens.use'],
    { scopedBy: 'user-groups', assignedWith: 'CloudAppsRoles.manage' },
  ),
  role(
    '0b8f6a5e-6f0c-4f0e-9d3b-5a11c0a50003',
    'cloud-discovery-global-administrator',
    'Cloud Discovery global administrator',
    ['Discovery.manage', 'DiscoveryPolicies.manage', 'Settings.read', 'ApiTokens.use'],
    { alertsReach: 'discovery', assignedWith: 'CloudAppsRoles.manage' },
  ),
  role(
    '0b8f6a5e-6f0c-4f0e-9d3b-5a11c0a50004',
    'cloud-discovery-report-administrator',
    'Cloud Discovery report administrator',
    ['Discovery.read', 'DiscoveryPolicies.manage', 'ApiTokens.use'],
    { scopedBy: 'discovery-reports', assignedWith: 'CloudAppsRoles.manage' },
  ),
  role('e8611ab8-c189-46e8-94e1-60213ab1f814', 'privileged-role-administrator', 'Privileged role administrator', [
    'Users.read',
    'Roles.manage',
    'Applications.read',
    'Consent.grantGraph',
  ]),
  role('9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', 'application-administrator', 'Application administrator', [
    'Users.read',
    'Applications.manage',
    'Consent.grant',
  ]),
  role('158c047a-c907-4556-b7ef-446551a6b5f7', 'cloud-application-administrator', 'Cloud application administrator', [
    'Users.read',
    'Applications.manage',
    'Consent.grant',
  ]),
];

const byId = new Map(builtInRoles.map((each) => [each.id as string, each]));
const byKey = new Map(builtInRoles.map((each) => [each.key, each]));

/** A built-in role by its id (any case) or its key; undefined when there is none. */
export function findRole(idOrKey: string): BuiltInRole | undefined {
  return byId.get(idOrKey.toLowerCase()) ?? byKey.get(idOrKey.toLowerCase());
}

/** The built-in roles that give a permission, whatever part of the data each reaches. */
export function rolesWith(permission: Permission): readonly BuiltInRole[] {
  return builtInRoles.filter(({ permissions }) => permissions.has(permission));
}

export const globalAdministratorId = '62e90394-69f5-4237-9190-012177145e10' as RoleId;
