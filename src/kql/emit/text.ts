// The only ways by which text of a query becomes text of SQL: a string literal that cannot be left, a quoted name, and
// numbers printed from numbers.

/** A name in SQL, quoted. Names come from the query, so a quote inside is doubled; NUL would end the statement's text. */
export function quotedName(name: string): string {
  if (name.includes('\0')) throw new RangeError('A column name cannot hold the character NUL.');
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A string as a literal that is safe anywhere. Quotes are doubled, which is all that a standard literal needs (a backslash
 * is a character like others); NUL cannot stand in the statement's text and is put in by `chr(0)`. A lone surrogate has no
 * form in UTF-8 and becomes U+FFFD, as the driver would make it.
 */
export function textLiteral(text: string): string {
  const parts = text
    .toWellFormed()
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`);
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : `(${parts.join(' || chr(0) || ')})`;
}

/** A whole number of 32, 64 or 128 bits, typed. */
export function integerLiteral(value: bigint, type: 'INTEGER' | 'BIGINT' | 'HUGEINT'): string {
  return value < 0n ? `(${value})::${type}` : `${value}::${type}`;
}

/** A number of double precision: the shortest digits that read back as the same number. */
export function realLiteral(value: number): string {
  if (!Number.isFinite(value)) return `'${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}'::DOUBLE`;
  const digits = Object.is(value, -0) ? '-0' : String(value);
  const text = digits.includes('e') ? digits : `${digits}e0`;
  return text.startsWith('-') ? `(${text})` : text;
}
