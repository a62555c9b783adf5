// Applications, consent and permissions. A route's own schemas say what it takes and answers; here stand its summary and what its noun asks for.
import type { DescribedGroup } from '../openapi/described.ts';
import { done } from '../openapi/shapes.ts';

const consentReading = ['Consent.grantDelegated', 'Applications.read'] as const;

export const applicationsGroups: readonly DescribedGroup[] = [
  {
    tag: 'Applications',
    about: 'Applications that are registered in the organisation.',
    calls: {
      'GET /applications': { summary: 'List applications' },
      'POST /applications': { summary: 'Register an application' },
      'GET /applications/{ref}': { summary: 'Show an application' },
      'PATCH /applications/{ref}': { summary: 'Change an application' },
      'POST /applications/{ref}/disable': { summary: 'Disable an application' },
      'POST /applications/{ref}/enable': { summary: 'Enable an application' },
      'POST /applications/{ref}/restore': { summary: 'Restore a deleted application' },
      'DELETE /applications/{ref}': { summary: 'Delete an application', answers: done },
      'PUT /applications/{ref}/permissions': { summary: 'Say which permissions an application asks for' },
      'POST /applications/{ref}/permissions': { summary: 'Add permissions that an application asks for' },
      'DELETE /applications/{ref}/permissions': { summary: 'Remove permissions that an application asks for' },
      'GET /applications/{ref}/consents': { summary: 'List the organisations that let an application in' },
      'GET /applications/{ref}/consent-link': { summary: 'Make the link by which another organisation consents' },
      'POST /applications/{ref}/secrets': { summary: 'Add a secret; its value is in this answer only' },
      'DELETE /applications/{ref}/secrets/{part}': { summary: 'Remove a secret', answers: done },
      'POST /applications/{ref}/certificates': { summary: 'Add a certificate' },
      'DELETE /applications/{ref}/certificates/{part}': { summary: 'Remove a certificate', answers: done },
      'PUT /applications/{ref}/owners/{part}': { summary: 'Add an owner' },
      'DELETE /applications/{ref}/owners/{part}': { summary: 'Remove an owner', answers: done },
    },
  },
  {
    tag: 'Service principals',
    about: 'Applications that are present in the organisation, and what they were granted.',
    calls: {
      'GET /service-principals': { summary: 'List applications that are present', permission: 'Applications.read' },
      'POST /service-principals': { summary: 'Consent to an application for the whole organisation' },
      'GET /service-principals/{ref}': {
        summary: 'Show an application that is present',
        permission: 'Applications.read',
      },
      'PATCH /service-principals/{ref}': {
        summary: 'Change an application that is present',
        permission: 'Applications.manage',
      },
      'POST /service-principals/{ref}/disable': {
        summary: 'Disable an application that is present',
        permission: 'Applications.manage',
      },
      'POST /service-principals/{ref}/enable': {
        summary: 'Enable an application that is present',
        permission: 'Applications.manage',
      },
      'DELETE /service-principals/{ref}': {
        summary: 'Remove an application with all that it was granted',
        permission: 'Applications.manage',
        answers: done,
      },
      'DELETE /service-principals/{ref}/grants': { summary: 'Revoke everything that was granted', answers: done },
      'DELETE /service-principals/{ref}/grants/{part}': { summary: 'Revoke one grant', answers: done },
      'GET /service-principals/{ref}/assignments': {
        summary: 'List people who are assigned to an application',
        permission: 'Applications.read',
      },
      'PUT /service-principals/{ref}/assignments/{part}': {
        summary: 'Assign a person to an application',
        permission: 'Applications.manage',
        answers: done,
      },
      'DELETE /service-principals/{ref}/assignments/{part}': {
        summary: "End a person's assignment to an application",
        permission: 'Applications.manage',
        answers: done,
      },
    },
  },
  {
    tag: 'Consent',
    about: 'What an application asks for, and requests to consent to it.',
    calls: {
      'GET /consent-questions/{appId}': { summary: 'Show what consenting to an application means' },
      'GET /consent-requests': { summary: 'List requests for consent', permission: consentReading },
      'POST /consent-requests': { summary: 'Ask an administrator to consent to an application' },
      'POST /consent-requests/{id}/grant': { summary: 'Consent to what was asked for', answers: done },
      'POST /consent-requests/{id}/decline': { summary: 'Decline what was asked for', answers: done },
    },
  },
  {
    tag: 'Permissions',
    about: 'APIs, their permissions, and which call each one opens.',
    calls: {
      'GET /resources': { summary: 'List APIs and their permissions' },
      'GET /endpoint-permissions': { summary: 'List which permission opens which call' },
    },
  },
  {
    tag: 'Settings',
    about: 'What the organisation decides about applications.',
    calls: {
      'GET /tenant-settings': { summary: "Show the organisation's settings", permission: consentReading },
      'PATCH /tenant-settings': { summary: "Change the organisation's settings", permission: 'Consent.grantGraph' },
    },
  },
];
