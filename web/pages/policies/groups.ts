// User groups, which policies include and exclude.
import { queryOptions } from '@tanstack/react-query';
import type { Group, GroupWithMembers } from '../../../src/apis/management/directory-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { Page } from '../../components/ServerTable.tsx';

const minutesMs = 60_000;

/** One group by its id, without its members. */
export function groupQuery(id: string) {
  return queryOptions({
    queryKey: ['groups', 'one', id],
    queryFn: ({ signal }) =>
      call<Type.Static<typeof GroupWithMembers>>(managementPath('groups', id), { query: { limit: 1 }, signal }),
    staleTime: 5 * minutesMs,
    retry: false,
  });
}

/** The first groups whose name holds the text. */
export function groupsQuery(search: string) {
  return queryOptions({
    queryKey: ['groups', 'found', search],
    queryFn: ({ signal }) =>
      call<Page<Type.Static<typeof Group>>>(managementPath('groups'), { query: { search, limit: 25 }, signal }),
    staleTime: minutesMs,
  });
}
