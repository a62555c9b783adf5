import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RowMenu } from '../../components/RowMenu.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { SettingsFrame } from './SettingsFrame.tsx';
import { WatchlistForm } from './WatchlistForm.tsx';
import { WatchlistRowsDialog } from './WatchlistRowsDialog.tsx';
import { deleteWatchlist, listWatchlists, type Watchlist, watchlistsKey } from './watchlist-calls.ts';

type Verb = 'rows' | 'replace' | 'delete';
type Open = { readonly verb: 'add' } | { readonly verb: Verb; readonly watchlist: Watchlist };

const writing = ['Ingest.write'];

/** Settings > Organization settings > Watchlists: the organisation's own lists that hunting queries read. */
export function WatchlistsPage() {
  const t = useTexts('settings');
  const state = useListState({ sort: 'alias' });
  const [open, setOpen] = useState<Open>();
  const columns = useColumns((verb, watchlist) => setOpen({ verb, watchlist }));
  const add = (
    <PermittedButton any={writing} appearance="primary" icon={<AddRegular />} onClick={() => setOpen({ verb: 'add' })}>
      {t('watchlists.add')}
    </PermittedButton>
  );
  return (
    <SettingsFrame lead={t('watchlists.lead')} actions={add}>
      <Permitted any={['AdvancedHunting.Read.All']}>
        <ServerTable
          label={t('tab.watchlists')}
          queryKey={watchlistsKey}
          load={listWatchlists}
          state={state}
          columns={columns}
          rowKey={({ alias }) => alias}
          searchLabel={t('watchlists.search')}
          exportName="watchlists"
          empty={<EmptyState title={t('watchlists.empty')} detail={t('watchlists.emptyDetail')} action={add} />}
        />
        {open && <OpenDialog open={open} onClose={() => setOpen(undefined)} />}
      </Permitted>
    </SettingsFrame>
  );
}

function useColumns(act: (verb: Verb, watchlist: Watchlist) => void): readonly Column<Watchlist>[] {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { number, bytes, dateTime } = useFormat();
  const [needs] = writing;
  const change = needs === undefined ? {} : { needs };
  return [
    { id: 'alias', header: t('watchlists.alias'), sort: 'alias', cell: ({ alias }) => alias, text: (row) => row.alias },
    {
      id: 'description',
      header: t('watchlists.description'),
      cell: ({ description }) => (description === '' ? '–' : description),
      text: ({ description }) => description,
    },
    { id: 'key', header: t('watchlists.searchKey'), cell: ({ searchKey }) => searchKey, text: (row) => row.searchKey },
    {
      id: 'rows',
      header: t('watchlists.rows'),
      sort: 'rowCount',
      cell: (row) => `${number(row.rowCount)} (${bytes(row.bytes)})`,
      text: ({ rowCount }) => rowCount,
    },
    {
      id: 'changed',
      header: t('watchlists.changed'),
      sort: 'changedAt',
      cell: ({ changedAt, changedBy }) => `${dateTime(changedAt)} · ${changedBy}`,
      text: ({ changedAt }) => changedAt,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      width: '88px',
      cell: (watchlist) => (
        <RowMenu
          name={watchlist.alias}
          actions={[
            { text: t('watchlists.show'), act: () => act('rows', watchlist) },
            { text: t('watchlists.replace'), ...change, act: () => act('replace', watchlist) },
            { text: common('action.delete'), ...change, act: () => act('delete', watchlist) },
          ]}
        />
      ),
    },
  ];
}

function OpenDialog({ open, onClose }: { open: Open; onClose(): void }) {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { number } = useFormat();
  const queries = useQueryClient();
  const done = () => {
    void queries.invalidateQueries({ queryKey: watchlistsKey });
    onClose();
  };
  switch (open.verb) {
    case 'add':
      return <WatchlistForm onDone={done} onClose={onClose} />;
    case 'replace':
      return <WatchlistForm watchlist={open.watchlist} onDone={done} onClose={onClose} />;
    case 'rows':
      return <WatchlistRowsDialog watchlist={open.watchlist} onClose={onClose} />;
    case 'delete': {
      const { alias, rowCount } = open.watchlist;
      return (
        <ConfirmAct
          title={t('watchlists.deleteTitle', { alias })}
          lead={t('watchlists.deleteStops')}
          items={[[t('watchlists.rows'), number(rowCount)]]}
          confirmText={common('action.delete')}
          work={() => deleteWatchlist(alias)}
          onDone={done}
          onClose={onClose}
        />
      );
    }
  }
}
