// Regular expressions for ClickHouse, which are RE2's there as well. Its functions let a dot match a new line, which they
// are told not to; and they go their own ways behind a match of the empty text, so that patterns with one are refused where
// that would show. https://clickhouse.com/docs/sql-reference/functions/string-search-functions

import { extraction, extractions, replacementOf, replaceOld, withNamedGroups } from '../patterns.ts';
import { replaceInOrder } from '../regex.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asText, convertText } from './conversions.ts';
import { bounded, bytesOf, jsonString, literalText, nullOf, once, operand, refuse, text } from './sql.ts';

/** The pattern as the engine is to read it: `(?<name>…)` as `(?P<name>…)`, and a dot without the new line. */
export function patternText(source: string): string {
  const named = withNamedGroups(source);
  return named.includes('.') ? `(?-s)${named}` : named;
}

export function pattern(source: string): string {
  return text(patternText(source));
}

/** Texts that match such a pattern around another one, if that matches the empty text: alone, at a word's end, within a word. */
const aroundEmpty: readonly (readonly [text: string, before: string, behind: string])[] = [
  ['', '^', '$'],
  ['a b', '^a', ' b$'],
  ['ab', '^a', 'b$'],
];

/** Whether the pattern matches the empty text, as far as this can be told here. */
function matchesEmpty(regex: string): boolean {
  const known = regex.replace(/\(\?P</g, '(?<').replace(/^\(\?[a-zA-Z]+\)/, '');
  try {
    return aroundEmpty.some(([each, before, behind]) => new RegExp(`${before}(?:${known})${behind}`).test(each));
  } catch {
    return false;
  }
}

/** What reads every match of a pattern that does not match the empty text; another one is refused. */
function withoutEmpty(regex: string, sql: string, otherwise: string, call: Call): string {
  const what = `${call.name} with a pattern that matches the empty text`;
  if (matchesEmpty(regex)) return refuse(what, call);
  const isEmpty = aroundEmpty.map(
    ([each, before, behind]) => `match(${text(each)}, ${pattern(`${before}(?:${regex})${behind}`)})`,
  );
  return `if(throwIf(${isEmpty.join(' OR ')}, ${text(`${what} is not supported`)}) = 0, ${sql}, ${otherwise})`;
}

function source(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** The group of the first match, as the type of the fourth argument; '' or null where nothing matches. */
const extract: Emit = (operands, call) => {
  const { regex, group } = extraction(operands, call);
  const found = `regexpExtract(${source(operands, 2, call)}, ${pattern(regex)}, ${group})`;
  return call.type === 'string' ? found : convertText(found, call.type, call);
};

const extractAll: Emit = (operands, call) => {
  const { regex, groups } = extractions(operands, call);
  const values = groups.map((group) => `arrayElement("@m", ${group + 1})`);
  const row = values.length === 1 ? values.join() : `[${values.join(', ')}]`;
  // The whole match is a group as well, the first one.
  const matches = `extractAllGroupsVertical(${source(operands, operands.length - 1, call)}, ${pattern(`(${regex})`)})`;
  return once('x', [withoutEmpty(regex, matches, "CAST([], 'Array(Array(String))')", call)], (x) => {
    const all = jsonString(`arrayMap("@m" -> ${row}, ${x})`);
    return `if(length(${x}) > 0, ${all}, ${nullOf('String')})`;
  });
};

/** How often the pattern matches. */
export function countMatches(sql: string, regex: string, call: Call): string {
  return withoutEmpty(regex, `toInt64(countMatches(${sql}, ${pattern(regex)}))`, 'toInt64(0)', call);
}

const replaceRegex: Emit = (operands, call) => {
  const { regex, replacement, factor } = replacementOf(operands, call);
  // Of a pattern without signs of its own the engine takes the replacement as it is, so the pattern gets one.
  const whole = pattern(`(?:${regex})`);
  return once('s', [source(operands, 0, call)], (s) => {
    const value = factor > 1 ? bounded(s, `(${bytesOf(s)} + 1) * ${factor}`) : s;
    const replaced = `replaceRegexpAll(${value}, ${whole}, ${text(replacement)})`;
    // What is put in the place of nothing shows only where it is something.
    return replacement === '' ? replaced : withoutEmpty(regex, replaced, "''", call);
  });
};

/** What is sought as the empty text is in no text to the engine. */
function replaced(s: string, from: string, to: string): string {
  const growth = `greatest(1, ${bytesOf(to)} / greatest(1, length(${from})))`;
  return `replaceAll(${bounded(s, `${bytesOf(s)} * ${growth}`)}, ${from}, ${to})`;
}

const replaceString: Emit = (operands, call) =>
  once('r', [source(operands, 0, call), source(operands, 1, call), source(operands, 2, call)], replaced);

const replaceStrings = replaceInOrder(
  source,
  (sql, from, to) => `replaceAll(${sql}, ${text(from)}, ${text(to)})`,
  (sql, factor) => once('s', [sql], (s) => bounded(s, `${bytesOf(s)} * ${factor}`)),
);

/** What the regular expression matches at an end, or both; trimmed once, as long as the expression matches. */
function trim(ends: 'start' | 'end' | 'both'): Emit {
  return (operands, call) => {
    const regex = literalText(operands, 0, call);
    const value = source(operands, 1, call);
    const start = (sql: string): string => `replaceRegexpOne(${sql}, ${pattern(`^(?:${regex})`)}, '')`;
    const end = (sql: string): string => `replaceRegexpOne(${sql}, ${pattern(`(?:${regex})$`)}, '')`;
    return ends === 'start' ? start(value) : ends === 'end' ? end(value) : end(start(value));
  };
}

/** Every character that is no letter, digit or `_` of ASCII, and none beyond it, with a backslash before it. */
function quoted(sql: string): string {
  const escaped = `replaceRegexpAll(${sql}, '([\\\\x01-/:-@\\\\[-^\`{-\\\\x7f])', '\\\\\\\\\\\\1')`;
  return `replaceAll(${escaped}, '\\0', '\\\\x00')`;
}

export const regexes: Readonly<Record<string, Emit>> = {
  extract,
  extract_all: extractAll,
  replace_regex: replaceRegex,
  replace: replaceOld(replaceRegex),
  replace_string: replaceString,
  replace_strings: replaceStrings,
  trim: trim('both'),
  trim_start: trim('start'),
  trim_end: trim('end'),
  regex_quote: (operands, call) => quoted(source(operands, 0, call)),
};
