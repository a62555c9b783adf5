// Statistics of a series and the line through it. Functions of several columns give a dynamic array of them in the order in
// which KQL names them, which lower/tuples.ts takes apart; their `_dynamic` forms give an object.
// https://learn.microsoft.com/kusto/query/series-stats-function, …/series-fit-line-function

import { asElement } from './conversions.ts';
import type { Call, Emit, ScalarFunction } from './scalar.ts';
import { realsJson, realsOf, seriesOf } from './series.ts';
import { always, entry, refuse } from './sql.ts';

interface Field {
  readonly name: string;
  readonly json: string;
}

const realField = (name: string, sql: string, call: Call): Field => ({
  name,
  json: asElement({ sql: `(${sql})::DOUBLE`, type: 'real' }, call),
});
const wholeField = (name: string, sql: string): Field => ({ name, json: `coalesce((${sql})::VARCHAR, 'null')` });

function asArray(fields: readonly Field[]): string {
  return `('[' || ${fields.map(({ json }) => json).join(` || ',' || `)} || ']')`;
}

function asObject(fields: readonly Field[]): string {
  return `('{' || ${fields.map(({ name, json }) => `'"${name}":' || ${json}`).join(` || ',' || `)} || '}')`;
}

/** Whether every element of a list is a number that is finite. */
export function isWholeSeries(list: string): string {
  const gap = `list_transform(${list}, lambda "@g": "@g" IS NULL OR NOT isfinite("@g"))`;
  return `(len(${list}) > 0 AND NOT list_contains(${gap}, true))`;
}

/** What only the object tells. */
function totals(all: string, values: string, call: Call): readonly Field[] {
  const length = `CASE WHEN ${values} IS NOT NULL THEN len(${all}) END`;
  return [realField('sum', `list_sum(${values})`, call), wholeField('len', length)];
}

/** Where an element is not a number: nothing can be said, unless the query says to leave such elements out. */
function stats(shape: (fields: readonly Field[]) => string, withTotals: boolean): Emit {
  return (operands, call) => {
    const ignore = operands[1]?.literal?.value ?? false;
    if (typeof ignore !== 'boolean') return refuse(`${call.name} with a second argument that is not a literal`, call);
    return always('s', realsOf(seriesOf(operands, 0, call)), (all) => {
      const finite = `list_filter(${all}, lambda "@f": "@f" IS NOT NULL AND isfinite("@f"))`;
      const list = ignore ? finite : `(CASE WHEN ${isWholeSeries(all)} THEN ${all} END)`;
      return always('t', list, (values) => {
        const place = (value: string): string => `list_position(${all}, ${value}) - 1`;
        const spread = (name: string): string =>
          `CASE WHEN len(${values}) > 1 THEN list_aggregate(${values}, '${name}') WHEN len(${values}) = 1 THEN 0 END`;
        return shape([
          realField('min', `list_min(${values})`, call),
          wholeField('min_idx', place(`list_min(${values})`)),
          realField('max', `list_max(${values})`, call),
          wholeField('max_idx', place(`list_max(${values})`)),
          realField('avg', `list_avg(${values})`, call),
          realField('stdev', spread('stddev_samp'), call),
          realField('variance', spread('var_samp'), call),
          ...(withTotals ? totals(all, values, call) : []),
        ]);
      });
    });
  };
}

/** `struct(slope, base)` of the least squares line through a list without gaps, its places counted from 0. */
export function lineThrough(list: string): string {
  return always('lm', `struct_pack(y := list_avg(${list}), x := (len(${list}) - 1) / 2.0)`, (mean) => {
    const product = `list_sum(list_transform(${list}, lambda "@v", "@w": ("@w" - 1 - ${mean}.x) * ("@v" - ${mean}.y)))`;
    const square = `(len(${list})::DOUBLE * (len(${list})::DOUBLE * len(${list}) - 1) / 12)`;
    return always('ls', `coalesce(${product} / nullif(${square}, 0), 0)`, (slope) => {
      return `struct_pack(slope := ${slope}, base := ${mean}.y - ${slope} * ${mean}.x)`;
    });
  });
}

function fitLine(shape: (fields: readonly Field[]) => string): Emit {
  return (operands, call) =>
    always('s', realsOf(seriesOf(operands, 0, call)), (all) =>
      always('t', `(CASE WHEN ${isWholeSeries(all)} AND len(${all}) > 1 THEN ${all} END)`, (values) =>
        always('b', `(CASE WHEN ${values} IS NOT NULL THEN ${lineThrough(values)} END)`, (line) => {
          const fitted = `list_transform(range(0, len(${values})), lambda "@p": ${line}.base + ${line}.slope * "@p")`;
          return always('h', fitted, (fit) => {
            const away = `list_transform(list_zip(${values}, ${fit}), lambda "@r": "@r"[1] - "@r"[2])`;
            // A fit through two points or a level line leaves no variance to explain.
            const variance = `list_aggregate(${values}, 'var_samp')`;
            const rest = `list_aggregate(${away}, 'var_samp')`;
            return always('q', `struct_pack(total := ${variance}, rest := ${rest})`, (spread) =>
              shape([
                realField(
                  'rsquare',
                  `CASE WHEN ${spread}.total > 0 THEN 1 - ${spread}.rest / ${spread}.total END`,
                  call,
                ),
                realField('slope', `${line}.slope`, call),
                realField('variance', `${spread}.total`, call),
                realField('rvariance', `${spread}.rest`, call),
                // The places count from 1 for the line that is named, as documented outputs show.
                realField('interception', `${line}.base - ${line}.slope`, call),
                { name: 'line_fit', json: `coalesce(${realsJson(fit, call)}, 'null')` },
              ]),
            );
          });
        }),
      ),
    );
}

const documented = 'print x = dynamic([23, 46, 23, 87, 4, 8, 3, 75, 2, 56, 13, 75, 32, 16, 29])';
const risen = 'print y = dynamic([2, 5, 6, 8, 11, 15, 17, 18, 25, 26, 30, 30])';

export const seriesFits: readonly ScalarFunction[] = [
  entry(
    'series_stats',
    stats(asArray, false),
    `${documented} | extend (a, b, c, d, e, stdev, variance) = series_stats(x) | project a, b, c, d, e, round(stdev, 12), round(variance, 11)`,
    [2, '8', 87, '3', 32.8, 28.503633853548, 812.45714285714],
  ),
  entry(
    'series_stats_dynamic',
    stats(asObject, true),
    'print a = tostring(series_stats_dynamic(dynamic([1, 3])).avg), b = tostring(series_stats_dynamic(dynamic([1, null, 3]), true).max_idx), c = isnull(series_stats_dynamic(dynamic([1, null])).avg), d = tostring(series_stats_dynamic(dynamic([1, 3])).sum), e = toint(series_stats_dynamic(dynamic([1, 3])).len)',
    ['2.0', '2', true, '4.0', '2'],
  ),
  entry(
    'series_fit_line',
    fitLine(asArray),
    `${risen} | extend (r, s, v, rv, i, f) = series_fit_line(y) | project round(r, 3), round(s, 3), round(v, 3), round(rv, 3), round(i, 3), round(todouble(f[11]), 3)`,
    [0.983, 2.731, 98.629, 1.686, -1.667, 31.103],
  ),
  entry('series_fit_line_dynamic', fitLine(asObject), 'print series_fit_line_dynamic(dynamic([1, 2, 3])).slope', [
    '1.0',
  ]),
];
