// Regular expressions as the arguments of functions, before a dialect makes SQL of them: they are RE2's wherever they run.
// https://learn.microsoft.com/kusto/query/regex

import type { Call, Emit, Operand } from './scalar.ts';
import { literalText, literalWhole, operand, refuse } from './sql.ts';

/** How many groups of a pattern capture: an open parenthesis that is not escaped, in a class, or of `(?:` and its kin. */
export function captureGroups(pattern: string): number {
  return groupNames(pattern).length;
}

/** Names of the groups that capture, in their order; '' for one without. */
function groupNames(pattern: string): readonly string[] {
  const without = pattern.replace(/\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]/g, '');
  return [...without.matchAll(/\((?!\?)|\(\?P?<(?![=!])(\w*)/g)].map(([, name]) => name ?? '');
}

/** `(?<name>…)` is written `(?P<name>…)` for every version of RE2. */
export function withNamedGroups(source: string): string {
  return source.replace(/\(\?<(?=[A-Za-z_])/g, '(?P<');
}

/** Pattern and group of `extract(regex, group, text)`. */
export function extraction(
  operands: readonly Operand[],
  call: Call,
): { readonly regex: string; readonly group: bigint } {
  const regex = literalText(operands, 0, call);
  const group = literalWhole(operands, 1, call);
  if (group < 0n || Number(group) > captureGroups(regex))
    return refuse(`extract of the group ${group}, which the pattern has not`, call);
  return { regex, group };
}

/** Pattern and groups of `extract_all(regex, groups, text)`. */
export function extractions(
  operands: readonly Operand[],
  call: Call,
): { readonly regex: string; readonly groups: readonly number[] } {
  const regex = literalText(operands, 0, call);
  const count = captureGroups(regex);
  if (count < 1 || count > 16)
    return refuse('extract_all with a pattern of no capture group, or of more than 16', call);
  return { regex, groups: wantedGroups(operands, groupNames(regex), call) };
}

/** Groups that are asked for by number or name; a number that the pattern has not is left out, and none at all means every one. */
function wantedGroups(operands: readonly Operand[], names: readonly string[], call: Call): readonly number[] {
  const every = names.map((_, at) => at + 1);
  if (operands.length < 3) return every;
  const parsed: unknown = JSON.parse(literalText(operands, 1, call));
  if (!Array.isArray(parsed)) return refuse('extract_all with groups that are not an array', call);
  const wanted = parsed.map((each) => {
    if (typeof each === 'number') return each;
    const at = typeof each === 'string' && each !== '' ? names.indexOf(each) : -1;
    return at < 0 ? refuse('extract_all with the name of a group that the pattern has not', call) : at + 1;
  });
  const known = wanted.filter((each) => each >= 0 && each <= names.length);
  return known.length > 0 ? known : every;
}

/** In the replacement `\1` is a group, `\0` the match, two backslashes are one, and any other is itself. */
export function rewriteOf(replacement: string): string {
  return replacement.replace(/\\[0-9\\]|\\/g, (found) => (found.length === 1 ? '\\\\' : found));
}

/** What `replace_regex(text, regex, rewrite)` puts in the place of what. */
export interface Replacement {
  readonly regex: string;
  readonly replacement: string;
  /**
   * How many times as long as the text the result can be: each character comes once for a match, each group at most as
   * long as all matches.
   */
  readonly factor: number;
}

export function replacementOf(operands: readonly Operand[], call: Call): Replacement {
  const regex = literalText(operands, 1, call);
  const replacement = rewriteOf(literalText(operands, 2, call));
  const groups = [...replacement.replaceAll('\\\\', '').matchAll(/\\([0-9])/g)].map(([, digit]) => Number(digit));
  if (groups.some((group) => group > captureGroups(regex)))
    return refuse(`${call.name} with a group that the pattern has not`, call);
  return { regex, replacement, factor: Buffer.byteLength(replacement) };
}

/** The older `replace(regex, rewrite, text)`. */
export function replaceOld(replaceRegex: Emit): Emit {
  return (operands, call) => {
    const [regex, rewrite, value] = [
      operand(operands, 0, call),
      operand(operands, 1, call),
      operand(operands, 2, call),
    ];
    return replaceRegex([value, regex, rewrite], call);
  };
}
