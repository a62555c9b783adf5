import { type Slots, slotsOf } from './fields.ts';

/** For each field the titles that its column may have in a header, the best one first; whatever their case. */
export type Titles<Name extends string> = { readonly [N in Name]: string | readonly string[] };

export function slotsOfTitles<Name extends string>(titles: Titles<Name>): Slots<Name> {
  return slotsOf(Object.keys(titles) as Name[]); // Its own keys.
}

/** The field of each column of a header; each field is taken from the best of its titles that is there. */
export function columnsOf<Name extends string>(titles: Titles<Name>, header: readonly string[]): (Name | null)[] {
  const place = new Map<string, number>();
  header.forEach((title, index) => {
    const key = title.trim().toLowerCase();
    if (!place.has(key)) place.set(key, index);
  });
  const columns = new Array<Name | null>(header.length).fill(null);
  for (const name of Object.keys(titles) as Name[]) {
    const accepted = [titles[name]].flat() as readonly string[]; // One title or a list of them.
    const index = accepted.map((title) => place.get(title.toLowerCase())).find((found) => found !== undefined);
    if (index !== undefined && columns[index] === null) columns[index] = name;
  }
  return columns;
}
