// Values from one type to another, and the `to…` functions, as ClickHouse says them; what they mean stands with DuckDB's.
// The engine may compute a branch that it does not take, so what would be an error on other values is made harmless itself:
// text by the functions that end in OrNull, numbers by being replaced before they are cast.

import { plainType } from '../../emit/clickhouse/representation.ts';
import type { KqlType } from '../../ir.ts';
import { converting, ofText, type TextReaders } from '../converting.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import {
  isArray,
  isJson,
  isJsonString,
  isObject,
  jsonString,
  keepingReals,
  once,
  operand,
  orEmptyText,
  refuse,
  regexGroup,
  textOfJson,
} from './sql.ts';
import { datetimeText, parseDatetimeSql, parseTimespanSql, timespanText } from './times.ts';

/** The operand as a string: of a dynamic value its unquoted text, '' for null of any type. Never NULL. */
export function asText({ sql, type }: Operand, call: Call): string {
  switch (type) {
    case 'string':
      return sql;
    case 'dynamic':
      return textOfJson(orEmptyText(sql));
    case 'bool':
      return once('b', [sql], (b) => `multiIf(${b}, 'True', NOT ${b}, 'False', '')`);
    case 'real':
      return orEmptyText(realText(sql));
    case 'datetime':
      return orEmptyText(datetimeText(sql));
    case 'timespan':
      return orEmptyText(timespanText(sql));
    case 'decimal':
      return refuse(`${call.name} of a decimal`, call);
    case 'int':
    case 'long':
      return orEmptyText(`toString(${sql})`);
    case 'guid':
      return orEmptyText(sql);
  }
}

/**
 * As .NET prints it: `1.0`, `1E+21`, `NaN`. The engine prints the same digits, but moves the point at other sizes: with an
 * exponent below 1e-6 and from 1e21 on, where it should be below 1e-4 and from 1e16 on. NULL for null.
 */
export function realText(sql: string): string {
  return once('r', [sql], (r) => {
    const special = `${r} IS NULL, NULL, isNaN(${r}), 'NaN', isInfinite(${r}), if(${r} > 0, 'Infinity', '-Infinity')`;
    const plain = `if(position(toString(${r}), '.') > 0, toString(${r}), concat(toString(${r}), '.0'))`;
    const isPlain = `${r} = 0 OR (abs(${r}) >= 1e-4 AND abs(${r}) < 1e16)`;
    return `multiIf(${special}, ${isPlain}, ${plain}, concat(if(${r} < 0, '-', ''), ${exponential(`toString(abs(${r}))`)}))`;
  });
}

/** Digits of a positive number that is below 1e-4 or at least 1e16, in any of the engine's forms, as `1.5E-05`. */
function exponential(sql: string): string {
  return once('f', [sql], (f) => {
    const mantissa = `splitByChar('e', ${f})[1]`;
    const digits = `replaceRegexpOne(replaceRegexpOne(replaceAll(${mantissa}, '.', ''), '^0+', ''), '0+$', '')`;
    const own = `toInt64OrZero(splitByChar('e', ${f})[2])`;
    // Places before the point without the first digit; below 1 the zeros after it count down.
    const point = `if(startsWith(${f}, '0.'), -toInt64(length(regexpExtract(${f}, '^0\\\\.(0*)', 1))) - 1, toInt64(length(splitByChar('.', ${mantissa})[1])) - 1)`;
    return applied(digits, `${own} + ${point}`);
  });
}

function applied(digits: string, exponent: string): string {
  const fraction = `if(length("@f1") > 1, concat('.', substring("@f1", 2)), '')`;
  const sign = `if("@f2" < 0, 'E-', 'E+')`;
  const text = `concat(substring("@f1", 1, 1), ${fraction}, ${sign}, if(abs("@f2") < 10, '0', ''), toString(abs("@f2")))`;
  return `arrayElement(arrayMap(("@f1", "@f2") -> ${text}, [ifNull(${digits}, '')], [ifNull(${exponent}, 0)]), 1)`;
}

/** A number as JSON has it: a real is told from a whole number by its point. NULL for null, infinity and NaN. */
function realJson(sql: string): string {
  return once('r', [sql], (r) => `if(match(toString(${r}), '[.e]'), toString(${r}), concat(toString(${r}), '.0'))`);
}

/** The operand as a dynamic value: JSON text, NULL for null. */
export function asDynamic({ sql, type }: Operand, call: Call): string {
  switch (type) {
    case 'dynamic':
      return sql;
    case 'string':
      return jsonString(sql);
    case 'bool':
      return once('b', [sql], (b) => `multiIf(${b}, 'true', NOT ${b}, 'false', NULL)`);
    case 'int':
    case 'long':
      return `toString(${sql})`;
    case 'real':
      return once('r', [sql], (r) => `if(isFinite(${r}), ${realJson(r)}, concat('"', ${realText(r)}, '"'))`);
    case 'datetime':
      return `concat('"', ${datetimeText(sql)}, '"')`;
    case 'timespan':
      return `concat('"', ${timespanText(sql)}, '"')`;
    case 'guid':
      return `concat('"', ${sql}, '"')`;
    case 'decimal':
      return refuse(`${call.name} of a decimal`, call);
  }
}

/** As an element of a JSON array or a value of an object: null is the JSON null. */
export function asElement(value: Operand, call: Call): string {
  const json = asDynamic(value, call);
  return value.type === 'string' ? json : `ifNull(${json}, 'null')`;
}

/** Text that is a whole number in KQL's syntax: digits, a sign, hexadecimal; not `5.7`, not `1e3`. */
function wholeOfText(sql: string, type: 'Int32' | 'Int64'): string {
  return once('n', [sql], (text) => {
    const decimal = `to${type}OrNull(${regexGroup(text, '^\\s*([-+]?[0-9]+)\\s*$', 1)})`;
    const digits = regexGroup(text, '^\\s*0[xX]([0-9a-fA-F]{1,16})\\s*$', 1);
    const whole = `reinterpretAsUInt64(reverse(unhex(leftPad(${digits}, 16, '0'))))`;
    return `if(${digits} != '', accurateCastOrNull(${whole}, '${type}'), ${decimal})`;
  });
}

function realOfText(sql: string): string {
  const number = '[-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?';
  return `toFloat64OrNull(${regexGroup(sql, `^\\s*(${number}|(?i:nan))\\s*$`, 1)})`;
}

/** `true` and `false` in any case, or a whole number: not `yes`, not `1.5`. */
function boolOfText(sql: string): string {
  return once(
    't',
    [`lower(${regexGroup(sql, '(?i)^\\s*(true|false|[-+]?[0-9]+)\\s*$', 1)})`],
    (t) => `CAST(multiIf(${t} = 'true', true, ${t} = 'false', false, toInt64OrNull(${t}) != 0), 'Nullable(Bool)')`,
  );
}

/** Hexadecimal digits, in braces or not, wherever they have hyphens; or a text that begins with a guid. */
function guidOfText(sql: string): string {
  const bare = `replaceRegexpOne(trimBoth(${sql}), '^\\\\{(.*)\\\\}$', '\\\\1')`;
  const begun = `replaceAll(${regexGroup(sql, '(?i)^([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})', 1)}, '-', '')`;
  const whole = once(
    'b',
    [`replaceAll(${bare}, '-', '')`],
    (b) => `if(match(${b}, '(?i)^[0-9a-f]{32}$'), ${b}, ${begun})`,
  );
  return once('g', [`lower(${whole})`], (g) => {
    const parts = [`substring(${g}, 1, 8)`, ...[9, 13, 17].map((at) => `substring(${g}, ${at}, 4)`)];
    return `if(match(${g}, '^[0-9a-f]{32}$'), concat(${parts.join(", '-', ")}, '-', substring(${g}, 21)), NULL)`;
  });
}

/** No decimal of ten places has more than 28 digits before them. */
const decimalEnd = "toDecimal256('10000000000000000000000000000', 10)";

/** Rounded to the places that a decimal has; NULL for other text and for what is too long. */
function decimalOfText(sql: string): string {
  const number = '[-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?';
  return once('q', [regexGroup(sql, `^\\s*(${number})\\s*$`, 1)], (text) =>
    once('m', [`round(toDecimal256OrNull(${text}, 30), 10)`], (m) => {
      const exact = `if(abs(${m}) < ${decimalEnd}, accurateCastOrNull(${m}, '${plainType('decimal')}'), NULL)`;
      // The engine reads no decimal that is smaller than its last place.
      return `if(abs(toFloat64OrNull(${text})) < 1e-11, CAST('0', '${plainType('decimal')}'), ${exact})`;
    }),
  );
}

/** A real cut toward zero, at the type's ends where it is beyond them; NaN is null. */
function wholeOfReal(sql: string, type: 'Int32' | 'Int64'): string {
  const [low, high, end] =
    type === 'Int32'
      ? ['-2147483648', '2147483647', '2147483647e0']
      : ['-9223372036854775808', '9223372036854775807', '9223372036854775808e0'];
  return once('r', [sql], (r) => {
    const ends = `ifNull(isNaN(${r}), true), NULL, ${r} >= ${end}, to${type}(${high}), ${r} <= ${low}e0, to${type}(${low})`;
    return `multiIf(${ends}, to${type}(if(abs(${r}) < ${end}, trunc(${r}), 0)))`;
  });
}

/** The engine cuts a long to 32 bits, as the engine of KQL does. */
function convertToWhole({ sql, type: from }: Operand, type: 'int' | 'long', call: Call): string {
  const target = type === 'int' ? 'Int32' : 'Int64';
  if (from === 'real') return wholeOfReal(sql, target);
  if (from === 'decimal') return `accurateCastOrNull(trunc(${sql}), '${target}')`;
  if (from === 'guid') return refuse(`${call.name} of a guid`, call);
  return from === 'datetime' || from === 'timespan' ? wholeOfTicks(sql, target) : `to${target}(${sql})`;
}

function wholeOfTicks(sql: string, target: 'Int32' | 'Int64'): string {
  return target === 'Int64' ? sql : `toInt32(${sql})`;
}

const textReaders: TextReaders = {
  int: (sql) => wholeOfText(sql, 'Int32'),
  long: (sql) => wholeOfText(sql, 'Int64'),
  real: realOfText,
  bool: boolOfText,
  guid: guidOfText,
  datetime: parseDatetimeSql,
  timespan: parseTimespanSql,
  decimal: decimalOfText,
};

export function convertText(sql: string, type: KqlType, call: Call): string {
  return ofText(textReaders, sql, type, call);
}

/** By what the value holds: a number, a truth value, or text in the type's syntax. */
function convertDynamic(sql: string, type: KqlType, call: Call): string {
  return once('d', [sql], (d) => {
    const isText = `startsWith(${d}, '"')`;
    const fromText = convertText(`JSONExtractString(${orEmptyText(d)})`, type, call);
    // Only the JSON of a number reads as one: that of a string begins with a quote.
    const number = `toFloat64OrNull(${d})`;
    switch (type) {
      case 'bool':
        return `multiIf(${d} = 'true', true, ${d} = 'false', false, ${isText}, ${fromText}, CAST(${number} != 0, 'Nullable(Bool)'))`;
      case 'real':
        return `multiIf(${d} = 'true', 1, ${d} = 'false', 0, ${isText}, ${fromText}, ${number})`;
      case 'int':
      case 'long': {
        const target = type === 'int' ? 'Int32' : 'Int64';
        const whole = `to${target}(toInt64OrNull(${d}))`;
        const truth = `${d} = 'true', to${target}(1), ${d} = 'false', to${target}(0)`;
        return `multiIf(${isText}, ${fromText}, ${truth}, toInt64OrNull(${d}) IS NOT NULL OR toUInt64OrNull(${d}) IS NOT NULL, ${whole}, ${wholeOfReal(number, target)})`;
      }
      default:
        return `if(${isText}, ${fromText}, NULL)`;
    }
  });
}

/** The operand as a value of the type; NULL where it has none. Never an error of the engine. */
export const convert = converting({
  asText,
  asDynamic,
  ofDynamic: convertDynamic,
  ofText: convertText,
  toWhole: convertToWhole,
  toReal: ({ sql }) => `toFloat64(${sql})`,
  toBool: (sql) => `CAST(${sql} != 0, 'Nullable(Bool)')`,
  toDecimal: (sql) => `accurateCastOrNull(${sql}, '${plainType('decimal')}')`,
});

/** Text as a dynamic value: JSON where it is JSON, else a dynamic string; '' is null. */
export function parseJson(sql: string): string {
  return once('j', [sql], (j) => {
    const read = (text: string, isMarked: boolean): string =>
      once('v', [text], (v) => `if(${isJson(v, isMarked)}, JSONExtractRaw(${v}), '')`);
    return once(
      'k',
      [keepingReals(j, read)],
      (json) => `multiIf(${j} = '', NULL, ${json} != '', nullIf(${json}, 'null'), ${jsonString(j)})`,
    );
  });
}

/**
 * Keys in order, as far down as an expression can go; what holds objects deeper than that ends the query, never half
 * sorted.
 */
function sortedJson(sql: string): string {
  const tooDeep =
    'dynamic_to_json() of a value whose objects are nested deeper than four levels, or stand in an array, is not supported';
  const leaf = (json: string): string =>
    `if(throwIf(position(${json}, '{') > 0 AND ${json} != '{}', '${tooDeep}') = 0, ${json}, '')`;
  const sorted = (json: string, level: number): string => {
    const pair = `"@p${level}"`;
    const value = `tupleElement(${pair}, 2)`;
    const inner = level < 4 ? sorted(value, level + 1) : leaf(value);
    const pairs = `arraySort("@o" -> tupleElement("@o", 1), JSONExtractKeysAndValuesRaw(if(startsWith(${json}, '{'), ${json}, '{}')))`;
    const object = `arrayMap(${pair} -> concat(${jsonString(`tupleElement(${pair}, 1)`)}, ':', ${inner}), ${pairs})`;
    return `if(startsWith(${json}, '{'), concat('{', arrayStringConcat(${object}, ','), '}'), ${withoutObject(json, leaf)})`;
  };
  return keepingReals(orEmptyText(sql), (json) => once('s', [json], (j) => sorted(j, 1)));
}

/** What is no object: an array must hold none, and it alone is looked at, whichever branch the engine computes. */
function withoutObject(json: string, leaf: (json: string) => string): string {
  const array = once('y', [`if(startsWith(${json}, '['), ${json}, '')`], leaf);
  return `if(startsWith(${json}, '['), ${array}, ${json})`;
}

function typeName({ sql, type }: Operand): string {
  if (type !== 'dynamic') return `'${type}'`;
  return once('g', [orEmptyText(sql)], (d) => {
    const texts = `${d} = '' OR ${d} = 'null', 'null', ${isJsonString(d)}, 'string', ${d} = 'true' OR ${d} = 'false', 'bool'`;
    const isLong = `toInt64OrNull(${d}) IS NOT NULL OR toUInt64OrNull(${d}) IS NOT NULL`;
    return `multiIf(${texts}, ${isArray(d)}, 'array', ${isObject(d)}, 'dictionary', ${isLong}, 'long', 'double')`;
  });
}

function conversion(type: KqlType): Emit {
  return (operands, call) => convert(operand(operands, 0, call), type, call);
}

export const conversions: Readonly<Record<string, Emit>> = {
  tostring: conversion('string'),
  tobool: conversion('bool'),
  toint: conversion('int'),
  tolong: conversion('long'),
  toreal: conversion('real'),
  todecimal: conversion('decimal'),
  toguid: conversion('guid'),
  todatetime: conversion('datetime'),
  totimespan: conversion('timespan'),
  parse_json: (operands, call) => {
    const value = operand(operands, 0, call);
    return value.type === 'string' ? parseJson(value.sql) : asDynamic(value, call);
  },
  dynamic_to_json: (operands, call) => sortedJson(operand(operands, 0, call).sql),
  gettype: (operands, call) => typeName(operand(operands, 0, call)),
};
