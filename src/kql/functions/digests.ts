// What is asked of digests, which are arrays of all values in order (aggregates/digests.ts).
// https://learn.microsoft.com/kusto/query/percentile-tdigest-function, …/rank-tdigest-function, …/dcount-hll-function

import { sqlType } from '../emit/representation.ts';
import { convert } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { always, entry, isNumber, operand, refuse } from './sql.ts';

function digestOf(operands: readonly Operand[], call: Call): string {
  const value = operand(operands, 0, call);
  return value.type === 'dynamic'
    ? `TRY_CAST(json(${value.sql}) AS DOUBLE[])`
    : refuse(`${call.name} of a ${value.type}`, call);
}

function numberAt(operands: readonly Operand[], at: number, call: Call): string {
  const value = operand(operands, at, call);
  if (!isNumber(value.type)) return refuse(`${call.name} of a ${value.type}`, call);
  return value.type === 'real' ? value.sql : convert(value, 'real', call);
}

/** The smallest value that so many per cent of the values do not exceed. */
const percentile: Emit = (operands, call) => {
  if (operands.length > 2) return refuse(`${call.name} with a type`, call);
  return always('d', digestOf(operands, call), (values) => {
    const place = `greatest(1, ceil(len(${values}) * ${numberAt(operands, 1, call)} / 100))::BIGINT`;
    const found = `(${values})[${place}]`;
    return call.type === 'dynamic' ? `to_json(${found})::VARCHAR` : `(${found})::${sqlType(call.type)}`;
  });
};

/** How many values are not greater. */
const rank: Emit = (operands, call) =>
  always('d', digestOf(operands, call), (values) => {
    const below = `len(list_filter(${values}, lambda "@v": "@v" <= ${numberAt(operands, 1, call)}))`;
    return `(CASE WHEN ${values} IS NOT NULL THEN ${below} END)::${sqlType(call.type)}`;
  });

const percentRank: Emit = (operands, call) =>
  always('d', digestOf(operands, call), (values) => {
    const below = `len(list_filter(${values}, lambda "@v": "@v" <= ${numberAt(operands, 1, call)}))`;
    return `(CASE WHEN len(${values}) > 0 THEN 100::DOUBLE * ${below} / len(${values}) END)`;
  });

const dcountHll: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  if (value.type !== 'dynamic') return refuse(`${call.name} of a ${value.type}`, call);
  return `json_array_length(${value.sql})::${sqlType(call.type)}`;
};

const ten = 'range x from 1 to 10 step 1 | summarize d = tdigest(x) | project';

export const digests: readonly ScalarFunction[] = [
  entry(
    'percentile_tdigest',
    percentile,
    `${ten} todouble(percentile_tdigest(d, 50)), todouble(percentile_tdigest(d, 100))`,
    [5, 10],
  ),
  entry('rank_tdigest', rank, `${ten} rank_tdigest(d, 6.5)`, ['6']),
  entry('percentrank_tdigest', percentRank, `${ten} percentrank_tdigest(d, 3)`, [30]),
  entry('dcount_hll', dcountHll, 'print x = 1 | summarize d = hll(x) | project dcount_hll(d)', ['1']),
];
