import { Spinner } from '@fluentui/react-components';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { DetailsFrame } from '../../components/DetailsFrame.tsx';
import { SpanPager } from '../../components/SpanPager.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { listRows, type Watchlist, watchlistsKey } from './watchlist-calls.ts';

const pageRows = 25;

interface Row {
  readonly key: string;
  readonly values: readonly string[];
}

/** What a watchlist holds, a page at a time. */
export function WatchlistRowsDialog({ watchlist, onClose }: { watchlist: Watchlist; onClose(): void }) {
  const t = useTexts('settings');
  const common = useTexts('common');
  const [skip, setSkip] = useState(0);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...watchlistsKey, watchlist.alias, watchlist.changedAt, skip],
    queryFn: ({ signal }) => listRows(watchlist.alias, skip, pageRows, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <DetailsFrame title={watchlist.alias} onClose={onClose}>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {isPending && <Spinner label={common('state.loading')} />}
      {data && (
        <DataTable
          label={t('watchlists.rows')}
          columns={data.columns.map((name, index) => ({
            id: String(index),
            header: name,
            cell: ({ values }: Row) => values[index] ?? '',
          }))}
          rows={data.items.map((values, index): Row => ({ key: String(skip + index), values }))}
          rowKey={({ key }) => key}
        />
      )}
      {data && data.total > 0 && (
        <SpanPager {...{ skip, pageRows }} shown={data.items.length} total={data.total} turnTo={setSkip} />
      )}
    </DetailsFrame>
  );
}
