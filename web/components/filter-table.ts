// One field of what can be filtered by, as the server tells it, and how it is found by name.
import type { FilterField as FilterFieldSchema } from '../../src/apis/management/filter-fields-schemas.ts';
import type { Type } from '../../src/lib/schema.ts';

export type FilterField = Type.Static<typeof FilterFieldSchema>;
export type FilterOperator = FilterField['operators'][number];

/** The field of this name, also of one that older clients use. */
export function findField(fields: readonly FilterField[], name: string): FilterField | undefined {
  return fields.find((field) => field.name === name || field.otherNames.includes(name));
}

export function findOperator(field: FilterField | undefined, name: string): FilterOperator | undefined {
  return field?.operators.find((operator) => operator.name === name);
}
