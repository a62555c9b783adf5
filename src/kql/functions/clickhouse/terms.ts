// Terms for ClickHouse: the words that `has` and its kin look for, runs of letters and digits with every other character,
// `_` included, between them. https://learn.microsoft.com/kusto/query/datatypes-string-operators#what-is-a-term
// The engine's own tokens (hasToken) are others: they end at ASCII characters only.

import type { Operand } from '../scalar.ts';
import { type Borders, needlePattern, needlePatterns, termSearch } from '../terms.ts';
import { escapeRegex, isAscii, lower, once, text } from './sql.ts';

export type { Borders } from '../terms.ts';

const before = '(?:^|[^\\pL\\pN])';
const after = '(?:$|[^\\pL\\pN])';

export const whole: Borders = { start: true, end: true };

function matches(haystack: string, form: string, caseSensitive: boolean): string {
  return `match(${haystack}, ${text(`${caseSensitive ? '' : '(?i)'}${form}`)})`;
}

/** Whether one text is in the other. */
export function contains(haystack: string, needle: string, caseSensitive: boolean): string {
  return caseSensitive
    ? `(position(${haystack}, ${needle}) > 0)`
    : `(position(${lower(haystack)}, ${lower(needle)}) > 0)`;
}

/** Characters beyond ASCII that are letters of ASCII in lower case: a capital I with its dot, and the sign of the kelvin. */
const lowerToAscii = "['\u0130', '\u212a']";

/**
 * Whether a known text is in the other, by its case or not. For text of ASCII there is a search without case, which does not
 * fold the two characters beyond ASCII that come to be ASCII: only who has one of them is looked at again.
 */
function containsLiteral(haystack: string, needle: string, caseSensitive: boolean): string {
  if (caseSensitive || !isAscii(needle)) return contains(haystack, text(needle), caseSensitive);
  const form = text(needle.toLowerCase());
  if (!/[ik]/i.test(needle)) return `(positionCaseInsensitive(${haystack}, ${form}) > 0)`;
  return once('n', [haystack], (h) => {
    const again = `multiSearchAny(${h}, ${lowerToAscii}) AND position(${lower(h)}, ${form}) > 0`;
    return `(positionCaseInsensitive(${h}, ${form}) > 0 OR (${again}))`;
  });
}

export function containsOperand(haystack: string, needleText: string, needle: Operand, caseSensitive: boolean): string {
  const known = needle.literal?.value;
  return typeof known === 'string' && needle.type === 'string'
    ? containsLiteral(haystack, known, caseSensitive)
    : contains(haystack, needleText, caseSensitive);
}

/** `haystack has needle` for a needle that is known: a search for the text, then for the borders where it was found. */
export function hasLiteral(haystack: string, needle: string, borders: Borders, caseSensitive: boolean): string {
  if (needle === '') return 'true';
  const form = needlePattern(needle, borders);
  if (form === escapeRegex(needle)) return containsLiteral(haystack, needle, caseSensitive);
  return once(
    'h',
    [haystack],
    (h) => `(${containsLiteral(h, needle, caseSensitive)} AND ${matches(h, form, caseSensitive)})`,
  );
}

/** The engine's search for several texts takes no more. */
const searchedMost = 255;

/** Any of the known needles, as one regular expression, of which text that has none of them is spared. */
export function hasAnyLiteral(haystack: string, needles: readonly string[]): string {
  if (needles.includes('')) return 'true';
  const [only] = needles;
  if (only === undefined) return 'false';
  if (needles.length === 1) return hasLiteral(haystack, only, whole, false);
  const forms = needlePatterns(needles, whole);
  const isSearched = needles.length <= searchedMost && needles.every(isAscii);
  return once('h', [haystack], (h) => {
    const found = `(${forms.map((each) => matches(h, each, false)).join(' OR ')})`;
    if (!isSearched) return found;
    const some = `multiSearchAnyCaseInsensitive(${h}, [${needles.map((each) => text(each)).join(', ')}])`;
    return `((${some} OR NOT isValidASCII(${h})) AND ${found})`;
  });
}

/** The pattern by which a needle that is known only when the query runs is found. */
function computedPattern(needle: string, borders: Borders, caseSensitive: boolean): string {
  const start = borders.start ? `if(match(${needle}, '^[\\\\pL\\\\pN]'), ${text(before)}, '')` : "''";
  const end = borders.end ? `if(match(${needle}, '[\\\\pL\\\\pN]$'), ${text(after)}, '')` : "''";
  return `concat(${caseSensitive ? "''" : "'(?i)'"}, ${start}, regexpQuoteMeta(${needle}), ${end})`;
}

/** A needle that is known only when the query runs. */
export function hasComputed(haystack: string, needle: string, borders: Borders, caseSensitive: boolean): string {
  return once('h', [haystack, needle], (h, n) => {
    const form = computedPattern(n, borders, caseSensitive);
    return `(${contains(h, n, caseSensitive)} AND match(${h}, ${form}))`;
  });
}

/** The place of the first needle of an array that the text has as a term, from 1; 0 where it has none. */
export function firstOf(haystack: string, needles: string): string {
  return `arrayFirstIndex("@n" -> match(${haystack}, ${computedPattern('"@n"', whole, false)}), ${needles})`;
}

export const has = termSearch(hasLiteral, hasComputed);
