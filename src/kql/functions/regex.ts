// Regular expressions, which are RE2's on both sides. https://learn.microsoft.com/kusto/query/regex

import { asText, convertText } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { arrayOf, bounded, bytesOf, entry, literalText, literalWhole, once, operand, refuse, text } from './sql.ts';

/** How many groups of a pattern capture: an open parenthesis that is not escaped, in a class, or of `(?:` and its kin. */
export function captureGroups(pattern: string): number {
  const without = pattern.replace(/\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]/g, '');
  return (without.match(/\((?!\?)|\(\?P?<(?![=!])/g) ?? []).length;
}

/** `(?<name>…)` is written `(?P<name>…)` for every version of RE2. */
export function pattern(source: string): string {
  return text(source.replace(/\(\?<(?=[A-Za-z_])/g, '(?P<'));
}

function source(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** The group of the first match, as the type of the fourth argument; '' or null where nothing matches. */
const extract: Emit = (operands, call) => {
  const regex = literalText(operands, 0, call);
  const group = literalWhole(operands, 1, call);
  if (group < 0n || Number(group) > captureGroups(regex))
    return refuse(`extract of the group ${group}, which the pattern has not`, call);
  const found = `regexp_extract(${source(operands, 2, call)}, ${pattern(regex)}, ${group})`;
  return call.type === 'string' ? found : convertText(found, call.type, call);
};

/** Groups that are asked for by number; what the pattern has not is left out, and none at all means every one. */
function wantedGroups(operands: readonly Operand[], count: number, call: Call): readonly number[] {
  const every = Array.from({ length: count }, (_, at) => at + 1);
  if (operands.length < 3) return every;
  const parsed: unknown = JSON.parse(literalText(operands, 1, call));
  if (!Array.isArray(parsed)) return refuse('extract_all with groups that are not an array', call);
  const wanted = parsed.map((each) =>
    typeof each === 'number' ? each : refuse('extract_all with the name of a group', call),
  );
  const known = wanted.filter((each) => each >= 0 && each <= count);
  return known.length > 0 ? known : every;
}

const extractAll: Emit = (operands, call) => {
  const regex = literalText(operands, 0, call);
  const count = captureGroups(regex);
  if (count < 1 || count > 16)
    return refuse('extract_all with a pattern of no capture group, or of more than 16', call);
  const groups = wantedGroups(operands, count, call);
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

/** In the replacement `\1` is a group, `\0` the match, and any other backslash itself. */
const replaceRegex: Emit = (operands, call) => {
  const regex = literalText(operands, 1, call);
  const replacement = literalText(operands, 2, call).replace(/\\(?![0-9\\])/g, '\\\\');
  const groups = [...replacement.replaceAll('\\\\', '').matchAll(/\\([0-9])/g)].map(([, digit]) => Number(digit));
  if (groups.some((group) => group > captureGroups(regex)))
    return refuse(`${call.name} with a group that the pattern has not`, call);
  // Each character of the replacement comes once for a match, each group at most as long as all matches.
  const factor = Buffer.byteLength(replacement);
  return once('s', [source(operands, 0, call)], (s) => {
    const value = factor > 1 ? bounded(s, `(${bytesOf(s)} + 1) * ${factor}`) : s;
    return `regexp_replace(${value}, ${pattern(regex)}, ${text(replacement)}, 'g')`;
  });
};

/** The older `replace(regex, rewrite, text)`. */
const replaceOld: Emit = (operands, call) => {
  const [regex, rewrite, value] = [operand(operands, 0, call), operand(operands, 1, call), operand(operands, 2, call)];
  return replaceRegex([value, regex, rewrite], call);
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

const replaceStrings: Emit = (operands, call) => {
  const list = (at: number): readonly string[] => {
    const parsed: unknown = JSON.parse(literalText(operands, at, call));
    return Array.isArray(parsed) ? parsed.map(String) : refuse(`${call.name} of what is not an array`, call);
  };
  const [lookups, rewrites] = [list(1), operands[2]?.type === 'string' ? null : list(2)];
  const one = rewrites ? '' : literalText(operands, 2, call);
  if (rewrites && rewrites.length !== lookups.length) return refuse(`${call.name} with arrays of two lengths`, call);
  return lookups.reduce(
    (s, from, at) => {
      const to = rewrites?.[at] ?? one;
      if (from === '') return s;
      if (to.length <= from.length) return `replace(${s}, ${text(from)}, ${text(to)})`;
      return once('s', [s], (value) => replaced(value, text(from), text(to)));
    },
    source(operands, 0, call),
  );
};

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
    "print tostring(extract_all('([a-z])([0-9])', 'a1 b2')), tostring(extract_all('([a-z])[0-9]', 'a1 b2')), isnull(extract_all('(x)', 'a'))",
    ['[["a","1"],["b","2"]]', '["a","b"]', true],
  ),
  entry('replace_regex', replaceRegex, String.raw`print replace_regex('Number is 42', '([0-9]+)', @'<\1>')`, [
    'Number is <42>',
  ]),
  entry('replace', replaceOld, String.raw`print replace('([0-9]+)', @'<\1>', 'is 42')`, ['is <42>']),
  entry('replace_string', replaceString, "print replace_string('a.b.c', '.', '-'), replace_string('abc', '', 'x')", [
    'a-b-c',
    'abc',
  ]),
  entry('replace_strings', replaceStrings, "print replace_strings('a b', dynamic(['a', 'b']), dynamic(['x', 'y']))", [
    'x y',
  ]),
  entry('trim', trim('both'), "print trim('--', '--abc--'), trim(@'\\s+', '  x ')", ['abc', 'x']),
  entry('trim_start', trim('start'), "print trim_start('https://', 'https://bing.com')", ['bing.com']),
  entry('trim_end', trim('end'), "print trim_end('.com', 'bing.com')", ['bing']),
  entry('regex_quote', (operands, call) => `regexp_escape(${source(operands, 0, call)})`, "print regex_quote('a.b')", [
    'a\\.b',
  ]),
];
