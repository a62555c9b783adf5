// From a $filter to what directory nouns can be asked for. A property, operator or value that a list cannot use is
// refused by name.
import type { Ctx } from '../../context.ts';
import type { TextCondition } from '../../lib/text-condition.ts';
import { type Expression, type Literal, type Property, parseFilter, usualBounds } from '../odata/filter.ts';
import { ODataProblem, shown } from '../odata/problem.ts';

const option = '$filter';

export interface Filterable<Name extends string> {
  /** Plural of what is listed, for messages. */
  readonly what: string;
  /** Compared with eq, ne, in and startswith. */
  readonly texts: readonly Name[];
  /** Lists of texts, asked with any(). */
  readonly lists?: readonly Name[];
}

/** Null without a filter. */
export function readTextFilter<Name extends string>(
  ctx: Ctx,
  text: string | undefined,
  allowed: Filterable<Name>,
): TextCondition<Name> | null {
  if (text === undefined) return null;
  return toCondition(parseFilter(text, { ...usualBounds, valuesMax: ctx.config.filterValuesMax }), allowed);
}

function toCondition<Name extends string>(expression: Expression, allowed: Filterable<Name>): TextCondition<Name> {
  switch (expression.kind) {
    case 'and':
      return { kind: 'all', of: expression.of.map((each) => toCondition(each, allowed)) };
    case 'or':
      return { kind: 'any', of: expression.of.map((each) => toCondition(each, allowed)) };
    case 'not':
      return { kind: 'not', of: toCondition(expression.of, allowed) };
    case 'comparison': {
      const property = nameOf(expression.property, allowed.texts, allowed);
      const equal: TextCondition<Name> = { kind: 'equals', property, oneOf: [textOf(property, expression.literal)] };
      if (expression.operator === 'eq') return equal;
      if (expression.operator === 'ne') return { kind: 'not', of: equal };
      const message = `${property} can be compared with eq, ne, in and startswith, not with ${expression.operator}.`;
      throw new ODataProblem(option, message, expression.property.at);
    }
    case 'in': {
      const property = nameOf(expression.property, allowed.texts, allowed);
      return { kind: 'equals', property, oneOf: expression.literals.map((each) => textOf(property, each)) };
    }
    case 'function': {
      const property = nameOf(expression.property, allowed.texts, allowed);
      if (expression.name === 'startswith') return { kind: 'startsWith', property, text: expression.text };
      throw new ODataProblem(option, `${expression.name} cannot be used on ${property}.`, expression.property.at);
    }
    case 'any': {
      const property = nameOf(expression.property, allowed.lists ?? [], allowed);
      return { kind: 'hasEntry', property, entry: entryOf(expression, property) };
    }
  }
}

/** `identifierUris/any(u:u eq 'api://…')`: an entry is compared as a whole. */
function entryOf({ of, property }: Extract<Expression, { kind: 'any' }>, name: string): string {
  if (of?.kind === 'comparison' && of.operator === 'eq' && of.property.name === '') return textOf(name, of.literal);
  throw new ODataProblem(option, `${name} takes any(x:x eq 'text').`, property.at);
}

/** Names count in any case, as clients write them. */
function nameOf<Name extends string>(
  { name, at }: Property,
  among: readonly Name[],
  { what, texts, lists = [] }: Filterable<Name>,
): Name {
  const known = among.find((each) => each.toLowerCase() === name.toLowerCase());
  if (known) return known;
  const all = [...texts, ...lists.map((each) => `${each}/any(…)`)].join(', ');
  throw new ODataProblem(option, `The property '${shown(name)}' is not one to filter ${what} by; they are ${all}.`, at);
}

function textOf(name: string, literal: Literal): string {
  if (literal.kind === 'string' || literal.kind === 'guid') return literal.value;
  throw new ODataProblem(option, `${name} is compared with a text in single quotes.`, literal.at);
}

/** Filters that only say what some properties are: `principalId eq '…' and roleDefinitionId eq '…'`. */
export function readEqualities<Name extends string>(
  ctx: Ctx,
  text: string | undefined,
  allowed: Pick<Filterable<Name>, 'what' | 'texts'>,
): Partial<Record<Name, string>> {
  const condition = readTextFilter(ctx, text, allowed);
  const found: Partial<Record<Name, string>> = {};
  if (condition) collect(condition, found, allowed.what);
  return found;
}

function collect<Name extends string>(
  condition: TextCondition<Name>,
  found: Partial<Record<Name, string>>,
  what: string,
): void {
  if (condition.kind === 'all') {
    for (const each of condition.of) collect(each, found, what);
    return;
  }
  const [value, ...more] = condition.kind === 'equals' ? condition.oneOf : [];
  if (condition.kind !== 'equals' || value === undefined || more.length > 0 || condition.property in found) {
    throw new ODataProblem(option, `${what} can be filtered by eq, joined with and, each property once.`);
  }
  found[condition.property] = value;
}
