// How each aggregate becomes SQL for ClickHouse, by the name that the tables of aggregates give it. What has no entry here is
// refused by name for that engine.
import type { Emit } from '../../functions/scalar.ts';
import { collectionAggregates } from './collections.ts';
import { numericAggregates } from './numeric.ts';

const groups: readonly Readonly<Record<string, Emit>>[] = [numericAggregates, collectionAggregates];

export const clickhouseAggregates: ReadonlyMap<string, Emit> = new Map(
  groups.flatMap((group) => Object.entries(group)),
);
