import { makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { useCategoryText } from './categories.ts';
import { DayColumns, type DaySeries } from './DayColumns.tsx';
import { type Trends as Figures, trendsQuery } from './entity-calls.ts';

const useStyles = makeStyles({
  grid: { display: 'grid', gap: '24px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 360px), 1fr))' },
});

// Of the theme's colours many are one and the same in a theme of high contrast. These stand out from a light, a dark and a black
// page alike (3:1 and more).
const otherColor = '#868686';
const riskColors = { high: '#dd4a55', medium: '#c27a00', low: '#2f9a45', unknown: otherColor } as const;
const categoryColors = ['#2f86de', '#d9622b', '#17958a', '#9a68d8', '#d1479e', '#a98413'];

type Day = Figures['days'][number];

/** What a report shows day by day: traffic, apps, people, risk, categories. */
export function Trends({ report, days }: { report: string; days: string }) {
  const styles = useStyles();
  const common = useTexts('common');
  const trends = useQuery(trendsQuery(report, days));
  if (trends.error) return <ProblemNotice error={trends.error} retry={() => void trends.refetch()} />;
  if (!trends.data) return <Spinner label={common('state.loading')} />;
  return (
    <div className={styles.grid}>
      <Charts trends={trends.data} />
    </div>
  );
}

function Charts({ trends }: { trends: Figures }): ReactNode {
  const t = useTexts('discovery');
  const { bytes, number } = useFormat();
  const days = withoutGaps(trends.days);
  const names = useDayNames(days.map(({ time }) => time));
  const amounts = (of: (day: Day) => number) => days.map(({ day }) => (day ? of(day) : 0));
  const chart = (title: string, series: readonly DaySeries[], text: (amount: number) => string) => (
    <Section key={title} title={title}>
      <DayColumns label={title} days={names} series={series} text={text} />
    </Section>
  );
  const single = (title: string, name: string, of: (day: Day) => number, text: (amount: number) => string) =>
    chart(title, [{ id: 'one', name, color: tokens.colorBrandBackground, amounts: amounts(of) }], text);
  return [
    single(t('dashboard.days'), t('apps.traffic'), ({ totalBytes }) => totalBytes, bytes),
    single(t('trends.apps'), t('dashboard.apps'), ({ apps }) => apps, number),
    single(t('trends.users'), t('apps.users'), ({ users }) => users, number),
    chart(t('trends.risks'), useRiskSeries(days), bytes),
    chart(t('trends.categories'), useCategorySeries(trends.categories, days), bytes),
  ];
}

interface DayOrGap {
  /** Start of the UTC day, epoch milliseconds. */
  readonly time: number;
  readonly day: Day | undefined;
}

function useRiskSeries(days: readonly DayOrGap[]): DaySeries[] {
  const t = useTexts('discovery');
  return (['high', 'medium', 'low', 'unknown'] as const).map((level) => ({
    id: level,
    name: t(`risk.${level}`),
    color: riskColors[level],
    amounts: days.map(({ day }) => day?.risks.find(({ id }) => id === level)?.totalBytes ?? 0),
  }));
}

function useCategorySeries(categories: readonly string[], days: readonly DayOrGap[]): DaySeries[] {
  const t = useTexts('discovery');
  const categoryText = useCategoryText();
  const shown = categories.map((category, at) => ({
    id: category,
    name: categoryText(category),
    color: categoryColors[at] ?? otherColor,
    amounts: days.map(({ day }) => day?.categories.find(({ id }) => id === category)?.totalBytes ?? 0),
  }));
  const others = days.map(({ day }, at) =>
    Math.max(0, (day?.totalBytes ?? 0) - shown.reduce((sum, { amounts }) => sum + (amounts[at] ?? 0), 0)),
  );
  if (others.every((each) => each === 0)) return shown;
  return [...shown, { id: 'other', name: t('trends.other'), color: otherColor, amounts: others }];
}

const dayMs = 86_400_000;

/** From the first day with traffic to the last one, the days between them too. */
function withoutGaps(days: readonly Day[]): DayOrGap[] {
  const byTime = new Map(days.map((day) => [Date.parse(day.day), day]));
  const times = [...byTime.keys()];
  const first = Math.min(...times);
  const last = Math.max(...times);
  if (times.length === 0) return [];
  return Array.from({ length: (last - first) / dayMs + 1 }, (_, at) => first + at * dayMs).map((time) => ({
    time,
    day: byTime.get(time),
  }));
}

/** Days are those of UTC, whatever the reader's time zone: in others their beginning may be the evening before. */
function useDayNames(times: readonly number[]): string[] {
  const { i18n } = useTranslation();
  const format = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeZone: 'UTC' });
  return times.map((time) => format.format(time));
}
