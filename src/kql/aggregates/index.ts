import type { AggregateFunction } from './aggregate.ts';
import { clickhouseAggregates } from './clickhouse/index.ts';
import { collectionAggregates } from './collections.ts';
import { digestAggregates } from './digests.ts';
import { numericAggregates } from './numeric.ts';

const groups: readonly (readonly AggregateFunction[])[] = [numericAggregates, collectionAggregates, digestAggregates];

function withClickHouse(entry: AggregateFunction): AggregateFunction {
  const clickhouse = clickhouseAggregates.get(entry.name);
  return clickhouse ? { ...entry, clickhouse } : entry;
}

/** Every aggregate function, by each of its names. */
export const aggregateFunctions: ReadonlyMap<string, AggregateFunction> = new Map(
  groups
    .flat()
    .map(withClickHouse)
    .flatMap((entry) => [entry.name, ...(entry.aliases ?? [])].map((name) => [name, entry] as const)),
);
