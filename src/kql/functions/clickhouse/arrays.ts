// Dynamic arrays and sets of their elements for ClickHouse, where no array is NULL: what is not an array is told apart before
// it is taken apart. https://clickhouse.com/docs/sql-reference/functions/array-functions

import { dynamicAt, rangeLengthMax, rangeOf } from '../arrays.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asElement } from './conversions.ts';
import {
  always,
  arrayOf,
  bounded,
  bytesOf,
  elementsOf,
  isArray,
  isAtLeast,
  isJsonNumber,
  isWhole,
  long,
  once,
  operand,
  realJson,
} from './sql.ts';
import { datetimeText, timespanText } from './times.ts';

/** A function of an array: the engine's array of its elements to a result; NULL for what is not an array. */
function ofList(
  operands: readonly Operand[],
  call: Call,
  body: (list: string, ...others: string[]) => string,
  others: readonly string[] = [],
): string {
  return once('a', [dynamicAt(operands, 0, call), ...others], (a = '', ...names) => {
    const result = always('l', elementsOf(a), (list) => body(list, ...names));
    return `if(${isArray(a)}, ${result}, NULL)`;
  });
}

/** Functions of several arrays: NULL where one of them is none. */
function ofLists(operands: readonly Operand[], call: Call, body: (...lists: string[]) => string): string {
  return once(
    'as',
    operands.map((_, at) => dynamicAt(operands, at, call)),
    (...arrays) => {
      const names = arrays.map((_, at) => `"@l${at}"`);
      const lists = arrays.map((each) => `[${elementsOf(each)}]`);
      const result = `arrayElement(arrayMap((${names.join(', ')}) -> ${body(...names)}, ${lists.join(', ')}), 1)`;
      return `if(${arrays.map(isArray).join(' AND ')}, ${result}, NULL)`;
    },
  );
}

/** `["a"]` is the element `"a"`, so that values are compared as JSON; 1 and 1.0 are one number. */
function key(element: string): string {
  return `replaceRegexpOne(${element}, '^(-?[0-9]+)\\\\.0$', '\\\\1')`;
}

const arrayLength: Emit = (operands, call) => ofList(operands, call, (list) => `toInt64(length(${list}))`);

/** `array_index_of(array, value, start, length, occurrence)`: -1 where it is not there; null for a length below -1 or an occurrence below 0. */
const arrayIndexOf: Emit = (operands, call) => {
  const sought = asElement(operand(operands, 1, call), call);
  const [start, count, nth] = [operands[2]?.sql ?? long(0), operands[3]?.sql ?? long(-1), operands[4]?.sql ?? long(1)];
  const isValid = isAtLeast(operands[3], -1n) && isAtLeast(operands[4], 0n);
  return ofList(
    operands,
    call,
    (list, value = '', from = '', size = '', occurrence = '') => {
      const first = `if(${from} < 0, greatest(toInt64(length(${list})) + ${from}, 0), ${from})`;
      const isInside = `"@j" > ${first} AND (${size} < 0 OR "@j" <= ${first} + ${size})`;
      const isSought = `${isInside} AND ${key('"@e"')} = ${key(value)}`;
      const places = `arrayFilter(("@j", "@e") -> ifNull(${isSought}, false), arrayMap("@n" -> toInt64("@n"), arrayEnumerate(${list})), ${list})`;
      // A place that is not there is 0.
      return always('o', places, (found) => {
        const at = `toInt64(ifNull(${occurrence}, 0))`;
        const place = `(if(${at} = 0, 0, arrayElement(${found}, if(${at} = 0, 1, ${at}))) - 1)`;
        return isValid ? place : `if(${size} >= -1 AND ${occurrence} >= 0, ${place}, NULL)`;
      });
    },
    [sought, start, count, nth],
  );
};

const arrayConcat: Emit = (operands, call) =>
  ofLists(operands, call, (...lists) => arrayOf(`arrayConcat(${lists.join(', ')})`));

const arraySlice: Emit = (operands, call) => {
  const [start, end] = [operand(operands, 1, call).sql, operand(operands, 2, call).sql];
  return ofList(
    operands,
    call,
    (list, from = '', to = '') => {
      const place = (at: string): string => `ifNull(if(${at} < 0, toInt64(length(${list})) + ${at}, ${at}), 0)`;
      const [first, last] = [`greatest(${place(from)}, 0)`, `greatest(${place(to)} + 1, 0)`];
      const slice = arrayOf(`arraySlice(${list}, ${first} + 1, greatest(${last} - ${first}, 0))`);
      return `if(isNull(${from}) OR isNull(${to}), '[]', ${slice})`;
    },
    [start, end],
  );
};

const arraySplit: Emit = (operands, call) => {
  const index = operand(operands, 1, call);
  const borders = isWhole(index.type)
    ? `[toNullable(toInt64(${index.sql}))]`
    : `arrayMap("@e" -> toInt64OrNull("@e"), ${elementsOf(index.sql)})`;
  return ofList(operands, call, (list) => {
    const size = `toInt64(length(${list}))`;
    const place = `greatest(ifNull(if("@e" < 0, ${size} + "@e", least("@e", ${size})), 0), 0)`;
    const places = `arrayConcat([toInt64(0)], arrayMap("@e" -> ${place}, ${borders}), [${size}])`;
    return always('b', places, (p) => {
      const part = `arraySlice(${list}, "@x" + 1, greatest("@y" - "@x", 0))`;
      return arrayOf(`arrayMap(("@x", "@y") -> ${arrayOf(part)}, arrayPopBack(${p}), arrayPopFront(${p}))`);
    });
  });
};

/** Places from 1 to the length of the list. */
function placesOf(list: string): string {
  return `arrayMap("@n" -> toInt64("@n"), arrayEnumerate(${list}))`;
}

function rotate(direction: 'left' | 'right'): Emit {
  return (operands, call) =>
    ofList(
      operands,
      call,
      (list, by) => {
        const size = `toInt64(greatest(length(${list}), 1))`;
        const cut = `positiveModulo(${direction === 'left' ? by : `-(${by} % ${size})`}, ${size})`;
        const rotated = `arrayConcat(arraySlice(${list}, assumeNotNull(${cut}) + 1), arraySlice(${list}, 1, assumeNotNull(${cut})))`;
        return `if(isNull(${by}), '[]', ${arrayOf(rotated)})`;
      },
      [`toInt64(${operand(operands, 1, call).sql})`],
    );
}

function shift(direction: 'left' | 'right'): Emit {
  return (operands, call) => {
    const filler = operands[2] ? asElement(operands[2], call) : "'null'";
    return ofList(
      operands,
      call,
      (list, by = '', fill = '') => {
        const place = `toInt128("@j") ${direction === 'left' ? '+' : '-'} ${by}`;
        const isInside = `${place} BETWEEN 1 AND length(${list})`;
        const element = `arrayElement(${list}, toInt64(if(ifNull(${isInside}, false), assumeNotNull(${place}), 1)))`;
        return arrayOf(`arrayMap("@j" -> if(ifNull(${isInside}, false), ${element}, ${fill}), ${placesOf(list)})`);
      },
      [`toInt64(${operand(operands, 1, call).sql})`, filler],
    );
  };
}

const arraySum: Emit = (operands, call) =>
  ofList(operands, call, (list) => {
    const isAll = `arrayAll("@e" -> ${isJsonNumber('"@e"')}, ${list})`;
    return `if(${isAll}, arraySum("@e" -> ifNull(toFloat64OrNull("@e"), 0), ${list}), NULL)`;
  });

const arrayIff: Emit = (operands, call) => {
  const values = [operand(operands, 1, call), operand(operands, 2, call)];
  const elements = values.map((each) => asElement(each, call));
  const body = (list: string, ...names: string[]): string => {
    const [yes, no] = names.map((name, at) => {
      if (values[at]?.type !== 'dynamic') return name;
      const inner = always(
        'q',
        elementsOf(name),
        (all) => `if("@i" <= length(${all}), arrayElement(${all}, "@i"), 'null')`,
      );
      return `if(${isArray(name)}, ${inner}, ${name})`;
    });
    const number = isJsonNumber('"@e"');
    const isTrue = `"@e" = 'true' OR (${number} AND ifNull(toFloat64OrNull("@e") <> 0, false))`;
    const one = `multiIf(${isTrue}, ${yes}, "@e" = 'false' OR ${number}, ${no}, 'null')`;
    return arrayOf(`arrayMap(("@e", "@i") -> ${one}, ${list}, arrayEnumerate(${list}))`);
  };
  return ofList(operands, call, body, elements);
};

const arrayRepeat: Emit = (operands, call) => {
  const count = operand(operands, 1, call);
  return once(
    'r',
    [
      asElement(operand(operands, 0, call), call),
      `if(isNull(${count.sql}), NULL, toInt64(least(${count.sql}, ${rangeLengthMax})))`,
    ],
    (element, n) => {
      const size = `toUInt64(greatest(ifNull(${n}, 0), 0))`;
      const all = `arrayWithConstant(${size}, ${bounded(element, `${n} * ${bytesOf(element)}`)})`;
      return `if(${n} >= 0, ${arrayOf(all)}, NULL)`;
    },
  );
};

/** `range(start, stop, step)`: at most 1,048,576 values. */
const range: Emit = (operands, call) => {
  const { start, stop, step: size, isReal } = rangeOf(operands, call);
  const typed = (sql: string): string => `${isReal ? 'toFloat64' : 'toInt128'}(${sql})`;
  return once('r', [typed(start.sql), typed(stop.sql), typed(size)], (from, to, step) => {
    const steps = `toFloat64(${to} - ${from}) / toFloat64(${step})`;
    const isRange = `ifNull(${steps} >= 0, false)`;
    // An infinite count is the most that there are.
    const count = `toUInt64(if(${isRange}, least(floor(${steps}) + 1, ${rangeLengthMax}), 0))`;
    const value = `assumeNotNull(${from} + ${isReal ? 'toFloat64("@j")' : 'toInt128("@j")'} * ${step})`;
    const number = isReal ? realJson(value) : `toString(${value})`;
    const text =
      start.type === 'datetime'
        ? `concat('"', ${datetimeText(`toInt64(${value})`)}, '"')`
        : start.type === 'timespan'
          ? `concat('"', ${timespanText(`toInt64(${value})`)}, '"')`
          : number;
    const all = arrayOf(`arrayMap("@j" -> ${text}, range(assumeNotNull(${count})))`);
    return `multiIf(isNull(${steps}) OR ${step} = 0, NULL, ${isRange}, ${all}, '[]')`;
  });
};

const zip: Emit = (operands, call) => {
  const lists = operands.map((_, at) =>
    once(
      'a',
      [`ifNull(${dynamicAt(operands, at, call)}, 'null')`],
      (a) => `if(${isArray(a)}, ${elementsOf(a)}, [${a}])`,
    ),
  );
  const names = lists.map((_, at) => `"@l${at}"`);
  const row = names.map((each) => `if("@j" <= length(${each}), arrayElement(${each}, "@j"), 'null')`).join(`, ',', `);
  const longest = names.map((each) => `length(${each})`).join(', ');
  const rows = `arrayMap("@j" -> concat('[', ${row}, ']'), range(1, toUInt64(greatest(${longest}, 0)) + 1))`;
  return `arrayElement(arrayMap((${names.join(', ')}) -> ${arrayOf(rows)}, ${lists.map((each) => `[${each}]`).join(', ')}), 1)`;
};

const setUnion: Emit = (operands, call) =>
  ofLists(operands, call, (...lists) => arrayOf(`arrayDistinct(arrayConcat(${lists.join(', ')}))`));

/** Elements of the first array that pass a test against each of the others. */
function setOf(test: (other: string) => string): Emit {
  return (operands, call) =>
    ofLists(operands, call, (first = '', ...rest) => {
      const isKept = rest.map(test).join(' AND ') || 'true';
      return arrayOf(`arrayFilter("@e" -> ${isKept}, arrayDistinct(${first}))`);
    });
}

const setHasElement: Emit = (operands, call) =>
  ofList(operands, call, (list, sought = '') => `has(arrayMap("@e" -> ${key('"@e"')}, ${list}), ${key(sought)})`, [
    asElement(operand(operands, 1, call), call),
  ]);

const setEquals: Emit = (operands, call) =>
  ofLists([operand(operands, 0, call), operand(operands, 1, call)], call, (a, b) => {
    const list = (each = ''): string => `arraySort(arrayDistinct(${each}))`;
    return `(${list(a)} = ${list(b)})`;
  });

const jaccardIndex: Emit = (operands, call) =>
  ofLists([operand(operands, 0, call), operand(operands, 1, call)], call, (a, b) => {
    const both = `length(arrayIntersect(${a}, ${b}))`;
    const index = `(${both} / (length(arrayDistinct(${a})) + length(arrayDistinct(${b})) - ${both}))`;
    return call.type === 'dynamic' ? `if(isFinite(${index}), ${realJson(index)}, 'null')` : index;
  });

export const arrays: Readonly<Record<string, Emit>> = {
  array_length: arrayLength,
  array_index_of: arrayIndexOf,
  array_concat: arrayConcat,
  array_slice: arraySlice,
  array_split: arraySplit,
  array_rotate_left: rotate('left'),
  array_rotate_right: rotate('right'),
  array_shift_left: shift('left'),
  array_shift_right: shift('right'),
  array_sum: arraySum,
  array_iff: arrayIff,
  array_reverse: (operands, call) => ofList(operands, call, (list) => arrayOf(`arrayReverse(${list})`)),
  repeat: arrayRepeat,
  range,
  zip,
  set_union: setUnion,
  set_intersect: setOf((other) => `has(${other}, "@e")`),
  set_difference: setOf((other) => `NOT has(${other}, "@e")`),
  set_has_element: setHasElement,
  set_equals: setEquals,
  jaccard_index: jaccardIndex,
};
