// Values from one type to another: text as KQL prints it, JSON as a dynamic value holds it, and the `to…` functions, which
// answer null for what they cannot read. https://learn.microsoft.com/kusto/query/tostring-function and its neighbours.

import { sqlType } from '../emit/representation.ts';
import type { KqlType } from '../ir.ts';
import { converting, ofText, type TextReaders } from './converting.ts';
import type { Call, Operand, ScalarFunction } from './scalar.ts';
import { always, entry, jsonString, once, operand, orEmptyText, refuse } from './sql.ts';
import { datetimeText, parseDatetimeSql, parseTimespanSql, timespanText } from './times.ts';

/** The operand as a string: of a dynamic value its unquoted text, '' for null of any type. Never NULL. */
export function asText({ sql, type }: Operand, call: Call): string {
  switch (type) {
    case 'string':
      return sql;
    case 'dynamic':
      return orEmptyText(unquoted(sql));
    case 'bool':
      return once('b', [sql], (b) => `(CASE WHEN ${b} THEN 'True' WHEN NOT ${b} THEN 'False' ELSE '' END)`);
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
    case 'guid':
      return orEmptyText(`(${sql})::VARCHAR`);
  }
}

/** The text of a JSON string, or the JSON itself; of a step into JSON, in one go. NULL for null. */
function unquoted(sql: string): string {
  const [, base, , at] = step.exec(sql) ?? [];
  const [, part] = splitPart.exec(sql) ?? [];
  if (part !== undefined) return part;
  return base === undefined ? `(${sql} ->> '$')` : `(${base} ->> ${at})`;
}

const step =
  /^nullif\(json_extract\((\w+\."(?:[^"]|"")*"|\(CASE WHEN json_valid\((\w+\."(?:[^"]|"")*")\) THEN \2 END\)), ('[$/][^']*')\)::VARCHAR, 'null'\)$/;

const splitPart = /^nullif\(to_json\((\(string_split\(\w+\."(?:[^"]|"")*", '[^']+'\)\)\[\d+\])\)::VARCHAR, 'null'\)$/;

/** As .NET prints it: `1.0`, `1E+21`, `NaN`. */
function realText(sql: string): string {
  return once('r', [sql], (r) => {
    const special = `WHEN isnan(${r}) THEN 'NaN' WHEN isinf(${r}) THEN CASE WHEN ${r} > 0 THEN 'Infinity' ELSE '-Infinity' END`;
    return `(CASE ${special} ELSE upper((${r})::VARCHAR) END)`;
  });
}

/** The operand as a dynamic value: JSON text, NULL for null. */
export function asDynamic({ sql, type }: Operand, call: Call): string {
  switch (type) {
    case 'dynamic':
      return sql;
    case 'string':
      return jsonString(sql);
    case 'bool':
    case 'int':
    case 'long':
      return `(${sql})::VARCHAR`;
    case 'real':
      return once(
        'r',
        [sql],
        (r) => `(CASE WHEN isfinite(${r}) THEN to_json(${r})::VARCHAR ELSE '"' || ${realText(r)} || '"' END)`,
      );
    case 'datetime':
      return `('"' || ${datetimeText(sql)} || '"')`;
    case 'timespan':
      return `('"' || ${timespanText(sql)} || '"')`;
    case 'guid':
      return `('"' || ${sql} || '"')`;
    case 'decimal':
      return refuse(`${call.name} of a decimal`, call);
  }
}

/** As an element of a JSON array or a value of an object: null is the JSON null. */
export function asElement(value: Operand, call: Call): string {
  const json = asDynamic(value, call);
  return value.type === 'string' ? json : `coalesce(${json}, 'null')`;
}

/** Text that is a whole number in KQL's syntax: digits, a sign, hexadecimal; not `5.7`, not `1e3`. */
function wholeOfText(sql: string, type: 'INTEGER' | 'BIGINT'): string {
  return `TRY_CAST(regexp_extract(${sql}, '^\\s*([-+]?[0-9]+|0[xX][0-9a-fA-F]{1,16})\\s*$', 1) AS ${type})`;
}

function realOfText(sql: string): string {
  const number = '[-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?';
  return `TRY_CAST(regexp_extract(${sql}, '^\\s*(${number}|(?i:nan))\\s*$', 1) AS DOUBLE)`;
}

/** `true` and `false` in any case, or a whole number: not `yes`, not `1.5`. */
function boolOfText(sql: string): string {
  const word = `lower(regexp_extract(${sql}, '(?i)^\\s*(true|false|[-+]?[0-9]+)\\s*$', 1))`;
  return once(
    't',
    [word],
    (t) => `(CASE ${t} WHEN 'true' THEN true WHEN 'false' THEN false ELSE TRY_CAST(${t} AS BIGINT) <> 0 END)`,
  );
}

/** What comes behind the digits of a guid is passed over, as documented: …/toguid-function */
function guidOfText(sql: string): string {
  return once('g', [sql], (g) => {
    const begun = `regexp_extract(${g}, '(?i)^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}')`;
    return `coalesce(TRY_CAST(trim(${g}) AS UUID), TRY_CAST(${begun} AS UUID))::VARCHAR`;
  });
}

/** A real cut toward zero, at the type's ends where it is beyond them; NaN is null. */
function wholeOfReal(sql: string, type: 'INTEGER' | 'BIGINT'): string {
  const [low, high] =
    type === 'INTEGER' ? ['(-2147483648)', '2147483647'] : ['(-9223372036854775808)', '9223372036854775807'];
  return once('r', [sql], (r) => {
    const ends = `WHEN isnan(${r}) THEN NULL WHEN ${r} >= ${high}::DOUBLE THEN ${high}::${type} WHEN ${r} <= ${low}::DOUBLE THEN ${low}::${type}`;
    return `(CASE ${ends} ELSE trunc(${r})::${type} END)`;
  });
}

/** A long cut to 32 bits, as the engine of KQL does. */
function intOfLong(sql: string): string {
  return once('n', [sql], (n) => `((((${n} & 4294967295) + 2147483648) % 4294967296) - 2147483648)::INTEGER`);
}

function convertToWhole({ sql, type: from }: Operand, type: 'int' | 'long', call: Call): string {
  if (from === 'bool') return `(${sql})::${type === 'int' ? 'INTEGER' : 'BIGINT'}`;
  if (from === 'real') return wholeOfReal(sql, type === 'int' ? 'INTEGER' : 'BIGINT');
  if (from === 'int') return `(${sql})::BIGINT`;
  if (from === 'decimal') return `TRY_CAST(trunc(${sql}) AS ${type === 'int' ? 'INTEGER' : 'BIGINT'})`;
  if (from === 'guid') return refuse(`${call.name} of a guid`, call);
  return type === 'long' ? sql : intOfLong(sql);
}

const textReaders: TextReaders = {
  int: (sql) => wholeOfText(sql, 'INTEGER'),
  long: (sql) => wholeOfText(sql, 'BIGINT'),
  real: realOfText,
  bool: boolOfText,
  guid: guidOfText,
  datetime: parseDatetimeSql,
  timespan: parseTimespanSql,
  decimal: (sql) => `TRY_CAST(${sql} AS ${sqlType('decimal')})`,
};

export function convertText(sql: string, type: KqlType, call: Call): string {
  return ofText(textReaders, sql, type, call);
}

/** By what the value holds: a number, a truth value, or text in the type's syntax. */
function convertDynamic(sql: string, type: KqlType, call: Call): string {
  return once('d', [sql], (d) => {
    const unquoted = `(${d} ->> '$')`;
    const kind = `json_type(${d})`;
    const fromText = convertText(unquoted, type, call);
    if (type !== 'int' && type !== 'long' && type !== 'real' && type !== 'bool') {
      return `(CASE WHEN ${kind} = 'VARCHAR' THEN ${fromText} END)`;
    }
    const target = sqlType(type);
    const truth = type === 'bool' ? `${d} = 'true'` : `(${d} = 'true')::${target}`;
    const whole =
      type === 'bool'
        ? `TRY_CAST(${d} AS BIGINT) <> 0`
        : type === 'int'
          ? intOfLong(`TRY_CAST(${d} AS BIGINT)`)
          : `TRY_CAST(${d} AS ${target})`;
    const real =
      type === 'real'
        ? `TRY_CAST(${d} AS DOUBLE)`
        : type === 'bool'
          ? `TRY_CAST(${d} AS DOUBLE) <> 0`
          : wholeOfReal(`TRY_CAST(${d} AS DOUBLE)`, type === 'int' ? 'INTEGER' : 'BIGINT');
    return `(CASE ${usual(d, type)} ELSE CASE ${kind} WHEN 'VARCHAR' THEN ${fromText} WHEN 'BOOLEAN' THEN ${truth} WHEN 'BIGINT' THEN ${whole} WHEN 'UBIGINT' THEN ${whole} WHEN 'DOUBLE' THEN ${real} END END)`;
  });
}

/** Conditions and answers for what most values are, without looking at the kind of the JSON: only a number reads as one. */
function usual(d: string, type: 'int' | 'long' | 'real' | 'bool'): string {
  if (type === 'bool') return `WHEN ${d} = 'true' THEN true WHEN ${d} = 'false' THEN false`;
  const number = `TRY_CAST(${d} AS DOUBLE)`;
  if (type === 'real') return `WHEN ${number} IS NOT NULL THEN ${number}`;
  // Whole parts below 2^53 are exact, and an int has no more than 31 bits.
  const limit = type === 'int' ? '2147483648e0' : '9007199254740992e0';
  return `WHEN abs(${number}) < ${limit} THEN trunc(${number})::${sqlType(type)}`;
}

/** The operand as a value of the type; NULL where it has none. Never an error of the engine. */
export const convert = converting({
  asText,
  asDynamic,
  ofDynamic: convertDynamic,
  ofText: convertText,
  toWhole: convertToWhole,
  toReal: ({ sql, type }) => `(${sql})::${type === 'bool' ? 'INTEGER::' : ''}DOUBLE`,
  toBool: (sql) => `(${sql} <> 0)`,
  toDecimal: (sql) => `TRY_CAST(${sql} AS ${sqlType('decimal')})`,
});

/** Text as a dynamic value: JSON where it is JSON, else a dynamic string; '' is null. */
export function parseJson(sql: string): string {
  return once('j', [sql], (j) => {
    // The engine's reader also takes words for numbers that JSON has not.
    const isJson = `json_valid(${j}) AND lower(trim(${j}, '- \t\r\n')) NOT IN ('nan', 'inf', 'infinity')`;
    const json = `WHEN ${isJson} THEN nullif(json(${j})::VARCHAR, 'null')`;
    return `(CASE WHEN ${j} = '' THEN NULL ${json} ELSE ${jsonString(j)} END)`;
  });
}

/** The text that such SQL reads as JSON. */
export function textParsed(sql: string): string | undefined {
  const [, text] = /^\(CASE WHEN (\w+\."(?:[^"]|"")*") = '' THEN NULL WHEN json_valid/.exec(sql) ?? [];
  return text !== undefined && sql === parseJson(text) ? text : undefined;
}

function conversion(type: KqlType): (operands: readonly Operand[], call: Call) => string {
  return (operands, call) => convert(operand(operands, 0, call), type, call);
}

export const conversions: readonly ScalarFunction[] = [
  entry(
    'tostring',
    conversion('string'),
    "print tostring(true), tostring(1.0), tostring(dynamic('x')), tostring(long(null))",
    ['True', '1.0', 'x', ''],
  ),
  entry('tobool | toboolean', conversion('bool'), "print tobool('TRUE'), tobool('2'), tobool('yes'), tobool(1.5)", [
    true,
    true,
    null,
    true,
  ]),
  entry('toint', conversion('int'), "print toint('7'), toint('5.7'), toint(9999999999), toint(2.9)", [
    '7',
    null,
    '1410065407',
    '2',
  ]),
  entry('tolong', conversion('long'), "print tolong(' 7 '), tolong('0x10'), tolong('1e3'), tolong(1d)", [
    '7',
    '16',
    null,
    '864000000000',
  ]),
  entry('toreal | todouble', conversion('real'), "print toreal('1e3'), toreal('x'), toreal(7)", [1000, null, 7]),
  entry('todecimal', conversion('decimal'), "print todecimal('1.5') == decimal(1.5)", [true]),
  entry(
    'toguid',
    conversion('guid'),
    "print toguid('AE3133F2-6E22-49AE-B06A-16E6A9B212EB'), toguid('x'), toguid('ae3133f2-6e2249aeb06a16e6a9b212eb, seen')",
    ['ae3133f2-6e22-49ae-b06a-16e6a9b212eb', null, 'ae3133f2-6e22-49ae-b06a-16e6a9b212eb'],
  ),
  entry('todatetime', conversion('datetime'), "print todatetime('2015-12-24'), todatetime('x')", [
    '635865120000000000',
    null,
  ]),
  entry(
    'totimespan | totime',
    conversion('timespan'),
    "print totimespan('1.02:03:04.5'), totimespan('00:01:00 x'), totimespan('99999999.00:00')",
    ['937845000000', null, null],
  ),
  entry(
    'parse_json | todynamic | toobject | parsejson',
    (operands, call) => {
      const value = operand(operands, 0, call);
      return value.type === 'string' ? parseJson(value.sql) : asDynamic(value, call);
    },
    `print tostring(parse_json('{"a": [1, 2.0]}')), tostring(parse_json('abc')), isnull(parse_json(''))`,
    ['{"a":[1,2.0]}', 'abc', true],
  ),
  entry(
    'dynamic_to_json',
    (operands, call) => sortedJson(operand(operands, 0, call).sql),
    `print dynamic_to_json(dynamic({"b": 1, "a": [2]}))`,
    ['{"a":[2],"b":1}'],
  ),
  entry(
    'gettype',
    (operands, call) => typeName(operand(operands, 0, call)),
    "print gettype(1), gettype(dynamic([1])), gettype(dynamic({})), gettype('')",
    ['long', 'array', 'dictionary', 'string'],
  ),
];

/** Keys in order, as far down as an expression can go; what holds objects deeper than that ends the query, never half sorted. */
function sortedJson(sql: string): string {
  const tooDeep = `error('dynamic_to_json() of a value whose objects are nested deeper than four levels, or stand in an array, is not supported')`;
  const leaf = (json: string): string => `(CASE WHEN contains(${json}, '{') THEN ${tooDeep} ELSE ${json} END)`;
  const sorted = (json: string, level: number): string =>
    once(`s${level}`, [json], (j) => {
      const key = `"@k${level}"`;
      const value = `coalesce(json_extract(${j}, '/' || replace(replace(${key}, '~', '~0'), '/', '~1'))::VARCHAR, 'null')`;
      const inner =
        level < 4
          ? sorted(value, level + 1)
          : always('s5', value, (v) => `(CASE ${v} WHEN '{}' THEN '{}' ELSE ${leaf(v)} END)`);
      const pairs = `list_transform(list_sort(json_keys(${j})), lambda ${key}: to_json(${key})::VARCHAR || ':' || ${inner})`;
      return `(CASE json_type(${j}) WHEN 'OBJECT' THEN '{' || array_to_string(${pairs}, ',') || '}' WHEN 'ARRAY' THEN ${leaf(j)} ELSE ${j} END)`;
    });
  return orEmptyText(sorted(sql, 1));
}

function typeName({ sql, type }: Operand): string {
  if (type !== 'dynamic') return `'${type}'`;
  const names =
    "WHEN 'ARRAY' THEN 'array' WHEN 'OBJECT' THEN 'dictionary' WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'bool' WHEN 'DOUBLE' THEN 'double'";
  return `(CASE json_type(${sql}) ${names} WHEN 'BIGINT' THEN 'long' WHEN 'UBIGINT' THEN 'long' ELSE 'null' END)`;
}
