// What lists of machines and of machine actions can be asked for. Surfaces translate their filter language into it.
import { type Expression, type SqlBool, sql } from 'kysely';
import { containsText } from '../db/text.ts';

export type Order = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne';
export type TextMatch = 'startswith' | 'endswith' | 'contains';

/** `Name` is a column of the table; texts count in any case. */
export type RowCondition<Name extends string = string> =
  | { readonly kind: 'all' | 'any'; readonly of: readonly RowCondition<Name>[] }
  | { readonly kind: 'not'; readonly of: RowCondition<Name> }
  /** The text is one of these; null stands for none. */
  | { readonly kind: 'text'; readonly column: Name; readonly oneOf: readonly (string | null)[] }
  | { readonly kind: 'match'; readonly column: Name; readonly how: TextMatch; readonly text: string }
  /** A number, or ticks of a time. */
  | { readonly kind: 'order'; readonly column: Name; readonly order: Order; readonly value: number | bigint }
  /** The list in the column has this entry. */
  | { readonly kind: 'entry'; readonly column: Name; readonly entry: string };

const operators = { gt: '>', ge: '>=', lt: '<', le: '<=', eq: '=', ne: '<>' } as const satisfies Record<Order, string>;

/** True or false for every row, never null, so that `not` means what it says. Every value is bound. */
export function rowConditionSql(condition: RowCondition): Expression<SqlBool> {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      if (condition.of.length === 0) return condition.kind === 'all' ? sql<SqlBool>`1 = 1` : sql<SqlBool>`1 = 0`;
      return sql<SqlBool>`(${sql.join(condition.of.map(rowConditionSql), condition.kind === 'all' ? sql` and ` : sql` or `)})`;
    }
    case 'not':
      return sql<SqlBool>`not (${rowConditionSql(condition.of)})`;
    case 'text': {
      const ref = sql.ref(condition.column);
      const texts = condition.oneOf.filter((text) => text !== null && isStorable(text));
      const parts = [
        ...(texts.length > 0
          ? [sql`(${ref} is not null and lower(${ref}) in (${sql.join(texts.map((text) => sql`lower(${text})`))}))`]
          : []),
        ...(condition.oneOf.includes(null) ? [sql`${ref} is null`] : []),
      ];
      return parts.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`(${sql.join(parts, sql` or `)})`;
    }
    case 'match': {
      if (!isStorable(condition.text)) return sql<SqlBool>`1 = 0`;
      const ref = sql.ref(condition.column);
      return sql<SqlBool>`(${ref} is not null and lower(${ref}) like lower(${pattern(condition.how, condition.text)}) escape '!')`;
    }
    case 'order': {
      const ref = sql.ref(condition.column);
      return sql<SqlBool>`(${ref} is not null and ${ref} ${sql.raw(operators[condition.order])} ${condition.value})`;
    }
    case 'entry':
      return containsText(sql.ref(condition.column), JSON.stringify(condition.entry.toLowerCase()));
  }
}

/** PostgreSQL stores no U+0000, and refuses to look for it. */
function isStorable(text: string): boolean {
  return !text.includes('\0');
}

function pattern(how: TextMatch, text: string): string {
  const escaped = text.replace(/[!%_]/g, '!$&');
  return `${how === 'startswith' ? '' : '%'}${escaped}${how === 'endswith' ? '' : '%'}`;
}
