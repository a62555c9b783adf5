// Tokens, agents, notifications, audit and explanations. A route's own schemas say what it takes and answers; here stand its summary and what its noun asks for.
import type { DescribedGroup } from '../openapi/described.ts';
import { done } from '../openapi/shapes.ts';

export const accessGroups: readonly DescribedGroup[] = [
  {
    tag: 'API tokens',
    about: 'Tokens that act as the person who generated them.',
    calls: {
      'POST /api-tokens': {
        summary: 'Generate an API token; its value is in this answer only',
        permission: 'ApiTokens.use',
      },
      'GET /api-tokens': { summary: 'List API tokens' },
      'GET /api-tokens/choices': { summary: 'Show what one may give an API token' },
      'GET /api-tokens/{id}': { summary: 'Show an API token' },
      'DELETE /api-tokens/{id}': { summary: 'Revoke an API token', answers: done },
      'POST /api-tokens/{id}/rotate': { summary: 'Replace an API token by a new one', permission: 'ApiTokens.use' },
      'POST /api-tokens/bulk-revocation': {
        summary: 'Revoke many API tokens, or try what that would do',
        permission: 'ApiTokens.manageAll',
      },
    },
  },
  {
    tag: 'Token inspection',
    about: 'What a token says, and what it opens.',
    calls: {
      'POST /token-inspections': { summary: 'Explain a token: claims, signature, times, and which calls it opens' },
    },
  },
  {
    tag: 'Signing keys',
    about: 'The keys that access tokens are signed with.',
    calls: {
      'GET /signing-keys': { summary: 'List signing keys', permission: 'Tenants.manage' },
      'POST /signing-keys': { summary: 'Begin to sign with a new key', permission: 'Tenants.manage' },
    },
  },
  {
    tag: 'Agents',
    about: 'SIEM agents and log collectors by their tokens.',
    calls: {
      'GET /agents': { summary: 'List agents', permission: 'Agents.manage' },
      'POST /agents': { summary: 'Create an agent; its token is in this answer only', permission: 'Agents.manage' },
      'POST /agents/{id}/regenerate': {
        summary: 'Make a new token in the place of the old one',
        permission: 'Agents.manage',
      },
      'DELETE /agents/{id}': { summary: 'Delete an agent', permission: 'Agents.manage', answers: done },
    },
  },
  {
    tag: 'SIEM agents',
    about: 'Agents that send alerts and activities to a SIEM.',
    calls: {
      'GET /siem-agents': { summary: 'List SIEM agents', permission: 'Agents.manage' },
      'POST /siem-agents': {
        summary: 'Create a SIEM agent; its token is in this answer only',
        permission: 'Agents.manage',
      },
      'GET /siem-agents/{id}': { summary: 'Show a SIEM agent', permission: 'Agents.manage' },
      'PATCH /siem-agents/{id}': { summary: 'Change a SIEM agent', permission: 'Agents.manage' },
      'POST /siem-agents/{id}/enable': { summary: 'Enable a SIEM agent', permission: 'Agents.manage' },
      'POST /siem-agents/{id}/disable': { summary: 'Disable a SIEM agent', permission: 'Agents.manage' },
      'POST /siem-agents/{id}/regenerate': {
        summary: 'Make a new token in the place of the old one',
        permission: 'Agents.manage',
      },
      'DELETE /siem-agents/{id}': { summary: 'Delete a SIEM agent', permission: 'Agents.manage', answers: done },
    },
  },
  {
    tag: 'Log collectors',
    about: 'Collectors that send traffic logs in.',
    calls: {
      'GET /log-collectors': { summary: 'List log collectors', permission: 'Agents.manage' },
      'POST /log-collectors': {
        summary: 'Create a log collector; its token is in this answer only',
        permission: 'Agents.manage',
      },
      'GET /log-collectors/{id}': { summary: 'Show a log collector', permission: 'Agents.manage' },
      'PATCH /log-collectors/{id}': { summary: 'Change a log collector', permission: 'Agents.manage' },
      'POST /log-collectors/{id}/regenerate': {
        summary: 'Make a new token in the place of the old one',
        permission: 'Agents.manage',
      },
      'DELETE /log-collectors/{id}': { summary: 'Delete a log collector', permission: 'Agents.manage', answers: done },
    },
  },
  {
    tag: 'Webhooks',
    about: 'Receivers of what changes.',
    calls: {
      'GET /webhooks': { summary: 'List webhooks', permission: 'Notifications.manage' },
      'POST /webhooks': {
        summary: 'Create a webhook; its secret is in this answer only',
        permission: 'Notifications.manage',
      },
      'GET /webhooks/{id}': { summary: 'Show a webhook', permission: 'Notifications.manage' },
      'PATCH /webhooks/{id}': { summary: 'Change a webhook', permission: 'Notifications.manage' },
      'DELETE /webhooks/{id}': { summary: 'Delete a webhook', permission: 'Notifications.manage', answers: done },
      'POST /webhooks/{id}/enable': { summary: 'Enable a webhook', permission: 'Notifications.manage' },
      'POST /webhooks/{id}/disable': { summary: 'Disable a webhook', permission: 'Notifications.manage' },
      'POST /webhooks/{id}/rotate-secret': {
        summary: 'Make a new secret in the place of the old one',
        permission: 'Notifications.manage',
      },
      'POST /webhooks/{id}/test': { summary: 'Send a test message to a webhook', permission: 'Notifications.manage' },
    },
  },
  {
    tag: 'Mail',
    about: 'Who gets mail of what changes.',
    calls: {
      'GET /mail-settings': { summary: 'Show how mail is sent', permission: 'Notifications.manage' },
      'GET /mail-recipients': { summary: 'List recipients of mail', permission: 'Notifications.manage' },
      'POST /mail-recipients': { summary: 'Add a recipient', permission: 'Notifications.manage' },
      'PATCH /mail-recipients/{id}': { summary: 'Change a recipient', permission: 'Notifications.manage' },
      'DELETE /mail-recipients/{id}': {
        summary: 'Remove a recipient',
        permission: 'Notifications.manage',
        answers: done,
      },
      'POST /mail-recipients/{id}/test': {
        summary: 'Send a test mail to a recipient',
        permission: 'Notifications.manage',
      },
    },
  },
  {
    tag: 'Undelivered messages',
    about: 'What could not be delivered to webhooks and recipients.',
    calls: {
      'GET /dead-letters': { summary: 'List what could not be delivered', permission: 'Notifications.manage' },
      'POST /dead-letters/retry': {
        summary: 'Send everything again that could not be delivered',
        permission: 'Notifications.manage',
      },
      'POST /dead-letters/{id}/retry': { summary: 'Send one message again', permission: 'Notifications.manage' },
    },
  },
  {
    tag: 'Audit',
    about: 'Who did what, in a chain that shows every change.',
    calls: {
      'GET /audit': { summary: 'List audit records, the last one first', permission: 'Audit.read' },
      'GET /audit/verification': {
        summary: 'Compute the chain of the audit log again and compare it',
        permission: 'Audit.read',
      },
    },
  },
  {
    tag: 'Explanations',
    about: 'Why a request was refused.',
    calls: {
      'GET /explanations/{correlationId}': { summary: 'Explain a refusal by its correlation id' },
    },
  },
];
