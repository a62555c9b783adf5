// The only ways by which text of a query becomes text of SQL for ClickHouse. Its literals know escapes that begin with a
// backslash: https://clickhouse.com/docs/sql-reference/syntax#string

/**
 * A string as a literal that is safe anywhere. Quotes are doubled and never escaped, so that a reader who knows doubled
 * quotes only finds the literal's end as well; a backslash is one by being doubled, and NUL has an escape of its own. A lone
 * surrogate has no form in UTF-8 and becomes U+FFFD.
 */
export function textLiteral(text: string): string {
  return `'${text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\0', '\\0').replaceAll("'", "''")}'`;
}

/** A regular expression. A dot is no line break unless its flags say so; to the engine it would be one. */
export function patternLiteral(pattern: string): string {
  return textLiteral(`(?-s)${pattern}`);
}

/** A whole number, typed: without its type a literal has the smallest one that holds it, and unsigned where it can. */
export function integerLiteral(value: bigint, type: 'Int32' | 'Int64' | 'Int128'): string {
  return `to${type}(${value})`;
}

/** A number of double precision: the shortest digits that read back as the same number. */
export function realLiteral(value: number): string {
  if (!Number.isFinite(value)) return `toFloat64('${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}')`;
  return `toFloat64(${Object.is(value, -0) ? '-0.0' : exponential(value)})`;
}

/** With an exponent, without which a whole number would be read as one, and lose digits when it is long. */
function exponential(value: number): string {
  const digits = String(value);
  return digits.includes('e') ? digits : `${digits}e0`;
}
