import { type Expression, type SqlBool, sql } from 'kysely';
import type { Config } from '../config.ts';
import { InvalidInput } from '../lib/failures.ts';

/** What every list of the management surface takes. */
export interface PageRequest {
  readonly limit?: number;
  readonly skip?: number;
  readonly sort?: string;
  readonly direction?: 'asc' | 'desc';
}

export interface Page<Sort extends string> {
  readonly limit: number;
  readonly skip: number;
  readonly sort: Sort;
  readonly direction: 'asc' | 'desc';
}

export interface Listed<Item> {
  readonly items: Item[];
  readonly total: number;
}

const pageRows = 50;

/** The page that is asked for, within the limits of the settings; the first of `sorts` is the one without a wish. */
export function parsePage<Sort extends string>(
  config: Config,
  request: PageRequest,
  sorts: readonly [Sort, ...Sort[]],
  direction: 'asc' | 'desc' = 'asc',
): Page<Sort> {
  const limit = request.limit ?? Math.min(pageRows, config.pageRowsMax);
  const skip = request.skip ?? 0;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new InvalidInput('limit', 'A page has at least one item.');
  }
  if (!Number.isInteger(skip) || skip < 0 || skip > config.skipRowsMax) {
    throw new InvalidInput('skip', `A list can be skipped up to ${config.skipRowsMax} items. Search or sort instead.`);
  }
  const sort = request.sort === undefined ? sorts[0] : sorts.find((each) => each === request.sort);
  if (!sort) throw new InvalidInput('sort', `This list sorts by ${sorts.join(', ')}.`);
  // Asking for more than the settings allow gives what they allow: the total says that there is more.
  return { limit: Math.min(limit, config.pageRowsMax), skip, sort, direction: request.direction ?? direction };
}

/**
 * True for texts that contain what was typed, in any case. The databases' lower() knows ASCII only (PostgreSQL's under
 * the C locale), so other letters are compared as typed, in lower and upper case, and with a capital first.
 */
export function contains(column: Expression<string>, typed: string): Expression<SqlBool> {
  const lower = typed.toLowerCase();
  const variants = new Set([typed, lower, typed.toUpperCase(), lower.replace(/^./u, (first) => first.toUpperCase())]);
  // The escape character is named because the two databases differ on the default.
  const like = (text: Expression<string>, wanted: string) =>
    sql<SqlBool>`${text} like ${`%${wanted.replace(/[!%_]/g, '!$&')}%`} escape '!'`;
  const each = [like(sql<string>`lower(${column})`, lower), ...[...variants].map((variant) => like(column, variant))];
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`;
}
