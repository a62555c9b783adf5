// Strings by their characters. Positions count from 0. https://learn.microsoft.com/kusto/query/scalar-functions#string-functions

import { asText } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { bounded, bytesOf, elementsOf, entry, isAtLeast, long, once, operand, refuse } from './sql.ts';

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** A function of one string that the engine has under another name. */
function unary(sql: (value: string) => string): Emit {
  return (operands, call) => sql(textAt(operands, 0, call));
}

/** From the start, or from the end where it is negative; before the string's beginning there is nothing. */
const substring: Emit = (operands, call) => {
  const start = operand(operands, 1, call);
  const count = operands[2];
  const source = textAt(operands, 0, call);
  const first = start.literal?.value;
  if (typeof first === 'bigint' && first >= 0n && typeof count?.literal?.value === 'bigint') {
    const size = count.literal.value < 0n ? 0n : count.literal.value;
    return `substring(${source}, ${first + 1n}, ${size})`;
  }
  if (typeof first === 'bigint' && first >= 0n && !count) return `substring(${source}, ${first + 1n})`;
  return once('s', [source, start.sql, count?.sql ?? long(2_147_483_647)], (s, from, size) => {
    const begin = `(CASE WHEN ${from} >= 0 THEN ${from} + 1 ELSE length(${s}) + ${from} + 1 END)`;
    return `(CASE WHEN ${size} <= 0 OR ${begin} < 1 THEN '' ELSE coalesce(substring(${s}, ${begin}, ${size}), '') END)`;
  });
};

/**
 * `indexof(source, lookup, start, length, occurrence)`: -1 where it is not found; null for a length below -1 or an
 * occurrence below 0. The lookup must lie within the part that is searched.
 */
const indexOf: Emit = (operands, call) => {
  const [s, l] = [textAt(operands, 0, call), textAt(operands, 1, call)];
  const [start, count, occurrence] = [operands[2], operands[3], operands[4]];
  if (!start) return `(position(${l} IN ${s}) - 1)`;
  const size = count?.sql ?? long(-1);
  const isValid = isAtLeast(count, -1n) && isAtLeast(occurrence, 0n);
  if (occurrence?.literal?.value === 0n) return refuse(`${call.name} of the occurrence 0`, call);
  return once('i', [s, l, start.sql, size, occurrence?.sql ?? long(1)], (x, lookup, given, n, nth) => {
    const at = `(CASE WHEN ${given} >= 0 THEN ${given} ELSE greatest(length(${x}) + ${given}, 0) END)`;
    const part = (begin: string): string =>
      `(CASE WHEN ${n} < 0 THEN substring(${x}, ${begin} + 1) ELSE substring(${x}, ${begin} + 1, ${n}) END)`;
    // Each occurrence is looked for behind the one before, in as many characters again.
    const next = `"@at" + nullif(position(${lookup} IN ${part('"@at"')}), 0)`;
    const found = `coalesce(list_reduce(range((${nth})::BIGINT), lambda "@at", "@j": ${next}, (${at})::BIGINT) - 1, -1)::BIGINT`;
    return isValid ? found : `(CASE WHEN ${n} >= -1 AND ${nth} >= 0 THEN ${found} END)`;
  });
};

/** Occurrences that may overlap, or matches of a regular expression, which may not. */
const countOf: Emit = (operands, call) => {
  const [s, search] = [textAt(operands, 0, call), textAt(operands, 1, call)];
  const kind = operands[2]?.literal?.value ?? 'normal';
  if (kind === 'regex') return `len(regexp_extract_all(${s}, ${search}))::BIGINT`;
  if (kind !== 'normal') return refuse(`countof of the kind ${String(kind)}`, call);
  return once('c', [s, search], (x, needle) => {
    const places = `list_filter(range(1, length(${x}) - length(${needle}) + 2), lambda "@j": substring(${x}, "@j", length(${needle})) = ${needle})`;
    return `(CASE WHEN ${needle} = '' OR NOT contains(${x}, ${needle}) THEN 0 ELSE len(${places}) END)::BIGINT`;
  });
};

/** An array of the parts, or an array of the one part that is asked for; null where there is no such part. */
/** Parts of a text as an array, by a delimiter that is not empty. */
function splitJson(source: string, delimiter: string): string {
  return `to_json(string_split(${source}, ${delimiter}))::VARCHAR`;
}

const split: Emit = (operands, call) => {
  const [source, delimiter] = [textAt(operands, 0, call), textAt(operands, 1, call)];
  const parts = once(
    'd',
    [source, delimiter],
    (s, d) => `(CASE WHEN ${d} = '' THEN [${s}] ELSE string_split(${s}, ${d}) END)`,
  );
  const wanted = operands[2];
  const known = operands[1]?.literal?.value;
  if (!wanted && typeof known === 'string' && known !== '') return splitJson(source, delimiter);
  if (!wanted) return `to_json(${parts})::VARCHAR`;
  return once(
    'p',
    [parts, wanted.sql],
    (p, at) => `(CASE WHEN ${at} >= 0 AND ${at} < len(${p}) THEN to_json([(${p})[${at} + 1]])::VARCHAR END)`,
  );
};

const strcat: Emit = (operands, call) => `concat(${operands.map((each) => asText(each, call)).join(', ')})`;

const strcatDelimited: Emit = (operands, call) => {
  const [delimiter, ...values] = operands.map((each) => asText(each, call));
  return `concat_ws(${delimiter}, ${values.join(', ')})`;
};

/** What stands between the parts: the engine joins by a constant only. */
function delimiterOf(delimiter: Operand, call: Call): string {
  if (!delimiter.literal) return refuse(`${call.name} with a delimiter that is computed`, call);
  return asText(delimiter, call);
}

/** Elements as their text: strings without quotes, others as JSON; null is ''. */
const strcatArray: Emit = (operands, call) => {
  const d = delimiterOf(operand(operands, 1, call), call);
  return once('a', [operand(operands, 0, call).sql], (a) => {
    const array = bounded(a, `${bytesOf(a)} * (${bytesOf(d)} + 1)`);
    const joined = `array_to_string(list_transform(${elementsOf(array)}, lambda "@e": coalesce("@e" ->> '$', '')), ${d})`;
    return `(CASE WHEN json_type(${a}) = 'ARRAY' THEN ${joined} ELSE coalesce(${a} ->> '$', '') END)`;
  });
};

/** A greater multiplier counts as this one. https://learn.microsoft.com/kusto/query/strrep-function */
const strrepMax = 1024;

const strrep: Emit = (operands, call) => {
  const delimiter = operands[2];
  const d = delimiter ? delimiterOf(delimiter, call) : "''";
  const count = `least(greatest(${operand(operands, 1, call).sql}, 0), ${strrepMax})::BIGINT`;
  return once('r', [textAt(operands, 0, call), count], (v, n) => {
    const value = bounded(v, `${n} * (${bytesOf(v)} + ${bytesOf(d)})`);
    return delimiter
      ? `array_to_string(list_transform(range(${n}), lambda "@j": ${value}), ${d})`
      : `repeat(${value}, ${n})`;
  });
};

const strcmp: Emit = (operands, call) =>
  once(
    'c',
    [textAt(operands, 0, call), textAt(operands, 1, call)],
    (a, b) => `(CASE WHEN ${a} = ${b} THEN 0 WHEN ${a} < ${b} THEN -1 ELSE 1 END)::BIGINT`,
  );

/** Each character of the search set becomes the one at its place in the replacement; the last one stands for the rest. */
const translate: Emit = (operands, call) => {
  const [search, replacement, source] = [
    textAt(operands, 0, call),
    textAt(operands, 1, call),
    textAt(operands, 2, call),
  ];
  return once('t', [search, replacement, source], (from, to, s) => {
    const one = `CASE WHEN position("@c" IN ${from}) = 0 THEN "@c" ELSE substring(${to}, least(position("@c" IN ${from}), length(${to})), 1) END`;
    return `(CASE WHEN ${s} = '' THEN '' ELSE array_to_string(list_transform(string_split(${s}, ''), lambda "@c": ${one}), '') END)`;
  });
};

function codepoints(operands: readonly Operand[], call: Call): string {
  return once(
    'u',
    [textAt(operands, 0, call)],
    (s) =>
      `(CASE WHEN ${s} = '' THEN '[]' ELSE to_json(list_transform(string_split(${s}, ''), lambda "@c": unicode("@c")))::VARCHAR END)`,
  );
}

/** Code points, and arrays of them, as one string. */
const fromCodepoints: Emit = (operands, call) => {
  const lists = operands.map((each) => {
    if (each.type !== 'dynamic') return `[(${each.sql})::BIGINT]`;
    return once(
      'a',
      [each.sql],
      (a) =>
        `(CASE WHEN json_type(${a}) = 'ARRAY' THEN list_transform(${elementsOf(a)}, lambda "@e": TRY_CAST("@e" AS BIGINT)) ELSE [TRY_CAST(${a} AS BIGINT)] END)`,
    );
  });
  const valid = `lambda "@e": "@e" BETWEEN 1 AND 1114111`;
  const all =
    lists.length === 0 ? refuse(call.name, call) : lists.length === 1 ? lists[0] : `list_concat(${lists.join(', ')})`;
  return `array_to_string(list_transform(list_filter(${all}, ${valid}), lambda "@e": chr("@e"::INTEGER)), '')`;
};

const stringList = (operands: readonly Operand[], from: number, call: Call): string => {
  const lists = operands.slice(from).map((each) => {
    if (each.type !== 'dynamic') return `[${asText(each, call)}]`;
    return once(
      'a',
      [each.sql],
      (a) =>
        `(CASE WHEN json_type(${a}) = 'ARRAY' THEN list_transform(${elementsOf(a)}, lambda "@e": coalesce("@e" ->> '$', '')) ELSE [coalesce(${a} ->> '$', '')] END)`,
    );
  });
  return lists.length === 1 ? (lists[0] ?? '') : `list_concat(${lists.join(', ')})`;
};

/** The place of the first of the lookups that the text has as a term; -1 where it has none. */
const hasAnyIndex: Emit = (operands, call) => {
  const list = stringList(operands, 1, call);
  return once('h', [textAt(operands, 0, call), list], (h, l) => {
    const start = `CASE WHEN regexp_matches("@n", '^[\\pL\\pN]') THEN '(?:^|[^\\pL\\pN])' ELSE '' END`;
    const end = `CASE WHEN regexp_matches("@n", '[\\pL\\pN]$') THEN '(?:$|[^\\pL\\pN])' ELSE '' END`;
    const found = `list_transform(${l}, lambda "@n": regexp_matches(${h}, '(?i)' || ${start} || regexp_escape("@n") || ${end}))`;
    return `coalesce(list_position(${found}, true) - 1, -1)::BIGINT`;
  });
};

const dynamicReverse: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  return `reverse(${asText(value, call)})`;
};

export const strings: readonly ScalarFunction[] = [
  entry(
    'strlen',
    unary((s) => `length(${s})`),
    "print strlen('héllo'), strlen('')",
    ['5', '0'],
  ),
  entry(
    'string_size',
    unary((s) => `strlen(${s})`),
    "print string_size('⒦⒰⒮⒯⒪')",
    ['15'],
  ),
  entry(
    'toupper',
    unary((s) => `upper(${s})`),
    "print toupper('abc')",
    ['ABC'],
  ),
  entry(
    'tolower',
    unary((s) => `lower(${s})`),
    "print tolower('ABC')",
    ['abc'],
  ),
  entry(
    'substring',
    substring,
    "print substring('abcdefg', 1, 3), substring('abcdefg', -3, 2), substring('abc', -10), substring('abc', 3)",
    ['bcd', 'ef', '', ''],
  ),
  entry(
    'indexof',
    indexOf,
    "print indexof('abcdefgabcdefg', 'cde', 1, 10, 2), indexof('abc', 'x'), indexof('abcdefg', 'cde', -5), indexof('abc', 'b', 0, -2), indexof('abc', 'b', 0, -1, -1)",
    ['9', '-1', '2', null, null],
  ),
  entry('countof', countOf, "print countof('aaaa', 'aa'), countof('aaaa', 'aa', 'regex'), countof('abc', '')", [
    '3',
    '2',
    '0',
  ]),
  entry(
    'split',
    split,
    "print tostring(split('a_b_c', '_')), tostring(split('a_b', '_', 1)), isnull(split('a', '_', 5))",
    ['["a","b","c"]', '["b"]', true],
  ),
  entry('strcat', strcat, "print strcat('a', 1, true, long(null))", ['a1True']),
  entry('strcat_delim', strcatDelimited, "print strcat_delim('-', 'a', int(null), 'b')", ['a--b']),
  entry(
    'strcat_array',
    strcatArray,
    `print strcat_array(dynamic(["a", 1, true, null]), '-'), strcat_array(parse_json('x'), '-')`,
    ['a-1-true-', 'x'],
  ),
  entry('strrep', strrep, "print strrep('ABC', 2), strrep(123, 3, '.')", ['ABCABC', '123.123.123']),
  entry('strcmp', strcmp, "print strcmp('a', 'b'), strcmp('a', 'a'), strcmp('b', 'a')", ['-1', '0', '1']),
  entry('reverse', dynamicReverse, "print reverse('abc'), reverse(12)", ['cba', '21']),
  entry(
    'translate',
    translate,
    "print translate('krasp', 'otsku', 'spark'), translate('abc', 'x', 'abc'), translate('abc', 'xy', '')",
    ['kusto', 'xxx', ''],
  ),
  entry(
    'isascii',
    unary((s) => `regexp_full_match(${s}, '[\\x00-\\x7F]*')`),
    "print isascii('some string'), isascii('é')",
    [true, false],
  ),
  entry('isutf8', () => 'true', "print isutf8('é')", [true]),
  entry(
    'unicode_codepoints_from_string | to_utf8',
    codepoints,
    "print tostring(unicode_codepoints_from_string('Ku'))",
    ['[75,117]'],
  ),
  entry(
    'unicode_codepoints_to_string | make_string',
    fromCodepoints,
    'print unicode_codepoints_to_string(dynamic([75, 117]), 115)',
    ['Kus'],
  ),
  entry(
    'has_any_index',
    hasAnyIndex,
    "print has_any_index('this is an example', dynamic(['x', 'is'])), has_any_index('abc', dynamic(['ab']))",
    ['1', '-1'],
  ),
];
