// Digests: what percentiles and counts of distinct values can be asked of later, and that can be merged. The service keeps
// estimates; here a digest is the values themselves, so that what is asked of it is exact. Its form is nobody's business
// but that of the functions that read it (functions/digests.ts).
// https://learn.microsoft.com/kusto/query/tdigest-aggregation-function, …/hll-aggregation-function

import { asElement, convert } from '../functions/conversions.ts';
import type { Call, Operand } from '../functions/scalar.ts';
import { arrayOf, elementsOf, isNumber, refuse } from '../functions/sql.ts';
import { type AggregateFunction, aggregate } from './aggregate.ts';
import { type Over, withCondition } from './numeric.ts';

function numbers({ value, filter }: Over, call: Call, operands: readonly Operand[]): string {
  if (operands.length > 1) return refuse(`${call.name} with weights`, call);
  if (!isNumber(value.type)) return refuse(`${call.name} of a ${value.type}`, call);
  const x = value.type === 'real' ? value.sql : convert(value, 'real', call);
  return `to_json(coalesce(list_sort(list_filter(list(${x})${filter}, lambda "@d": isfinite("@d"))), []::DOUBLE[]))::VARCHAR`;
}

/** An accuracy may be named; exact is better than any. */
function distinct({ value, filter }: Over, call: Call): string {
  const element = asElement({ sql: '"@d"', type: value.type }, call);
  const values = `list_sort(list(DISTINCT ${value.sql})${filter})`;
  return `coalesce(${arrayOf(`list_transform(${values}, lambda "@d": ${element})`)}, '[]')`;
}

/** All values of several digests; `once` of each. */
function merged(each: boolean) {
  return ({ value, filter }: Over, call: Call): string => {
    if (value.type !== 'dynamic') return refuse(`${call.name} of a ${value.type}`, call);
    const all = `flatten(list_transform(list(${value.sql})${filter}, lambda "@g": ${elementsOf('"@g"')}))`;
    const sorted = each ? `list_sort(list_distinct(${all}))` : `list_sort(${all}::DOUBLE[])::VARCHAR[]`;
    return `coalesce(${arrayOf(sorted)}, '[]')`;
  };
}

const [tdigest] = withCondition(numbers);
const [hll, hllIf] = withCondition(distinct);
const [mergeTdigest] = withCondition(merged(false));
const [mergeHll] = withCondition(merged(true));
const hundred = 'range x from 1 to 100 step 1 | summarize';

export const digestAggregates: readonly AggregateFunction[] = [
  aggregate('tdigest', tdigest, `${hundred} d = tdigest(x) | project todouble(percentile_tdigest(d, 95))`, [95]),
  aggregate(
    'tdigest_merge | merge_tdigest',
    mergeTdigest,
    `${hundred} d = tdigest(x) by x % 3 | summarize d = merge_tdigest(d) | project rank_tdigest(d, 20)`,
    ['20'],
  ),
  aggregate('hll', hll, 'datatable(x:string)["a", "b", "a"] | summarize d = hll(x) | project dcount_hll(d)', ['2']),
  aggregate('hll_if', hllIf, `${hundred} d = hll_if(x, x > 90) | project dcount_hll(d)`, ['10']),
  aggregate(
    'hll_merge',
    mergeHll,
    `${hundred} d = hll(x % 7) by x % 3 | summarize d = hll_merge(d) | project dcount_hll(d)`,
    ['7'],
  ),
];
