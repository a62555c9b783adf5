import { type Expression, type SqlBool, sql } from 'kysely';
import type { TextCondition, TextTerm } from '../lib/text-condition.ts';
import { containsText } from './text.ts';

/** The condition as SQL, where `term` says what a test of one property is. */
export function conditionSql<Name extends string>(
  condition: TextCondition<Name>,
  term: (term: TextTerm<Name>) => Expression<SqlBool>,
): Expression<SqlBool> {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      if (condition.of.length === 0) return condition.kind === 'all' ? sql<SqlBool>`1 = 1` : sql<SqlBool>`1 = 0`;
      const parts = condition.of.map((each) => conditionSql(each, term));
      return sql<SqlBool>`(${sql.join(parts, condition.kind === 'all' ? sql` and ` : sql` or `)})`;
    }
    case 'not':
      return sql<SqlBool>`not (${conditionSql(condition.of, term)})`;
    default:
      return term(condition);
  }
}

/** A test of a column; lists are stored as JSON of texts. Case counts in letters other than ASCII's only. */
export function termSql<Name extends string>(
  term: TextTerm<Name>,
  column: (property: Name) => Expression<string>,
): Expression<SqlBool> {
  const ref = column(term.property);
  switch (term.kind) {
    case 'equals':
      if (term.oneOf.length === 0) return sql<SqlBool>`1 = 0`;
      return sql<SqlBool>`lower(${ref}) in (${sql.join(term.oneOf.map((text) => sql`lower(${text})`))})`;
    case 'startsWith':
      return sql<SqlBool>`lower(${ref}) like lower(${`${term.text.replace(/[!%_]/g, '!$&')}%`}) escape '!'`;
    case 'hasEntry':
      return containsText(ref, JSON.stringify(term.entry));
  }
}
