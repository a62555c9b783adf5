import { useSession } from '../../api/session.ts';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { type ListState, useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { BulkActions } from './BulkActions.tsx';
import { type IncidentSummary, incidentsKey, listIncidents, readIncidents } from './calls.ts';
import { AssigneeFilter } from './people.tsx';
import { SeverityFilter, SpanFilter, useChosen } from './queue.tsx';
import { SeverityLabel } from './SeverityLabel.tsx';
import { serviceNames, useWords } from './words.ts';

/** The queue of incidents. */
export function IncidentsPage() {
  const t = useTexts('security');
  const common = useTexts('common');
  return (
    <Page title={common('nav.incidents')} lead={t('queue.lead')}>
      <Permitted any={[readIncidents]}>
        <Queue />
      </Permitted>
    </Page>
  );
}

function Queue() {
  const t = useTexts('security');
  const common = useTexts('common');
  const { user } = useSession();
  const state = useListState({ sort: 'updatedAt', direction: 'desc' });
  const columns = useColumns();
  const { keys, forget, selection } = useChosen();
  return (
    <>
      <BulkActions keys={keys} onDone={forget} />
      <ServerTable
        label={common('nav.incidents')}
        queryKey={[...incidentsKey, 'list']}
        load={(query, signal) => listIncidents(user.userName, query, signal)}
        state={state}
        columns={columns}
        rowKey={({ incidentId }) => String(incidentId)}
        searchLabel={t('queue.search')}
        filters={<Filters state={state} />}
        exportName="incidents"
        refetchMs={60_000}
        selection={selection}
        empty={<EmptyState title={t('queue.empty')} detail={t('queue.emptyDetail')} />}
      />
    </>
  );
}

const statuses = ['Active', 'InProgress', 'Resolved', 'Redirected'] as const;
const severities = ['High', 'Medium', 'Low', 'Informational', 'UnSpecified'] as const;
const classifications = ['unknown', 'truePositive', 'informationalExpectedActivity', 'falsePositive'] as const;

function Filters({ state }: { state: ListState }) {
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  return (
    <>
      <FilterSelect
        label={common('list.status')}
        name="status"
        options={statuses.map((each) => [each, words.status(each)])}
        state={state}
      />
      <SeverityFilter severities={severities} state={state} />
      <FilterSelect
        label={t('incident.classification')}
        name="classification"
        options={classifications.map((each) => [each, words.classification(each)])}
        state={state}
      />
      <AssigneeFilter state={state} />
      <FilterSelect label={t('incident.source')} name="source" options={Object.entries(serviceNames)} state={state} />
      <SpanFilter state={state} />
    </>
  );
}

function useColumns(): Column<IncidentSummary>[] {
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const { dateTime } = useFormat();
  return [
    {
      id: 'name',
      header: t('incident.name'),
      sort: 'name',
      cell: ({ incidentId, name }) => <RouterLink to={`/incidents/${incidentId}`}>{name || incidentId}</RouterLink>,
      text: ({ name }) => name,
      width: '24%',
    },
    {
      id: 'id',
      header: t('incident.id'),
      cell: ({ incidentId }) => incidentId,
      text: ({ incidentId }) => incidentId,
      width: '80px',
    },
    {
      id: 'severity',
      header: t('incident.severity'),
      sort: 'severity',
      cell: ({ severity }) => <SeverityLabel severity={severity} />,
      text: ({ severity }) => words.severity(severity),
      width: '92px',
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ status }) => words.status(status),
      text: ({ status }) => words.status(status),
      width: '80px',
    },
    {
      id: 'alerts',
      header: t('incident.alerts'),
      sort: 'alertCount',
      cell: ({ alertCount }) => alertCount,
      text: ({ alertCount }) => alertCount,
      width: '60px',
    },
    {
      id: 'classification',
      header: t('incident.classification'),
      cell: ({ classification }) => words.classification(classification),
      text: ({ classification }) => words.classification(classification),
    },
    {
      id: 'assignedTo',
      header: t('incident.assignedTo'),
      cell: ({ assignedTo }) => assignedTo ?? '–',
      text: ({ assignedTo }) => assignedTo,
    },
    {
      id: 'updated',
      header: t('incident.updated'),
      sort: 'updatedAt',
      cell: ({ updatedAt }) => dateTime(updatedAt),
      text: ({ updatedAt }) => updatedAt,
    },
  ];
}
