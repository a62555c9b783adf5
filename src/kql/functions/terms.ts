// Terms, the words that `has` and its kin look for: runs of letters and digits, with every other character, `_` included,
// between them. https://learn.microsoft.com/kusto/query/datatypes-string-operators#what-is-a-term

import type { Operand } from './scalar.ts';
import { escapeRegex, isCopied, once, text } from './sql.ts';

const border = '[^\\pL\\pN]';
const before = `(?:^|${border})`;
const after = `(?:$|${border})`;
const termCharacter = /[\p{L}\p{N}]/u;
/** Bytes of one alternation; more needles are several. */
const patternLengthMax = 4000;

/** Which ends of the needle must be at the border of a term in the text. */
export interface Borders {
  readonly start: boolean;
  readonly end: boolean;
}

/** A pattern for the needle; a border counts only beside a character of a term. */
export function needlePattern(needle: string, borders: Borders): string {
  const first = [...needle].at(0) ?? '';
  const last = [...needle].at(-1) ?? '';
  const start = borders.start && termCharacter.test(first) ? before : '';
  const end = borders.end && termCharacter.test(last) ? after : '';
  return `${start}${escapeRegex(needle)}${end}`;
}

/** Needles in as few alternations as their length allows; those that need both borders share them. */
export function needlePatterns(needles: readonly string[], borders: Borders): string[] {
  const found: string[] = [];
  const chunks: string[][] = [];
  let length = patternLengthMax + 1;
  for (const needle of new Set(needles)) {
    const form = needlePattern(needle, borders);
    const plain = form === `${before}${escapeRegex(needle)}${after}`;
    if (!plain) {
      found.push(form);
      continue;
    }
    if (length > patternLengthMax) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)?.push(escapeRegex(needle));
    length += needle.length;
  }
  return [...chunks.map((each) => `${before}(?:${each.join('|')})${after}`), ...found];
}

function folded(sql: string, caseSensitive: boolean): string {
  return caseSensitive ? sql : `lower(${sql})`;
}

function matches(haystack: string, form: string, caseSensitive: boolean): string {
  return `regexp_matches(${haystack}, ${text(`${caseSensitive ? '' : '(?i)'}${form}`)})`;
}

/** `haystack has needle` for a needle that is known: a search for the text, then for the borders where it was found. */
export function hasLiteral(haystack: string, needle: string, borders: Borders, caseSensitive: boolean): string {
  if (needle === '') return 'true';
  const form = needlePattern(needle, borders);
  const isPlain = form === escapeRegex(needle);
  const inside = `contains(${folded(haystack, caseSensitive)}, ${folded(text(needle), caseSensitive)})`;
  if (isPlain) return inside;
  const found = matches(haystack, form, caseSensitive);
  return isCopied(haystack) ? `(${inside} AND ${found})` : found;
}

/** Any of the known needles, as one regular expression. */
export function hasAnyLiteral(haystack: string, needles: readonly string[]): string {
  const borders = { start: true, end: true };
  if (needles.includes('')) return 'true';
  const [only] = needles;
  if (only === undefined) return 'false';
  if (needles.length === 1) return hasLiteral(haystack, only, borders, false);
  const forms = needlePatterns(needles, borders);
  const [form] = forms;
  if (forms.length === 1 && form !== undefined) return matches(haystack, form, false);
  return once('h', [haystack], (h) => `(${forms.map((each) => matches(h, each, false)).join(' OR ')})`);
}

/** A needle that is known only when the query runs. */
export function hasComputed(haystack: string, needle: string, borders: Borders, caseSensitive: boolean): string {
  return once('h', [haystack, needle], (h, n) => {
    const start = borders.start ? `CASE WHEN regexp_matches(${n}, '^[\\pL\\pN]') THEN '${before}' ELSE '' END || ` : '';
    const end = borders.end ? ` || CASE WHEN regexp_matches(${n}, '[\\pL\\pN]$') THEN '${after}' ELSE '' END` : '';
    const form = `${caseSensitive ? "'' || " : "'(?i)' || "}${start}regexp_escape(${n})${end}`;
    const inside = `contains(${folded(h, caseSensitive)}, ${folded(n, caseSensitive)})`;
    return `(CASE WHEN ${inside} THEN regexp_matches(${h}, ${form}) ELSE false END)`;
  });
}

/** A search for a term, by what its needle is. */
type Search = (haystack: string, needle: string, borders: Borders, caseSensitive: boolean) => string;

/** The search of a dialect that has one for needles that are known and one for needles that are SQL. */
export function termSearch(literal: Search, computed: Search) {
  return (haystack: string, needle: Operand, needleText: string, borders: Borders, caseSensitive: boolean): string => {
    const known = needle.literal?.value;
    if (typeof known === 'string' && needle.type === 'string') return literal(haystack, known, borders, caseSensitive);
    return computed(haystack, needleText, borders, caseSensitive);
  };
}

export const has = termSearch(hasLiteral, hasComputed);
