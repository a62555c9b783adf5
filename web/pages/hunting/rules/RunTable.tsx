import { useMemo } from 'react';
import { useListState } from '../../../components/list-state.ts';
import { ServerTable } from '../../../components/ServerTable.tsx';
import { useFormat } from '../../../i18n/format.ts';
import { useTexts } from '../../../i18n/texts.ts';
import type { Column } from '../../../ui/DataTable.tsx';
import { EmptyState } from '../../../ui/Message.tsx';
import { listRuns, type Run } from '../api.ts';
import { StatusBadge } from './StatusBadge.tsx';
import { isStatus, statusText } from './words.ts';

/** The runs of a rule, the last one first. */
export function RunTable({ id }: { id: string }) {
  const t = useTexts('hunting');
  const state = useListState();
  const columns = useColumns();
  return (
    <ServerTable
      label={t('runs.title')}
      queryKey={['custom-detections', 'runs', id]}
      load={({ limit, skip }, signal) => listRuns(id, { limit, skip }, signal)}
      state={state}
      columns={columns}
      rowKey={(run) => run.id}
      empty={<EmptyState title={t('runs.none')} detail={t('runs.noneDetail')} />}
      exportName="custom-detection-runs"
      refetchMs={30_000}
    />
  );
}

function useColumns(): readonly Column<Run>[] {
  const t = useTexts('hunting');
  const { dateTime, exact, number } = useFormat();
  return useMemo(() => {
    const cause = ({ cause: why }: Run) => t(`runs.causes.${why}`);
    const range = ({ from, until }: Run) => t('runs.between', { from: exact(from), until: exact(until) });
    const reason = ({ failureReason, errorCode }: Run) =>
      errorCode === null ? '' : `${failureReason ?? ''} (${errorCode})`;
    const status = (run: Run) => (isStatus(run.status) ? t(statusText(run.status)) : run.status);
    const count = (id: 'rows' | 'alerts' | 'heldBack'): Column<Run> => ({
      id,
      header: t(`runs.${id}`),
      cell: (run) => number(run[id]),
      text: (run) => run[id],
    });
    return [
      {
        id: 'started',
        header: t('runs.started'),
        cell: ({ startedAt }) => dateTime(startedAt),
        text: ({ startedAt }) => startedAt,
      },
      { id: 'cause', header: t('runs.cause'), cell: cause, text: cause },
      { id: 'status', header: t('runs.status'), cell: (run) => <StatusBadge status={run.status} />, text: status },
      count('rows'),
      count('alerts'),
      count('heldBack'),
      { id: 'range', header: t('runs.range'), width: '22%', cell: range, text: range },
      { id: 'reason', header: t('runs.reason'), width: '22%', cell: (run) => reason(run) || '–', text: reason },
    ];
  }, [t, dateTime, exact, number]);
}
