// Lists of a report as CSV: every row that the filters show, for people and their spreadsheets.
import type { Ctx } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { TooLarge } from '../../lib/failures.ts';
import { type AppQuery, pageApps } from './discovered-apps.ts';
import { type EntityQuery, rowsOfEntities } from './entities.ts';
import { type Asked, getReport, recordExport } from './reports.ts';
import { riskLevelOf, type Traffic } from './usage.ts';

type Cell = string | number | null;

const trafficTitles = ['Total bytes', 'Uploaded bytes', 'Downloaded bytes', 'Transactions', 'Blocked', 'Last used'];

function trafficCells(traffic: Traffic): Cell[] {
  const { totalBytes, uploadedBytes, downloadedBytes, transactions, blocked, lastSeen } = traffic;
  return [totalBytes, uploadedBytes, downloadedBytes, transactions, blocked, isoTime(lastSeen)];
}

/** The lines of a report's apps, the titles first. Throws TooLarge when they are more than an export may have. */
export async function exportApps(
  ctx: Ctx,
  asked: Asked,
  query: Omit<AppQuery, 'skip' | 'limit'>,
): Promise<Iterable<string>> {
  const most = ctx.config.discoveryExportRowsMax;
  const report = await getReport(ctx, asked);
  const { items, total } = await pageApps(ctx, ctx.caller.tenantId, report, { ...query, skip: 0, limit: most });
  requireWhole(total, most);
  await recordExport(ctx, report, 'apps', items.length);
  const titles = ['App', 'Id', 'Category', 'Score', 'Risk', 'Tags', 'Users', 'IP addresses', 'Machines'];
  return linesOf([...titles, ...trafficTitles, 'Domains'], items, (app) => [
    ...[app.name, app.appId, app.category, app.score, riskLevelOf(app.score), app.tags.join('; ')],
    ...[app.users, app.addresses, app.machines],
    ...trafficCells(app),
    app.domains.join('; '),
  ]);
}

const entityTitles = { users: 'User', addresses: 'IP address', machines: 'Machine' } as const;

/** The same of its users, addresses or machines. */
export async function exportEntities(
  ctx: Ctx,
  asked: Asked,
  query: Omit<EntityQuery, 'skip' | 'limit'>,
): Promise<Iterable<string>> {
  const most = ctx.config.discoveryExportRowsMax;
  const report = await getReport(ctx, asked);
  const page = { ...query, skip: 0, limit: most };
  const { rows, total } = await rowsOfEntities(ctx, ctx.caller.tenantId, report, page);
  requireWhole(total, most);
  await recordExport(ctx, report, query.kind, rows.length);
  return linesOf([entityTitles[query.kind], 'Apps', ...trafficTitles], rows, (entity) => [
    ...[entity.name, entity.apps],
    ...trafficCells(entity),
  ]);
}

function requireWhole(total: number, most: number): void {
  if (total <= most) return;
  throw new TooLarge(
    `The export would have ${total} rows, and ${most} is the limit (setting discoveryExportRowsMax). Filter for fewer.`,
  );
}

function* linesOf<Item>(
  titles: readonly string[],
  items: readonly Item[],
  cells: (item: Item) => readonly Cell[],
): Generator<string> {
  yield csvLine(titles);
  for (const item of items) yield csvLine(cells(item));
}

/** RFC 4180. */
function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * What begins like a formula gets an apostrophe in front: a name in a log is whatever somebody sent, and spreadsheets run
 * formulas when they open the file.
 */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^\s*[=+\-@\t\r＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
