// What a `render` at the end of a query means for its answer: which column goes along, which go up, and what tells series
// apart (https://learn.microsoft.com/kusto/query/render-operator). Pure; Chart.tsx draws it.
import { type Answer, isNumeric, isTemporal, type ResultColumn, type Row, sortedRows, textOf } from './answer.ts';

export const chartKinds = [
  'timechart',
  'linechart',
  'areachart',
  'columnchart',
  'barchart',
  'piechart',
  'scatterchart',
  'card',
] as const;
export type ChartKind = (typeof chartKinds)[number];

/** What the language service reads of a `render`. */
export interface RenderInfo {
  readonly visualization: string;
  readonly title: string | null;
  readonly xColumn: string | null;
  readonly yColumns: readonly string[];
  readonly series: readonly string[];
  readonly xTitle: string | null;
  readonly yTitle: string | null;
  readonly stacking: 'stacked' | 'stacked100' | 'unstacked' | null;
}

/** Numbers along the axis; times are epoch milliseconds, names stand at their places 0, 1, 2, … in `categories`. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface ChartModel {
  readonly kind: ChartKind;
  readonly title: string | null;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xScale: 'time' | 'number' | 'names';
  readonly categories: readonly string[];
  /** The categories are times in ISO 8601, in their order. */
  readonly isOfTimes: boolean;
  readonly series: readonly Series[];
  readonly stacking: 'stacked' | 'stacked100' | 'unstacked';
  /** Series or names that are not drawn, because nobody could tell them apart. */
  readonly left: number;
}

const seriesMax = 12;
const categoriesMax = 60;
const pointsMax = 5000;

export function isChartKind(text: string): text is ChartKind {
  return chartKinds.some((each) => each === text);
}

/** A chart of the answer, or undefined where its columns make none. */
export function chartOf({ columns, rows }: Answer, kind: ChartKind, render: RenderInfo | null): ChartModel | undefined {
  const named = (name: string) => columns.find((column) => column.name === name);
  const given = (render?.yColumns ?? []).flatMap((name) => named(name) ?? []);
  const x = named(render?.xColumn ?? '') ?? xColumnOf(columns, kind);
  const others = columns.filter((column) => column !== x);
  const ys = given.length > 0 ? given : others.filter(isNumeric);
  if (ys.length === 0 || (x === undefined && kind !== 'card')) return undefined;
  const naming = (render?.series ?? []).flatMap((name) => named(name) ?? []);
  const by = naming.length > 0 ? naming : others.filter((column) => !ys.includes(column) && column.type === 'String');
  const words = {
    kind,
    title: render?.title ?? null,
    xTitle: render?.xTitle ?? x?.name ?? '',
    yTitle: render?.yTitle ?? (ys.length === 1 ? (ys[0]?.name ?? '') : ''),
    stacking: render?.stacking ?? (kind === 'areachart' ? 'stacked' : 'unstacked'),
  } as const;
  if (kind === 'card' || x === undefined) return { ...words, ...cardsOf(ys, rows) };
  return { ...words, ...drawn(x, ys, kind === 'piechart' ? [] : by, rows, kind) };
}

/** Times before numbers before names for what goes along; bars and pies stand on names first. */
function xColumnOf(columns: readonly ResultColumn[], kind: ChartKind): ResultColumn | undefined {
  const isNamed = ['columnchart', 'barchart', 'piechart'].includes(kind);
  const ranks = isNamed
    ? [(column: ResultColumn) => !isNumeric(column), isTemporal, isNumeric]
    : [isTemporal, isNumeric, () => true];
  for (const rank of ranks) {
    const found = columns.find(rank);
    if (found && (!isNumeric(found) || columns.filter(isNumeric).length > 1)) return found;
  }
  return undefined;
}

function cardsOf(ys: readonly ResultColumn[], rows: readonly Row[]) {
  const [first] = rows;
  return {
    xScale: 'names' as const,
    categories: [],
    isOfTimes: false,
    left: 0,
    series: ys.slice(0, seriesMax).map(({ name }) => ({ name, points: [{ x: 0, y: Number(first?.[name] ?? 0) }] })),
  };
}

function drawn(
  x: ResultColumn,
  ys: readonly ResultColumn[],
  by: readonly ResultColumn[],
  rows: readonly Row[],
  kind: ChartKind,
) {
  const asNames = !isTemporal(x) && !isNumeric(x);
  const bands = ['columnchart', 'barchart', 'piechart'].includes(kind);
  const xScale = asNames || bands ? 'names' : isTemporal(x) ? 'time' : 'number';
  const isOfTimes = bands && isTemporal(x);
  const places = new Map<string, number>();
  const series = new Map<string, Point[]>();
  const leftNames = new Set<string>();
  for (const row of isOfTimes ? sortedRows(rows, x, 'asc') : rows) {
    const at = xScale === 'names' ? placeOf(places, textOf(row[x.name])) : numberOf(row[x.name], xScale);
    if (at === undefined) leftNames.add(textOf(row[x.name]));
    if (at === undefined || !Number.isFinite(at)) continue;
    for (const y of ys) {
      const value = row[y.name] === null || row[y.name] === undefined ? Number.NaN : Number(row[y.name]);
      if (!Number.isFinite(value)) continue;
      const group = by.map(({ name }) => textOf(row[name])).join(' · ');
      const name = group === '' ? y.name : ys.length > 1 ? `${group} · ${y.name}` : group;
      const points = series.get(name) ?? [];
      points.push({ x: at, y: value });
      series.set(name, points);
    }
  }
  const categories = [...places.keys()];
  return { xScale, categories, isOfTimes, ...keptSeries(series, leftNames.size, xScale !== 'names') } as const;
}

/** The largest series stay; each keeps as many points as can be told apart on a screen. */
function keptSeries(all: ReadonlyMap<string, readonly Point[]>, leftNames: number, isOrdered: boolean) {
  const size = (points: readonly Point[]) => points.reduce((sum, { y }) => sum + Math.abs(y), 0);
  const named = [...all].map(([name, points]) => ({ name, points }));
  const largest = new Set(named.toSorted((a, b) => size(b.points) - size(a.points)).slice(0, seriesMax));
  return {
    left: leftNames + named.length - largest.size,
    series: named
      .filter((each) => largest.has(each))
      .map(({ name, points }) => {
        const sorted = isOrdered ? points.toSorted((a, b) => a.x - b.x) : points;
        const step = Math.ceil(sorted.length / pointsMax);
        return { name, points: step > 1 ? sorted.filter((_, index) => index % step === 0) : sorted };
      }),
  };
}

function placeOf(places: Map<string, number>, name: string): number | undefined {
  const known = places.get(name);
  if (known !== undefined) return known;
  if (places.size >= categoriesMax) return undefined;
  places.set(name, places.size);
  return places.size - 1;
}

function numberOf(value: unknown, scale: 'time' | 'number'): number {
  if (value === null || value === undefined) return Number.NaN;
  return scale === 'time' ? Date.parse(String(value)) : Number(value);
}
