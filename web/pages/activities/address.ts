// Filters of the log in its address: the API's JSON as `filters`, and short forms that other pages link to.
import type { Filters } from '../../components/filter-model.ts';

/** Short forms: `?user=…`, `?ip=…`, `?activity=…`, `?service=…`. */
const shortForms = {
  user: 'user.username',
  ip: 'ip.address',
  activity: 'activity.id',
  service: 'service',
} as const;

/** All filters that the address holds; `isRead` is false when its JSON is none. */
export function filtersOfAddress(parts: Readonly<Record<string, string>>): { filters: Filters; isRead: boolean } {
  const written = parts.filters === undefined ? {} : parsed(parts.filters);
  const filters: Record<string, Readonly<Record<string, unknown>>> = { ...written };
  for (const [name, field] of Object.entries(shortForms)) {
    const value = parts[name];
    if (value === undefined) continue;
    filters[field] = { ...filters[field], eq: [field === 'service' && /^\d+$/.test(value) ? Number(value) : value] };
  }
  return { filters, isRead: written !== undefined };
}

/** The parts of the address for these filters; the short forms are in them by then. */
export function addressOfFilters(filters: Filters): Record<string, Filters | undefined> {
  const none = Object.fromEntries(Object.keys(shortForms).map((name) => [name, undefined]));
  return { ...none, filters: Object.keys(filters).length === 0 ? undefined : filters };
}

function parsed(text: string): Filters | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Filters) : undefined; // The builder and the server look at what is in it.
  } catch {
    return undefined;
  }
}
