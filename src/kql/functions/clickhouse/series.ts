// Series for ClickHouse: arrays of numbers, worked on element by element or as a whole, and their gaps filled. What they mean
// stands with DuckDB's (../series.ts, ../series-fill.ts).

import type { Call, Emit, Operand } from '../scalar.ts';
import { asElement } from './conversions.ts';
import { always, arrayOf, elementsOf, isArray, isNumber, nullOf, once, operand, refuse, text } from './sql.ts';

const none = nullOf('String');
const nothing = nullOf('Float64');

/** An operand that is an array, as JSON text. */
function seriesOf(operands: readonly Operand[], at: number, call: Call): string {
  const value = operand(operands, at, call);
  return value.type === 'dynamic' ? value.sql : refuse(`${call.name} of a ${value.type}`, call);
}

/** The first so many operands as arrays of their elements; NULL where one of them is no array. */
function ofSeries(
  count: 1 | 2,
  operands: readonly Operand[],
  call: Call,
  body: (...lists: string[]) => string,
): string {
  const json = Array.from({ length: count }, (_, at) => seriesOf(operands, at, call));
  return once('s', json, (...arrays) => {
    const names = arrays.map((_, at) => `"@a${at}"`);
    const lists = arrays.map((each) => `[${elementsOf(each)}]`).join(', ');
    const result = `arrayElement(arrayMap((${names.join(', ')}) -> ${body(...names)}, ${lists}), 1)`;
    return `if(${arrays.map(isArray).join(' AND ')}, ${result}, NULL)`;
  });
}

const real = (element: string): string => `toFloat64OrNull(${element})`;
const reals = (list: string): string => `arrayMap("@n" -> ${real('"@n"')}, ${list})`;

/** A list that is as long as the other one, if that is longer: what is not there is no number. */
function padded(list: string, other: string): string {
  return `arrayResize(${list}, greatest(length(${list}), length(${other})), 'null')`;
}

type Element = (...numbers: string[]) => string;

function asReal(sql: string, call: Call): string {
  return asElement({ sql, type: 'real' }, call);
}

/** One real out of each element, or out of the elements of two series at one place; the longer one says how many. */
function elementwise(count: 1 | 2, result: 'real' | 'bool', body: Element): Emit {
  return (operands, call) =>
    ofSeries(count, operands, call, (a = '', b = '') => {
      const made = count === 1 ? body('"@x"') : body('"@x"', '"@y"');
      const element = result === 'real' ? asReal(made, call) : asElement({ sql: made, type: 'bool' }, call);
      return count === 1
        ? arrayOf(`arrayMap("@x" -> ${element}, ${reals(a)})`)
        : arrayOf(`arrayMap(("@x", "@y") -> ${element}, ${reals(padded(a, b))}, ${reals(padded(b, a))})`);
    });
}

const whole = text('^-?[0-9]{1,18}$');

/** Two whole numbers make a whole one; any others a real. */
function arithmetic(sign: '+' | '-' | '*'): Emit {
  return (operands, call) =>
    ofSeries(2, operands, call, (a = '', b = '') => {
      const isWhole = `match("@x", ${whole}) AND match("@y", ${whole})`;
      const wide = (each: string): string => `toInt128(toInt64OrZero(${each}))`;
      const exact = `ifNull(toString(accurateCastOrNull(${wide('"@x"')} ${sign} ${wide('"@y"')}, 'Int64')), 'null')`;
      const element = `if(${isWhole}, ${exact}, ${asReal(`(${real('"@x"')} ${sign} ${real('"@y"')})`, call)})`;
      return arrayOf(`arrayMap(("@x", "@y") -> ${element}, ${padded(a, b)}, ${padded(b, a)})`);
    });
}

/** Keeps the elements that are whole numbers so. */
function keepingWhole(name: 'abs' | 'sign'): Emit {
  return (operands, call) =>
    ofSeries(1, operands, call, (a) => {
      const number = `if(isNaN(${real('"@x"')}) AND '${name}' = 'sign', 0, ${name}(${real('"@x"')}))`;
      const exact = `toString(${name}(toInt64OrZero("@x")))`;
      return arrayOf(
        `arrayMap("@x" -> if(match("@x", ${whole}), ${exact}, ${asReal(`toFloat64(${number})`, call)}), ${a})`,
      );
    });
}

const hasGap = (list: string): string => `arrayExists("@g" -> isNull(${real('"@g"')}), ${list})`;
/** Reals of a list that has no gap. */
const numbers = (list: string): string => `arrayMap("@n" -> ifNull(${real('"@n"')}, 0), ${list})`;

/** One real out of a series without gaps; null where there is one. */
function reduced(body: (list: string) => string): Emit {
  return (operands, call) =>
    ofSeries(1, operands, call, (a = '') => {
      const value = always('v', numbers(a), body);
      return `if(length(${a}) > 0 AND NOT ${hasGap(a)}, toFloat64(${value}), ${nothing})`;
    });
}

/** One real out of two series of one length (or of what one has of the other's) without gaps; null for any others. */
function reducedPair(body: (a: string, b: string) => string, length: 'equal' | 'shorter' = 'equal'): Emit {
  return (operands, call) =>
    ofSeries(2, operands, call, (x = '', y = '') => {
      const cut = (list: string, other: string): string =>
        length === 'equal' ? list : `arraySlice(${list}, 1, length(${other}))`;
      const [a, b] = [cut(x, y), cut(y, x)];
      const sized = (list: string, other: string): string =>
        `arrayResize(${numbers(list)}, least(length(${list}), length(${other})))`;
      const value = always('va', sized(a, b), (first) => always('vb', sized(b, a), (second) => body(first, second)));
      const isGapless = `length(${a}) > 0 AND length(${a}) = length(${b}) AND NOT ${hasGap(a)} AND NOT ${hasGap(b)}`;
      return `if(${isGapless}, toFloat64(${value}), ${nothing})`;
    });
}

/** The products of the pairs that are numbers on both sides; a number stands for a series of it. */
const dotProduct: Emit = (operands, call) => {
  const number = [operand(operands, 0, call), operand(operands, 1, call)].find(({ type }) => isNumber(type));
  const lists = number ? operands.filter((each) => each !== number) : operands;
  return ofSeries(number ? 1 : 2, lists, call, (a = '', b = '') => {
    const size = number ? `length(${a})` : `least(length(${a}), length(${b}))`;
    const part = (list: string): string => `arrayResize(${reals(list)}, ${size})`;
    const other = number ? `arrayMap("@n" -> toFloat64(${number.sql}), ${a})` : part(b);
    const all = `arrayMap(("@q", "@t") -> "@q" * "@t", ${part(a)}, ${other})`;
    return always('pr', `arrayFilter("@p" -> isNotNull("@p"), ${all})`, (known) => {
      return `if(length(${known}) > 0, arraySum("@p" -> ifNull("@p", 0), ${known}), ${nothing})`;
    });
  });
};

const squares = (list: string): string => `arraySum("@q" -> "@q" * "@q", ${list})`;
const products = (a: string, b: string): string => `arraySum(("@q", "@t") -> "@q" * "@t", ${a}, ${b})`;
const cosine = (a: string, b: string): string =>
  `(${products(a, b)} / nullIf(sqrt(${squares(a)}) * sqrt(${squares(b)}), 0))`;

function pearson(a: string, b: string): string {
  const away = (key: string, list: string): string =>
    always(key, `arrayAvg(${list})`, (mean) => `arrayMap("@d" -> "@d" - ${mean}, ${list})`);
  return always('da', away('ma', a), (x) => always('db', away('mb', b), (y) => cosine(x, y)));
}

const compared = (sign: string): Emit => elementwise(2, 'bool', (a, b) => `(${a} ${sign} ${b})`);
const unary = (name: string): Emit => elementwise(1, 'real', (x) => `${name}(${x})`);

/** Whether an element is a gap; 1 and 1.0 are one value. */
function isGap(element: string, missing: string): string {
  const plain = (json: string): string => `replaceRegexpOne(${json}, '^(-?[0-9]+)\\\\.0$', '\\\\1')`;
  return `(${element} = 'null' OR ${plain(element)} = ${plain(missing)})`;
}

type Fill = (list: string, missing: string, others: readonly string[]) => string;

/** What stands for a gap is the JSON null unless the query says another value. */
function filled(missingAt: number, body: Fill, others: (operands: readonly Operand[], call: Call) => string[]): Emit {
  return (operands, call) => {
    const given = operands[missingAt];
    const values = [given ? asElement(given, call) : "'null'", ...others(operands, call)];
    return once('f', [seriesOf(operands, 0, call), ...values], (json = '', missing = '', ...rest) => {
      const result = always('l', elementsOf(json), (list) => arrayOf(body(list, missing, rest)));
      return `if(${isArray(json)}, ${result}, ${none})`;
    });
  };
}

/** Each gap as the element before it that is none; those before the first stay. */
const forward: Fill = (list, missing) => `arrayFill("@e" -> NOT ${isGap('"@e"', missing)}, ${list})`;
const backward: Fill = (list, missing) => `arrayReverseFill("@e" -> NOT ${isGap('"@e"', missing)}, ${list})`;

const constant: Fill = (list, missing, [value = "'null'"]) =>
  `arrayMap("@e" -> if(${isGap('"@e"', missing)}, ${value}, "@e"), ${list})`;

/** On the line between the neighbours, cut to whole numbers where all elements are whole; at the ends, the nearest one. */
function linear(call: Call): Fill {
  return (list, missing, [isFilled = 'true', value = "'0.0'"]) => {
    const own = `arrayMap(("@e", "@i") -> if(${isGap('"@e"', missing)}, 0, "@i"), ${list}, arrayEnumerate(${list}))`;
    return always('k', own, (places) => {
      const isWhole = `arrayAll(("@e", "@i") -> "@i" = 0 OR match("@e", ${whole}), ${list}, ${places})`;
      // 0 where there is no neighbour on that side.
      const sides = `arrayFill("@i" -> "@i" <> 0, ${places}), arrayReverseFill("@i" -> "@i" <> 0, ${places})`;
      const at = (place: string): string => real(`arrayElement(${list}, ${place})`);
      const line = always('w', isWhole, (onlyWhole) => {
        const length = 'if("@to" > "@from", "@to" - "@from", 1)';
        const between = `(${at('"@from"')} + (${at('"@to"')} - ${at('"@from"')}) * ("@i" - "@from") / ${length})`;
        const element = always('y', between, (y) => {
          const cut = `toString(accurateCastOrNull(trunc(${y}), 'Int64'))`;
          return `ifNull(if(${onlyWhole}, ${cut}, ${asReal(y, call)}), 'null')`;
        });
        const edge = `if(${isFilled}, arrayElement(${list}, greatest("@from", "@to")), "@e")`;
        const made = `multiIf("@from" = "@to", "@e", "@from" = 0 OR "@to" = 0, ${edge}, ${element})`;
        return `arrayMap(("@e", "@i", "@from", "@to") -> ${made}, ${list}, arrayEnumerate(${list}), ${sides})`;
      });
      return `if(arrayAll("@i" -> "@i" = 0, ${places}), arrayMap("@e" -> ${value}, ${list}), ${line})`;
    });
  };
}

function linearOptions(operands: readonly Operand[], call: Call): string[] {
  const edges = operands[2];
  if (edges && edges.type !== 'bool') return refuse(`${call.name} with edges of a ${edges.type}`, call);
  const given = operands[3];
  return [edges?.sql ?? 'true', given ? asElement(given, call) : "'0.0'"];
}

export const series: Readonly<Record<string, Emit>> = {
  series_add: arithmetic('+'),
  series_subtract: arithmetic('-'),
  series_multiply: arithmetic('*'),
  series_divide: elementwise(2, 'real', (a, b) => `(${a} / ${b})`),
  series_pow: elementwise(2, 'real', (a, b) => `pow(${a}, ${b})`),
  series_equals: compared('='),
  series_not_equals: compared('<>'),
  series_less: compared('<'),
  series_less_equals: compared('<='),
  series_greater: compared('>'),
  series_greater_equals: compared('>='),
  series_abs: keepingWhole('abs'),
  series_sign: keepingWhole('sign'),
  series_floor: unary('floor'),
  series_ceiling: unary('ceil'),
  series_exp: unary('exp'),
  series_log: unary('log'),
  series_sin: unary('sin'),
  series_cos: unary('cos'),
  series_tan: unary('tan'),
  series_asin: unary('asin'),
  series_acos: unary('acos'),
  series_atan: unary('atan'),
  series_sum: reduced((a) => `arraySum(${a})`),
  series_product: reduced((a) => `arrayProduct(${a})`),
  series_magnitude: reduced((a) => `sqrt(${squares(a)})`),
  series_dot_product: dotProduct,
  series_cosine_similarity: reducedPair(cosine, 'shorter'),
  series_pearson_correlation: reducedPair(pearson),
  series_fill_const: filled(2, constant, (operands, call) => [asElement(operand(operands, 1, call), call)]),
  series_fill_forward: filled(1, forward, () => []),
  series_fill_backward: filled(1, backward, () => []),
  series_fill_linear: (operands, call) => filled(1, linear(call), linearOptions)(operands, call),
};
