// Activities, alerts, accounts, files, IP ranges, policies and SIEM agents of the cloud-apps surface.
import { activityFields } from '../../activities/filters.ts';
import { entityFields } from '../../entities/filters.ts';
import { fileFields } from '../../files/filters.ts';
import { subnetFields } from '../../subnets/filters.ts';
import type {
  Credential,
  DescribedAnswer,
  DescribedBody,
  DescribedCall,
  DescribedGroup,
  Schema,
} from '../openapi/described.ts';
import { arrayOf, emptyObject, maybe, ok, record, taken, text } from '../openapi/shapes.ts';
import { alertFields } from './alert-filters.ts';
import { filtersOf, jsonOrForm, listCalls, pageOf } from './described-parts.ts';
import * as records from './described-records.ts';
import { governanceFields } from './governance.ts';
import { policyFields } from './policies.ts';

const base = '/api/v1';

/** Filters are large, and each stands in two calls: they are components. */
export const filters = {
  ActivityFilters: filtersOf(activityFields),
  AlertFilters: filtersOf(alertFields),
  EntityFilters: filtersOf(entityFields),
  FileFilters: filtersOf(fileFields),
  SubnetFilters: filtersOf(subnetFields),
  PolicyFilters: filtersOf(policyFields),
  GovernanceFilters: filtersOf(governanceFields),
} as const satisfies Readonly<Record<string, Schema>>;

const activityCalls = {
  ...listCalls(`${base}/activities/`, {
    summary: 'List activities, the last one first',
    description:
      'With `isScan` in the body of a POST, everything that the filters find comes in pages of at least 500: send `nextQueryFilters` of each answer as `filters` of the next request until `hasNext` is false.',
    filters: filters.ActivityFilters,
    sorts: ['date', 'created'],
    answer: pageOf(records.Activity, {
      nextQueryFilters: { type: 'object', description: 'Filters of the next page of a scan' },
    }),
    posted: { isScan: { type: 'boolean' } },
  }),
  [`GET ${base}/activities/{pk}/`]: { summary: 'Show an activity', answers: ok(records.Activity) },
  [`POST ${base}/activities/{pk}/`]: { summary: 'Show an activity, by POST', answers: ok(records.Activity) },
  [`POST ${base}/activities/{pk}/feedback/`]: {
    summary: 'Say what one thinks of an activity',
    body: {
      schema: maybe({ text: 'feedbackValue feedbackText contactEmail', flag: 'allowContact' }),
      types: jsonOrForm,
      description: 'A value or a text at least.',
    },
    answers: ok(pageOf({ type: 'object' }), 'An empty list.'),
  },
};

const closingMembers = {
  text: 'comment feedbackText contactEmail',
  flag: 'sendFeedback allowContact',
} as const;

function closingBody(reasons: string | null): DescribedBody {
  return {
    schema: taken(['filters'], closingMembers, {
      filters: filters.AlertFilters,
      ...(reasons === null ? {} : { reasonId: { type: ['integer', 'null'], description: reasons } }),
    }),
    types: jsonOrForm,
  };
}

/** The documented answer counts; ids that were named and not changed make it 404 with the same body. */
function counted(member: string): Readonly<Record<number, DescribedAnswer>> {
  const notFound = record({ whole: member, texts: 'alertsNotFound' });
  return {
    200: { description: 'How many were changed.', schema: record({ whole: member }) },
    404: { description: 'Some of the alerts that were named are not there, or not open.', schema: notFound },
  };
}

const closings: Readonly<Record<string, DescribedCall>> = {
  [`POST ${base}/alerts/close_benign/`]: {
    summary: 'Close alerts as benign',
    body: closingBody('2 actual severity is lower, 4 other, 5 confirmed with the end user, 6 triggered by a test'),
    answers: counted('closed_benign'),
  },
  [`POST ${base}/alerts/close_false_positive/`]: {
    summary: 'Close alerts as false positives',
    body: closingBody('0 not of interest, 1 too many similar alerts, 3 alert is not accurate, 4 other'),
    answers: counted('closed_false_positive'),
  },
  [`POST ${base}/alerts/close_true_positive/`]: {
    summary: 'Close alerts as true positives',
    body: closingBody(null),
    answers: counted('closed_true_positive'),
  },
  [`POST ${base}/alerts/dismiss_bulk/`]: {
    summary: 'Dismiss alerts (an older name for closing as false positives)',
    body: closingBody(null),
    answers: counted('dismissed'),
  },
  [`POST ${base}/alerts/resolve/`]: {
    summary: 'Resolve alerts (an older name for closing as true positives)',
    body: closingBody(null),
    answers: counted('resolved'),
  },
  [`POST ${base}/alerts/reopen/`]: {
    summary: 'Reopen closed alerts',
    body: { schema: taken(['filters'], {}, { filters: filters.AlertFilters }), types: jsonOrForm },
    answers: counted('reopened'),
  },
  [`POST ${base}/alerts/{pk}/dismiss/`]: {
    summary: 'Dismiss an alert',
    body: { schema: maybe(closingMembers), types: jsonOrForm, isOptional: true },
    answers: counted('dismissed'),
  },
};

const alertCalls = {
  ...listCalls(`${base}/alerts/`, {
    summary: 'List alerts, the last one first',
    filters: filters.AlertFilters,
    sorts: ['date', 'severity'],
    answer: pageOf(records.Alert),
  }),
  [`GET ${base}/alerts/{pk}/`]: { summary: 'Show an alert', answers: ok(records.Alert) },
  [`POST ${base}/alerts/{pk}/`]: { summary: 'Show an alert, by POST', answers: ok(records.Alert) },
  [`POST ${base}/alerts/{pk}/read/`]: { summary: 'Mark an alert as read', answers: emptyObject },
  [`POST ${base}/alerts/{pk}/unread/`]: { summary: 'Mark an alert as unread', answers: emptyObject },
  ...closings,
};

const entityCalls = {
  ...listCalls(`${base}/entities/`, {
    summary: 'List accounts and users, the last seen first',
    filters: filters.EntityFilters,
    sorts: ['date', 'severity', 'lastSeen', 'username'],
    answer: pageOf(records.Entity),
  }),
  [`GET ${base}/entities/{pk}/`]: { summary: 'Show an account or user', answers: ok(records.Entity) },
  [`GET ${base}/entities/{pk}/retrieve_tree/`]: {
    summary: 'List a user with all accounts',
    answers: ok(pageOf(records.Entity)),
  },
};

const fileCalls = {
  ...listCalls(`${base}/files/`, {
    summary: 'List files, the last changed first',
    filters: filters.FileFilters,
    sorts: ['dateModified', 'modifiedDate', 'date'],
    answer: pageOf(records.File),
  }),
  [`GET ${base}/files/{pk}/`]: { summary: 'Show a file', answers: ok(records.File) },
};

const rule: DescribedBody = {
  schema: taken(
    ['name', 'category'],
    { text: 'name organization', texts: 'subnets' },
    {
      category: {
        type: 'integer',
        minimum: 1,
        maximum: 6,
        description: '1 Corporate, 2 Administrative, 3 Risky, 4 VPN, 5 Cloud provider, 6 Other',
      },
      tags: arrayOf({ description: 'The name or id of an IP tag' }),
      overrideOrganization: { type: 'boolean' },
      location: { description: 'Two letters of a country, or an object with countryCode' },
    },
  ),
  types: jsonOrForm,
};

const subnetCalls = {
  ...listCalls(`${base}/subnet/`, {
    summary: 'List IP ranges',
    filters: filters.SubnetFilters,
    sorts: ['name', 'category', 'tags'],
    answer: pageOf(records.Subnet),
  }),
  [`GET ${base}/subnet/{pk}/`]: { summary: 'Show an IP range', answers: ok(records.Subnet) },
  [`POST ${base}/subnet/create_rule/`]: {
    summary: 'Create an IP range',
    body: rule,
    answers: ok(text('The id of the new range'), 'The id.'),
  },
  [`POST ${base}/subnet/{pk}/update_rule/`]: { summary: 'Change an IP range', body: rule, answers: emptyObject },
  [`DELETE ${base}/subnet/{pk}/`]: { summary: 'Delete an IP range', answers: emptyObject },
};

const onePolicy = `${base}/policies/{type}/{id}/`;
const policyCalls = {
  ...listCalls(`${base}/policies/`, {
    summary: 'List policies',
    filters: filters.PolicyFilters,
    answer: pageOf(records.Policy),
  }),
  [`GET ${onePolicy}`]: { summary: 'Show a policy', answers: ok(records.Policy) },
  [`POST ${onePolicy}`]: { summary: 'Show a policy, by POST', answers: ok(records.Policy) },
  ...listCalls(`${onePolicy}matches/`, {
    summary: 'List what a policy matched',
    filters: null,
    answer: pageOf(records.PolicyMatch),
  }),
};

const governanceCalls = listCalls(`${base}/governance/`, {
  summary: 'List what was done because of policies, the last first',
  filters: filters.GovernanceFilters,
  more: { sortDirection: { type: 'string', enum: ['asc', 'desc'], default: 'desc' } },
  answer: pageOf(records.GovernanceAction),
});

const ofAgent: readonly Credential[] = ['siem-agent-token'];
const ownSettings = record({ text: 'id name portalUrl', flag: 'isEnabled', any: 'revision', objectOrNull: 'settings' });
const position: DescribedBody = {
  schema: maybe({ textOrNull: 'after' }, { limit: { type: 'integer', minimum: 1 } }),
  isOptional: true,
};

function behind(item: Schema): Readonly<Record<number, DescribedAnswer>> {
  return ok(
    record({ text: 'next', flag: 'hasMore' }, { data: arrayOf(record({ text: 'position' }, { record: item })) }),
  );
}

const siemCalls = {
  [`GET ${base}/agents/siem/`]: { summary: 'List SIEM agents', answers: ok(pageOf(records.SiemAgent)) },
  [`POST ${base}/agents/siem/{id}/generate/`]: {
    summary: "Make a new token in the place of an agent's old one",
    answers: ok(record({ text: 'token' }), 'The token, this once.'),
  },
  [`GET ${base}/agents/siem/self/`]: {
    summary: "Get one's own settings",
    credentials: ofAgent,
    answers: ok(ownSettings),
  },
  [`POST ${base}/agents/siem/self/report/`]: {
    summary: 'Report how one does; the answer is the settings',
    credentials: ofAgent,
    body: {
      schema: taken(
        ['version', 'systemName', 'alertsSent', 'activitiesSent'],
        {
          text: 'version systemName',
          whole: 'alertsSent activitiesSent',
          millisOrNull: 'lastSentAt',
          flag: 'isSiemDown',
        },
        { problems: arrayOf(taken(['kind', 'detail', 'since'], { text: 'kind detail', millis: 'since' })) },
      ),
    },
    answers: ok(ownSettings),
  },
  [`POST ${base}/agents/siem/self/activities/`]: {
    summary: 'Get the activities behind a position',
    credentials: ofAgent,
    body: position,
    answers: behind(records.Activity),
  },
  [`POST ${base}/agents/siem/self/alerts/`]: {
    summary: 'Get the alerts behind a position',
    credentials: ofAgent,
    body: position,
    answers: behind(records.Alert),
  },
};

export const securityGroups: readonly DescribedGroup[] = [
  { tag: 'Activities', about: 'What people and apps did in cloud apps.', calls: activityCalls },
  { tag: 'Alerts', about: 'Alerts, and closing them.', calls: alertCalls },
  { tag: 'Entities', about: 'Accounts, and the people behind them.', calls: entityCalls },
  { tag: 'Files', about: 'Files in cloud apps.', calls: fileCalls },
  { tag: 'IP ranges', about: "The organisation's own addresses.", calls: subnetCalls },
  { tag: 'Policies', about: 'Policies and what they matched.', calls: policyCalls },
  { tag: 'Governance', about: 'What was done because of policies.', calls: governanceCalls },
  { tag: 'SIEM agents', about: 'Agents, and what an agent calls with its own token.', calls: siemCalls },
];
