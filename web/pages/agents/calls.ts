// Calls about SIEM agents, data sources and log collectors.
import { queryOptions } from '@tanstack/react-query';
import type {
  CustomParserBody,
  DataSourceBody,
  DiscoveryStream,
  DiscoveryStreams,
  LogKinds,
} from '../../../src/apis/management/discovery-uploads-schemas.ts';
import type {
  CreateCollectorBody,
  LogCollectorList,
  LogCollector as LogCollectorSchema,
  MintedCollector,
} from '../../../src/apis/management/log-collectors-schemas.ts';
import type {
  CreateSiemAgentBody,
  MintedSiemAgent,
  SiemAgentList,
  SiemAgent as SiemAgentSchema,
} from '../../../src/apis/management/siem-agents-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';

export type SiemAgent = Type.Static<typeof SiemAgentSchema>;
export type SiemBody = Type.Static<typeof CreateSiemAgentBody>;
export type Collector = Type.Static<typeof LogCollectorSchema>;
export type CollectorBody = Type.Static<typeof CreateCollectorBody>;
export type DataSource = DiscoveryStream;
export type SourceBody = Type.Static<typeof DataSourceBody>;
export type CustomParser = Type.Static<typeof CustomParserBody>;

export const siemKey = ['siem-agents'] as const;
export const collectorsKey = ['log-collectors'] as const;
export const sourcesKey = ['data-sources'] as const;

export async function listSiemAgents(
  { filters, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Type.Static<typeof SiemAgentList>> {
  return await call(managementPath('siem-agents'), { query: { ...page, status: filters.status }, signal });
}

export function createSiemAgent(body: SiemBody): Promise<Type.Static<typeof MintedSiemAgent>> {
  return call(managementPath('siem-agents'), { body });
}

export function changeSiemAgent(id: string, body: SiemBody): Promise<SiemAgent> {
  return call(managementPath('siem-agents', id), { method: 'PATCH', body });
}

export function switchSiemAgent({ id, isEnabled }: SiemAgent): Promise<SiemAgent> {
  return call(managementPath('siem-agents', id, isEnabled ? 'disable' : 'enable'), { method: 'POST' });
}

/** What has a token bound to it. */
export type AgentKind = 'siem-agents' | 'log-collectors';

export function regenerateToken(kind: AgentKind, id: string): Promise<{ value: string }> {
  return call(managementPath(kind, id, 'regenerate'), { method: 'POST' });
}

export function deleteAgent(kind: AgentKind, id: string): Promise<void> {
  return call(managementPath(kind, id), { method: 'DELETE' });
}

export async function listCollectors(
  { filters, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Type.Static<typeof LogCollectorList>> {
  return await call(managementPath('log-collectors'), { query: { ...page, status: filters.status }, signal });
}

/** As many as a tenant may have, to name those that receive a data source. */
export const allCollectorsQuery = queryOptions({
  queryKey: [...collectorsKey, 'all'],
  queryFn: ({ signal }) =>
    call<Type.Static<typeof LogCollectorList>>(managementPath('log-collectors'), { query: { limit: 100 }, signal }),
});

export function createCollector(body: CollectorBody): Promise<Type.Static<typeof MintedCollector>> {
  return call(managementPath('log-collectors'), { body });
}

export function changeCollector(id: string, body: CollectorBody): Promise<Collector> {
  return call(managementPath('log-collectors', id), { method: 'PATCH', body });
}

export async function listSources(
  { filters, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Type.Static<typeof DiscoveryStreams>> {
  return await call(managementPath('discovery', 'data-sources'), {
    query: { ...page, source: filters.source },
    signal,
  });
}

export const allSourcesQuery = queryOptions({
  queryKey: [...sourcesKey, 'all'],
  queryFn: ({ signal }) =>
    call<Type.Static<typeof DiscoveryStreams>>(managementPath('discovery', 'data-sources'), {
      query: { limit: 100, sort: 'name' },
      signal,
    }),
});

export const logKindsQuery = queryOptions({
  queryKey: ['log-kinds'],
  queryFn: ({ signal }) => call<Type.Static<typeof LogKinds>>(managementPath('discovery', 'log-kinds'), { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function putSource(id: string | undefined, body: SourceBody): Promise<DataSource> {
  if (id === undefined) return call(managementPath('discovery', 'data-sources'), { body });
  return call(managementPath('discovery', 'data-sources', id), { method: 'PUT', body });
}

export function deleteSource(id: string): Promise<void> {
  return call(managementPath('discovery', 'data-sources', id), { method: 'DELETE' });
}

export function readParser(id: string): Promise<CustomParser> {
  return call(managementPath('discovery', 'data-sources', id, 'custom-parser'));
}
