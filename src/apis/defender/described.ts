// The defender surface as its OpenAPI document describes it. Its routes read queries and bodies by hand.
import { endpointPermissions } from '../../applications/endpoint-permissions.ts';
import { isolationTypes } from '../../machines/actions.ts';
import { machineTexts } from '../../machines/machine.ts';
import { collectionOf, entityOf, optionsOf } from '../odata/described.ts';
import type {
  AppPermissions,
  DescribedBody,
  DescribedCall,
  DescribedGroup,
  DescribedSurface,
  Schema,
} from '../openapi/described.ts';
import { templateOf } from '../openapi/described.ts';
import { arrayOf, maybe, ok, record, taken, wordOf } from '../openapi/shapes.ts';
import { alertTable } from './alert-filter.ts';
import * as records from './described-records.ts';

const listOptions = ['$filter', '$top', '$skip', '$skiptoken', '$orderby', '$count'] as const;
const by = (names: readonly string[]): string => `By ${names.join(', ')}`;

const incidentCalls: Readonly<Record<string, DescribedCall>> = {
  'GET /incidents': {
    summary: 'List incidents with their alerts, the last changed first',
    permission: 'Incident.Read.All',
    query: optionsOf(['$filter', '$top', '$skip', '$skiptoken'], {
      $filter: by(['lastUpdateTime', 'createdTime', 'status', 'assignedTo']),
      $top: '100 at most',
    }),
    answers: ok(collectionOf(records.Incident)),
  },
  'GET /incidents/{id}': {
    summary: 'Show an incident with its alerts',
    permission: 'Incident.Read.All',
    path: { id: { type: 'integer' } },
    answers: ok(entityOf(records.Incident)),
  },
  'PATCH /incidents/{id}': {
    summary: 'Change an incident',
    permission: 'Incident.ReadWrite.All',
    path: { id: { type: 'integer' } },
    body: {
      schema: maybe(
        { textOrNull: 'assignedTo', text: 'determination comment', texts: 'tags' },
        {
          status: wordOf('Active', 'InProgress', 'Resolved'),
          classification: wordOf('Unknown', 'FalsePositive', 'TruePositive', 'InformationalExpectedActivity'),
        },
      ),
      description: 'What is sent changes. A determination goes with its classification.',
    },
    answers: ok(entityOf(records.Incident)),
  },
};

const huntingCalls: Readonly<Record<string, DescribedCall>> = {
  'POST /advancedhunting/run': {
    summary: 'Run a hunting query',
    permission: 'AdvancedHunting.Read.All',
    body: query(),
    answers: ok(record({ object: 'Stats', objects: 'Results' }, { Schema: arrayOf(record({ text: 'Name Type' })) })),
  },
  'POST /advancedqueries/run': {
    summary: 'Run a hunting query by the path of the endpoint API',
    permission: 'AdvancedQuery.Read.All',
    body: query(),
    answers: ok(record({ objects: 'Results' }, { Schema: arrayOf(record({ text: 'Name Type' })) })),
  },
};

function query(): DescribedBody {
  return {
    schema: taken(
      ['Query'],
      {},
      {
        Query: { type: 'string', description: 'In the Kusto query language' },
        Timespan: { type: 'string', description: 'How far back, such as P30D' },
      },
    ),
  };
}

const alertChange = {
  status: wordOf('New', 'InProgress', 'Resolved'),
  assignedTo: { type: ['string', 'null'] },
  classification: wordOf('Unknown', 'TruePositive', 'InformationalExpectedActivity', 'FalsePositive'),
  determination: { type: 'string' },
  comment: { type: 'string' },
} as const satisfies Readonly<Record<string, Schema>>;

const alertOptions = optionsOf([...listOptions, '$expand'], {
  $filter: by(Object.keys(alertTable.fields)),
  $orderby: by(['alertCreationTime', 'lastUpdateTime', 'lastEventTime', 'severity']),
  $expand: '`evidence`',
  $top: '10,000 at most',
});

const alertCalls: Readonly<Record<string, DescribedCall>> = {
  'GET /alerts': {
    summary: 'List alerts, the last one first',
    permission: 'Alert.Read.All',
    query: alertOptions,
    answers: ok(collectionOf(records.Alert)),
  },
  'GET /alerts/{id}': {
    summary: 'Show an alert with its evidence',
    permission: 'Alert.Read.All',
    query: optionsOf(['$expand'], { $expand: '`evidence`' }),
    answers: ok(entityOf(records.Alert)),
  },
  'PATCH /alerts/{id}': {
    summary: 'Change an alert',
    permission: 'Alert.ReadWrite.All',
    body: { schema: maybe({}, alertChange), description: 'What is sent changes; a comment is added.' },
    answers: ok(entityOf(records.Alert)),
  },
  'POST /alerts/batchUpdate': {
    summary: 'Change many alerts alike',
    permission: 'Alert.ReadWrite.All',
    body: { schema: taken(['alertIds'], { texts: 'alertIds' }, alertChange) },
    answers: { 200: { description: 'Done. There is no body.' } },
  },
  'GET /alerts/{id}/machine': {
    summary: 'Show the machine of an alert',
    permission: 'Machine.Read.All',
    answers: ok(entityOf(records.Machine)),
  },
  'GET /alerts/{id}/user': {
    summary: 'Show the user of an alert',
    permission: 'Alert.Read.All',
    answers: ok(entityOf(records.User)),
  },
  'GET /alerts/{id}/ips': {
    summary: 'List addresses of an alert',
    permission: 'Alert.Read.All',
    answers: ok(collectionOf(record({ text: 'id' }))),
  },
  'GET /alerts/{id}/domains': {
    summary: 'List domains of an alert',
    permission: 'Alert.Read.All',
    answers: ok(collectionOf(record({ text: 'host' }))),
  },
  'GET /alerts/{id}/files': {
    summary: 'List files of an alert',
    permission: 'Alert.Read.All',
    answers: ok(collectionOf(records.File)),
  },
};

const comment: DescribedBody = { schema: taken(['Comment'], { text: 'Comment' }) };
const action = {
  201: { description: 'The action that was asked for.', schema: entityOf(records.MachineAction) },
} as const;

const machineCalls: Readonly<Record<string, DescribedCall>> = {
  'GET /machines': {
    summary: 'List machines, the last seen first',
    permission: 'Machine.Read.All',
    query: optionsOf(listOptions, {
      $filter: by(['id', ...machineTexts, 'rbacGroupId', 'firstSeen', 'lastSeen', 'machineTags']),
      $orderby: by(['id', 'computerDnsName', 'firstSeen', 'lastSeen']),
      $top: '10,000 at most',
    }),
    answers: ok(collectionOf(records.Machine)),
  },
  'GET /machines/{id}': {
    summary: 'Show a machine',
    description: 'By its id or its name.',
    permission: 'Machine.Read.All',
    answers: ok(entityOf(records.Machine)),
  },
  'GET /machines/{id}/alerts': {
    summary: 'List alerts of a machine',
    query: alertOptions,
    answers: ok(collectionOf(records.Alert)),
  },
  'POST /machines/{id}/tags': {
    summary: 'Add a tag to a machine, or remove it',
    permission: 'Machine.ReadWrite.All',
    body: { schema: taken(['Value', 'Action'], { text: 'Value' }, { Action: wordOf('Add', 'Remove') }) },
    answers: ok(entityOf(records.Machine)),
  },
  'POST /machines/{id}/isolate': {
    summary: 'Ask for a machine to be isolated',
    permission: 'Machine.Isolate',
    body: {
      schema: taken(
        ['Comment'],
        { text: 'Comment' },
        { IsolationType: { ...wordOf(...isolationTypes), default: 'Full' } },
      ),
    },
    answers: action,
  },
  'POST /machines/{id}/unisolate': {
    summary: 'Ask for a machine to be released from isolation',
    permission: 'Machine.Isolate',
    body: comment,
    answers: action,
  },
};

const actionCalls: Readonly<Record<string, DescribedCall>> = {
  'GET /machineactions': {
    summary: 'List actions on machines, the last one first',
    permission: 'Machine.Read.All',
    query: optionsOf(listOptions, {
      $filter: by([
        'id',
        'type',
        'status',
        'scope',
        'machineId',
        'computerDnsName',
        'requestor',
        'creationDateTimeUtc',
        'lastUpdateDateTimeUtc',
      ]),
      $orderby: by(['id', 'creationDateTimeUtc', 'lastUpdateDateTimeUtc']),
      $top: '10,000 at most',
    }),
    answers: ok(collectionOf(records.MachineAction)),
  },
  'GET /machineactions/{id}': {
    summary: 'Show an action on a machine',
    permission: 'Machine.Read.All',
    answers: ok(entityOf(records.MachineAction)),
  },
  'POST /machineactions/{id}/cancel': {
    summary: 'Cancel an action on a machine',
    permission: 'Machine.Isolate',
    body: comment,
    answers: ok(entityOf(records.MachineAction)),
  },
};

const groups: readonly DescribedGroup[] = [
  { tag: 'Incidents', about: 'Incidents with their alerts.', calls: incidentCalls },
  { tag: 'Advanced hunting', about: 'Queries over the hunting tables.', calls: huntingCalls },
  { tag: 'Alerts', about: 'Alerts as the endpoint API lists them.', calls: alertCalls },
  { tag: 'Machines', about: 'Machines, their tags and their isolation.', calls: machineCalls },
  { tag: 'Machine actions', about: 'What was asked of machines.', calls: actionCalls },
];

const shapeOf = (method: string, path: string): string => `${method} ${path.replace(/\{\w+\}/g, '{}')}`;

const permissions: ReadonlyMap<string, AppPermissions> = new Map(
  endpointPermissions()
    .filter(({ surface }) => surface === 'defender')
    .map(({ method, path, application, delegated }) => [shapeOf(method, path), { application, delegated }]),
);

/** The endpoint API is served with its version in the path as well; what lies below the other names is another surface's. */
function pathOf(_method: string, url: string): string | undefined {
  if (!url.startsWith('/api/') || /^\/api\/(?:v1|subnet|discovery|discovery_block_scripts)(?:\/|$)/.test(url))
    return undefined;
  return templateOf(url.replace(/^\/api\/v1\.0\//, '/api/'));
}

export const defenderDescribed: DescribedSurface = {
  title: 'Defender API',
  about:
    'The documented API of Microsoft 365 Defender and of Defender for Endpoint: incidents, advanced hunting, alerts, machines and actions on them. The endpoint API is served below `/api/v1.0` as well (`x-also-at`). Times are ISO 8601 in UTC.',
  base: '/api',
  credentials: ['access-token', 'session'],
  problem: { type: 'application/json', schema: records.Problem },
  groups,
  components: { ...records },
  pathOf,
  permissionsOf: (method, path) => permissions.get(shapeOf(method, path)),
};
