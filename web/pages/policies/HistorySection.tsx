import { Spinner, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Section } from '../../ui/Page.tsx';
import { historyQuery, type Policy } from './calls.ts';

const changes = ['created', 'edited', 'enabled', 'disabled', 'deleted'] as const;

/** Who changed a policy, and when: the latest changes. */
export function HistorySection({ policy: { id } }: { policy: Policy }) {
  const t = useTexts('policies');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const { data, error, refetch } = useQuery(historyQuery(id));
  const wordOf = (change: string) => {
    const known = changes.find((each) => each === change);
    return known === undefined ? change : t(`change.${known}`);
  };
  return (
    <Section title={t('history.title')}>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Spinner label={common('state.loading')} />}
      {data?.items.length === 0 && <Text>{t('history.none')}</Text>}
      {data && data.items.length > 0 && (
        <DataTable
          label={t('history.title')}
          rows={data.items}
          rowKey={({ revision }) => String(revision)}
          columns={[
            { id: 'time', header: t('history.time'), cell: ({ at }) => dateTime(at) },
            { id: 'change', header: t('history.change'), cell: ({ change }) => wordOf(change) },
            { id: 'by', header: t('history.by'), cell: ({ by }) => by },
          ]}
        />
      )}
    </Section>
  );
}
