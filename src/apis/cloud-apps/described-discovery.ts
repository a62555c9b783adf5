// Cloud discovery of the cloud-apps surface: traffic logs in, discovered apps and block scripts out.
import { appFilterFields, entityFilterFields } from '../../discovery/reports/app-fields.ts';
import { appSorts } from '../../discovery/reports/discovered-apps.ts';
import { entitySorts } from '../../discovery/reports/entities.ts';
import type {
  Credential,
  DescribedBody,
  DescribedCall,
  DescribedCalls,
  DescribedGroup,
  Schema,
} from '../openapi/described.ts';
import { arrayOf, emptyObject, maybe, ok, record, taken, text, wordOf } from '../openapi/shapes.ts';
import { filtersOf, jsonOrForm, listCalls, pageOf } from './described-parts.ts';
import * as records from './described-records.ts';
import { catalogueFields } from './discovery-apps.ts';

const base = '/api/v1';
const discovery = `${base}/discovery`;

export const discoveryFilters = {
  DiscoveredAppFilters: filtersOf(appFilterFields),
  DiscoveredEntityFilters: filtersOf(entityFilterFields),
  CatalogueFilters: filtersOf(catalogueFields),
} as const satisfies Readonly<Record<string, Schema>>;

const uploaders: readonly Credential[] = ['api-token', 'access-token', 'session', 'log-collector-token'];

const uploadUrl: DescribedCall = {
  summary: 'Get the address that a traffic log is sent to',
  credentials: uploaders,
  answers: ok(record({ text: 'url provider' }), 'Send the file to `url` with PUT, then call done_upload.'),
};
const uploadMembers: Readonly<Record<string, Schema>> = {
  filename: { type: 'string' },
  source: text('The kind of the log, such as SQUID or PALO_ALTO'),
};

const uploadCalls: DescribedCalls = {
  [`GET ${discovery}/upload_url/`]: {
    ...uploadUrl,
    query: {
      filename: { schema: { type: 'string' }, isRequired: true },
      source: {
        schema: { type: 'string' },
        isRequired: true,
        description: 'The kind of the log, such as SQUID or PALO_ALTO',
      },
    },
  },
  [`POST ${discovery}/upload_url/`]: {
    ...uploadUrl,
    summary: 'Get the address that a traffic log is sent to, asked in the body',
    body: { schema: taken(['filename', 'source'], {}, uploadMembers), types: jsonOrForm },
  },
  'PUT /discovery-files/{tenant}/{upload}/{name}': {
    summary: 'Send a traffic log to the address of upload_url',
    description: 'The signature in the address opens it for this one file. Storage clients may send it in blocks.',
    credentials: [],
    query: {
      comp: { schema: wordOf('block', 'blocklist') },
      blockid: { schema: { type: 'string' } },
      sig: { schema: { type: 'string' }, isRequired: true },
    },
    body: { schema: { type: 'string', format: 'binary' }, types: ['application/octet-stream'] },
    answers: { 201: { description: 'The file is there. There is no body.' } },
  },
  [`POST ${discovery}/done_upload/`]: {
    summary: 'Hand a log that was sent over to be read',
    credentials: uploaders,
    body: {
      schema: taken(['uploadUrl', 'inputStreamName'], { text: 'uploadUrl inputStreamName', flag: 'uploadAsSnapshot' }),
      types: jsonOrForm,
    },
    answers: ok(record({ flag: 'success', text: 'uploadId', textOrNull: 'inputStreamId' })),
  },
};

const dataSource: DescribedBody = {
  schema: taken(
    ['displayName', 'logType'],
    {
      text: 'displayName comment receiverTypeFull receiverType protocol',
      flag: 'anonymizeUsers',
    },
    {
      logType: {
        type: ['string', 'integer'],
        description: 'The kind of the log: its name, such as SQUID, or its number',
      },
      customParser: { description: 'The definition of a parser, or null' },
    },
  ),
  types: jsonOrForm,
};

const report: DescribedBody = {
  schema: taken(
    ['displayName'],
    { text: 'displayName comment' },
    {
      filters: maybe({ texts: 'dataSources groups ipTags ipRanges' }),
    },
  ),
};

/** The list, and by the same path with `displayName` in the body of a POST a new one. */
function keptCalls(name: string, one: string, many: string, body: DescribedBody | null): DescribedCalls {
  const path = `${discovery}/${name}/`;
  const lists = listCalls(path, { summary: `List ${many}`, filters: null, answer: pageOf(records.DiscoveryStream) });
  const edit: DescribedCall | null = body && { summary: `Change ${one}`, body, answers: ok(records.DiscoveryStream) };
  const post: DescribedCall | null = body && {
    summary: `Create ${one}, or list ${many}`,
    description: 'A body with `displayName` makes one, which needs `Discovery.manage`; any other asks for the list.',
    body: { ...body, isOptional: true },
    answers: ok({ anyOf: [records.DiscoveryStream, pageOf(records.DiscoveryStream)] }),
  };
  return {
    ...lists,
    ...(post ? { [`POST ${path}`]: post } : {}),
    [`GET ${path}{id}/`]: { summary: `Show ${one}`, answers: ok(records.DiscoveryStream) },
    ...(edit
      ? { [`PUT ${path}{id}/`]: edit, [`POST ${path}{id}/`]: { ...edit, summary: `Change ${one}, by POST` } }
      : {}),
    [`DELETE ${path}{id}/`]: { summary: `Delete ${one}`, answers: emptyObject },
  };
}

const streamCalls: DescribedCalls = {
  ...listCalls(`${discovery}/streams/`, {
    summary: 'List reports with figures for each time frame',
    filters: null,
    answer: pageOf(records.DiscoveryStream, { streams: arrayOf(records.DiscoveryStream) }),
  }),
  [`GET ${discovery}/streams/{id}/`]: { summary: 'Show a report', answers: ok(records.DiscoveryStream) },
  ...keptCalls('data_sources', 'a data source', 'data sources', dataSource),
  ...keptCalls('continuous_reports', 'a continuous report', 'continuous reports', report),
  ...keptCalls('snapshot_reports', 'a snapshot report', 'snapshot reports', null),
};

/** Which report and how far back; both may stand among the filters too. */
const span: Readonly<Record<string, Schema>> = {
  streamId: text('Id of a report; without it, the global one'),
  timeframe: { type: 'integer', enum: [7, 30, 90], default: 90, description: 'Days' },
};

const csv = { 200: { description: 'The file.', type: 'text/csv', schema: { type: 'string' } } } as const;

function asFile(calls: DescribedCalls): DescribedCalls {
  return Object.fromEntries(Object.entries(calls).map(([key, call]) => [key, { ...call, answers: csv }]));
}

function reportCalls(): DescribedCalls {
  const apps = `${discovery}/discovered_apps/`;
  const { DiscoveredAppFilters, DiscoveredEntityFilters } = discoveryFilters;
  const ofApps = { filters: DiscoveredAppFilters, sorts: appSorts, more: span, answer: pageOf(records.DiscoveredApp) };
  const ofCounts = {
    filters: DiscoveredAppFilters,
    sorts: ['id', 'score'],
    more: span,
    answer: arrayOf(records.CountedApps),
  };
  const kinds = {
    users: ['users', 'userName'],
    ip_addresses: ['addresses', 'ipAddress'],
    machines: ['machines', 'machineName'],
  };
  return {
    ...listCalls(apps, { summary: 'List discovered apps', ...ofApps }),
    ...asFile(listCalls(`${apps}export/`, { summary: 'Get discovered apps as a file', ...ofApps })),
    ...listCalls(`${apps}categories/`, { summary: 'Count discovered apps by category', ...ofCounts }),
    ...listCalls(`${apps}tags/`, { summary: 'Count discovered apps by tag', ...ofCounts }),
    ...Object.fromEntries(
      Object.entries(kinds).flatMap(([name, [words = '', member = '']]) => {
        const path = `${discovery}/discovered_${name}/`;
        const answer = pageOf(records.discoveredEntity(member));
        const parts = { filters: DiscoveredEntityFilters, sorts: entitySorts, more: span, answer };
        return Object.entries({
          ...listCalls(path, { summary: `List ${words} in the traffic`, ...parts }),
          ...asFile(listCalls(`${path}export/`, { summary: `Get ${words} in the traffic as a file`, ...parts })),
        });
      }),
    ),
  };
}

const tagName: DescribedBody = { schema: taken(['tagName'], { text: 'tagName' }), types: jsonOrForm };
const tagged = ok(record({ whole: 'appId', texts: 'tags' }));
const oneApp = `${discovery}/discovery_app/{appId}/`;
const appBody = (required: string, more: Readonly<Record<string, Schema>>): DescribedBody => ({
  schema: taken([required], {}, { appId: { type: 'integer', description: 'Also called pk' }, ...more }),
  types: jsonOrForm,
});
const weights: DescribedCall = {
  summary: 'Say what counts how much in scores',
  body: {
    schema: maybe(
      { flag: 'countNotApplicable' },
      {
        fields: arrayOf(taken(['name', 'weight'], { text: 'name', number: 'weight' })),
        categories: arrayOf(taken(['enum'], { text: 'enum', number: 'weight', object: 'fields' })),
      },
    ),
  },
  answers: ok(records.ScoreWeights),
};

const appCalls: DescribedCalls = {
  ...listCalls(`${base}/saasdb/`, {
    summary: 'List apps of the catalogue',
    filters: discoveryFilters.CatalogueFilters,
    sorts: ['name', 'score'],
    answer: pageOf(records.CatalogueApp),
  }),
  [`GET ${base}/saasdb/{appId}/`]: {
    summary: 'Show an app of the catalogue',
    answers: ok(records.CatalogueAppDetails),
  },
  [`GET ${discovery}/app_tags/`]: { summary: 'List tags of apps', answers: ok(pageOf(records.AppTag)) },
  [`POST ${discovery}/app_tags/`]: {
    summary: 'List tags of apps as a bare list',
    answers: ok(arrayOf(records.AppTag)),
  },
  [`POST ${discovery}/app_tags/create_tag/`]: { summary: 'Create a tag', body: tagName, answers: ok(records.AppTag) },
  [`DELETE ${discovery}/app_tags/{tag}/`]: {
    summary: 'Delete a tag',
    path: { tag: text('Its name, the name in base64, or its id') },
    answers: emptyObject,
  },
  [`POST ${oneApp}add_tag/`]: { summary: 'Add a tag to an app', body: tagName, answers: tagged },
  [`POST ${oneApp}remove_tag/`]: { summary: 'Remove a tag from an app', body: tagName, answers: tagged },
  [`POST ${oneApp}set_sanctioned/`]: {
    summary: 'Sanction an app, or the contrary',
    body: { schema: taken(['sanctioned'], { flag: 'sanctioned', text: 'sanctionTag' }), types: jsonOrForm },
    answers: tagged,
  },
  [`POST ${discovery}/discovery_app/update_app_note/`]: {
    summary: 'Keep a note on an app',
    body: appBody('note', { note: { type: 'string' } }),
    answers: ok(records.CatalogueAppDetails),
  },
  [`POST ${discovery}/discovery_app/update_score/`]: {
    summary: 'Override the score of an app',
    body: appBody('score', { score: { type: ['number', 'null'], minimum: 0, maximum: 10 }, note: { type: 'string' } }),
    answers: ok(records.CatalogueAppDetails),
  },
  [`GET ${discovery}/weights/`]: { summary: 'Show what counts how much in scores', answers: ok(records.ScoreWeights) },
  [`POST ${discovery}/weights/`]: weights,
  [`POST ${discovery}/weights/save/`]: { ...weights, summary: 'Say what counts how much in scores, by its other path' },
  [`POST ${discovery}/weights/reset/`]: {
    summary: 'Put the weights of scores back',
    answers: ok(records.ScoreWeights),
  },
};

const ofCollector: readonly Credential[] = ['log-collector-token'];
const collectorInput = taken(['id', 'linesReceived', 'bytesReceived', 'bytesWaiting', 'linesDropped', 'bytesDropped'], {
  text: 'id',
  whole: 'linesReceived bytesReceived bytesWaiting linesDropped bytesDropped',
  millisOrNull: 'lastReceivedAt lastUploadedAt',
  textOrNull: 'problem',
});

const collectorCalls: DescribedCalls = {
  ...Object.fromEntries(
    ['GET', 'POST'].map((method): [string, DescribedCall] => [
      `${method} ${discovery}/log_collectors/`,
      {
        summary: `List log collectors${method === 'GET' ? '' : ', by POST'}`,
        answers: ok(pageOf(records.LogCollector)),
      },
    ]),
  ),
  [`GET ${discovery}/log_collectors/self/`]: {
    summary: "Get one's own settings",
    credentials: ofCollector,
    answers: ok(record({ text: 'name revision', objects: 'inputs' })),
  },
  [`POST ${discovery}/log_collectors/self/report/`]: {
    summary: 'Report how one does',
    credentials: ofCollector,
    body: {
      schema: taken(
        ['version', 'systemName', 'startedAt', 'bytesWaiting', 'bytesWaitingMax', 'inputs'],
        {
          text: 'version systemName',
          millis: 'startedAt',
          whole: 'bytesWaiting bytesWaitingMax',
          textOrNull: 'problem',
        },
        { inputs: arrayOf(collectorInput) },
      ),
    },
    answers: emptyObject,
  },
};

const blockScriptCalls: DescribedCalls = {
  [`GET ${base}/discovery_block_scripts/`]: {
    summary: 'Get a script that blocks tagged apps on an appliance, or the domains of tagged apps',
    description: 'With `format` the answer is the script as text, without it the domains page by page.',
    query: {
      format: { schema: { type: 'integer' }, description: 'The appliance, such as 120 for Zscaler' },
      type: { schema: { ...wordOf('banned', 'allowed'), default: 'banned' } },
      skip: { schema: { type: 'integer', minimum: 0 } },
      limit: { schema: { type: 'integer', minimum: 0 } },
    },
    answers: ok(record({ flag: 'hasNext' }, { data: arrayOf(record({ texts: 'domainList' })) })),
  },
};

export const discoveryGroups: readonly DescribedGroup[] = [
  { tag: 'Traffic logs', about: 'The three steps in which a log comes in.', calls: uploadCalls },
  { tag: 'Discovery reports', about: 'Data sources, reports and snapshots.', calls: streamCalls },
  { tag: 'Discovered apps', about: 'Which apps are used, by whom and how much.', calls: reportCalls() },
  { tag: 'App catalogue', about: 'Apps, their scores and tags.', calls: appCalls },
  { tag: 'Log collectors', about: 'Collectors, and what a collector calls with its own token.', calls: collectorCalls },
  { tag: 'Block scripts', about: 'What appliances have to be told of tagged apps.', calls: blockScriptCalls },
];
