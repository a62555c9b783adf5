import { addresses } from './addresses.ts';
import { addresses6 } from './addresses6.ts';
import { arithmetic } from './arithmetic.ts';
import { arrays } from './arrays.ts';
import { conversions } from './conversions.ts';
import { dates } from './dates.ts';
import { dynamics } from './dynamic.ts';
import { encodings } from './encodings.ts';
import { hashes } from './hash.ts';
import { memberships } from './membership.ts';
import { numbers } from './numbers.ts';
import { operators } from './operators.ts';
import { parsing } from './parsing.ts';
import { regexes } from './regex.ts';
import type { ScalarFunction } from './scalar.ts';
import { stringOperators } from './string-operators.ts';
import { strings } from './strings.ts';
import { unitConversions } from './units.ts';

const groups: readonly (readonly ScalarFunction[])[] = [
  operators,
  arithmetic,
  stringOperators,
  memberships,
  conversions,
  strings,
  regexes,
  dates,
  numbers,
  dynamics,
  arrays,
  addresses,
  addresses6,
  encodings,
  hashes,
  parsing,
  unitConversions,
];

/** Every scalar function and operator, by each of its names. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = new Map(
  groups.flat().flatMap((entry) => [entry.name, ...(entry.aliases ?? [])].map((name) => [name, entry] as const)),
);
