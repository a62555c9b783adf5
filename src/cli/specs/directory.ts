// Tenants, users and groups.
import type { Command, OptionSpec } from '../command.ts';
import { all, group, limit, passwordStdin, search, tenant, tenantIfOther, user, yes } from './shared.ts';

const domain = { name: 'DOMAIN', about: 'operands.domain' } as const;
const displayName: OptionSpec = { name: 'display-name', value: 'TEXT', about: 'options.displayName' };

export const tenantCommands: readonly Command[] = [
  {
    words: ['tenant', 'list'],
    summary: 'tenant.list.summary',
    options: [search, limit, all],
    load: async () => (await tenants()).list,
  },
  {
    words: ['tenant', 'create'],
    summary: 'tenant.create.summary',
    operands: [{ name: 'SLUG', about: 'tenant.create.slug' }],
    options: [displayName, { name: 'domain', value: 'DOMAIN', about: 'operands.domain' }],
    examples: ['sallyport tenant create fabrikam --display-name "Fabrikam" --domain fabrikam.example'],
    load: async () => (await tenants()).create,
  },
  {
    words: ['tenant', 'show'],
    summary: 'tenant.show.summary',
    operands: [tenantIfOther],
    load: async () => (await tenants()).show,
  },
  {
    words: ['tenant', 'rename'],
    summary: 'tenant.rename.summary',
    operands: [tenant, { name: 'DISPLAY-NAME', about: 'options.displayName' }],
    load: async () => (await tenants()).rename,
  },
  {
    words: ['tenant', 'disable'],
    summary: 'tenant.disable.summary',
    operands: [tenant],
    options: [yes],
    load: async () => (await tenants()).disable,
  },
  {
    words: ['tenant', 'enable'],
    summary: 'tenant.enable.summary',
    operands: [tenant],
    load: async () => (await tenants()).enable,
  },
  {
    words: ['tenant', 'delete'],
    summary: 'tenant.delete.summary',
    operands: [tenant],
    options: [yes],
    load: async () => (await tenants()).remove,
  },
  {
    words: ['tenant', 'restore'],
    summary: 'tenant.restore.summary',
    operands: [tenant],
    load: async () => (await tenants()).restore,
  },
  {
    words: ['tenant', 'setup-link'],
    summary: 'tenant.setupLink.summary',
    operands: [tenant],
    load: async () => (await tenants()).setupLink,
  },
  {
    words: ['tenant', 'add-domain'],
    summary: 'tenant.addDomain.summary',
    operands: [tenant, domain],
    load: async () => (await tenants()).addDomain,
  },
  {
    words: ['tenant', 'remove-domain'],
    summary: 'tenant.removeDomain.summary',
    operands: [tenant, domain],
    options: [yes],
    load: async () => (await tenants()).removeDomain,
  },
];

export const userCommands: readonly Command[] = [
  {
    words: ['user', 'list'],
    summary: 'user.list.summary',
    options: [
      {
        name: 'status',
        value: 'STATUS',
        oneOf: ['enabled', 'disabled', 'deleted'],
        about: 'options.status',
      },
      search,
      limit,
      all,
    ],
    load: async () => (await users()).list,
  },
  {
    words: ['user', 'create'],
    summary: 'user.create.summary',
    operands: [{ name: 'USER-NAME', about: 'user.create.userName' }],
    options: [displayName, { ...passwordStdin, about: 'user.create.passwordStdin' }],
    examples: ['sallyport user create ana@contoso.example --display-name "Ana Ito"'],
    load: async () => (await users()).create,
  },
  {
    words: ['user', 'show'],
    summary: 'user.show.summary',
    operands: [user],
    load: async () => (await users()).show,
  },
  {
    words: ['user', 'rename'],
    summary: 'user.rename.summary',
    operands: [user, { name: 'DISPLAY-NAME', about: 'options.displayName' }],
    load: async () => (await users()).rename,
  },
  {
    words: ['user', 'disable'],
    summary: 'user.disable.summary',
    operands: [user],
    load: async () => (await users()).disable,
  },
  {
    words: ['user', 'enable'],
    summary: 'user.enable.summary',
    operands: [user],
    load: async () => (await users()).enable,
  },
  {
    words: ['user', 'delete'],
    summary: 'user.delete.summary',
    operands: [user],
    options: [yes],
    load: async () => (await users()).remove,
  },
  {
    words: ['user', 'restore'],
    summary: 'user.restore.summary',
    operands: [user],
    load: async () => (await users()).restore,
  },
  {
    words: ['user', 'reset-password'],
    summary: 'user.resetPassword.summary',
    operands: [user],
    options: [yes],
    load: async () => (await users()).resetPassword,
  },
  {
    words: ['user', 'reset-second-factor'],
    summary: 'user.resetSecondFactor.summary',
    operands: [user],
    options: [yes],
    load: async () => (await users()).resetSecondFactor,
  },
  {
    words: ['user', 'end-sessions'],
    summary: 'user.endSessions.summary',
    operands: [user],
    load: async () => (await users()).endSessions,
  },
];

export const groupCommands: readonly Command[] = [
  {
    words: ['group', 'list'],
    summary: 'group.list.summary',
    options: [search, limit, all],
    load: async () => (await groups()).list,
  },
  {
    words: ['group', 'create'],
    summary: 'group.create.summary',
    operands: [{ name: 'NAME', about: 'group.create.name' }],
    load: async () => (await groups()).create,
  },
  {
    words: ['group', 'show'],
    summary: 'group.show.summary',
    operands: [group],
    load: async () => (await groups()).show,
  },
  {
    words: ['group', 'add'],
    summary: 'group.add.summary',
    operands: [group, { name: 'USER-NAME', about: 'operands.member' }],
    load: async () => (await groups()).add,
  },
  {
    words: ['group', 'remove'],
    summary: 'group.remove.summary',
    operands: [group, { name: 'USER-NAME', about: 'operands.member' }],
    load: async () => (await groups()).remove,
  },
  {
    words: ['group', 'delete'],
    summary: 'group.delete.summary',
    operands: [group],
    options: [yes],
    load: async () => (await groups()).deleteGroup,
  },
];

const tenants = () => import('../commands/tenant.ts');
const users = () => import('../commands/user.ts');
const groups = () => import('../commands/group.ts');
