import { makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { DataTable } from '../../ui/DataTable.tsx';

const useStyles = makeStyles({
  chart: { display: 'flex', flexDirection: 'column', gap: '8px', minWidth: 0 },
  columns: {
    display: 'flex',
    alignItems: 'flex-end',
    gap: '2px',
    height: '140px',
    minWidth: 0,
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  column: { display: 'flex', flexDirection: 'column-reverse', gap: '1px', flex: '1 1 0', minWidth: 0 },
  // Where colours are forced, a piece without its own would not be seen.
  piece: { minHeight: '1px', forcedColorAdjust: 'none' },
  ends: { display: 'flex', justifyContent: 'space-between', gap: '12px', flexWrap: 'wrap' },
  legend: { display: 'flex', flexWrap: 'wrap', gap: '4px 16px', margin: 0, padding: 0, listStyleType: 'none' },
  entry: { display: 'flex', alignItems: 'center', gap: '6px', minWidth: 0, overflowWrap: 'anywhere' },
  mark: { width: '12px', height: '12px', borderRadius: '2px', flexShrink: 0, forcedColorAdjust: 'none' },
});

export interface DaySeries {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** Of each day, in their order. */
  readonly amounts: readonly number[];
}

interface DayColumnsProps {
  readonly label: string;
  /** The days in words, without gaps. */
  readonly days: readonly string[];
  /** From the bottom of each column to its top. */
  readonly series: readonly DaySeries[];
  text(amount: number): string;
}

/** A column for each day, of one amount or of several on top of each other; the figures are one step away, as a table. */
export function DayColumns({ label, days, series, text }: DayColumnsProps) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const [isListed, setListed] = useState(false);
  const sums = days.map((_day, at) => series.reduce((sum, { amounts }) => sum + (amounts[at] ?? 0), 0));
  const most = Math.max(1, ...sums);
  const words = (at: number) =>
    series.map(({ name, amounts }) => `${series.length > 1 ? `${name}: ` : ''}${text(amounts[at] ?? 0)}`).join('\n');
  return (
    <div className={styles.chart}>
      <div className={styles.columns} aria-hidden="true">
        {days.map((day, at) => (
          <div
            key={day}
            className={styles.column}
            style={{ height: `${(100 * (sums[at] ?? 0)) / most}%` }}
            title={`${day}\n${words(at)}`}
          >
            {series.map(({ id, color, amounts }) =>
              (amounts[at] ?? 0) === 0 ? null : (
                <div key={id} className={styles.piece} style={{ flex: `${amounts[at]} 0 0`, backgroundColor: color }} />
              ),
            )}
          </div>
        ))}
      </div>
      <div className={styles.ends} aria-hidden="true">
        <span>{days[0]}</span>
        <span>{days.length > 1 ? days.at(-1) : ''}</span>
      </div>
      {series.length > 1 && <Legend series={series} />}
      <details onToggle={({ currentTarget }) => setListed(currentTarget.open)}>
        <summary>{t('dashboard.daysList')}</summary>
        {isListed && <DayTable label={label} days={days} series={series} text={text} />}
      </details>
    </div>
  );
}

function Legend({ series }: { series: readonly DaySeries[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.legend}>
      {series.map(({ id, name, color }) => (
        <li key={id} className={styles.entry}>
          <span className={styles.mark} style={{ backgroundColor: color }} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}

function DayTable({ label, days, series, text }: DayColumnsProps) {
  const t = useTexts('discovery');
  const rows = days.map((day, at) => ({ day, at })).toReversed();
  return (
    <DataTable<{ day: string; at: number }>
      label={label}
      rows={rows}
      rowKey={({ day }) => day}
      columns={[
        { id: 'day', header: t('trends.day'), cell: ({ day }) => day },
        ...series.map(({ id, name, amounts }) => ({
          id: `of-${id}`,
          header: name,
          cell: ({ at }: { day: string; at: number }) => text(amounts[at] ?? 0),
        })),
      ]}
    />
  );
}
