// Applications that are present in one's own tenant, consent to them, and what the tenant decides about both.
import type { Command } from '../command.ts';
import { all, app, appId, limit, search, user, yes } from './shared.ts';

const request = { name: 'REQUEST', about: 'consent.requestId' } as const;
const yesOrNo = ['yes', 'no'];

export const servicePrincipalCommands: readonly Command[] = [
  {
    words: ['service-principal', 'list'],
    summary: 'servicePrincipal.list.summary',
    options: [search, limit, all],
    load: async () => (await principals()).list,
  },
  {
    words: ['service-principal', 'show'],
    summary: 'servicePrincipal.show.summary',
    operands: [app],
    load: async () => (await principals()).show,
  },
  {
    words: ['service-principal', 'enable'],
    summary: 'servicePrincipal.enable.summary',
    operands: [app],
    load: async () => (await principals()).enable,
  },
  {
    words: ['service-principal', 'disable'],
    summary: 'servicePrincipal.disable.summary',
    operands: [app],
    options: [yes],
    load: async () => (await principals()).disable,
  },
  {
    words: ['service-principal', 'require-assignment'],
    summary: 'servicePrincipal.requireAssignment.summary',
    operands: [app, { name: 'yes|no', about: 'servicePrincipal.requireAssignment.choice', optional: true }],
    load: async () => (await principals()).requireAssignment,
  },
  {
    words: ['service-principal', 'assign'],
    summary: 'servicePrincipal.assign.summary',
    operands: [app, user],
    load: async () => (await principals()).assign,
  },
  {
    words: ['service-principal', 'unassign'],
    summary: 'servicePrincipal.unassign.summary',
    operands: [app, user],
    load: async () => (await principals()).unassign,
  },
  {
    words: ['service-principal', 'revoke'],
    summary: 'servicePrincipal.revoke.summary',
    operands: [app, { name: 'GRANT', about: 'servicePrincipal.revoke.grant', optional: true }],
    options: [{ name: 'all', about: 'servicePrincipal.revoke.all' }, yes],
    examples: ['sallyport service-principal revoke "Incident reporter" Incident.Read.All'],
    load: async () => (await principals()).revoke,
  },
  {
    words: ['service-principal', 'delete'],
    summary: 'servicePrincipal.delete.summary',
    operands: [app],
    options: [yes],
    load: async () => (await principals()).remove,
  },
];

export const consentCommands: readonly Command[] = [
  {
    words: ['consent', 'grant'],
    summary: 'consent.grant.summary',
    operands: [appId],
    options: [yes],
    load: async () => (await consent()).grant,
  },
  {
    words: ['consent', 'ask'],
    summary: 'consent.ask.summary',
    operands: [appId],
    options: [{ name: 'reason', value: 'TEXT', about: 'consent.ask.reason' }],
    load: async () => (await consent()).ask,
  },
  {
    words: ['consent', 'requests'],
    summary: 'consent.requests.summary',
    options: [
      {
        name: 'status',
        value: 'STATUS',
        oneOf: ['open', 'granted', 'declined', 'expired'],
        about: 'options.status',
      },
      limit,
      all,
    ],
    load: async () => (await consent()).requests,
  },
  {
    words: ['consent', 'approve'],
    summary: 'consent.approve.summary',
    operands: [request],
    options: [yes],
    load: async () => (await consent()).approve,
  },
  {
    words: ['consent', 'decline'],
    summary: 'consent.decline.summary',
    operands: [request],
    load: async () => (await consent()).decline,
  },
];

export const tenantSettingCommands: readonly Command[] = [
  { words: ['settings', 'show'], summary: 'settings.show.summary', load: async () => (await settings()).show },
  {
    words: ['settings', 'set'],
    summary: 'settings.set.summary',
    options: [
      { name: 'members-may-register', value: 'yes|no', oneOf: yesOrNo, about: 'settings.membersMayRegister' },
      { name: 'user-consent', value: 'none|non-admin', oneOf: ['none', 'non-admin'], about: 'settings.userConsent' },
      { name: 'consent-requests', value: 'yes|no', oneOf: yesOrNo, about: 'settings.consentRequests' },
      { name: 'password-grant', value: 'yes|no', oneOf: yesOrNo, about: 'settings.passwordGrant' },
    ],
    load: async () => (await settings()).set,
  },
];

const principals = () => import('../commands/service-principal.ts');
const consent = () => import('../commands/consent.ts');
const settings = () => import('../commands/tenant-settings.ts');
