// Calls about the organisation's settings of cloud discovery: weights of scores, custom apps, reports.
import { queryOptions } from '@tanstack/react-query';
import type { CustomAppBody, CustomApps, ScoreWeights } from '../../../src/apis/management/discovery-apps-schemas.ts';
import type { DiscoveryStreams, ReportBody } from '../../../src/apis/management/discovery-uploads-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import { appsKey } from './app-calls.ts';

export type Weights = Type.Static<typeof ScoreWeights>;
export type CustomApp = Type.Static<typeof CustomApps>['items'][number];
type CustomAppInput = Type.Static<typeof CustomAppBody>;
export type Report = Type.Static<typeof DiscoveryStreams>['items'][number];
type ReportInput = Type.Static<typeof ReportBody>;

const weightsPath = managementPath('discovery', 'score-weights');

export const weightsQuery = queryOptions({
  queryKey: [...appsKey, 'weights'],
  queryFn: ({ signal }) => call<Weights>(weightsPath, { signal }),
});

/** Null puts everything back to the beginning. */
export function saveWeights(weights: Weights | null): Promise<Weights> {
  return weights === null
    ? call(weightsPath, { method: 'DELETE' })
    : call(weightsPath, { method: 'PATCH', body: weights });
}

const customPath = (...more: readonly string[]) => managementPath('discovery', 'custom-apps', ...more);

export function listCustomApps({ filters: _, ...query }: ListQuery, signal: AbortSignal): Promise<Page<CustomApp>> {
  return call(customPath(), { query, signal });
}

/** Without an id a new one is made. */
export function saveCustomApp(appId: number | undefined, body: CustomAppInput): Promise<CustomApp> {
  if (appId === undefined) return call(customPath(), { body });
  return call(customPath(String(appId)), { method: 'PUT', body });
}

export function deleteCustomApp(appId: number): Promise<void> {
  return call(customPath(String(appId)), { method: 'DELETE' });
}

/** Everything that shows reports begins with this key. */
export const reportsKey = ['discovery-reports'];

const reportsPath = (...more: readonly string[]) => managementPath('discovery', 'reports', ...more);

export function listReports({ filters, ...page }: ListQuery, signal: AbortSignal): Promise<Page<Report>> {
  return call(reportsPath(), { query: { ...page, kind: filters.kind }, signal });
}

export function saveReport(id: string | undefined, body: ReportInput): Promise<Report> {
  if (id === undefined) return call(reportsPath(), { body });
  return call(reportsPath(id), { method: 'PUT', body });
}

export function deleteReport(id: string): Promise<void> {
  return call(reportsPath(id), { method: 'DELETE' });
}

interface Named {
  readonly id: string;
  readonly name: string;
}

export const dataSourcesQuery = queryOptions({
  queryKey: ['discovery-data-sources'],
  queryFn: ({ signal }) => call<Page<Named>>(managementPath('discovery', 'data-sources'), { signal }),
});

export const groupsQuery = queryOptions({
  queryKey: ['discovery-groups'],
  queryFn: ({ signal }) =>
    call<Page<Named>>(managementPath('groups'), { query: { limit: 100, sort: 'name', direction: 'asc' }, signal }),
});
