// A case of `kql test` is a folder:
//
//   query.kql                the query
//   <Table>.json, .ndjson    records of that table; events.json, events.ndjson: records that name theirs, as exports have them
//   <alias>.watchlist.csv    a watchlist; its first column is the search key
//   expected.json            the rows that it must find, as objects; columns that no row names are not compared
//   test.json                if it is there: {"now": time, "timespan": ISO 8601, "ordered": true}
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Column } from '../../../kql/ir.ts';
import { parseIsoTime } from '../../../lib/clock.ts';
import { formatTicks, parseTicks } from '../../../lib/ticks.ts';

type Row = Readonly<Record<string, unknown>>;

export interface KqlCase {
  readonly query: string;
  readonly records: readonly { readonly table: string | undefined; readonly value: unknown }[];
  readonly watchlists: readonly { readonly alias: string; readonly csv: string }[];
  readonly expected: readonly Row[];
  readonly isOrdered: boolean;
  readonly now: number | undefined;
  readonly timespan: string | undefined;
}

const queryFile = 'query.kql';
const [expectedFile, settingsFile, namedRecords] = ['expected.json', 'test.json', 'events'];
const depthMax = 8;

/** Folders with a query in them, the folder itself and those below it, by name. */
export function findCases(folder: string, depth = 0): string[] {
  const own = existsSync(join(folder, queryFile)) ? [folder] : [];
  if (depth >= depthMax) return own;
  const below = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory());
  return [...own, ...below.flatMap((path) => findCases(path, depth + 1))];
}

/** The case in a folder, or a sentence about what is wrong with it. */
export function readCase(folder: string): KqlCase | { readonly problem: string } {
  try {
    return parseCase(folder);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function parseCase(folder: string): KqlCase {
  const expected = parseFile(join(folder, expectedFile));
  if (!Array.isArray(expected) || !expected.every(isRow))
    throw new Error(`${expectedFile}: it must be a list of rows.`);
  const settings = existsSync(join(folder, settingsFile)) ? parseFile(join(folder, settingsFile)) : {};
  if (!isRow(settings)) throw new Error(`${settingsFile}: it must be a JSON object.`);
  const strange = Object.keys(settings).find((name) => !['now', 'timespan', 'ordered'].includes(name));
  if (strange !== undefined)
    throw new Error(`${settingsFile}: there is no ${strange}; there are now, timespan, ordered.`);
  const { now, timespan, ordered } = settings;
  return {
    query: readFileSync(join(folder, queryFile), 'utf8').replace(/^\ufeff/, ''),
    records: recordsIn(folder),
    watchlists: watchlistsIn(folder),
    expected,
    isOrdered: ordered === true,
    now: now === undefined ? undefined : timeOf(now),
    timespan: typeof timespan === 'string' ? timespan : undefined,
  };
}

function timeOf(value: unknown): number {
  const time = typeof value === 'string' ? parseIsoTime(value) : undefined;
  if (time === undefined)
    throw new Error(`${settingsFile}: now must be a time with its zone, such as 2027-01-31T09:00:00Z.`);
  return time;
}

function recordsIn(folder: string): KqlCase['records'] {
  const files = readdirSync(folder).sort();
  return files.flatMap((name): KqlCase['records'] => {
    const [table, kind] = [basename(name, extname(name)), extname(name)];
    if (![expectedFile, settingsFile].includes(name) && ['.json', '.ndjson'].includes(kind)) {
      const values = kind === '.json' ? [parseFile(join(folder, name))] : parseLines(join(folder, name));
      return values.map((value) => ({ table: table === namedRecords ? undefined : table, value }));
    }
    return [];
  });
}

function watchlistsIn(folder: string): KqlCase['watchlists'] {
  return readdirSync(folder).flatMap((name) => {
    const [, alias] = /^(.+)\.watchlist\.csv$/.exec(name) ?? [];
    return alias === undefined ? [] : [{ alias, csv: readFileSync(join(folder, name), 'utf8') }];
  });
}

function parseFile(path: string): unknown {
  return parse(readFileSync(path, 'utf8'), basename(path));
}

function parseLines(path: string): unknown[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [parse(line, `${basename(path)}:${index + 1}`)]));
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Rows that are told of at most. */
const toldMax = 20;

/** What was found and not expected, and the other way round; sentences. Their order counts only where the case says so. */
export function differencesIn(
  { expected, isOrdered }: KqlCase,
  columns: readonly Column[],
  found: readonly Row[],
): readonly string[] {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const compared = [...new Set(expected.flatMap((row) => Object.keys(row)))];
  const strange = compared.filter((name) => !types.has(name));
  if (strange.length > 0) {
    return [`The query has no column ${strange.join(', ')}; it has ${[...types.keys()].join(', ')}.`];
  }
  const textOf = (row: Row): string =>
    JSON.stringify(Object.fromEntries(compared.map((name) => [name, plain(row[name], types.get(name))])));
  const wanted = expected.map(textOf);
  const given = found.map(textOf);
  const missing = without(wanted, given);
  const more = without(given, wanted);
  const differences = [
    ...missing.map((row) => `expected, not found: ${row}`),
    ...more.map((row) => `found, not expected: ${row}`),
  ];
  if (differences.length > toldMax) {
    return [...differences.slice(0, toldMax), `and ${differences.length - toldMax} more differences`];
  }
  const isMoved = differences.length === 0 && isOrdered && wanted.some((row, index) => row !== given[index]);
  return isMoved ? ['The rows are right, but in another order.'] : differences;
}

/** What is in one list and not in the other, as often as it is. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const each of others) counts.set(each, (counts.get(each) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}

/** Times as they are written with the fewest digits, members of objects in one order, and a missing value is null. */
function plain(value: unknown, type: Column['type'] | undefined): unknown {
  if (value === undefined || value === null) return type === 'string' ? '' : null;
  if (type === 'datetime' && typeof value === 'string') {
    const ticks = parseTicks(value);
    return ticks === undefined ? value : formatTicks(ticks);
  }
  return sorted(value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRow(value)) return value;
  const members = Object.keys(value).sort();
  return Object.fromEntries(members.map((name) => [name, sorted(value[name])]));
}
