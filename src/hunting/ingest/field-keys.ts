// The names of an object's members, read where their bytes lie. Records of one table have the same members in the same
// order, so each name remembers which one came after it, and most names are compared and never looked up.
import { type JsonBytes, type TextWords, textWords } from './json-bytes.ts';

export interface FieldKey<Use> {
  readonly name: string;
  /** What the name stands for. */
  readonly use: Use;
  /** The name in its quotes, and the colon behind them. */
  readonly text: TextWords;
  /** What came after it the last time. */
  next: FieldKey<Use> | undefined;
  /** The number of the last object that had it. */
  object: number;
}

const [quote, comma, colon, openBrace, closeBrace] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d];
/** More names than any table has are remembered, but not all those of a hostile export. */
const keysMax = 2000;
const nameBytesMax = 128;

export class FieldKeys<Use> {
  readonly #useOf: (name: string) => Use;
  readonly #known = new Map<string, FieldKey<Use>>();
  #first: FieldKey<Use> | undefined;
  #last: FieldKey<Use> | undefined;
  #object = 0;
  /** The object was read to its end. */
  isWhole = false;

  constructor(useOf: (name: string) => Use) {
    this.#useOf = useOf;
  }

  /**
   * Begins with the object that comes next: goes behind its first name and colon, for the caller to read the value and to go
   * on with {@link next}. Undefined at the object's end ({@link isWhole}), and where it is better left to JSON.parse.
   */
  first(json: JsonBytes): FieldKey<Use> | undefined {
    this.#last = undefined;
    this.#object++;
    this.isWhole = false;
    if (!json.skip(openBrace)) return undefined;
    this.isWhole = json.skip(closeBrace);
    return this.isWhole ? undefined : this.#read(json);
  }

  /** The same for the name that comes after a value. */
  next(json: JsonBytes): FieldKey<Use> | undefined {
    if (json.skip(comma)) return this.#read(json);
    this.isWhole = json.skip(closeBrace);
    return undefined;
  }

  /**
   * Goes behind the next name and its colon. Undefined for what is better left to JSON.parse: what is no name, one that is
   * there twice, is written with escapes or counts as a number (those come first, whatever order they are written in).
   */
  #read(json: JsonBytes): FieldKey<Use> | undefined {
    const last = this.#last;
    const expected = last === undefined ? this.#first : last.next;
    const isExpected = json.next() === quote && expected !== undefined;
    const key = isExpected && json.skipText(expected.text) ? expected : this.#find(json);
    if (key === undefined || key.object === this.#object) return undefined;
    if (last === undefined) this.#first = key;
    else last.next = key;
    key.object = this.#object;
    this.#last = key;
    return key;
  }

  #find(json: JsonBytes): FieldKey<Use> | undefined {
    if (json.next() !== quote || !json.readText()) return undefined;
    const { at, begin, end } = json;
    if (at !== end + 1 || end - begin > nameBytesMax || !json.skip(colon)) return undefined;
    const name = json.text(begin, end);
    const known = this.#known.get(name);
    if (known || this.#known.size === keysMax || /^\d/.test(name)) return known;
    const text = textWords(`"${name}":`);
    const key: FieldKey<Use> = { name, use: this.#useOf(name), text, next: undefined, object: 0 };
    this.#known.set(name, key);
    return key;
  }
}
