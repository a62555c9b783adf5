// The scan of activities (cloud-apps reference 2.3): `nextQueryFilters` is the request's filters, bounded by the last
// record's date as documented, with a place in the list beside them, so that records of one millisecond are neither
// repeated nor left out.
import type { ActivityQuery, ListPosition } from '../../activities/activities.ts';
import { daysBefore } from '../../activities/filter-sql.ts';
import { InvalidFilters } from './errors.ts';
import { isPlainObject } from './filter-grammar.ts';
import { parseNumber, shown } from './filter-values.ts';

/** Ours; clients send it back as it came. */
const positionField = 'sallyport.position';

type Sorting = Pick<ActivityQuery, 'sortField' | 'direction'>;

/** Takes the place in the list out of the filters. Throws InvalidFilters when it is none of ours, or of another order. */
export function splitPosition(filters: unknown, sorting: Sorting): { rest: unknown; after: ListPosition | null } {
  if (!isPlainObject(filters) || !Object.hasOwn(filters, positionField)) return { rest: filters, after: null };
  const { [positionField]: position, ...rest } = filters;
  const after = isPlainObject(position) ? decode(position.eq, sorting) : undefined;
  if (!after) throw new InvalidFilters([{ field: positionField, value: shown(position) }]);
  return { rest, after };
}

/** The filters that go on behind `last`. Days counted from now become dates, since now moves on during a scan. */
export function nextQueryFilters(
  filters: unknown,
  sorting: Sorting,
  last: ListPosition,
  now: number,
): Record<string, unknown> {
  const next: Record<string, unknown> = isPlainObject(filters) ? { ...filters } : {};
  for (const field of ['date', 'created']) {
    if (isPlainObject(next[field])) next[field] = withoutDays(next[field], now);
  }
  const bound = sorting.direction === 'asc' ? 'gte' : 'lte';
  const sorted = isPlainObject(next[sorting.sortField]) ? (next[sorting.sortField] as object) : {}; // Checked beside it.
  next[sorting.sortField] = { ...sorted, [bound]: last.time };
  next[positionField] = { eq: encode(last, sorting) };
  return next;
}

function withoutDays(operators: Record<string, unknown>, now: number): Record<string, unknown> {
  const { gte_ndays, lte_ndays, ...rest } = operators;
  const since = timesOf(rest.gte, gte_ndays, now);
  const until = timesOf(rest.lte, lte_ndays, now);
  return {
    ...rest,
    ...(since.length > 0 ? { gte: Math.max(...since) } : {}),
    ...(until.length > 0 ? { lte: Math.min(...until) } : {}),
  };
}

/** The times that a bound and its form in days stand for; both have been parsed before, as a value or a list of one. */
function timesOf(bound: unknown, days: unknown, now: number): number[] {
  const [time, count] = [bound, days].map((each) => parseNumber(Array.isArray(each) ? each[0] : each));
  return [...(time === undefined ? [] : [time]), ...(count === undefined ? [] : [daysBefore(now, count)])];
}

function encode({ time, id }: ListPosition, { sortField, direction }: Sorting): string {
  return Buffer.from(JSON.stringify([sortField, direction, time, id])).toString('base64url');
}

function decode(text: unknown, sorting: Sorting): ListPosition | undefined {
  const single = Array.isArray(text) && text.length === 1 ? text[0] : text;
  if (typeof single !== 'string' || single.length > 4096) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(single, 'base64url').toString('utf8'));
    if (!Array.isArray(parts)) return undefined;
    const [sortField, direction, time, id] = parts;
    const isOurs = sortField === sorting.sortField && direction === sorting.direction;
    return isOurs && Number.isSafeInteger(time) && typeof id === 'string' ? { time, id } : undefined;
  } catch {
    return undefined;
  }
}
