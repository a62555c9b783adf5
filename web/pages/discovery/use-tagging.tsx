import { TagRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import type { Page } from '../../components/ServerTable.tsx';
import { useTexts } from '../../i18n/texts.ts';
import type { Selection } from '../../ui/DataTable.tsx';
import type { TaggedApp } from './app-columns.tsx';
import { TagDialog } from './TagDialog.tsx';

/**
 * Choosing apps of a list to tag them. `queryKey` is that of the list: what was chosen on another page is known by the name
 * that it had there.
 */
export function useTagging(queryKey: readonly unknown[]) {
  const t = useTexts('discovery');
  const queries = useQueryClient();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [tagging, setTagging] = useState<readonly TaggedApp[]>();
  const nameOf = (key: string) => {
    const pages = queries.getQueriesData<Page<TaggedApp>>({ queryKey });
    const shown = pages.flatMap(([, page]) => page?.items ?? []);
    return shown.find(({ appId }) => String(appId) === key)?.name ?? key;
  };
  const selection: Selection = {
    keys,
    change: setKeys,
    allLabel: t('apps.selectAll'),
    rowLabel: (key) => t('apps.selectOne', { name: nameOf(key) }),
  };
  const button = (
    <div>
      <PermittedButton
        any={['Discovery.manage']}
        icon={<TagRegular />}
        disabled={keys.size === 0}
        onClick={() => setTagging([...keys].map((key) => ({ appId: Number(key), name: nameOf(key) })))}
      >
        {t('tag.selected', { count: keys.size })}
      </PermittedButton>
    </div>
  );
  const dialog = tagging && (
    <TagDialog apps={tagging} onDone={() => setKeys(new Set())} onClose={() => setTagging(undefined)} />
  );
  return { selection, button, dialog, tag: (app: TaggedApp) => setTagging([app]) };
}
