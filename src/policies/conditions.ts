// Conditions of policies as they are kept and as clients write them. They are kept understood, so that evaluating a policy
// needs no surface; fields go by their documented names.
import { activityFields, type FilterableField, type FilterCondition, type FilterTest } from '../activities/filters.ts';
import { appFactFields } from '../discovery/reports/app-fields.ts';

/** A condition in JSON. */
export interface KeptCondition {
  readonly field: string;
  readonly test: FilterTest;
}

/** The condition on the field of this name. Throws for a name that no field has: a program's mistake. */
export function condition(fieldName: string, test: FilterTest): FilterCondition {
  const field = activityFields.find(({ names }) => names.includes(fieldName));
  if (!field || field.type === 'unanswerable') throw new Error(`Activities have no field ${fieldName}.`);
  return { field, test };
}

/** The same on what is known of a discovered app. */
export function appCondition(fieldName: string, test: FilterTest): FilterCondition<FilterableField> {
  const field = appFactFields.find(({ names }) => names.includes(fieldName));
  if (!field) throw new Error(`Apps have no field ${fieldName}.`);
  return { field, test };
}

/** One of these values. */
export function isOneOf(fieldName: string, ...values: readonly (string | number | boolean)[]): FilterCondition {
  return condition(fieldName, { operator: 'eq', values });
}

export function keptConditions(conditions: readonly FilterCondition<FilterableField>[]): KeptCondition[] {
  return conditions.map(({ field, test }) => ({ field: field.names[0] ?? '', test }));
}

export function readConditions(kept: readonly KeptCondition[]): FilterCondition[] {
  return kept.map(({ field, test }) => condition(field, test));
}

export function readAppConditions(kept: readonly KeptCondition[]): FilterCondition<FilterableField>[] {
  return kept.map(({ field, test }) => appCondition(field, test));
}

/** The conditions in the grammar of the cloud-apps surface (reference 2.2). */
export function filtersOf(
  conditions: readonly FilterCondition<FilterableField>[],
): Record<string, Record<string, unknown>> {
  const filters: Record<string, Record<string, unknown>> = {};
  for (const { field, test } of conditions) {
    const name = field.names[0] ?? '';
    filters[name] = { ...filters[name], [test.operator]: operandOf(test) };
  }
  return filters;
}

function operandOf(test: FilterTest): unknown {
  switch (test.operator) {
    case 'eq':
    case 'neq':
    case 'deq':
      return test.values;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return test.time;
    case 'range':
      return test.ranges;
    case 'gte_ndays':
    case 'lte_ndays':
      return test.days;
    case 'isset':
    case 'isnotset':
      return true;
    default:
      return test.texts;
  }
}
