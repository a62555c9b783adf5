import type { AppId } from '../lib/ids.ts';
import { type PermissionRow, personalScopes, roles, scopes } from './permission-rows.ts';
import type { ApiResource } from './resources.ts';

// Microsoft Graph, as far as we serve it: security, and the directory calls that automation makes.

const withoutUser = 'without a signed-in user';

/** Permissions that Graph has in both kinds under one name: [value, id of the role, id of the scope, …]. */
const both: readonly (readonly [string, string, string, string, string, PermissionRow[4]])[] = [
  [
    'SecurityIncident.Read.All',
    '45cc0394-e837-488b-a098-1918f48d186c',
    'b9abcc4f-94fc-4457-9141-d20ce80ec952',
    'Read all security incidents',
    'read all security incidents',
    ['SecurityIncident.Read.All'],
  ],
  [
    'SecurityIncident.ReadWrite.All',
    '34bf0e97-1971-4929-b999-9e2442d941d7',
    '128ca929-1a19-45e6-a3b8-435ec44a36ba',
    'Read and write to all security incidents',
    'read and update all security incidents',
    ['SecurityIncident.ReadWrite.All'],
  ],
  [
    'SecurityAlert.Read.All',
    '472e4a4d-bb4a-4026-98d1-0b0d74cb74a5',
    'bc257fb8-46b4-4b15-8713-01e91bfbe4ea',
    'Read all security alerts',
    'read all security alerts',
    ['SecurityAlert.Read.All'],
  ],
  [
    'SecurityAlert.ReadWrite.All',
    'ed4fca05-be46-441f-9803-1873825f8fdb',
    '471f2a7f-2a42-4d45-a2bf-594d0838070d',
    'Read and write to all security alerts',
    'read and update all security alerts',
    ['SecurityAlert.ReadWrite.All'],
  ],
  [
    'ThreatHunting.Read.All',
    'dd98c7f5-2d42-42d3-a0e4-633161547251',
    'b152eca8-ea73-4a48-8c98-1a6742673d99',
    'Run hunting queries',
    'run hunting queries',
    ['ThreatHunting.Read.All'],
  ],
  [
    'CustomDetection.Read.All',
    '673a007a-9e0f-4c97-b066-3c0164486909',
    'b13ff42e-f321-4d7d-a462-141c46a1b832',
    'Read all custom detection rules',
    'read all custom detection rules and how they ran',
    ['CustomDetection.Read.All'],
  ],
  [
    'CustomDetection.ReadWrite.All',
    'e0fd9c8d-a12e-4cc9-9827-20c8c3cd6fb8',
    'c34088fb-0649-4714-af0b-bcbfec155897',
    'Read and write all custom detection rules',
    'create, change, run and delete custom detection rules, which query all security data and raise alerts',
    ['CustomDetection.ReadWrite.All'],
  ],
  [
    'CloudApp-Discovery.Read.All',
    '64a59178-dad3-4673-89db-84fdcd622fec',
    'ad46d60e-1027-4b75-af88-7c14ccf43a19',
    'Read all discovered cloud applications data',
    'read which cloud apps were discovered in traffic logs, and who uses them',
    ['Discovery.read'],
  ],
  [
    'Application.Read.All',
    '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
    'c79f8feb-a9db-4090-85f9-90d820caa0eb',
    'Read all applications',
    'read all applications and service principals',
    ['Applications.read'],
  ],
  [
    'Application.ReadWrite.All',
    '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
    'bdfbf15f-ee85-4955-8675-146e8e5296b5',
    'Read and write all applications',
    'create, change and delete all applications and service principals, and add secrets to them',
    ['Applications.manage'],
  ],
  [
    'AppRoleAssignment.ReadWrite.All',
    '06b708a9-e830-4db3-a914-8e69da51d44f',
    '84bccea3-f856-4a8a-967b-dbe0a3d53a64',
    'Manage app permission grants and app role assignments',
    'grant and revoke application permissions of any API, its own included',
    ['Applications.read', 'Consent.grantGraph'],
  ],
  [
    'DelegatedPermissionGrant.ReadWrite.All',
    '8e8e4742-1d95-4f68-9d56-6ee75648c72a',
    '41ce6ca6-6826-4807-84f1-1c82854f7ee5',
    'Manage all delegated permission grants',
    'grant and revoke delegated permissions of any API',
    ['Applications.read', 'Consent.grantDelegated'],
  ],
  [
    'Directory.Read.All',
    '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
    '06da0dbc-49e2-44d2-8312-53f166ab848a',
    'Read directory data',
    'read users, groups, roles and applications of the organisation',
    ['Users.read', 'Roles.read', 'Applications.read'],
  ],
  [
    'User.Read.All',
    'df021288-bdef-4463-88db-98f22de89214',
    'a154be20-db9c-4678-8ab7-66f6cc099a59',
    "Read all users' full profiles",
    'read the profiles of all users',
    ['Users.read'],
  ],
  [
    'RoleManagement.Read.Directory',
    '483bed4a-2ad3-4361-a73b-c83ccdbdc53c',
    '741c54c3-0c1e-44a1-818b-3f97ab4e8c83',
    'Read all directory RBAC settings',
    'read roles, who has them and what was activated',
    ['Roles.read'],
  ],
  [
    'RoleManagement.ReadWrite.Directory',
    '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8',
    'd01b97e9-cbc0-49fe-810a-750afd5527a3',
    'Read and write all directory RBAC settings',
    'assign roles and take them away, the highest included',
    ['Roles.manage'],
  ],
  [
    'RoleEligibilitySchedule.Read.Directory',
    'ff278e11-4a33-4d0c-83d2-d01dc58929a5',
    'eb0788c2-6d4e-4658-8c9e-c0fb8053f03d',
    'Read all eligible role assignments',
    'read which roles people may activate',
    ['Roles.read'],
  ],
  [
    'RoleEligibilitySchedule.ReadWrite.Directory',
    'fee28b28-e1f3-4841-818e-2704dc62245f',
    '62ade113-f8e0-4bf9-a6ba-5acb31db32fd',
    'Read, update and delete all eligible role assignments',
    'decide which roles people may activate',
    ['Roles.manage'],
  ],
  [
    'RoleAssignmentSchedule.Read.Directory',
    'd5fe8ce8-684c-4c83-a52c-46e882ce4be1',
    '344a729c-0285-42c6-9014-f12b9b8d6129',
    'Read all active role assignments',
    'read which roles are in force',
    ['Roles.read'],
  ],
  [
    'RoleAssignmentSchedule.ReadWrite.Directory',
    'dd199f4a-f148-40a4-a2ec-f0069cc799ec',
    '8c026be3-8e26-4774-9372-8d5d6f21daff',
    'Read, update and delete all active role assignments',
    'assign roles, and activate those that somebody may activate',
    ['Roles.manage', 'Roles.activateOwn'],
  ],
];

export const graph: ApiResource = {
  appId: '00000003-0000-0000-c000-000000000000' as AppId, // The table is where ids of APIs come from.
  displayName: 'Microsoft Graph',
  family: 'graph',
  identifierUris: ['https://graph.microsoft.com'],
  isListed: true,
  roles: roles(
    ...both.map(([value, id, , name, act, opens]): PermissionRow => {
      return [value, id, name, `The app can ${act}, ${withoutUser}.`, opens];
    }),
  ),
  scopes: [
    ...personalScopes(
      [
        'User.Read',
        'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
        'Sign in and read user profile',
        'The app can sign people in and read the profile of the signed-in user.',
        [],
      ],
      [
        'openid',
        '37f7f235-527c-4136-accd-4a02d197296e',
        'Sign users in',
        'The app can sign people in with their work account.',
        [],
      ],
      [
        'profile',
        '14dad69e-099b-42c9-810b-d002981feec1',
        "View users' basic profile",
        'The app learns the name of the signed-in user.',
        [],
      ],
      [
        'email',
        '64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0',
        "View users' email address",
        'The app learns the address of the signed-in user.',
        [],
      ],
      [
        'offline_access',
        '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
        'Maintain access to data you have given it access to',
        'The app keeps its access while the user is not there, until it is revoked.',
        [],
      ],
    ),
    ...scopes(
      ...both.map(([value, , id, name, act, opens]): PermissionRow => {
        return [value, id, name, `The app can ${act}, as far as the signed-in user may.`, opens];
      }),
    ),
  ],
};
