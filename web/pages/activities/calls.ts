// What the pages of activities ask of the server: the documented API of activities (cloud-apps reference 2.3), and what
// the management API knows besides.
import { queryOptions } from '@tanstack/react-query';
import type { PoliciesOfActivity } from '../../../src/apis/management/activities-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { Filters } from '../../components/filter-model.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import { filtersOfAddress } from './address.ts';

export const readActivities = 'Activities.read';
export const giveFeedback = 'Activities.feedback';
export const readPolicies = 'Policies.read';

/** A thing or account in a record. */
export interface EventObject {
  readonly objType: number;
  readonly role: number;
  readonly name: string;
  readonly id: string;
  readonly serviceObjectType?: string;
}

/** The record as far as pages read it; what its provider did not say is missing. */
export interface Activity {
  readonly _id: string;
  readonly timestamp: number;
  readonly created: number;
  readonly appId: number;
  readonly appName: string;
  readonly description?: string;
  readonly eventTypeName?: string;
  readonly device?: { readonly clientIP?: string | null; readonly userAgent?: string | null };
  readonly location?: {
    readonly countryCode?: string | null;
    readonly organizationSearchable?: string | null;
    readonly category?: number | null;
  };
  readonly user?: { readonly userName?: string | null };
  readonly userAgent?: {
    readonly name?: string | null;
    readonly version?: string | null;
    readonly operatingSystem?: { readonly name?: string | null } | null;
    readonly deviceType?: string | null;
  } | null;
  readonly mainInfo?: {
    readonly eventObjects?: readonly EventObject[];
    readonly rawOperationName?: string | null;
    readonly activityResult?: { readonly isSuccess: boolean; readonly message: string | null } | null;
  };
}

interface Envelope {
  readonly data: readonly Activity[];
  readonly total: number;
  readonly moreThanTotal: boolean;
}

export const activitiesKey = ['activities'] as const;

const listPath = '/api/v1/activities/';

/** The order, as members of the body. */
export function orderOf({ sort, direction }: Pick<ListQuery, 'sort' | 'direction'>) {
  return { sortField: sort === 'created' ? 'created' : 'date', sortDirection: direction ?? 'desc' };
}

/** One page of the log. */
export async function listActivities(query: ListQuery, signal: AbortSignal): Promise<Page<Activity>> {
  const { limit, skip } = query;
  const filters: Filters = filtersOfAddress(query.filters).filters;
  const body = { filters, ...orderOf(query), skip, limit };
  const { data, total, moreThanTotal } = await call<Envelope>(listPath, { body, signal });
  return { items: data, total, moreThanTotal };
}

export function activityQuery(id: string) {
  return queryOptions({
    queryKey: [...activitiesKey, 'one', id],
    queryFn: async ({ signal }) => await call<Activity>(`${listPath}${encodeURIComponent(id)}/`, { signal }),
  });
}

export function policiesQuery(id: string) {
  return queryOptions({
    queryKey: [...activitiesKey, 'policies', id],
    queryFn: async ({ signal }) =>
      await call<Type.Static<typeof PoliciesOfActivity>>(managementPath('activities', id, 'policies'), { signal }),
  });
}

/** Keeps what the reader says of an activity. */
export async function sendFeedback(id: string, feedbackText: string, contactEmail: string): Promise<void> {
  const body = { feedbackText, allowContact: contactEmail !== '', contactEmail: contactEmail || null };
  await call(`${listPath}${encodeURIComponent(id)}/feedback/`, { body });
}

/** The first hundred policies, by name. */
export const policyNamesQuery = queryOptions({
  queryKey: ['policies', 'names'],
  queryFn: async ({ signal }) =>
    await call<{ items: readonly { readonly id: string; readonly name: string }[] }>(managementPath('policies'), {
      query: { limit: 100 },
      signal,
    }),
});
