// Applications of one's own tenant.
import type { Command, OptionSpec } from '../command.ts';
import { all, app, limit, search, user, yes } from './shared.ts';

const yesOrNo = ['yes', 'no'];
const permissionSyntax = '[application:|delegated:]API/PERMISSION';
const description: OptionSpec = { name: 'description', value: 'TEXT', about: 'app.register.description' };
const redirectUri: OptionSpec = {
  name: 'redirect-uri',
  value: 'web|spa|public:URI',
  repeated: true,
  about: 'app.redirectUri.about',
};
const permissions = { name: 'PERMISSION', about: 'app.permission.about', repeated: true } as const;

const registrationCommands: readonly Command[] = [
  {
    words: ['app', 'register'],
    summary: 'app.register.summary',
    operands: [{ name: 'NAME', about: 'app.register.name' }],
    options: [
      { name: 'any-organization', about: 'app.register.anyOrganization' },
      redirectUri,
      { name: 'public', about: 'app.register.public' },
      { name: 'permission', value: permissionSyntax, repeated: true, about: 'app.permission.about' },
      description,
    ],
    examples: [
      'sallyport app register "Incident reporter" --any-organization --redirect-uri web:https://reporter.example/back \\',
      '  --permission "Microsoft Threat Protection/Incident.Read.All"',
      'sallyport app register "Desktop tool" --public --redirect-uri public:http://localhost \\',
      '  --permission "delegated:Microsoft Graph/User.Read"',
    ],
    load: async () => (await apps()).register,
  },
  {
    words: ['app', 'list'],
    summary: 'app.list.summary',
    options: [
      search,
      { name: 'status', value: 'STATUS', oneOf: ['enabled', 'disabled', 'deleted'], about: 'options.status' },
      limit,
      all,
    ],
    load: async () => (await apps()).list,
  },
  { words: ['app', 'show'], summary: 'app.show.summary', operands: [app], load: async () => (await apps()).show },
  {
    words: ['app', 'update'],
    summary: 'app.update.summary',
    operands: [app],
    options: [
      { name: 'display-name', value: 'TEXT', about: 'options.displayName' },
      { ...description, about: 'app.update.description' },
      { name: 'any-organization', value: 'yes|no', oneOf: yesOrNo, about: 'app.register.anyOrganization' },
      { ...redirectUri, about: 'app.update.redirectUri' },
      { name: 'no-redirect-uris', about: 'app.update.noRedirectUris' },
      { name: 'public', value: 'yes|no', oneOf: yesOrNo, about: 'app.register.public' },
      { name: 'home-page', value: 'URL|none', about: 'app.homePage' },
      { name: 'logout-url', value: 'URL|none', about: 'app.logoutUrl' },
      { name: 'identifier-uri', value: 'URI', repeated: true, about: 'app.update.identifierUri' },
      { name: 'refresh', value: 'rotate|entra', oneOf: ['rotate', 'entra'], about: 'app.update.refresh' },
      { name: 'require-pushed-requests', value: 'yes|no', oneOf: yesOrNo, about: 'app.update.pushed' },
    ],
    load: async () => (await apps()).update,
  },
  {
    words: ['app', 'disable'],
    summary: 'app.disable.summary',
    operands: [app],
    options: [yes],
    load: async () => (await apps()).disable,
  },
  { words: ['app', 'enable'], summary: 'app.enable.summary', operands: [app], load: async () => (await apps()).enable },
  {
    words: ['app', 'delete'],
    summary: 'app.delete.summary',
    operands: [app],
    options: [yes],
    load: async () => (await apps()).remove,
  },
  {
    words: ['app', 'restore'],
    summary: 'app.restore.summary',
    operands: [app],
    load: async () => (await apps()).restore,
  },
];

const permissionCommands: readonly Command[] = [
  {
    words: ['app', 'resources'],
    summary: 'app.resources.summary',
    operands: [{ name: 'SEARCH', about: 'app.resources.search', optional: true }],
    examples: ['sallyport app resources "Microsoft Threat Protection"'],
    load: async () => (await apps()).resources,
  },
  {
    words: ['app', 'permission', 'add'],
    summary: 'app.permission.add.summary',
    operands: [app, permissions],
    examples: [
      'sallyport app permission add "Incident reporter" "Microsoft Threat Protection/AdvancedHunting.Read.All"',
      'sallyport app permission add "Incident reporter" "application:Microsoft Graph/User.Read.All"',
    ],
    load: async () => (await parts()).addPermissions,
  },
  {
    words: ['app', 'permission', 'remove'],
    summary: 'app.permission.remove.summary',
    operands: [app, permissions],
    load: async () => (await parts()).removePermissions,
  },
  {
    words: ['app', 'consent'],
    summary: 'app.consent.summary',
    operands: [app],
    options: [yes],
    load: async () => (await consent()).grantOwn,
  },
  {
    words: ['app', 'consent-link'],
    summary: 'app.consentLink.summary',
    operands: [app],
    load: async () => (await consent()).link,
  },
];

const credentialCommands: readonly Command[] = [
  {
    words: ['app', 'secret', 'add'],
    summary: 'app.secret.add.summary',
    operands: [app],
    options: [
      { name: 'description', value: 'TEXT', about: 'app.secret.add.description' },
      { name: 'months', value: 'N', about: 'app.secret.add.months' },
      { name: 'expires', value: '90d|TIME', about: 'app.secret.add.expires' },
      { name: 'value-only', about: 'token.generate.valueOnly' },
    ],
    examples: ['SECRET=$(sallyport app secret add "Incident reporter" --months 12)'],
    load: async () => (await parts()).addSecret,
  },
  {
    words: ['app', 'secret', 'remove'],
    summary: 'app.secret.remove.summary',
    operands: [app, { name: 'SECRET', about: 'app.secret.remove.which' }],
    options: [yes],
    load: async () => (await parts()).removeSecret,
  },
  {
    words: ['app', 'certificate', 'add'],
    summary: 'app.certificate.add.summary',
    operands: [app, { name: 'FILE', about: 'app.certificate.add.file' }],
    options: [{ name: 'description', value: 'TEXT', about: 'app.certificate.add.description' }],
    load: async () => (await parts()).addCertificate,
  },
  {
    words: ['app', 'certificate', 'remove'],
    summary: 'app.certificate.remove.summary',
    operands: [app, { name: 'CERTIFICATE', about: 'app.certificate.remove.which' }],
    options: [yes],
    load: async () => (await parts()).removeCertificate,
  },
  {
    words: ['app', 'owner', 'add'],
    summary: 'app.owner.add.summary',
    operands: [app, user],
    load: async () => (await parts()).addOwner,
  },
  {
    words: ['app', 'owner', 'remove'],
    summary: 'app.owner.remove.summary',
    operands: [app, user],
    load: async () => (await parts()).removeOwner,
  },
];

export const applicationCommands: readonly Command[] = [
  ...registrationCommands,
  ...permissionCommands,
  ...credentialCommands,
];

const apps = () => import('../commands/app.ts');
const parts = () => import('../commands/app-parts.ts');
const consent = () => import('../commands/consent.ts');
