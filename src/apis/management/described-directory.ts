// Sessions, own credentials, organisations, people, groups and roles. A route's own schemas say what it takes and answers; here stand its summary and what its noun asks for.

import type { DescribedGroup } from '../openapi/described.ts';
import { done } from '../openapi/shapes.ts';
import { orToken } from './described-parts.ts';

export const directoryGroups: readonly DescribedGroup[] = [
  {
    tag: 'Set-up',
    about: 'The first administrator of a deployment or organisation.',
    calls: {
      'POST /setup': { summary: 'Create the first administrator with a set-up link', credentials: [] },
    },
  },
  {
    tag: 'Sessions',
    about: "Signing in and out, and a person's own sessions.",
    calls: {
      'POST /sessions': { summary: 'Sign in with user name, password and second factor', credentials: [] },
      'GET /session': {
        summary: 'Show the present session, its person and roles, and the token against forged requests',
      },
      'DELETE /session': { summary: 'Sign out', answers: done },
      'GET /sessions': { summary: "List one's own sessions" },
      'DELETE /sessions/{id}': { summary: "End one of one's own sessions", answers: done },
      'GET /sign-in-options': { summary: 'Show how one may sign in to an organisation', credentials: [] },
    },
  },
  {
    tag: 'External sign-in',
    about: "Signing in through the organisation's own OpenID Connect provider.",
    calls: {
      'GET /external-sign-in': { summary: 'Show the provider and the redirect URIs', permission: 'SignIn.manage' },
      'PUT /external-sign-in': { summary: 'Set the provider', permission: 'SignIn.manage' },
      'DELETE /external-sign-in': { summary: 'Remove the provider', permission: 'SignIn.manage', answers: done },
      'POST /external-sign-in/check': {
        summary: 'Find out what is wrong with a provider',
        permission: 'SignIn.manage',
      },
      'GET /external-sign-in/links': { summary: 'List who is linked to the provider', permission: 'SignIn.manage' },
      'DELETE /external-sign-in/links/{id}': {
        summary: "Take a user's link to the provider away",
        permission: 'SignIn.manage',
        answers: done,
      },
    },
  },
  {
    tag: 'Own credentials',
    about: 'Password, second factor and recovery codes of whoever is signed in.',
    calls: {
      'POST /me/password': { summary: "Change one's own password", answers: done },
      'POST /me/second-factor': { summary: 'Begin to enrol an authenticator app' },
      'POST /me/second-factor/confirmation': { summary: 'Finish enrolling with a code of the app' },
      'DELETE /me/second-factor': { summary: "Remove one's own second factor", answers: done },
      'POST /me/recovery-codes': { summary: 'Make new recovery codes in the place of the old ones' },
    },
  },
  {
    tag: 'About',
    about: 'What an integration needs to know of where it runs.',
    calls: {
      'GET /about': { summary: 'Show version, region, organisation and addresses', credentials: orToken },
    },
  },
  {
    tag: 'Organisations',
    about: 'The organisations of this deployment.',
    calls: {
      'GET /tenants': { summary: 'List organisations' },
      'POST /tenants': { summary: 'Create an organisation', permission: 'Tenants.manage' },
      'GET /tenants/{ref}': { summary: 'Show an organisation' },
      'PATCH /tenants/{ref}': { summary: 'Rename an organisation' },
      'POST /tenants/{ref}/disable': { summary: 'Disable an organisation' },
      'POST /tenants/{ref}/enable': { summary: 'Enable an organisation' },
      'POST /tenants/{ref}/restore': { summary: 'Restore a deleted organisation' },
      'DELETE /tenants/{ref}': { summary: 'Delete an organisation', answers: done },
      'POST /tenants/{ref}/setup-link': { summary: 'Make a set-up link for the first administrator' },
      'POST /tenants/{ref}/domains': { summary: 'Add a domain' },
      'DELETE /tenants/{ref}/domains/{name}': { summary: 'Remove a domain' },
    },
  },
  {
    tag: 'Users',
    about: 'The people of an organisation.',
    calls: {
      'GET /users': { summary: 'List users', permission: 'Users.read' },
      'POST /users': { summary: 'Create a user', permission: 'Users.manage' },
      'GET /users/{ref}': { summary: 'Show a user', permission: 'Users.read' },
      'PATCH /users/{ref}': { summary: 'Change a user', permission: 'Users.manage' },
      'POST /users/{ref}/disable': { summary: 'Disable a user', permission: 'Users.manage' },
      'POST /users/{ref}/enable': { summary: 'Enable a user', permission: 'Users.manage' },
      'POST /users/{ref}/restore': { summary: 'Restore a deleted user', permission: 'Users.manage' },
      'DELETE /users/{ref}': { summary: 'Delete a user', permission: 'Users.manage', answers: done },
      'POST /users/{ref}/reset-password': { summary: "Reset a user's password", permission: 'Users.manage' },
      'POST /users/{ref}/reset-second-factor': {
        summary: "Take a user's second factor away",
        permission: 'Users.manage',
      },
      'POST /users/{ref}/end-sessions': { summary: 'End all sessions of a user', permission: 'Users.manage' },
    },
  },
  {
    tag: 'Groups',
    about: 'Groups of people.',
    calls: {
      'GET /groups': { summary: 'List groups', permission: 'Users.read' },
      'POST /groups': { summary: 'Create a group', permission: 'Groups.manage' },
      'GET /groups/{id}': { summary: 'Show a group and its members', permission: 'Users.read' },
      'DELETE /groups/{id}': { summary: 'Delete a group', permission: 'Groups.manage', answers: done },
      'PUT /groups/{id}/members/{userName}': {
        summary: 'Add a member to a group',
        permission: 'Groups.manage',
        answers: done,
      },
      'DELETE /groups/{id}/members/{userName}': {
        summary: 'Remove a member from a group',
        permission: 'Groups.manage',
        answers: done,
      },
    },
  },
  {
    tag: 'Roles',
    about: 'Roles, who has them, and activating them for a time.',
    calls: {
      'GET /roles': { summary: 'List roles' },
      'GET /roles/{ref}/settings': { summary: 'Show what activating a role asks for', permission: 'Roles.read' },
      'PUT /roles/{ref}/settings': { summary: 'Say what activating a role asks for' },
      'GET /role-assignments': { summary: 'List role assignments', permission: 'Roles.read' },
      'POST /role-assignments': { summary: 'Assign a role, for good or to be activated' },
      'DELETE /role-assignments/{id}': { summary: 'End a role assignment', answers: done },
      'GET /me/roles': { summary: "List one's own roles" },
      'POST /me/role-activations': { summary: "Activate one of one's own roles" },
      'DELETE /me/role-activations/{id}': {
        summary: "End one's own activation, or take back the request for it",
        answers: done,
      },
      'GET /role-activations': { summary: 'List activations and requests for them' },
      'POST /role-activations/{id}/approve': { summary: 'Approve an activation' },
      'POST /role-activations/{id}/deny': { summary: 'Deny an activation' },
      'POST /role-activations/{id}/end': { summary: "End somebody's activation" },
    },
  },
];
