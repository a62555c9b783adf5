import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { type ListQuery, useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { type RowAction, RowMenu } from '../../components/RowMenu.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import { useWords } from '../incidents/words.ts';
import { CreateButton } from './CreateButton.tsx';
import { type ListedPolicy, listPolicies, manageOf, policiesKey, readPolicies, switchPolicy } from './calls.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { EnabledBadge } from './EnabledBadge.tsx';
import { PolicyTabs } from './PolicyTabs.tsx';
import { risks, severities, types, useRiskText } from './words.ts';

const useStyles = makeStyles({
  name: { fontWeight: 600 },
  two: { display: 'flex', flexDirection: 'column', minWidth: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  // For screen readers: a number says nothing of where its link leads.
  unseen: {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  },
});

/** All policies, whatever their type. */
export function PoliciesPage() {
  const t = useTexts('policies');
  const common = useTexts('common');
  return (
    <Page title={common('nav.policies')} lead={t('list.lead')} actions={<CreateButton />}>
      <PolicyTabs />
      <Permitted any={readPolicies}>
        <PolicyTable />
      </Permitted>
    </Page>
  );
}

function PolicyTable() {
  const t = useTexts('policies');
  const common = useTexts('common');
  const queries = useQueryClient();
  const state = useListState({ sort: 'name', direction: 'asc' });
  const [deleting, setDeleting] = useState<ListedPolicy>();
  const [done, setDone] = useState<string>();
  const act = useAct(async ({ id, name, isEnabled }: ListedPolicy) => {
    await switchPolicy(id, !isEnabled);
    setDone(t(isEnabled ? 'act.disabled' : 'act.enabled', { name }));
    await queries.invalidateQueries({ queryKey: policiesKey });
  });
  const columns = useColumns((policy) => void act.run(policy), setDeleting);
  return (
    <>
      {act.error !== undefined && <ProblemNotice error={act.error} />}
      {done !== undefined && act.error === undefined && <Notice intent="success" title={done} />}
      <ServerTable
        label={common('nav.policies')}
        queryKey={[...policiesKey, 'list']}
        load={(query, signal) => listPolicies(withKnownStatus(query), signal)}
        state={state}
        columns={columns}
        rowKey={({ id }) => id}
        searchLabel={t('list.search')}
        filters={<Filters state={state} />}
        exportName="policies"
        empty={<EmptyState title={t('list.empty')} detail={t('list.emptyDetail')} action={<CreateButton />} />}
      />
      {deleting && (
        <DeleteDialog
          policy={deleting}
          onDone={() => {
            setDone(`${t('change.deleted')}: ${deleting.name}`);
            setDeleting(undefined);
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </>
  );
}

/** Any other status that the address names filters nothing, as the box for it shows. */
function withKnownStatus(query: ListQuery): ListQuery {
  const { status, ...others } = query.filters;
  return status === 'enabled' || status === 'disabled' ? query : { ...query, filters: others };
}

function Filters({ state }: { state: ReturnType<typeof useListState> }) {
  const t = useTexts('policies');
  const common = useTexts('common');
  const words = useWords();
  return (
    <>
      <FilterSelect
        label={t('list.type')}
        name="type"
        options={types.map((each) => [each, t(`type.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('list.severity')}
        name="severity"
        options={severities.map((each) => [each, words.severity(each)])}
        state={state}
      />
      <FilterSelect
        label={t('list.category')}
        name="category"
        options={risks.map(([number, key]) => [String(number), t(key)])}
        state={state}
      />
      <FilterSelect
        label={common('list.status')}
        name="status"
        options={[
          ['enabled', t('status.enabled')],
          ['disabled', t('status.disabled')],
        ]}
        state={state}
      />
    </>
  );
}

function useColumns(
  toggle: (policy: ListedPolicy) => void,
  askDelete: (policy: ListedPolicy) => void,
): Column<ListedPolicy>[] {
  const styles = useStyles();
  const t = useTexts('policies');
  const common = useTexts('common');
  const words = useWords();
  const riskText = useRiskText();
  const { dateTime, number } = useFormat();
  const rowActions = useRowActions(toggle, askDelete);
  return [
    {
      id: 'name',
      header: t('list.name'),
      sort: 'name',
      cell: ({ id, name }) => (
        <span className={styles.name}>
          <RouterLink to={`/policies/${id}`}>{name}</RouterLink>
        </span>
      ),
      text: ({ name }) => name,
      width: '21%',
    },
    {
      id: 'type',
      header: `${t('list.type')} / ${t('list.category')}`,
      sort: 'type',
      cell: ({ type, riskCategory }) => <Two first={t(`type.${type}`)} second={riskText(riskCategory)} />,
      text: ({ type, riskCategory }) => `${t(`type.${type}`)} / ${riskText(riskCategory)}`,
    },
    {
      id: 'severity',
      header: t('list.severity'),
      sort: 'severity',
      cell: ({ severity }) => <SeverityLabel severity={severity} />,
      text: ({ severity }) => words.severity(severity),
      width: '104px',
    },
    {
      id: 'openAlerts',
      header: t('list.openAlerts'),
      cell: (policy) => <OpenAlerts policy={policy} />,
      text: ({ openAlerts }) => openAlerts,
      width: '78px',
    },
    {
      id: 'matchesToday',
      header: t('list.matchesToday'),
      cell: ({ today }) => number(today?.matches),
      text: ({ today }) => today?.matches ?? null,
      width: '78px',
    },
    {
      id: 'status',
      header: common('list.status'),
      sort: 'isEnabled',
      cell: ({ isEnabled }) => <EnabledBadge isEnabled={isEnabled} />,
      text: ({ isEnabled }) => t(isEnabled ? 'status.enabled' : 'status.disabled'),
      width: '92px',
    },
    {
      id: 'changed',
      header: t('list.changed'),
      sort: 'changedAt',
      cell: ({ changedAt, changedBy }) =>
        changedAt === null ? t('list.never') : <Two first={dateTime(changedAt)} second={changedBy} />,
      text: ({ changedAt, changedBy }) => (changedAt === null ? null : `${changedAt} ${changedBy}`),
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (policy) => <RowMenu name={policy.name} actions={rowActions(policy)} />,
      width: '68px',
    },
  ];
}

function useRowActions(
  toggle: (policy: ListedPolicy) => void,
  askDelete: (policy: ListedPolicy) => void,
): (policy: ListedPolicy) => readonly RowAction[] {
  const t = useTexts('policies');
  const common = useTexts('common');
  const navigate = useNavigate();
  return (policy) => {
    const { id, type, isEnabled } = policy;
    const needs = manageOf(type);
    const change: RowAction[] = [
      { text: t(isEnabled ? 'act.disable' : 'act.enable'), needs, act: () => toggle(policy) },
      { text: common('action.edit'), needs, act: () => void navigate({ to: `/policies/${id}/edit` }) },
    ];
    if (type === 'ANOMALY_DETECTION') return change;
    return [
      ...change,
      {
        text: t('act.duplicate'),
        needs,
        // The router's types know only searches that were declared.
        act: () => void navigate({ to: '/policies/new', search: { copy: id } } as never),
      },
      { text: common('action.delete'), needs, act: () => askDelete(policy) },
    ];
  };
}

/** A line, and what is said of it below. */
function Two({ first, second }: { first: string; second: string }) {
  const styles = useStyles();
  return (
    <div className={styles.two}>
      <span>{first}</span>
      <Text size={200} className={styles.quiet}>
        {second}
      </Text>
    </div>
  );
}

function OpenAlerts({ policy: { id, name, openAlerts } }: { policy: ListedPolicy }) {
  const styles = useStyles();
  const t = useTexts('policies');
  const { number } = useFormat();
  if (openAlerts === null || openAlerts === 0) return number(openAlerts);
  return (
    <RouterLink to={`/alerts?policy=${id}&status=open`}>
      {number(openAlerts)}
      <span className={styles.unseen}>{` – ${t('list.showAlerts', { name })}`}</span>
    </RouterLink>
  );
}
