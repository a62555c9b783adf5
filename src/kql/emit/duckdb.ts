// DuckDB, the engine of the program itself: what relations and literals need of it.
import type { DialectSql } from './dialect.ts';
import { emptyValue, literalSql, sqlType } from './representation.ts';
import { addressPattern, textLiteral } from './text.ts';

export const duckdb: DialectSql = {
  name: 'duckdb',
  textLiteral,
  literalSql,
  sqlType,
  emptyValue,
  typedNull: (type) => `NULL::${sqlType(type)}`,
  cast: (sql, type) => `${sql}::${sqlType(type)}`,
  exactly: (sql) => sql,
  truth: (sql) => sql,
  lower: (sql) => `lower(${sql})`,
  random: 'random()',
  rowCount: (sql) => `greatest(${sql}, 0)`,
  valueWhere: (value, condition) => `first(${value}) filter (where ${condition})`,
  distinctTexts: (text) => `coalesce(to_json(list(distinct ${text}))::VARCHAR, '[]')`,
  series: ({ from, to, step, holdsQuery }, name, alias) => {
    const series = `generate_series(${from}::BIGINT, ${to}::BIGINT, ${step}::BIGINT)`;
    return holdsQuery ? `(select unnest(${series}) as ${name}) as ${alias}` : `${series} as ${alias}(${name})`;
  },
  numbersOfRange: (last) => `select unnest(range(0, CAST(${last} AS BIGINT) + 1)) as i`,
  parameter: (place, type) => `$${place}::${type === 'uuid' ? 'UUID' : 'BIGINT'}`,
  numberedRows: (rows, _columns, names, alias) => {
    const values = rows.map((row, index) => `(${[String(index), ...row.map(literalSql)].join(', ')})`);
    return `(values ${values.join(', ')}) as ${alias}(${names.join(', ')})`;
  },
  captures: {
    all: (text, pattern, count) => {
      const names = ["'whole'", ...Array.from({ length: count }, (_, index) => `'c${index}'`)].join(', ');
      return `regexp_extract(${text}, ${textLiteral(pattern)}, [${names}])`;
    },
    one: (captures, index) => `${captures}.c${index}`,
    matches: (captures) => `(${captures}.whole <> '')`,
    matchesText: (text, pattern) => `regexp_matches(${text}, ${textLiteral(pattern)})`,
  },
  firstGroup: (text, pattern) => `regexp_extract(${text}, ${textLiteral(pattern)}, 1)`,
  wholeOf: (number) => `CAST(${number} AS BIGINT)`,
  unless: (condition, message, value) =>
    `CASE WHEN ${condition} THEN CAST(error(${textLiteral(message)}) AS BIGINT) ELSE ${value} END`,
  rowsOfRange: (first, end) => `unnest(range(${first}, ${end}))`,
  arrayInOrder: (element, by) => `'[' || string_agg(${element}, ',' order by ${by}) || ']'`,
  addressRange: (text) => {
    const groups = `regexp_extract(${text}, '${addressPattern}', ['a', 'b', 'c', 'd', 'p'])`;
    const number = `(g.a::BIGINT * 16777216 + g.b::BIGINT * 65536 + g.c::BIGINT * 256 + g.d::BIGINT)`;
    const size = `(1::BIGINT << (32 - CASE WHEN g.p = '' THEN 32 ELSE g.p::INTEGER END))`;
    const low = `${number} - ${number} % ${size}`;
    const range = `struct_pack(low := ${low}, high := ${low} + ${size} - 1)`;
    return `list_transform([${groups}], lambda g: CASE WHEN g.a <> '' THEN ${range} END)[1]`;
  },
  pairs: {
    groups: (text, pattern, group, map) =>
      `list_transform(regexp_extract_all(${text}, ${textLiteral(pattern)}, ${group}), lambda p: ${map('p')})`,
    value: (keys, values, key) => `coalesce(${values}[list_position(${keys}, ${textLiteral(key)})], '')`,
    unquoted: (text, { open, close }, escaped) => {
      const inner = 'v[2:-2]';
      const meant = escaped === null ? inner : `regexp_replace(${inner}, ${textLiteral(escaped)}, '\\1', 'g')`;
      const isQuoted = `length(v) > 1 AND starts_with(v, ${textLiteral(open)}) AND ends_with(v, ${textLiteral(close)})`;
      return `list_transform([${text}], lambda v: CASE WHEN ${isQuoted} THEN ${meant} ELSE v END)[1]`;
    },
  },
  exactQuotient: (value, by) => `${value} // ${by}`,
  clause: (name, text, once) => `${name} as ${once ? 'materialized ' : ''}(${text})`,
};
