// Calls about users, addresses, machines and categories of reports.
import { queryOptions } from '@tanstack/react-query';
import type {
  CountedApps,
  DiscoveredEntities,
  ReportTrends,
  ResolvedName,
} from '../../../src/apis/management/discovery-reports-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, download, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import { appsKey } from './app-calls.ts';
import { type EntityKind, rowFilters } from './entity-kinds.ts';

export type Entity = Type.Static<typeof DiscoveredEntities>['items'][number];
export type Category = Type.Static<typeof CountedApps>['items'][number];
export type Trends = Type.Static<typeof ReportTrends>;

/** Report and period say which list it is; everything else narrows it. */
export const reportScope = ['report', 'days', 'name'];

function entityPath(kind: EntityKind, report: string | undefined, ...more: readonly string[]): string {
  return managementPath('discovery', 'reports', report ?? 'global', kind, ...more);
}

/** Search is part of the name; `app` is the id of an app that they use. */
function entityQuery({ filters, search, sort, direction }: ListQuery) {
  const conditions = {
    ...(search === undefined ? {} : { name: { contains: [search] } }),
    ...(filters.app === undefined ? {} : { appId: { eq: [Number(filters.app)] } }),
  };
  const hasConditions = Object.keys(conditions).length > 0;
  return { sort, direction, days: filters.days, filters: hasConditions ? JSON.stringify(conditions) : undefined };
}

export function listEntities(kind: EntityKind) {
  return (list: ListQuery, signal: AbortSignal): Promise<Page<Entity>> => {
    const query = { ...entityQuery(list), limit: list.limit, skip: list.skip };
    return call(entityPath(kind, list.filters.report), { query, signal });
  };
}

/** The whole list as the server's file, which the governance log tells of. */
export function exportEntities(kind: EntityKind) {
  return async (list: ListQuery, signal: AbortSignal): Promise<Blob> =>
    (await download(entityPath(kind, list.filters.report, 'csv'), { query: entityQuery(list), signal })).blob;
}

/** One of them in a report; null where it has no traffic there. */
export function entityQueryOf(kind: EntityKind, report: string | undefined, days: string | undefined, name: string) {
  return queryOptions({
    queryKey: [...appsKey, 'entity', kind, report, days, name],
    queryFn: async ({ signal }) => {
      const filters = JSON.stringify({ [rowFilters[kind]]: { eq: [name] } });
      const page = await call<Page<Entity>>(entityPath(kind, report), { query: { days, filters, limit: 1 }, signal });
      return page.items[0] ?? null;
    },
  });
}

export function topEntitiesQuery(kind: EntityKind, report: string, days: string) {
  return queryOptions({
    queryKey: [...appsKey, 'top', kind, report, days],
    queryFn: ({ signal }) => call<Page<Entity>>(entityPath(kind, report), { query: { days, limit: 10 }, signal }),
  });
}

export function listCategories(list: ListQuery, signal: AbortSignal): Promise<Page<Category>> {
  const { limit, skip, sort, direction, filters } = list;
  const query = { limit, skip, sort, direction, days: filters.days };
  return call(managementPath('discovery', 'reports', filters.report ?? 'global', 'categories'), { query, signal });
}

export function trendsQuery(report: string, days: string) {
  return queryOptions({
    queryKey: [...appsKey, 'trends', report, days],
    queryFn: ({ signal }) =>
      call<Trends>(managementPath('discovery', 'reports', report, 'trends'), { query: { days }, signal }),
  });
}

/** The user behind an anonymous name. Nothing keeps the answer. */
export async function resolveName(name: string, reason: string): Promise<string> {
  const path = managementPath('discovery', 'names', 'resolve');
  const { userName } = await call<Type.Static<typeof ResolvedName>>(path, { body: { name, reason } });
  return userName;
}

/** Has the form of an anonymous name: hexadecimal digits of at least two blocks. */
export function isHidden(name: string): boolean {
  return name.length >= 64 && name.length % 32 === 0 && /^[0-9a-f]+$/i.test(name);
}
