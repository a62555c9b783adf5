// Dynamic arrays and sets of their elements. What is not an array gives null.
// https://learn.microsoft.com/kusto/query/scalar-functions#dynamicarray-functions

import { asElement } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import {
  arrayOf,
  bounded,
  bytesOf,
  elementsOf,
  entry,
  isArray,
  isAtLeast,
  isWhole,
  long,
  once,
  operand,
  refuse,
} from './sql.ts';
import { datetimeText, timespanText } from './times.ts';

/** Most values of an array that `range()` makes. */
export const rangeLengthMax = 1_048_576;

/** An operand that must be a dynamic value. */
export function dynamicAt(operands: readonly Operand[], at: number, call: Call): string {
  const value = operand(operands, at, call);
  return value.type === 'dynamic' ? value.sql : refuse(`${call.name} of a ${value.type}`, call);
}

/** A function of an array: the SQL list of its elements to a result; null for what is not an array. */
function ofList(
  operands: readonly Operand[],
  call: Call,
  body: (list: string, ...others: string[]) => string,
  others: readonly string[] = [],
): string {
  return once('a', [dynamicAt(operands, 0, call), ...others], (a = '', ...names) => {
    const result = once('l', [elementsOf(a)], (list) => body(list, ...names));
    return `(CASE WHEN ${isArray(a)} THEN ${result} END)`;
  });
}

/** `["a"]` is the element `"a"`, so that values are compared as JSON; 1 and 1.0 are one number. */
function key(element: string): string {
  return `regexp_replace(${element}, '^(-?[0-9]+)\\.0$', '\\1')`;
}

const arrayLength: Emit = (operands, call) =>
  once(
    'a',
    [dynamicAt(operands, 0, call)],
    (a) => `(CASE WHEN ${isArray(a)} THEN json_array_length(${a})::BIGINT END)`,
  );

/** `array_index_of(array, value, start, length, occurrence)`: -1 where it is not there; null for a length below -1 or an occurrence below 0. */
const arrayIndexOf: Emit = (operands, call) => {
  const sought = asElement(operand(operands, 1, call), call);
  const [start, count, nth] = [operands[2]?.sql ?? long(0), operands[3]?.sql ?? long(-1), operands[4]?.sql ?? long(1)];
  const isValid = isAtLeast(operands[3], -1n) && isAtLeast(operands[4], 0n);
  return ofList(
    operands,
    call,
    (list, value = '', from = '', size = '', occurrence = '') => {
      const first = `(CASE WHEN ${from} < 0 THEN greatest(len(${list}) + ${from}, 0) ELSE ${from} END)`;
      const inside = `"@j" >= ${first} AND (${size} < 0 OR "@j" < ${first} + ${size})`;
      const places = `list_filter(range(0, len(${list})), lambda "@j": ${inside} AND ${key(`(${list})["@j" + 1]`)} = ${key(value)})`;
      const found = `coalesce((${places})[${occurrence}], -1)::BIGINT`;
      return isValid ? found : `(CASE WHEN ${size} >= -1 AND ${occurrence} >= 0 THEN ${found} END)`;
    },
    [sought, start, count, nth],
  );
};

const arrayConcat: Emit = (operands, call) => {
  const lists = operands.map((_, at) =>
    once('a', [dynamicAt(operands, at, call)], (a) => `(CASE WHEN ${isArray(a)} THEN ${elementsOf(a)} END)`),
  );
  if (lists.length === 1) return arrayOf(lists[0] ?? '');
  // The engine takes a null list for an empty one.
  return once(
    'c',
    lists,
    (...names) =>
      `(CASE WHEN ${names.map((each) => `${each} IS NULL`).join(' OR ')} THEN NULL ELSE ${arrayOf(`list_concat(${names.join(', ')})`)} END)`,
  );
};

const arraySlice: Emit = (operands, call) => {
  const [start, end] = [operand(operands, 1, call).sql, operand(operands, 2, call).sql];
  return ofList(
    operands,
    call,
    (list, from = '', to = '') => {
      const place = (at: string): string => `(CASE WHEN ${at} < 0 THEN len(${list}) + ${at} ELSE ${at} END)`;
      return arrayOf(`list_slice(${list}, greatest(${place(from)}, 0) + 1, greatest(${place(to)} + 1, 0))`);
    },
    [start, end],
  );
};

const arraySplit: Emit = (operands, call) => {
  const index = operand(operands, 1, call);
  const borders = isWhole(index.type)
    ? `[(${index.sql})::BIGINT]`
    : `list_transform(${elementsOf(index.sql)}, lambda "@e": TRY_CAST("@e" AS BIGINT))`;
  return ofList(
    operands,
    call,
    (list, given) => {
      const places = `list_transform(${given}, lambda "@e": greatest(CASE WHEN "@e" < 0 THEN len(${list}) + "@e" ELSE least("@e", len(${list})) END, 0))`;
      return once('p', [`list_concat([0::BIGINT], ${places}, [len(${list})::BIGINT])`], (p) =>
        arrayOf(
          `list_transform(range(1, len(${p})), lambda "@j": '[' || array_to_string(list_slice(${list}, (${p})["@j"] + 1, (${p})["@j" + 1]), ',') || ']')`,
        ),
      );
    },
    [borders],
  );
};

function rotate(direction: 'left' | 'right'): Emit {
  return (operands, call) =>
    ofList(
      operands,
      call,
      (list, by) => {
        const left = direction === 'left' ? by : `(-${by})`;
        const cut = `((${left} % len(${list}) + len(${list})) % len(${list}))`;
        return `(CASE WHEN len(${list}) = 0 THEN '[]' ELSE ${arrayOf(`list_concat(list_slice(${list}, ${cut} + 1, len(${list})), list_slice(${list}, 1, ${cut}))`)} END)`;
      },
      [`(${operand(operands, 1, call).sql})::BIGINT`],
    );
}

function shift(direction: 'left' | 'right'): Emit {
  return (operands, call) => {
    const filler = operands[2] ? asElement(operands[2], call) : "'null'";
    return ofList(
      operands,
      call,
      (list, by, fill) => {
        const left = direction === 'left' ? by : `(-${by})`;
        return arrayOf(
          `list_transform(range(1, len(${list}) + 1), lambda "@j": CASE WHEN "@j" + ${left} BETWEEN 1 AND len(${list}) THEN (${list})["@j" + ${left}] ELSE ${fill} END)`,
        );
      },
      [`(${operand(operands, 1, call).sql})::BIGINT`, filler],
    );
  };
}

const arraySum: Emit = (operands, call) =>
  ofList(operands, call, (list) => {
    const all = `len(list_filter(${list}, lambda "@e": json_type("@e") NOT IN ('UBIGINT', 'BIGINT', 'DOUBLE'))) = 0`;
    return `(CASE WHEN ${all} THEN coalesce(list_sum(list_transform(${list}, lambda "@e": TRY_CAST("@e" AS DOUBLE))), 0) END)`;
  });

const arrayIff: Emit = (operands, call) => {
  const values = [operand(operands, 1, call), operand(operands, 2, call)];
  const elements = values.map((each) => asElement(each, call));
  const body = (list: string, ...names: string[]): string => {
    const [yes, no] = names.map((name, at) => {
      const inner = `coalesce((${elementsOf(name)})["@i"], 'null')`;
      return values[at]?.type === 'dynamic' ? `(CASE WHEN ${isArray(name)} THEN ${inner} ELSE ${name} END)` : name;
    });
    const number = `json_type("@e") IN ('UBIGINT', 'BIGINT', 'DOUBLE')`;
    const isTrue = `"@e" = 'true' OR (${number} AND TRY_CAST("@e" AS DOUBLE) <> 0)`;
    const one = `CASE WHEN ${isTrue} THEN ${yes} WHEN "@e" = 'false' OR ${number} THEN ${no} ELSE 'null' END`;
    return arrayOf(`list_transform(${list}, lambda "@e", "@i": ${one})`);
  };
  return ofList(operands, call, body, elements);
};

const arrayReverse: Emit = (operands, call) => ofList(operands, call, (list) => arrayOf(`list_reverse(${list})`));

const arrayRepeat: Emit = (operands, call) => {
  const count = operand(operands, 1, call);
  return once(
    'r',
    [
      asElement(operand(operands, 0, call), call),
      once(
        'q',
        [`(${count.sql})::BIGINT`],
        (q) => `(CASE WHEN ${q} IS NOT NULL THEN least(${q}, ${rangeLengthMax}) END)`,
      ),
    ],
    (element, n) => {
      const places = `range(${bounded(n, `${n} * ${bytesOf(element)}`)})`;
      return `(CASE WHEN ${n} >= 0 THEN ${arrayOf(`list_transform(${places}, lambda "@j": ${element})`)} END)`;
    },
  );
};

/** What `range()` goes from and to, and SQL of its step, which is an hour for times. */
export function rangeOf(operands: readonly Operand[], call: Call) {
  const [start, stop, given] = [operand(operands, 0, call), operand(operands, 1, call), operands[2]];
  const isTime = start.type === 'datetime' || start.type === 'timespan';
  const isReal = [start, stop, given].some((each) => each?.type === 'real');
  const defaultStep = isTime ? '36000000000' : '1';
  if (isTime && isReal) return refuse('range of times with a real', call);
  return { start, stop, step: given?.sql ?? defaultStep, isReal };
}

/** `range(start, stop, step)`: at most 1,048,576 values. */
const range: Emit = (operands, call) => {
  const { start, stop, step: size, isReal } = rangeOf(operands, call);
  const type = isReal ? 'DOUBLE' : 'BIGINT';
  return once('r', [`(${start.sql})::${type}`, `(${stop.sql})::${type}`, `(${size})::${type}`], (from, to, step) => {
    const count = `least(floor((${to} - ${from})::DOUBLE / ${step}::DOUBLE)::BIGINT + 1, ${rangeLengthMax})`;
    const value = `${from} + "@j"::${type} * ${step}`;
    const text =
      start.type === 'datetime'
        ? `'"' || ${datetimeText(`(${value})`)} || '"'`
        : start.type === 'timespan'
          ? `'"' || ${timespanText(`(${value})`)} || '"'`
          : `to_json(${value})::VARCHAR`;
    return `(CASE WHEN ${step} = 0 THEN NULL WHEN (${to} - ${from})::DOUBLE / ${step}::DOUBLE < 0 THEN '[]' ELSE ${arrayOf(`list_transform(range(${count}), lambda "@j": ${text})`)} END)`;
  });
};

const zip: Emit = (operands, call) => {
  const lists = operands.map((_, at) =>
    once(
      'a',
      [dynamicAt(operands, at, call)],
      (a) => `(CASE WHEN ${isArray(a)} THEN ${elementsOf(a)} WHEN ${a} IS NULL THEN ['null'] ELSE [${a}] END)`,
    ),
  );
  return once('z', lists, (...names) => {
    const row = names.map((each) => `coalesce((${each})["@j"], 'null')`).join(` || ',' || `);
    return arrayOf(
      `list_transform(range(1, greatest(${names.map((each) => `len(${each})`).join(', ')}) + 1), lambda "@j": '[' || ${row} || ']')`,
    );
  });
};

/** Elements without repetition, in the order in which they come first. */
function distinct(list: string): string {
  return `list_filter(${list}, lambda "@e", "@i": list_position(${list}, "@e") = "@i")`;
}

function sets(
  operands: readonly Operand[],
  call: Call,
  combine: (first: string, rest: readonly string[]) => string,
): string {
  const lists = operands.map((_, at) =>
    once(
      'a',
      [dynamicAt(operands, at, call)],
      (a) => `(CASE WHEN ${isArray(a)} THEN list_distinct(${elementsOf(a)}) END)`,
    ),
  );
  return once('s', lists, (first = '', ...rest) => {
    const missing = [first, ...rest].map((each) => `${each} IS NULL`).join(' OR ');
    return `(CASE WHEN ${missing} THEN NULL ELSE ${arrayOf(combine(first, rest))} END)`;
  });
}

const setUnion: Emit = (operands, call) => {
  return sets(operands, call, (first, rest) =>
    once('u', [rest.length > 0 ? `list_concat(${[first, ...rest].join(', ')})` : first], distinct),
  );
};
const setIntersect: Emit = (operands, call) =>
  sets(
    operands,
    call,
    (first, rest) =>
      `list_filter(${first}, lambda "@e": ${rest.map((each) => `list_contains(${each}, "@e")`).join(' AND ') || 'true'})`,
  );
const setDifference: Emit = (operands, call) =>
  sets(
    operands,
    call,
    (first, rest) =>
      `list_filter(${first}, lambda "@e": ${rest.map((each) => `NOT list_contains(${each}, "@e")`).join(' AND ') || 'true'})`,
  );

const setHasElement: Emit = (operands, call) => {
  const value = asElement(operand(operands, 1, call), call);
  const body = (list: string, sought = ''): string =>
    `list_contains(list_transform(${list}, lambda "@e": ${key('"@e"')}), ${key(sought)})`;
  return ofList(operands, call, body, [value]);
};

const setEquals: Emit = (operands, call) =>
  once('s', [dynamicAt(operands, 0, call), dynamicAt(operands, 1, call)], (a, b) => {
    const list = (each: string): string => `list_sort(list_distinct(${elementsOf(each)}))`;
    return `(CASE WHEN ${isArray(a)} AND ${isArray(b)} THEN ${list(a)} = ${list(b)} END)`;
  });

const jaccardIndex: Emit = (operands, call) => {
  const lists = [0, 1].map((at) =>
    once(
      'a',
      [dynamicAt(operands, at, call)],
      (a) => `(CASE WHEN ${isArray(a)} THEN list_distinct(${elementsOf(a)}) END)`,
    ),
  );
  return once('s', lists, (a, b) => {
    const both = `len(list_filter(${a}, lambda "@e": list_contains(${b}, "@e")))`;
    const index = `(${both}::DOUBLE / (len(${a}) + len(${b}) - ${both}))`;
    return call.type === 'dynamic' ? `to_json(${index})::VARCHAR` : index;
  });
};

export const arrays: readonly ScalarFunction[] = [
  entry(
    'array_length | arraylength',
    arrayLength,
    'print array_length(dynamic([1, 2])), array_length(parse_json("{}")), array_length(dynamic([]))',
    ['2', null, '0'],
  ),
  entry(
    'array_index_of',
    arrayIndexOf,
    `print array_index_of(dynamic(["this", "is", "an", "example", "an"]), "an", 1, -1, 2), array_index_of(dynamic([1, 2]), 7), array_index_of(dynamic([1, 2]), 2, 0, -2), array_index_of(dynamic([1, 2]), 2, 0, -1, -1)`,
    ['4', '-1', null, null],
  ),
  entry('array_concat', arrayConcat, 'print tostring(array_concat(dynamic([1]), dynamic(["a", 2])))', ['[1,"a",2]']),
  entry(
    'array_slice',
    arraySlice,
    'print tostring(array_slice(dynamic([1, 2, 3, 4, 5]), -3, -2)), tostring(array_slice(dynamic([1, 2]), 0, 7))',
    ['[3,4]', '[1,2]'],
  ),
  entry('array_split', arraySplit, 'print tostring(array_split(dynamic([1, 2, 3, 4, 5]), dynamic([1, 3])))', [
    '[[1],[2,3],[4,5]]',
  ]),
  entry('array_rotate_left', rotate('left'), 'print tostring(array_rotate_left(dynamic([1, 2, 3, 4, 5]), 2))', [
    '[3,4,5,1,2]',
  ]),
  entry('array_rotate_right', rotate('right'), 'print tostring(array_rotate_right(dynamic([1, 2, 3, 4, 5]), 2))', [
    '[4,5,1,2,3]',
  ]),
  entry('array_shift_left', shift('left'), 'print tostring(array_shift_left(dynamic([1, 2, 3]), 2, 0))', ['[3,0,0]']),
  entry('array_shift_right', shift('right'), 'print tostring(array_shift_right(dynamic([1, 2, 3]), 2))', [
    '[null,null,1]',
  ]),
  entry('array_sum', arraySum, 'print array_sum(dynamic([1, 2.5]))', [3.5]),
  entry('array_iff | array_iif', arrayIff, 'print tostring(array_iff(dynamic([true, 0, "x"]), dynamic([1]), 5))', [
    '[1,5,null]',
  ]),
  entry('array_reverse', arrayReverse, 'print tostring(array_reverse(dynamic([1, 2])))', ['[2,1]']),
  entry('repeat', arrayRepeat, 'print tostring(repeat(1, 3)), isnull(repeat(1, long(null)))', ['[1,1,1]', true]),
  entry('range', range, 'print tostring(range(1, 8, 3)), tostring(range(3, 1)), tostring(range(1.0, 2.0, 0.5))', [
    '[1,4,7]',
    '[]',
    '[1.0,1.5,2.0]',
  ]),
  entry('zip', zip, 'print tostring(zip(dynamic([1, 2]), dynamic(["a"])))', ['[[1,"a"],[2,null]]']),
  entry('set_union', setUnion, 'print array_length(set_union(dynamic([1, 2]), dynamic([2, 3])))', ['3']),
  entry('set_intersect', setIntersect, 'print tostring(set_intersect(dynamic([1, 2]), dynamic([2, 3])))', ['[2]']),
  entry('set_difference', setDifference, 'print tostring(set_difference(dynamic([1, 2, 3]), dynamic([2, 3])))', [
    '[1]',
  ]),
  entry(
    'set_has_element',
    setHasElement,
    'print set_has_element(dynamic(["a", 1]), "a"), set_has_element(dynamic([1]), 2)',
    [true, false],
  ),
  entry('set_equals', setEquals, 'print set_equals(dynamic([1, 2]), dynamic([2, 1, 1]))', [true]),
  entry(
    'jaccard_index',
    jaccardIndex,
    'print toreal(jaccard_index(dynamic([1, 2, 3]), dynamic([1, 2, 3, 4])))',
    [0.75],
  ),
];
