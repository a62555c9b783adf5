// Where things stand in a chart of a given width.
import type { ChartModel, Point } from './chart-model.ts';
import { numberScale, timeScale } from './scale.ts';

export interface Frame {
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly isBars: boolean;
  /** Bars that lie: names go down, numbers go along. */
  readonly isTurned: boolean;
  readonly isSlanted: boolean;
  /** Characters of a name that there is room for. */
  readonly nameLength: number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  /** Of a name, the middle of its band. */
  placeX(value: number): number;
  placeY(value: number): number;
  /** Width of the band of one name. */
  readonly band: number;
}

const rowHeight = 28;
const letterWidth = 7;
const slantedLengthMax = 18;
/** Share of its length that a slanted name takes across: it rises by 35 degrees. */
const slant = 0.82;

export function frameOf(model: ChartModel, width: number): Frame {
  const isTurned = model.kind === 'barchart';
  const isBars = isTurned || model.kind === 'columnchart';
  const count = Math.max(1, model.categories.length);
  const height = isTurned ? Math.max(120, count * rowHeight + 64) : 320;
  const y = numberScale(valuesOf(model), isTurned ? Math.max(2, width / 120) : 5, model.kind !== 'scatterchart');
  const longest = Math.max(4, ...model.categories.map((name) => name.length));
  const digits = Math.max(...y.ticks.map((tick) => tick.toLocaleString('en').length));
  const right = width - 16;
  const turnedLength = Math.max(8, Math.floor(width / 3 / letterWidth));
  const upright = (isTurned ? Math.min(longest, turnedLength) : digits) * letterWidth + 16;
  const isSlanted = model.xScale === 'names' && !isTurned && (right - upright) / count < longest * letterWidth;
  // The first slanted name begins left of its band: room for it and a letter more, because its band narrows by
  // that, up to a quarter of the chart. It is cut to what there is.
  const firstBand = (right - upright) / count / 2;
  const wanted = (Math.min(longest, slantedLengthMax) + 1) * letterWidth * slant - firstBand;
  const left = isSlanted ? Math.max(upright, Math.min(width / 4, wanted)) : upright;
  const slantedLength = Math.floor((left + (right - left) / count / 2) / (letterWidth * slant));
  const nameLength = isTurned ? turnedLength : isSlanted ? Math.min(slantedLengthMax, slantedLength) : slantedLengthMax;
  const top = 24;
  const bottom = height - (isSlanted ? 104 : 40);
  const [from, to] = isTurned ? [top, bottom] : [left, right];
  const band = (to - from) / count;
  const x = scaleAlong(model, Math.max(2, (right - left) / (model.xScale === 'time' ? 140 : 80)));
  return {
    ...{ height, left, right, top, bottom, isBars, isTurned, isSlanted, nameLength, band },
    xTicks: x?.ticks ?? namesShown(count, band, isTurned),
    yTicks: y.ticks,
    placeX: (value) =>
      x ? from + ((value - x.from) / (x.to - x.from || 1)) * (to - from) : from + (value + 0.5) * band,
    placeY(value) {
      const share = (value - y.from) / (y.to - y.from || 1);
      return isTurned ? left + share * (right - left) : bottom - share * (bottom - top);
    },
  };
}

function scaleAlong({ xScale, series }: ChartModel, ticks: number) {
  const values = series.flatMap(({ points }) => points.map(({ x }) => x));
  if (xScale === 'names') return undefined;
  return xScale === 'time' ? timeScale(values, ticks) : numberScale(values, ticks, false);
}

/** All names, or every so many where letters would touch. */
function namesShown(count: number, band: number, isTurned: boolean): number[] {
  const step = isTurned ? 1 : Math.max(1, Math.ceil(16 / band));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}

/** What goes up: of stacked series, their sums. */
function valuesOf(model: ChartModel): number[] {
  if (isStacked(model)) return stacked(model).flatMap(({ spans }) => spans.flatMap(({ from, to }) => [from, to]));
  return model.series.flatMap(({ points }) => points.map(({ y }) => y));
}

export function isStacked({ stacking, kind, series }: ChartModel): boolean {
  return stacking !== 'unstacked' && ['areachart', 'columnchart', 'barchart'].includes(kind) && series.length > 1;
}

interface StackedSeries {
  readonly name: string;
  readonly spans: readonly { readonly x: number; readonly from: number; readonly to: number }[];
}

/** Each series on top of those before it, at every place where any of them has a value. */
export function stacked({ series, stacking }: ChartModel): StackedSeries[] {
  const sums = new Map<number, number>();
  for (const { points } of series) for (const { x, y } of points) sums.set(x, (sums.get(x) ?? 0) + y);
  const places = [...sums.keys()].toSorted((a, b) => a - b);
  const reached = new Map<number, number>();
  return series.map(({ name, points }) => {
    const own = sumsOf(points);
    const spans = places.map((x) => {
      const from = reached.get(x) ?? 0;
      const share = stacking === 'stacked100' ? 100 / (sums.get(x) || 1) : 1;
      const to = from + (own.get(x) ?? 0) * share;
      reached.set(x, to);
      return { x, from, to };
    });
    return { name, spans };
  });
}

function sumsOf(points: readonly Point[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { x, y } of points) sums.set(x, (sums.get(x) ?? 0) + y);
  return sums;
}
