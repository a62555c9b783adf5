// Applications, service principals, grants, people and roles of the graph surface.
import { entityOf } from '../odata/described.ts';
import type { DescribedBody, DescribedCall, DescribedCalls, DescribedGroup } from '../openapi/described.ts';
import { done, maybe, ok, taken, wordOf } from '../openapi/shapes.ts';
import { listOf, made, oneOf, readCalls } from './described-parts.ts';
import * as records from './described-records.ts';

const application = '/v1.0/applications/{id}';
const applicationFilter = ['id', 'appId', 'displayName', 'signInAudience', 'identifierUris'] as const;
const count: DescribedCall['answers'] = {
  200: { description: 'The number.', type: 'text/plain', schema: { type: 'string', pattern: '^\\d+$' } },
};
const changed: DescribedBody = { schema: records.Application, description: 'What is sent changes.' };
const keyBody: DescribedBody = {
  schema: taken(['keyCredential', 'proof'], { text: 'proof' }, { keyCredential: records.KeyCredential }),
  description: 'The proof is a JWT that is signed by a key which the application has, for at most ten minutes.',
};

const applicationCalls: DescribedCalls = {
  ...readCalls(
    '/v1.0/applications',
    listOf('List applications', records.Application, { permission: 'Applications.read', filter: applicationFilter }),
    oneOf('Show an application', records.Application),
  ),
  'GET /v1.0/applications/$count': { summary: 'Count applications', permission: 'Applications.read', answers: count },
  'POST /v1.0/applications': {
    summary: 'Register an application',
    body: { schema: { ...records.Application, required: ['displayName'] } },
    answers: made(records.Application),
  },
  [`PATCH ${application}`]: { summary: 'Change an application', body: changed, answers: done },
  [`DELETE ${application}`]: { summary: 'Delete an application', answers: done },
  [`POST ${application}/addPassword`]: {
    summary: 'Add a secret; its value is in this answer only',
    body: {
      schema: maybe(
        {},
        { passwordCredential: maybe({ textOrNull: 'displayName', timeOrNull: 'startDateTime endDateTime' }) },
      ),
    },
    answers: ok(entityOf(records.PasswordCredential)),
  },
  [`POST ${application}/removePassword`]: {
    summary: 'Remove a secret',
    body: { schema: taken(['keyId'], { text: 'keyId' }) },
    answers: done,
  },
  [`POST ${application}/addKey`]: {
    summary: 'Add a certificate',
    body: keyBody,
    answers: ok(entityOf(records.KeyCredential)),
  },
  [`POST ${application}/removeKey`]: {
    summary: 'Remove a certificate',
    body: { schema: taken(['keyId', 'proof'], { text: 'keyId proof' }) },
    answers: done,
  },
  [`GET ${application}/owners`]: listOf('List owners of an application', records.User),
  [`POST ${application}/owners/$ref`]: {
    summary: 'Add an owner',
    body: {
      schema: taken(['@odata.id'], { text: '@odata.id' }),
      description: 'The URL of a user: `…/v1.0/directoryObjects/{id}`.',
    },
    answers: done,
  },
  [`DELETE ${application}/owners/{ownerId}/$ref`]: { summary: 'Remove an owner', answers: done },
  'GET /v1.0/directory/deletedItems/microsoft.graph.application': listOf(
    'List deleted applications',
    records.Application,
    { permission: 'Applications.read', filter: applicationFilter },
  ),
  'GET /v1.0/directory/deletedItems/{id}': oneOf('Show a deleted application', records.Application),
  'POST /v1.0/directory/deletedItems/{id}/restore': {
    summary: 'Restore a deleted application',
    answers: ok(entityOf(records.Application)),
  },
};

const principal = '/v1.0/servicePrincipals/{id}';
const assignment: DescribedBody = {
  schema: taken(['principalId', 'resourceId', 'appRoleId'], { text: 'principalId resourceId appRoleId' }),
};

function assignmentCalls(segment: string, words: string, other: string): DescribedCalls {
  return {
    [`GET ${principal}/${segment}`]: listOf(`List ${words}`, records.AppRoleAssignment, { filter: [other] }),
    [`POST ${principal}/${segment}`]: {
      summary: `Grant an application permission: one of ${words}`,
      body: assignment,
      answers: made(records.AppRoleAssignment),
    },
    [`DELETE ${principal}/${segment}/{assignmentId}`]: { summary: `Revoke one of ${words}`, answers: done },
  };
}

const principalCalls: DescribedCalls = {
  ...readCalls(
    '/v1.0/servicePrincipals',
    listOf('List applications that are present', records.ServicePrincipal, {
      permission: 'Applications.read',
      filter: ['id', 'appId', 'displayName', 'servicePrincipalNames'],
    }),
    oneOf('Show an application that is present', records.ServicePrincipal, 'Applications.read'),
  ),
  'GET /v1.0/servicePrincipals/$count': {
    summary: 'Count applications that are present',
    permission: 'Applications.read',
    answers: count,
  },
  'POST /v1.0/servicePrincipals': {
    summary: 'Make an application present in the organisation',
    body: { schema: taken(['appId'], { text: 'appId', flag: 'accountEnabled appRoleAssignmentRequired' }) },
    answers: made(records.ServicePrincipal),
  },
  [`PATCH ${principal}`]: {
    summary: 'Change an application that is present',
    body: { schema: maybe({ flag: 'accountEnabled appRoleAssignmentRequired' }) },
    answers: done,
  },
  [`DELETE ${principal}`]: { summary: 'Remove an application with all that it was granted', answers: done },
  ...assignmentCalls('appRoleAssignments', 'what an application was granted', 'resourceId'),
  ...assignmentCalls('appRoleAssignedTo', 'who was granted something on an API', 'principalId'),
};

const grantFilter = ['clientId', 'resourceId', 'principalId', 'consentType'] as const;

const grantCalls: DescribedCalls = {
  ...readCalls(
    '/v1.0/oauth2PermissionGrants',
    listOf('List delegated permissions that were granted', records.PermissionGrant, { filter: grantFilter }),
    oneOf('Show a grant of delegated permissions', records.PermissionGrant),
  ),
  [`GET ${principal}/oauth2PermissionGrants`]: listOf(
    'List delegated permissions that an application was granted',
    records.PermissionGrant,
    { filter: grantFilter },
  ),
  'POST /v1.0/oauth2PermissionGrants': {
    summary: 'Grant delegated permissions, for everybody or for one person',
    body: {
      schema: taken(
        ['clientId', 'consentType', 'resourceId', 'scope'],
        {
          text: 'clientId resourceId scope',
          textOrNull: 'principalId',
        },
        { consentType: wordOf('AllPrincipals', 'Principal') },
      ),
    },
    answers: made(records.PermissionGrant),
  },
  'PATCH /v1.0/oauth2PermissionGrants/{id}': {
    summary: 'Change what was granted',
    body: { schema: taken(['scope'], { text: 'scope' }) },
    answers: done,
  },
  'DELETE /v1.0/oauth2PermissionGrants/{id}': { summary: 'Revoke a grant of delegated permissions', answers: done },
};

const peopleCalls: DescribedCalls = {
  'GET /v1.0/me': oneOf('Show the signed-in person', records.User),
  ...readCalls(
    '/v1.0/users',
    listOf('List users', records.User, {
      permission: 'Users.read',
      filter: ['id', 'userPrincipalName', 'mail', 'displayName'],
    }),
    oneOf('Show a user', records.User, 'Users.read'),
  ),
  'GET /v1.0/organization': listOf('Show the organisation', records.Organization),
};

const roles = '/v1.0/roleManagement/directory';
const roleParts = {
  permission: 'Roles.read',
  filter: ['principalId', 'roleDefinitionId'],
  more: ['$expand'],
  said: { $expand: '`roleDefinition`' },
} as const;

function scheduleCalls(name: string, words: string, item: (typeof records)['RoleSchedule']): DescribedCalls {
  const { permission: _everybodys, ...own } = roleParts;
  return {
    ...readCalls(
      `${roles}/${name}`,
      listOf(`List ${words}`, item, roleParts),
      oneOf(`Show one of ${words}`, item, 'Roles.read'),
    ),
    [`GET ${roles}/${name}/filterByCurrentUser(on='principal')`]: listOf(`List one's own of ${words}`, item, own),
  };
}

function requestCalls(name: string, words: string): DescribedCalls {
  const { more: _more, said: _said, ...parts } = roleParts;
  const { permission: _everybodys, ...own } = parts;
  const path = `${roles}/${name}`;
  const item = records.RoleScheduleRequest;
  return {
    ...readCalls(path, listOf(`List ${words}`, item, parts), oneOf(`Show one of ${words}`, item, 'Roles.read')),
    [`GET ${path}/filterByCurrentUser(on='principal')`]: listOf(`List one's own of ${words}`, item, own),
    [`POST ${path}`]: {
      summary: `Make one of ${words}`,
      body: {
        schema: taken(
          ['action', 'principalId', 'roleDefinitionId', 'directoryScopeId'],
          {
            text: 'action principalId roleDefinitionId directoryScopeId',
            textOrNull: 'justification',
          },
          { scheduleInfo: records.ScheduleInfo, ticketInfo: maybe({ textOrNull: 'ticketNumber ticketSystem' }) },
        ),
      },
      answers: made(item),
    },
    [`POST ${path}/{id}/cancel`]: { summary: `Cancel one of ${words}`, answers: done },
  };
}

const roleCalls: DescribedCalls = {
  ...readCalls(
    `${roles}/roleDefinitions`,
    listOf('List roles', records.RoleDefinition, {
      permission: 'Roles.read',
      filter: ['id', 'templateId', 'displayName'],
    }),
    oneOf('Show a role', records.RoleDefinition, 'Roles.read'),
  ),
  ...readCalls(
    `${roles}/roleAssignments`,
    listOf('List who has a role now', records.RoleAssignment, roleParts),
    oneOf('Show a role assignment', records.RoleAssignment, 'Roles.read'),
  ),
  [`POST ${roles}/roleAssignments`]: {
    summary: 'Assign a role at once and without an end',
    body: {
      schema: taken(['principalId', 'roleDefinitionId', 'directoryScopeId'], {
        text: 'principalId roleDefinitionId directoryScopeId',
      }),
    },
    answers: made(records.RoleAssignment),
  },
  [`DELETE ${roles}/roleAssignments/{id}`]: { summary: 'End a role assignment', answers: done },
  ...scheduleCalls('roleEligibilitySchedules', 'roles that can be activated', records.RoleSchedule),
  ...scheduleCalls('roleEligibilityScheduleInstances', 'roles that can be activated now', records.RoleScheduleInstance),
  ...scheduleCalls('roleAssignmentSchedules', 'role assignments with their times', records.RoleSchedule),
  ...scheduleCalls('roleAssignmentScheduleInstances', 'role assignments in force', records.RoleScheduleInstance),
  ...requestCalls('roleEligibilityScheduleRequests', 'requests to let people activate roles'),
  ...requestCalls('roleAssignmentScheduleRequests', 'requests to assign or activate roles'),
};

export const directoryGroups: readonly DescribedGroup[] = [
  { tag: 'Applications', about: 'Registrations, their credentials and owners.', calls: applicationCalls },
  {
    tag: 'Service principals',
    about: 'What is present in the organisation, and application permissions.',
    calls: principalCalls,
  },
  { tag: 'Permission grants', about: 'Delegated permissions that were granted.', calls: grantCalls },
  { tag: 'People', about: 'People and the organisation.', calls: peopleCalls },
  { tag: 'Roles', about: 'Roles, who has them, and who may activate them.', calls: roleCalls },
];
