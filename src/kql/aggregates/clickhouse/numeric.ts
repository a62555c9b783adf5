// Counts, sums, extremes, spread for ClickHouse, whose aggregates pass over nulls as well. A group without values has the
// type's default there, so extremes are asked for with `OrNull`; sums that are too large wrap, so they are added in 128 bits.
// https://clickhouse.com/docs/sql-reference/aggregate-functions/combinators

import { sqlType } from '../../emit/clickhouse/representation.ts';
import { asElement, convert } from '../../functions/clickhouse/conversions.ts';
import { asBool } from '../../functions/clickhouse/operators.ts';
import { arrayOf, isNumber, isWhole, once, operand, refuse } from '../../functions/clickhouse/sql.ts';
import type { Call, Emit, Operand } from '../../functions/scalar.ts';
import { type Aggregation, conditional, percentilesOf, ranksOf } from '../numeric.ts';

const withCondition = conditional(asBool);

/** A number; a truth value counts as 0 and 1, and a dynamic value as the number that it holds. */
function number(value: Operand, call: Call): Operand {
  if (isNumber(value.type) || value.type === 'timespan' || value.type === 'datetime') return value;
  const type = value.type === 'bool' ? 'long' : 'real';
  return { sql: convert(value, type, call), type };
}

function real(value: Operand, call: Call): string {
  return `toFloat64(${convert(value, 'real', call)})`;
}

const sum: Aggregation = ({ value, filter }, call) => {
  const { sql, type } = number(value, call);
  if (type === 'real') return `ifNull(sum(${sql})${filter}, 0)`;
  if (type === 'decimal') return `CAST(ifNull(sum(${sql})${filter}, 0), '${sqlType(call.type)}')`;
  return `accurateCast(ifNull(sum(toInt128(${sql}))${filter}, 0), '${sqlType(call.type)}')`;
};

const avg: Aggregation = ({ value, filter }, call) => {
  const { sql } = number(value, call);
  if (call.type === 'timespan' || call.type === 'datetime')
    return `accurateCast(intDivOrNull(sumOrNull(toInt128(${sql}))${filter}, toInt128(count(${sql})${filter})), '${sqlType(call.type)}')`;
  if (call.type === 'decimal') return refuse('avg of decimals', call);
  return `ifNull(avgOrNull(toFloat64(${sql}))${filter}, nan)`;
};

/** NaN is above every number; the engine passes over it where it has others. */
function extreme(name: 'min' | 'max'): Aggregation {
  return ({ value, filter }, call) => {
    if (value.type === 'dynamic') return refuse(`${call.name} of a dynamic value`, call);
    const found = `${name}OrNull(${value.sql})${filter}`;
    if (call.type === 'string') return `ifNull(${found}, '')`;
    if (call.type === 'bool') return `CAST(${found}, '${sqlType('bool')}')`;
    if (value.type !== 'real') return found;
    const numbers = `${name}OrNull(if(isNaN(${value.sql}), NULL, ${value.sql}))${filter}`;
    const hasNaN = `ifNull(maxOrNull(isNaN(${value.sql}))${filter}, 0) = 1`;
    return name === 'max' ? `if(${hasNaN}, nan, ${numbers})` : `if(${hasNaN} AND isNull(${numbers}), nan, ${numbers})`;
  };
}

/** 0 for fewer values than it takes. */
function spread(name: string, valuesMin: number): Aggregation {
  return ({ value, filter }, call) => {
    const x = real(value, call);
    return `if(count(${x})${filter} < ${valuesMin}, 0, ifNull(${name}(${x})${filter}, 0))`;
  };
}

/** Of the pairs in which both have a value; null for fewer than it takes. */
function covariance(name: string, pairsMin: number): Aggregation {
  return ({ value, filter }, call, operands) => {
    const [y, x] = [real(operand(operands, 1, call), call), real(value, call)];
    return `if(count(${y} + ${x})${filter} < ${pairsMin}, NULL, ${name}(${y}, ${x})${filter})`;
  };
}

const distinctCount: Aggregation = ({ value, filter }) => `toInt64(uniqExact(${value.sql})${filter})`;

function bits(name: string): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    if (!isWhole(value.type)) return refuse(`${call.name} of a ${value.type}`, call);
    return `CAST(${name}OrNull(${value.sql}), '${sqlType(call.type)}')`;
  };
}

/** A value of any row, rather one that is not null. */
const anyOf: Aggregation = ({ value, filter }) => {
  if (value.type === 'string') return `ifNull(anyOrNull(nullIf(${value.sql}, ''))${filter}, '')`;
  const found = `anyOrNull(${value.sql})${filter}`;
  return value.type === 'bool' ? `CAST(${found}, '${sqlType('bool')}')` : found;
};

/** The smallest value that so many per cent of the values do not exceed; null of none. */
function rank(value: Operand, percents: number): string {
  if (percents === 0) return `minOrNull(${value.sql})`;
  const { part, whole } = fraction(percents);
  return once('r', [`arraySort(groupArray(${value.sql}))`], (all) => {
    const size = `toInt128(length(${all}))`;
    const place = `toInt64(greatest(1, ${size} - intDiv(${size} * toInt128('${whole - part}'), toInt128('${whole}'))))`;
    return `if(empty(${all}), NULL, arrayElement(${all}, ${place}))`;
  });
}

/** A percentage as a fraction of whole numbers, by the decimal digits that it is written with. */
function fraction(percents: number): { readonly part: bigint; readonly whole: bigint } {
  const [mantissa = '', exponent = '0'] = String(percents / 100).split('e');
  const [before = '', after = ''] = mantissa.split('.');
  const places = after.length - Number(exponent);
  return { part: BigInt(before + after), whole: 10n ** BigInt(places) };
}

const percentile: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const [percents = 0] = ranksOf(value, [operand(operands, 1, call)], call);
  return `CAST(${rank(value, percents)}, '${sqlType(call.type)}')`;
};

const percentilesArray: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const ranks = percentilesOf(operands, call).map((percents) =>
    asElement({ sql: rank(value, percents), type: value.type }, call),
  );
  return arrayOf(`[${ranks.join(', ')}]`);
};

const [sumPlain, sumIf] = withCondition(sum);
const [avgPlain, avgIf] = withCondition(avg);
const [minPlain, minIf] = withCondition(extreme('min'));
const [maxPlain, maxIf] = withCondition(extreme('max'));
const [dcount, dcountIf] = withCondition(distinctCount);
const [any, anyIf] = withCondition(anyOf);
const [stdev, stdevIf] = withCondition(spread('stddevSampStable', 2));
const [stdevp] = withCondition(spread('stddevPopStable', 1));
const [variance, varianceIf] = withCondition(spread('varSampStable', 2));
const [variancep] = withCondition(spread('varPopStable', 1));
const [covar, covarIf] = withCondition(covariance('covarSampStable', 2), 2);
const [covarp, covarpIf] = withCondition(covariance('covarPopStable', 1), 2);

export const numericAggregates: Readonly<Record<string, Emit>> = {
  count: ([value], call) => (value?.type === 'bool' ? refuse('count with a condition', call) : 'toInt64(count())'),
  countif: (operands, call) => `toInt64(countIf(${asBool(operand(operands, 0, call), call)}))`,
  sum: sumPlain,
  sumif: sumIf,
  avg: avgPlain,
  avgif: avgIf,
  min: minPlain,
  minif: minIf,
  max: maxPlain,
  maxif: maxIf,
  dcount,
  dcountif: dcountIf,
  take_any: any,
  take_anyif: anyIf,
  stdev,
  stdevif: stdevIf,
  stdevp,
  variance,
  varianceif: varianceIf,
  variancep,
  covariance: covar,
  covarianceif: covarIf,
  covariancep: covarp,
  covariancepif: covarpIf,
  binary_all_and: bits('groupBitAnd'),
  binary_all_or: bits('groupBitOr'),
  binary_all_xor: bits('groupBitXor'),
  percentile,
  percentiles_array: percentilesArray,
};
