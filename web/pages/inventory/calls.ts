// What the pages of files, accounts and IP ranges ask of the documented API (cloud-apps reference 2.5 to 2.7).
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import { accountFilters, fileFilters, rangeFilters } from './filters.ts';
import type { AccountRecord, FileRecord, PolicyRecord, RangeRecord } from './records.ts';

export type { AccountRecord, FileRecord, RangeRecord };

export const readFiles = 'Files.read';
export const readAccounts = 'Entities.read';
export const readRanges = 'Subnets.read';
export const manageRanges = 'Subnets.manage';
export const readActivities = 'Activities.read';
export const readAlerts = 'Alerts.read';
export const readPolicies = 'Policies.read';

interface RecordPage<Row> {
  readonly data: readonly Row[];
  readonly total: number;
  readonly moreThanTotal: boolean;
}

export const filesKey = ['files'] as const;
export const accountsKey = ['accounts'] as const;
export const rangesKey = ['ip-ranges'] as const;

/** One page of any of these lists, as a ServerTable takes it. */
async function list<Row>(
  path: string,
  filters: object,
  { limit, skip, sort, direction = 'desc' }: Pick<ListQuery, 'limit' | 'skip' | 'sort' | 'direction'>,
  signal: AbortSignal,
): Promise<Page<Row>> {
  const body = { filters, limit, skip, sortField: sort, sortDirection: direction };
  const { data, total, moreThanTotal } = await call<RecordPage<Row>>(path, { body, signal });
  return { items: data, total, moreThanTotal };
}

export function listFiles(query: ListQuery, signal: AbortSignal): Promise<Page<FileRecord>> {
  return list('/api/v1/files/', fileFilters(query.filters, query.search), query, signal);
}

export function listAccounts(query: ListQuery, signal: AbortSignal): Promise<Page<AccountRecord>> {
  return list('/api/v1/entities/', accountFilters(query.filters, query.search), query, signal);
}

export function listRanges(query: ListQuery, signal: AbortSignal): Promise<Page<RangeRecord>> {
  return list('/api/v1/subnet/', rangeFilters(query.filters), query, signal);
}

export function fileQuery(id: string) {
  return queryOptions({
    queryKey: [...filesKey, 'one', id],
    queryFn: ({ signal }) => call<FileRecord>(`/api/v1/files/${encodeURIComponent(id)}/`, { signal }),
  });
}

/** A user and its accounts, the user first; `id` is of any of them, or the user name. */
export function treeQuery(id: string) {
  return queryOptions({
    queryKey: [...accountsKey, 'tree', id],
    queryFn: async ({ signal }) => {
      const path = `/api/v1/entities/${encodeURIComponent(id)}/retrieve_tree/`;
      return (await call<RecordPage<AccountRecord>>(path, { signal })).data;
    },
  });
}

interface RangeBody {
  readonly name: string;
  readonly category: number;
  readonly subnets: readonly string[];
  readonly tags: readonly string[];
  readonly organization: string;
  readonly location: { readonly countryCode: string } | null;
}

/** Adds a range, or puts the body in the place of the one with this id. */
export async function putRange(id: string | undefined, body: RangeBody): Promise<void> {
  const path = id === undefined ? 'create_rule' : `${encodeURIComponent(id)}/update_rule`;
  await call(`/api/v1/subnet/${path}/`, { body });
}

export async function deleteRange(id: string): Promise<void> {
  await call(`/api/v1/subnet/${encodeURIComponent(id)}/`, { method: 'DELETE' });
}

/** More policies than these are not looked through for one range. */
const policiesLookedThroughMax = 1000;

/** The tenant's activity policies, page by page; `total` tells whether these are all. */
export const policiesQuery = queryOptions({
  queryKey: ['policies', 'of-ranges'],
  queryFn: async ({ signal }): Promise<{ policies: readonly PolicyRecord[]; total: number }> => {
    const policies: PolicyRecord[] = [];
    for (;;) {
      const body = { filters: { type: { eq: ['AUDIT'] } }, limit: 100, skip: policies.length };
      const { data, total } = await call<RecordPage<PolicyRecord>>('/api/v1/policies/', { body, signal });
      policies.push(...data);
      const isEnd = data.length === 0 || policies.length >= total;
      if (isEnd) return { policies, total: policies.length };
      if (policies.length >= policiesLookedThroughMax) return { policies, total };
    }
  },
});

/** The key of an account, as filters of activities and alerts take it. */
export function keyOf({ ii, id }: AccountRecord): { id: string; saas: number; inst: number } {
  const [saas = '0', inst = '0'] = ii.split('|');
  return { id, saas: Number(saas), inst: Number(inst) };
}

/** What people sign in with; a user whom the directory knows by an id has it in its accounts. */
export function userNameOf(tree: readonly AccountRecord[]): string {
  const account = tree.find(({ type }) => type === 1);
  return account?.id ?? tree[0]?.email ?? tree[0]?.id ?? '';
}
