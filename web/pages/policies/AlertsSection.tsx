import { Spinner, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Section } from '../../ui/Page.tsx';
import { type AlertRecord, alertsKey, listAlerts, plainText, readAlerts } from '../alerts/calls.ts';
import { resolutionNames, severityNames } from '../alerts/filters.ts';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import { useWords } from '../incidents/words.ts';

/** So many are shown here; the queue has all of them. */
const alertsShown = 5;

/** The latest alerts of a policy. */
export function AlertsSection({ policyId }: { policyId: string }) {
  const t = useTexts('policies');
  return (
    <Section
      title={t('alerts.title')}
      actions={<RouterLink to={`/alerts?policy=${policyId}`}>{t('alerts.all')}</RouterLink>}
    >
      <Permitted any={[readAlerts]}>
        <Latest policyId={policyId} />
      </Permitted>
    </Section>
  );
}

function Latest({ policyId }: { policyId: string }) {
  const t = useTexts('policies');
  const common = useTexts('common');
  const { number } = useFormat();
  const page = { limit: alertsShown, skip: 0, sort: undefined, direction: undefined, search: undefined };
  const latest = useQuery({
    queryKey: [...alertsKey, 'of-policy', policyId],
    queryFn: ({ signal }) => listAlerts({ ...page, filters: { policy: policyId } }, signal),
    refetchInterval: 60_000,
  });
  const open = useQuery({
    queryKey: [...alertsKey, 'of-policy', policyId, 'open'],
    queryFn: ({ signal }) => listAlerts({ ...page, limit: 1, filters: { policy: policyId, status: 'open' } }, signal),
    refetchInterval: 60_000,
  });
  const columns = useColumns();
  if (latest.error) return <ProblemNotice error={latest.error} retry={() => void latest.refetch()} />;
  if (!latest.data) return <Spinner label={common('state.loading')} />;
  if (latest.data.items.length === 0) return <Text>{t('alerts.none')}</Text>;
  const more = open.data?.moreThanTotal === true ? '+' : '';
  return (
    <>
      {open.data && <Text>{t('alerts.open', { count: `${number(open.data.total)}${more}` })}</Text>}
      <DataTable label={t('alerts.title')} columns={columns} rows={latest.data.items} rowKey={({ _id }) => _id} />
    </>
  );
}

function useColumns(): Column<AlertRecord>[] {
  const t = useTexts('policies');
  const common = useTexts('common');
  const words = useWords();
  const { dateTime } = useFormat();
  const usersOf = ({ entities }: AlertRecord) =>
    [...new Set(entities.filter(({ type }) => type === 'user').map(({ label }) => plainText(label)))].join(', ');
  return [
    { id: 'date', header: t('matches.time'), cell: ({ timestamp }) => dateTime(timestamp), width: '180px' },
    {
      id: 'title',
      header: t('matches.alert'),
      cell: ({ _id, title }) => <RouterLink to={`/alerts/${_id}`}>{plainText(title) || _id}</RouterLink>,
      width: '32%',
    },
    { id: 'user', header: t('matches.user'), cell: (alert) => usersOf(alert) || '–' },
    {
      id: 'severity',
      header: t('list.severity'),
      cell: ({ severityValue }) => <SeverityLabel severity={severityNames[severityValue] ?? ''} />,
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ resolutionStatusValue }) => words.resolution(resolutionNames[resolutionStatusValue]),
    },
  ];
}
