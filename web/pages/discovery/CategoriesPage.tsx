import { type ListState, useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { appsKey } from './app-calls.ts';
import { useCategoryText } from './categories.ts';
import { DiscoveryTabs } from './DiscoveryTabs.tsx';
import { type Category, listCategories, reportScope } from './entity-calls.ts';
import { ReportChooser } from './ReportChooser.tsx';

/** Discover > Categories: which kinds of apps a report shows. */
export function CategoriesPage() {
  const t = useTexts('discovery');
  const state = useListState({ sort: 'totalBytes', direction: 'desc', days: '30' });
  return (
    <Page title={t('categories.title')} lead={t('categories.lead')}>
      <DiscoveryTabs state={state} />
      <Permitted any={['Discovery.read']}>
        <ReportChooser state={state} />
        <ServerTable
          label={t('categories.title')}
          queryKey={[...appsKey, 'categories-list']}
          load={listCategories}
          scope={reportScope}
          state={state}
          columns={useColumns(state)}
          rowKey={({ id }) => id}
          exportName="discovered-categories"
          empty={<EmptyState title={t('categories.empty')} detail={t('entity.emptyDetail')} />}
        />
      </Permitted>
    </Page>
  );
}

function useColumns({ filters: { report, days = '30' } }: ListState): readonly Column<Category>[] {
  const t = useTexts('discovery');
  const { bytes, number } = useFormat();
  const categoryText = useCategoryText();
  const appsOf = (id: string) => {
    const search = new URLSearchParams({ category: id, days, ...(report ? { report } : {}) });
    return `/discovery/apps?${search}`;
  };
  const amount = (id: 'totalBytes' | 'uploadedBytes', header: string): Column<Category> => ({
    ...{ id, header, sort: id },
    cell: (category) => bytes(category[id]),
    text: (category) => category[id],
  });
  const count = (id: 'total' | 'transactions' | 'blocked', header: string): Column<Category> => ({
    ...{ id, header, sort: id },
    cell: (category) => number(category[id]),
    text: (category) => category[id],
  });
  return [
    {
      ...{ id: 'category', header: t('apps.category'), width: '28%' },
      cell: ({ id }) => <RouterLink to={appsOf(id)}>{categoryText(id)}</RouterLink>,
      text: ({ id }) => categoryText(id),
    },
    count('total', t('entity.apps')),
    amount('totalBytes', t('apps.traffic')),
    amount('uploadedBytes', t('apps.uploads')),
    count('transactions', t('apps.transactions')),
    count('blocked', t('entity.blocked')),
  ];
}
