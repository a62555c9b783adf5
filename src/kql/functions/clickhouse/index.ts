// How each function becomes SQL for ClickHouse, by the name that the tables of functions give it. What has no entry here is
// refused by name for that engine.
import type { Emit } from '../scalar.ts';
import { addresses } from './addresses.ts';
import { addresses6 } from './addresses6.ts';
import { arithmetic } from './arithmetic.ts';
import { arraySorts } from './array-sort.ts';
import { arrays } from './arrays.ts';
import { conversions } from './conversions.ts';
import { dates } from './dates.ts';
import { dynamics } from './dynamic.ts';
import { encodings } from './encodings.ts';
import { geography } from './geography.ts';
import { hashes } from './hash.ts';
import { memberships } from './membership.ts';
import { numbers } from './numbers.ts';
import { operators } from './operators.ts';
import { parsing } from './parsing.ts';
import { paths } from './paths.ts';
import { regexes } from './regex.ts';
import { regexPlaces } from './regex-places.ts';
import { series } from './series.ts';
import { stringOperators } from './string-operators.ts';
import { strings } from './strings.ts';
import { unitConversions } from './units.ts';

const groups: readonly Readonly<Record<string, Emit>>[] = [
  operators,
  addresses,
  addresses6,
  arithmetic,
  arrays,
  arraySorts,
  numbers,
  dates,
  dynamics,
  unitConversions,
  conversions,
  encodings,
  geography,
  hashes,
  memberships,
  parsing,
  paths,
  regexes,
  regexPlaces,
  series,
  stringOperators,
  strings,
];

export const clickhouseFunctions: ReadonlyMap<string, Emit> = new Map(groups.flatMap((group) => Object.entries(group)));
