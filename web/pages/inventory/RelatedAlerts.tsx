import { Spinner, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { plainText } from '../alerts/calls.ts';
import { resolutionNames, severityNames } from '../alerts/filters.ts';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import { useWords } from '../incidents/words.ts';
import { readAlerts } from './calls.ts';
import { alertsQuery, type RelatedAlert } from './related-calls.ts';

interface RelatedAlertsProps {
  /** As the documented API takes them. */
  readonly filters: object;
  /** The queue with the same filter, where it has one. */
  readonly allLink?: string;
  readonly hint: string;
  readonly none: string;
}

/** The latest alerts about an account or a file, with the policies behind them. */
export function RelatedAlerts({ filters, allLink, hint, none }: RelatedAlertsProps) {
  const t = useTexts('inventory');
  return (
    <Section
      title={t('related.alerts')}
      {...(allLink === undefined ? {} : { actions: <RouterLink to={allLink}>{t('related.allAlerts')}</RouterLink> })}
    >
      <Permitted any={[readAlerts]}>
        <Latest filters={filters} hint={hint} none={none} />
      </Permitted>
    </Section>
  );
}

function Latest({ filters, hint, none }: Pick<RelatedAlertsProps, 'filters' | 'hint' | 'none'>) {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const columns = useColumns();
  const { number } = useFormat();
  const { data, error, refetch } = useQuery(alertsQuery(filters));
  if (error) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  if (data.data.length === 0) return <EmptyState title={none} />;
  return (
    <>
      <Text>{hint}</Text>
      <DataTable label={t('related.alerts')} columns={columns} rows={data.data} rowKey={({ _id }) => _id} />
      {data.total > data.data.length && (
        <Text>{t('related.more', { shown: number(data.data.length), total: number(data.total) })}</Text>
      )}
    </>
  );
}

function useColumns(): readonly Column<RelatedAlert>[] {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const words = useWords();
  const { dateTime } = useFormat();
  return [
    { id: 'time', header: t('related.time'), cell: ({ timestamp }) => dateTime(timestamp), width: '18%' },
    {
      id: 'title',
      header: t('related.alert'),
      cell: ({ _id, title }) => <RouterLink to={`/alerts/${_id}`}>{plainText(title) || _id}</RouterLink>,
      width: '30%',
    },
    {
      id: 'severity',
      header: t('related.severity'),
      cell: ({ severityValue }) => <SeverityLabel severity={severityNames[severityValue] ?? ''} />,
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ resolutionStatusValue }) => words.resolution(resolutionNames[resolutionStatusValue]),
    },
    {
      id: 'policy',
      header: t('related.policy'),
      cell: ({ policy }) =>
        policy === null ? (
          '–'
        ) : (
          <RouterLink to={`/policies/${encodeURIComponent(policy.id)}`}>{plainText(policy.label)}</RouterLink>
        ),
    },
  ];
}
