import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { filterFieldsQuery } from '../../components/filter-fields.ts';
import type { FilterChoices } from '../../components/filter-words.ts';
import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { addressOfFilters, filtersOfAddress } from './address.ts';
import {
  type Activity,
  activitiesKey,
  listActivities,
  orderOf,
  policyNamesQuery,
  readActivities,
  readPolicies,
} from './calls.ts';
import { LogFilters } from './LogFilters.tsx';
import { useActivityWords } from './words.ts';

const useStyles = makeStyles({
  quiet: { display: 'block', color: tokens.colorNeutralForeground2 },
});

/** The activity log. */
export function ActivitiesPage() {
  const t = useTexts('activities');
  const common = useTexts('common');
  return (
    <Page title={common('nav.activities')} lead={t('lead')}>
      <Permitted any={[readActivities]}>
        <Log />
      </Permitted>
    </Page>
  );
}

const newestFirst = { sort: 'date', direction: 'desc' };

function Log() {
  const t = useTexts('activities');
  const common = useTexts('common');
  const state = useListState(newestFirst);
  const table = useQuery(filterFieldsQuery('activities'));
  const choices = useChoices();
  const columns = useColumns();
  const [refused, setRefused] = useState<unknown>();
  const { filters, isRead } = filtersOfAddress(state.filters);
  return (
    <>
      {!isRead && <Notice intent="warning" title={t('unreadable')} detail={t('unreadableDetail')} />}
      {table.error && <ProblemNotice error={table.error} retry={() => void table.refetch()} />}
      {table.isPending && <Spinner label={common('state.loading')} />}
      {table.data && (
        <LogFilters
          fields={table.data.fields}
          choices={choices}
          applied={filters}
          order={orderOf(state)}
          error={refused}
          onApply={(changed) => state.change(addressOfFilters(changed))}
        />
      )}
      <ServerTable
        label={common('nav.activities')}
        queryKey={activitiesKey}
        load={async (query, signal) => {
          try {
            const page = await listActivities(query, signal);
            setRefused(undefined);
            return page;
          } catch (error) {
            if (!signal.aborted) setRefused(error);
            throw error;
          }
        }}
        state={state}
        columns={columns}
        rowKey={({ _id }) => _id}
        empty={
          <EmptyState
            title={t('empty')}
            detail={t('emptyDetail')}
            action={<RouterLink to="/help/api">{t('emptyStep')}</RouterLink>}
          />
        }
        exportName="activities"
      />
    </>
  );
}

/** Policies by name, for those who may read them; the filter takes ids, which nobody knows. */
function useChoices(): FilterChoices {
  const isAllowed = may(useSession(), readPolicies);
  const { data } = useQuery({ ...policyNamesQuery, enabled: isAllowed });
  return data ? { policy: data.items.map(({ id, name }) => [id, name] as const) } : {};
}

function useColumns(): readonly Column<Activity>[] {
  const styles = useStyles();
  const t = useTexts('activities');
  const { dateTime } = useFormat();
  const words = useActivityWords();
  const userOf = ({ user }: Activity) => user?.userName ?? '';
  const addressOf = ({ device }: Activity) => device?.clientIP ?? '';
  return [
    {
      id: 'activity',
      header: t('activity'),
      width: '24%',
      cell: (row) => (
        <RouterLink to={`/activities/${encodeURIComponent(row._id)}`}>{row.description ?? words.type(row)}</RouterLink>
      ),
      text: (row) => row.description ?? words.type(row),
    },
    { id: 'user', header: t('user'), width: '20%', cell: (row) => userOf(row) || '–', text: userOf },
    { id: 'app', header: t('app'), width: '14%', cell: ({ appName }) => appName, text: ({ appName }) => appName },
    {
      id: 'address',
      header: t('address'),
      width: '16%',
      cell: (row) => (
        <>
          {addressOf(row) || '–'}
          <Text size={200} className={styles.quiet}>
            {[words.category(row), words.country(row)].filter((part) => part !== '').join(' · ')}
          </Text>
        </>
      ),
      text: addressOf,
    },
    { id: 'location', header: t('location'), isExportOnly: true, cell: words.country, text: words.country },
    { id: 'device', header: t('device'), isExportOnly: true, cell: words.device, text: words.device },
    {
      id: 'date',
      header: t('date'),
      sort: 'date',
      cell: ({ timestamp }) => dateTime(timestamp),
      text: ({ timestamp }) => new Date(timestamp).toISOString(),
    },
    {
      id: 'received',
      header: t('received'),
      sort: 'created',
      cell: ({ created }) => dateTime(created),
      text: ({ created }) => new Date(created).toISOString(),
    },
  ];
}
