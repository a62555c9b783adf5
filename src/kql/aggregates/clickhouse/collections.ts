// Aggregates that collect values, for ClickHouse. What keeps the rows' order collects every value with the number of its row
// and is sorted by it afterwards. https://clickhouse.com/docs/sql-reference/aggregate-functions/reference/grouparray

import { asElement } from '../../functions/clickhouse/conversions.ts';
import { pairsOf } from '../../functions/clickhouse/json.ts';
import { asBool } from '../../functions/clickhouse/operators.ts';
import {
  arrayOf,
  elementsOf,
  isArray,
  isObject,
  jsonString,
  once,
  operand,
  refuse,
} from '../../functions/clickhouse/sql.ts';
import type { Call, Emit, Operand } from '../../functions/scalar.ts';
import { limit, oldSizeMax, type Shape, sizeMax } from '../collections.ts';

function conditions(operands: readonly Operand[], shape: Shape, call: Call, more: readonly string[]): string {
  const own = shape.condition === undefined ? [] : [asBool(operand(operands, shape.condition, call), call)];
  const all = [...own, ...more];
  return all.length > 0 ? ` FILTER (WHERE ${all.join(' AND ')})` : '';
}

/** An array that an aggregate made, as a JSON array of at most so many values. */
function asArray(list: string, value: Operand, size: bigint, call: Call): string {
  const cut = size < sizeMax ? `arraySlice(${list}, 1, ${size})` : list;
  if (value.type === 'dynamic') return arrayOf(cut);
  return arrayOf(`arrayMap("@e" -> ${asElement({ sql: '"@e"', type: value.type }, call)}, ${cut})`);
}

/** A tuple is never NULL, so that the aggregate passes over no value. */
function list(shape: Shape): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const nulls = shape.nulls || value.type === 'string' ? [] : [`isNotNull(${value.sql})`];
    const filter = conditions(operands, shape, call, nulls);
    const values = call.order
      ? `arraySort("@t" -> tupleElement("@t", 2), groupArray(tuple(${value.sql}, ${call.order}))${filter})`
      : `groupArray(tuple(${value.sql}))${filter}`;
    const size = limit(operands, shape, call);
    const cut = size < sizeMax ? `arraySlice(${values}, 1, ${size})` : values;
    const element = asElement({ sql: 'tupleElement("@e", 1)', type: value.type }, call);
    return arrayOf(`arrayMap("@e" -> ${element}, ${cut})`);
  };
}

/** Of arrays, the set of their elements. */
function set(shape: Shape): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const filter = conditions(operands, shape, call, value.type === 'string' ? [] : [`isNotNull(${value.sql})`]);
    const size = limit(operands, shape, call);
    if (value.type !== 'dynamic') return asArray(`groupUniqArray(${value.sql})${filter}`, value, size, call);
    const items = once('d', [`ifNull(${value.sql}, '')`], (d) => `if(${isArray(d)}, ${elementsOf(d)}, [${d}])`);
    const distinct = `arrayFilter("@n" -> "@n" <> 'null', groupUniqArrayArray(${items})${filter})`;
    return asArray(distinct, value, size, call);
  };
}

/** Keys of all bags, sorted; which value a key has that several bags hold is not defined, here it is the smallest text. */
function bag(shape: Shape): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    if (value.type !== 'dynamic') return refuse(`${call.name} of a ${value.type}`, call);
    const filter = conditions(operands, shape, call, [isObject(value.sql)]);
    const members = `arraySort(groupUniqArrayArray(${pairsOf(value.sql)})${filter})`;
    return once('m', [members], (all) => {
      const isFirst = `"@i" = 1 OR tupleElement("@m2", 1) <> tupleElement(arrayElement(${all}, "@i" - 1), 1)`;
      const firsts = `arrayFilter(("@m2", "@i") -> ${isFirst}, ${all}, arrayEnumerate(${all}))`;
      const size = limit(operands, shape, call);
      const kept = size < sizeMax ? `arraySlice(${firsts}, 1, ${size})` : firsts;
      const pair = `concat(${jsonString('tupleElement("@p2", 1)')}, ':', tupleElement("@p2", 2))`;
      return `concat('{', arrayStringConcat(arrayMap("@p2" -> ${pair}, ${kept}), ','), '}')`;
    });
  };
}

const size = sizeMax;

export const collectionAggregates: Readonly<Record<string, Emit>> = {
  make_list: list({ size }),
  makelist: list({ size: oldSizeMax }),
  make_list_if: list({ size, condition: 1 }),
  make_list_with_nulls: list({ size, nulls: true }),
  make_set: set({ size }),
  makeset: set({ size: oldSizeMax }),
  make_set_if: set({ size, condition: 1 }),
  make_bag: bag({ size }),
  make_bag_if: bag({ size, condition: 1 }),
};
