// Tags of apps: the built-in ones in words, and the organisation's own as they are called.
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { AppTags } from '../../../src/apis/management/discovery-apps-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { appsKey, builtInTags } from './app-calls.ts';

export type AppTag = Type.Static<typeof AppTags>['items'][number];

const path = (...more: readonly string[]) => managementPath('discovery', 'app-tags', ...more);

const tagsQuery = queryOptions({
  queryKey: [...appsKey, 'tags'],
  queryFn: ({ signal }) => call<Page<AppTag>>(path(), { signal }),
});

export function listTags({ filters: _, ...query }: ListQuery, signal: AbortSignal): Promise<Page<AppTag>> {
  return call(path(), { query, signal });
}

export function createTag(name: string): Promise<unknown> {
  return call(path(), { body: { name } });
}

export function renameTag(id: string, name: string): Promise<AppTag> {
  return call(path(id), { method: 'PATCH', body: { name } });
}

export function deleteTag(id: string): Promise<void> {
  return call(path(id), { method: 'DELETE' });
}

/** The words for a tag by its name. */
export function useTagText(): (name: string) => string {
  const t = useTexts('discovery');
  return (name) => {
    const builtIn = builtInTags.find((each) => each === name);
    return builtIn ? t(`tag.${builtIn}`) : name;
  };
}

/** Names of all tags with their words; until the organisation's own are known, the built-in ones. */
export function useTagOptions(): readonly (readonly [name: string, text: string])[] {
  const tags = useQuery(tagsQuery);
  const text = useTagText();
  const own = (tags.data?.items ?? []).filter(({ isBuiltIn }) => !isBuiltIn).map(({ name }) => name);
  return [...builtInTags, ...own].map((name) => [name, text(name)]);
}
