import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { AppFilters } from './AppFilters.tsx';
import { appsKey, type CatalogApp, listCatalog } from './app-calls.ts';
import { useTagColumn } from './app-columns.tsx';
import { useCategoryText } from './categories.ts';
import { Score, Tags } from './Score.tsx';
import { useTagging } from './use-tagging.tsx';

const catalogKey = [...appsKey, 'catalog'];

/** Discover > Cloud app catalog: every app that is known, used or not. */
export function CatalogPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const state = useListState({ sort: 'name' });
  const { selection, button, dialog, tag } = useTagging(catalogKey);
  return (
    <Page title={common('nav.catalog')} lead={t('catalog.lead')}>
      <Permitted any={['Discovery.read']}>
        {button}
        <ServerTable
          label={common('nav.catalog')}
          queryKey={catalogKey}
          load={listCatalog}
          state={state}
          columns={[...useColumns(), useTagColumn(tag)]}
          rowKey={({ appId }) => String(appId)}
          searchLabel={t('catalog.search')}
          filters={<AppFilters state={state} levels={['high', 'medium', 'low']} />}
          exportName="cloud-app-catalog"
          selection={selection}
          empty={<EmptyState title={t('catalog.empty')} />}
        />
      </Permitted>
      {dialog}
    </Page>
  );
}

function useColumns(): readonly Column<CatalogApp>[] {
  const t = useTexts('discovery');
  const categoryText = useCategoryText();
  return [
    {
      id: 'name',
      header: t('apps.name'),
      sort: 'name',
      cell: ({ appId, name }) => <RouterLink to={`/discovery/apps/${appId}`}>{name}</RouterLink>,
      text: ({ name }) => name,
    },
    { id: 'vendor', header: t('app.vendor'), cell: ({ vendor }) => vendor ?? '–', text: ({ vendor }) => vendor },
    {
      id: 'category',
      header: t('apps.category'),
      sort: 'category',
      cell: ({ category }) => categoryText(category),
      text: ({ category }) => categoryText(category),
    },
    {
      id: 'score',
      header: t('apps.score'),
      sort: 'score',
      cell: ({ score }) => <Score score={score} />,
      text: ({ score }) => score,
    },
    {
      id: 'tags',
      header: t('tag.label'),
      cell: ({ tags }) => <Tags tags={tags} />,
      text: ({ tags }) => tags.join(' '),
    },
    {
      id: 'domains',
      header: t('app.domains'),
      cell: ({ domains }) => domains.slice(0, 3).join(', ') + (domains.length > 3 ? ' …' : ''),
      text: ({ domains }) => domains.join(' '),
      width: '20%',
    },
  ];
}
