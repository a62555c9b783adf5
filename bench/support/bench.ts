/** What a file of bench/ exports as `bench`: one promise about speed or size, measured against something in the same run. */
export interface Bench {
  /** What is measured. */
  readonly name: string;
  /** What it is held against. */
  readonly against: string;
  /** The ratio must not be below this. */
  readonly atLeast?: number;
  /** The ratio must not be above this. */
  readonly atMost?: number;
  /** With `smoke` everything is small: it shows that the measurement runs, and its ratio means nothing. */
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchOptions {
  readonly smoke: boolean;
  log(line: string): void;
}

export interface BenchResult {
  readonly ratio: number;
  /** The figures behind the ratio, for people. */
  readonly detail: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
