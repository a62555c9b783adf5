// The only ways by which text of a query becomes text of SQL: a string literal that cannot be left, a quoted name, and
// numbers printed from numbers.

/**
 * A name in SQL of both dialects, quoted. Names come from the query, so a quote inside is doubled; NUL would end the
 * statement's text, and a backslash is an escape to ClickHouse only: `sqlNames` lets none through.
 */
export function quotedName(name: string): string {
  if (/[\0\\]/.test(name)) throw new RangeError('A column name in SQL cannot hold NUL or a backslash.');
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

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';

/** An IPv4 address, or a network with its prefix: a group for each octet and one for the prefix. */
export const addressPattern = `^${octet}\\.${octet}\\.${octet}\\.${octet}(?:/(3[0-2]|[12]?[0-9]))?$`;
