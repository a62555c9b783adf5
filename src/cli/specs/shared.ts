// Options and operands that several commands share.
import type { OperandSpec, OptionSpec } from '../command.ts';

/** Taken by every command. */
export const globalOptions: readonly OptionSpec[] = [
  { name: 'json', about: 'options.json' },
  { name: 'profile', value: 'NAME', about: 'options.profile' },
  { name: 'lang', value: 'LANGUAGE', about: 'options.lang' },
  { name: 'help', about: 'options.help' },
];

export const yes: OptionSpec = { name: 'yes', about: 'options.yes' };
export const search: OptionSpec = { name: 'search', value: 'TEXT', about: 'options.search' };
export const limit: OptionSpec = { name: 'limit', value: 'N', about: 'options.limit' };
export const all: OptionSpec = { name: 'all', about: 'options.all' };
export const passwordStdin: OptionSpec = { name: 'password-stdin', about: 'options.passwordStdin' };
export const code: OptionSpec = { name: 'code', value: 'CODE', about: 'options.code' };

export const user: OperandSpec = { name: 'USER', about: 'operands.user' };
export const role: OperandSpec = { name: 'ROLE', about: 'operands.role' };
export const tenant: OperandSpec = { name: 'TENANT', about: 'operands.tenant' };
export const tenantIfOther: OperandSpec = { ...tenant, optional: true };
export const group: OperandSpec = { name: 'GROUP', about: 'operands.group' };
export const token: OperandSpec = { name: 'TOKEN', about: 'operands.token' };
export const agent: OperandSpec = { name: 'AGENT', about: 'operands.agent' };
export const app: OperandSpec = { name: 'APP', about: 'operands.app' };
export const appId: OperandSpec = { name: 'APP-ID', about: 'operands.appId' };
