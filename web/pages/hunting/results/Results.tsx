import { Button, makeStyles, SearchBox, Select, Text, tokens } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { lazy, Suspense, useMemo, useState } from 'react';
import { saveFile, toCsv } from '../../../components/csv.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { EmptyState, Notice } from '../../../ui/Message.tsx';
import { type Answer, type Row, textOf } from './answer.ts';
import { ColumnMenu } from './ColumnMenu.tsx';
import { type ChartKind, chartKinds, chartOf, isChartKind, type RenderInfo } from './chart-model.ts';
import { ResultTable } from './ResultTable.tsx';

const Chart = lazy(() => import('./Chart.tsx').then((module) => ({ default: module.Chart })));

const useStyles = makeStyles({
  results: { display: 'flex', flexDirection: 'column', gap: '12px', minWidth: 0 },
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px', alignItems: 'center' },
  count: { color: tokens.colorNeutralForeground2 },
  search: { flex: '1 1 180px', maxWidth: '320px' },
  push: { marginLeft: 'auto', display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

interface ResultsProps {
  readonly answer: Answer;
  readonly render: RenderInfo | null;
  /** The most rows that an answer has. */
  readonly rowsMax: number | undefined;
}

/** The answer of a query: as a table, and as a chart where its columns make one. */
export function Results({ answer, render, rowsMax }: ResultsProps) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const { number } = useFormat();
  const wanted = render?.visualization ?? '';
  const [view, setView] = useState<ChartKind | 'table'>(isChartKind(wanted) ? wanted : 'table');
  const [search, setSearch] = useState('');
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const columns = useMemo(() => answer.columns.filter(({ name }) => !hidden.has(name)), [answer, hidden]);
  const rows = useFound(answer, search);
  const model = view === 'table' ? undefined : chartOf(answer, view, render);
  if (answer.rows.length === 0) {
    return <EmptyState title={t('results.none')} detail={t('results.noneDetail')} />;
  }
  return (
    <div className={styles.results}>
      {rowsMax !== undefined && answer.rows.length >= rowsMax && (
        <Notice
          intent="warning"
          title={t('results.cutOff', { count: number(rowsMax) })}
          detail={t('results.cutOffDetail')}
        />
      )}
      <search className={styles.bar} aria-label={t('results.title')}>
        <Text className={styles.count} role="status">
          {t('results.count', { count: number(answer.rows.length), seconds: number(answer.seconds) })}
        </Text>
        <Select
          aria-label={t('results.view')}
          value={view}
          onChange={(_event, { value }) => setView(isChartKind(value) ? value : 'table')}
        >
          <option value="table">{t('results.table')}</option>
          {chartKinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`chart.${kind}`)}
            </option>
          ))}
        </Select>
        <SearchBox
          className={styles.search}
          aria-label={t('results.search')}
          placeholder={t('results.search')}
          value={search}
          onChange={(_event, { value }) => setSearch(value)}
        />
        <div className={styles.push}>
          <ColumnMenu columns={answer.columns} hidden={hidden} onChange={setHidden} />
          <Button icon={<ArrowDownloadRegular />} onClick={() => exportRows(columns, rows)}>
            {t('results.export')}
          </Button>
        </div>
      </search>
      {view !== 'table' &&
        (model ? (
          <Suspense>
            <Chart model={model} />
          </Suspense>
        ) : (
          <Notice intent="info" title={t('chart.impossible')} detail={t('chart.impossibleDetail')} />
        ))}
      <ResultTable columns={columns} rows={rows} all={answer.columns} />
    </div>
  );
}

function useFound({ rows }: Answer, search: string): readonly Row[] {
  return useMemo(() => {
    const wanted = search.trim().toLowerCase();
    if (wanted === '') return rows;
    return rows.filter((row) => Object.values(row).some((value) => textOf(value).toLowerCase().includes(wanted)));
  }, [rows, search]);
}

function exportRows(columns: Answer['columns'], rows: readonly Row[]): void {
  const written = columns.map(({ name }) => ({
    id: name,
    header: name,
    cell: () => null,
    text: (row: Row) => (typeof row[name] === 'number' ? row[name] : textOf(row[name])),
  }));
  saveFile('hunting.csv', new Blob([toCsv(written, rows)], { type: 'text/csv;charset=utf-8' }));
}
