import type { Permission } from '../access/permissions.ts';
import type { AppId } from '../lib/ids.ts';
import { graph } from './catalogue-graph.ts';
import { nameBasedId } from './name-based-ids.ts';
import { type PermissionRow, roles, scopes } from './permission-rows.ts';
import type { ApiResource } from './resources.ts';

// The APIs with their permissions. App ids and permission ids are the published ones, so that a registration that was
// made for the documented services fits unchanged. Where no id of a delegated permission is published (Cloud App
// Security), it is derived from the name.

const cloudAppsId = '05a65629-4c1b-48c1-a78b-804c4abdd4af' as AppId; // The table is where ids of APIs come from.

function cloudAppsScope(value: Permission, displayName: string, description: string): PermissionRow {
  return [value, nameBasedId(`scope/${cloudAppsId}/${value}`), displayName, description, [value]];
}

const threatProtection: ApiResource = {
  appId: '8ee8fdad-f234-4243-8f3b-15c294843740' as AppId, // As above.
  displayName: 'Microsoft Threat Protection',
  family: 'defender',
  identifierUris: ['https://api.security.microsoft.com', 'https://security.microsoft.com/mtp'],
  isListed: false,
  roles: roles(
    [
      'Incident.Read.All',
      'a9790345-4595-42e4-971a-ccdc79f19b7c',
      'Read all incidents',
      'The app can read every incident of the organisation, without a signed-in user.',
      ['Incident.Read.All'],
    ],
    [
      'Incident.ReadWrite.All',
      '8d90f441-09cf-4fdc-ab45-e874fa3a28e8',
      'Read and write all incidents',
      'The app can read and update every incident of the organisation, without a signed-in user.',
      ['Incident.ReadWrite.All'],
    ],
    [
      'AdvancedHunting.Read.All',
      '7734e8e5-8dde-42fc-b5ae-6eafea078693',
      'Run advanced queries',
      'The app can run any hunting query over the data of the organisation, without a signed-in user.',
      ['AdvancedHunting.Read.All'],
    ],
  ),
  scopes: scopes(
    [
      'Incident.Read',
      '12c153a4-4204-4224-aa3c-4626e2f47c2b',
      'Read incidents',
      'The app can read the incidents that the signed-in user can read.',
      ['Incident.Read.All'],
    ],
    [
      'Incident.ReadWrite',
      '2af415cc-88cf-4146-a0c8-444c3a80d5db',
      'Read and write incidents',
      'The app can read and update the incidents that the signed-in user can read and update.',
      ['Incident.ReadWrite.All'],
    ],
    [
      'AdvancedHunting.Read',
      '15f11de4-5113-4268-a2d1-0bad43d781f9',
      'Run advanced queries',
      'The app can run the hunting queries that the signed-in user can run.',
      ['AdvancedHunting.Read.All'],
    ],
  ),
};

const defenderForEndpoint: ApiResource = {
  appId: 'fc780465-2017-40d4-a0c5-307022471b92' as AppId, // As above.
  displayName: 'WindowsDefenderATP',
  family: 'defender',
  identifierUris: [
    'https://api.securitycenter.microsoft.com',
    'https://api.securitycenter.windows.com',
    'https://securitycenter.microsoft.com',
    'https://securitycenter.windows.com',
    'https://securitycenter.onmicrosoft.com/windowsatpservice',
  ],
  isListed: true,
  roles: roles(
    [
      'AdvancedQuery.Read.All',
      '93489bf5-0fbc-4f2d-b901-33f2fe08ff05',
      'Run advanced queries',
      'The app can run any query over the data of endpoints, without a signed-in user.',
      ['AdvancedQuery.Read.All'],
    ],
    [
      'Alert.Read.All',
      '71fe6b80-7034-4028-9ed8-0f316df9c3ff',
      'Read all alerts',
      'The app can read every alert of the organisation, without a signed-in user.',
      ['Alert.Read.All'],
    ],
    [
      'Alert.ReadWrite.All',
      '0f7000ec-157b-497f-b70e-ef0b0584f140',
      'Read and write all alerts',
      'The app can read and update every alert of the organisation, without a signed-in user.',
      ['Alert.ReadWrite.All'],
    ],
    [
      'Machine.Read.All',
      'ea8291d3-4b9a-44b5-bc3a-6cea3026dc79',
      'Read all machine profiles',
      'The app can read every machine and the actions that were taken on it, without a signed-in user.',
      ['Machine.Read.All'],
    ],
    [
      'Machine.ReadWrite.All',
      'aa027352-232b-4ed4-b963-a705fc4d6d2c',
      'Read and write all machine information',
      'The app can read and change the record of every machine, without a signed-in user.',
      ['Machine.ReadWrite.All'],
    ],
    [
      'Machine.Isolate',
      '7e4e1300-e1b9-4102-88ba-f0cb6e6d5974',
      'Isolate machine',
      'The app can cut any machine off from the network and connect it again, without a signed-in user.',
      ['Machine.Isolate'],
    ],
  ),
  scopes: scopes(
    [
      'AdvancedQuery.Read',
      '1fb6e712-1bd9-4184-b1c0-5e71e759196b',
      'Run advanced queries',
      'The app can run the queries over endpoints that the signed-in user can run.',
      ['AdvancedQuery.Read.All'],
    ],
    [
      'Alert.Read',
      'b2069dc0-9fe9-4e6d-9aca-ccf3dd503819',
      'Read alerts',
      'The app can read the alerts that the signed-in user can read.',
      ['Alert.Read.All'],
    ],
    [
      'Alert.ReadWrite',
      'cbc3b413-21e6-416d-95a4-af87687efbd0',
      'Read and write alerts',
      'The app can read and update the alerts that the signed-in user can read and update.',
      ['Alert.ReadWrite.All'],
    ],
    [
      'Machine.Read',
      'fbd3d33a-b1f5-4573-906c-51b39682fbcf',
      'Read machine information',
      'The app can read the machines that the signed-in user can read.',
      ['Machine.Read.All'],
    ],
    [
      'Machine.ReadWrite',
      'f6846c57-9e3c-4a65-81aa-2f5e09ff4f0b',
      'Read and write machine information',
      'The app can read and change the records of machines that the signed-in user can read and change.',
      ['Machine.ReadWrite.All'],
    ],
    [
      'Machine.Isolate',
      '479231ef-3b86-4933-ae6b-1fa84bba9e31',
      'Isolate machine',
      'The app can cut machines off from the network for the signed-in user, and connect them again.',
      ['Machine.Isolate'],
    ],
  ),
};

const cloudApps: ApiResource = {
  appId: cloudAppsId,
  displayName: 'Microsoft Cloud App Security',
  family: 'cloud-apps',
  identifierUris: [],
  isListed: true,
  roles: roles(
    [
      'Investigation.read',
      '83bc8d83-2679-44ef-b813-d5f556fc4474',
      'Investigation read',
      'The app can read activities, alerts, entities and IP ranges, and mark alerts as read.',
      ['Investigation.read'],
    ],
    [
      'Investigation.manage',
      'a832eaa3-0cfc-4a2b-9af1-27c5b092dd40',
      'Investigation manage',
      'The app can read what is investigated, close alerts and change IP ranges.',
      ['Investigation.manage'],
    ],
    [
      'Discovery.read',
      'e9aa7b67-ea0d-435b-ab36-592cd9b23d61',
      'Discovery read',
      'The app can read alerts and discovery reports.',
      ['Discovery.read'],
    ],
    [
      'Discovery.manage',
      'f6e78c1a-b9c7-42d3-b067-220689a7a2e9',
      'Discovery manage',
      'The app can read discovery reports, upload traffic logs, get block scripts and close alerts.',
      ['Discovery.manage'],
    ],
    [
      'Settings.read',
      '8e41f311-31d5-43aa-bb79-8fd4e14a8745',
      'Settings read',
      'The app can read IP ranges.',
      ['Settings.read'],
    ],
    [
      'Settings.manage',
      'cb792285-1541-416c-a581-d8ede4ebc219',
      'Settings manage',
      'The app can read and change IP ranges.',
      ['Settings.manage'],
    ],
  ),
  scopes: scopes(
    cloudAppsScope('Investigation.read', 'Investigation read', 'As the signed-in user, read what is investigated.'),
    cloudAppsScope(
      'Investigation.manage',
      'Investigation manage',
      'As the signed-in user, read what is investigated, close alerts and change IP ranges.',
    ),
    cloudAppsScope('Discovery.read', 'Discovery read', 'As the signed-in user, read alerts and discovery reports.'),
    cloudAppsScope(
      'Discovery.manage',
      'Discovery manage',
      'As the signed-in user, read discovery reports, upload traffic logs, get block scripts and close alerts.',
    ),
    cloudAppsScope('Settings.read', 'Settings read', 'As the signed-in user, read IP ranges.'),
    cloudAppsScope('Settings.manage', 'Settings manage', 'As the signed-in user, read and change IP ranges.'),
  ),
};

export const catalogue: readonly ApiResource[] = [threatProtection, defenderForEndpoint, cloudApps, graph];
