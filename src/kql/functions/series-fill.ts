// Gaps of a series, filled: https://learn.microsoft.com/kusto/query/series-fill-linear-function and its neighbours. A gap
// is null, or the value that the query says stands for one; elements keep their form, so that whole numbers stay whole.

import { asElement } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { seriesOf } from './series.ts';
import { arrayOf, elementsOf, entry, isArray, once, operand, refuse } from './sql.ts';

/** Each gap looks for its neighbours among all elements that are none, so that the work grows by the square. */
const elementsMax = 8192;

/** What stands for a gap, as an element: the JSON null unless the query says another value. */
function placeholder(operands: readonly Operand[], at: number, call: Call): string {
  const given = operands[at];
  return given ? asElement(given, call) : "'null'";
}

/** Whether an element is a gap; 1 and 1.0 are one value. */
function isGap(element: string, missing: string): string {
  const plain = (json: string): string => `regexp_replace(${json}, '^(-?[0-9]+)\\.0$', '\\1')`;
  return `(${element} = 'null' OR ${plain(element)} = ${plain(missing)})`;
}

type Fill = (list: string, known: string, missing: string, edges: readonly string[]) => string;

/** `known` are the places, from 1, of the elements that are no gaps. */
function filled(missingAt: number, body: Fill, edges: (operands: readonly Operand[], call: Call) => string[]): Emit {
  return (operands, call) => {
    const bound = [seriesOf(operands, 0, call), placeholder(operands, missingAt, call), ...edges(operands, call)];
    return once('f', bound, (json = '', missing = '', ...others) => {
      const tooLong = `error('${call.name} of more than ${elementsMax} elements is not supported')`;
      const list = `(CASE WHEN json_array_length(${json}) > ${elementsMax} THEN CAST(${tooLong} AS VARCHAR[]) ELSE ${elementsOf(json)} END)`;
      const result = once('l', [list], (l) => {
        const known = `list_filter(range(1, len(${l}) + 1), lambda "@i": NOT ${isGap(`(${l})["@i"]`, missing)})`;
        return once('k', [known], (k) => arrayOf(body(l, k, missing, others)));
      });
      return `(CASE WHEN ${isArray(json)} THEN ${result} END)`;
    });
  };
}

const none = (): string[] => [];
const before = (known: string): string => `list_max(list_filter(${known}, lambda "@k": "@k" <= "@i"))`;
const after = (known: string): string => `list_min(list_filter(${known}, lambda "@k": "@k" >= "@i"))`;
const places = (list: string): string => `range(1, len(${list}) + 1)`;

const toNearest =
  (place: (known: string) => string): Fill =>
  (list, known) =>
    `list_transform(${places(list)}, lambda "@i": coalesce((${list})[${place(known)}], (${list})["@i"]))`;

const fillConst: Fill = (list, _known, missing, [value = "'null'"]) =>
  `list_transform(${list}, lambda "@e": CASE WHEN ${isGap('"@e"', missing)} THEN ${value} ELSE "@e" END)`;

/** On the line between the neighbours, cut to whole numbers where all elements are whole; at the ends, the nearest one. */
const fillLinear: Fill = (list, known, _missing, [isFilled = 'true', constant = "'0.0'"]) => {
  const at = (place: string): string => `TRY_CAST((${list})[${place}] AS DOUBLE)`;
  const isWhole = `NOT list_contains(list_transform(${known}, lambda "@k": regexp_full_match((${list})["@k"], '-?[0-9]{1,18}')), false)`;
  return once('w', [isWhole], (whole) => {
    const between = once('n', [`struct_pack(a := ${before(known)}, b := ${after(known)})`], (n) => {
      const value = `(${at(`${n}.a`)} + (${at(`${n}.b`)} - ${at(`${n}.a`)}) * ("@i" - ${n}.a) / (${n}.b - ${n}.a))`;
      const text = `(CASE WHEN ${whole} THEN trunc(${value})::BIGINT::VARCHAR ELSE coalesce(to_json(${value})::VARCHAR, 'null') END)`;
      const edge = `CASE WHEN ${isFilled} THEN (${list})[coalesce(${n}.a, ${n}.b)] ELSE (${list})["@i"] END`;
      return `(CASE WHEN ${n}.a = ${n}.b THEN (${list})["@i"] WHEN ${n}.a IS NULL OR ${n}.b IS NULL THEN ${edge} ELSE ${text} END)`;
    });
    const line = `list_transform(${places(list)}, lambda "@i": ${between})`;
    return `(CASE WHEN len(${known}) = 0 THEN list_transform(${list}, lambda "@e": ${constant}) ELSE ${line} END)`;
  });
};

function linearOptions(operands: readonly Operand[], call: Call): string[] {
  const edges = operands[2];
  if (edges && edges.type !== 'bool') return refuse(`${call.name} with edges of a ${edges.type}`, call);
  const constant = operands[3];
  return [edges?.sql ?? 'true', constant ? asElement(constant, call) : "'0.0'"];
}

export const seriesFills: readonly ScalarFunction[] = [
  entry(
    'series_fill_const',
    filled(2, fillConst, (operands, call) => [asElement(operand(operands, 1, call), call)]),
    'print a = series_fill_const(dynamic([1, null, 3]), 0), b = series_fill_const(dynamic([1, -1, 3]), 0.5, -1)',
    ['[1,0,3]', '[1,0.5,3]'],
  ),
  entry(
    'series_fill_forward',
    filled(1, toNearest(before), none),
    'print series_fill_forward(dynamic([null, 111, null, 36, 41, null]))',
    ['[null,111,111,36,41,41]'],
  ),
  entry(
    'series_fill_backward',
    filled(1, toNearest(after), none),
    'print series_fill_backward(dynamic([111, null, 36, 41, null]))',
    ['[111,36,36,41,null]'],
  ),
  entry(
    'series_fill_linear',
    filled(1, fillLinear, linearOptions),
    'print a = series_fill_linear(dynamic([null, 111, null, 36, 41, null, null, 16, null])), b = series_fill_linear(dynamic([null, 111.0, null, 36.0]), double(null), false), c = series_fill_linear(dynamic([null, null]), double(null), true, 3.5), d = series_fill_linear(dynamic(["a", null, 1]))',
    ['[111,111,73,36,41,32,24,16,16]', '[null,111.0,73.5,36.0]', '[3.5,3.5]', '["a",null,1]'],
  ),
];
