import type { Row } from './endpoint-permissions.ts';

// The calls of the graph surface with the permissions of Graph that open them. The surface itself asks this table.

const readApplications = 'Application.Read.All Application.ReadWrite.All Directory.Read.All';
const writeApplications = 'Application.ReadWrite.All';
const readRoleGrants = 'Application.Read.All Directory.Read.All AppRoleAssignment.ReadWrite.All';
const writeRoleGrants = 'AppRoleAssignment.ReadWrite.All';
const readDelegated = 'Directory.Read.All DelegatedPermissionGrant.ReadWrite.All';
const writeDelegated = 'DelegatedPermissionGrant.ReadWrite.All';

const allRoles = 'RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory';
const readRoles = `${allRoles} Directory.Read.All`;
const writeRoles = 'RoleManagement.ReadWrite.Directory';
const writeEligible = `RoleEligibilitySchedule.ReadWrite.Directory ${writeRoles}`;
const readEligible = `RoleEligibilitySchedule.Read.Directory ${writeEligible} RoleManagement.Read.Directory`;
const writeActive = `RoleAssignmentSchedule.ReadWrite.Directory ${writeRoles}`;
const readActive = `RoleAssignmentSchedule.Read.Directory ${writeActive} RoleManagement.Read.Directory`;
const readUsers = 'User.Read.All Directory.Read.All';

/** `/x` and `/x/{id}` for reading. */
function reads(path: string, names: string): Row[] {
  return [
    [`GET /v1.0/${path}`, names],
    [`GET /v1.0/${path}/{id}`, names],
  ];
}

function applications(): Row[] {
  const one = '/v1.0/applications/{id}';
  return [
    ...reads('applications', readApplications),
    ['GET /v1.0/applications/$count', readApplications],
    ['POST /v1.0/applications', writeApplications],
    [`PATCH ${one}`, writeApplications],
    [`DELETE ${one}`, writeApplications],
    [`POST ${one}/addPassword`, writeApplications],
    [`POST ${one}/removePassword`, writeApplications],
    [`POST ${one}/addKey`, writeApplications],
    [`POST ${one}/removeKey`, writeApplications],
    [`GET ${one}/owners`, readApplications],
    [`POST ${one}/owners/$ref`, writeApplications],
    [`DELETE ${one}/owners/{ownerId}/$ref`, writeApplications],
    ['GET /v1.0/directory/deletedItems/microsoft.graph.application', readApplications],
    ['GET /v1.0/directory/deletedItems/{id}', readApplications],
    ['POST /v1.0/directory/deletedItems/{id}/restore', writeApplications],
  ];
}

function servicePrincipals(): Row[] {
  const one = '/v1.0/servicePrincipals/{id}';
  const ends = ['appRoleAssignments', 'appRoleAssignedTo'].flatMap((end): Row[] => [
    [`GET ${one}/${end}`, readRoleGrants],
    [`POST ${one}/${end}`, writeRoleGrants],
    [`DELETE ${one}/${end}/{assignmentId}`, writeRoleGrants],
  ]);
  return [
    ...reads('servicePrincipals', readApplications),
    ['GET /v1.0/servicePrincipals/$count', readApplications],
    ['POST /v1.0/servicePrincipals', writeApplications],
    [`PATCH ${one}`, writeApplications],
    [`DELETE ${one}`, writeApplications],
    ...ends,
    [`GET ${one}/oauth2PermissionGrants`, readDelegated],
    ...reads('oauth2PermissionGrants', readDelegated),
    ['POST /v1.0/oauth2PermissionGrants', writeDelegated],
    ['PATCH /v1.0/oauth2PermissionGrants/{id}', writeDelegated],
    ['DELETE /v1.0/oauth2PermissionGrants/{id}', writeDelegated],
  ];
}

/** One's own, which is for people only. */
function own(path: string, delegated: string): Row {
  return [`GET /v1.0/${path}/filterByCurrentUser(on='principal')`, '', delegated];
}

function roles(): Row[] {
  const eligible = (name: string) => `roleManagement/directory/roleEligibility${name}`;
  const active = (name: string) => `roleManagement/directory/roleAssignment${name}`;
  return [
    ...reads('roleManagement/directory/roleDefinitions', readRoles),
    ...reads('roleManagement/directory/roleAssignments', readRoles),
    ['POST /v1.0/roleManagement/directory/roleAssignments', writeRoles],
    ['DELETE /v1.0/roleManagement/directory/roleAssignments/{id}', writeRoles],
    ...['ScheduleRequests', 'Schedules', 'ScheduleInstances'].flatMap((name): Row[] => [
      ...reads(eligible(name), readEligible),
      own(eligible(name), readEligible),
      ...reads(active(name), readActive),
      own(active(name), readActive),
    ]),
    [`POST /v1.0/${eligible('ScheduleRequests')}`, writeEligible],
    [`POST /v1.0/${eligible('ScheduleRequests')}/{id}/cancel`, writeEligible],
    [`POST /v1.0/${active('ScheduleRequests')}`, writeActive],
    [`POST /v1.0/${active('ScheduleRequests')}/{id}/cancel`, writeActive],
  ];
}

const writeIncidents = 'SecurityIncident.ReadWrite.All';
const readIncidents = `SecurityIncident.Read.All ${writeIncidents}`;
const writeDetections = 'CustomDetection.ReadWrite.All';
const readDetections = `CustomDetection.Read.All ${writeDetections}`;
const writeAlerts = 'SecurityAlert.ReadWrite.All';
const readAlerts = `SecurityAlert.Read.All ${writeAlerts}`;

function security(): Row[] {
  const [incidents, alerts] = ['/v1.0/security/incidents', '/v1.0/security/alerts_v2'];
  const rules = '/beta/security/rules/detectionRules';
  return [
    ...reads('security/incidents', readIncidents),
    [`PATCH ${incidents}/{id}`, writeIncidents],
    [`POST ${incidents}/{id}/comments`, writeIncidents],
    [`POST ${incidents}/mergeIncidents`, writeIncidents],
    ...reads('security/alerts_v2', readAlerts),
    [`PATCH ${alerts}/{id}`, writeAlerts],
    [`POST ${alerts}/{id}/comments`, writeAlerts],
    [`POST ${alerts}/moveAlerts`, writeAlerts],
    ['POST /v1.0/security/runHuntingQuery', 'ThreatHunting.Read.All'],
    [`GET ${rules}`, readDetections],
    [`POST ${rules}`, writeDetections],
    [`GET ${rules}/{id}`, readDetections],
    [`PATCH ${rules}/{id}`, writeDetections],
    [`DELETE ${rules}/{id}`, writeDetections],
  ];
}

/** Discovered apps, under both names of the function that lists them. */
function dataDiscovery(): Row[] {
  const all = '/beta/security/dataDiscovery/cloudAppDiscovery/uploadedStreams';
  const apps = ['aggregatedAppsDetails', 'microsoft.graph.security.aggregatedAppsDetails'].flatMap((name) => {
    const path = `${all}/{id}/${name}(period={duration})`;
    const lists = ['users', 'ipAddress', 'ipAddresses', 'name', 'devices'].map((list) => `${path}/{appId}/${list}`);
    return [path, `${path}/{appId}`, ...lists];
  });
  return [all, `${all}/{id}`, ...apps].map((path) => [`GET ${path}`, 'CloudApp-Discovery.Read.All']);
}

export function graphRows(): Row[] {
  return [
    ...applications(),
    ...servicePrincipals(),
    ...roles(),
    ['GET /v1.0/me', '', `User.Read ${readUsers}`],
    ...reads('users', readUsers),
    ...security(),
    ...dataDiscovery(),
    ['GET /v1.0/organization', 'Directory.Read.All', 'User.Read Directory.Read.All'],
  ];
}
