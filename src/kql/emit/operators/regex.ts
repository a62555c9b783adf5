// A user's regular expression as a piece of a larger one whose groups are counted.
import type { Span } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';

/**
 * The expression with every group that captures made one that does not. A closing parenthesis without an opening one is a
 * character; what RE2 has not (lookaround, references to groups) is refused.
 */
export function withoutGroups(pattern: string, span: Span): string {
  let out = '';
  let depth = 0;
  let index = 0;
  while (index < pattern.length) {
    const character = pattern.charAt(index);
    if (character === '\\') {
      const next = pattern.charAt(index + 1);
      if (/[1-9k]/.test(next)) throw new Unsupported('a regular expression that refers to a group', span);
      out += character + next;
      index += 2;
    } else if (character === '[') {
      const end = classEnd(pattern, index, span);
      out += pattern.slice(index, end);
      index = end;
    } else if (character === '(') {
      const opening = groupOpening(pattern.slice(index), span);
      out += opening.text;
      index += opening.length;
      depth += opening.nests ? 1 : 0;
    } else if (character === ')') {
      out += depth === 0 ? '\\)' : ')';
      depth = Math.max(0, depth - 1);
      index += 1;
    } else {
      out += character;
      index += 1;
    }
  }
  if (depth > 0) throw new Unsupported('a regular expression with a group that does not end', span);
  return out;
}

interface Opening {
  readonly text: string;
  readonly length: number;
  readonly nests: boolean;
}

function groupOpening(rest: string, span: Span): Opening {
  if (!rest.startsWith('(?')) return { text: '(?:', length: 1, nests: true };
  const named = /^\(\?P?<[A-Za-z_]\w*>/.exec(rest);
  if (named) return { text: '(?:', length: named[0].length, nests: true };
  const flags = /^\(\?[a-zA-Z-]*([:)])/.exec(rest);
  if (!flags) throw new Unsupported('a regular expression that looks around', span);
  return { text: flags[0], length: flags[0].length, nests: flags[1] === ':' };
}

/** Behind the closing bracket of a class: a bracket that comes first in it is a character. */
function classEnd(pattern: string, start: number, span: Span): number {
  let index = start + 1;
  if (pattern.charAt(index) === '^') index += 1;
  if (pattern.charAt(index) === ']') index += 1;
  while (index < pattern.length && pattern.charAt(index) !== ']') {
    if (pattern.startsWith('[:', index)) index = Math.max(index, pattern.indexOf(':]', index) + 1);
    index += pattern.charAt(index) === '\\' ? 2 : 1;
  }
  if (index >= pattern.length) throw new Unsupported('a regular expression with a class that does not end', span);
  return index + 1;
}

/** A text as an expression that matches it and nothing else. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** A character within brackets. */
export function escapeClass(text: string): string {
  return text.replace(/[\\\]^[-]/g, '\\$&');
}
