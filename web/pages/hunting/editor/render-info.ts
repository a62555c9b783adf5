// What the language service reads of the `render` at the end of a query.
import type { RenderInfo as KustoRenderInfo } from '@kusto/monaco-kusto/release/esm/monaco.contribution';
import type { RenderInfo } from '../results/chart-model.ts';

export function renderInfo(found: KustoRenderInfo | null | undefined): RenderInfo | null {
  const visualization = found?.options.visualization;
  if (!found || !visualization) return null;
  const { title, xcolumn, ycolumns, series, xtitle, ytitle, kind } = found.options;
  const isStackedKind = visualization === 'stackedareachart';
  const stacking = kind === 'stacked' || kind === 'stacked100' || kind === 'unstacked' ? kind : null;
  return {
    visualization: isStackedKind ? 'areachart' : visualization,
    title: title ?? null,
    xColumn: xcolumn ?? null,
    yColumns: ycolumns ?? [],
    series: series ?? [],
    xTitle: xtitle ?? null,
    yTitle: ytitle ?? null,
    stacking: stacking ?? (isStackedKind ? 'stacked' : null),
  };
}
