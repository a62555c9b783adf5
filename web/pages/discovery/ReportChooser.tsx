import { Field, makeStyles, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ListState } from '../../components/list-state.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { periods, reportsQuery } from './app-calls.ts';

const useStyles = makeStyles({
  fields: { display: 'flex', flexWrap: 'wrap', gap: '12px' },
  field: { minWidth: 0, flex: '0 1 320px' },
});

/** Which report, and of how many days. Both stand in the address. */
export function ReportChooser({ state }: { state: ListState }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const reports = useQuery(reportsQuery);
  const others = (reports.data?.items ?? []).filter(({ kind }) => kind !== 'global');
  return (
    <>
      {reports.error && <ProblemNotice error={reports.error} retry={() => void reports.refetch()} />}
      <div className={styles.fields}>
        <Field label={t('report')} className={styles.field}>
          <Select value={state.filters.report ?? ''} onChange={(_event, { value }) => state.change({ report: value })}>
            <option value="">{t('kinds.global')}</option>
            {others.map(({ id, name, kind }) => (
              <option key={id} value={id}>
                {`${name} (${t(`kinds.${kind}`)})`}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('period')}>
          <Select value={state.filters.days ?? '30'} onChange={(_event, { value }) => state.change({ days: value })}>
            {periods.map((days) => (
              <option key={days} value={days}>
                {t('days', { days })}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </>
  );
}
