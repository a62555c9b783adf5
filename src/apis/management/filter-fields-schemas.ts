// What lists and policies can be filtered by, for whoever builds filters.
import { Type } from '../../lib/schema.ts';

/** What there are filters of; policies of activities take fewer than the list of activities. */
export const filteredRecords = [
  'activities',
  'activity-policies',
  'alerts',
  'app-policies',
  'entities',
  'files',
] as const;
export type FilteredRecords = (typeof filteredRecords)[number];

/** What the values of a field are. */
export const valueKinds = [
  'text',
  'prose',
  'integer',
  'number',
  'flag',
  'choice',
  'time',
  'address',
  'set',
  'entity',
  'group',
] as const;
export type ValueKind = (typeof valueKinds)[number];

/** What stands behind an operator. */
export const operandKinds = ['values', 'texts', 'value', 'ranges', 'days', 'flag'] as const;
export type OperandKind = (typeof operandKinds)[number];

export const FilterFieldsParams = Type.Object({
  records: Type.Unsafe<FilteredRecords>(Type.String({ enum: filteredRecords })),
});

export const FilterOperator = Type.Object({
  name: Type.String(),
  takes: Type.Unsafe<OperandKind>(
    Type.String({
      enum: operandKinds,
      description:
        'values: a list of values of the field. texts: a list of texts. value: one value of the field. ranges: a list of {start, end}. days: a number of days before now. flag: true.',
    }),
  ),
});

export const FilterField = Type.Object({
  name: Type.String(),
  otherNames: Type.Array(Type.String(), { description: 'Names that clients write as well.' }),
  values: Type.Unsafe<ValueKind>(
    Type.String({
      enum: valueKinds,
      description:
        'time: epoch milliseconds. set: any of the texts that the record has. entity: {id, saas, inst} or an id. group: ids of user groups. choice: one of oneOf, or null for records without one.',
    }),
  ),
  oneOf: Type.Array(Type.Union([Type.String(), Type.Integer()]), {
    description: 'The only values there are; empty where any may be.',
  }),
  operators: Type.Array(FilterOperator),
});

export const FilterFields = Type.Object({
  fields: Type.Array(FilterField),
  valuesMax: Type.Integer({ description: 'Most values in all conditions together; each word of a text counts.' }),
  wordsMax: Type.Union([Type.Integer(), Type.Null()], {
    description:
      'Most words in the texts of all conditions together, for operators that take texts; null where only valuesMax bounds them.',
  }),
});
