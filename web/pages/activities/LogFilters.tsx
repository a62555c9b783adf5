import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { FilterBuilder } from '../../components/FilterBuilder.tsx';
import { FilterJson } from '../../components/FilterJson.tsx';
import type { Filters } from '../../components/filter-model.ts';
import type { FilterField } from '../../components/filter-table.ts';
import type { FilterChoices } from '../../components/filter-words.ts';
import { useTexts } from '../../i18n/texts.ts';
import { useMedia } from '../../ui/media.ts';
import { Section } from '../../ui/Page.tsx';

const useStyles = makeStyles({
  parts: { display: 'flex', flexWrap: 'wrap', gap: '16px 24px', alignItems: 'flex-start', minWidth: 0 },
  builder: { flex: '3 1 520px', minWidth: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  json: { flex: '2 1 300px', minWidth: 0 },
  summary: {
    cursor: 'pointer',
    padding: '4px 0',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center' },
  quiet: { color: tokens.colorNeutralForeground2 },
  '@media (max-width: 640px)': { builder: { flexBasis: '100%' } },
});

interface LogFiltersProps {
  readonly fields: readonly FilterField[];
  readonly choices: FilterChoices;
  /** What the list shows. */
  readonly applied: Filters;
  /** The list's order, for the call that is shown. */
  readonly order: Readonly<Record<string, unknown>>;
  /** What the server refused the applied filters with. */
  readonly error: unknown;
  onApply(filters: Filters): void;
}

/** The builder of filters, and beside it the JSON and the call that they make. The list follows when they are applied. */
export function LogFilters({ fields, choices, applied, order, error, onApply }: LogFiltersProps) {
  const styles = useStyles();
  const t = useTexts('activities');
  const isWide = useMedia('(min-width: 1100px)');
  const appliedText = JSON.stringify(applied);
  const [cleared, setCleared] = useState(0);
  const [draft, setDraft] = useState({ of: appliedText, filters: applied, isWhole: true });
  // Another address, another beginning: the back button, or a link from elsewhere.
  const present = draft.of === appliedText ? draft : { of: appliedText, filters: applied, isWhole: true };
  const isChanged = !present.isWhole || JSON.stringify(present.filters) !== appliedText;
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (present.isWhole) onApply(present.filters);
  };
  return (
    <Section title={t('filters')}>
      <form className={styles.parts} onSubmit={apply}>
        <div className={styles.builder}>
          <FilterBuilder
            key={cleared}
            label={t('filters')}
            fields={fields}
            choices={choices}
            value={present.filters}
            onChange={(filters, isWhole) => setDraft({ of: appliedText, filters, isWhole })}
            {...(isChanged ? {} : { error })}
          />
          <div className={styles.bar}>
            <Button appearance="primary" type="submit" disabled={!isChanged || !present.isWhole}>
              {t('apply')}
            </Button>
            <Button disabled={Object.keys(present.filters).length === 0 && !isChanged} onClick={clear}>
              {t('clear')}
            </Button>
            <Text role="status" size={200} className={styles.quiet}>
              {isChanged ? t('unapplied') : ''}
            </Text>
          </div>
        </div>
        <details className={styles.json} open={isWide}>
          <summary className={styles.summary}>{t('api')}</summary>
          <FilterJson filters={present.filters} path="v1/activities/" members={{ ...order, limit: 100 }} />
        </details>
      </form>
    </Section>
  );

  function clear(): void {
    // Rows that were never whole are no filters yet, and go as well.
    setCleared(cleared + 1);
    setDraft({ of: JSON.stringify({}), filters: {}, isWhole: true });
    onApply({});
  }
}
