import { AddRegular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { type ListState, useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { SnapshotDialog } from './SnapshotDialog.tsx';
import { UploadStateBadge } from './UploadState.tsx';
import { listUploads, logKindsQuery, type Upload, uploadStates, uploadsKey } from './upload-calls.ts';

/** Discover > Snapshot reports: logs that were uploaded, and a new one. */
export function UploadsPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const add = (
    <PermittedButton
      any={['Discovery.upload']}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setAdding(true)}
    >
      {t('snapshot.add')}
    </PermittedButton>
  );
  return (
    <Page title={common('nav.snapshots')} lead={t('uploads.lead')} actions={add}>
      <Permitted any={['Discovery.read']}>
        <UploadTable add={add} />
      </Permitted>
      {isAdding && (
        <SnapshotDialog
          onDone={(id) => void navigate({ to: `/discovery/uploads/${id}` })}
          onClose={() => setAdding(false)}
        />
      )}
    </Page>
  );
}

function UploadTable({ add }: { add: ReactNode }) {
  const t = useTexts('discovery');
  const state = useListState({ sort: 'createdAt', direction: 'desc' });
  return (
    <ServerTable
      label={t('uploads.label')}
      queryKey={uploadsKey}
      load={listUploads}
      state={state}
      columns={useColumns()}
      rowKey={({ id }) => id}
      searchLabel={t('uploads.search')}
      filters={<Filters state={state} />}
      exportName="discovery-uploads"
      empty={<EmptyState title={t('uploads.empty')} detail={t('uploads.emptyDetail')} action={add} />}
      refetchMs={5000}
    />
  );
}

function Filters({ state }: { state: ListState }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const kinds = useQuery(logKindsQuery);
  const titles = (kinds.data?.items ?? []).map(({ name, title }) => [name, title] as const);
  return (
    <>
      <FilterSelect
        label={common('list.status')}
        name="state"
        options={uploadStates.map((each) => [each, t(`state.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('report')}
        name="kind"
        options={(['snapshot', 'data-source'] as const).map((each) => [each, t(`kinds.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('uploads.kind')}
        name="source"
        options={titles.toSorted(([, left], [, right]) => left.localeCompare(right))}
        state={state}
      />
    </>
  );
}

function useColumns(): readonly Column<Upload>[] {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { bytes, dateTime, number } = useFormat();
  const kinds = useQuery(logKindsQuery);
  const kindOf = ({ source }: Upload) => kinds.data?.items.find(({ name }) => name === source)?.title ?? source;
  return [
    {
      id: 'file',
      header: t('uploads.file'),
      sort: 'fileName',
      cell: ({ id, fileName }) => <RouterLink to={`/discovery/uploads/${id}`}>{fileName}</RouterLink>,
      text: ({ fileName }) => fileName,
    },
    {
      id: 'report',
      header: t('report'),
      cell: ({ streamName, isSnapshot }) =>
        streamName === null ? '–' : `${streamName} (${isSnapshot ? t('kinds.snapshot') : t('kinds.data-source')})`,
      text: ({ streamName }) => streamName,
    },
    { id: 'kind', header: t('uploads.kind'), sort: 'source', cell: kindOf, text: kindOf },
    {
      id: 'state',
      header: common('list.status'),
      sort: 'state',
      cell: ({ state }) => <UploadStateBadge state={state} />,
      text: ({ state }) => t(`state.${state}`),
    },
    {
      id: 'size',
      header: t('uploads.size'),
      sort: 'bytes',
      cell: (upload) => bytes(upload.bytes),
      text: (upload) => upload.bytes,
    },
    {
      id: 'used',
      header: t('uploads.used'),
      cell: ({ result }) => (result === null ? '–' : `${number(result.used)} / ${number(result.read)}`),
      text: ({ result }) => result?.used ?? null,
    },
    {
      id: 'created',
      header: t('uploads.created'),
      sort: 'createdAt',
      cell: ({ createdAt }) => dateTime(createdAt),
      text: ({ createdAt }) => createdAt,
    },
  ];
}
