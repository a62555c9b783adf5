// Counts, sums, extremes, spread. Nulls count for nothing; a group without values has the neutral answer that KQL gives:
// 0 for sums, counts and spreads, NaN for an average, null for an extreme.
// https://learn.microsoft.com/kusto/query/aggregation-functions
// dcount() and percentile() are estimates in KQL; here they are exact.

import { sqlType } from '../emit/representation.ts';
import { convert } from '../functions/conversions.ts';
import { asBool } from '../functions/operators.ts';
import type { Call, Emit, Operand } from '../functions/scalar.ts';
import { isNumber, isWhole, operand, refuse } from '../functions/sql.ts';
import { type AggregateFunction, aggregate } from './aggregate.ts';

/** What an aggregate is over: its operand, and which rows count. */
export interface Over {
  readonly value: Operand;
  /** ` FILTER (WHERE …)`, or nothing. */
  readonly filter: string;
}

export type Aggregation = (over: Over, call: Call, operands: readonly Operand[]) => string;

/**
 * Of a dialect's truth values: the aggregate itself, and its form with a condition, which is the operand at the place
 * `at`.
 */
export function conditional(
  asBool: (value: Operand, call: Call) => string,
): (body: Aggregation, at?: number) => readonly [plain: Emit, conditional: Emit] {
  return (body, at = 1) => [
    (operands, call) => body({ value: operand(operands, 0, call), filter: '' }, call, operands),
    (operands, call) => {
      const condition = asBool(operand(operands, at, call), call);
      const others = operands.filter((_, index) => index !== at);
      return body({ value: operand(operands, 0, call), filter: ` FILTER (WHERE ${condition})` }, call, others);
    },
  ];
}

export const withCondition = conditional(asBool);

/** A number; a truth value counts as 0 and 1, and a dynamic value as the number that it holds. */
function number(value: Operand, call: Call): string {
  if (isNumber(value.type) || value.type === 'timespan' || value.type === 'datetime') return value.sql;
  return convert(value, value.type === 'bool' ? 'long' : 'real', call);
}

function real(value: Operand, call: Call): string {
  return value.type === 'real' ? value.sql : convert(value, 'real', call);
}

const sum: Aggregation = ({ value, filter }, call) => {
  const type = sqlType(call.type);
  return `coalesce(sum(${number(value, call)})${filter}, 0)::${type}`;
};

const avg: Aggregation = ({ value, filter }, call) => {
  const x = number(value, call);
  if (call.type === 'timespan' || call.type === 'datetime')
    return `(sum((${x})::HUGEINT)${filter} // count(${x})${filter})::BIGINT`;
  if (call.type === 'decimal') return refuse('avg of decimals', call);
  return `coalesce(avg((${x})::DOUBLE)${filter}, 'nan'::DOUBLE)`;
};

function extreme(name: 'min' | 'max'): Aggregation {
  return ({ value, filter }, call) => {
    if (value.type === 'dynamic') return refuse(`${call.name} of a dynamic value`, call);
    const found = `${name}(${value.sql})${filter}`;
    return call.type === 'string' ? `coalesce(${found}, '')` : found;
  };
}

/** Values of a real column that are not numbers have no place in a spread. */
function spread(name: string): Aggregation {
  return ({ value, filter }, call) => `coalesce(${name}(${real(value, call)})${filter}, 0)`;
}

const distinctCount: Aggregation = ({ value, filter }) => `count(DISTINCT ${value.sql})${filter}`;

/** `count(column)` counts rows, those where the column is null as well. A condition is rather meant for countif(). */
const count: Emit = ([value], call) => (value?.type === 'bool' ? refuse('count with a condition', call) : 'count(*)');
const countIf: Emit = (operands, call) => `count(*) FILTER (WHERE ${asBool(operand(operands, 0, call), call)})`;

function bits(name: string): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    return isWhole(value.type) ? `${name}(${value.sql})` : refuse(`${call.name} of a ${value.type}`, call);
  };
}

function covariance(name: string): Aggregation {
  return ({ value, filter }, call, operands) =>
    `${name}(${real(operand(operands, 1, call), call)}, ${real(value, call)})${filter}`;
}

/** A value of any row, rather one that is not null. */
const anyOf: Aggregation = ({ value, filter }) => {
  const found = `any_value(${value.sql})${filter}`;
  return value.type === 'string' ? `coalesce(any_value(nullif(${value.sql}, ''))${filter}, '')` : found;
};

/** Ranks in per cent, which must be known when the query is compiled, of values that have an order. */
export function ranksOf(value: Operand, percents: readonly Operand[], call: Call): readonly number[] {
  const isTime = value.type === 'datetime' || value.type === 'timespan';
  return percents.map(({ literal }) => {
    const known = literal?.value;
    const rank = typeof known === 'bigint' || typeof known === 'number' ? Number(known) : Number.NaN;
    if (!(rank >= 0 && rank <= 100)) return refuse(`${call.name} of a rank that is not a literal from 0 to 100`, call);
    return isNumber(value.type) || isTime ? rank : refuse(`${call.name} of a ${value.type}`, call);
  });
}

/** The ranks of `percentiles_array`: one by one, or in one array. */
export function percentilesOf(operands: readonly Operand[], call: Call): readonly number[] {
  const value = operand(operands, 0, call);
  const given = operands.slice(1).flatMap((each): readonly Operand[] => {
    if (each.type !== 'dynamic') return [each];
    const parsed: unknown = typeof each.literal?.value === 'string' ? JSON.parse(each.literal.value) : null;
    if (!Array.isArray(parsed)) return refuse(`${call.name} of ranks that are not literals`, call);
    return parsed.map((rank) => ({
      sql: '',
      type: 'real',
      literal: { kind: 'literal', type: 'real', value: Number(rank) },
    }));
  });
  if (!isNumber(value.type)) return refuse(`${call.name} of a ${value.type}`, call);
  return ranksOf(value, given, call);
}

/** The smallest value that so many per cent of the values do not exceed. */
function rank({ sql }: Operand, percents: number): string {
  return percents === 0 ? `min(${sql})` : `quantile_disc(${sql}, ${percents / 100})`;
}

const percentile: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const [percents = 0] = ranksOf(value, [operand(operands, 1, call)], call);
  return `${rank(value, percents)}::${sqlType(call.type)}`;
};

const percentilesArray: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const ranks = percentilesOf(operands, call).map((percents) => rank(value, percents));
  return `to_json([${ranks.join(', ')}])::VARCHAR`;
};

const [sumPlain, sumIf] = withCondition(sum);
const [avgPlain, avgIf] = withCondition(avg);
const [minPlain, minIf] = withCondition(extreme('min'));
const [maxPlain, maxIf] = withCondition(extreme('max'));
const [dcount, dcountIf] = withCondition(distinctCount);
const [any, anyIf] = withCondition(anyOf);
const [stdev, stdevIf] = withCondition(spread('stddev_samp'));
const [stdevp] = withCondition(spread('stddev_pop'));
const [variance, varianceIf] = withCondition(spread('var_samp'));
// The documented output of variancepif() is the variance of a sample, which contradicts its text: it is refused.
const [variancep] = withCondition(spread('var_pop'));
const [covar, covarIf] = withCondition(covariance('covar_samp'), 2);
const [covarp, covarpIf] = withCondition(covariance('covar_pop'), 2);

const four = 'range x from 1 to 4 step 1 | summarize';
const none = 'datatable(x:long)[] | summarize';

export const numericAggregates: readonly AggregateFunction[] = [
  aggregate('count', count, 'datatable(x:long)[1, long(null)] | summarize count(), b = count(x)', ['2', '2']),
  aggregate('countif', countIf, `${four} countif(x > 2)`, ['2']),
  aggregate('sum', sumPlain, `${four} sum(x)`, ['10']),
  aggregate('sumif', sumIf, `${none} sumif(x, x > 2)`, ['0']),
  aggregate('avg', avgPlain, `${four} a = avg(x), b = isnan(avgif(x, x > 9))`, [2.5, true]),
  aggregate('avgif', avgIf, `${four} avgif(x, x > 2)`, [3.5]),
  aggregate('min', minPlain, `${none} min(x)`, [null]),
  aggregate('minif', minIf, `${four} minif(x, x > 2)`, ['3']),
  aggregate('max', maxPlain, `${four} max(x)`, ['4']),
  aggregate('maxif', maxIf, `${four} maxif(x, x < 3)`, ['2']),
  aggregate('dcount | count_distinct', dcount, 'datatable(x:string)["a", "b", "a"] | summarize dcount(x)', ['2']),
  aggregate('dcountif | count_distinctif', dcountIf, `${four} dcountif(x, x > 1)`, ['3']),
  aggregate('take_any | any', any, 'datatable(x:long)[long(null), 7] | summarize take_any(x)', ['7']),
  aggregate('take_anyif | anyif', anyIf, `${four} take_anyif(x, x > 3)`, ['4']),
  aggregate('stdev', stdev, `${four} a = round(stdev(x), 4), b = stdevif(x, x > 9)`, [1.291, 0]),
  aggregate('stdevif', stdevIf, `${four} stdevif(x, x < 2)`, [0]),
  aggregate('stdevp', stdevp, `${four} round(stdevp(x), 4)`, [1.118]),
  aggregate('variance', variance, `${four} round(variance(x), 4)`, [1.6667]),
  aggregate('varianceif', varianceIf, `${four} varianceif(x, x < 3)`, [0.5]),
  aggregate('variancep', variancep, `${four} variancep(x)`, [1.25]),
  aggregate('covariance', covar, `${four} round(covariance(x, x), 4)`, [1.6667]),
  aggregate('covarianceif', covarIf, `${four} covarianceif(x, x, x < 3)`, [0.5]),
  aggregate('covariancep', covarp, `${four} covariancep(x, x)`, [1.25]),
  aggregate('covariancepif', covarpIf, `${four} covariancepif(x, x, x < 3)`, [0.25]),
  aggregate('binary_all_and', bits('bit_and'), 'datatable(x:long)[12, 10] | summarize binary_all_and(x)', ['8']),
  aggregate('binary_all_or', bits('bit_or'), 'datatable(x:long)[12, 10] | summarize binary_all_or(x)', ['14']),
  aggregate('binary_all_xor', bits('bit_xor'), 'datatable(x:long)[12, 10] | summarize binary_all_xor(x)', ['6']),
  aggregate('percentile', percentile, `${four} a = percentile(x, 50), b = percentile(x, 51)`, ['2', '3']),
  aggregate('percentiles_array', percentilesArray, `${four} tostring(percentiles_array(x, 50, 100))`, ['[2,4]']),
];
