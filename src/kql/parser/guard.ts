// What the parser must not be given: its time grows faster than the text when it nests, and it cannot be interrupted.
// This scan is linear and knows only brackets, strings, comments and separators.
import type { Diagnostic } from '../ir.ts';

export const textBytesMax = 64 * 1024;
/** Brackets within brackets. People write up to a dozen. */
const depthMax = 100;
/** Operators after each other: `or` chains and pipes become trees as deep as they are long. The parser itself stops at 500. */
const chainMax = 1000;
/** Values between the same brackets. */
const itemsMax = 10_000;

type Refusal = Pick<Diagnostic, 'code' | 'message' | 'span'>;

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const tokens =
  /\/\/[^\n]*|```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|@"(?:[^"]|"")*"?|@'(?:[^']|'')*'?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[A-Za-z_]\w*|[()[\]{},;|]|[-+*/%<>=!]+/g;

/** The reason not to parse a text, or undefined where it may be parsed. */
export function guard(text: string): Refusal | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > textBytesMax) {
    return refusal('SP002', `The query has ${bytes} bytes; at most ${textBytesMax} are taken.`, 0);
  }
  if (text.trim() === '') return refusal('SP003', 'The query is empty.', 0);
  const scan = new Scan();
  for (const found of text.matchAll(tokens)) {
    const problem = scan.take(found[0], found.index);
    if (problem) return problem;
  }
  return undefined;
}

function refusal(code: string, message: string, start: number): Refusal {
  return { code, message, span: { start, length: 1 } };
}

interface Level {
  items: number;
  chain: number;
}

const chained: ReadonlySet<string> = new Set(['|', 'and', 'or']);

class Scan {
  readonly #levels: Level[] = [{ items: 0, chain: 0 }];

  take(token: string, start: number): Refusal | undefined {
    const level = this.#levels.at(-1);
    if (!level) return undefined;
    if (closers[token] !== undefined) {
      this.#levels.push({ items: 0, chain: 0 });
      if (this.#levels.length > depthMax) return refusal('SP004', `Brackets nest deeper than ${depthMax}.`, start);
    } else if (token === ')' || token === ']' || token === '}') {
      if (this.#levels.length > 1) this.#levels.pop();
    } else if (token === ',') {
      level.items += 1;
      level.chain = 0;
      if (level.items > itemsMax) return refusal('SP005', `A list has more than ${itemsMax} values.`, start);
    } else if (token === ';') {
      level.chain = 0;
    } else if (chained.has(token.toLowerCase()) || /^[-+*/%]/.test(token)) {
      // A run of signs is a chain by itself.
      level.chain += token === '|' ? 1 : token.replaceAll(/[a-z]+/gi, '.').length;
      if (level.chain > chainMax) {
        return refusal(
          'SP006',
          `More than ${chainMax} operators follow each other without a comma or a bracket.`,
          start,
        );
      }
    }
    return undefined;
  }
}
