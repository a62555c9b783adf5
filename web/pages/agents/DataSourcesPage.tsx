import { Text } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RowMenu } from '../../components/RowMenu.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { allCollectorsQuery, type DataSource, deleteSource, listSources, logKindsQuery, sourcesKey } from './calls.ts';
import { DataSourceDialog } from './DataSourceDialog.tsx';
import { receiverOf } from './receivers.ts';
import { UploadTabs } from './UploadTabs.tsx';

type Open = { readonly verb: 'create' } | { readonly verb: 'edit' | 'delete'; readonly source: DataSource };

/** Settings > Automatic log upload > Data sources. */
export function DataSourcesPage() {
  const t = useTexts('agents');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const done = () => {
    void queries.invalidateQueries({ queryKey: sourcesKey });
    close();
  };
  const add = (
    <PermittedButton
      any={['Discovery.manage']}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setOpen({ verb: 'create' })}
    >
      {t('source.add')}
    </PermittedButton>
  );
  return (
    <Page title={common('nav.data-sources')} lead={t('source.lead')} actions={add}>
      <UploadTabs />
      <Permitted any={['Discovery.read']}>
        <SourceTable add={add} act={(verb, source) => setOpen({ verb, source })} />
        {open?.verb === 'create' && <DataSourceDialog onDone={done} onClose={close} />}
        {open?.verb === 'edit' && <DataSourceDialog source={open.source} onDone={done} onClose={close} />}
        {open?.verb === 'delete' && <DeleteSource source={open.source} onDone={done} onClose={close} />}
      </Permitted>
    </Page>
  );
}

type Act = (verb: 'edit' | 'delete', source: DataSource) => void;

function SourceTable({ add, act }: { add: ReactNode; act: Act }) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const state = useListState({ sort: 'name' });
  const kinds = useQuery(logKindsQuery);
  return (
    <ServerTable
      label={common('nav.data-sources')}
      queryKey={sourcesKey}
      load={listSources}
      state={state}
      columns={useColumns(act)}
      rowKey={(source) => source.id}
      searchLabel={t('source.search')}
      filters={
        <FilterSelect
          label={t('source.kind')}
          name="source"
          options={(kinds.data?.items ?? []).map(({ name, title }) => [name, title])}
          state={state}
        />
      }
      exportName="data-sources"
      empty={<EmptyState title={t('source.empty')} detail={t('source.emptyDetail')} action={add} />}
    />
  );
}

/** Names of the collectors that receive a data source, where the reader may know them. */
function useReceivedBy(): (id: string) => string {
  const isPermitted = may(useSession(), 'Agents.manage');
  const collectors = useQuery({ ...allCollectorsQuery, enabled: isPermitted });
  return (id) =>
    (collectors.data?.items ?? [])
      .filter(({ dataSources }) => dataSources.some(({ dataSourceId }) => dataSourceId === id))
      .map(({ name }) => name)
      .join(', ') || '–';
}

function useColumns(act: Act): Column<DataSource>[] {
  const t = useTexts('agents');
  const common = useTexts('common');
  const { dateTime, number } = useFormat();
  const kinds = useQuery(logKindsQuery);
  const receivedBy = useReceivedBy();
  const titleOf = (name: string | null) => kinds.data?.items.find((kind) => kind.name === name)?.title ?? name ?? '–';
  const needs = 'Discovery.manage';
  return [
    {
      id: 'name',
      header: t('list.name'),
      sort: 'name',
      cell: ({ name, comment }) => (
        <>
          {name}
          <br />
          <Text size={200}>{comment}</Text>
        </>
      ),
      text: ({ name }) => name,
    },
    {
      id: 'source',
      header: t('source.kind'),
      sort: 'source',
      cell: ({ source }) => titleOf(source),
      text: ({ source }) => source,
    },
    {
      id: 'receiver',
      header: t('source.receiver'),
      sort: 'receiver',
      cell: ({ receiver }) => t(`receivers.${receiverOf(receiver)}`),
      text: ({ receiver }) => receiver,
    },
    {
      id: 'collectors',
      header: common('nav.log-collectors'),
      cell: ({ id }) => receivedBy(id),
      text: ({ id }) => receivedBy(id),
    },
    {
      id: 'files',
      header: t('source.files'),
      sort: 'files',
      cell: ({ files, failedFiles }) =>
        failedFiles === 0
          ? number(files)
          : t('source.filesFailed', { files: number(files), failed: number(failedFiles) }),
      text: ({ files }) => files,
    },
    {
      id: 'lastData',
      header: t('source.lastData'),
      sort: 'lastReceivedAt',
      cell: ({ lastReceivedAt }) => (lastReceivedAt === null ? t('list.never') : dateTime(lastReceivedAt)),
      text: ({ lastReceivedAt }) => lastReceivedAt,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      width: '88px',
      cell: (source) => (
        <RowMenu
          name={source.name}
          actions={[
            { text: common('action.edit'), needs, act: () => act('edit', source) },
            { text: common('action.delete'), needs, act: () => act('delete', source) },
          ]}
        />
      ),
    },
  ];
}

function DeleteSource({ source, onDone, onClose }: { source: DataSource; onDone(): void; onClose(): void }) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const { exact, number } = useFormat();
  const receivedBy = useReceivedBy();
  return (
    <ConfirmAct
      title={t('source.deleteTitle', { name: source.name })}
      lead={t('source.deleteStops')}
      items={[
        [t('source.files'), number(source.files)],
        [t('source.lastData'), source.lastReceivedAt === null ? t('list.never') : exact(source.lastReceivedAt)],
        [common('nav.log-collectors'), receivedBy(source.id)],
      ]}
      confirmText={common('action.delete')}
      work={() => deleteSource(source.id)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}
