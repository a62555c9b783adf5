// What several descriptions of the cloud-apps surface share: filters out of the tables that the grammar reads, lists, and
// the envelope of their answers.
import type { FilterableField, Operator, UnanswerableField } from '../../activities/filters.ts';
import type { DescribedCall, DescribedCalls, Schema } from '../openapi/described.ts';
import { arrayOf, ok, wordOf } from '../openapi/shapes.ts';

type Fields = readonly (FilterableField | UnanswerableField)[];

const millis: Schema = { type: 'integer', description: 'Milliseconds since 1970' };

const kinds: Readonly<Record<FilterableField['type'], string>> = {
  text: 'A text',
  prose: 'A text',
  integer: 'A whole number',
  flag: 'true or false',
  choice: 'One of the words, or null for "has none"',
  time: 'Milliseconds since 1970',
  address: 'An IP address, or a network such as 192.0.2.0/24',
  set: 'One of the values that the record has',
  entity: 'An account: {"id", "saas", "inst"}, without saas and inst in any app',
  group: 'The id of a user group',
};

/** The operand of each operator; equality takes one value or a list. */
function operandOf(operator: Operator, { type, oneOf }: FilterableField): Schema {
  switch (operator) {
    case 'isset':
    case 'isnotset':
      return { type: 'boolean' };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return millis;
    case 'gte_ndays':
    case 'lte_ndays':
      return { type: 'integer', description: 'Days before now' };
    case 'range':
      return arrayOf({ type: 'object', properties: { start: millis, end: millis } });
    default: {
      const values = oneOf ? ` ${oneOf.join(', ')}.` : '';
      return { description: `${kinds[type]}, or a list of them.${values}` };
    }
  }
}

/** The filters of a list. All that are given must hold. Documented names that nothing here can answer are left out. */
export function filtersOf(fields: Fields): Schema {
  const answerable = fields.filter((field): field is FilterableField => field.type !== 'unanswerable');
  const properties = answerable.map((field): [string, Schema] => {
    const [name = '', ...older] = field.names;
    const operands = field.operators.map((operator): [string, Schema] => [operator, operandOf(operator, field)]);
    const description = older.length === 0 ? {} : { description: `Also called ${older.join(', ')}.` };
    return [name, { type: 'object', ...description, properties: Object.fromEntries(operands) }];
  });
  return {
    type: 'object',
    description: 'Each filter is an object of operators: `{"severity": {"eq": [2]}}`.',
    properties: Object.fromEntries(properties),
  };
}

/** One page of records. */
export function pageOf(record: Schema, more: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: 'object',
    required: ['data', 'hasNext', 'max', 'total', 'moreThanTotal'],
    properties: {
      data: arrayOf(record),
      hasNext: { type: 'boolean' },
      max: { type: 'integer', description: 'The largest page' },
      total: { type: 'integer' },
      moreThanTotal: { type: 'boolean', description: 'There are more than were counted' },
      ...more,
    },
  };
}

export const jsonOrForm = ['application/json', 'application/x-www-form-urlencoded'] as const;

interface ListParts {
  /** "List alerts" */
  readonly summary: string;
  readonly description?: string;
  readonly filters: Schema | null;
  /** Names of sortField; the first one is the order without it. */
  readonly sorts?: readonly string[];
  readonly answer: Schema;
  /** Members of the request beside those that every list has. */
  readonly more?: Readonly<Record<string, Schema>>;
  /** Members that only the body of a POST has. */
  readonly posted?: Readonly<Record<string, Schema>>;
}

/** A list by GET, with what it asks for in the query, and by POST with the same in the body. */
export function listCalls(
  path: string,
  { summary, description, filters, posted = {}, ...parts }: ListParts,
): DescribedCalls {
  const { sorts = [], answer, more = {} } = parts;
  const members: Record<string, Schema> = {
    skip: { type: 'integer', minimum: 0, description: 'How many records are passed over' },
    limit: { type: 'integer', minimum: 0, description: 'How many records are sent; `max` of the answer is the most' },
    ...(sorts.length > 0
      ? {
          sortField: { ...wordOf(...sorts), default: sorts[0] },
          sortDirection: { ...wordOf('asc', 'desc'), default: 'desc' },
        }
      : {}),
    ...more,
  };
  const query = Object.entries(members).map(([name, schema]) => [name, { schema }] as const);
  const shared = { ...(description === undefined ? {} : { description }), answers: ok(answer, 'The page.') };
  const byGet: DescribedCall = {
    summary,
    ...shared,
    query: {
      ...(filters ? { filters: { schema: filters, isJson: true } } : {}),
      ...Object.fromEntries(query),
    },
  };
  const byPost: DescribedCall = {
    summary: `${summary}, asked in the body`,
    ...shared,
    body: {
      schema: { type: 'object', properties: { ...(filters ? { filters } : {}), ...members, ...posted } },
      types: jsonOrForm,
      isOptional: true,
    },
  };
  return { [`GET ${path}`]: byGet, [`POST ${path}`]: byPost };
}
