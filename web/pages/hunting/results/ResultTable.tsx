import { Button, makeStyles } from '@fluentui/react-components';
import { OpenRegular } from '@fluentui/react-icons';
import { useMemo, useState } from 'react';
import { CardSorting } from '../../../components/CardSorting.tsx';
import { DetailsFrame } from '../../../components/DetailsFrame.tsx';
import { SpanPager } from '../../../components/SpanPager.tsx';
import { useFormat } from '../../../i18n/format.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { DataTable, type Column as TableColumn } from '../../../ui/DataTable.tsx';
import { Definitions } from '../../../ui/Definitions.tsx';
import { EmptyState } from '../../../ui/Message.tsx';
import { isNumeric, isTemporal, type ResultColumn, type Row, sortedRows, textOf } from './answer.ts';

const useStyles = makeStyles({
  mono: { fontFamily: 'ui-monospace, SFMono-Regular, Consolas, monospace', whiteSpace: 'pre-wrap' },
});

const pageRows = 50;
/** Longer texts are cut in the table; the row's own page of values has them whole. */
const cellLengthMax = 200;

interface ResultTableProps {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly Row[];
  /** All columns of the answer, for the values of one row. */
  readonly all: readonly ResultColumn[];
}

interface Numbered {
  readonly row: Row;
  readonly place: number;
}

/** The rows of an answer, which is here as a whole: sorted and paged without asking again. */
export function ResultTable({ columns, rows, all }: ResultTableProps) {
  const t = useTexts('hunting');
  const common = useTexts('common');
  const [sorting, setSorting] = useState<{ by: string; direction: 'asc' | 'desc' }>();
  const [page, setPage] = useState(0);
  const [opened, setOpened] = useState<Row>();
  const sorted = useMemo(() => {
    const column = all.find(({ name }) => name === sorting?.by);
    return column && sorting ? sortedRows(rows, column, sorting.direction) : rows;
  }, [rows, all, sorting]);
  const at = Math.min(page, Math.max(0, Math.ceil(sorted.length / pageRows) - 1));
  const shown = sorted
    .slice(at * pageRows, (at + 1) * pageRows)
    .map((row, index) => ({ row, place: at * pageRows + index }));
  const tableColumns = useTableColumns(columns, setOpened);
  const order = {
    sorting: { by: sorting?.by, direction: sorting?.direction ?? 'asc' },
    onSort: (by: string, direction: 'asc' | 'desc') => {
      setSorting({ by, direction });
      setPage(0);
    },
  };
  if (rows.length === 0) return <EmptyState title={common('list.nothingFound')} detail={t('results.noMatch')} />;
  return (
    <>
      <CardSorting columns={tableColumns} {...order} />
      <DataTable
        label={t('results.title')}
        columns={tableColumns}
        rows={shown}
        rowKey={({ place }) => String(place)}
        {...order}
      />
      <SpanPager
        skip={at * pageRows}
        shown={shown.length}
        total={sorted.length}
        pageRows={pageRows}
        turnTo={(skip) => setPage(skip / pageRows)}
      />
      {opened && <RowDialog row={opened} columns={all} onClose={() => setOpened(undefined)} />}
    </>
  );
}

function useTableColumns(columns: readonly ResultColumn[], open: (row: Row) => void): TableColumn<Numbered>[] {
  const t = useTexts('hunting');
  const show = useShown();
  return useMemo(
    () => [
      {
        id: '',
        header: t('results.row'),
        width: '64px',
        cell: ({ row, place }) => (
          <Button
            size="small"
            appearance="subtle"
            icon={<OpenRegular />}
            aria-label={t('results.open', { number: place + 1 })}
            onClick={() => open(row)}
          />
        ),
      },
      ...columns.map((column) => ({
        id: column.name,
        header: column.name,
        sort: column.name,
        width: isNumeric(column) ? '120px' : '200px',
        cell: ({ row }: Numbered) => {
          const text = show(row[column.name], column);
          return text.length > cellLengthMax ? `${text.slice(0, cellLengthMax)}…` : text;
        },
      })),
    ],
    [columns, open, t, show],
  );
}

/** Times in the reader's zone; numbers as they are, because many are ids. */
function useShown() {
  const { exact } = useFormat();
  return useMemo(
    () => (value: unknown, column: ResultColumn) =>
      isTemporal(column) && typeof value === 'string' && value !== '' ? exact(value) : textOf(value),
    [exact],
  );
}

function RowDialog({ row, columns, onClose }: { row: Row; columns: readonly ResultColumn[]; onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const items = columns.map(
    ({ name }) => [name, <ValueText key={name} value={row[name]} className={styles.mono} />] as const,
  );
  return (
    <DetailsFrame title={t('results.values')} onClose={onClose}>
      <Definitions items={items} />
    </DetailsFrame>
  );
}

/** Exactly as the answer has it; what has members, over several lines. */
function ValueText({ value, className }: { value: unknown; className: string }) {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value, undefined, 2) : textOf(value);
  return <span className={className}>{text === '' ? '–' : text}</span>;
}
