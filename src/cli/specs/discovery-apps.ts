// Cloud apps: the catalogue, tags, scores, custom apps.
import type { Command, OperandSpec, OptionSpec } from '../command.ts';
import { all, limit, search, yes } from './shared.ts';

const app: OperandSpec = { name: 'APP', about: 'cloudApp.app' };
const apps: OperandSpec = { name: 'APP', about: 'cloudApp.app', repeated: true };
const tag: OperandSpec = { name: 'TAG', about: 'cloudApp.tagName' };
const category: OptionSpec = { name: 'category', value: 'CATEGORY', about: 'cloudApp.category' };
const reason: OptionSpec = { name: 'reason', value: 'TEXT', about: 'cloudApp.reason' };
const customApp: OperandSpec = { name: 'CUSTOM-APP', about: 'customApp.app' };

const ofCustomApp: readonly OptionSpec[] = [
  { name: 'domain', value: 'DOMAIN', repeated: true, about: 'customApp.domain' },
  category,
  { name: 'vendor', value: 'VENDOR', about: 'customApp.vendor' },
  { name: 'score', value: '0-10|none', about: 'customApp.score' },
];

export const discoveryAppCommands: readonly Command[] = [
  {
    words: ['discovery', 'app', 'list'],
    summary: 'cloudApp.list.summary',
    options: [
      search,
      category,
      { name: 'tag', value: 'TAG', about: 'cloudApp.list.tag' },
      { name: 'score-min', value: '0-10', about: 'cloudApp.list.scoreMin' },
      { name: 'score-max', value: '0-10', about: 'cloudApp.list.scoreMax' },
      {
        name: 'sort',
        value: 'COLUMN',
        oneOf: ['name', 'score', 'category', 'appId'],
        about: 'cloudApp.list.sort',
      },
      limit,
      all,
    ],
    examples: [
      'sallyport discovery app list --category "Cloud storage" --score-max 5',
      'sallyport discovery app list --tag Unsanctioned --all',
    ],
    load: async () => (await appCommands()).list,
  },
  {
    words: ['discovery', 'app', 'show'],
    summary: 'cloudApp.show.summary',
    operands: [app],
    examples: ['sallyport discovery app show www.dropbox.com'],
    load: async () => (await appCommands()).show,
  },
  {
    words: ['discovery', 'app', 'tag'],
    summary: 'cloudApp.tag.summary',
    operands: [tag, apps],
    options: [reason],
    examples: ['sallyport discovery app tag Unsanctioned "WeTransfer" mega.io --reason "Use OneDrive"'],
    load: async () => (await appCommands()).tag,
  },
  {
    words: ['discovery', 'app', 'untag'],
    summary: 'cloudApp.untag.summary',
    operands: [tag, apps],
    options: [reason],
    load: async () => (await appCommands()).untag,
  },
  {
    words: ['discovery', 'app', 'override'],
    summary: 'cloudApp.override.summary',
    operands: [app, { name: 'SCORE', about: 'cloudApp.override.score' }],
    options: [{ name: 'note', value: 'TEXT', about: 'cloudApp.override.note' }],
    examples: ['sallyport discovery app override Dropbox 4 --note "No contract"'],
    load: async () => (await appCommands()).override,
  },
  {
    words: ['discovery', 'app', 'note'],
    summary: 'cloudApp.note.summary',
    operands: [app, { name: 'TEXT', about: 'cloudApp.note.text' }],
    load: async () => (await appCommands()).note,
  },
  { words: ['discovery', 'tag', 'list'], summary: 'cloudApp.tags.list', load: async () => (await tagCommands()).list },
  {
    words: ['discovery', 'tag', 'create'],
    summary: 'cloudApp.tags.create',
    operands: [tag],
    load: async () => (await tagCommands()).create,
  },
  {
    words: ['discovery', 'tag', 'delete'],
    summary: 'cloudApp.tags.delete',
    operands: [tag],
    options: [yes],
    load: async () => (await tagCommands()).remove,
  },
  {
    words: ['discovery', 'custom-app', 'list'],
    summary: 'customApp.list.summary',
    load: async () => (await customAppCommands()).list,
  },
  {
    words: ['discovery', 'custom-app', 'add'],
    summary: 'customApp.add.summary',
    operands: [{ name: 'NAME', about: 'customApp.name' }],
    options: ofCustomApp,
    examples: [
      'sallyport discovery custom-app add Payroll --domain payroll.contoso.example --category "Human resource management"',
    ],
    load: async () => (await customAppCommands()).add,
  },
  {
    words: ['discovery', 'custom-app', 'update'],
    summary: 'customApp.update.summary',
    operands: [customApp],
    options: [{ name: 'name', value: 'NAME', about: 'customApp.name' }, ...ofCustomApp],
    load: async () => (await customAppCommands()).update,
  },
  {
    words: ['discovery', 'custom-app', 'delete'],
    summary: 'customApp.delete.summary',
    operands: [customApp],
    options: [yes],
    load: async () => (await customAppCommands()).remove,
  },
  {
    words: ['discovery', 'weights', 'show'],
    summary: 'scoreWeights.show.summary',
    load: async () => (await weightCommands()).show,
  },
  {
    words: ['discovery', 'weights', 'set'],
    summary: 'scoreWeights.set.summary',
    options: [
      { name: 'factor', value: 'FACTOR=IMPORTANCE', repeated: true, about: 'scoreWeights.set.factor' },
      { name: 'category', value: 'CATEGORY=IMPORTANCE', repeated: true, about: 'scoreWeights.set.category' },
      { name: 'unknown', value: 'counts|skipped', oneOf: ['counts', 'skipped'], about: 'scoreWeights.set.unknown' },
    ],
    examples: ['sallyport discovery weights set --factor mfa=very-high --factor fedramp=ignored --category legal=low'],
    load: async () => (await weightCommands()).set,
  },
  {
    words: ['discovery', 'weights', 'reset'],
    summary: 'scoreWeights.reset.summary',
    options: [yes],
    load: async () => (await weightCommands()).reset,
  },
];

const appCommands = () => import('../commands/discovery-app.ts');
const tagCommands = () => import('../commands/discovery-tag.ts');
const customAppCommands = () => import('../commands/custom-app.ts');
const weightCommands = () => import('../commands/discovery-weights.ts');
