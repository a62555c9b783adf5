// The security namespace of the graph surface: incidents, alerts, hunting, custom detections, discovered apps.
import { alertStatuses, classifications } from '../../alerts/alert.ts';
import { collectionOf, entityOf, optionsOf } from '../odata/described.ts';
import type { OptionName } from '../odata/query-options.ts';
import type { DescribedBody, DescribedCalls, DescribedGroup, Schema } from '../openapi/described.ts';
import { done, maybe, ok, record, taken, text, wordOf } from '../openapi/shapes.ts';
import { listOf, made, oneOf, readCalls } from './described-parts.ts';
import * as records from './described-records.ts';

const security = '/v1.0/security';
const options: readonly OptionName[] = ['$filter', '$orderby', '$top', '$skip', '$count', '$select', '$skiptoken'];
const comment: DescribedBody = { schema: taken(['comment'], { text: 'comment' }) };
const target = ok(record({ text: 'targetIncidentId' }), 'The incident that it became.');

const incidentCalls: DescribedCalls = {
  [`GET ${security}/incidents`]: {
    summary: 'List incidents, the last changed first',
    permission: 'SecurityIncident.Read.All',
    query: optionsOf([...options, '$expand'], {
      $orderby: 'By lastUpdateDateTime or createdDateTime',
      $expand: '`alerts`',
    }),
    answers: ok(collectionOf(records.SecurityIncident)),
  },
  [`GET ${security}/incidents/{id}`]: {
    summary: 'Show an incident',
    permission: 'SecurityIncident.Read.All',
    query: optionsOf(['$select', '$expand'], { $expand: '`alerts`' }),
    answers: ok(entityOf(records.SecurityIncident)),
  },
  [`PATCH ${security}/incidents/{id}`]: {
    summary: 'Change an incident',
    permission: 'SecurityIncident.ReadWrite.All',
    body: {
      schema: maybe(
        {
          textOrNull: 'assignedTo description summary resolvingComment',
          text: 'determination displayName',
          texts: 'customTags',
        },
        {
          status: wordOf('active', 'inProgress', 'resolved'),
          classification: wordOf(...classifications),
          severity: wordOf('unknown', 'informational', 'low', 'medium', 'high'),
        },
      ),
      description: 'What is sent changes.',
    },
    answers: ok(entityOf(records.SecurityIncident)),
  },
  [`POST ${security}/incidents/{id}/comments`]: {
    summary: 'Comment on an incident',
    permission: 'SecurityIncident.ReadWrite.All',
    body: comment,
    answers: ok(collectionOf(records.Comment), 'All comments.'),
  },
  [`POST ${security}/incidents/mergeIncidents`]: {
    summary: 'Merge incidents into one',
    permission: 'SecurityIncident.ReadWrite.All',
    body: { schema: taken(['incidentIds'], { texts: 'incidentIds', textOrNull: 'incidentComment' }) },
    answers: target,
  },
};

const alertCalls: DescribedCalls = {
  [`GET ${security}/alerts_v2`]: {
    summary: 'List alerts, the last one first',
    permission: 'SecurityAlert.Read.All',
    query: optionsOf(options, { $orderby: 'By createdDateTime, lastUpdateDateTime or lastActivityDateTime' }),
    answers: ok(collectionOf(records.SecurityAlert)),
  },
  [`GET ${security}/alerts_v2/{id}`]: oneOf('Show an alert', records.SecurityAlert, 'SecurityAlert.Read.All'),
  [`PATCH ${security}/alerts_v2/{id}`]: {
    summary: 'Change an alert',
    permission: 'SecurityAlert.ReadWrite.All',
    body: {
      schema: maybe(
        { textOrNull: 'assignedTo', text: 'determination' },
        {
          status: wordOf(...alertStatuses),
          classification: wordOf(...classifications),
        },
      ),
      description: 'What is sent changes.',
    },
    answers: ok(entityOf(records.SecurityAlert)),
  },
  [`POST ${security}/alerts_v2/{id}/comments`]: {
    summary: 'Comment on an alert',
    permission: 'SecurityAlert.ReadWrite.All',
    body: comment,
    answers: ok(collectionOf(records.Comment), 'All comments.'),
  },
  [`POST ${security}/alerts_v2/moveAlerts`]: {
    summary: 'Move alerts to another incident, or to a new one',
    permission: 'SecurityAlert.ReadWrite.All',
    body: { schema: taken(['alertIds'], { texts: 'alertIds', textOrNull: 'incidentId alertComment' }) },
    answers: target,
  },
};

const huntingCalls: DescribedCalls = {
  [`POST ${security}/runHuntingQuery`]: {
    summary: 'Run a hunting query',
    permission: 'ThreatHunting.Read.All',
    body: {
      schema: taken(
        ['Query'],
        {},
        {
          Query: text('In the Kusto query language'),
          Timespan: { type: ['string', 'null'], description: 'How far back, such as P30D' },
        },
      ),
    },
    answers: ok(entityOf(records.HuntingResults)),
  },
};

const rules = '/beta/security/rules/detectionRules';
const rule = (description: string): DescribedBody => ({ schema: records.DetectionRule, description });

const ruleCalls: DescribedCalls = {
  ...readCalls(
    rules,
    listOf('List custom detections', records.DetectionRule, {
      permission: 'CustomDetection.Read.All',
      filter: [
        'id',
        'displayName',
        'createdBy',
        'lastModifiedBy',
        'isEnabled',
        'schedule/period',
        'createdDateTime',
        'lastModifiedDateTime',
      ],
    }),
    oneOf('Show a custom detection', records.DetectionRule, 'CustomDetection.Read.All'),
  ),
  [`POST ${rules}`]: {
    summary: 'Create a custom detection',
    permission: 'CustomDetection.ReadWrite.All',
    body: rule('What the server says of a rule by itself is let be.'),
    answers: made(records.DetectionRule),
  },
  [`PATCH ${rules}/{id}`]: {
    summary: 'Change a custom detection',
    permission: 'CustomDetection.ReadWrite.All',
    body: rule('What is sent changes.'),
    answers: ok(entityOf(records.DetectionRule)),
  },
  [`DELETE ${rules}/{id}`]: {
    summary: 'Delete a custom detection',
    permission: 'CustomDetection.ReadWrite.All',
    answers: done,
  },
};

const streams = '/beta/security/dataDiscovery/cloudAppDiscovery/uploadedStreams';
const apps = `${streams}/{id}/aggregatedAppsDetails(period={period})`;
const path: Readonly<Record<string, Schema>> = {
  period: { ...wordOf("duration'P7D'", "duration'P30D'", "duration'P90D'"), description: 'How far back' },
};
const reads = { permission: 'Discovery.read', more: ['$skip'] } as const;

const discoveryCalls: DescribedCalls = {
  ...readCalls(
    streams,
    listOf('List reports of cloud discovery', records.DiscoveryStream, reads),
    oneOf('Show a report of cloud discovery', records.DiscoveryStream, 'Discovery.read'),
  ),
  [`GET ${apps}`]: {
    ...listOf('List discovered apps', records.DiscoveredApp, {
      more: ['$skip', '$orderby'],
      filter: ['the properties of an app'],
    }),
    path,
  },
  [`GET ${apps}/{appId}`]: { ...oneOf('Show a discovered app', records.DiscoveredApp), path },
  [`GET ${apps}/{appId}/users`]: { ...listOf('List users of an app', records.AppUser, { more: ['$skip'] }), path },
  [`GET ${apps}/{appId}/ipAddress`]: {
    ...listOf('List addresses that use an app', records.AppUser, { more: ['$skip'] }),
    path,
  },
  [`GET ${apps}/{appId}/name`]: {
    ...listOf('List devices that use an app', records.AppUser, { more: ['$skip'] }),
    path,
  },
};

export const securityGroups: readonly DescribedGroup[] = [
  { tag: 'Incidents', about: 'Incidents of the security namespace.', calls: incidentCalls },
  { tag: 'Alerts', about: 'Alerts of the security namespace.', calls: alertCalls },
  { tag: 'Hunting', about: 'Queries over the hunting tables.', calls: huntingCalls },
  { tag: 'Custom detections', about: 'Rules over hunting queries.', calls: ruleCalls },
  { tag: 'Cloud discovery', about: 'Discovered apps and their reports, read-only.', calls: discoveryCalls },
];
