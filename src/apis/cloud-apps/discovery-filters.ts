// Filters of discovered apps, users, addresses and machines. Their numbers are whole: the grammar cuts others, as times of
// activities are cut, which would compare with another number than was asked.
import type { FilterableField, FilterCondition } from '../../activities/filters.ts';
import { InvalidFilters } from './errors.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { parseNumber, shown } from './filter-values.ts';

/** Throws InvalidFilters. */
export function parseReportFilters(
  filters: unknown,
  fields: readonly FilterableField[],
  valuesMax: number,
): FilterCondition<FilterableField>[] {
  const conditions = parseFilters(filters, fields, valuesMax);
  for (const [field, operators] of Object.entries(isPlainObject(filters) ? filters : {})) {
    if (fields.find(({ names }) => names.includes(field))?.type !== 'time' || !isPlainObject(operators)) continue;
    for (const [operator, operand] of Object.entries(operators)) {
      const value = operator.endsWith('_ndays') ? undefined : fractionIn(operand);
      if (value !== undefined)
        throw new InvalidFilters([{ field, value: shown(value), reason: 'numbers are whole ones' }]);
    }
  }
  return conditions;
}

/** The first number of a value, list or range that is no whole one. */
function fractionIn(operand: unknown): unknown {
  if (Array.isArray(operand)) return operand.find((each) => fractionIn(each) !== undefined);
  if (isPlainObject(operand)) return Object.values(operand).find((each) => fractionIn(each) !== undefined);
  const number = parseNumber(operand);
  return number === undefined || Number.isInteger(number) ? undefined : operand;
}
