// Series: arrays of numbers, worked on element by element or as a whole. What is no number is null, and so is what comes
// of it. https://learn.microsoft.com/kusto/query/scalar-functions#series-processing-functions

import { asElement } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { arrayOf, elementsOf, entry, isArray, isNumber, once, operand, refuse } from './sql.ts';

/** An operand that is an array, as JSON text. */
export function seriesOf(operands: readonly Operand[], at: number, call: Call): string {
  const value = operand(operands, at, call);
  return value.type === 'dynamic' ? value.sql : refuse(`${call.name} of a ${value.type}`, call);
}

/** The numbers of a series as a list; NULL for each element that is none, NULL for what is not an array. */
export function realsOf(json: string): string {
  return once('j', [json], (j) => {
    const numbers = `list_transform(${elementsOf(j)}, lambda "@n": TRY_CAST("@n" AS DOUBLE))`;
    return `(CASE WHEN ${isArray(j)} THEN ${numbers} END)`;
  });
}

/** A list of reals as a JSON array. */
export function realsJson(list: string, call: Call): string {
  return arrayOf(`list_transform(${list}, lambda "@z": ${asElement({ sql: '"@z"', type: 'real' }, call)})`);
}

/** A list of whole numbers or truth values as a JSON array. */
export function plainJson(list: string): string {
  return arrayOf(`list_transform(${list}, lambda "@z": coalesce(("@z")::VARCHAR, 'null'))`);
}

type Element = (...numbers: string[]) => string;

/** One real out of each element, or out of the elements of two series at one place; the longer one says how many. */
function elementwise(count: 1 | 2, result: 'real' | 'bool', body: Element): Emit {
  return (operands, call) => {
    const lists = Array.from({ length: count }, (_, at) => realsOf(seriesOf(operands, at, call)));
    return once('s', lists, (a = '', b = '') => {
      const pairs = count === 1 ? a : `list_zip(${a}, ${b})`;
      const made = count === 1 ? body('"@x"') : body('"@x"[1]', '"@x"[2]');
      const list = `list_transform(${pairs}, lambda "@x": ${made})`;
      const missing = [a, b].slice(0, count).map((each) => `${each} IS NULL`);
      const json = result === 'real' ? realsJson(list, call) : plainJson(list);
      return `(CASE WHEN NOT (${missing.join(' OR ')}) THEN ${json} END)`;
    });
  };
}

const whole = "'-?[0-9]{1,18}'";

/** Two whole numbers make a whole one; any others a real. */
function arithmetic(operator: '+' | '-' | '*'): Emit {
  return (operands, call) => {
    const json = [seriesOf(operands, 0, call), seriesOf(operands, 1, call)];
    return once('s', json, (a = '', b = '') => {
      const [x, y] = ['"@x"[1]', '"@x"[2]'];
      const isWhole = `regexp_full_match(${x}, ${whole}) AND regexp_full_match(${y}, ${whole})`;
      const exact = `TRY_CAST(TRY_CAST(${x} AS HUGEINT) ${operator} TRY_CAST(${y} AS HUGEINT) AS BIGINT)::VARCHAR`;
      const real: Operand = { sql: `(TRY_CAST(${x} AS DOUBLE) ${operator} TRY_CAST(${y} AS DOUBLE))`, type: 'real' };
      const made = `coalesce(CASE WHEN ${isWhole} THEN ${exact} ELSE ${asElement(real, call)} END, 'null')`;
      const list = `list_transform(list_zip(${elementsOf(a)}, ${elementsOf(b)}), lambda "@x": ${made})`;
      return `(CASE WHEN ${isArray(a)} AND ${isArray(b)} THEN ${arrayOf(list)} END)`;
    });
  };
}

/** Keeps the elements that are whole numbers so. */
function keepingWhole(ofWhole: Element, ofReal: Element): Emit {
  return (operands, call) =>
    once('s', [seriesOf(operands, 0, call)], (a) => {
      const real: Operand = { sql: ofReal('TRY_CAST("@x" AS DOUBLE)'), type: 'real' };
      const exact = `(${ofWhole('TRY_CAST("@x" AS BIGINT)')})::VARCHAR`;
      const made = `coalesce(CASE WHEN regexp_full_match("@x", ${whole}) THEN ${exact} ELSE ${asElement(real, call)} END, 'null')`;
      return `(CASE WHEN ${isArray(a)} THEN ${arrayOf(`list_transform(${elementsOf(a)}, lambda "@x": ${made})`)} END)`;
    });
}

/** One real out of a series without gaps; null where there is one. */
function reduced(body: (list: string) => string): Emit {
  return (operands, call) =>
    once('s', [realsOf(seriesOf(operands, 0, call))], (a) => {
      const isWhole = `len(${a}) > 0 AND NOT list_contains(list_transform(${a}, lambda "@x": "@x" IS NULL), true)`;
      return `(CASE WHEN ${isWhole} THEN (${body(a)})::DOUBLE END)`;
    });
}

/** The beginning of a list that is as long as the other one, if that is shorter. */
const cutTo = (list: string, other: string): string => `${list}[:len(${other})]`;

/** One real out of two series of one length (or of what one has of the other's) without gaps; null for any others. */
function reducedPair(body: (a: string, b: string) => string, length: 'equal' | 'shorter' = 'equal'): Emit {
  return (operands, call) => {
    const given = [0, 1].map((at) => realsOf(seriesOf(operands, at, call)));
    if (length === 'equal') return once('s', given, ofOneLength(body));
    return once('r', given, (a = '', b = '') => once('s', [cutTo(a, b), cutTo(b, a)], ofOneLength(body)));
  };
}

function ofOneLength(body: (a: string, b: string) => string): (...lists: string[]) => string {
  return (a = '', b = '') => {
    const gap = `list_contains(list_transform(list_zip(${a}, ${b}), lambda "@x": "@x"[1] IS NULL OR "@x"[2] IS NULL), true)`;
    return `(CASE WHEN len(${a}) > 0 AND len(${a}) = len(${b}) AND NOT ${gap} THEN (${body(a, b)})::DOUBLE END)`;
  };
}

/**
 * The longer series counts as far as the shorter one goes, and a pair in which one is no number counts for nothing. A number
 * stands for a series of it. https://learn.microsoft.com/kusto/query/series-dot-product-function
 */
const dotProduct: Emit = (operands, call) => {
  const [first, second] = [operand(operands, 0, call), operand(operands, 1, call)];
  const number = [first, second].find(({ type }) => isNumber(type));
  const given = [first, second].flatMap((each, at) => (each === number ? [] : [realsOf(seriesOf(operands, at, call))]));
  if (number) {
    const factor = `(${number.sql})::DOUBLE`;
    return once('s', [...given, factor], (a = '', f = '') => {
      return `list_sum(list_transform(${a}, lambda "@q": "@q" * ${f}))`;
    });
  }
  return once('s', given, (a = '', b = '') => products(a, b));
};

const squares = (list: string): string => `list_sum(list_transform(${list}, lambda "@q": "@q" * "@q"))`;
const products = (a: string, b: string): string =>
  `list_sum(list_transform(list_zip(${a}, ${b}), lambda "@q": "@q"[1] * "@q"[2]))`;

const cosine = (a: string, b: string): string =>
  `${products(a, b)} / nullif(sqrt(${squares(a)}) * sqrt(${squares(b)}), 0)`;

const pearson = (a: string, b: string): string => {
  const away = (list: string): string =>
    once('m', [`list_avg(${list})`], (mean) => `list_transform(${list}, lambda "@v": "@v" - ${mean})`);
  return once('p', [away(a), away(b)], cosine);
};

const unary = (name: string, body: Element, query: string, row: string): ScalarFunction =>
  entry(`series_${name}`, elementwise(1, 'real', body), `print series_${name}(${query})`, [row]);

const compared = (name: string, operator: string, row: string): ScalarFunction =>
  entry(
    `series_${name}`,
    elementwise(2, 'bool', (a = '', b = '') => `(${a} ${operator} ${b})`),
    `print series_${name}(dynamic([1, 2, 3]), dynamic([2, 2.0, 2, 1]))`,
    [row],
  );

/** The engine's functions that are errors outside of their domain, as the NaN that KQL gives. */
const within = (test: Element, body: Element): Element => {
  return (x) => `(CASE WHEN ${test(x)} THEN ${body(x)} WHEN ${x} IS NOT NULL THEN 'nan'::DOUBLE END)`;
};

export const series: readonly ScalarFunction[] = [
  entry('series_add', arithmetic('+'), 'print series_add(dynamic([1, 2, 4]), dynamic([4, 2.5, "a"]))', [
    '[5,4.5,null]',
  ]),
  entry('series_subtract', arithmetic('-'), 'print series_subtract(dynamic([1, 2, 4]), dynamic([4, 2]))', [
    '[-3,0,null]',
  ]),
  entry('series_multiply', arithmetic('*'), 'print series_multiply(dynamic([1, 2, 4]), dynamic([4, 0.5, 1]))', [
    '[4,1.0,4]',
  ]),
  entry(
    'series_divide',
    elementwise(2, 'real', (a = '', b = '') => `(${a} / ${b})`),
    'print series_divide(dynamic([1, 2, 4]), dynamic([4, 2, 1]))',
    ['[0.25,1.0,4.0]'],
  ),
  entry(
    'series_pow',
    elementwise(2, 'real', (a = '', b = '') => `pow(${a}, ${b})`),
    'print series_pow(dynamic([1, 2, 3, 4]), dynamic([3, 2, 1, 0]))',
    ['[1.0,4.0,3.0,1.0]'],
  ),
  compared('equals', '=', '[false,true,false,null]'),
  compared('not_equals', '<>', '[true,false,true,null]'),
  compared('less', '<', '[true,false,false,null]'),
  compared('less_equals', '<=', '[true,true,false,null]'),
  compared('greater', '>', '[false,false,true,null]'),
  compared('greater_equals', '>=', '[false,true,true,null]'),
  entry(
    'series_abs',
    keepingWhole(
      (x) => `abs(${x})`,
      (x) => `abs(${x})`,
    ),
    'print series_abs(dynamic([-6.5, 0, -8]))',
    ['[6.5,0,8]'],
  ),
  entry(
    'series_sign',
    keepingWhole(
      (x) => `sign(${x})`,
      (x) => `sign(${x})::DOUBLE`,
    ),
    'print series_sign(dynamic([-6, 0, 8]))',
    ['[-1,0,1]'],
  ),
  unary('floor', (x) => `floor(${x})`, 'dynamic([-1.5, 1, 2.5])', '[-2.0,1.0,2.0]'),
  unary('ceiling', (x) => `ceil(${x})`, 'dynamic([-1.5, 1, 2.5])', '[-1.0,1.0,3.0]'),
  unary('exp', (x) => `exp(${x})`, 'dynamic([0, null])', '[1.0,null]'),
  unary(
    'log',
    within(
      (x) => `${x} >= 0`,
      (x) => `(CASE WHEN ${x} = 0 THEN '-infinity'::DOUBLE ELSE ln(${x}) END)`,
    ),
    'dynamic([1, -1, 0])',
    '[0.0,"NaN","-Infinity"]',
  ),
  unary('sin', (x) => `sin(${x})`, 'dynamic([0])', '[0.0]'),
  unary('cos', (x) => `cos(${x})`, 'dynamic([0])', '[1.0]'),
  unary('tan', (x) => `tan(${x})`, 'dynamic([0])', '[0.0]'),
  unary(
    'asin',
    within(
      (x) => `abs(${x}) <= 1`,
      (x) => `asin(${x})`,
    ),
    'dynamic([0, 2])',
    '[0.0,"NaN"]',
  ),
  unary(
    'acos',
    within(
      (x) => `abs(${x}) <= 1`,
      (x) => `acos(${x})`,
    ),
    'dynamic([1, 2])',
    '[0.0,"NaN"]',
  ),
  unary('atan', (x) => `atan(${x})`, 'dynamic([0])', '[0.0]'),
  entry(
    'series_sum',
    reduced((a) => `list_sum(${a})`),
    'print series_sum(dynamic([1, 2, 3, 4]))',
    [10],
  ),
  entry(
    'series_product',
    reduced((a) => `list_product(${a})`),
    'print series_product(dynamic([1, 2, 3, 4]))',
    [24],
  ),
  entry(
    'series_magnitude',
    reduced((a) => `sqrt(${squares(a)})`),
    'print series_magnitude(dynamic([3, 4])), series_magnitude(dynamic([3, "a"]))',
    [5, null],
  ),
  entry(
    'series_dot_product',
    dotProduct,
    'print series_dot_product(dynamic([1, 2]), dynamic([3, 4])), series_dot_product(dynamic([1, 2, 5, 9]), dynamic([3, 4, "a"])), series_dot_product(dynamic([1, 2, null]), 10), series_dot_product(0.5, dynamic([1, 2])), series_dot_product(dynamic([]), dynamic([1]))',
    [11, 11, 30, 1.5, null],
  ),
  entry(
    'series_cosine_similarity',
    reducedPair(cosine, 'shorter'),
    'print series_cosine_similarity(dynamic([1, 0]), dynamic([3, 0])), series_cosine_similarity(dynamic([1]), dynamic([3, 4]))',
    [1, 1],
  ),
  entry(
    'series_pearson_correlation',
    reducedPair(pearson),
    'print round(series_pearson_correlation(dynamic([1, 2, 4]), dynamic([2, 4, 8])), 9)',
    [1],
  ),
];
