import { Badge } from '@fluentui/react-components';
import type { GovernanceLog } from '../../../src/apis/management/governance-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { type ListQuery, type ListState, useListState } from '../../components/list-state.ts';
import { type Page as ListPage, ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { periods } from './app-calls.ts';

type Entry = Type.Static<typeof GovernanceLog>['items'][number];

const dayMs = 86_400_000;

function listGovernance({ filters, search: _, ...page }: ListQuery, signal: AbortSignal): Promise<ListPage<Entry>> {
  const { type, status, days } = filters;
  // To the minute, so that what is asked a moment later is the same question.
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const from = days === undefined ? undefined : new Date(now - Number(days) * dayMs).toISOString();
  return call(managementPath('governance'), { query: { ...page, type, status, from }, signal });
}

const colors = { succeeded: 'success', failed: 'danger', pending: 'informative' } as const;

/** Discover > Governance log: what was done by itself or on somebody's behalf. */
export function GovernancePage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const state = useListState({ sort: 'at', direction: 'desc' });
  return (
    <Page title={common('nav.governance-log')} lead={t('governance.lead')}>
      <Permitted any={['Governance.read']}>
        <ServerTable
          label={common('nav.governance-log')}
          queryKey={['governance']}
          load={listGovernance}
          state={state}
          columns={useColumns()}
          rowKey={({ id }) => id}
          filters={<Filters state={state} />}
          exportName="governance"
          empty={<EmptyState title={t('governance.empty')} detail={t('governance.emptyDetail')} />}
          refetchMs={15_000}
        />
      </Permitted>
    </Page>
  );
}

/** The actions that there are, in the order of their words. */
function Filters({ state }: { state: ListState }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const types = known.map((each) => [each, t(`task.${each}`)] as const);
  return (
    <>
      <FilterSelect
        label={t('governance.type')}
        name="type"
        options={types.toSorted(([, left], [, right]) => left.localeCompare(right))}
        state={state}
      />
      <FilterSelect
        label={common('list.status')}
        name="status"
        options={(['succeeded', 'failed', 'pending'] as const).map((each) => [each, t(`governance.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('period')}
        name="days"
        options={periods.map((days) => [String(days), t('days', { days })])}
        state={state}
      />
    </>
  );
}

const known = [
  'DiscoveryParseLogTask',
  'DiscoveryCreateSnapshotStreamTask',
  'DiscoveryAggregationsTask',
  'DiscoveryResolveUserTask',
  'DiscoveryCalculateTask',
  'DiscoveryEntitiesExport',
  'DiscoveryDeletionTask',
  'EvaluatePolicyTask',
  'BackfillPolicyTask',
  'EnablePolicyTask',
  'DisablePolicyTask',
] as const;

function useColumns(): readonly Column<Entry>[] {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const typeText = ({ type }: Entry) => {
    const found = known.find((each) => each === type);
    return found ? t(`task.${found}`) : type;
  };
  return [
    {
      id: 'at',
      header: t('governance.at'),
      sort: 'at',
      cell: ({ at }) => dateTime(at),
      text: ({ at }) => at,
      width: '18%',
    },
    { id: 'type', header: t('governance.type'), sort: 'type', cell: typeText, text: typeText },
    { id: 'target', header: t('governance.target'), cell: ({ target }) => target, text: ({ target }) => target },
    {
      id: 'status',
      header: common('list.status'),
      sort: 'status',
      cell: ({ status }) => (
        <Badge appearance="tint" color={colors[status]}>
          {t(`governance.${status}`)}
        </Badge>
      ),
      text: ({ status }) => t(`governance.${status}`),
      width: '12%',
    },
    {
      id: 'message',
      header: t('governance.message'),
      cell: ({ message }) => message,
      text: ({ message }) => message,
      width: '34%',
    },
  ];
}
