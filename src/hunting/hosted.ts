// Tables that queries need besides the stored ones, made when the first query needs them and held in memory.
import type { Config } from '../config.ts';
import type { EventStore } from '../events/events.ts';
import { heldName, holds } from '../events/held.ts';
import { sql } from '../events/sql.ts';
import type { Catalogue, HostedTable } from '../kql/ir.ts';

const placesTable = '$places';

export const hostedTables: NonNullable<Catalogue['hosted']> = { places: heldName(placesTable) };

type PlacesConfig = Pick<Config, 'countryDatabaseFile'>;

const underWay = new WeakMap<EventStore, Promise<void>>();

/** Makes the tables that a compiled query says it reads. Rejects with a sentence when their data cannot be read. */
export async function prepareHosted(
  events: EventStore,
  config: PlacesConfig,
  needed: readonly HostedTable[],
): Promise<void> {
  if (!needed.includes('places') || (await holds(events, placesTable))) return;
  let making = underWay.get(events);
  if (!making) {
    making = makePlaces(events, config).finally(() => underWay.delete(events));
    underWay.set(events, making);
  }
  await making;
}

/** Of an address, only its country is known here: the other members that the documentation names are not there. */
async function makePlaces(events: EventStore, config: PlacesConfig): Promise<void> {
  const { countryBorders } = await import('../geo/country-ranges.ts');
  const { countryName } = await import('../geo/country-names.ts');
  const borders = await countryBorders(config);
  const codes = [...new Set(borders.flatMap(({ countryCode }) => countryCode ?? []))];
  const values = codes.map((code) => JSON.stringify({ country: countryName(code) ?? code }));
  const lines = borders.map(({ first, countryCode }) => first + (countryCode ?? '')).join(' ');
  await events.hold(
    placesTable,
    sql`select substr("border", 1, 32)::UUID as "first", "value"
      from (select unnest(string_split(${lines}, ' ')) as "border") as "borders"
      left join (select unnest(${codes}) as "code", unnest(${values}) as "value") as "names" on "code" = substr("border", 33)
      order by 1`,
  );
}
