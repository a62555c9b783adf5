// Query options and lists of OData as documents describe them.
import type { DescribedParameter, Schema } from '../openapi/described.ts';
import { arrayOf } from '../openapi/shapes.ts';
import type { OptionName } from './query-options.ts';

const usual: Readonly<Record<OptionName, DescribedParameter>> = {
  $filter: { schema: { type: 'string' }, description: "Such as `status eq 'Active'`" },
  $top: { schema: { type: 'integer', minimum: 0 }, description: 'At most so many' },
  $skip: { schema: { type: 'integer', minimum: 0 }, description: 'How many are passed over' },
  $skiptoken: { schema: { type: 'string' }, description: 'Comes with `@odata.nextLink`' },
  $orderby: { schema: { type: 'string' }, description: 'A property, with `asc` or `desc`' },
  $select: { schema: { type: 'string' }, description: 'Names of properties, separated by commas' },
  $expand: { schema: { type: 'string' }, description: 'What belongs to each' },
  $count: { schema: { type: 'boolean' }, description: 'Whether all are counted' },
  $search: { schema: { type: 'string' } },
};

/** The options by name; what is said of one replaces the usual words. */
export function optionsOf(
  names: readonly OptionName[],
  said: Readonly<Partial<Record<OptionName, string>>> = {},
): Readonly<Record<string, DescribedParameter>> {
  return Object.fromEntries(
    names.map((name) => {
      const description = said[name];
      return [name, description === undefined ? usual[name] : { ...usual[name], description }];
    }),
  );
}

export function collectionOf(item: Schema): Schema {
  return {
    type: 'object',
    required: ['@odata.context', 'value'],
    properties: {
      '@odata.context': { type: 'string' },
      '@odata.count': { type: 'integer' },
      '@odata.nextLink': { type: 'string', description: 'Where the next page is; absent on the last' },
      value: arrayOf(item),
    },
  };
}

/** One object with the context that says what it is. */
export function entityOf(item: Schema): Schema {
  return {
    allOf: [
      { type: 'object', required: ['@odata.context'], properties: { '@odata.context': { type: 'string' } } },
      item,
    ],
  };
}
