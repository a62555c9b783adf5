import { makeStyles } from '@fluentui/react-components';
import { AddRegular, DeleteRegular, EditRegular } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { ReportDialog } from './ReportDialog.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import { dataSourcesQuery, deleteReport, groupsQuery, listReports, type Report, reportsKey } from './settings-calls.ts';

const useStyles = makeStyles({ actions: { display: 'flex', gap: '4px' } });
const manage = ['Discovery.manage'];

type Doing = { readonly verb: 'create' } | { readonly verb: 'edit' | 'delete'; readonly report: Report };

/** Settings > Cloud discovery > Reports: custom ones to make, and everything that can be looked at or deleted. */
export function ReportsPage() {
  const t = useTexts('discovery');
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>();
  const changed = () => queries.invalidateQueries({ queryKey: reportsKey });
  const close = () => setDoing(undefined);
  return (
    <Page
      title={t('settings.reports')}
      lead={t('reports.lead')}
      actions={
        <PermittedButton
          any={manage}
          appearance="primary"
          icon={<AddRegular />}
          onClick={() => setDoing({ verb: 'create' })}
        >
          {t('reports.create')}
        </PermittedButton>
      }
    >
      <SettingsTabs />
      <Permitted any={['Discovery.read']}>
        <ReportTable doing={setDoing} />
      </Permitted>
      {doing && doing.verb !== 'delete' && (
        <ReportDialog {...(doing.verb === 'edit' ? { report: doing.report } : {})} onDone={changed} onClose={close} />
      )}
      {doing?.verb === 'delete' && <Deletion report={doing.report} onDone={changed} onClose={close} />}
    </Page>
  );
}

function ReportTable({ doing }: { doing(what: Doing): void }) {
  const t = useTexts('discovery');
  const state = useListState({ sort: 'name' });
  return (
    <ServerTable
      label={t('settings.reports')}
      queryKey={[...reportsKey, 'list']}
      load={listReports}
      state={state}
      columns={useColumns(doing)}
      rowKey={({ id }) => id}
      searchLabel={t('reports.search')}
      filters={
        <FilterSelect
          label={t('reports.kind')}
          name="kind"
          options={(['custom', 'data-source', 'snapshot'] as const).map((each) => [each, t(`kinds.${each}`)])}
          state={state}
        />
      }
      exportName="discovery-reports"
      empty={<EmptyState title={t('reports.empty')} />}
    />
  );
}

function Deletion({ report, onDone, onClose }: { report: Report; onDone(): Promise<unknown>; onClose(): void }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { id, name, kind } = report;
  return (
    <ConfirmAct
      title={t('reports.deleteTitle')}
      lead={kind === 'custom' ? t('reports.deleteCustom', { name }) : t('reports.deleteSnapshot', { name })}
      confirmText={common('action.delete')}
      work={() => deleteReport(id)}
      onDone={() => {
        onClose();
        void onDone();
      }}
      onClose={onClose}
    />
  );
}

/** What a custom report shows, in names as far as they may be read. */
function useShownText(): (report: Report) => string {
  const t = useTexts('discovery');
  const sources = useQuery(dataSourcesQuery);
  const groups = useQuery({ ...groupsQuery, retry: false });
  const nameIn = (items: readonly { id: string; name: string }[] = [], id: string) =>
    items.find((each) => each.id === id)?.name ?? id;
  return ({ kind, filters }) => {
    if (kind !== 'custom') return '–';
    const parts = [
      ...(filters?.dataSources ?? []).map((id) => nameIn(sources.data?.items, id)),
      ...(filters?.groups ?? []).map((id) => nameIn(groups.data?.items, id)),
      ...(filters?.ipTags ?? []),
      ...(filters?.ipRanges ?? []),
    ];
    return parts.length === 0 ? t('reports.everything') : parts.join(', ');
  };
}

function useColumns(doing: (what: Doing) => void): readonly Column<Report>[] {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const shown = useShownText();
  const kindText = ({ kind }: Report) => t(`kinds.${kind}`);
  return [
    {
      ...{ id: 'name', header: t('reports.name'), sort: 'name', width: '22%' },
      cell: ({ id, name, kind }) => (
        <RouterLink to={kind === 'global' ? '/discovery' : `/discovery?report=${id}`}>
          {kind === 'global' ? t('kinds.global') : name}
        </RouterLink>
      ),
      text: ({ name }) => name,
    },
    { ...{ id: 'kind', header: t('reports.kind'), sort: 'kind' }, cell: kindText, text: kindText },
    { ...{ id: 'shows', header: t('reports.shows'), width: '24%' }, cell: shown, text: shown },
    {
      ...{ id: 'comment', header: t('reports.comment') },
      cell: ({ comment }) => comment || '–',
      text: ({ comment }) => comment,
    },
    {
      ...{ id: 'changedAt', header: t('reports.changed'), sort: 'changedAt' },
      cell: ({ changedAt }) => dateTime(changedAt),
      text: ({ changedAt }) => changedAt,
    },
    {
      ...{ id: 'actions', header: common('list.actions'), width: '110px' },
      cell: (report) => <Actions report={report} doing={doing} />,
    },
  ];
}

/** Custom reports are changed and deleted here, snapshots deleted; data sources have a page of their own. */
function Actions({ report, doing }: { report: Report; doing(what: Doing): void }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const { name, kind } = report;
  if (kind !== 'custom' && kind !== 'snapshot') return '–';
  return (
    <span className={styles.actions}>
      {kind === 'custom' && (
        <PermittedButton
          any={manage}
          appearance="subtle"
          icon={<EditRegular />}
          aria-label={t('custom.editFor', { name })}
          onClick={() => doing({ verb: 'edit', report })}
        />
      )}
      <PermittedButton
        any={manage}
        appearance="subtle"
        icon={<DeleteRegular />}
        aria-label={t('tags.deleteFor', { name })}
        onClick={() => doing({ verb: 'delete', report })}
      />
    </span>
  );
}
