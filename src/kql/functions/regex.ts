// Regular expressions, which are RE2's on both sides. https://learn.microsoft.com/kusto/query/regex

import { asText, convertText } from './conversions.ts';
import { extraction, extractions, replacementOf, replaceOld, withNamedGroups } from './patterns.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { arrayOf, bounded, bytesOf, entry, literalText, once, operand, refuse, text } from './sql.ts';

export function pattern(source: string): string {
  return text(withNamedGroups(source));
}

function source(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** The group of the first match, as the type of the fourth argument; '' or null where nothing matches. */
const extract: Emit = (operands, call) => {
  const { regex, group } = extraction(operands, call);
  const found = `regexp_extract(${source(operands, 2, call)}, ${pattern(regex)}, ${group})`;
  return call.type === 'string' ? found : convertText(found, call.type, call);
};

const extractAll: Emit = (operands, call) => {
  const { regex, groups } = extractions(operands, call);
  return once('x', [source(operands, operands.length - 1, call)], (s) => {
    const matches = (group: number): string =>
      `list_transform(regexp_extract_all(${s}, ${pattern(regex)}, ${group}), lambda "@m": to_json(coalesce("@m", ''))::VARCHAR)`;
    const [only] = groups;
    if (groups.length === 1 && only !== undefined)
      return once('m', [matches(only)], (m) => `(CASE WHEN len(${m}) > 0 THEN ${arrayOf(m)} END)`);
    return once('m', groups.map(matches), (...lists) => {
      const row = `'[' || ${lists.map((each) => `(${each})["@i"]`).join(` || ',' || `)} || ']'`;
      return `(CASE WHEN len(${lists[0]}) > 0 THEN ${arrayOf(`list_transform(${lists[0]}, lambda "@e", "@i": ${row})`)} END)`;
    });
  });
};

const replaceRegex: Emit = (operands, call) => {
  const { regex, replacement, factor } = replacementOf(operands, call);
  return once('s', [source(operands, 0, call)], (s) => {
    const value = factor > 1 ? bounded(s, `(${bytesOf(s)} + 1) * ${factor}`) : s;
    return `regexp_replace(${value}, ${pattern(regex)}, ${text(replacement)}, 'g')`;
  });
};

function replaced(s: string, from: string, to: string): string {
  const growth = `greatest(1, ${bytesOf(to)} / greatest(1, strlen(${from})))`;
  return `replace(${bounded(s, `${bytesOf(s)} * ${growth}`)}, ${from}, ${to})`;
}

const replaceString: Emit = (operands, call) =>
  once(
    'r',
    [source(operands, 0, call), source(operands, 1, call), source(operands, 2, call)],
    (s, from, to) => `(CASE WHEN ${from} = '' THEN ${s} ELSE ${replaced(s, from, to)} END)`,
  );

/** What is sought and what stands for it; what is no string is not sought, or stays as it is. */
function pairsOf(operands: readonly Operand[], call: Call): readonly (readonly [from: string, to: string])[] {
  const list = (at: number): readonly unknown[] => {
    const parsed: unknown = JSON.parse(literalText(operands, at, call));
    return Array.isArray(parsed) ? parsed : refuse(`${call.name} of what is not an array`, call);
  };
  const lookups = list(1);
  const one = operands[2]?.type === 'string' ? literalText(operands, 2, call) : null;
  const rewrites = one === null ? list(2) : lookups.map(() => one);
  if (rewrites.length !== lookups.length) return refuse(`${call.name} with arrays of two lengths`, call);
  return lookups.flatMap((from, at) => {
    const to = rewrites[at];
    return typeof from === 'string' && from !== '' ? [[from, typeof to === 'string' ? to : from] as const] : [];
  });
}

/** Characters for private use that are in none of these texts. */
function unusedCharacters(count: number, texts: readonly string[]): readonly string[] {
  const used = new Set(texts.flatMap((each) => [...each]));
  const candidates = Array.from({ length: count + used.size }, (_, at) => String.fromCodePoint(0x10_fffd - at));
  return candidates.filter((each) => !used.has(each)).slice(0, count);
}

/**
 * `replace_strings`: one pair after the other, where no pair sees what an earlier one has put in. So a match first becomes
 * a mark, and at the end every mark what stands for the match; the text's own marks are told apart by a character more.
 * https://learn.microsoft.com/kusto/query/replace-strings-function
 */
export function replaceInOrder(
  textAt: (operands: readonly Operand[], at: number, call: Call) => string,
  replace: (sql: string, from: string, to: string) => string,
  limit: (sql: string, factor: number) => string,
): Emit {
  return (operands, call) => {
    const pairs = pairsOf(operands, call);
    const [mark = '', own = '', ...places] = unusedCharacters(pairs.length + 2, pairs.flat());
    const growths = pairs.map(([from, to]) => Buffer.byteLength(to) / Buffer.byteLength(from));
    const [first, ...others] = pairs;
    const longest = Math.max(others.length > 0 ? 2 * Buffer.byteLength(mark) : 1, ...growths);
    const given = textAt(operands, 0, call);
    const value = longest > 1 ? limit(given, longest) : given;
    if (!first) return value;
    if (others.length === 0) return replace(value, ...first);
    const escaped = replace(value, mark, mark + own);
    const marked = pairs.reduce((sql, [from], at) => replace(sql, from, `${mark}${places[at]}`), escaped);
    const put = pairs.reduce((sql, [, to], at) => replace(sql, `${mark}${places[at]}`, to), marked);
    return replace(put, mark + own, mark);
  };
}

const replaceStrings = replaceInOrder(
  source,
  (sql, from, to) => `replace(${sql}, ${text(from)}, ${text(to)})`,
  (sql, factor) => once('s', [sql], (s) => bounded(s, `${bytesOf(s)} * ${factor}`)),
);

/** What the regular expression matches at an end, or both; trimmed once, as long as the expression matches. */
function trim(ends: 'start' | 'end' | 'both'): Emit {
  return (operands, call) => {
    const regex = literalText(operands, 0, call);
    const start = pattern(`^(?:${regex})`);
    const end = pattern(`(?:${regex})$`);
    const value = source(operands, 1, call);
    if (ends === 'start') return `regexp_replace(${value}, ${start}, '')`;
    if (ends === 'end') return `regexp_replace(${value}, ${end}, '')`;
    return `regexp_replace(regexp_replace(${value}, ${start}, ''), ${end}, '')`;
  };
}

export const regexes: readonly ScalarFunction[] = [
  entry(
    'extract',
    extract,
    "print extract('x=([0-9.]+)', 1, 'hello x=45.6'), extract('([0-9]+)', 1, 'x 7', typeof(long)), extract('y', 0, 'x')",
    ['45.6', '7', ''],
  ),
  entry(
    'extract_all | extractall',
    extractAll,
    "print tostring(extract_all('([a-z])([0-9])', 'a1 b2')), tostring(extract_all('([a-z])[0-9]', 'a1 b2')), isnull(extract_all('(x)', 'a')), tostring(extract_all('(?P<word>[a-z])(?:-)([0-9])', dynamic(['word', 2]), 'a-1 b-2'))",
    ['[["a","1"],["b","2"]]', '["a","b"]', true, '[["a","1"],["b","2"]]'],
  ),
  entry('replace_regex', replaceRegex, String.raw`print replace_regex('Number is 42', '([0-9]+)', @'<\1>')`, [
    'Number is <42>',
  ]),
  entry('replace', replaceOld(replaceRegex), String.raw`print replace('([0-9]+)', @'<\1>', 'is 42')`, ['is <42>']),
  entry('replace_string', replaceString, "print replace_string('a.b.c', '.', '-'), replace_string('abc', '', 'x')", [
    'a-b-c',
    'abc',
  ]),
  entry(
    'replace_strings',
    replaceStrings,
    `print a = replace_strings('a b', dynamic(['a', 'b']), dynamic(['x', 'y'])), b = replace_strings('red green', dynamic(['red', 'green']), dynamic(['green', 'blue'])), c = replace_strings('atoms', dynamic(['tom', 'atoms', 7]), dynamic(['x', 'y', 'z'])), d = replace_strings('hi is', dynamic(['hi', 'i']), dynamic([4, 'o'])), e = replace_strings(unicode_codepoints_to_string(1114109, 97, 1114109, 1114108, 1114107), dynamic(['a', 'b']), dynamic(['', 'c'])) == unicode_codepoints_to_string(1114109, 1114109, 1114108, 1114107)`,
    ['x y', 'green blue', 'axs', 'hi os', true],
  ),
  entry('trim', trim('both'), "print trim('--', '--abc--'), trim(@'\\s+', '  x ')", ['abc', 'x']),
  entry('trim_start', trim('start'), "print trim_start('https://', 'https://bing.com')", ['bing.com']),
  entry('trim_end', trim('end'), "print trim_end('.com', 'bing.com')", ['bing']),
  entry('regex_quote', (operands, call) => `regexp_escape(${source(operands, 0, call)})`, "print regex_quote('a.b')", [
    'a\\.b',
  ]),
];
