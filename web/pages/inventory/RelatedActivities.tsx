import { Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { readActivities } from './calls.ts';
import { useCountryName } from './countries.ts';
import { activitiesQuery, type RelatedActivity } from './related-calls.ts';

interface RelatedActivitiesProps {
  /** As the documented API takes them. */
  readonly filters: object;
  /** The page of activities with the same filter. */
  readonly allLink: string;
}

/** The latest activities of an account or with a file. */
export function RelatedActivities({ filters, allLink }: RelatedActivitiesProps) {
  const t = useTexts('inventory');
  return (
    <Section
      title={t('related.activities')}
      actions={<RouterLink to={allLink}>{t('related.allActivities')}</RouterLink>}
    >
      <Permitted any={[readActivities]}>
        <Latest filters={filters} />
      </Permitted>
    </Section>
  );
}

function Latest({ filters }: { filters: object }) {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const columns = useColumns();
  const { data, error, refetch } = useQuery(activitiesQuery(filters));
  if (error) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  if (data.data.length === 0) return <EmptyState title={t('related.noActivities')} />;
  return <DataTable label={t('related.activities')} columns={columns} rows={data.data} rowKey={({ _id }) => _id} />;
}

function useColumns(): readonly Column<RelatedActivity>[] {
  const t = useTexts('inventory');
  const { dateTime } = useFormat();
  const countryName = useCountryName();
  return [
    { id: 'time', header: t('related.time'), cell: ({ timestamp }) => dateTime(timestamp), width: '17%' },
    {
      id: 'activity',
      header: t('related.activity'),
      cell: ({ _id, description }) => (
        <RouterLink to={`/activities/${encodeURIComponent(_id)}`}>{description || _id}</RouterLink>
      ),
      width: '24%',
    },
    { id: 'user', header: t('account.userName'), cell: ({ user }) => user?.userName || '–', width: '21%' },
    { id: 'app', header: t('app'), cell: ({ appName }) => appName || '–' },
    { id: 'ip', header: t('related.ip'), cell: ({ device }) => device?.clientIP || '–' },
    { id: 'country', header: t('range.country'), cell: ({ device }) => countryName(device?.countryCode ?? '') || '–' },
  ];
}
