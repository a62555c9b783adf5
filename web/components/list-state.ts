// The state of a list lives in the address, so that it can be sent to somebody, and comes back with the back button.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

export const pageSizes = [25, 50, 100] as const;

/** What a list asks the server for. */
export interface ListQuery {
  readonly limit: number;
  readonly skip: number;
  readonly sort: string | undefined;
  readonly direction: 'asc' | 'desc' | undefined;
  readonly search: string | undefined;
  /** Filters of this list by name, as they stand in the address. */
  readonly filters: Readonly<Record<string, string>>;
}

export interface ListState extends ListQuery {
  readonly page: number;
  readonly size: number;
  /** No page after this one can be asked for, whatever the list has. */
  readonly isFarthest: boolean;
  /** Changes parts of the address; an empty text removes one. Whatever it is, the list begins at its first page again. */
  change(parts: Readonly<Record<string, string | number | object | undefined>>): void;
  turnTo(page: number): void;
}

/** So far a list can be turned: the farthest that the APIs skip, unless their settings say otherwise. */
export const rowsReached = 100_000;

const own = ['page', 'size', 'sort', 'direction', 'search'];

/** `defaults`: filters and order that hold while the address says nothing else. */
export function useListState(defaults: Readonly<Record<string, string>> = {}): ListState {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  // The defaults are written out by the page, so that their text says whether they changed.
  const defaultsText = JSON.stringify(defaults);
  const query = useMemo(() => readState(search, JSON.parse(defaultsText)), [search, defaultsText]);
  const go = useCallback(
    (parts: Readonly<Record<string, string | number | object | undefined>>) =>
      void navigate({
        to: '.',
        search: (before: Readonly<Record<string, unknown>>) => withoutEmpty({ ...before, ...parts }),
        replace: true,
      } as never), // The router's types know only searches that were declared; ours are read by this file alone.
    [navigate],
  );
  return useMemo(
    () => ({
      ...query,
      change: (parts) => go({ page: undefined, ...parts }),
      turnTo: (page) => go({ page: page <= 1 ? undefined : page }),
    }),
    [query, go],
  );
}

function readState(
  search: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, string>>,
): Omit<ListState, 'change' | 'turnTo'> {
  const all: Record<string, string> = { ...defaults };
  for (const [name, value] of Object.entries(search)) {
    if (['string', 'number', 'boolean'].includes(typeof value)) all[name] = String(value);
    // Filters that are JSON themselves stand in the address as such.
    else if (typeof value === 'object' && value !== null) all[name] = JSON.stringify(value);
  }
  const size = pageSizes.find((each) => String(each) === all.size) ?? 25;
  const farthest = rowsReached / size;
  const page = Math.min(Math.max(1, Math.trunc(Number(all.page ?? 1)) || 1), farthest);
  return {
    page,
    size,
    isFarthest: page >= farthest,
    limit: size,
    skip: (page - 1) * size,
    sort: all.sort,
    direction: all.direction === 'asc' || all.direction === 'desc' ? all.direction : undefined,
    search: all.search,
    filters: Object.fromEntries(Object.entries(all).filter(([name, value]) => !own.includes(name) && value !== '')),
  };
}

function withoutEmpty(parts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}
