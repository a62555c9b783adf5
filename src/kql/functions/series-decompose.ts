// A series taken apart into seasons, trend and what is left, and the outliers of that.
// https://learn.microsoft.com/kusto/query/series-decompose-function, …/series-decompose-anomalies-function,
// …/series-outliers-function, …/series-seasonal-function
//
// The order is the documented one: medians of each phase are the seasons, the trend is of what is left without them. How the
// service finds a period by itself is not published: here a period is a peak of the autocorrelation of the series without its
// line, and its score is that at twice the period, which finds what the documented examples find. docs/hunting-queries.md
// says so.

import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { plainJson, realsJson, realsOf, seriesOf } from './series.ts';
import { isWholeSeries, lineThrough } from './series-fit.ts';
import { always, entry, isNumber, literalText, operand, refuse } from './sql.ts';

/** Each period that is tried costs a pass over the series. */
const detectionElementsMax = 4096;
const periodMin = 4;

/** The autocorrelation of a list without its mean at a lag: the mean product against the mean square. */
function autocorrelation(list: string, lag: string, square: string): string {
  const product = `list_dot_product(list_slice(${list}, 1, len(${list}) - ${lag}), list_slice(${list}, ${lag} + 1, len(${list})))`;
  return `(CASE WHEN ${lag} < len(${list}) AND ${square} > 0 THEN ${product} / (len(${list}) - ${lag}) / ${square} ELSE 0 END)`;
}

/**
 * The period of a list without gaps whose score is at least the threshold: the best one, but of two where one is a multiple
 * of the other the shorter. 0 where there is none.
 */
function detectedPeriod(list: string, threshold: number, call: Call): string {
  const tooLong = `error('${call.name} of more than ${detectionElementsMax} elements without a period is not supported')`;
  const checked = `(CASE WHEN len(${list}) > ${detectionElementsMax} THEN CAST(${tooLong} AS DOUBLE[]) ELSE ${list} END)`;
  return always('ac', checked, (values) =>
    always('ad', withoutLine(values), (away) =>
      always('as', `list_avg(list_transform(${away}, lambda "@v": "@v" * "@v"))`, (square) => {
        const correlations = `list_transform(range(1, len(${away}) // 2 + 2), lambda "@l": ${autocorrelation(away, '"@l"', square)})`;
        return always('ar', correlations, (r) => {
          const isPeak = `(${r})["@l"] > 0 AND (${r})["@l"] >= (${r})["@l" - 1] AND (${r})["@l"] >= (${r})["@l" + 1]`;
          const peaks = `list_filter(range(${periodMin}, len(${away}) // 2 + 1), lambda "@l": ${isPeak})`;
          const scored = `list_transform(${peaks}, lambda "@l": struct_pack(score := ${autocorrelation(away, '2 * "@l"', square)}, period := "@l"))`;
          const good = `list_filter(${scored}, lambda "@c": "@c".score >= ${threshold})`;
          return always('ag', good, (all) => {
            const isMultiple = `"@d".period < "@c".period AND abs("@c".period / "@d".period - round("@c".period / "@d".period)) * "@d".period < 1`;
            const base = `list_filter(${all}, lambda "@c": len(list_filter(${all}, lambda "@d": ${isMultiple})) = 0)`;
            return `coalesce(list_sort(${base}, 'DESC')[1].period, 0)`;
          });
        });
      }),
    ),
  );
}

/** What a list is above and below the line through it, so that a trend is not taken for the lack of a period. */
function withoutLine(list: string): string {
  return always(
    'aw',
    lineThrough(list),
    (line) => `list_transform(${list}, lambda "@v", "@w": "@v" - ${line}.base - ${line}.slope * ("@w" - 1))`,
  );
}

/** The median of each phase of a list, for so many places; nulls count for nothing. */
function seasons(list: string, period: string, places: string): string {
  const medians = `list_transform(range(1, ${period} + 1), lambda "@h": list_median(list_slice(${list}, "@h", len(${list}), ${period})))`;
  return always(
    'sm',
    medians,
    (m) => `list_transform(range(0, ${places}), lambda "@i": coalesce((${m})["@i" % ${period} + 1], 0))`,
  );
}

const zeros = (places: string): string => `list_transform(range(0, ${places}), lambda "@i": 0::DOUBLE)`;

interface Options {
  /** SQL of the period; -1 to find one. */
  readonly period: string;
  readonly threshold: number;
  readonly trend: 'avg' | 'linefit' | 'none';
  /** SQL of the number of points at the end that nothing is learnt from. */
  readonly testPoints: string;
}

/** `struct(y, seasonal, trend)` of a list, whose gaps and places to be tested are not learnt from. */
function decomposed(list: string, options: Options, call: Call): string {
  const { period, threshold, trend, testPoints } = options;
  const learnt = `list_slice(${list}, 1, len(${list}) - greatest(${testPoints}, 0))`;
  const wholeOnly = `error('${call.name} of a series with gaps is not supported')`;
  return always('dl', learnt, (known) => {
    const given = `CASE WHEN len(${list}) > 0 AND NOT ${isWholeSeries(list)} THEN CAST(${wholeOnly} AS BIGINT) ELSE ${period} END`;
    const size = `(CASE ${given} WHEN -1 THEN ${detectedPeriod(known, threshold, call)} ELSE greatest(${period}, 0) END)`;
    return always('dp', size, (p) => {
      const seasonal = `CASE WHEN ${p} > 0 AND ${p} <= len(${known}) THEN ${seasons(known, p, `len(${list})`)} ELSE ${zeros(`len(${list})`)} END`;
      return always('ds', seasonal, (s) => {
        const rest = `list_transform(range(1, len(${known}) + 1), lambda "@i": (${known})["@i"] - (${s})["@i"])`;
        return always('dr', rest, (r) => {
          const lines = {
            avg: `struct_pack(slope := 0::DOUBLE, base := list_avg(${r}))`,
            linefit: lineThrough(r),
            none: 'struct_pack(slope := 0::DOUBLE, base := 0::DOUBLE)',
          };
          return always('dt', lines[trend], (line) => {
            const made = `list_transform(range(0, len(${list})), lambda "@i": ${line}.base + ${line}.slope * "@i")`;
            return `struct_pack(y := ${list}, seasonal := ${s}, trend := ${made})`;
          });
        });
      });
    });
  });
}

const sums = (a: string, b: string): string => `list_transform(list_zip(${a}, ${b}), lambda "@u": "@u"[1] + "@u"[2])`;
const differences = (a: string, b: string): string =>
  `list_transform(list_zip(${a}, ${b}), lambda "@u": "@u"[1] - "@u"[2])`;

function wholeOption(operands: readonly Operand[], at: number, fallback: string, call: Call): string {
  const given = operands[at];
  if (!given) return fallback;
  return isNumber(given.type) ? `(${given.sql})::BIGINT` : refuse(`${call.name} with a ${given.type}`, call);
}

function realOption(operands: readonly Operand[], at: number, fallback: number, call: Call): number {
  const given = operands[at];
  if (!given) return fallback;
  const value = Number(given.literal?.value ?? Number.NaN);
  return Number.isFinite(value) ? value : refuse(`${call.name} with an argument ${at + 1} that is no literal`, call);
}

/** Options from the place of the period on; `seasonalityAt` is where its threshold stands. */
function optionsOf(operands: readonly Operand[], at: number, seasonalityAt: number, call: Call): Options {
  const written = operands[at + 1] ? literalText(operands, at + 1, call) : 'avg';
  const trend = (['avg', 'linefit', 'none'] as const).find((each) => each === written);
  if (!trend) return refuse(`${call.name} with the trend ${written}`, call);
  return {
    period: wholeOption(operands, at, '(-1)', call),
    threshold: realOption(operands, seasonalityAt, 0.6, call),
    trend,
    testPoints: wholeOption(operands, at + 2, '0', call),
  };
}

/** Several arrays as one; null for what is no series. */
function packed(series: string, lists: readonly string[]): string {
  return `(CASE WHEN ${series} IS NOT NULL THEN '[' || ${lists.join(` || ',' || `)} || ']' END)`;
}

const seriesDecompose: Emit = (operands, call) =>
  always('s', realsOf(seriesOf(operands, 0, call)), (list) =>
    always('d', decomposed(list, optionsOf(operands, 1, 4, call), call), (d) =>
      always('b', sums(`${d}.seasonal`, `${d}.trend`), (baseline) =>
        packed(
          list,
          [baseline, `${d}.seasonal`, `${d}.trend`, differences(`${d}.y`, baseline)].map((each) =>
            realsJson(each, call),
          ),
        ),
      ),
    ),
  );

const kinds = {
  /** The factor brings 1.5 of the wider range to where 1.5 of the quartiles' range is: taken from published scores. */
  ctukey: { low: 0.1, high: 0.9, factor: '2.772605605507915' },
  tukey: { low: 0.25, high: 0.75, factor: '1' },
} as const;

/** How far each number is beyond the fences, in widths between them; 0 inside and for gaps. */
function scores(list: string, kind: keyof typeof kinds): string {
  const { low, high, factor } = kinds[kind];
  const at = (rank: number): string => `list_aggregate(${list}, 'quantile_cont', ${rank})`;
  return always('of', `struct_pack(low := ${at(low)}, high := ${at(high)})`, (f) => {
    const beyond = (fence: string): string => `("@o" - ${f}.${fence}) / (${f}.high - ${f}.low) * ${factor}`;
    const score = `CASE WHEN "@o" > ${f}.high THEN ${beyond('high')} WHEN "@o" < ${f}.low THEN ${beyond('low')} ELSE 0 END`;
    return `list_transform(${list}, lambda "@o": (${score})::DOUBLE)`;
  });
}

function kindOf(operands: readonly Operand[], at: number, call: Call): keyof typeof kinds {
  const written = operands[at] ? literalText(operands, at, call) : 'ctukey';
  return written === 'ctukey' || written === 'tukey' ? written : refuse(`${call.name} with ${written}`, call);
}

/** Percentiles of one's own are refused: the factor that goes with them is not published. */
const seriesOutliers: Emit = (operands, call) => {
  if (operands.length > 2) return refuse(`${call.name} with more than two arguments`, call);
  const kind = kindOf(operands, 1, call);
  return always(
    's',
    realsOf(seriesOf(operands, 0, call)),
    (list) => `(CASE WHEN ${list} IS NOT NULL THEN ${realsJson(scores(list, kind), call)} END)`,
  );
};

const seriesAnomalies: Emit = (operands, call) => {
  const threshold = operands[1] ? operand(operands, 1, call) : undefined;
  if (threshold && !isNumber(threshold.type)) return refuse(`${call.name} with a threshold of text`, call);
  const limit = threshold ? `(${threshold.sql})::DOUBLE` : '1.5';
  const kind = kindOf(operands, 5, call);
  return always('s', realsOf(seriesOf(operands, 0, call)), (list) =>
    always('d', decomposed(list, optionsOf(operands, 2, 6, call), call), (d) =>
      always('b', sums(`${d}.seasonal`, `${d}.trend`), (baseline) =>
        always('r', scores(differences(`${d}.y`, baseline), kind), (score) => {
          const flag = `CASE WHEN "@a" > ${limit} THEN 1 WHEN "@a" < -${limit} THEN -1 ELSE 0 END`;
          const flags = plainJson(`list_transform(${score}, lambda "@a": ${flag})`);
          return packed(list, [flags, realsJson(score, call), realsJson(baseline, call)]);
        }),
      ),
    ),
  );
};

/** Zeros for a period that is neither positive nor to be found. */
const seriesSeasonal: Emit = (operands, call) => {
  const options = { ...optionsOf([], 1, 4, call), period: wholeOption(operands, 1, '(-1)', call), threshold: 0.7 };
  return always('s', realsOf(seriesOf(operands, 0, call)), (list) =>
    always(
      'd',
      decomposed(list, options, call),
      (d) => `(CASE WHEN ${list} IS NOT NULL THEN ${realsJson(`${d}.seasonal`, call)} END)`,
    ),
  );
};

const published = 'dynamic([-3, 2.4, 15, 3.9, 5, 6, 4.5, 5.2, 3, 4, 5, 16, 7, 5, 5, 4])';
const weekly = 'range(0, 41, 1)';

export const seriesDecompositions: readonly ScalarFunction[] = [
  entry(
    'series_outliers',
    seriesOutliers,
    `print o = series_outliers(${published}) | project round(todouble(o[0]), 12), round(todouble(o[1]), 12), round(todouble(o[2]), 12), todouble(o[3]), round(todouble(o[11]), 12)`,
    [-1.904078548361, -0.10021466044, 1.336195472534, 0, 1.670244340667],
  ),
  entry(
    'series_seasonal',
    seriesSeasonal,
    'print a = series_seasonal(dynamic([8, 12, 14, 12, 10, 10, 12, 14, 12, 10, 10, 12, 14, 12, 10, 10, 12, 14, 12, 10])), b = series_seasonal(dynamic([1, 3, 5, 2, 4, 6, 1, 3, 5, 2, 4, 6])), c = series_seasonal(dynamic([1, 3, 5, 2, 4, 6, 1, 3, 5, 2, 4, 6]), 3)',
    [
      '[10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0]',
      '[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0]',
      '[1.5,3.5,5.5,1.5,3.5,5.5,1.5,3.5,5.5,1.5,3.5,5.5]',
    ],
  ),
  entry(
    'series_decompose',
    seriesDecompose,
    'print y = dynamic([1, 2, 3, 1, 2, 9]) | extend (b, s, t, r) = series_decompose(y, 3) | project b, s, t, r',
    [
      '[1.0,2.0,6.0,1.0,2.0,6.0]',
      '[1.0,2.0,6.0,1.0,2.0,6.0]',
      '[0.0,0.0,0.0,0.0,0.0,0.0]',
      '[0.0,0.0,-3.0,0.0,0.0,3.0]',
    ],
  ),
  entry(
    'series_decompose_anomalies',
    seriesAnomalies,
    `range i from 0 to 41 step 1 | summarize y = make_list(iff(i == 30, 500, i % 7 * 10 + i % 3)) | extend (flag, score, base) = series_decompose_anomalies(y, 1.5, -1, 'linefit') | mv-expand i = ${weekly}, flag | where flag != 0 | project i, flag`,
    ['30', '1'],
  ),
];
