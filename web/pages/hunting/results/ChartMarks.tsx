// Lines, areas, points and bars. Each mark says its values when it is pointed at.
import { useFormat } from '../../../i18n/format.ts';
import type { ChartModel, Point, Series } from './chart-model.ts';
import { type Frame, isStacked, stacked } from './frame.ts';
import { seriesColor } from './series-colors.ts';

interface MarksProps {
  readonly frame: Frame;
  readonly model: ChartModel;
}

/** Dots stand where somebody can still tell them apart. */
const dotsMax = 200;

export function LineMarks({ frame, model }: MarksProps) {
  if (model.kind === 'areachart' && isStacked(model)) return <StackedAreas frame={frame} model={model} />;
  return (
    <>
      {model.series.map((series, index) => (
        <Line key={series.name} frame={frame} model={model} series={series} color={seriesColor(index)} />
      ))}
    </>
  );
}

function Line({ frame, model, series, color }: MarksProps & { series: Series; color: string }) {
  const say = useSaying(model);
  const { points } = series;
  const path = pathOf(frame, points);
  const isScatter = model.kind === 'scatterchart';
  const [first, last] = [points[0], points.at(-1)];
  const zero = frame.placeY(0);
  return (
    <g>
      {model.kind === 'areachart' && first && last && (
        <path
          d={`${path} L${frame.placeX(last.x)} ${zero} L${frame.placeX(first.x)} ${zero} Z`}
          fill={color}
          fillOpacity={0.25}
        />
      )}
      {!isScatter && <path d={path} fill="none" stroke={color} strokeWidth={2} strokeLinejoin="round" />}
      {(isScatter || points.length <= dotsMax) &&
        points.map((point, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: points have no names and never change their order
          <circle key={index} cx={frame.placeX(point.x)} cy={frame.placeY(point.y)} r={isScatter ? 4 : 3} fill={color}>
            <title>{say(series.name, point)}</title>
          </circle>
        ))}
    </g>
  );
}

function StackedAreas({ frame, model }: MarksProps) {
  return (
    <>
      {stacked(model).map(({ name, spans }, index) => {
        const upper = spans.map(({ x, to }) => `${frame.placeX(x)} ${frame.placeY(to)}`);
        const lower = spans.toReversed().map(({ x, from }) => `${frame.placeX(x)} ${frame.placeY(from)}`);
        return (
          <path key={name} d={`M${[...upper, ...lower].join(' L')} Z`} fill={seriesColor(index)} fillOpacity={0.7}>
            <title>{name}</title>
          </path>
        );
      })}
    </>
  );
}

export function BarMarks({ frame, model }: MarksProps) {
  const say = useSaying(model);
  const isOne = isStacked(model);
  const inside = frame.band * 0.8;
  const thickness = Math.max(1, isOne ? inside : inside / model.series.length);
  const bars = isOne
    ? stacked(model).map(({ name, spans }) => ({ name, spans }))
    : model.series.map(({ name, points }) => ({ name, spans: points.map(({ x, y }) => ({ x, from: 0, to: y })) }));
  return (
    <>
      {bars.map(({ name, spans }, index) =>
        spans.map(({ x, from, to }, place) => {
          const across = frame.placeX(x) - inside / 2 + (isOne ? 0 : index * thickness);
          const [low, high] = [frame.placeY(from), frame.placeY(to)];
          const length = { from: Math.min(low, high), size: Math.abs(high - low) };
          const shape = frame.isTurned
            ? { x: length.from, width: length.size, y: across, height: thickness }
            : { x: across, width: thickness, y: length.from, height: length.size };
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: one name may come twice
            <rect key={`${name} ${place}`} {...shape} fill={seriesColor(index)}>
              <title>{say(name, { x, y: to - from })}</title>
            </rect>
          );
        }),
      )}
    </>
  );
}

function pathOf(frame: Frame, points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${frame.placeX(x)} ${frame.placeY(y)}`).join(' ');
}

/** A point in words. */
function useSaying({ xScale, categories, isOfTimes }: ChartModel) {
  const { number, exact } = useFormat();
  return (name: string, { x, y }: Point): string => {
    const category = categories[x] ?? '';
    const along =
      xScale === 'names' ? (isOfTimes ? exact(category) : category) : xScale === 'time' ? exact(x) : number(x);
    return `${name}: ${along}, ${number(y)}`;
  };
}
