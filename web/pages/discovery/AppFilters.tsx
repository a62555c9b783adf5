import { FilterSelect } from '../../components/FilterSelect.tsx';
import type { ListState } from '../../components/list-state.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { riskLevels } from './app-calls.ts';
import { useCategoryOptions } from './categories.ts';
import { useTagOptions } from './tags.ts';

interface AppFiltersProps {
  readonly state: ListState;
  readonly levels: readonly (typeof riskLevels)[number][];
}

/** Filters that reports and the catalogue have in common. */
export function AppFilters({ state, levels }: AppFiltersProps) {
  const t = useTexts('discovery');
  return (
    <>
      <FilterSelect label={t('apps.category')} name="category" options={useCategoryOptions()} state={state} />
      <FilterSelect
        label={t('risk.label')}
        name="risk"
        options={levels.map((each) => [each, t(`risk.${each}`)])}
        state={state}
      />
      <FilterSelect label={t('tag.label')} name="tag" options={useTagOptions()} state={state} />
    </>
  );
}
