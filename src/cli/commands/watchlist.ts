// Watchlists of the organisation, which its hunting queries read as tables.
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { openSource } from '../ingest/source.ts';
import { doAndSay, showBlock, showList, when } from '../show.ts';
import { tableLines } from '../table.ts';
import type { WireWatchlist, WireWatchlistRows } from '../wire.ts';

const rowsShown = 10;

export async function put(call: Call): Promise<ExitCode> {
  const alias = call.operand('ALIAS');
  const searchKey = call.option('search-key');
  if (searchKey === undefined) throw new CliProblem(exitCodes.usage, 'usage', call.t('watchlist.put.noSearchKey'));
  const description = call.option('description');
  const source = await openSource(call.operand('FILE'), call.terminal.input, 'csv');
  const query = new URLSearchParams({ searchKey, ...(description === undefined ? {} : { description }) });
  const form = { method: 'PUT', type: 'text/csv' } as const;
  const path = `${at`/watchlists/${alias}`}?${query}`;
  const watchlist = await call.api().upload<WireWatchlist>(path, source.text, form);
  const damage = source.damage();
  if (damage !== undefined) throw new CliProblem(exitCodes.failed, 'damaged', damage);
  if (call.isJson) call.json(watchlist);
  else call.say(call.t('watchlist.put.done', { alias: watchlist.alias, count: watchlist.rowCount }));
  return exitCodes.ok;
}

export async function list(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<WireWatchlist>(call, {
    path: '/watchlists',
    columns: [
      { heading: t('watchlist.alias'), cell: ({ alias }) => alias },
      { heading: t('watchlist.rows'), cell: ({ rowCount }) => String(rowCount) },
      { heading: t('watchlist.searchKey'), cell: ({ searchKey }) => searchKey },
      { heading: t('watchlist.columns'), cell: ({ columns }) => columns.join(', ') },
      { heading: t('watchlist.changed'), cell: ({ changedAt }) => when(call, changedAt) },
      { heading: t('table.description'), cell: ({ description }) => description },
    ],
  });
  return exitCodes.ok;
}

/** What it is, and its first rows. */
export async function show(call: Call): Promise<ExitCode> {
  const path = at`/watchlists/${call.operand('ALIAS')}`;
  const watchlist = await call.api().call<WireWatchlist>('GET', path);
  const rows = await call.api().call<WireWatchlistRows>('GET', `${path}/rows`, { query: { limit: rowsShown } });
  if (call.isJson) {
    call.json({ ...watchlist, rows: rows.items });
    return exitCodes.ok;
  }
  showBlock(call, watchlist, [
    ['watchlist.alias', watchlist.alias],
    ['table.description', watchlist.description],
    ['watchlist.searchKey', watchlist.searchKey],
    ['watchlist.rows', String(watchlist.rowCount)],
    ['watchlist.changed', `${when(call, watchlist.changedAt)} ${watchlist.changedBy}`],
  ]);
  call.say('');
  const columns = rows.columns.map((heading, index) => ({
    heading,
    cell: (row: readonly string[]) => row[index] ?? '',
  }));
  for (const line of tableLines(columns, rows.items)) call.say(line);
  return exitCodes.ok;
}

export async function remove(call: Call): Promise<ExitCode> {
  const alias = call.operand('ALIAS');
  await confirm(call, call.t('watchlist.delete.question', { alias }));
  const request = { method: 'DELETE', path: at`/watchlists/${alias}` };
  await doAndSay(call, request, call.t('watchlist.delete.done', { alias }));
  return exitCodes.ok;
}
