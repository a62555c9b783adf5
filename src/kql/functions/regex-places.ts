// Where regular expressions match. https://learn.microsoft.com/kusto/query/indexof-regex-function
// The engine tells the matches, not their places: each is read with what lies between it and the one before.

import { asText } from './conversions.ts';
import { pattern } from './regex.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { always, entry, isAtLeast, literalText, long, once, operand, refuse } from './sql.ts';

/** Looks at what stands around the match, which a part of the text has not. */
const context = /[\^$]|\\[AbBz]/;
const classes = /\\[^AbBz]|\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]/g;

/** The expression, where it can be looked for in the part of the text that `start` and `length` leave. */
export function placedRegex(operands: readonly Operand[], call: Call): string {
  const regex = literalText(operands, 1, call);
  const isWhole = [
    [2, 0n],
    [3, -1n],
  ] as const;
  const isPart = isWhole.some(([at, all]) => operands[at] !== undefined && operands[at].literal?.value !== all);
  if (isPart && context.test(regex.replaceAll(classes, '')))
    return refuse(`${call.name} with an anchor and a start or a length`, call);
  if (operands[4]?.literal?.value === 0n) return refuse(`${call.name} of the occurrence 0`, call);
  return regex;
}

/**
 * `indexof_regex(source, regex, start, length, occurrence)`: -1 where it is not found; null for a start or an occurrence
 * below 0 and a length below -1. Matches do not overlap. A match of the empty text is an error.
 */
const indexOfRegex: Emit = (operands, call) => {
  const regex = placedRegex(operands, call);
  const [start, size, nth] = [operands[2]?.sql ?? long(0), operands[3]?.sql ?? long(-1), operands[4]?.sql ?? long(1)];
  const source = asText(operand(operands, 0, call), call);
  return once('x', [source, start, size, nth], (s, from, count, occurrence) => {
    const behind = `substring(${s}, ${from} + 1)`;
    const part = `(CASE WHEN ${count} < 0 THEN ${behind} ELSE substring(${s}, ${from} + 1, ${count}) END)`;
    const found = always('p', operands[2] ? part : s, (p) => {
      const lengths = (wanted: string, group: number): string =>
        `list_transform(regexp_extract_all(${p}, ${pattern(wanted)}, ${group}), lambda "@e": length("@e"))`;
      const [gaps, steps] = [lengths(`((?s:.*?))(?:${regex})`, 1), lengths(`(?s:.*?)(?:${regex})`, 0)];
      return always('m', `struct_pack(g := ${gaps}, s := ${steps})`, (m) => {
        const isEmpty = `len(list_filter(${m}.s, lambda "@e", "@i": "@e" = (${m}.g)["@i"])) > 0`;
        const refused = `error('${call.name}() with a match of the empty text is not supported')`;
        const before = `coalesce(list_sum(list_slice(${m}.s, 1, ${occurrence} - 1)), 0)`;
        const place = `coalesce(${from} + ${before} + (${m}.g)[${occurrence}], -1)`;
        return `(CASE WHEN ${isEmpty} THEN ${refused} ELSE ${place} END)::BIGINT`;
      });
    });
    const isValid = isAtLeast(operands[2], 0n) && isAtLeast(operands[3], -1n) && isAtLeast(operands[4], 0n);
    return isValid ? found : `(CASE WHEN ${from} >= 0 AND ${count} >= -1 AND ${occurrence} >= 0 THEN ${found} END)`;
  });
};

export const regexPlaces: readonly ScalarFunction[] = [
  entry(
    'indexof_regex',
    indexOfRegex,
    "print indexof_regex('id-7 id-12', '[0-9]+'), indexof_regex('id-7 id-12', '[0-9]+', 0, -1, 2), indexof_regex('id-7 id-12', '[0-9]+', 4), indexof_regex('aaa', 'a+', 0, -1, 2), indexof_regex('éé7', '[0-9]'), indexof_regex('a', 'a', -1)",
    ['3', '8', '8', '-1', '2', null],
  ),
];
