import type { AggregateFunction } from './aggregate.ts';
import { collectionAggregates } from './collections.ts';
import { numericAggregates } from './numeric.ts';

const groups: readonly (readonly AggregateFunction[])[] = [numericAggregates, collectionAggregates];

/** Every aggregate function, by each of its names. */
export const aggregateFunctions: ReadonlyMap<string, AggregateFunction> = new Map(
  groups.flat().flatMap((entry) => [entry.name, ...(entry.aliases ?? [])].map((name) => [name, entry] as const)),
);
