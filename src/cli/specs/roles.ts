// Roles: what there is, who has what, and activating an eligible one.
import type { Command, OptionSpec } from '../command.ts';
import { all, code, limit, role, user } from './shared.ts';

const justification: OptionSpec = { name: 'justification', value: 'TEXT', about: 'options.justification' };
const request = { name: 'REQUEST', about: 'operands.request' } as const;
const yesOrNo = ['yes', 'no'];

export const roleCommands: readonly Command[] = [
  { words: ['role', 'list'], summary: 'role.list.summary', load: async () => (await roles()).list },
  { words: ['role', 'mine'], summary: 'role.mine.summary', load: async () => (await activations()).mine },
  {
    words: ['role', 'assignments'],
    summary: 'role.assignments.summary',
    options: [
      { name: 'user', value: 'USER', about: 'operands.user' },
      { name: 'role', value: 'ROLE', about: 'operands.role' },
      limit,
      all,
    ],
    load: async () => (await roles()).assignments,
  },
  {
    words: ['role', 'assign'],
    summary: 'role.assign.summary',
    operands: [user, role],
    options: [
      { name: 'eligible', about: 'role.assign.eligible' },
      { name: 'starts', value: '1h|TIME', about: 'role.assign.starts' },
      { name: 'ends', value: '90d|TIME', about: 'role.assign.ends' },
      { name: 'instance', value: 'APP:INSTANCE', repeated: true, about: 'role.assign.instance' },
      { name: 'group', value: 'GROUP-ID', repeated: true, about: 'role.assign.group' },
      { name: 'report', value: 'REPORT-ID', repeated: true, about: 'role.assign.report' },
    ],
    examples: ['sallyport role assign ana@contoso.example security-administrator --eligible --ends 90d'],
    load: async () => (await roles()).assign,
  },
  {
    words: ['role', 'unassign'],
    summary: 'role.unassign.summary',
    operands: [
      { name: 'USER|ASSIGNMENT', about: 'role.unassign.who' },
      { ...role, optional: true },
    ],
    load: async () => (await roles()).unassign,
  },
  {
    words: ['role', 'settings'],
    summary: 'role.settings.summary',
    operands: [role],
    options: [
      { name: 'activation-max', value: '8h', about: 'role.settings.activationMax' },
      { name: 'require-justification', value: 'yes|no', oneOf: yesOrNo, about: 'role.settings.justification' },
      { name: 'require-second-factor', value: 'yes|no', oneOf: yesOrNo, about: 'role.settings.secondFactor' },
      { name: 'require-approval', value: 'yes|no', oneOf: yesOrNo, about: 'role.settings.approval' },
      { name: 'approver', value: 'USER', repeated: true, about: 'role.settings.approver' },
    ],
    load: async () => (await roles()).settings,
  },
  {
    words: ['role', 'activate'],
    summary: 'role.activate.summary',
    operands: [role],
    options: [
      { name: 'for', value: '2h', about: 'role.activate.for' },
      justification,
      code,
      { name: 'assignment', value: 'ASSIGNMENT', about: 'role.activate.assignment' },
    ],
    examples: ['sallyport role activate security-administrator --for 2h --justification "Incident 4711"'],
    load: async () => (await activations()).activate,
  },
  {
    words: ['role', 'deactivate'],
    summary: 'role.deactivate.summary',
    operands: [{ name: 'ROLE|REQUEST', about: 'role.deactivate.which' }],
    load: async () => (await activations()).deactivate,
  },
  {
    words: ['role', 'requests'],
    summary: 'role.requests.summary',
    options: [
      {
        name: 'status',
        value: 'STATUS',
        oneOf: ['pending', 'granted', 'denied', 'ended', 'canceled', 'lapsed'],
        about: 'options.status',
      },
      { name: 'user', value: 'USER', about: 'operands.user' },
      limit,
      all,
    ],
    load: async () => (await activations()).requests,
  },
  {
    words: ['role', 'approve'],
    summary: 'role.approve.summary',
    operands: [request],
    options: [justification],
    load: async () => (await activations()).approve,
  },
  {
    words: ['role', 'deny'],
    summary: 'role.deny.summary',
    operands: [request],
    options: [justification],
    load: async () => (await activations()).deny,
  },
];

const roles = () => import('../commands/role.ts');
const activations = () => import('../commands/activation.ts');
