// Calls about apps of the catalogue and of reports.
import { queryOptions } from '@tanstack/react-query';
import type {
  DiscoveryApp,
  DiscoveryApps,
  TagOutcomes as TagOutcomesSchema,
} from '../../../src/apis/management/discovery-apps-schemas.ts';
import type {
  CountedApps,
  DiscoveredApps,
  ReportOverview,
} from '../../../src/apis/management/discovery-reports-schemas.ts';
import type { DiscoveryStreams } from '../../../src/apis/management/discovery-uploads-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, download, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import { type EntityKind, rowFilters } from './entity-kinds.ts';

export type Found = Type.Static<typeof DiscoveredApps>['items'][number];
export type CatalogApp = Type.Static<typeof DiscoveryApps>['items'][number];
export type App = Type.Static<typeof DiscoveryApp>;
export type Overview = Type.Static<typeof ReportOverview>;
export type TagOutcomes = Type.Static<typeof TagOutcomesSchema>;
export const builtInTags = ['Sanctioned', 'Unsanctioned', 'Monitored', 'None'] as const;
export const riskLevels = ['high', 'medium', 'low', 'unknown'] as const;
export const periods = [7, 30, 90] as const;

/** Everything that shows apps begins with this key, so that a tag that changes is seen everywhere. */
export const appsKey = ['discovery-apps'];

export const reportsQuery = queryOptions({
  queryKey: ['discovery-reports'],
  queryFn: ({ signal }) =>
    call<Type.Static<typeof DiscoveryStreams>>(managementPath('discovery', 'reports'), { signal }),
});

/** A user, address or machine whose apps are meant. */
interface UsedBy {
  readonly kind: EntityKind;
  readonly name: string;
}

/** The report and the period stand in the address beside the filters. */
export function listFound(list: ListQuery, signal: AbortSignal, of?: UsedBy): Promise<Page<Found>> {
  const { limit, skip } = list;
  return call(foundPath(list), { query: { ...foundQuery(list, of), limit, skip }, signal });
}

/** The whole list as the server's file, which the governance log tells of. */
export async function exportFound(list: ListQuery, signal: AbortSignal, of?: UsedBy): Promise<Blob> {
  return (await download(foundPath(list, 'csv'), { query: foundQuery(list, of), signal })).blob;
}

function foundPath({ filters: { report } }: ListQuery, ...more: readonly string[]): string {
  return managementPath('discovery', 'reports', report ?? 'global', 'apps', ...more);
}

function foundQuery({ filters, search, sort, direction }: ListQuery, of: UsedBy | undefined) {
  const { days, category, tag, risk } = filters;
  const conditions = {
    ...(of === undefined ? {} : { [rowFilters[of.kind]]: { eq: [of.name] } }),
    ...(search === undefined ? {} : { name: { contains: [search] } }),
    ...(category === undefined ? {} : { category: { eq: [category] } }),
    ...(tag === undefined ? {} : { tag: { eq: [tag] } }),
    ...(risk === undefined ? {} : { risk: { eq: [risk] } }),
  };
  const hasConditions = Object.keys(conditions).length > 0;
  return { sort, direction, days, filters: hasConditions ? JSON.stringify(conditions) : undefined };
}

/** How one app was used in the last 90 days, in all that automatic uploads brought. */
export function usageQuery(appId: number) {
  return queryOptions({
    queryKey: [...appsKey, 'usage', appId],
    queryFn: async ({ signal }) => {
      const filters = JSON.stringify({ appId: { eq: [appId] } });
      const path = managementPath('discovery', 'reports', 'global', 'apps');
      const page = await call<Page<Found>>(path, { query: { days: 90, filters }, signal });
      return page.items[0] ?? null;
    },
  });
}

export function overviewQuery(report: string, days: string) {
  return queryOptions({
    queryKey: [...appsKey, 'overview', report, days],
    queryFn: ({ signal }) =>
      call<Overview>(managementPath('discovery', 'reports', report, 'overview'), { query: { days }, signal }),
  });
}

export function categoriesQuery(report: string, days: string) {
  return queryOptions({
    queryKey: [...appsKey, 'categories', report, days],
    queryFn: ({ signal }) =>
      call<Type.Static<typeof CountedApps>>(managementPath('discovery', 'reports', report, 'categories'), {
        query: { days },
        signal,
      }),
  });
}

export function topAppsQuery(report: string, days: string) {
  return queryOptions({
    queryKey: [...appsKey, 'top', report, days],
    queryFn: ({ signal }) =>
      call<Page<Found>>(managementPath('discovery', 'reports', report, 'apps'), { query: { days, limit: 10 }, signal }),
  });
}

export function listCatalog({ filters, ...page }: ListQuery, signal: AbortSignal): Promise<Page<CatalogApp>> {
  const { category, tag, risk } = filters;
  const query = { ...page, category, tag, ...rangeOf(risk) };
  return call(managementPath('discovery', 'apps'), { query, signal });
}

/** The scores of a level: below 4 is high, from 8 on low. Scores have one decimal. */
function rangeOf(risk: string | undefined): { scoreMin?: number; scoreMax?: number } {
  if (risk === 'high') return { scoreMax: 3.9 };
  if (risk === 'medium') return { scoreMin: 4, scoreMax: 7.9 };
  return risk === 'low' ? { scoreMin: 8 } : {};
}

export function appQuery(id: string) {
  return queryOptions({
    queryKey: [...appsKey, 'one', id],
    queryFn: ({ signal }) => call<App>(managementPath('discovery', 'apps', id), { signal }),
  });
}

/** `tag` is a name; a new one becomes a tag when it is added. */
export function tagApps(
  action: 'add' | 'remove',
  tag: string,
  apps: readonly number[],
  reason: string,
): Promise<TagOutcomes> {
  const body = { action, tag, apps, ...(reason === '' ? {} : { reason }) };
  return call(managementPath('discovery', 'apps', 'tags'), { body });
}

export function putNote(appId: number, note: string): Promise<App> {
  return call(managementPath('discovery', 'apps', String(appId), 'note'), { method: 'PUT', body: { note } });
}

/** Null takes the organisation's own score away. */
export function putScore(appId: number, score: number | null, note: string): Promise<App> {
  const body = score === null ? { score } : { score, note };
  return call(managementPath('discovery', 'apps', String(appId), 'score'), { method: 'PUT', body });
}

export function getBlockScript(format: string, type: string): Promise<{ fileName: string; text: string }> {
  return call(managementPath('discovery', 'block-script'), { query: { format, type } });
}
