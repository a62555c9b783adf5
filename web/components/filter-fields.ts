// What can be filtered by, asked of the server: fields, their operators, and what these take.
import { queryOptions } from '@tanstack/react-query';
import type { FilteredRecords, FilterFields } from '../../src/apis/management/filter-fields-schemas.ts';
import type { Type } from '../../src/lib/schema.ts';
import { call, managementPath } from '../api/client.ts';

export type { FilterField, FilterOperator } from './filter-table.ts';
export type { FilteredRecords };

/** The table of fields of one kind of records; it changes with the server's version alone. */
export function filterFieldsQuery(records: FilteredRecords) {
  return queryOptions({
    queryKey: ['filter-fields', records],
    queryFn: async ({ signal }) =>
      await call<Type.Static<typeof FilterFields>>(managementPath('filter-fields', records), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
