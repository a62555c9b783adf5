// What people keep for hunting: saved queries, watchlists, and how long hunting data stay.
import type { Command, OperandSpec, OptionSpec } from '../command.ts';
import { all, limit, search, yes } from './shared.ts';

const query: OperandSpec = { name: 'NAME', about: 'hunt.saved.name' };
const alias: OperandSpec = { name: 'ALIAS', about: 'watchlist.alias' };
const folder: OptionSpec = { name: 'folder', value: 'FOLDER', about: 'hunt.saved.folder' };

export const savedQueryCommands: readonly Command[] = [
  {
    words: ['hunt', 'saved', 'list'],
    summary: 'hunt.saved.list.summary',
    options: [
      folder,
      { name: 'shared', about: 'hunt.saved.list.shared' },
      { name: 'private', about: 'hunt.saved.list.private' },
      search,
      limit,
      all,
    ],
    load: async () => (await saved()).list,
  },
  {
    words: ['hunt', 'saved', 'show'],
    summary: 'hunt.saved.show.summary',
    operands: [query],
    options: [folder],
    load: async () => (await saved()).show,
  },
  {
    words: ['hunt', 'saved', 'save'],
    summary: 'hunt.saved.save.summary',
    operands: [query, { name: 'QUERY', about: 'hunt.query', optional: true }],
    options: [
      { name: 'file', value: 'FILE', about: 'hunt.file' },
      folder,
      { name: 'description', value: 'TEXT', about: 'hunt.saved.save.description' },
      { name: 'shared', about: 'hunt.saved.save.shared' },
    ],
    examples: [
      'sallyport hunt saved save "Rare parents" --file hunts/rare-parents.kql --folder Processes --shared',
      `sallyport hunt saved save "Today's sign-ins" 'EntraIdSignInEvents | where Timestamp > ago(1d)'`,
    ],
    load: async () => (await saved()).save,
  },
  {
    words: ['hunt', 'saved', 'run'],
    summary: 'hunt.saved.run.summary',
    operands: [query],
    options: [
      folder,
      { name: 'timespan', value: 'P7D|START/END', about: 'hunt.timespan' },
      { name: 'csv', about: 'hunt.csv' },
      { name: 'table', about: 'hunt.table' },
    ],
    examples: ['sallyport hunt saved run "Rare parents" --timespan P7D'],
    load: async () => (await saved()).run,
  },
  {
    words: ['hunt', 'saved', 'share'],
    summary: 'hunt.saved.share.summary',
    operands: [query],
    options: [folder],
    load: async () => (await saved()).share,
  },
  {
    words: ['hunt', 'saved', 'unshare'],
    summary: 'hunt.saved.unshare.summary',
    operands: [query],
    options: [folder],
    load: async () => (await saved()).unshare,
  },
  {
    words: ['hunt', 'saved', 'delete'],
    summary: 'hunt.saved.delete.summary',
    operands: [query],
    options: [folder, yes],
    load: async () => (await saved()).remove,
  },
  {
    words: ['hunt', 'retention', 'show'],
    summary: 'hunt.retention.show.summary',
    load: async () => (await retention()).show,
  },
  {
    words: ['hunt', 'retention', 'set'],
    summary: 'hunt.retention.set.summary',
    options: [
      { name: 'days', value: 'N|none', about: 'hunt.retention.set.days' },
      { name: 'table', value: 'TABLE=N|none', repeated: true, about: 'hunt.retention.set.table' },
    ],
    examples: ['sallyport hunt retention set --days 365 --table DeviceNetworkEvents=30'],
    load: async () => (await retention()).set,
  },
];

export const watchlistCommands: readonly Command[] = [
  {
    words: ['watchlist', 'put'],
    summary: 'watchlist.put.summary',
    operands: [alias, { name: 'FILE', about: 'watchlist.put.file' }],
    options: [
      { name: 'search-key', value: 'COLUMN', about: 'watchlist.put.searchKey' },
      { name: 'description', value: 'TEXT', about: 'watchlist.put.description' },
    ],
    examples: ['sallyport watchlist put vips vips.csv --search-key User'],
    load: async () => (await watchlists()).put,
  },
  { words: ['watchlist', 'list'], summary: 'watchlist.list.summary', load: async () => (await watchlists()).list },
  {
    words: ['watchlist', 'show'],
    summary: 'watchlist.show.summary',
    operands: [alias],
    load: async () => (await watchlists()).show,
  },
  {
    words: ['watchlist', 'delete'],
    summary: 'watchlist.delete.summary',
    operands: [alias],
    options: [yes],
    load: async () => (await watchlists()).remove,
  },
];

const saved = () => import('../commands/saved-query.ts');
const retention = () => import('../commands/hunting-retention.ts');
const watchlists = () => import('../commands/watchlist.ts');
