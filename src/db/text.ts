import { type Expression, type RawBuilder, sql } from 'kysely';

/**
 * True where the column has `text` in it, taken literally, blind to case. A PostgreSQL database of locale C folds ASCII
 * letters only; there, other letters are found as they are written.
 */
export function containsText(column: Expression<string>, text: string): RawBuilder<boolean> {
  const folded = anywherePattern(text.toLowerCase());
  const foldedInAscii = anywherePattern(text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()));
  const condition = sql<boolean>`lower(${column}) like ${folded} escape '!'`;
  if (foldedInAscii === folded) return condition;
  return sql<boolean>`(${condition} or lower(${column}) like ${foldedInAscii} escape '!')`;
}

function anywherePattern(text: string): string {
  return `%${text.replace(/[!%_]/g, '!$&')}%`;
}
