// What a policy matched: the report of the management API, with the records of the activities that are still there.
import type { PolicyReport } from '../../../src/apis/management/policies-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

type Report = Type.Static<typeof PolicyReport>;

/** `POST /api/v1/activities/` (cloud-apps reference 2.3), as far as matches show it. */
interface ActivityRecord {
  readonly _id: string;
  readonly description: string | null;
  readonly appName: string | null;
  readonly device: { readonly clientIP: string | null } | null;
}

export type Match = Report['items'][number] & {
  /** Undefined where the record is no longer kept, or not within the reader's role. */
  readonly activity: ActivityRecord | undefined;
};

/** One page of the matches, latest activity first. `mayRead`: the reader may look at activities as well. */
export async function listMatches(
  id: string,
  mayRead: boolean,
  { limit, skip }: ListQuery,
  signal: AbortSignal,
): Promise<Page<Match>> {
  const path = managementPath('policies', id, 'matches');
  const { items, total, moreThanTotal } = await call<Report>(path, { query: { limit, skip }, signal });
  const records = mayRead ? await recordsOf(items, signal) : new Map<string, ActivityRecord>();
  return { items: items.map((each) => ({ ...each, activity: records.get(each.activityId) })), total, moreThanTotal };
}

async function recordsOf(items: Report['items'], signal: AbortSignal): Promise<Map<string, ActivityRecord>> {
  if (items.length === 0) return new Map();
  const ids = items.map(({ activityId }) => activityId);
  const body = { filters: { 'activity.id': { eq: ids } }, limit: ids.length };
  const { data } = await call<{ data: readonly ActivityRecord[] }>('/api/v1/activities/', { body, signal });
  return new Map(data.map((each) => [each._id, each]));
}

/** What the policy found today, for the whole organization. */
export async function readToday(id: string, signal: AbortSignal): Promise<Report['today']> {
  const path = managementPath('policies', id, 'matches');
  return (await call<Report>(path, { query: { limit: 1 }, signal })).today;
}
