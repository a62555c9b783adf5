// Lists that settings keep short (agents, collectors, data sources): the noun gives all of them, and the page that was asked
// for is cut here. Without `limit` the answer has them all.

export interface WholeListRequest<Sort extends string> {
  readonly limit?: number | undefined;
  readonly skip?: number | undefined;
  readonly direction?: 'asc' | 'desc' | undefined;
  readonly search?: string | undefined;
  readonly sort?: Sort | undefined;
}

/** `texts` are searched in any case; `sorts` tell what each order compares, with null as the smallest. */
export interface WholeListShape<Item, Sort extends string> {
  texts(item: Item): readonly (string | null)[];
  readonly sorts: Readonly<Record<Sort, (item: Item) => string | number | null>>;
}

/** The page of `items` that was asked for, and how many there are in all. Without a wish the order is that of `items`. */
export function pageOfWhole<Item, Sort extends string>(
  items: readonly Item[],
  { limit, skip = 0, direction, search = '', sort }: WholeListRequest<Sort>,
  { texts, sorts }: WholeListShape<Item, Sort>,
): { items: Item[]; total: number } {
  const typed = search.trim().toLowerCase();
  const found = items.filter((item) => texts(item).some((text) => (text ?? '').toLowerCase().includes(typed)));
  const sign = direction === 'desc' ? -1 : 1;
  const inTurn = sign > 0 ? found : found.toReversed();
  const ordered =
    sort === undefined
      ? inTurn
      : found.toSorted((left, right) => sign * compare(sorts[sort](left), sorts[sort](right)));
  return { items: ordered.slice(skip, limit === undefined ? undefined : skip + limit), total: found.length };
}

function compare(left: string | number | null, right: string | number | null): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'en', { numeric: true, sensitivity: 'base' });
}
