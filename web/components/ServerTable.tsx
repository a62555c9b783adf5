import { Button, makeStyles, ProgressBar, SearchBox, Select, Spinner, Text, tokens } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { useFormat } from '../i18n/format.ts';
import { useTexts } from '../i18n/texts.ts';
import { type Column, DataTable, type Selection } from '../ui/DataTable.tsx';
import { EmptyState } from '../ui/Message.tsx';
import { CardSorting } from './CardSorting.tsx';
import { CutNotice, useTotalText } from './CutNotice.tsx';
import { type ListQuery, type ListState, pageSizes, rowsReached } from './list-state.ts';
import { ProblemNotice } from './states.tsx';
import { useExport } from './use-export.ts';

const useStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', gap: '12px', minWidth: 0 },
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px', alignItems: 'flex-end' },
  search: {
    flex: '1 1 220px',
    maxWidth: '360px',
    '@media (max-width: 480px)': { flexBasis: '100%', maxWidth: 'none' },
  },
  push: { marginLeft: 'auto' },
  foot: { display: 'flex', flexWrap: 'wrap', gap: '8px 16px', alignItems: 'center' },
  count: { color: tokens.colorNeutralForeground2 },
});

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly total: number;
  /** True where the server stopped counting at `total`. */
  readonly moreThanTotal?: boolean;
}

interface ServerTableProps<Row> {
  readonly label: string;
  /** Names this list among the cached ones; the query is added. */
  readonly queryKey: readonly unknown[];
  load(query: ListQuery, signal: AbortSignal): Promise<Page<Row>>;
  readonly state: ListState;
  readonly columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  /** Fields that set filters with `state.change`. */
  readonly filters?: ReactNode;
  /** Shown when the list searches by text. */
  readonly searchLabel?: string;
  /** Shown when nothing is there at all: what the page is for and the first step. */
  readonly empty: ReactNode;
  /** Name of the exported file, without its ending. */
  readonly exportName: string;
  /** Gives the whole list as a file, where the server makes one; without it the list is taken page by page. */
  exportFile?(query: ListQuery, signal: AbortSignal): Promise<Blob>;
  /** Names of filters that say which list this is: by them alone it does not count as filtered, and they are not cleared. */
  readonly scope?: readonly string[];
  readonly selection?: Selection;
  /** Asks again by itself, for lists that change while one looks. */
  readonly refetchMs?: number;
}

/** A list that the server pages, sorts and filters, with its state in the address and an export of what the filter shows. */
export function ServerTable<Row>(props: ServerTableProps<Row>) {
  const { label, queryKey, load, state, columns, rowKey, filters, searchLabel, empty, selection, refetchMs } = props;
  const { scope = [] } = props;
  const styles = useStyles();
  const t = useTexts('common');
  const { limit, skip, sort, direction, search } = state;
  const query: ListQuery = { limit, skip, sort, direction, search, filters: state.filters };
  const result = useQuery({
    queryKey: [...queryKey, query],
    queryFn: ({ signal }) => load(query, signal),
    placeholderData: keepPreviousData,
    ...(refetchMs === undefined ? {} : { refetchInterval: refetchMs }),
  });
  const page = result.data;
  const narrowing = Object.keys(state.filters).filter((name) => !scope.includes(name));
  const order = {
    sorting: { by: sort, direction: direction ?? 'asc' },
    onSort: (by: string, to: 'asc' | 'desc') => state.change({ sort: by, direction: to }),
  };
  const isFiltered = search !== undefined || narrowing.length > 0 || skip > 0;
  return (
    <div className={styles.list}>
      <search className={styles.bar} aria-label={label}>
        {searchLabel !== undefined && <SearchField label={searchLabel} state={state} />}
        {filters}
        <ExportButton {...props} total={page?.total ?? 0} />
      </search>
      {result.error && <Failed error={result.error} state={state} retry={() => void result.refetch()} />}
      {result.isPending && <Spinner label={t('state.loading')} />}
      {page && page.items.length === 0 && (isFiltered ? <NothingFound state={state} narrowing={narrowing} /> : empty)}
      {page && page.items.length > 0 && (
        <>
          <CardSorting columns={columns} {...order} />
          <DataTable
            label={label}
            columns={columns}
            rows={page.items}
            rowKey={rowKey}
            {...order}
            {...(selection ? { selection } : {})}
          />
        </>
      )}
      {page && page.total > 0 && <Pager page={page} state={state} />}
    </div>
  );
}

/** What the address asks for and the server refuses is refused again: the way out is to ask for less. */
function Failed({ error, state, retry }: { error: unknown; state: ListState; retry(): void }) {
  const t = useTexts('common');
  if (!(error instanceof ApiProblem && error.status === 400)) return <ProblemNotice error={error} retry={retry} />;
  const filters = Object.fromEntries(Object.keys(state.filters).map((name) => [name, '']));
  const startOver = () => state.change({ search: '', sort: '', direction: '', ...filters });
  const wayOut = (
    <Button size="small" onClick={startOver}>
      {t('list.startOver')}
    </Button>
  );
  return <ProblemNotice error={error} wayOut={wayOut} />;
}

function NothingFound({ state, narrowing }: { state: ListState; narrowing: readonly string[] }) {
  const t = useTexts('common');
  const clear = () => state.change({ search: '', ...Object.fromEntries(narrowing.map((name) => [name, ''])) });
  return (
    <EmptyState
      title={t('list.nothingFound')}
      detail={t('list.nothingFoundDetail')}
      action={<Button onClick={clear}>{t(state.skip > 0 ? 'list.startOver' : 'list.clearFilters')}</Button>}
    />
  );
}

/** Waits until nobody types before the server is asked. */
function SearchField({ label, state }: { label: string; state: ListState }) {
  const styles = useStyles();
  const [typed, setTyped] = useState(state.search ?? '');
  useEffect(() => setTyped(state.search ?? ''), [state.search]);
  useEffect(() => {
    if (typed === (state.search ?? '')) return;
    const waiting = setTimeout(() => state.change({ search: typed }), 300);
    return () => clearTimeout(waiting);
  }, [typed, state]);
  return (
    <SearchBox
      className={styles.search}
      aria-label={label}
      placeholder={label}
      maxLength={200}
      value={typed}
      onChange={(_event, { value }) => setTyped(value)}
    />
  );
}

function Pager<Row>({ page, state }: { page: Page<Row>; state: ListState }) {
  const styles = useStyles();
  const t = useTexts('common');
  const { number } = useFormat();
  const totalText = useTotalText();
  const last = page.items.length === 0 ? 0 : state.skip + page.items.length;
  const total = totalText({ ...page, total: Math.max(page.total, last) });
  const isLast = page.items.length < state.size || (last >= page.total && !page.moreThanTotal);
  return (
    <nav className={styles.foot} aria-label={t('list.pages')}>
      <Text className={styles.count} role="status">
        {t('list.range', { first: number(Math.min(state.skip + 1, last)), last: number(last), total })}
      </Text>
      <Button size="small" disabled={state.page <= 1} onClick={() => state.turnTo(state.page - 1)}>
        {t('list.previous')}
      </Button>
      <Button size="small" disabled={isLast || state.isFarthest} onClick={() => state.turnTo(state.page + 1)}>
        {t('list.next')}
      </Button>
      <Select
        size="small"
        aria-label={t('list.size')}
        value={String(state.size)}
        onChange={(_event, { value }) => state.change({ size: value })}
      >
        {pageSizes.map((size) => (
          <option key={size} value={size}>
            {t('list.perPage', { size })}
          </option>
        ))}
      </Select>
      {state.isFarthest && !isLast && <Text>{t('list.farthest', { rows: number(rowsReached) })}</Text>}
    </nav>
  );
}

function ExportButton<Row>(props: ServerTableProps<Row> & { total: number }) {
  const styles = useStyles();
  const t = useTexts('common');
  const { begin, cancel, progress, error, cut } = useExport(props);
  if (progress !== undefined) {
    return (
      <div className={styles.push}>
        <Text>{t('list.exporting', { percent: Math.round(progress * 100) })}</Text>
        <ProgressBar value={progress} aria-label={t('list.export')} />
        <Button size="small" onClick={cancel}>
          {t('action.cancel')}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.push}>
      {error !== undefined && <ProblemNotice error={error} />}
      {cut && <CutNotice cut={cut} />}
      <Button icon={<ArrowDownloadRegular />} disabled={props.total === 0} onClick={begin}>
        {t('list.export')}
      </Button>
    </div>
  );
}
