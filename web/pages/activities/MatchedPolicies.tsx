import { Spinner, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { may, useSession } from '../../api/session.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Section } from '../../ui/Page.tsx';
import { policiesQuery, readPolicies } from './calls.ts';

/** The policies that found something in an activity, and the alerts that tell of it. */
export function MatchedPolicies({ id }: { id: string }) {
  const t = useTexts('activities');
  return (
    <Section title={t('policies')}>
      <Permitted any={[readPolicies]}>
        <Policies id={id} />
      </Permitted>
    </Section>
  );
}

interface Matched {
  readonly policyId: string;
  readonly name: string;
  readonly matchedAt: string;
  readonly alertId: string | null;
}

function Policies({ id }: { id: string }) {
  const t = useTexts('activities');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const isAllowed = may(useSession(), readPolicies);
  const { data, error, refetch } = useQuery({ ...policiesQuery(id), enabled: isAllowed });
  const columns: readonly Column<Matched>[] = [
    {
      id: 'policy',
      header: t('policy'),
      cell: ({ policyId, name }) => <RouterLink to={`/policies/${encodeURIComponent(policyId)}`}>{name}</RouterLink>,
      width: '50%',
    },
    { id: 'matched', header: t('matched'), cell: ({ matchedAt }) => dateTime(matchedAt) },
    {
      id: 'alert',
      header: t('alert'),
      cell: ({ alertId }) =>
        alertId === null ? (
          '–'
        ) : (
          <RouterLink to={`/alerts/${encodeURIComponent(alertId)}`}>{t('showAlert')}</RouterLink>
        ),
    },
  ];
  if (error) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  if (data.items.length === 0) return <Text>{t('noPolicies')}</Text>;
  return <DataTable label={t('policies')} columns={columns} rows={data.items} rowKey={({ policyId }) => policyId} />;
}
