// Reports of discovered apps on the command line; and the user behind an anonymous name.
import { at, type Query } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { doAndSay, findListed, isId, showBlock, showList, when } from '../show.ts';
import { type Column, tableLines } from '../table.ts';
import type { TextKey } from '../text.ts';
import { printable } from '../width.ts';
import type { WireDiscoveredApp, WireDiscoveredEntity, WireReportOverview } from '../wire.ts';
import { categoryText } from './discovery-app.ts';

type Traffic = Pick<WireDiscoveredApp, 'totalBytes' | 'uploadedBytes' | 'transactions' | 'lastSeen'>;

/** The path of the report that --report names by id or name; the global view without it. */
async function reportPath(call: Call): Promise<string> {
  const named = call.option('report');
  if (named === undefined) return '/discovery/reports/global';
  if (isId(named)) return at`/discovery/reports/${named}`;
  const { id } = await findListed<{ readonly id: string; readonly name: string }>(call, '/discovery/reports', named);
  return at`/discovery/reports/${id}`;
}

function queryOf(call: Call): Query {
  return { days: call.option('days'), filters: call.option('filters'), sort: call.option('sort') };
}

async function list<Item>(call: Call, name: string, columns: readonly Column<Item>[]): Promise<ExitCode> {
  const path = `${await reportPath(call)}/${name}`;
  if (!call.flag('csv')) {
    await showList<Item>(call, { path, query: queryOf(call), columns });
    return exitCodes.ok;
  }
  if (call.isJson) throw new CliProblem(exitCodes.usage, 'usage', call.t('discovered.oneForm'));
  call.terminal.out(await call.api().text(`${path}/csv`, queryOf(call)));
  return exitCodes.ok;
}

function trafficColumns<Item extends Traffic>(call: Call): readonly Column<Item>[] {
  const { t } = call;
  return [
    { heading: t('discovered.traffic'), cell: ({ totalBytes }) => bytesText(totalBytes) },
    { heading: t('discovered.uploaded'), cell: ({ uploadedBytes }) => bytesText(uploadedBytes) },
    { heading: t('discovered.transactions'), cell: ({ transactions }) => String(transactions) },
    { heading: t('discovered.lastUsed'), cell: ({ lastSeen }) => when(call, lastSeen) },
  ];
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `12.3 MB`, in units of a thousand. */
export function bytesText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

export async function apps(call: Call): Promise<ExitCode> {
  const { t } = call;
  return await list<WireDiscoveredApp>(call, 'apps', [
    { heading: t('table.name'), cell: ({ name }) => name },
    { heading: t('table.appId'), cell: ({ appId }) => String(appId) },
    { heading: t('cloudApp.score'), cell: ({ score }) => (score === null ? '-' : String(score)) },
    { heading: t('discovered.users.title'), cell: ({ users: count }) => String(count) },
    { heading: t('discovered.addresses.title'), cell: ({ addresses: count }) => String(count) },
    ...trafficColumns<WireDiscoveredApp>(call),
    { heading: t('cloudApp.tagsOf'), cell: ({ tags }) => tags.join(', ') },
  ]);
}

async function entities(call: Call, name: 'users' | 'addresses' | 'machines'): Promise<ExitCode> {
  const { t } = call;
  return await list<WireDiscoveredEntity>(call, name, [
    { heading: t(`discovered.${name}.one`), cell: (each) => each.name },
    { heading: t('discovered.apps.title'), cell: (each) => String(each.apps) },
    ...trafficColumns<WireDiscoveredEntity>(call),
    { heading: t('discovered.topApps'), cell: ({ topApps }) => topApps.map((each) => each.name).join(', ') },
  ]);
}

export async function users(call: Call): Promise<ExitCode> {
  return await entities(call, 'users');
}

export async function addresses(call: Call): Promise<ExitCode> {
  return await entities(call, 'addresses');
}

export async function machines(call: Call): Promise<ExitCode> {
  return await entities(call, 'machines');
}

export async function categories(call: Call): Promise<ExitCode> {
  const { t } = call;
  await showList<{ readonly id: string; readonly total: number }>(call, {
    path: `${await reportPath(call)}/categories`,
    query: { days: call.option('days'), filters: call.option('filters') },
    columns: [
      { heading: t('cloudApp.categoryOf'), cell: ({ id }) => categoryText(id) },
      { heading: t('discovered.apps.title'), cell: ({ total }) => String(total) },
    ],
  });
  return exitCodes.ok;
}

const riskNames: Readonly<Record<WireReportOverview['risks'][number]['level'], TextKey>> = {
  high: 'discovered.risks.high',
  medium: 'discovered.risks.medium',
  low: 'discovered.risks.low',
  unknown: 'discovered.risks.unknown',
};

/** What the report comes to, by risk, and day by day. */
export async function show(call: Call): Promise<ExitCode> {
  const query = { days: call.option('days') };
  const overview = await call.api().call<WireReportOverview>('GET', `${await reportPath(call)}/overview`, { query });
  const { totals, risks, days } = overview;
  showBlock(call, overview, [
    ['discovered.apps.title', String(totals.apps)],
    ['discovered.users.title', String(totals.users)],
    ['discovered.addresses.title', String(totals.addresses)],
    ['discovered.machines.title', String(totals.machines)],
    ['discovered.traffic', bytesText(totals.totalBytes)],
    ['discovered.uploaded', bytesText(totals.uploadedBytes)],
    ['discovered.transactions', String(totals.transactions)],
    ['discovered.lastUsed', when(call, totals.lastSeen)],
    ...risks.map(
      ({ level, apps: count, totalBytes }) => [riskNames[level], `${count} (${bytesText(totalBytes)})`] as const,
    ),
  ]);
  if (call.isJson || days.length === 0) return exitCodes.ok;
  const columns: readonly Column<WireReportOverview['days'][number]>[] = [
    { heading: call.t('discovered.day'), cell: ({ day }) => day.slice(0, 10) },
    { heading: call.t('discovered.traffic'), cell: ({ totalBytes }) => bytesText(totalBytes) },
    { heading: call.t('discovered.uploaded'), cell: ({ uploadedBytes }) => bytesText(uploadedBytes) },
    { heading: call.t('discovered.transactions'), cell: ({ transactions }) => String(transactions) },
  ];
  call.say('');
  for (const line of tableLines(columns, days)) call.say(line);
  return exitCodes.ok;
}

export async function resolve(call: Call): Promise<ExitCode> {
  const reason = call.option('reason');
  if (reason === undefined) throw new CliProblem(exitCodes.usage, 'usage', call.t('discovered.resolve.noReason'));
  const body = { name: call.operand('NAME'), reason };
  const path = '/discovery/names/resolve';
  if (call.isJson) await doAndSay(call, { method: 'POST', path, options: { body } }, '');
  else call.say(printable((await call.api().call<{ readonly userName: string }>('POST', path, { body })).userName));
  return exitCodes.ok;
}
