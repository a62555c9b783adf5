// The words of a $filter: OData 4.01 URL conventions, section 5.1.1, as far as the security APIs use them.
import { parseTicks } from '../../lib/ticks.ts';
import { ODataProblem, shown } from './problem.ts';

/** `at` is the character where it begins, counted from 1. */
export type Token =
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'time'; readonly ticks: bigint; readonly at: number }
  | { readonly kind: 'guid'; readonly value: string; readonly at: number }
  /** Names of properties and functions, operators, true, false, null, enumeration members without quotes. */
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: '(' | ')' | ',' | '/' | ':'; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

export const filterOption = '$filter';

const blanks = /[ \t]+/y;
const quoted = /'((?:[^']|'')*)'/y;
const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iy;
// In a query string "+" means a blank, so the plus of a zone may have become one.
const time = /(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+ -]\d{2}:\d{2})?/iy;
const number = /[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy;
const word = /[A-Za-z_@][\w.@]*/y;
const signs: ReadonlySet<string> = new Set(['(', ')', ',', '/', ':']);

/** Reads one token after the other. Throws an ODataProblem at what is none. */
export class TokenReader {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    this.#match(blanks);
    const at = this.#index + 1;
    const character = this.#text[this.#index];
    if (character === undefined) return { kind: 'end', at };
    if (isSign(character)) {
      this.#index++;
      return { kind: 'sign', text: character, at };
    }
    if (character === "'") return this.#string(at);
    const token = this.#guid(at) ?? this.#time(at) ?? this.#number(at) ?? this.#word(at);
    const rest = this.#text.slice(this.#index);
    if (!token || /^[^\s(),/:]/.test(rest)) {
      const piece = this.#text.slice(at - 1).split(/[\s(),]/, 1)[0] ?? '';
      throw new ODataProblem(filterOption, `"${shown(piece)}" cannot be read.`, at);
    }
    return token;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#index;
    const match = pattern.exec(this.#text);
    if (match) this.#index = pattern.lastIndex;
    return match;
  }

  #string(at: number): Token {
    const match = this.#match(quoted);
    if (!match) throw new ODataProblem(filterOption, 'The text that begins here has no closing quote.', at);
    return { kind: 'string', value: (match[1] ?? '').replaceAll("''", "'"), at };
  }

  #guid(at: number): Token | undefined {
    const match = this.#match(guid);
    return match ? { kind: 'guid', value: match[0].toLowerCase(), at } : undefined;
  }

  #time(at: number): Token | undefined {
    const match = this.#match(time);
    if (!match) return undefined;
    const [text, day = '', clock, zone = ''] = match;
    // A day alone is its beginning (Edm.Date).
    const ticks =
      clock === undefined && zone === '' ? parseTicks(`${day}T00:00:00Z`) : parseTicks(text.replace(' ', '+'));
    if (ticks === undefined) {
      const advice = zone === '' ? ' Write the zone too, as in 2027-01-31T09:00:00Z.' : '';
      throw new ODataProblem(filterOption, `${shown(text)} is no time.${advice}`, at);
    }
    return { kind: 'time', ticks, at };
  }

  #number(at: number): Token | undefined {
    const match = this.#match(number);
    return match ? { kind: 'number', value: Number(match[0]), at } : undefined;
  }

  #word(at: number): Token | undefined {
    const match = this.#match(word);
    return match ? { kind: 'word', text: match[0], at } : undefined;
  }
}

function isSign(character: string): character is Extract<Token, { kind: 'sign' }>['text'] {
  return signs.has(character);
}
