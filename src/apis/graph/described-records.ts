// The objects of the graph surface. Any property may be left out with $select, so none is said to be always there.
import type { Schema } from '../openapi/described.ts';
import { arrayOf, maybe, orNull, record, text } from '../openapi/shapes.ts';

export const Problem: Schema = record(
  {},
  {
    error: record(
      { text: 'code message' },
      { innerError: maybe({ text: 'date request-id client-request-id' }, {}, '`request-id` names this answer.') },
    ),
  },
);

export const PasswordCredential = maybe({
  text: 'keyId',
  textOrNull: 'displayName hint secretText customKeyIdentifier',
  timeOrNull: 'startDateTime endDateTime',
});

export const KeyCredential = maybe({
  text: 'keyId type usage',
  textOrNull: 'displayName customKeyIdentifier key',
  timeOrNull: 'startDateTime endDateTime',
});

export const PermissionScope = maybe({
  text: 'id value type adminConsentDisplayName adminConsentDescription',
  textOrNull: 'userConsentDisplayName userConsentDescription',
  flag: 'isEnabled',
});

export const AppRole = maybe({
  text: 'id value displayName description',
  textOrNull: 'origin',
  flag: 'isEnabled',
  texts: 'allowedMemberTypes',
});

const RedirectUris = maybe({ texts: 'redirectUris' });

export const Application = maybe(
  {
    text: 'id appId displayName signInAudience',
    textOrNull: 'description publisherDomain',
    timeOrNull: 'createdDateTime deletedDateTime',
    texts: 'identifierUris tags',
    flagOrNull: 'isFallbackPublicClient',
  },
  {
    web: maybe({ textOrNull: 'homePageUrl logoutUrl', texts: 'redirectUris', object: 'implicitGrantSettings' }),
    spa: RedirectUris,
    publicClient: RedirectUris,
    api: maybe({ wholeOrNull: 'requestedAccessTokenVersion' }, { oauth2PermissionScopes: arrayOf(PermissionScope) }),
    appRoles: arrayOf(AppRole),
    requiredResourceAccess: arrayOf(
      maybe({ text: 'resourceAppId' }, { resourceAccess: arrayOf(maybe({ text: 'id type' })) }),
    ),
    passwordCredentials: arrayOf(PasswordCredential),
    keyCredentials: arrayOf(KeyCredential),
  },
);

export const ServicePrincipal = maybe(
  {
    text: 'id appId displayName appDisplayName servicePrincipalType signInAudience',
    textOrNull: 'appOwnerOrganizationId homepage logoutUrl',
    flag: 'accountEnabled appRoleAssignmentRequired',
    texts: 'servicePrincipalNames replyUrls tags',
    timeOrNull: 'createdDateTime',
    objects: 'keyCredentials passwordCredentials',
  },
  { appRoles: arrayOf(AppRole), oauth2PermissionScopes: arrayOf(PermissionScope) },
);

export const AppRoleAssignment = maybe({
  text: 'id appRoleId principalDisplayName principalId principalType resourceDisplayName resourceId',
  timeOrNull: 'createdDateTime deletedDateTime',
});

export const PermissionGrant = maybe({ text: 'id clientId consentType resourceId scope', textOrNull: 'principalId' });

export const User = maybe({
  text: 'id displayName userPrincipalName mail userType',
  flag: 'accountEnabled',
  timeOrNull: 'createdDateTime',
});

export const Organization = maybe(
  { text: 'id displayName tenantType', timeOrNull: 'createdDateTime' },
  { verifiedDomains: arrayOf(maybe({ text: 'name type', flag: 'isDefault isInitial' })) },
);

export const RoleDefinition = maybe({
  text: 'id description displayName templateId version',
  flag: 'isBuiltIn isEnabled',
  texts: 'resourceScopes',
  objects: 'rolePermissions',
});

export const RoleAssignment = maybe(
  { text: 'id principalId roleDefinitionId directoryScopeId', textOrNull: 'appScopeId' },
  { roleDefinition: RoleDefinition },
);

export const ScheduleInfo = maybe(
  { timeOrNull: 'startDateTime' },
  { expiration: maybe({ text: 'type', timeOrNull: 'endDateTime', textOrNull: 'duration' }) },
);

export const RoleSchedule = maybe(
  {
    text: 'id principalId roleDefinitionId directoryScopeId createdUsing status memberType assignmentType',
    textOrNull: 'appScopeId',
    timeOrNull: 'createdDateTime modifiedDateTime',
  },
  { scheduleInfo: ScheduleInfo, roleDefinition: RoleDefinition },
);

export const RoleScheduleInstance = maybe(
  {
    text: 'id principalId roleDefinitionId directoryScopeId memberType assignmentType roleEligibilityScheduleId roleAssignmentScheduleId',
    textOrNull: 'appScopeId',
    timeOrNull: 'startDateTime endDateTime',
  },
  { roleDefinition: RoleDefinition },
);

export const RoleScheduleRequest = maybe(
  {
    text: 'id status action principalId roleDefinitionId directoryScopeId',
    textOrNull: 'approvalId targetScheduleId justification appScopeId',
    timeOrNull: 'createdDateTime completedDateTime',
    object: 'createdBy ticketInfo',
  },
  { scheduleInfo: orNull(ScheduleInfo) },
);

export const Comment = maybe({ text: 'comment', textOrNull: 'createdByDisplayName', timeOrNull: 'createdDateTime' });

export const SecurityAlert = maybe(
  {
    text: 'id status severity classification determination serviceSource detectionSource tenantId title description category investigationState',
    textOrNull:
      'providerAlertId incidentId productName detectorId assignedTo alertWebUrl incidentWebUrl actorDisplayName threatDisplayName threatFamilyName alertPolicyId recommendedActions',
    texts: 'categories mitreTechniques systemTags',
    time: 'createdDateTime lastUpdateDateTime firstActivityDateTime lastActivityDateTime',
    timeOrNull: 'resolvedDateTime',
    objectOrNull: 'additionalData customDetails',
    objects: 'evidence',
  },
  { comments: arrayOf(Comment) },
);

export const SecurityIncident = maybe(
  {
    text: 'id tenantId status displayName classification determination severity',
    textOrNull: 'incidentWebUrl redirectIncidentId assignedTo description summary resolvingComment lastModifiedBy',
    texts: 'customTags systemTags',
    time: 'createdDateTime lastUpdateDateTime',
    numberOrNull: 'priorityScore',
  },
  { comments: arrayOf(Comment), alerts: arrayOf(SecurityAlert) },
);

export const HuntingResults = record(
  { objects: 'results' },
  { schema: arrayOf(record({ text: 'name type' })) },
  'The query was run; `results` has one object for each row.',
);

export const DetectionRule = maybe(
  {
    text: 'id displayName detectorId',
    textOrNull: 'createdBy lastModifiedBy',
    flag: 'isEnabled',
    timeOrNull: 'createdDateTime lastModifiedDateTime',
  },
  {
    queryCondition: maybe({ text: 'queryText', timeOrNull: 'lastModifiedDateTime' }),
    schedule: maybe({ text: 'period', timeOrNull: 'nextRunDateTime' }),
    lastRunDetails: maybe({ timeOrNull: 'lastRunDateTime', textOrNull: 'status failureReason errorCode' }),
    detectionAction: maybe(
      { any: 'organizationalScope', objects: 'responseActions' },
      {
        alertTemplate: maybe({
          text: 'title description severity category',
          textOrNull: 'recommendedActions',
          texts: 'mitreTechniques',
          objects: 'impactedAssets',
        }),
      },
    ),
  },
);

export const DiscoveryStream = maybe({
  text: 'id displayName',
  textOrNull: 'description receiverProtocol logDataProvider',
  timeOrNull: 'createdDateTime lastModifiedDateTime lastDataReceivedDateTime',
  texts: 'supportedEntityTypes supportedTrafficTypes',
  flag: 'anonymizeUserData anonymizeMachineData isSnapshotReport',
});

export const DiscoveredApp = maybe({
  text: 'id displayName category',
  texts: 'tags domains',
  wholeOrNull: 'riskScore',
  whole:
    'totalNetworkTrafficInBytes uploadNetworkTrafficInBytes downloadNetworkTrafficInBytes transactionCount ipAddressCount userCount deviceCount',
  timeOrNull: 'lastSeenDateTime',
});

/** Whoever uses an app, by one name; the member says which kind it is. */
export const AppUser = maybe(
  {},
  {
    userIdentifier: text('Of users'),
    ipAddress: text('Of addresses'),
    name: text('Of devices'),
  },
);
