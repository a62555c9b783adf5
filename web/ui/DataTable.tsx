import {
  Checkbox,
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useMedia } from './media.ts';

const useStyles = makeStyles({
  scroll: { overflowX: 'auto', borderRadius: tokens.borderRadiusMedium },
  table: { minWidth: '640px' },
  cell: { overflowWrap: 'anywhere', paddingTop: '8px', paddingBottom: '8px', verticalAlign: 'top' },
  header: { overflowWrap: 'anywhere' },
  check: { width: '44px' },
  cards: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  card: {
    padding: '12px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  // No wider than the names need, so that addresses keep on their line.
  terms: { display: 'grid', gridTemplateColumns: 'fit-content(32%) 1fr', gap: '4px 12px', margin: 0 },
  // In line with the names below it.
  cardCheck: { margin: '-8px 0 4px -8px' },
  term: { color: tokens.colorNeutralForeground2, overflowWrap: 'break-word' },
  value: { margin: 0, overflowWrap: 'anywhere', minWidth: 0 },
});

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  cell(row: Row): ReactNode;
  /** Plain text of the cell for exports; columns without it are not exported. */
  text?(row: Row): string | number | null;
  /** The server sorts by this name; without it the column is not sortable. */
  readonly sort?: string;
  /** CSS width of the column. */
  readonly width?: string;
  /** Only in exports: what another column shows beside its own. */
  readonly isExportOnly?: boolean;
}

export interface Sorting {
  readonly by: string | undefined;
  readonly direction: 'asc' | 'desc';
}

export interface Selection {
  readonly keys: ReadonlySet<string>;
  change(keys: ReadonlySet<string>): void;
  /** Names of the boxes for screen readers. */
  readonly allLabel: string;
  rowLabel(key: string): string;
}

interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  rowKey(row: Row): string;
  readonly sorting?: Sorting;
  onSort?(by: string, direction: 'asc' | 'desc'): void;
  readonly selection?: Selection;
}

/** Whether tables are cards at the present width: cards have no headers to sort by. */
export function useIsOfCards(): boolean {
  return useMedia('(max-width: 720px)');
}

/** Rows and columns; on narrow screens each row is a card, because a table of six columns is nothing to read there. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const isNarrow = useIsOfCards();
  const columns = props.columns.filter(({ isExportOnly }) => isExportOnly !== true);
  return isNarrow ? <Cards {...props} columns={columns} /> : <Rows {...props} columns={columns} />;
}

function Rows<Row>({ label, columns, rows, rowKey, sorting, onSort, selection }: DataTableProps<Row>) {
  const styles = useStyles();
  return (
    // Focusable, so that what does not fit can be scrolled to with the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable (WCAG 2.1.1)
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      <Table className={styles.table} aria-label={label}>
        <TableHeader>
          <TableRow>
            {selection && (
              <TableHeaderCell className={styles.check}>
                <SelectAll selection={selection} keys={rows.map(rowKey)} />
              </TableHeaderCell>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={rowKey(row)}>
              {selection && (
                <TableCell className={styles.check}>
                  <SelectOne selection={selection} itemKey={rowKey(row)} />
                </TableCell>
              )}
              {columns.map((column) => (
                <TableCell key={column.id} className={styles.cell}>
                  {column.cell(row)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

interface HeaderCellProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: DataTableProps<Row>['onSort'];
}

function HeaderCell<Row>({ column, sorting, onSort }: HeaderCellProps<Row>) {
  const styles = useStyles();
  const { sort, header, width } = column;
  const style = { className: styles.header, ...(width === undefined ? {} : { style: { width } }) };
  if (sort === undefined || !onSort) return <TableHeaderCell {...style}>{header}</TableHeaderCell>;
  const isSorted = sorting?.by === sort;
  const next = isSorted && sorting?.direction === 'asc' ? 'desc' : 'asc';
  return (
    <TableHeaderCell
      {...style}
      sortable
      {...(isSorted ? { sortDirection: sorting?.direction === 'desc' ? 'descending' : 'ascending' } : {})}
      onClick={() => onSort(sort, next)}
    >
      {header}
    </TableHeaderCell>
  );
}

interface SelectAllProps {
  readonly selection: Selection;
  readonly keys: readonly string[];
  /** Its name stands beside it. */
  readonly isLabeled?: boolean;
}

function SelectAll({ selection, keys, isLabeled = false }: SelectAllProps) {
  const chosen = keys.filter((key) => selection.keys.has(key)).length;
  // Only rows that are shown: what was chosen on other pages stays as it is.
  const toggle = () => {
    const others = [...selection.keys].filter((key) => !keys.includes(key));
    selection.change(new Set(chosen === keys.length ? others : [...others, ...keys]));
  };
  return (
    <Checkbox
      {...(isLabeled ? { label: selection.allLabel } : { 'aria-label': selection.allLabel })}
      checked={chosen === 0 ? false : chosen === keys.length ? true : 'mixed'}
      onChange={toggle}
    />
  );
}

function SelectOne({ selection, itemKey }: { selection: Selection; itemKey: string }) {
  const toggle = () => {
    const keys = new Set(selection.keys);
    if (!keys.delete(itemKey)) keys.add(itemKey);
    selection.change(keys);
  };
  return <Checkbox aria-label={selection.rowLabel(itemKey)} checked={selection.keys.has(itemKey)} onChange={toggle} />;
}

function Cards<Row>({ label, columns, rows, rowKey, selection }: DataTableProps<Row>) {
  const styles = useStyles();
  return (
    <>
      {selection && (
        <div>
          <SelectAll selection={selection} keys={rows.map(rowKey)} isLabeled />
        </div>
      )}
      <ul className={styles.cards} aria-label={label}>
        {rows.map((row) => (
          <li key={rowKey(row)} className={styles.card}>
            {selection && (
              <div className={styles.cardCheck}>
                <SelectOne selection={selection} itemKey={rowKey(row)} />
              </div>
            )}
            <dl className={styles.terms}>
              {columns.map((column) => (
                <div key={column.id} style={{ display: 'contents' }}>
                  <dt className={styles.term}>{column.header}</dt>
                  <dd className={styles.value}>{column.cell(row)}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  );
}
