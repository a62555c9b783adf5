// Webhooks and mail: who is told of what happens.
import type { Command, OperandSpec, OptionSpec } from '../command.ts';
import { all, limit, yes } from './shared.ts';

const webhook: OperandSpec = { name: 'WEBHOOK', about: 'operands.webhook' };
const recipient: OperandSpec = { name: 'RECIPIENT', about: 'mail.recipient' };
const severities = ['informational', 'low', 'medium', 'high'];
const severitiesOrNone = [...severities, 'none'];
const languages = ['en', 'ja', 'zh-Hant', 'fr', 'ko'];
const yesOrNo = ['yes', 'no'];
const takeOver: OptionSpec = { name: 'take-over', about: 'webhook.update.takeOver' };

export const webhookCommands: readonly Command[] = [
  {
    words: ['webhook', 'add'],
    summary: 'webhook.add.summary',
    operands: [
      { name: 'NAME', about: 'webhook.add.name' },
      { name: 'URL', about: 'webhook.add.url' },
    ],
    options: [
      { name: 'event', value: 'EVENT', repeated: true, about: 'webhook.add.event' },
      { name: 'severity', value: 'SEVERITY', oneOf: severities, about: 'webhook.add.severity' },
      { name: 'value-only', about: 'token.generate.valueOnly' },
    ],
    examples: [
      'sallyport webhook add soar https://soar.contoso.example/hook --event alert.created --event incident.updated',
      'sallyport webhook add pager https://pager.contoso.example/in --event alert.created --severity high',
    ],
    load: async () => (await webhooks()).add,
  },
  { words: ['webhook', 'list'], summary: 'webhook.list.summary', load: async () => (await webhooks()).list },
  {
    words: ['webhook', 'show'],
    summary: 'webhook.show.summary',
    operands: [webhook],
    load: async () => (await webhooks()).show,
  },
  {
    words: ['webhook', 'update'],
    summary: 'webhook.update.summary',
    operands: [webhook],
    options: [
      { name: 'name', value: 'NAME', about: 'webhook.update.name' },
      { name: 'url', value: 'URL', about: 'webhook.update.url' },
      { name: 'event', value: 'EVENT', repeated: true, about: 'webhook.update.event' },
      { name: 'severity', value: 'SEVERITY|none', oneOf: severitiesOrNone, about: 'webhook.update.severity' },
      takeOver,
    ],
    examples: [
      'sallyport webhook update soar --event alert.created --event alert.updated --severity medium',
      'sallyport webhook update soar --take-over',
    ],
    load: async () => (await webhooks()).update,
  },
  {
    words: ['webhook', 'test'],
    summary: 'webhook.test.summary',
    operands: [webhook],
    load: async () => (await webhooks()).test,
  },
  {
    words: ['webhook', 'enable'],
    summary: 'webhook.enable.summary',
    operands: [webhook],
    load: async () => (await webhooks()).enable,
  },
  {
    words: ['webhook', 'disable'],
    summary: 'webhook.disable.summary',
    operands: [webhook],
    load: async () => (await webhooks()).disable,
  },
  {
    words: ['webhook', 'rotate-secret'],
    summary: 'webhook.rotateSecret.summary',
    operands: [webhook],
    options: [{ name: 'value-only', about: 'token.generate.valueOnly' }],
    load: async () => (await webhooks()).rotateSecret,
  },
  {
    words: ['webhook', 'delete'],
    summary: 'webhook.delete.summary',
    operands: [webhook],
    options: [yes],
    load: async () => (await webhooks()).remove,
  },
  {
    words: ['webhook', 'dead-letters'],
    summary: 'webhook.deadLetters.summary',
    options: [{ name: 'target', value: 'ID', about: 'webhook.deadLetters.target' }, limit, all],
    load: async () => (await webhooks()).deadLetters,
  },
  {
    words: ['webhook', 'retry'],
    summary: 'webhook.retry.summary',
    operands: [{ name: 'LETTER', about: 'webhook.retry.letter', optional: true }],
    options: [{ name: 'all', about: 'webhook.retry.all' }],
    examples: ['sallyport webhook retry --all'],
    load: async () => (await webhooks()).retry,
  },
];

export const mailCommands: readonly Command[] = [
  { words: ['mail', 'settings'], summary: 'mail.settings.summary', load: async () => (await mail()).settings },
  { words: ['mail', 'recipients'], summary: 'mail.recipients.summary', load: async () => (await mail()).recipients },
  {
    words: ['mail', 'add'],
    summary: 'mail.add.summary',
    operands: [{ name: 'ADDRESS', about: 'mail.add.address' }],
    options: [
      { name: 'alerts', value: 'SEVERITY', oneOf: severities, about: 'mail.add.alerts' },
      { name: 'consent-requests', about: 'mail.add.consentRequests' },
      { name: 'role-approvals', about: 'mail.add.roleApprovals' },
      { name: 'expiring-secrets', value: 'DAYS', about: 'mail.add.expiringSecrets' },
      {
        name: 'language',
        value: 'LANGUAGE',
        oneOf: languages,
        about: 'mail.add.language',
      },
    ],
    examples: ['sallyport mail add soc@contoso.example --alerts high --expiring-secrets 14'],
    load: async () => (await mail()).add,
  },
  {
    words: ['mail', 'update'],
    summary: 'mail.update.summary',
    operands: [recipient],
    options: [
      { name: 'address', value: 'ADDRESS', about: 'mail.update.address' },
      { name: 'alerts', value: 'SEVERITY|none', oneOf: severitiesOrNone, about: 'mail.update.alerts' },
      { name: 'consent-requests', value: 'yes|no', oneOf: yesOrNo, about: 'mail.add.consentRequests' },
      { name: 'role-approvals', value: 'yes|no', oneOf: yesOrNo, about: 'mail.add.roleApprovals' },
      { name: 'expiring-secrets', value: 'DAYS|none', about: 'mail.update.expiringSecrets' },
      { name: 'language', value: 'LANGUAGE', oneOf: languages, about: 'mail.add.language' },
      takeOver,
    ],
    examples: ['sallyport mail update soc@contoso.example --alerts medium --expiring-secrets none'],
    load: async () => (await mail()).update,
  },
  {
    words: ['mail', 'remove'],
    summary: 'mail.remove.summary',
    operands: [recipient],
    options: [yes],
    load: async () => (await mail()).remove,
  },
  {
    words: ['mail', 'test'],
    summary: 'mail.test.summary',
    operands: [recipient],
    load: async () => (await mail()).test,
  },
];

const webhooks = () => import('../commands/webhook.ts');
const mail = () => import('../commands/mail.ts');
