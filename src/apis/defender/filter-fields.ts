// From a $filter to a noun's own conditions, by a table of the properties that a list can be filtered by.
import type { ComparisonOperator, Expression, Literal, Property, TextFunction } from '../odata/filter.ts';
import { ODataProblem, shown } from '../odata/problem.ts';
import { filterOption } from '../odata/tokens.ts';

export type FilterField<Condition> =
  | {
      readonly kind: 'text';
      readonly oneOf: (texts: readonly (string | null)[]) => Condition;
      readonly match?: (how: TextFunction, text: string) => Condition;
      /** The stored word for what the client writes; undefined for what is none of {@link words}. */
      readonly read?: (text: string) => string | undefined;
      /** For the message only. */
      readonly words?: readonly string[];
    }
  | {
      readonly kind: 'number';
      readonly compare: (order: ComparisonOperator, value: number) => Condition;
      /** Orders other than equality; all of them when it is absent. */
      readonly orders?: readonly ComparisonOperator[];
    }
  | { readonly kind: 'time'; readonly compare: (order: ComparisonOperator, ticks: bigint) => Condition }
  /** A list of texts, asked with any(x:x eq 'text'). */
  | { readonly kind: 'list'; readonly has: (entry: string) => Condition };

export interface FilterTable<Condition> {
  /** Machines, in messages. */
  readonly what: string;
  /** By the names of the wire; they count in any case. */
  readonly fields: Readonly<Record<string, FilterField<Condition>>>;
  readonly all: (of: readonly Condition[]) => Condition;
  readonly any: (of: readonly Condition[]) => Condition;
  readonly not: (of: Condition) => Condition;
}

/** Throws an ODataProblem that names a property, operator or value that cannot be used. */
export function toCondition<Condition>(expression: Expression, table: FilterTable<Condition>): Condition {
  switch (expression.kind) {
    case 'and':
      return table.all(expression.of.map((each) => toCondition(each, table)));
    case 'or':
      return table.any(expression.of.map((each) => toCondition(each, table)));
    case 'not':
      return table.not(toCondition(expression.of, table));
    case 'comparison':
      return comparison(table, expression.property, expression.operator, expression.literal);
    case 'in':
      return table.any(expression.literals.map((literal) => comparison(table, expression.property, 'eq', literal)));
    case 'function': {
      const { property, name, text } = expression;
      const field = fieldOf(table, property);
      if (field.kind === 'text' && field.match) return field.match(name, text);
      throw unusable(name, property);
    }
    case 'any':
      return anyOf(table, expression.property, expression.of);
  }
}

function fieldOf<Condition>({ what, fields }: FilterTable<Condition>, { name, at }: Property): FilterField<Condition> {
  const known = Object.keys(fields).find((each) => each.toLowerCase() === name.toLowerCase());
  const field = known === undefined ? undefined : fields[known];
  if (field) return field;
  const names = Object.keys(fields).join(', ');
  throw new ODataProblem(filterOption, `${what} cannot be filtered by ${shown(name)}; they can by ${names}.`, at);
}

function unusable(what: string, { name, at }: Property): ODataProblem {
  return new ODataProblem(filterOption, `${what} cannot be used on ${shown(name)}.`, at);
}

function comparison<Condition>(
  table: FilterTable<Condition>,
  property: Property,
  operator: ComparisonOperator,
  literal: Literal,
): Condition {
  const field = fieldOf(table, property);
  switch (field.kind) {
    case 'text': {
      if (operator !== 'eq' && operator !== 'ne') throw unusable(operator, property);
      const equal = field.oneOf([textOf(property, literal, field)]);
      return operator === 'eq' ? equal : table.not(equal);
    }
    case 'number':
      if (field.orders && !field.orders.includes(operator)) throw unusable(operator, property);
      if (literal.kind === 'number' && Number.isSafeInteger(literal.value))
        return field.compare(operator, literal.value);
      throw new ODataProblem(filterOption, `${property.name} is compared with a whole number.`, literal.at);
    case 'time':
      if (literal.kind === 'time') return field.compare(operator, literal.ticks);
      throw new ODataProblem(
        filterOption,
        `${property.name} is compared with a time without quotes, such as 2027-01-31T09:00:00Z.`,
        literal.at,
      );
    case 'list':
      throw unusable(operator, property);
  }
}

function textOf<Condition>(
  { name }: Property,
  literal: Literal,
  field: Extract<FilterField<Condition>, { kind: 'text' }>,
): string | null {
  if (literal.kind === 'null') return null;
  const text =
    literal.kind === 'string' || literal.kind === 'word' || literal.kind === 'guid' ? literal.value : undefined;
  if (text === undefined) {
    throw new ODataProblem(filterOption, `${name} is compared with a text in single quotes.`, literal.at);
  }
  const stored = field.read ? field.read(text) : text;
  if (stored !== undefined) return stored;
  throw new ODataProblem(filterOption, `${name} is one of ${field.words?.join(', ')}, not ${shown(text)}.`, literal.at);
}

/** `machineTags/any(tag: tag eq 'x')`, also with several of them joined by or. */
function anyOf<Condition>(table: FilterTable<Condition>, property: Property, of: Expression | null): Condition {
  const field = fieldOf(table, property);
  if (field.kind !== 'list') throw unusable('any', property);
  const has = (expression: Expression | null): Condition => {
    if (expression?.kind === 'or') return table.any(expression.of.map(has));
    const isEqual =
      expression?.kind === 'comparison' && expression.operator === 'eq' && expression.property.name === '';
    if (isEqual && expression.literal.kind === 'string') return field.has(expression.literal.value);
    throw new ODataProblem(filterOption, `In any, an entry is compared with a text: any(x:x eq 'text').`, property.at);
  };
  return has(of);
}
