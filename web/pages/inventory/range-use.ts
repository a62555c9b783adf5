// Which policies look at what an IP range says of its addresses.
import type { PolicyRecord, RangeRecord } from './records.ts';

/** Policies that name its category, one of its tags, its organization or its country. */
export function policiesUsing(range: RangeRecord, policies: readonly PolicyRecord[]): readonly PolicyRecord[] {
  const said: readonly (readonly [field: string, values: readonly string[]])[] = [
    ['ip.category', [String(range.category)]],
    ['ip.tags', range.tags.flatMap(({ id, name }) => [id, name])],
    ['location.organizations', range.organization === null ? [] : [range.organization]],
    ['location.country', range.location === null ? [] : [range.location.countryCode]],
  ];
  return policies.filter(({ filters }) =>
    said.some(([field, values]) => {
      const asked = textsIn(filters?.[field]).map((each) => each.toLowerCase());
      return values.some((each) => asked.includes(each.toLowerCase()));
    }),
  );
}

/** Every value below, as text: filters are written in many ways. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
