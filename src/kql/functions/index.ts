import { addresses } from './addresses.ts';
import { addresses6 } from './addresses6.ts';
import { arithmetic } from './arithmetic.ts';
import { arraySorts } from './array-sort.ts';
import { arrays } from './arrays.ts';
import { clickhouseFunctions } from './clickhouse/index.ts';
import { compressed } from './compressed.ts';
import { conversions } from './conversions.ts';
import { dates } from './dates.ts';
import { digests } from './digests.ts';
import { dynamics } from './dynamic.ts';
import { encodings } from './encodings.ts';
import { geography } from './geography.ts';
import { hashes } from './hash.ts';
import { memberships } from './membership.ts';
import { numbers } from './numbers.ts';
import { operators } from './operators.ts';
import { parsing } from './parsing.ts';
import { paths } from './paths.ts';
import { punycode } from './punycode.ts';
import { regexes } from './regex.ts';
import { regexPlaces } from './regex-places.ts';
import type { ScalarFunction } from './scalar.ts';
import { series } from './series.ts';
import { seriesDecompositions } from './series-decompose.ts';
import { seriesFills } from './series-fill.ts';
import { seriesFits } from './series-fit.ts';
import { stringOperators } from './string-operators.ts';
import { strings } from './strings.ts';
import { unitConversions } from './units.ts';
import { xml } from './xml.ts';

const groups: readonly (readonly ScalarFunction[])[] = [
  operators,
  arithmetic,
  stringOperators,
  memberships,
  conversions,
  strings,
  regexes,
  regexPlaces,
  dates,
  numbers,
  dynamics,
  arrays,
  arraySorts,
  addresses,
  addresses6,
  encodings,
  hashes,
  parsing,
  unitConversions,
  geography,
  series,
  seriesFills,
  seriesFits,
  seriesDecompositions,
  paths,
  xml,
  compressed,
  digests,
  punycode,
];

function withClickHouse(entry: ScalarFunction): ScalarFunction {
  const clickhouse = clickhouseFunctions.get(entry.name);
  return clickhouse ? { ...entry, clickhouse } : entry;
}

/** Every scalar function and operator, by each of its names. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = new Map(
  groups
    .flat()
    .map(withClickHouse)
    .flatMap((entry) => [entry.name, ...(entry.aliases ?? [])].map((name) => [name, entry] as const)),
);
