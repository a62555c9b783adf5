// Policies: what people want to be told of.
import type { Command, OperandSpec, OptionSpec } from '../command.ts';
import { all, limit, search, yes } from './shared.ts';

const policy: OperandSpec = { name: 'POLICY', about: 'policy.which' };

const content: readonly OptionSpec[] = [
  { name: 'description', value: 'TEXT', about: 'policy.options.description' },
  {
    name: 'severity',
    value: 'SEVERITY',
    oneOf: ['informational', 'low', 'medium', 'high'],
    about: 'policy.options.severity',
  },
  { name: 'risk-category', value: 'N', about: 'policy.options.riskCategory' },
  { name: 'filters', value: 'JSON', about: 'policy.options.filters' },
  { name: 'repeat', value: 'COUNT', about: 'policy.options.repeat' },
  { name: 'within', value: '5m', about: 'policy.options.within' },
  { name: 'any-user', about: 'policy.options.anyUser' },
  { name: 'same-app', about: 'policy.options.sameApp' },
  { name: 'unique', about: 'policy.options.unique' },
  { name: 'daily-limit', value: 'N', about: 'policy.options.dailyLimit' },
  { name: 'include-group', value: 'GROUP', repeated: true, about: 'policy.options.includeGroup' },
  { name: 'exclude-group', value: 'GROUP', repeated: true, about: 'policy.options.excludeGroup' },
];

const period: readonly OptionSpec[] = [
  { name: 'from', value: '7d|TIME', about: 'policy.options.from' },
  { name: 'until', value: '1h|TIME', about: 'policy.options.until' },
];

const policies = () => import('../commands/policy.ts');
const trials = () => import('../commands/policy-trials.ts');

export const policyCommands: readonly Command[] = [
  {
    words: ['policy', 'list'],
    summary: 'policy.list.summary',
    options: [
      {
        name: 'type',
        value: 'TYPE',
        oneOf: ['AUDIT', 'ANOMALY_DETECTION', 'NEW_SERVICE'],
        about: 'policy.options.type',
      },
      search,
      limit,
      all,
    ],
    load: async () => (await policies()).list,
  },
  {
    words: ['policy', 'show'],
    summary: 'policy.show.summary',
    operands: [policy],
    load: async () => (await policies()).show,
  },
  {
    words: ['policy', 'create'],
    summary: 'policy.create.summary',
    operands: [{ name: 'NAME', about: 'policy.options.name' }],
    options: [
      { name: 'template', value: 'TEMPLATE', about: 'policy.options.template' },
      { name: 'type', value: 'TYPE', oneOf: ['AUDIT', 'NEW_SERVICE'], about: 'policy.options.newType' },
      ...content,
      { name: 'settings', value: 'JSON', about: 'policy.options.settings' },
    ],
    examples: [
      'sallyport policy create "Mass download" --template mass-download --severity high',
      `sallyport policy create "Mail rules" --filters '{"actionType":{"eq":["New-InboxRule"]}}'`,
      `sallyport policy create "Risky apps" --template new-risky-app --settings '{"tag":"Monitored"}'`,
    ],
    load: async () => (await policies()).create,
  },
  {
    words: ['policy', 'edit'],
    summary: 'policy.edit.summary',
    operands: [policy],
    options: [
      { name: 'name', value: 'NAME', about: 'policy.options.name' },
      ...content,
      { name: 'single', about: 'policy.options.single' },
      {
        name: 'sensitivity',
        value: 'SENSITIVITY',
        oneOf: ['low', 'medium', 'high'],
        about: 'policy.options.sensitivity',
      },
      { name: 'settings', value: 'JSON', about: 'policy.options.settings' },
    ],
    load: async () => (await policies()).edit,
  },
  {
    words: ['policy', 'enable'],
    summary: 'policy.enable.summary',
    operands: [policy],
    load: async () => (await policies()).enable,
  },
  {
    words: ['policy', 'disable'],
    summary: 'policy.disable.summary',
    operands: [policy],
    load: async () => (await policies()).disable,
  },
  {
    words: ['policy', 'delete'],
    summary: 'policy.delete.summary',
    operands: [policy],
    options: [yes],
    load: async () => (await policies()).remove,
  },
  {
    words: ['policy', 'templates'],
    summary: 'policy.templates.summary',
    load: async () => (await policies()).templates,
  },
  {
    words: ['policy', 'matches'],
    summary: 'policy.matches.summary',
    operands: [policy],
    options: [limit, all],
    load: async () => (await trials()).matches,
  },
  {
    words: ['policy', 'dry-run'],
    summary: 'policy.dryRun.summary',
    operands: [policy],
    options: period,
    examples: ['sallyport policy dry-run "Mass download" --from 30d'],
    load: async () => (await trials()).dryRun,
  },
  {
    words: ['policy', 'backfill'],
    summary: 'policy.backfill.summary',
    operands: [policy],
    options: [...period, { name: 'no-wait', about: 'policy.options.noWait' }],
    load: async () => (await trials()).backfill,
  },
  {
    words: ['policy', 'history'],
    summary: 'policy.history.summary',
    operands: [policy],
    options: [limit, all],
    load: async () => (await trials()).history,
  },
];
