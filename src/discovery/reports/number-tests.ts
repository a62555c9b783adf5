// The filter grammar's operators on numbers, for what is filtered in memory and for what the event store filters.
import type { FilterTest } from '../../activities/filters.ts';
import { and, or, type Sql, sql } from '../../events/sql.ts';
import { dayMs } from '../../lib/clock.ts';

type Order = 'gt' | 'gte' | 'lt' | 'lte';

/** A bound, or several of which one must hold: everything that the operators on numbers come to. */
type Bounds =
  | { readonly kind: 'order'; readonly order: Order; readonly than: number }
  | { readonly kind: 'among'; readonly values: readonly number[]; readonly isNegated: boolean }
  | { readonly kind: 'between'; readonly ranges: readonly { start: number | null; end: number | null }[] };

function boundsOf(test: FilterTest, now: number): Bounds {
  switch (test.operator) {
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { kind: 'order', order: test.operator, than: test.time };
    // "Later" and "earlier" than so many days ago (cloud-apps reference 2.2).
    case 'gte_ndays':
      return { kind: 'order', order: 'gte', than: now - Math.round(test.days * dayMs) };
    case 'lte_ndays':
      return { kind: 'order', order: 'lte', than: now - Math.round(test.days * dayMs) };
    case 'range':
      return { kind: 'between', ranges: test.ranges };
    case 'eq':
    case 'neq': {
      const values = test.values.filter((value) => typeof value === 'number');
      return { kind: 'among', values, isNegated: test.operator === 'neq' };
    }
    default:
      throw new Error(`${test.operator} is no operator of numbers.`);
  }
}

const compare: Readonly<Record<Order, (left: number, right: number) => boolean>> = {
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
};

/** Null, which is no number, meets no condition but `neq`. */
export function numberTest(test: FilterTest, now: number): (value: number | null) => boolean {
  const bounds = boundsOf(test, now);
  switch (bounds.kind) {
    case 'order':
      return (value) => value !== null && compare[bounds.order](value, bounds.than);
    case 'among':
      return (value) => (value !== null && bounds.values.includes(value)) !== bounds.isNegated;
    case 'between':
      return (value) =>
        value !== null &&
        bounds.ranges.some(({ start, end }) => (start === null || value >= start) && (end === null || value <= end));
  }
}

const orderSql: Readonly<Record<Order, (left: Sql, right: number) => Sql>> = {
  gt: (left, right) => sql`${left} > ${right}`,
  gte: (left, right) => sql`${left} >= ${right}`,
  lt: (left, right) => sql`${left} < ${right}`,
  lte: (left, right) => sql`${left} <= ${right}`,
};

/** The same on a column or sum that always holds a number. */
export function numberSql(value: Sql, test: FilterTest, now: number): Sql {
  const bounds = boundsOf(test, now);
  switch (bounds.kind) {
    case 'order':
      return orderSql[bounds.order](value, bounds.than);
    case 'among': {
      const isOne = or(bounds.values.map((each) => sql`${value} = ${each}`));
      return bounds.isNegated ? sql`not (${isOne})` : isOne;
    }
    case 'between':
      return or(
        bounds.ranges.map(({ start, end }) =>
          and([
            ...(start === null ? [] : [sql`${value} >= ${start}`]),
            ...(end === null ? [] : [sql`${value} <= ${end}`]),
          ]),
        ),
      );
  }
}
