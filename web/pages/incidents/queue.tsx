// What the queues of incidents and of alerts have in common: choosing several, and filters of the same kind.
import { Button, makeStyles, ProgressBar, Text } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import type { ListState } from '../../components/list-state.ts';
import type { useBulk } from '../../components/use-bulk.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Selection } from '../../ui/DataTable.tsx';
import { useWords } from './words.ts';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center' },
  progress: { minWidth: '160px', flex: '1 1 160px', maxWidth: '320px' },
});

/** The rows that somebody chose, for the table and for what can be done with them. */
export function useChosen(): { keys: ReadonlySet<string>; forget(): void; selection: Selection } {
  const t = useTexts('security');
  const [keys, change] = useState<ReadonlySet<string>>(new Set());
  const selection = {
    keys,
    change,
    allLabel: t('queue.selectAll'),
    rowLabel: (name: string) => t('queue.select', { name }),
  };
  return { keys, forget: () => change(new Set()), selection };
}

interface ChosenBarProps {
  readonly keys: ReadonlySet<string>;
  readonly bulk: Pick<ReturnType<typeof useBulk>, 'progress' | 'cancel'>;
  /** Buttons for what can be done. */
  readonly children: ReactNode;
}

/** How many are chosen, what can be done with them, and how far it is. */
export function ChosenBar({ keys, bulk, children }: ChosenBarProps) {
  const styles = useStyles();
  const t = useTexts('security');
  const common = useTexts('common');
  return (
    <div className={styles.bar}>
      <Text role="status">{t('queue.selected', { count: keys.size })}</Text>
      {children}
      {bulk.progress !== undefined && (
        <>
          <ProgressBar className={styles.progress} value={bulk.progress} aria-label={t('queue.working')} />
          <Button onClick={bulk.cancel}>{common('action.cancel')}</Button>
        </>
      )}
    </div>
  );
}

/** `severities`: as the list's own API calls them. */
export function SeverityFilter({ severities, state }: { severities: readonly string[]; state: ListState }) {
  const t = useTexts('security');
  const words = useWords();
  const options = severities.map((each) => [each, words.severity(each)] as const);
  return <FilterSelect label={t('incident.severity')} name="severity" options={options} state={state} />;
}

const spans = ['1', '3', '7', '30', '180'] as const;

/** The last so many days. */
export function SpanFilter({ state }: { state: ListState }) {
  const t = useTexts('security');
  const options = spans.map((days) => [days, t('queue.days', { days })] as const);
  return <FilterSelect label={t('queue.span')} name="days" options={options} state={state} />;
}
