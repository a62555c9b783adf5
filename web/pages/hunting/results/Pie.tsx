import { tokens } from '@fluentui/react-components';
import { useFormat } from '../../../i18n/format.ts';
import { useCategoryNames } from './category-names.ts';
import type { ChartModel } from './chart-model.ts';
import { seriesColor } from './series-colors.ts';

const radius = 120;
const middle = radius + 4;

/** Shares of the first series. Negative values have no share. */
export function Pie({ model, width, label }: { model: ChartModel; width: number; label: string }) {
  const { number, percent } = useFormat();
  const values = useCategoryNames(model).map((name, place) => {
    const points = model.series[0]?.points.filter(({ x }) => x === place) ?? [];
    return {
      name,
      value: Math.max(
        0,
        points.reduce((sum, { y }) => sum + y, 0),
      ),
    };
  });
  const total = values.reduce((sum, { value }) => sum + value, 0);
  let reached = 0;
  return (
    <svg width={Math.min(width, middle * 2)} height={middle * 2} viewBox={`0 0 ${middle * 2} ${middle * 2}`} role="img">
      <title>{label}</title>
      {values.map(({ name, value }, index) => {
        const share = total === 0 ? 0 : value / total;
        const from = reached;
        reached += share;
        return (
          <path
            key={model.categories[index]}
            d={slice(from, reached)}
            fill={seriesColor(index)}
            stroke={tokens.colorNeutralBackground1}
          >
            <title>{`${name}: ${number(value)} (${percent(share)})`}</title>
          </path>
        );
      })}
    </svg>
  );
}

/** From one share of the circle to another, beginning at the top. */
function slice(from: number, to: number): string {
  if (to - from >= 0.9999) {
    return `M${middle} ${middle - radius} A${radius} ${radius} 0 1 1 ${middle - 0.01} ${middle - radius} Z`;
  }
  const at = (share: number) => {
    const angle = share * 2 * Math.PI - Math.PI / 2;
    return `${(middle + radius * Math.cos(angle)).toFixed(2)} ${(middle + radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${middle} ${middle} L${at(from)} A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)} Z`;
}
