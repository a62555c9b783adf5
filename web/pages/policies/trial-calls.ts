// Policies over stored activities: for trial, and for their alerts.
import { queryOptions } from '@tanstack/react-query';
import type {
  Backfill as BackfillSchema,
  Backfills,
  DryRun as DryRunSchema,
} from '../../../src/apis/management/policies-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { type NewPolicy, policiesKey } from './calls.ts';

export type DryRun = Type.Static<typeof DryRunSchema>;
export type Backfill = Type.Static<typeof BackfillSchema>;

/** Days that can be looked back. */
export const spans = [1, 7, 14, 30] as const;

const dayMs = 86_400_000;

function periodOf(days: number) {
  const now = Date.now();
  return { from: new Date(now - days * dayMs).toISOString(), until: new Date(now).toISOString() };
}

/** What a stored policy would have raised. */
export function dryRunPolicy(id: string, days: number, signal: AbortSignal): Promise<DryRun> {
  return call(managementPath('policies', id, 'dry-run'), { body: periodOf(days), signal });
}

/** What a policy would have raised that is not kept (yet). */
export function dryRunBody(policy: NewPolicy, days: number, signal: AbortSignal): Promise<DryRun> {
  return call(managementPath('policies', 'dry-run'), { body: { ...periodOf(days), policy }, signal });
}

const pollMs = 2000;

/** The latest runs over the past; asked again while one is under way. */
export function backfillsQuery(id: string) {
  return queryOptions({
    queryKey: [...policiesKey, 'one', id, 'backfills'],
    queryFn: ({ signal }) =>
      call<Type.Static<typeof Backfills>>(managementPath('policies', id, 'backfills'), { query: { limit: 5 }, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) === true ? pollMs : false),
  });
}

export function isUnderWay({ state }: Pick<Backfill, 'state'>): boolean {
  return state === 'waiting' || state === 'running';
}

export function requestBackfill(id: string, days: number): Promise<Backfill> {
  return call(managementPath('policies', id, 'backfills'), { body: periodOf(days) });
}

export function cancelBackfill(id: string): Promise<Backfill> {
  return call(managementPath('policy-backfills', id, 'cancel'), { method: 'POST' });
}
