import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { useCategoryText } from '../discovery/categories.ts';
import { type FoundApp, listFoundApps, policiesKey } from './calls.ts';

/** The apps that an app discovery policy told of, page by page. */
export function FoundAppsSection({ policyId }: { policyId: string }) {
  const t = useTexts('policies');
  const state = useListState();
  return (
    <Section title={t('apps.title')}>
      <ServerTable
        label={t('apps.title')}
        queryKey={[...policiesKey, 'one', policyId, 'apps']}
        load={(query, signal) => listFoundApps(policyId, query, signal)}
        state={state}
        columns={useColumns()}
        rowKey={({ appId, reportId }) => `${appId} ${reportId}`}
        exportName="policy-apps"
        empty={<EmptyState title={t('apps.empty')} detail={t('apps.emptyDetail')} />}
      />
    </Section>
  );
}

function useColumns(): Column<FoundApp>[] {
  const t = useTexts('policies');
  const categoryText = useCategoryText();
  const { dateTime, number } = useFormat();
  return [
    {
      id: 'app',
      header: t('apps.app'),
      cell: ({ appId, name }) => <RouterLink to={`/discovery/apps/${appId}`}>{name}</RouterLink>,
      text: ({ name }) => name,
      width: '26%',
    },
    {
      id: 'category',
      header: t('list.category'),
      cell: ({ category }) => categoryText(category),
      text: ({ category }) => categoryText(category),
    },
    { id: 'score', header: t('apps.score'), cell: ({ score }) => number(score), text: ({ score }) => score },
    {
      id: 'report',
      header: t('apps.report'),
      cell: ({ reportName, reportId }) => reportName ?? reportId,
      text: ({ reportName, reportId }) => reportName ?? reportId,
    },
    { id: 'time', header: t('matches.time'), cell: ({ at }) => dateTime(at), text: ({ at }) => at },
    {
      id: 'alert',
      header: t('matches.alert'),
      cell: ({ alertId }) => (
        <RouterLink to={`/alerts/${encodeURIComponent(alertId)}`}>{t('matches.openAlert')}</RouterLink>
      ),
      text: ({ alertId }) => alertId,
    },
  ];
}
