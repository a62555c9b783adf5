// Places on an axis, and the round values that are written beside it.

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

/** Round numbers around everything, zero included where `withZero`. */
export function numberScale(values: readonly number[], ticksWanted: number, withZero: boolean): Scale {
  let [from, to] = rangeOf(values);
  if (withZero) [from, to] = [Math.min(0, from), Math.max(0, to)];
  if (from === to) [from, to] = [from - (withZero ? 0 : 1), to + 1];
  const step = roundStep((to - from) / Math.max(1, ticksWanted));
  const first = Math.floor(from / step) * step;
  const last = Math.ceil(to / step) * step;
  return { from: withZero ? first : from, to: withZero ? last : to, ticks: steps(first, last, step) };
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  ...[1000, 5000, 15_000, 30_000, minute, 5 * minute, 15 * minute, 30 * minute],
  ...[hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 90 * day, 365 * day],
];

/** Round times between the first and the last one. */
export function timeScale(values: readonly number[], ticksWanted: number): Scale {
  let [from, to] = rangeOf(values);
  if (from === to) [from, to] = [from - hour, to + hour];
  const wanted = (to - from) / Math.max(1, ticksWanted);
  const step = timeSteps.find((each) => each >= wanted) ?? Math.ceil(wanted / (365 * day)) * 365 * day;
  return { from, to, ticks: steps(Math.ceil(from / step) * step, to, step) };
}

function rangeOf(values: readonly number[]): [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  return from <= to ? [from, to] : [0, 1];
}

/** 1, 2 or 5 times a power of ten, at least that. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const found = [1, 2, 5].find((each) => each * power >= least) ?? 10;
  return found * power;
}

function steps(first: number, last: number, step: number): number[] {
  const count = Math.min(100, Math.floor((last - first) / step + 1e-9) + 1);
  return Array.from({ length: count }, (_, index) => Number((first + index * step).toPrecision(15)));
}
