import type { FilterChoice } from '../../components/filter-words.ts';
import { useTexts } from '../../i18n/texts.ts';
import { riskLevels } from '../discovery/app-calls.ts';
import { useCategoryOptions } from '../discovery/categories.ts';

type Choices = Readonly<Record<string, readonly FilterChoice[]>>;

/** Values of apps that filters are ticked from, by the field's name, in words. */
export function useChoices(): Choices {
  const t = useTexts('discovery');
  const category = useCategoryOptions();
  return { category, risk: riskLevels.map((level) => [level, t(`risk.${level}`)] as const) };
}
