// Aggregates that collect values: lists keep the order of sorted rows, sets have none, bags merge.
// https://learn.microsoft.com/kusto/query/make-list-aggregation-function, …/make-set-aggregation-function,
// …/make-bag-aggregation-function

import { asElement } from '../functions/conversions.ts';
import { asBool } from '../functions/operators.ts';
import type { Call, Emit, Operand } from '../functions/scalar.ts';
import { arrayOf, elementsOf, once, operand, refuse } from '../functions/sql.ts';
import { type AggregateFunction, aggregate } from './aggregate.ts';

/** Most values of an array that an aggregate makes; the older names have a limit of their own. */
export const sizeMax = 1_048_576n;
export const oldSizeMax = 128n;

export interface Shape {
  /** Place of the condition, for the forms that have one. */
  readonly condition?: number;
  readonly size: bigint;
  readonly nulls?: boolean;
}

/** The limit on the number of values: the operand after the value and the condition, where it is given. */
export function limit(operands: readonly Operand[], shape: Shape, call: Call): bigint {
  const given = operands[shape.condition === undefined ? 1 : 2];
  if (!given) return shape.size;
  const value = given.literal?.value;
  if (typeof value !== 'bigint' || value < 0n) return refuse(`${call.name} with a size that is not a literal`, call);
  return value < sizeMax ? value : sizeMax;
}

function conditions(operands: readonly Operand[], shape: Shape, call: Call, more: readonly string[]): string {
  const own = shape.condition === undefined ? [] : [asBool(operand(operands, shape.condition, call), call)];
  const all = [...own, ...more];
  return all.length > 0 ? ` FILTER (WHERE ${all.join(' AND ')})` : '';
}

/** A list that an aggregate made, as a JSON array of at most so many values. */
function asArray(list: string, value: Operand, size: bigint, call: Call): string {
  const cut = size < sizeMax ? `list_slice(${list}, 1, ${size})` : list;
  const element = asElement({ sql: '"@e"', type: value.type }, call);
  const isPlain = value.type === 'string' || value.type === 'int' || value.type === 'long' || value.type === 'bool';
  const json = isPlain ? `to_json(${cut})::VARCHAR` : arrayOf(`list_transform(${cut}, lambda "@e": ${element})`);
  return `coalesce(${json}, '[]')`;
}

function list(shape: Shape): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const filter = conditions(
      operands,
      shape,
      call,
      shape.nulls || value.type === 'string' ? [] : [`${value.sql} IS NOT NULL`],
    );
    const order = call.order ? ` ORDER BY ${call.order}` : '';
    return asArray(`list(${value.sql}${order})${filter}`, value, limit(operands, shape, call), call);
  };
}

/** Of arrays, the set of their elements. */
function set(shape: Shape): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    const filter = conditions(operands, shape, call, value.type === 'string' ? [] : [`${value.sql} IS NOT NULL`]);
    const size = limit(operands, shape, call);
    if (value.type !== 'dynamic') return asArray(`list(DISTINCT ${value.sql})${filter}`, value, size, call);
    const items = once(
      'd',
      [value.sql],
      (d) => `(CASE WHEN json_type(${d}) = 'ARRAY' THEN ${elementsOf(d)} ELSE [${d}] END)`,
    );
    const distinct = `list_filter(list_distinct(flatten(list(DISTINCT ${items})${filter})), lambda "@n": "@n" <> 'null')`;
    return asArray(distinct, value, size, call);
  };
}

/** Keys of all bags, sorted; which value a key has that several bags hold is not defined, here it is the smallest text. */
function bag(shape: Shape): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    if (value.type !== 'dynamic') return refuse(`${call.name} of a ${value.type}`, call);
    const filter = conditions(operands, shape, call, [`json_type(${value.sql}) = 'OBJECT'`]);
    const member = `struct_pack(k := "@k", v := coalesce(json_extract("@b", '/' || replace(replace("@k", '~', '~0'), '/', '~1'))::VARCHAR, 'null'))`;
    const members = `list_sort(flatten(list_transform(list(DISTINCT ${value.sql})${filter}, lambda "@b": list_transform(json_keys("@b"), lambda "@k": ${member}))))`;
    return once('m', [members], (all) => {
      const firsts = `list_filter(${all}, lambda "@m2", "@i": "@i" = 1 OR "@m2".k <> (${all})["@i" - 1].k)`;
      const size = limit(operands, shape, call);
      const kept = size < sizeMax ? `list_slice(${firsts}, 1, ${size})` : firsts;
      return `('{' || coalesce(array_to_string(list_transform(${kept}, lambda "@p": to_json("@p".k)::VARCHAR || ':' || "@p".v), ','), '') || '}')`;
    });
  };
}

const size = sizeMax;
const three = 'datatable(x:long)[2, long(null), 1] | sort by x asc | summarize';
const bags = 'datatable(x:dynamic)[dynamic({"a": 1}), dynamic({"b": 2})] | summarize';

export const collectionAggregates: readonly AggregateFunction[] = [
  aggregate('make_list', list({ size }), `${three} a = tostring(make_list(x)), b = tostring(make_list(x, 1))`, [
    '[1,2]',
    '[1]',
  ]),
  aggregate(
    'makelist',
    list({ size: oldSizeMax }),
    'range x from 1 to 200 step 1 | summarize array_length(makelist(x))',
    ['128'],
  ),
  aggregate('make_list_if', list({ size, condition: 1 }), `${three} tostring(make_list_if(x, x > 1))`, ['[2]']),
  aggregate('make_list_with_nulls', list({ size, nulls: true }), `${three} array_length(make_list_with_nulls(x))`, [
    '3',
  ]),
  aggregate(
    'make_set',
    set({ size }),
    'datatable(x:dynamic)[dynamic(["a", "b"]), dynamic(["b"])] | summarize a = array_length(make_set(x)), b = tostring(make_set(1))',
    ['2', '[1]'],
  ),
  aggregate('makeset', set({ size: oldSizeMax }), 'range x from 1 to 200 step 1 | summarize array_length(makeset(x))', [
    '128',
  ]),
  aggregate('make_set_if', set({ size, condition: 1 }), `${three} tostring(make_set_if(x, x > 1))`, ['[2]']),
  aggregate('make_bag | make_dictionary', bag({ size }), `${bags} tostring(make_bag(x))`, ['{"a":1,"b":2}']),
  aggregate('make_bag_if', bag({ size, condition: 1 }), `${bags} tostring(make_bag_if(x, isnotnull(x.a)))`, [
    '{"a":1}',
  ]),
];
