// Cloud discovery. A route's own schemas say what it takes and answers; here stand its summary and what its noun asks for.

import type { DescribedGroup } from '../openapi/described.ts';
import { done } from '../openapi/shapes.ts';
import { anyText, csv, orToken } from './described-parts.ts';

export const discoveryGroups: readonly DescribedGroup[] = [
  {
    tag: 'Cloud apps',
    about: "The catalogue of apps, tags, scores and an organisation's own apps.",
    calls: {
      'GET /discovery/apps': {
        summary: 'List apps of the catalogue',
        permission: 'Discovery.read',
        credentials: orToken,
      },
      'GET /discovery/apps/{app}': {
        summary: 'Show an app, its score and where that comes from',
        permission: 'Discovery.read',
        credentials: orToken,
      },
      'PUT /discovery/apps/{app}/score': {
        summary: 'Override the score of an app',
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'PUT /discovery/apps/{app}/note': {
        summary: 'Keep a note on an app',
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'POST /discovery/apps/tags': {
        summary: 'Add a tag to apps, or remove it',
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'GET /discovery/app-tags': { summary: 'List tags of apps', permission: 'Discovery.read', credentials: orToken },
      'POST /discovery/app-tags': { summary: 'Create a tag', permission: 'Discovery.manage', credentials: orToken },
      'PATCH /discovery/app-tags/{tag}': {
        summary: 'Rename a tag',
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'DELETE /discovery/app-tags/{tag}': {
        summary: 'Delete a tag',
        permission: 'Discovery.manage',
        credentials: orToken,
        answers: done,
      },
      'GET /discovery/custom-apps': {
        summary: "List the organisation's own apps",
        permission: 'Discovery.read',
        credentials: orToken,
      },
      'POST /discovery/custom-apps': {
        summary: "Describe an app of one's own",
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'PUT /discovery/custom-apps/{appId}': {
        summary: "Change an app of one's own",
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'DELETE /discovery/custom-apps/{appId}': {
        summary: "Delete an app of one's own",
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'GET /discovery/score-weights': {
        summary: 'Show what counts how much in scores',
        permission: 'Discovery.read',
        credentials: orToken,
      },
      'PATCH /discovery/score-weights': {
        summary: 'Say what counts how much in scores',
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'DELETE /discovery/score-weights': {
        summary: 'Put the weights of scores back to what they were',
        permission: 'Discovery.manage',
        credentials: orToken,
      },
      'GET /discovery/block-script': {
        summary: 'Make a script that blocks tagged apps on an appliance',
        credentials: orToken,
      },
    },
  },
  {
    tag: 'Discovery reports',
    about: 'Which apps are used, by whom and how much.',
    calls: {
      'GET /discovery/reports': { summary: 'List reports', permission: 'Discovery.read', credentials: orToken },
      'POST /discovery/reports': { summary: 'Create a report', permission: 'Discovery.manage' },
      'PUT /discovery/reports/{id}': { summary: 'Change a report', permission: 'Discovery.manage' },
      'DELETE /discovery/reports/{id}': { summary: 'Delete a report', permission: 'Discovery.manage', answers: done },
      'GET /discovery/reports/{id}/overview': {
        summary: 'Show totals, traffic by day and risk levels',
        permission: 'Discovery.read',
      },
      'GET /discovery/reports/{id}/trends': {
        summary: 'Show apps, users, traffic, risk and categories day by day',
        permission: 'Discovery.read',
      },
      'GET /discovery/reports/{id}/apps': { summary: 'List discovered apps', permission: 'Discovery.read' },
      'GET /discovery/reports/{id}/apps/csv': {
        summary: 'Get discovered apps as a file',
        permission: 'Discovery.read',
        answers: csv,
      },
      'GET /discovery/reports/{id}/categories': {
        summary: 'List categories of discovered apps',
        permission: 'Discovery.read',
      },
      'GET /discovery/reports/{id}/tags': { summary: 'List tags of discovered apps', permission: 'Discovery.read' },
      'GET /discovery/reports/{id}/users': { summary: 'List users in the traffic', permission: 'Discovery.read' },
      'GET /discovery/reports/{id}/users/csv': {
        summary: 'Get users in the traffic as a file',
        permission: 'Discovery.read',
        answers: csv,
      },
      'GET /discovery/reports/{id}/addresses': {
        summary: 'List addresses in the traffic',
        permission: 'Discovery.read',
      },
      'GET /discovery/reports/{id}/addresses/csv': {
        summary: 'Get addresses in the traffic as a file',
        permission: 'Discovery.read',
        answers: csv,
      },
      'GET /discovery/reports/{id}/machines': { summary: 'List machines in the traffic', permission: 'Discovery.read' },
      'GET /discovery/reports/{id}/machines/csv': {
        summary: 'Get machines in the traffic as a file',
        permission: 'Discovery.read',
        answers: csv,
      },
      'POST /discovery/names/resolve': { summary: 'Look up whose anonymous name it is; the audit keeps the reason' },
    },
  },
  {
    tag: 'Traffic logs',
    about: 'Uploaded logs, and the data sources that they come from.',
    calls: {
      'GET /discovery/uploads': { summary: 'List uploaded logs', permission: 'Discovery.read', credentials: orToken },
      'POST /discovery/uploads': {
        summary: 'Begin an upload; the answer has the address for the file',
        permission: 'Discovery.upload',
        credentials: orToken,
      },
      'GET /discovery/uploads/{id}': {
        summary: 'Show an uploaded log and what came of it',
        permission: 'Discovery.read',
        credentials: orToken,
      },
      'PUT /discovery/uploads/{id}/content': {
        summary: 'Send the file of an upload',
        permission: 'Discovery.upload',
        credentials: orToken,
        body: { schema: anyText, types: ['application/octet-stream'], description: 'The log, as it is or packed.' },
      },
      'POST /discovery/uploads/{id}/finish': { summary: 'Hand an uploaded file over to be read', credentials: orToken },
      'POST /discovery/uploads/{id}/cancel': { summary: 'Cancel reading a log', permission: 'Discovery.manage' },
      'DELETE /discovery/uploads/{id}': {
        summary: 'Delete an upload and what came of it',
        permission: 'Discovery.manage',
        answers: done,
      },
      'GET /discovery/data-sources/{id}/custom-parser': {
        summary: 'Show the custom parser of a data source',
        permission: 'Discovery.manage',
      },
      'GET /discovery/log-kinds': { summary: 'List the kinds of logs that are read', credentials: orToken },
      'GET /discovery/data-sources': {
        summary: 'List data sources',
        permission: 'Discovery.read',
        credentials: orToken,
      },
      'POST /discovery/data-sources': { summary: 'Create a data source', permission: 'Discovery.manage' },
      'PUT /discovery/data-sources/{id}': { summary: 'Change a data source', permission: 'Discovery.manage' },
      'DELETE /discovery/data-sources/{id}': {
        summary: 'Delete a data source',
        permission: 'Discovery.manage',
        answers: done,
      },
      'GET /discovery/custom-parser': { summary: "Show the organisation's own parser", permission: 'Discovery.manage' },
      'PUT /discovery/custom-parser': { summary: "Define a parser of one's own", permission: 'Discovery.manage' },
      'DELETE /discovery/custom-parser': {
        summary: "Delete the organisation's own parser",
        permission: 'Discovery.manage',
        answers: done,
      },
    },
  },
];
