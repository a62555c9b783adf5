// The records of the cloud-apps surface. What people, products and data say of a thing may add members; those here are
// always there.
import { severities } from '../../alerts/alert.ts';
import type { Schema } from '../openapi/described.ts';
import { arrayOf, maybe, orNull, record, text, withOptional, wordOf } from '../openapi/shapes.ts';
import { severityValue } from './alert-words.ts';

/** Errors of the surface (errors.ts): `detail`, or `filters` with `error` where the filters cannot be used. */
export const Problem: Schema = {
  type: 'object',
  required: ['correlationId'],
  properties: {
    detail: { type: 'string' },
    field: text('The member that is wrong.'),
    code: text('What stands in the way, with status 409: stable, in kebab-case.'),
    filters: arrayOf(
      record(
        { text: 'error errorMessageCode' },
        { errorMessageParams: record({ text: 'value field' }, {}, 'With `reason` where there is one to tell.') },
      ),
    ),
    error: { type: 'boolean' },
    correlationId: text('Names this answer: GET /management/v1/explanations/{correlationId} explains a refusal.'),
  },
};

export const Activity = record(
  {
    text: '_id aadTenantId appName eventTypeValue eventTypeName genericEventType severity',
    whole: 'tenantId appId saasId',
    millis: 'timestamp created',
    object: 'description_metadata device location user',
  },
  {},
  'What somebody did in a cloud app. `rawDataJson` is the record of the provider.',
);

export const AlertEntity = record({ text: 'type label' }, { id: { type: ['string', 'number'] } });

export const Alert = record(
  {
    text: '_id title description contextId URL',
    millis: 'timestamp',
    flag: 'isMarkdown isSystemAlert isPreview',
    whole: 'threatScore idValue statusValue resolutionStatusValue',
    textOrNull: 'handledByUser comment',
    timeOrNull: 'resolveTime',
    texts: 'audits',
  },
  {
    entities: arrayOf(AlertEntity),
    stories: arrayOf({ type: 'integer' }),
    policy: orNull(record({ text: 'id label type policyType' })),
    severityValue: wordOf(...severities.map(severityValue)),
    evidence: arrayOf(record({ object: 'title' })),
    intent: arrayOf({ type: 'integer' }),
  },
);

export const Entity = record(
  {
    whole: 'type status',
    text: 'displayName id _id ii username',
    objects: 'userGroups subApps',
    texts: 'identifiers',
    objectOrNull: 'appData',
    flag: 'isAdmin isExternal isFake',
    textOrNull: 'email domain role organization sid',
    timeOrNull: 'lastSeen',
    any: 'scoreTrends threatScore idType sctime',
  },
  { actions: arrayOf({}) },
  'An account in an app (type 1) or the person behind accounts (type 2).',
);

export const File = record({
  text: '_id id name name_l fileTypeDisplay',
  whole: '_tid appId saasId instId ftype fstat',
  textOrNull:
    'appName fileExtension mimeType alternateLink siteCollection siteCollectionId sitePath spDomain ownerAddress ownerName',
  wholeOrNull: 'fileSize facl',
  flag: 'isFolder',
  millisOrNull: 'createdDate modifiedDate lastNrtTimestamp',
  texts: 'externalShares emails groups domains fTags',
  objects: 'collaborators display_collaborators',
});

export const IpTag = record({ text: '_id id name', whole: 'target visibility status _tid', wholeOrNull: 'type' });

export const Subnet = record(
  {
    text: '_id name',
    textOrNull: 'organization',
    whole: 'category _tid',
    millisOrNull: 'lastModified',
    objectOrNull: 'location',
  },
  {
    subnets: arrayOf(record({ whole: 'mask', text: 'address originalString' })),
    tags: arrayOf(IpTag),
  },
);

export const Policy = record({
  text: '_id name description policyType',
  flag: 'isBuiltIn enabled',
  whole: 'severity revision',
  millis: 'created lastModified',
  any: 'stories filters repeatedActivity alertLimit scope sensitivity createdBy lastModifiedBy',
});

export const PolicyMatch = record({
  text: '_id',
  millis: 'timestamp matchedAt',
  textOrNull: 'alertId userName',
  wholeOrNull: 'appId instance',
  object: 'policy',
});

export const GovernanceAction = withOptional(
  record({
    text: '_id type taskName',
    millis: 'timestamp updateTimestamp',
    wholeOrNull: 'appId',
    objectOrNull: 'policy',
  }),
  {
    status: maybe({ flag: 'isSuccess', object: 'templateMessage' }, {}, 'Absent while it is pending.'),
    targetObject: {},
    message: {},
  },
);

export const SiemAgent = record({
  text: '_id name status',
  millis: 'created',
  flag: 'enabled',
  millisOrNull: 'lastReport',
  textOrNull: 'creator version format timeFormat remoteHost protocol',
  wholeOrNull: 'remotePort',
  flagOrNull: 'includePri includeSystemName',
  objectOrNull: 'alerts activities',
  objects: 'notifications',
});

export const LogCollector = record({
  text: '_id displayName status',
  millis: 'created',
  textOrNull: 'creator version host errorMessage',
  millisOrNull: 'lastDataReceived lastReport',
  objects: 'inputStreams',
});

export const DiscoveryStream = record({
  text: '_id displayName comment',
  whole: 'streamType logType logFilesHistoryCount logFilesFailsCount',
  textOrNull: 'receiverType protocol',
  flag: 'anonymizeUsers isManual snapshotData globalAggregated',
  timeOrNull: 'created lastModified lastDataReceived',
  object: 'timeFrames',
  any: 'sourceStreams userTags',
});

const traffic = {
  whole: 'trafficTotalBytes trafficUploadedBytes trafficDownloadedBytes trafficTotalEvents blockedEvents',
  timeOrNull: 'firstUsed lastUsed',
} as const;

export const DiscoveredApp = record({
  ...traffic,
  whole: `appId usersCount ipAddressesCount machinesCount ${traffic.whole}`,
  text: 'name category',
  textOrNull: 'vendor risk',
  numberOrNull: 'score',
  texts: 'tags domains',
});

export function discoveredEntity(name: string): Schema {
  return record({ ...traffic, text: name, whole: `appsCount ${traffic.whole}`, objects: 'apps' });
}

export const CountedApps = record({}, { id: { type: ['string', 'integer'] }, total: { type: 'integer' } });

export const CatalogueApp = record({
  whole: 'appId',
  text: 'name category',
  textOrNull: 'vendor',
  numberOrNull: 'score',
  texts: 'tags domains',
  flag: 'custom',
});

export const CatalogueAppDetails = record({
  whole: 'appId',
  text: 'name category note',
  textOrNull: 'vendor',
  numberOrNull: 'score',
  texts: 'tags domains',
  flag: 'custom canBeBlocked',
  object: 'revised_score',
  objectOrNull: 'override',
  any: 'appTags factors',
});

export const AppTag = record(
  { text: '_id id name', whole: 'target _tid', flag: 'builtIn' },
  { appIds: arrayOf({ type: 'integer' }) },
);

export const ScoreWeights = record(
  { flag: 'countNotApplicable' },
  {
    fields: arrayOf(record({ text: 'name category', number: 'weight' })),
    categories: arrayOf(record({ text: 'enum', number: 'weight', object: 'fields' })),
  },
);
