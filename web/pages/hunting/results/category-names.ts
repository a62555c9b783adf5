import { usePreferences } from '../../../app/preferences.ts';
import { useFormat } from '../../../i18n/format.ts';
import type { ChartModel } from './chart-model.ts';
import { timeNames } from './time-names.ts';

/** The chart's categories in words, in their order: names as they are, times as the reader writes them. */
export function useCategoryNames({ categories, isOfTimes }: ChartModel): readonly string[] {
  const format = useFormat();
  const { timeZone } = usePreferences().preferences;
  return isOfTimes ? timeNames(categories, timeZone, format) : categories;
}
