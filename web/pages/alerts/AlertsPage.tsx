import { makeStyles, tokens } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ListState, useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useBulk } from '../../components/use-bulk.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { ChosenBar, useChosen } from '../incidents/queue.tsx';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import { useWords } from '../incidents/words.ts';
import { AlertFilters } from './AlertFilters.tsx';
import { CloseDialog } from './CloseDialog.tsx';
import {
  type AlertRecord,
  alertsKey,
  listAlerts,
  manageAlerts,
  markAlert,
  markAlerts,
  plainText,
  readAlerts,
  reopenAlerts,
} from './calls.ts';
import { resolutionNames, severityNames } from './filters.ts';

const useStyles = makeStyles({
  unread: { fontWeight: tokens.fontWeightSemibold },
});

/** The queue of alerts of all services. */
export function AlertsPage() {
  const t = useTexts('security');
  const common = useTexts('common');
  return (
    <Page title={common('nav.alerts')} lead={t('alerts.lead')}>
      <Permitted any={[readAlerts]}>
        <Queue />
      </Permitted>
    </Page>
  );
}

function Queue() {
  const t = useTexts('security');
  const common = useTexts('common');
  const state: ListState = useListState({ sort: 'date', direction: 'desc' });
  const columns = useColumns();
  const { keys, forget, selection } = useChosen();
  return (
    <>
      <Actions keys={keys} onDone={forget} />
      <ServerTable
        label={common('nav.alerts')}
        queryKey={[...alertsKey, 'list']}
        load={listAlerts}
        state={state}
        columns={columns}
        rowKey={({ _id }) => _id}
        filters={<AlertFilters state={state} />}
        exportName="alerts"
        refetchMs={60_000}
        selection={selection}
        empty={<EmptyState title={t('alerts.empty')} detail={t('alerts.emptyDetail')} />}
      />
    </>
  );
}

/** What can be done with several alerts at once. */
function Actions({ keys, onDone }: { keys: ReadonlySet<string>; onDone(): void }) {
  const t = useTexts('security');
  const queries = useQueryClient();
  const bulk = useBulk();
  const [isClosing, setClosing] = useState(false);
  const [isPartial, setPartial] = useState(false);
  const done = async (isWhole: boolean) => {
    setPartial(!isWhole);
    await queries.invalidateQueries({ queryKey: alertsKey });
    onDone();
  };
  const reopen = useAct(async () => await done(await reopenAlerts([...keys])));
  const mark = useAct(async (isRead: boolean) => {
    const failures = await bulk.run([...keys], async (id) => await markAlert(id, isRead));
    await done(true);
    if (failures[0]) throw failures[0].error;
  });
  const error = reopen.error ?? mark.error;
  const isNone = keys.size === 0 || bulk.progress !== undefined || reopen.isBusy;
  return (
    <>
      <ChosenBar keys={keys} bulk={bulk}>
        <PermittedButton any={[manageAlerts]} disabled={isNone} onClick={() => setClosing(true)}>
          {t('close.action')}
        </PermittedButton>
        <PermittedButton any={[manageAlerts]} disabled={isNone} onClick={() => void reopen.run(undefined)}>
          {t('close.reopen')}
        </PermittedButton>
        <PermittedButton any={[markAlerts]} disabled={isNone} onClick={() => void mark.run(true)}>
          {t('alerts.markRead')}
        </PermittedButton>
        <PermittedButton any={[markAlerts]} disabled={isNone} onClick={() => void mark.run(false)}>
          {t('alerts.markUnread')}
        </PermittedButton>
      </ChosenBar>
      {isPartial && <Notice intent="info" title={t('close.partial')} />}
      {error !== undefined && <ProblemNotice error={error} />}
      {isClosing && <CloseDialog ids={[...keys]} onDone={done} onClose={() => setClosing(false)} />}
    </>
  );
}

function labels({ entities }: AlertRecord, type: string): string[] {
  return [...new Set(entities.filter((each) => each.type === type).map(({ label }) => plainText(label)))];
}

const labelsShown = 3;

/** The first few; the alert's page has all. */
function few(all: readonly string[]): string {
  const rest = all.length - labelsShown;
  return [...all.slice(0, labelsShown), ...(rest > 0 ? [`+${rest}`] : [])].join(', ') || '–';
}

function useColumns(): Column<AlertRecord>[] {
  const styles = useStyles();
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const { dateTime } = useFormat();
  const severityOf = ({ severityValue }: AlertRecord) => severityNames[severityValue] ?? '';
  const statusOf = ({ resolutionStatusValue }: AlertRecord) => words.resolution(resolutionNames[resolutionStatusValue]);
  return [
    {
      id: 'title',
      header: t('alert.title'),
      cell: (alert) => (
        <span className={alert.statusValue === 0 ? styles.unread : ''}>
          <RouterLink to={`/alerts/${alert._id}`}>{plainText(alert.title) || alert._id}</RouterLink>
          {alert.statusValue === 0 && ` (${t('alerts.unread')})`}
        </span>
      ),
      text: ({ title }) => plainText(title),
      width: '26%',
    },
    {
      id: 'severity',
      header: t('incident.severity'),
      sort: 'severity',
      cell: (alert) => <SeverityLabel severity={severityOf(alert)} />,
      text: (alert) => words.severity(severityOf(alert)),
      width: '118px',
    },
    { id: 'status', header: common('list.status'), cell: statusOf, text: statusOf },
    {
      id: 'policy',
      header: t('alert.policy'),
      cell: ({ policy }) => (policy === null ? '–' : plainText(policy.label)),
      text: ({ policy }) => (policy === null ? null : plainText(policy.label)),
    },
    {
      id: 'users',
      header: t('alert.users'),
      cell: (alert) => few(labels(alert, 'user')),
      text: (alert) => labels(alert, 'user').join(', '),
    },
    {
      id: 'apps',
      header: t('alert.apps'),
      cell: (alert) => few(labels(alert, 'service')),
      text: (alert) => labels(alert, 'service').join(', '),
    },
    {
      id: 'date',
      header: t('alert.date'),
      sort: 'date',
      cell: ({ timestamp }) => dateTime(timestamp),
      text: ({ timestamp }) => new Date(timestamp).toISOString(),
    },
  ];
}
