// ClickHouse: what relations and literals need of it, and the settings that the emitted SQL relies on.
import { always, jsonString } from '../../functions/clickhouse/sql.ts';
import type { DialectSql } from '../dialect.ts';
import { addressPattern } from '../text.ts';
import { emptyValue, literalSql, plainType, sqlType } from './representation.ts';
import { patternLiteral, textLiteral } from './text.ts';

/**
 * Settings that the emitted SQL relies on. Whoever runs it sets them with the query.
 * https://clickhouse.com/docs/operations/settings/settings
 */
export const clickhouseSettings: Readonly<Record<string, number>> = {
  // What no row of the other side of a join has is NULL, not the default of its type.
  join_use_nulls: 1,
  // `materialize` is evaluated once.
  enable_materialized_cte: 1,
  // `parse-kv` has as many pairs as a text holds.
  regexp_max_matches_per_row: 1_000_000,
  // The compiler's own limits of a text's length and depth hold before the engine's.
  max_ast_depth: 10_000,
  max_ast_elements: 1_000_000,
  max_expanded_ast_elements: 1_000_000,
  max_parser_depth: 10_000,
  max_query_size: 16_777_216,
  max_subquery_depth: 1_000,
};

export const clickhouse: DialectSql = {
  name: 'clickhouse',
  textLiteral,
  literalSql,
  sqlType,
  emptyValue,
  typedNull: (type) => `CAST(NULL, 'Nullable(${plainType(type)})')`,
  cast: (sql, type) => `CAST(${sql}, '${sqlType(type)}')`,
  exactly: (sql, type) => `CAST(${sql}, '${sqlType(type)}')`,
  truth: (sql) => `CAST(${sql}, 'Nullable(Bool)')`,
  lower: (sql) => `lowerUTF8(${sql})`,
  random: 'rand64()',
  rowCount: (sql) => `toUInt64(greatest(ifNull(${sql}, 0), 0))`,
  valueWhere: (value, condition) => `anyOrNullIf(${value}, ${condition})`,
  distinctTexts: (text) => jsonString(`groupUniqArray(${text})`),
  series: ({ from, to, step }, name, alias) => {
    // In 128 bits, because the distance of two numbers may be more than the largest one.
    const wide = (sql: string): string => `toInt128(assumeNotNull(${sql}))`;
    const hasEnds = [from, to, step].map((each) => `${each} IS NOT NULL`).join(' AND ');
    const steps = `intDiv(${wide(to)} - ${wide(from)}, ${wide(step)})`;
    const isAhead = `(${to} >= ${from}) = (${step} > 0)`;
    const count = `toUInt64(if(${hasEnds} AND ifNull(${isAhead}, false), ${steps} + 1, 0))`;
    const value = `CAST(${wide(from)} + n.number * ${wide(step)}, 'Nullable(Int64)')`;
    return `(select ${value} as ${name} from numbers(${count}) as n) as ${alias}`;
  },
  numbersOfRange: (last) => `select number as i from numbers(toUInt64(greatest(ifNull(${last}, -1) + 1, 0)))`,
  parameter: (place, type) => `{p${place}:${type === 'uuid' ? 'UUID' : 'Int64'}}`,
  // https://clickhouse.com/docs/sql-reference/table-functions/values
  numberedRows: (rows, columns, names, alias) => {
    const types = ['Int64', ...columns.map(({ type }) => sqlType(type))];
    const structure = names.map((name, index) => `${name} ${types[index]}`).join(', ');
    const values = rows.map((row, index) => `(${[String(index), ...row.map(literalSql)].join(', ')})`);
    return `values(${textLiteral(structure)}, ${values.join(', ')}) as ${alias}`;
  },
  captures: {
    all: (text, pattern) => `extractGroups(${text}, ${patternLiteral(pattern)})`,
    one: (captures, index) => `arrayElement(${captures}, ${index + 2})`,
    matches: (captures) => `notEmpty(${captures})`,
    matchesText: null,
  },
  firstGroup: (text, pattern) => `regexpExtract(${text}, ${patternLiteral(pattern)}, 1)`,
  wholeOf: (number) => `CAST(${number}, 'Nullable(Int64)')`,
  unless: (condition, message, value) =>
    `if(throwIf(ifNull(${condition}, false), ${textLiteral(message)}) = 0, ${value}, ${value})`,
  rowsOfRange: (first, end) => `arrayJoin(range(assumeNotNull(${first}), assumeNotNull(${end})))`,
  arrayInOrder: (element, by) =>
    `concat('[', arrayStringConcat(arrayMap("@e" -> "@e".2, arraySort(groupArray((${by}, assumeNotNull(${element}))))), ','), ']')`,
  addressRange: (text) => {
    const groups = `extractGroups(${text}, ${textLiteral(addressPattern)})`;
    const part = (place: number): string => `toInt64OrZero(arrayElement("@g", ${place}))`;
    const number = `(${part(1)} * 16777216 + ${part(2)} * 65536 + ${part(3)} * 256 + ${part(4)})`;
    const size = `bitShiftLeft(toInt64(1), 32 - if(arrayElement("@g", 5) = '', 32, ${part(5)}))`;
    const low = `${number} - ${number} % ${size}`;
    const range = `if(notEmpty("@g"), (${low}, ${low} + ${size} - 1), (NULL, NULL))`;
    const named = 'Tuple(low Nullable(Int64), high Nullable(Int64))';
    return `arrayElement(arrayMap("@g" -> CAST(${range}, '${named}'), [${groups}]), 1)`;
  },
  pairs: {
    groups: (text, pattern, group, map) =>
      `arrayMap("@p" -> ${map(`arrayElement("@p", ${group})`)}, extractAllGroupsVertical(${text}, ${patternLiteral(pattern)}))`,
    value: (keys, values, key) => `arrayFirst(("@v", "@k") -> "@k" = ${textLiteral(key)}, ${values}, ${keys})`,
    unquoted: (text, { open, close }, escaped) =>
      always('q', text, (v) => {
        const inner = `substringUTF8(${v}, 2, lengthUTF8(${v}) - 2)`;
        const meant = escaped === null ? inner : `replaceRegexpAll(${inner}, ${patternLiteral(escaped)}, '\\\\1')`;
        const isQuoted = `lengthUTF8(${v}) > 1 AND startsWith(${v}, ${textLiteral(open)}) AND endsWith(${v}, ${textLiteral(close)})`;
        return `if(${isQuoted}, ${meant}, ${v})`;
      }),
  },
  exactQuotient: (value, by) => `intDiv(${value}, ${by})`,
  clause: (name, text, once) => `${name} as ${once ? 'materialized ' : ''}(${text})`,
};
