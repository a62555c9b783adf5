import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
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
import { DeleteDialog, RegenerateDialog } from './AgentDialogs.tsx';
import { AgentStatus } from './AgentStatus.tsx';
import { CollectorDetails } from './CollectorDetails.tsx';
import { CollectorDialog } from './CollectorDialog.tsx';
import { type Collector, collectorsKey, listCollectors } from './calls.ts';
import { TokenDialog } from './TokenDialog.tsx';
import { UploadTabs } from './UploadTabs.tsx';

type Verb = 'details' | 'edit' | 'regenerate' | 'delete';
type Open =
  | { readonly verb: 'create' }
  | { readonly verb: Verb; readonly collector: Collector }
  | { readonly verb: 'token'; readonly name: string; readonly value: string };

const statuses = ['created', 'connected', 'disconnected'] as const;
const needed = ['Agents.manage'];

/** Settings > Automatic log upload > Log collectors. */
export function CollectorsPage() {
  const t = useTexts('agents');
  const common = useTexts('common');
  const [open, setOpen] = useState<Open>();
  const add = (
    <PermittedButton
      any={needed}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setOpen({ verb: 'create' })}
    >
      {t('collector.add')}
    </PermittedButton>
  );
  return (
    <Page title={common('nav.log-collectors')} lead={t('collector.lead')} actions={add}>
      <UploadTabs />
      <Permitted any={needed}>
        <CollectorTable add={add} act={(verb, collector) => setOpen({ verb, collector })} />
        {open && <OpenDialog open={open} setOpen={setOpen} />}
      </Permitted>
    </Page>
  );
}

type Act = (verb: Verb, collector: Collector) => void;

function CollectorTable({ add, act }: { add: ReactNode; act: Act }) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const state = useListState({ sort: 'name' });
  return (
    <ServerTable
      label={common('nav.log-collectors')}
      queryKey={collectorsKey}
      load={listCollectors}
      state={state}
      columns={useColumns(act)}
      rowKey={(collector) => collector.id}
      searchLabel={t('collector.search')}
      filters={
        <FilterSelect
          label={common('list.status')}
          name="status"
          options={statuses.map((each) => [each, t(`status.${each}`)])}
          state={state}
        />
      }
      exportName="log-collectors"
      empty={<EmptyState title={t('collector.empty')} detail={t('collector.emptyDetail')} action={add} />}
      refetchMs={30_000}
    />
  );
}

function useColumns(act: Act): Column<Collector>[] {
  const t = useTexts('agents');
  const common = useTexts('common');
  const { dateTime, bytes } = useFormat();
  const needs = 'Agents.manage';
  const sources = ({ dataSources }: Collector) =>
    dataSources.map(({ name, port }) => (port === null ? name : `${name}:${port}`)).join(', ') || '–';
  return [
    { id: 'name', header: t('list.name'), sort: 'name', cell: ({ name }) => name, text: ({ name }) => name },
    {
      id: 'status',
      header: common('list.status'),
      sort: 'status',
      cell: ({ status }) => <AgentStatus status={status} />,
      text: ({ status }) => t(`status.${status}`),
    },
    { id: 'sources', header: common('nav.data-sources'), cell: sources, text: sources },
    {
      id: 'lastData',
      header: t('collector.lastData'),
      sort: 'lastDataAt',
      cell: ({ lastDataAt }) => (lastDataAt === null ? t('list.never') : dateTime(lastDataAt)),
      text: ({ lastDataAt }) => lastDataAt,
    },
    {
      id: 'waiting',
      header: t('collector.waiting'),
      sort: 'bytesWaiting',
      cell: ({ bytesWaiting }) => bytes(bytesWaiting),
      text: ({ bytesWaiting }) => bytesWaiting,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      width: '88px',
      cell: (collector) => (
        <RowMenu
          name={collector.name}
          actions={[
            { text: t('row.details'), act: () => act('details', collector) },
            { text: common('action.edit'), needs, act: () => act('edit', collector) },
            { text: t('regenerate.action'), needs, act: () => act('regenerate', collector) },
            { text: common('action.delete'), needs, act: () => act('delete', collector) },
          ]}
        />
      ),
    },
  ];
}

function OpenDialog({ open, setOpen }: { open: Open; setOpen(open: Open | undefined): void }) {
  const queries = useQueryClient();
  const kind = 'log-collectors';
  const close = () => setOpen(undefined);
  const changed = () => void queries.invalidateQueries({ queryKey: collectorsKey });
  const showToken = (name: string, value: string) => {
    changed();
    setOpen({ verb: 'token', name, value });
  };
  const done = () => {
    changed();
    close();
  };
  switch (open.verb) {
    case 'create':
      return <CollectorDialog onMinted={showToken} onDone={done} onClose={close} />;
    case 'edit':
      return <CollectorDialog collector={open.collector} onMinted={showToken} onDone={done} onClose={close} />;
    case 'details':
      return <CollectorDetails collector={open.collector} onClose={close} />;
    case 'regenerate':
      return (
        <RegenerateDialog
          kind={kind}
          agent={open.collector}
          onDone={({ value }) => showToken(open.collector.name, value)}
          onClose={close}
        />
      );
    case 'delete':
      return <DeleteDialog kind={kind} agent={open.collector} onDone={done} onClose={close} />;
    case 'token':
      return <TokenDialog kind={kind} name={open.name} value={open.value} onClose={close} />;
  }
}
