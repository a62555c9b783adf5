// Calls about policies and what they matched.
import { queryOptions } from '@tanstack/react-query';
import type {
  CreatePolicyBody,
  EditPolicyBody,
  Policies,
  PolicyApps,
  Policy as PolicySchema,
  PolicyTemplates,
  PolicyVersions,
} from '../../../src/apis/management/policies-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

export type Policy = Type.Static<typeof PolicySchema>;
export type ListedPolicy = Type.Static<typeof Policies>['items'][number];
export type PolicyType = Policy['type'];
export type Template = Type.Static<typeof PolicyTemplates>['items'][number];
export type FoundApp = Type.Static<typeof PolicyApps>['items'][number];
export type NewPolicy = Type.Static<typeof CreatePolicyBody>;
export type PolicyChange = Type.Static<typeof EditPolicyBody>;

/** Who may read policies: of app discovery those who manage these as well. */
export const readPolicies = ['Policies.read', 'DiscoveryPolicies.manage'] as const;

/** What it takes to change a policy of this type. */
export function manageOf(type: PolicyType): string {
  return type === 'NEW_SERVICE' ? 'DiscoveryPolicies.manage' : 'Policies.manage';
}

/** Everything that shows policies begins with this key. */
export const policiesKey = ['policies'] as const;

export async function listPolicies(query: ListQuery, signal: AbortSignal): Promise<Page<ListedPolicy>> {
  const { limit, skip, sort, direction, search } = query;
  const { type, severity, category, status } = query.filters;
  const isEnabled = status === undefined ? undefined : status === 'enabled';
  const wanted = { type, severity, riskCategory: category, isEnabled, search };
  const asked = { limit, skip, sort, direction, ...wanted, standing: true };
  return await call<Type.Static<typeof Policies>>(managementPath('policies'), { query: asked, signal });
}

export function policyQuery(id: string) {
  return queryOptions({
    queryKey: [...policiesKey, 'one', id],
    queryFn: ({ signal }) => call<Policy>(managementPath('policies', id), { signal }),
  });
}

/** A policy as it is when editing begins: nothing that was known before is taken, and nothing is kept. */
export function editedPolicyQuery(id: string) {
  return queryOptions({
    queryKey: [...policiesKey, 'one', id, 'edited'],
    queryFn: ({ signal }) => call<Policy>(managementPath('policies', id), { signal }),
    gcTime: 0,
  });
}

/** So many of its states are shown. */
const versionsShown = 10;

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: [...policiesKey, 'one', id, 'history'],
    queryFn: ({ signal }) =>
      call<Type.Static<typeof PolicyVersions>>(managementPath('policies', id, 'history'), {
        query: { limit: versionsShown },
        signal,
      }),
  });
}

export const templatesQuery = queryOptions({
  queryKey: ['policy-templates'],
  queryFn: ({ signal }) => call<Type.Static<typeof PolicyTemplates>>(managementPath('policy-templates'), { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function createPolicy(body: NewPolicy): Promise<Policy> {
  return call(managementPath('policies'), { body });
}

export function changePolicy(id: string, body: PolicyChange): Promise<Policy> {
  return call(managementPath('policies', id), { method: 'PATCH', body });
}

export function switchPolicy(id: string, isEnabled: boolean): Promise<Policy> {
  return call(managementPath('policies', id, isEnabled ? 'enable' : 'disable'), { method: 'POST' });
}

export function deletePolicy(id: string): Promise<void> {
  return call(managementPath('policies', id), { method: 'DELETE' });
}

export async function listFoundApps(id: string, { limit, skip }: ListQuery, signal: AbortSignal) {
  const query = { limit, skip };
  return await call<Type.Static<typeof PolicyApps>>(managementPath('policies', id, 'apps'), { query, signal });
}
