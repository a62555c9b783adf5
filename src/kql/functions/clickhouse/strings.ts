// Strings by their characters for ClickHouse. Positions count from 0; the engine's functions whose names end in UTF8 count
// characters, the others bytes, which is enough where only the place of one text in another matters.
// https://clickhouse.com/docs/sql-reference/functions/string-functions

import type { Call, Emit, Operand } from '../scalar.ts';
import { asText } from './conversions.ts';
import { countMatches } from './regex.ts';
import {
  bounded,
  bytesOf,
  elementsOf,
  isArray,
  isAtLeast,
  jsonString,
  literalText,
  long,
  lower,
  nullOf,
  once,
  operand,
  orEmptyText,
  refuse,
  textOfJson,
  wholeText,
} from './sql.ts';
import { firstOf } from './terms.ts';

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** A function of one string that the engine has under another name. */
function unary(sql: (value: string) => string): Emit {
  return (operands, call) => sql(textAt(operands, 0, call));
}

/** Characters of a text, as a signed number. */
function lengthOf(sql: string): string {
  return `toInt64(lengthUTF8(${sql}))`;
}

/** From the start, or from the end where it is negative; before the string's beginning there is nothing. */
const substring: Emit = (operands, call) => {
  const start = operand(operands, 1, call);
  const count = operands[2];
  const source = textAt(operands, 0, call);
  const size = count ? `ifNull(${count.sql}, 0)` : long(2_147_483_647);
  return once('s', [source, `toInt64(ifNull(${start.sql}, -9223372036854775807))`, size], (s, from, n) => {
    const begin = `if(${from} >= 0, ${from} + 1, ${lengthOf(s)} + ${from} + 1)`;
    return once(
      'b',
      [begin],
      (b) => `if(${n} <= 0 OR ${b} < 1, '', substringUTF8(${s}, greatest(${b}, 1), greatest(${n}, 0)))`,
    );
  });
};

/**
 * `indexof(source, lookup, start, length, occurrence)`: -1 where it is not found; null for a length below -1 or an
 * occurrence below 0. The lookup must lie within the part that is searched.
 */
const indexOf: Emit = (operands, call) => {
  const [s, l] = [textAt(operands, 0, call), textAt(operands, 1, call)];
  const [start, count, occurrence] = [operands[2], operands[3], operands[4]];
  if (!start) return `(toInt64(positionUTF8(${s}, ${l})) - 1)`;
  const given = `toInt64(ifNull(${start.sql}, 0))`;
  const size = count ? `toInt64(ifNull(${count.sql}, 0))` : long(-1);
  const isValid = isAtLeast(count, -1n) && isAtLeast(occurrence, 0n);
  if (occurrence?.literal?.value === 0n) return refuse(`${call.name} of the occurrence 0`, call);
  const nth = occurrence ? `toInt64(ifNull(${occurrence.sql}, 1))` : long(1);
  const found = once('i', [s, l, given, size, nth], (x, lookup, from, n, times) => {
    const at = `if(${from} >= 0, ${from}, greatest(${lengthOf(x)} + ${from}, 0))`;
    const part = `if(${n} < 0, substringUTF8(${x}, "@at" + 1), substringUTF8(${x}, "@at" + 1, greatest(${n}, 0)))`;
    // Each occurrence is looked for behind the one before, in as many characters again; -1 once there is none.
    const place = `toInt64(positionUTF8(${part}, ${lookup}))`;
    const next = `if("@at" < 0 OR ${place} = 0, toInt64(-1), "@at" + ${place})`;
    const rounds = `range(least(greatest(${times}, 0), ${lengthOf(x)} + 2))`;
    const last = `greatest(arrayFold(("@at", "@j") -> ${next}, ${rounds}, toInt64(${at})) - 1, toInt64(-1))`;
    return isValid ? last : `if(${n} >= -1 AND ${times} >= 0, ${last}, NULL)`;
  });
  return count && !count.literal ? `if(isNull(${count.sql}), NULL, ${found})` : found;
};

/** Occurrences that may overlap, or matches of a regular expression, which may not. */
const countOf: Emit = (operands, call) => {
  const [s, search] = [textAt(operands, 0, call), textAt(operands, 1, call)];
  const kind = operands[2]?.literal?.value ?? 'normal';
  if (kind === 'regex') return countMatches(s, literalText(operands, 1, call), call);
  if (kind !== 'normal') return refuse(`countof of the kind ${String(kind)}`, call);
  return once('c', [s, search], (x, needle) => {
    const places = `range(1, toInt64(greatest(toInt64(length(${x})) - toInt64(length(${needle})) + 2, 1)))`;
    const count = `arrayCount("@j" -> substring(${x}, "@j", length(${needle})) = ${needle}, ${places})`;
    return `toInt64(if(${needle} = '' OR position(${x}, ${needle}) = 0, 0, ${count}))`;
  });
};

/** Parts of a text by a delimiter, as an array; the engine itself splits by a constant only. */
function partsOf(source: string, delimiter: Operand, call: Call): string {
  const known = delimiter.literal?.value;
  if (typeof known === 'string' && delimiter.type === 'string')
    return known === '' ? `[${source}]` : `splitByString(${delimiter.sql}, ${source})`;
  return once('d', [source, asText(delimiter, call)], (s, d) => {
    const place = `position(tupleElement("@t", 2), ${d})`;
    const left = `substring(tupleElement("@t", 2), 1, ${place} - 1)`;
    const step = `tuple(arrayPushBack(tupleElement("@t", 1), ${left}), substring(tupleElement("@t", 2), ${place} + length(${d})))`;
    const rounds = `range(if(${d} = '', 0, countSubstrings(${s}, ${d})))`;
    const all = `arrayFold(("@t", "@j") -> ${step}, ${rounds}, tuple(CAST([], 'Array(String)'), ${s}))`;
    return once('u', [all], (t) => `arrayPushBack(tupleElement(${t}, 1), tupleElement(${t}, 2))`);
  });
}

/** An array of the parts, or an array of the one part that is asked for; null where there is no such part. */
const split: Emit = (operands, call) => {
  const parts = partsOf(textAt(operands, 0, call), operand(operands, 1, call), call);
  const wanted = operands[2];
  if (!wanted) return jsonString(parts);
  return once('p', [parts, `toInt64(ifNull(${wanted.sql}, -1))`], (p, at) => {
    const part = jsonString(`[arrayElement(${p}, greatest(${at}, 0) + 1)]`);
    return `if(${at} >= 0 AND ${at} < length(${p}), ${part}, ${nullOf('String')})`;
  });
};

const strcat: Emit = (operands, call) => `concat(${operands.map((each) => asText(each, call)).join(', ')})`;

const strcatDelimited: Emit = (operands, call) => {
  const [delimiter = "''", ...values] = operands.map((each) => asText(each, call));
  return once('d', [delimiter], (d) => `concat(${values.join(`, ${d}, `)})`);
};

/** What stands between the parts: the engine joins by a constant only. */
function delimiterOf(delimiter: Operand, call: Call): string {
  if (!delimiter.literal) return refuse(`${call.name} with a delimiter that is computed`, call);
  return asText(delimiter, call);
}

/** Elements as their text: strings without quotes, others as JSON; null is ''. */
const strcatArray: Emit = (operands, call) => {
  const d = delimiterOf(operand(operands, 1, call), call);
  return once('a', [orEmptyText(operand(operands, 0, call).sql)], (a) => {
    const array = bounded(a, `${bytesOf(a)} * (${bytesOf(d)} + 1)`);
    const joined = `arrayStringConcat(arrayMap("@e" -> ${textOfJson('"@e"')}, ${elementsOf(array)}), ${d})`;
    return `if(${isArray(a)}, ${joined}, ${textOfJson(a)})`;
  });
};

/** A greater multiplier counts as this one. https://learn.microsoft.com/kusto/query/strrep-function */
const strrepMax = 1024;

const strrep: Emit = (operands, call) => {
  const delimiter = operands[2];
  const d = delimiter ? delimiterOf(delimiter, call) : "''";
  const count = `toInt64(least(greatest(ifNull(${operand(operands, 1, call).sql}, 0), 0), ${strrepMax}))`;
  return once('r', [textAt(operands, 0, call), count], (v, n) => {
    const value = bounded(v, `${n} * (${bytesOf(v)} + ${bytesOf(d)})`);
    return delimiter ? `arrayStringConcat(arrayWithConstant(${n}, ${value}), ${d})` : `repeat(${value}, ${n})`;
  });
};

const strcmp: Emit = (operands, call) =>
  once(
    'c',
    [textAt(operands, 0, call), textAt(operands, 1, call)],
    (a, b) => `toInt64(multiIf(${a} = ${b}, 0, ${a} < ${b}, -1, 1))`,
  );

/** Characters of a text, as an array. */
function charactersOf(sql: string): string {
  return `extractAll(${sql}, '(?s).')`;
}

/** In upper case, a character for a character: the engine's would be more of them for some. */
function upper(sql: string): string {
  return once('up', [sql], (s) => {
    const one = `multiIf("@c" = 'ß', 'ẞ', lengthUTF8(upperUTF8("@c")) = 1, upperUTF8("@c"), "@c")`;
    return `if(isValidASCII(${s}), upper(${s}), arrayStringConcat(arrayMap("@c" -> ${one}, ${charactersOf(s)})))`;
  });
}

/** Each character of the search set becomes the one at its place in the replacement; the last one stands for the rest. */
const translate: Emit = (operands, call) =>
  once('t', [textAt(operands, 0, call), textAt(operands, 1, call), textAt(operands, 2, call)], (from, to, s) => {
    const place = `positionUTF8(${from}, "@c")`;
    const replaced = `substringUTF8(${to}, least(${place}, lengthUTF8(${to})), 1)`;
    return `arrayStringConcat(arrayMap("@c" -> if(${place} = 0, "@c", ${replaced}), ${charactersOf(s)}))`;
  });

/** Code points are the numbers that the text is in UTF-32. */
const codepoints: Emit = (operands, call) =>
  once('w', [`convertCharset(${textAt(operands, 0, call)}, 'UTF-8', 'UTF-32LE')`], (w) => {
    const point = `reinterpretAsUInt32(substring(${w}, "@j" * 4 + 1, 4))`;
    return `toJSONString(arrayMap("@j" -> ${point}, range(intDiv(length(${w}), 4))))`;
  });

/** Code points, and arrays of them, as one string. */
const fromCodepoints: Emit = (operands, call) => {
  if (operands.length === 0) return refuse(call.name, call);
  const lists = operands.map((each) => {
    if (each.type !== 'dynamic') return `[toInt64(ifNull(${each.sql}, 0))]`;
    return once(
      'a',
      [orEmptyText(each.sql)],
      (a) => `arrayMap("@e" -> toInt64OrZero(${wholeText('"@e"')}), if(${isArray(a)}, ${elementsOf(a)}, [${a}]))`,
    );
  });
  const all = lists.length === 1 ? lists[0] : `arrayConcat(${lists.join(', ')})`;
  const valid = `("@e" BETWEEN 1 AND 1114111) AND NOT ("@e" BETWEEN 55296 AND 57343)`;
  const bytes = `arrayMap("@e" -> unhex(leftPad(hex(toUInt32("@e")), 8, '0')), arrayFilter("@e" -> ${valid}, ${all}))`;
  return `convertCharset(arrayStringConcat(${bytes}), 'UTF-32BE', 'UTF-8')`;
};

function stringList(operands: readonly Operand[], call: Call): string {
  const lists = operands.map((each) => {
    if (each.type !== 'dynamic') return `[${asText(each, call)}]`;
    return once(
      'a',
      [orEmptyText(each.sql)],
      (a) => `arrayMap("@e" -> ${textOfJson('"@e"')}, if(${isArray(a)}, ${elementsOf(a)}, [${a}]))`,
    );
  });
  return lists.length === 1 ? (lists[0] ?? '') : `arrayConcat(${lists.join(', ')})`;
}

/** The place of the first of the lookups that the text has as a term; -1 where it has none. */
const hasAnyIndex: Emit = (operands, call) =>
  once('h', [textAt(operands, 0, call)], (h) => {
    const found = firstOf(h, stringList(operands.slice(1), call));
    return `(toInt64(${found}) - 1)`;
  });

export const strings: Readonly<Record<string, Emit>> = {
  strlen: unary(lengthOf),
  string_size: unary((s) => `toInt64(length(${s}))`),
  toupper: unary(upper),
  tolower: unary(lower),
  substring,
  indexof: indexOf,
  countof: countOf,
  split,
  strcat,
  strcat_delim: strcatDelimited,
  strcat_array: strcatArray,
  strrep,
  strcmp,
  reverse: unary((s) => `reverseUTF8(${s})`),
  translate,
  isascii: unary((s) => once('s', [s], (x) => `(length(${x}) = lengthUTF8(${x}))`)),
  isutf8: () => 'true',
  unicode_codepoints_from_string: codepoints,
  unicode_codepoints_to_string: fromCodepoints,
  has_any_index: hasAnyIndex,
};
