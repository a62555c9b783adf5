import { Badge, Button, Select } from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useListState } from '../../../components/list-state.ts';
import { PermittedButton } from '../../../components/PermittedButton.tsx';
import { RouterLink } from '../../../components/RouterLink.tsx';
import { ServerTable } from '../../../components/ServerTable.tsx';
import { Permitted } from '../../../components/states.tsx';
import { useFormat } from '../../../i18n/format.ts';
import { useTexts } from '../../../i18n/texts.ts';
import type { Column } from '../../../ui/DataTable.tsx';
import { EmptyState } from '../../../ui/Message.tsx';
import { Page } from '../../../ui/Page.tsx';
import { changeRules, listRules, type Rule, readRules } from '../api.ts';
import { StatusBadge } from './StatusBadge.tsx';
import { isPeriod, isSeverity, isStatus, statuses, statusText } from './words.ts';

/** The organisation's detection rules. */
export function RulesPage() {
  const t = useTexts('hunting');
  const navigate = useNavigate();
  const add = (
    <PermittedButton
      any={[changeRules]}
      appearance="primary"
      onClick={() => void navigate({ to: '/hunting/custom-detections/new' })}
    >
      {t('rules.create')}
    </PermittedButton>
  );
  return (
    <Page title={t('rules.listTitle')} lead={t('rules.listLead')} actions={add}>
      <Permitted any={[readRules]}>
        <RuleTable />
      </Permitted>
    </Page>
  );
}

function RuleTable() {
  const t = useTexts('hunting');
  const common = useTexts('common');
  const state = useListState();
  const columns = useColumns();
  const navigate = useNavigate();
  const { enabled = '', status = '' } = state.filters;
  return (
    <ServerTable
      label={t('rules.listTitle')}
      queryKey={['custom-detections', 'list']}
      load={({ filters, ...query }, signal) => listRules({ ...query, ...filters }, signal)}
      state={state}
      columns={columns}
      rowKey={({ id }) => id}
      searchLabel={t('rules.search')}
      filters={
        <>
          <Select
            aria-label={t('rules.state')}
            value={enabled}
            onChange={(_event, { value }) => state.change({ enabled: value })}
          >
            <option value="">{`${t('rules.state')}: ${common('list.all')}`}</option>
            <option value="true">{t('rules.on')}</option>
            <option value="false">{t('rules.off')}</option>
          </Select>
          <Select
            aria-label={t('rules.lastStatus')}
            value={status}
            onChange={(_event, { value }) => state.change({ status: value })}
          >
            <option value="">{`${t('rules.lastStatus')}: ${common('list.all')}`}</option>
            {statuses.map((each) => (
              <option key={each} value={each}>
                {t(statusText(each))}
              </option>
            ))}
          </Select>
        </>
      }
      empty={
        <EmptyState
          title={t('rules.none')}
          detail={t('rules.noneDetail')}
          action={<Button onClick={() => void navigate({ to: '/hunting' })}>{t('rules.toHunting')}</Button>}
        />
      }
      exportName="custom-detections"
    />
  );
}

function useColumns(): readonly Column<Rule>[] {
  const t = useTexts('hunting');
  const { dateTime } = useFormat();
  return useMemo(() => {
    const severity = ({ detectionAction: { alertTemplate } }: Rule) =>
      isSeverity(alertTemplate.severity) ? t(`rules.severities.${alertTemplate.severity}`) : alertTemplate.severity;
    const period = ({ schedule }: Rule) => (isPeriod(schedule.period) ? t(`rules.periods.${schedule.period}`) : '');
    const status = ({ lastRunDetails: { status: last } }: Rule) =>
      last !== null && isStatus(last) ? t(statusText(last)) : '';
    return [
      {
        id: 'name',
        header: t('rules.name'),
        sort: 'displayName',
        width: '26%',
        cell: ({ id, displayName }) => <RouterLink to={`/hunting/custom-detections/${id}`}>{displayName}</RouterLink>,
        text: ({ displayName }) => displayName,
      },
      {
        id: 'state',
        header: t('rules.state'),
        cell: ({ isEnabled }) => (
          <Badge appearance="tint" color={isEnabled ? 'success' : 'subtle'}>
            {isEnabled ? t('rules.on') : t('rules.off')}
          </Badge>
        ),
        text: ({ isEnabled }) => (isEnabled ? t('rules.on') : t('rules.off')),
      },
      { id: 'severity', header: t('rules.severity'), sort: 'severity', cell: severity, text: severity },
      { id: 'period', header: t('rules.frequency'), sort: 'period', cell: period, text: period },
      {
        id: 'lastRun',
        header: t('rules.lastRun'),
        sort: 'lastRun',
        cell: ({ lastRunDetails }) => dateTime(lastRunDetails.lastRunDateTime),
        text: ({ lastRunDetails }) => lastRunDetails.lastRunDateTime,
      },
      {
        id: 'status',
        header: t('rules.lastStatus'),
        cell: ({ lastRunDetails }) => <StatusBadge status={lastRunDetails.status} />,
        text: status,
      },
      {
        id: 'nextRun',
        header: t('rules.nextRun'),
        sort: 'nextRun',
        cell: ({ schedule }) => dateTime(schedule.nextRunDateTime),
        text: ({ schedule }) => schedule.nextRunDateTime,
      },
    ];
  }, [t, dateTime]);
}
