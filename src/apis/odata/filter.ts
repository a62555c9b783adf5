// The filter language of the security APIs and of Graph: OData 4.01 URL conventions, section 5.1.1, cut to what their
// documentation and clients use. A surface turns the expression into its noun's own conditions, over the properties that
// it knows; nothing of a filter ever reaches SQL by itself.
import { ODataProblem, shown } from './problem.ts';
import { filterOption, type Token, TokenReader } from './tokens.ts';

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type TextFunction = 'startswith' | 'endswith' | 'contains';

/** Positions count characters of the filter from 1. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  /** Ticks of 100 ns, see lib/ticks.ts. */
  | { readonly kind: 'time'; readonly ticks: bigint; readonly at: number }
  | { readonly kind: 'guid'; readonly value: string; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'null'; readonly at: number }
  /** A word without quotes, as members of enumerations are often written. */
  | { readonly kind: 'word'; readonly value: string; readonly at: number };

/** `name` is as it was written, a path with slashes; inside of a lambda, '' is the element itself. */
export interface Property {
  readonly name: string;
  readonly at: number;
}

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'comparison';
      readonly property: Property;
      readonly operator: ComparisonOperator;
      readonly literal: Literal;
    }
  | { readonly kind: 'in'; readonly property: Property; readonly literals: readonly Literal[] }
  | { readonly kind: 'function'; readonly name: TextFunction; readonly property: Property; readonly text: string }
  /** `list/any(x:x eq 1)`: some element is so; without an expression, there is some element. */
  | { readonly kind: 'any'; readonly property: Property; readonly of: Expression | null };

export interface FilterBounds {
  /** Characters. */
  readonly lengthMax: number;
  /** Literals, over the whole filter. */
  readonly valuesMax: number;
  /** Calls of startswith, endswith and contains: each goes through the texts of all rows, which no index can help. */
  readonly functionsMax: number;
  /** Parentheses, nots and lambdas within each other. */
  readonly depthMax: number;
}

export const usualBounds: FilterBounds = { lengthMax: 10_000, valuesMax: 200, functionsMax: 50, depthMax: 20 };

/** The expression that the text means. Throws an ODataProblem that says what is wrong and at which character. */
export function parseFilter(text: string, bounds: FilterBounds = usualBounds): Expression {
  if (text.length > bounds.lengthMax) {
    throw new ODataProblem(filterOption, `$filter is longer than ${bounds.lengthMax} characters.`);
  }
  return new FilterParser(text, bounds).parse();
}

const comparisonOperators: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const textFunctions: ReadonlySet<string> = new Set(['startswith', 'endswith', 'contains']);
const mirrored = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } as const;

class FilterParser {
  readonly #reader: TokenReader;
  readonly #bounds: FilterBounds;
  #token: Token;
  #depth = 0;
  #values = 0;
  #functions = 0;
  /** Name of the lambda's variable while inside of one. */
  #variable: string | null = null;

  constructor(text: string, bounds: FilterBounds) {
    this.#reader = new TokenReader(text);
    this.#bounds = bounds;
    this.#token = this.#reader.next();
  }

  parse(): Expression {
    if (this.#isAtEnd()) throw new ODataProblem(filterOption, '$filter is empty.');
    const expression = this.#any();
    if (!this.#isAtEnd()) throw this.#unexpected('"and", "or" or the end');
    return expression;
  }

  #any(): Expression {
    return this.#joined('or', () => this.#joined('and', () => this.#single()));
  }

  #joined(kind: 'and' | 'or', part: () => Expression): Expression {
    const first = part();
    const of = [first];
    while (this.#takeWord(kind)) of.push(part());
    return of.length === 1 ? first : { kind, of };
  }

  #single(): Expression {
    if (this.#takeWord('not')) return this.#deeper(() => ({ kind: 'not', of: this.#single() }));
    if (this.#takeSign('(')) {
      const inner = this.#deeper(() => this.#any());
      this.#expectSign(')');
      return inner;
    }
    return this.#term();
  }

  /** What a path, a function or a value begins. */
  #term(): Expression {
    const { kind, at } = this.#token;
    if (kind === 'end' || kind === 'sign') throw this.#unexpected('a property');
    const left = this.#tokenAsWord();
    if (left === null) return this.#valueFirst();
    if (this.#takeSign('(')) return this.#call(left, at);
    const property = this.#path(left, at);
    if ('of' in property) return property;
    if (this.#takeWord('in')) return { kind: 'in', property, literals: this.#list() };
    const operator = this.#operator();
    return { kind: 'comparison', property, operator, literal: this.#literal() };
  }

  /** `5 lt size` means `size gt 5`. */
  #valueFirst(): Expression {
    const literal = this.#literal();
    const operator = this.#operator();
    const { at } = this.#token;
    const name = this.#tokenAsWord();
    if (name === null) throw this.#unexpected('a property');
    const property = this.#path(name, at);
    if ('of' in property) throw new ODataProblem(filterOption, 'A lambda cannot be compared.', at);
    return { kind: 'comparison', property, operator: mirrored[operator], literal };
  }

  /** Takes a word that names something; null for values, true, false and null. */
  #tokenAsWord(): string | null {
    const token = this.#token;
    if (token.kind !== 'word' || /^(true|false|null)$/i.test(token.text)) return null;
    this.#advance();
    return token.text;
  }

  #path(first: string, at: number): Property | Extract<Expression, { kind: 'any' }> {
    const parts = [first];
    while (this.#takeSign('/')) {
      const part = this.#tokenAsWord();
      if (part === null) throw this.#unexpected('the rest of the property');
      if (this.#takeSign('(')) return this.#lambda(part, { name: this.#nameOf(parts), at });
      parts.push(part);
    }
    return { name: this.#nameOf(parts), at };
  }

  #nameOf(parts: readonly string[]): string {
    return (this.#variable !== null && parts[0] === this.#variable ? parts.slice(1) : parts).join('/');
  }

  #lambda(name: string, property: Property): Extract<Expression, { kind: 'any' }> {
    if (name.toLowerCase() !== 'any') {
      throw new ODataProblem(filterOption, `"${shown(name)}" is not supported on a list; "any" is.`, property.at);
    }
    if (this.#variable !== null) {
      throw new ODataProblem(filterOption, 'A lambda within a lambda is not supported.', property.at);
    }
    if (this.#takeSign(')')) return { kind: 'any', property, of: null };
    const variable = this.#tokenAsWord();
    if (variable === null) throw this.#unexpected('a variable');
    this.#expectSign(':');
    this.#variable = variable;
    const of = this.#deeper(() => this.#any());
    this.#variable = null;
    this.#expectSign(')');
    return { kind: 'any', property, of };
  }

  /** `startswith(name,'a')`, also with `eq true` or `eq false` behind it, as some clients write it. */
  #call(name: string, at: number): Expression {
    const lower = name.toLowerCase();
    if (!isTextFunction(lower)) {
      throw new ODataProblem(filterOption, `The function ${shown(name)} is not supported.`, at);
    }
    if (++this.#functions > this.#bounds.functionsMax) {
      const bound = `${this.#bounds.functionsMax} calls of startswith, endswith and contains`;
      throw new ODataProblem(filterOption, `$filter has more than ${bound}. Name whole values with "in".`, at);
    }
    const propertyAt = this.#token.at;
    const path = this.#tokenAsWord();
    if (path === null) throw this.#unexpected('a property');
    const property = this.#path(path, propertyAt);
    if ('of' in property) throw new ODataProblem(filterOption, `${name} takes a property.`, propertyAt);
    this.#expectSign(',');
    const literal = this.#literal();
    if (literal.kind !== 'string') {
      throw new ODataProblem(filterOption, `${name} takes a text in single quotes.`, literal.at);
    }
    this.#expectSign(')');
    const call: Expression = { kind: 'function', name: lower, property, text: literal.value };
    const isEqual = this.#takeWord('eq');
    if (!isEqual && !this.#takeWord('ne')) return call;
    const truth = this.#literal();
    if (truth.kind !== 'boolean') throw new ODataProblem(filterOption, 'Here, true or false belongs.', truth.at);
    return truth.value === isEqual ? call : { kind: 'not', of: call };
  }

  #operator(): ComparisonOperator {
    const token = this.#token;
    const text = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (!isComparison(text)) throw this.#unexpected('an operator (eq, ne, gt, ge, lt, le, in)');
    this.#advance();
    return text;
  }

  #list(): Literal[] {
    this.#expectSign('(');
    const literals = [this.#literal()];
    while (this.#takeSign(',')) literals.push(this.#literal());
    this.#expectSign(')');
    return literals;
  }

  #literal(): Literal {
    const token = this.#token;
    if (token.kind === 'end' || token.kind === 'sign') throw this.#unexpected('a value');
    if (++this.#values > this.#bounds.valuesMax) {
      throw new ODataProblem(filterOption, `$filter has more than ${this.#bounds.valuesMax} values.`);
    }
    this.#advance();
    return token.kind === 'word' ? literalOfWord(token.text, token.at) : token;
  }

  #deeper<Result>(parse: () => Result): Result {
    if (++this.#depth > this.#bounds.depthMax) {
      throw new ODataProblem(filterOption, `$filter is nested deeper than ${this.#bounds.depthMax} levels.`);
    }
    const result = parse();
    this.#depth--;
    return result;
  }

  #isAtEnd(): boolean {
    return this.#token.kind === 'end';
  }

  #advance(): void {
    this.#token = this.#reader.next();
  }

  #takeWord(text: string): boolean {
    if (this.#token.kind !== 'word' || this.#token.text.toLowerCase() !== text) return false;
    this.#advance();
    return true;
  }

  #takeSign(text: string): boolean {
    if (this.#token.kind !== 'sign' || this.#token.text !== text) return false;
    this.#advance();
    return true;
  }

  #expectSign(text: string): void {
    if (!this.#takeSign(text)) throw this.#unexpected(`"${text}"`);
  }

  #unexpected(wanted: string): ODataProblem {
    const token = this.#token;
    if (token.kind === 'end') return new ODataProblem(filterOption, `It ends here; ${wanted} is missing.`, token.at);
    const found = token.kind === 'word' || token.kind === 'sign' ? `, not "${shown(token.text)}"` : '';
    return new ODataProblem(filterOption, `Here, ${wanted} belongs${found}.`, token.at);
  }
}

function literalOfWord(text: string, at: number): Literal {
  switch (text.toLowerCase()) {
    case 'null':
      return { kind: 'null', at };
    case 'true':
    case 'false':
      return { kind: 'boolean', value: text.toLowerCase() === 'true', at };
    default:
      return { kind: 'word', value: text, at };
  }
}

function isComparison(text: string): text is ComparisonOperator {
  return comparisonOperators.has(text);
}

function isTextFunction(text: string): text is TextFunction {
  return textFunctions.has(text);
}

/** Whether `left` stands to `right` as the operator says. */
export function compare<Value extends number | bigint>(
  left: Value,
  operator: ComparisonOperator,
  right: Value,
): boolean {
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
  }
}
