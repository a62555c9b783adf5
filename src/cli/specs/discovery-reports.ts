// Reports of discovered apps: which apps people use, and who uses them.
import type { Command, OptionSpec } from '../command.ts';
import { all, limit } from './shared.ts';

const report: readonly OptionSpec[] = [
  { name: 'report', value: 'REPORT', about: 'discovered.options.report' },
  { name: 'days', value: '7|30|90', oneOf: ['7', '30', '90'], about: 'discovered.options.days' },
];
const filters: OptionSpec = { name: 'filters', value: 'JSON', about: 'discovered.options.filters' };
const list: readonly OptionSpec[] = [
  ...report,
  filters,
  { name: 'sort', value: 'FIELD', about: 'discovered.options.sort' },
  { name: 'csv', about: 'discovered.options.csv' },
  limit,
  all,
];

const commands = () => import('../commands/discovery-reports.ts');

export const discoveryReportCommands: readonly Command[] = [
  {
    words: ['discovery', 'apps'],
    summary: 'discovered.apps.summary',
    options: list,
    examples: [
      'sallyport discovery apps --days 7',
      `sallyport discovery apps --report Proxy --filters '{"score":{"lt":6},"users":{"gt":50}}'`,
      'sallyport discovery apps --days 90 --csv > apps.csv',
    ],
    load: async () => (await commands()).apps,
  },
  {
    words: ['discovery', 'users'],
    summary: 'discovered.users.summary',
    options: list,
    load: async () => (await commands()).users,
  },
  {
    words: ['discovery', 'addresses'],
    summary: 'discovered.addresses.summary',
    options: list,
    load: async () => (await commands()).addresses,
  },
  {
    words: ['discovery', 'machines'],
    summary: 'discovered.machines.summary',
    options: list,
    load: async () => (await commands()).machines,
  },
  {
    words: ['discovery', 'categories'],
    summary: 'discovered.categories.summary',
    options: [...report, filters],
    load: async () => (await commands()).categories,
  },
  {
    words: ['discovery', 'report', 'show'],
    summary: 'discovered.show.summary',
    options: report,
    load: async () => (await commands()).show,
  },
  {
    words: ['discovery', 'user', 'resolve'],
    summary: 'discovered.resolve.summary',
    operands: [{ name: 'NAME', about: 'discovered.resolve.name' }],
    options: [{ name: 'reason', value: 'TEXT', about: 'discovered.resolve.reason' }],
    load: async () => (await commands()).resolve,
  },
];
