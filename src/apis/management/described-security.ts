// Policies, detections, incidents, hunting and ingestion. A route's own schemas say what it takes and answers; here stand its summary and what its noun asks for.

import type { DescribedGroup } from '../openapi/described.ts';
import { done } from '../openapi/shapes.ts';
import { anyText, orToken } from './described-parts.ts';

/** Who looks after discovery reports has policies on these. */
const onReports =
  'With `DiscoveryPolicies.manage` alone it is about app discovery policies on reports that the role reaches.';
const policyReading = { permission: ['Policies.read', 'DiscoveryPolicies.manage'], description: onReports } as const;
const policyManaging = { permission: ['Policies.manage', 'DiscoveryPolicies.manage'], description: onReports } as const;

export const securityGroups: readonly DescribedGroup[] = [
  {
    tag: 'Filters',
    about: 'What lists of the cloud-apps API and policies can be filtered by.',
    calls: { 'GET /filter-fields/{records}': { summary: 'Show fields, their operators and values' } },
  },
  {
    tag: 'Activities',
    about: 'What is known of activities besides their records, which the cloud-apps API has.',
    calls: {
      'GET /activities/{id}/policies': {
        summary: 'List the policies that matched an activity',
        permission: 'Policies.read',
      },
    },
  },
  {
    tag: 'Policies',
    about: 'What the organisation wants to be told of.',
    calls: {
      'GET /policies': { summary: 'List policies', ...policyReading },
      'POST /policies': { summary: 'Create a policy', ...policyManaging },
      'POST /policies/dry-run': { summary: 'Try a policy that is not kept yet' },
      'GET /policies/{id}': { summary: 'Show a policy', ...policyReading },
      'PATCH /policies/{id}': { summary: 'Change a policy', ...policyManaging },
      'DELETE /policies/{id}': { summary: 'Delete a policy', ...policyManaging, answers: done },
      'GET /policies/{id}/history': { summary: 'List the versions of a policy', ...policyReading },
      'GET /policies/{id}/matches': { summary: 'List what a policy matched', permission: 'Policies.read' },
      'GET /policies/{id}/apps': {
        summary: 'List the apps that an app discovery policy told of',
        ...policyReading,
      },
      'POST /policies/{id}/enable': { summary: 'Enable a policy', ...policyManaging },
      'POST /policies/{id}/disable': { summary: 'Disable a policy', ...policyManaging },
      'POST /policies/{id}/dry-run': { summary: 'Try a policy on stored activities' },
      'GET /policies/{id}/backfills': {
        summary: 'List runs of a policy over stored activities',
        permission: 'Policies.read',
      },
      'POST /policies/{id}/backfills': { summary: 'Run a policy over stored activities' },
      'GET /policy-backfills/{id}': { summary: 'Show a run over stored activities', permission: 'Policies.read' },
      'POST /policy-backfills/{id}/cancel': {
        summary: 'Cancel a run over stored activities',
        permission: 'Policies.manage',
      },
      'GET /policy-templates': { summary: 'List templates of policies', permission: policyReading.permission },
      'GET /governance': { summary: 'List what was done because of policies', permission: 'Governance.read' },
    },
  },
  {
    tag: 'Custom detections',
    about: 'Rules over hunting queries.',
    calls: {
      'GET /custom-detections': { summary: 'List custom detections', permission: 'CustomDetection.Read.All' },
      'POST /custom-detections': { summary: 'Create a custom detection', permission: 'CustomDetection.ReadWrite.All' },
      'GET /custom-detections/choices': {
        summary: 'Show what the members of a custom detection may be',
        permission: 'CustomDetection.Read.All',
      },
      'POST /custom-detections/dry-run': {
        summary: 'Try a custom detection that is not kept yet',
        permission: 'CustomDetection.ReadWrite.All',
      },
      'GET /custom-detections/{id}': { summary: 'Show a custom detection', permission: 'CustomDetection.Read.All' },
      'PATCH /custom-detections/{id}': {
        summary: 'Change a custom detection',
        permission: 'CustomDetection.ReadWrite.All',
      },
      'DELETE /custom-detections/{id}': {
        summary: 'Delete a custom detection',
        permission: 'CustomDetection.ReadWrite.All',
        answers: done,
      },
      'GET /custom-detections/{id}/runs': {
        summary: 'List runs of a custom detection',
        permission: 'CustomDetection.Read.All',
      },
      'POST /custom-detections/{id}/run': {
        summary: 'Run a custom detection now',
        permission: 'CustomDetection.ReadWrite.All',
      },
      'POST /custom-detections/{id}/dry-run': {
        summary: 'Try a custom detection without raising alerts',
        permission: 'CustomDetection.ReadWrite.All',
      },
    },
  },
  {
    tag: 'Incidents',
    about: 'Incidents, and why their alerts are in them.',
    calls: {
      'GET /incidents': { summary: 'List incidents', permission: 'Incident.Read.All' },
      'GET /incidents/{id}': {
        summary: 'Show an incident and why its alerts are in it',
        permission: 'Incident.Read.All',
      },
      'PATCH /incidents/{id}': { summary: 'Change an incident', permission: 'Incident.ReadWrite.All' },
      'POST /incidents/merge': { summary: 'Merge incidents into one', permission: 'Incident.ReadWrite.All' },
      'POST /incidents/move-alerts': {
        summary: 'Move alerts to another incident, or to a new one',
        permission: 'Incident.ReadWrite.All',
      },
    },
  },
  {
    tag: 'Alerts',
    about: 'Alerts in one piece; lists and changes are on the documented surfaces.',
    calls: {
      'GET /alerts/{id}': { summary: 'Show an alert by either of its ids', permission: 'Alerts.read' },
    },
  },
  {
    tag: 'Hunting',
    about: 'What queries may name, saved queries, and how long hunting tables are kept.',
    calls: {
      'GET /hunting/queries': { summary: 'List saved queries', permission: 'AdvancedHunting.Read.All' },
      'POST /hunting/queries': { summary: 'Save a query', permission: 'AdvancedHunting.Read.All' },
      'GET /hunting/queries/{id}': { summary: 'Show a saved query', permission: 'AdvancedHunting.Read.All' },
      'PATCH /hunting/queries/{id}': { summary: 'Change a saved query', permission: 'AdvancedHunting.Read.All' },
      'DELETE /hunting/queries/{id}': {
        summary: 'Delete a saved query',
        permission: 'AdvancedHunting.Read.All',
        answers: done,
      },
      'GET /hunting/schema': {
        summary: 'Show what a hunting query may name',
        permission: 'AdvancedHunting.Read.All',
      },
      'GET /hunting/retention': {
        summary: 'Show how long each hunting table is kept',
        permission: ['AdvancedHunting.Read.All', 'Settings.manage'],
      },
      'PATCH /hunting/retention': { summary: 'Say how long hunting tables are kept', permission: 'Settings.manage' },
    },
  },
  {
    tag: 'Watchlists',
    about: 'Lists that hunting queries look things up in.',
    calls: {
      'GET /watchlists': { summary: 'List watchlists', permission: 'AdvancedHunting.Read.All' },
      'GET /watchlists/{alias}': { summary: 'Show a watchlist', permission: 'AdvancedHunting.Read.All' },
      'GET /watchlists/{alias}/rows': { summary: 'List rows of a watchlist', permission: 'AdvancedHunting.Read.All' },
      'PUT /watchlists/{alias}': {
        summary: 'Make or replace a watchlist',
        credentials: orToken,
        body: { schema: anyText, types: ['text/csv'], description: 'The rows as CSV with a line of names.' },
      },
      'DELETE /watchlists/{alias}': {
        summary: 'Delete a watchlist',
        permission: 'Ingest.write',
        credentials: orToken,
        answers: done,
      },
    },
  },
  {
    tag: 'Ingestion',
    about: 'Records of other products.',
    calls: {
      'POST /ingest/activities': {
        summary: 'Take in unified audit records',
        credentials: orToken,
        body: { schema: anyText, types: ['application/x-ndjson'], description: 'One record a line.' },
      },
      'POST /ingest/alerts': {
        summary: 'Take in alerts',
        credentials: orToken,
        body: { schema: anyText, types: ['application/x-ndjson'], description: 'One alert a line.' },
      },
      'POST /ingest/incidents': {
        summary: 'Take in incidents',
        credentials: orToken,
        body: { schema: anyText, types: ['application/x-ndjson'], description: 'One incident a line.' },
      },
      'POST /ingest/machines': {
        summary: 'Take in machines',
        credentials: orToken,
        body: { schema: anyText, types: ['application/x-ndjson'], description: 'One machine a line.' },
      },
      'POST /ingest/hunting': {
        summary: 'Take in rows of a hunting table',
        credentials: orToken,
        body: { schema: anyText, types: ['application/x-ndjson'], description: 'One row a line.' },
      },
    },
  },
  {
    tag: 'Machine actions',
    about: 'What was asked of machines.',
    calls: {
      'POST /machine-actions/{id}/result': {
        summary: 'Report what became of an action',
        permission: 'Machine.Isolate',
      },
    },
  },
];
