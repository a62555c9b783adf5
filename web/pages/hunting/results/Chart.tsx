import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import { useFormat } from '../../../i18n/format.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { BarMarks, LineMarks } from './ChartMarks.tsx';
import { useCategoryNames } from './category-names.ts';
import type { ChartModel } from './chart-model.ts';
import { type Frame, frameOf } from './frame.ts';
import { Pie } from './Pie.tsx';
import { seriesColor } from './series-colors.ts';

const useStyles = makeStyles({
  chart: { display: 'flex', flexDirection: 'column', gap: '8px', minWidth: 0, margin: 0 },
  drawing: { width: '100%', display: 'block', overflow: 'visible' },
  axis: { fill: tokens.colorNeutralForeground2, fontSize: '12px' },
  grid: { stroke: tokens.colorNeutralStroke2 },
  base: { stroke: tokens.colorNeutralForeground3 },
  legend: { display: 'flex', flexWrap: 'wrap', gap: '4px 16px', listStyleType: 'none', margin: 0, padding: 0 },
  item: { display: 'flex', gap: '6px', alignItems: 'baseline', minWidth: 0, overflowWrap: 'anywhere' },
  dot: { width: '10px', height: '10px', borderRadius: '2px', flexShrink: 0, forcedColorAdjust: 'none' },
  cards: { display: 'flex', flexWrap: 'wrap', gap: '16px' },
  card: { padding: '16px 24px', border: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: '8px' },
  number: { fontSize: tokens.fontSizeHero900, lineHeight: tokens.lineHeightHero900, fontWeight: 600 },
  note: { color: tokens.colorNeutralForeground2 },
});

/** The answer drawn. The table beside it has the same for whoever cannot see it. */
export function Chart({ model }: { model: ChartModel }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const { number } = useFormat();
  const [box, width] = useWidth();
  const title = model.title ?? t(`chart.${model.kind}`);
  return (
    <figure className={styles.chart} ref={box}>
      <figcaption>
        <Text weight="semibold">{title}</Text>
      </figcaption>
      {model.kind === 'card' ? <Cards model={model} /> : <Drawing model={model} width={width} title={title} />}
      {model.kind !== 'card' && <Legend model={model} />}
      {model.left > 0 && <Text className={styles.note}>{t('chart.left', { count: number(model.left) })}</Text>}
    </figure>
  );
}

function Drawing({ model, width, title }: { model: ChartModel; width: number; title: string }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const label = t('chart.summary', { title, series: model.series.map(({ name }) => name).join(', ') });
  const names = useCategoryNames(model);
  if (model.kind === 'piechart') return <Pie model={model} width={width} label={label} />;
  const named = { ...model, categories: names };
  const frame = frameOf(named, width);
  return (
    <svg className={styles.drawing} height={frame.height} viewBox={`0 0 ${width} ${frame.height}`} role="img">
      <title>{label}</title>
      <Axes frame={frame} model={named} />
      {frame.isBars ? <BarMarks frame={frame} model={model} /> : <LineMarks frame={frame} model={model} />}
    </svg>
  );
}

function Axes({ frame, model }: { frame: Frame; model: ChartModel }) {
  const styles = useStyles();
  const format = useFormat();
  const { left, right, top, bottom } = frame;
  const along = (value: number) =>
    model.xScale === 'names'
      ? shortened(model.categories[value] ?? '', frame.nameLength)
      : model.xScale === 'number'
        ? format.number(value)
        : timeText(value, frame.xTicks, format);
  const [names, values] = [frame.xTicks, frame.yTicks];
  if (frame.isTurned) {
    return (
      <g className={styles.axis}>
        {values.map((tick) => (
          <g key={tick}>
            <line className={styles.grid} x1={frame.placeY(tick)} x2={frame.placeY(tick)} y1={top} y2={bottom} />
            <text x={frame.placeY(tick)} y={bottom + 16} textAnchor="middle">
              {format.number(tick)}
            </text>
          </g>
        ))}
        {names.map((tick) => (
          <text key={tick} x={left - 8} y={frame.placeX(tick) + 4} textAnchor="end">
            {along(tick)}
          </text>
        ))}
        <Titles frame={frame} along={model.yTitle} up="" />
      </g>
    );
  }
  return (
    <g className={styles.axis}>
      {values.map((tick) => (
        <g key={tick}>
          <line className={styles.grid} x1={left} x2={right} y1={frame.placeY(tick)} y2={frame.placeY(tick)} />
          <text x={left - 8} y={frame.placeY(tick) + 4} textAnchor="end">
            {format.number(tick)}
          </text>
        </g>
      ))}
      {names.map((tick) => (
        <text
          key={tick}
          x={frame.placeX(tick)}
          y={bottom + 16}
          {...(frame.isSlanted
            ? { textAnchor: 'end', transform: `rotate(-35 ${frame.placeX(tick)} ${bottom + 16})` }
            : { textAnchor: 'middle' })}
        >
          {along(tick)}
        </text>
      ))}
      <line className={styles.base} x1={left} x2={right} y1={bottom} y2={bottom} />
      <Titles frame={frame} along={model.xTitle} up={model.yTitle} />
    </g>
  );
}

function Titles({ frame, along, up }: { frame: Frame; along: string; up: string }) {
  return (
    <>
      <text x={(frame.left + frame.right) / 2} y={frame.height - 4} textAnchor="middle">
        {along}
      </text>
      <text x={frame.left} y={12} textAnchor="start">
        {up}
      </text>
    </>
  );
}

function Legend({ model }: { model: ChartModel }) {
  const styles = useStyles();
  const categories = useCategoryNames(model);
  const series = model.series.map(({ name }) => name);
  const [keys, names] = model.kind === 'piechart' ? [model.categories, categories] : [series, series];
  return (
    <ul className={styles.legend}>
      {names.map((name, index) => (
        <li key={keys[index]} className={styles.item}>
          <span className={styles.dot} style={{ backgroundColor: seriesColor(index) }} />
          {name === '' ? '–' : name}
        </li>
      ))}
    </ul>
  );
}

function Cards({ model }: { model: ChartModel }) {
  const styles = useStyles();
  const { number } = useFormat();
  return (
    <div className={styles.cards}>
      {model.series.map(({ name, points }) => (
        <div key={name} className={styles.card}>
          <div className={styles.number}>{number(points[0]?.y)}</div>
          <Text className={styles.note}>{name}</Text>
        </div>
      ))}
    </div>
  );
}

/** The width there is, for a drawing whose letters keep their size. */
function useWidth() {
  const box = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!box.current) return;
    const watching = new ResizeObserver(([entry]) => setWidth(Math.max(240, entry?.contentRect.width ?? 640)));
    watching.observe(box.current);
    return () => watching.disconnect();
  }, []);
  return [box, width] as const;
}

/** Days where ticks are days apart, otherwise times of the day as well. */
function timeText(value: number, ticks: readonly number[], { date, dateTime }: ReturnType<typeof useFormat>): string {
  const [first = 0, second = first] = ticks;
  return second - first >= 86_400_000 ? date(value) : dateTime(value);
}

function shortened(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name || '–';
}
