import { Badge } from '@fluentui/react-components';
import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { listPrincipals, type Principal, principalsKey } from './calls.ts';

/** Enterprise applications: what this organisation has let in, whoever publishes it. */
export function EnterprisePage() {
  const t = useTexts('apps');
  const common = useTexts('common');
  return (
    <Page title={common('nav.enterprise-applications')} lead={t('enterprise.lead')}>
      <Permitted any={['Applications.read']}>
        <List />
      </Permitted>
    </Page>
  );
}

function List() {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { date, dateTime } = useFormat();
  const state = useListState();
  const columns: readonly Column<Principal>[] = [
    {
      id: 'name',
      header: t('name'),
      sort: 'displayName',
      cell: ({ id, displayName }) => <RouterLink to={`/enterprise-applications/${id}`}>{displayName}</RouterLink>,
      text: ({ displayName }) => displayName,
    },
    {
      id: 'publisher',
      header: t('enterprise.publisher'),
      cell: ({ homeTenant }) => homeTenant?.displayName ?? '–',
      text: ({ homeTenant }) => homeTenant?.displayName ?? '',
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ isEnabled }) => (
        <Badge color={isEnabled ? 'success' : 'subtle'}>{t(isEnabled ? 'status.enabled' : 'status.disabled')}</Badge>
      ),
      text: ({ isEnabled }) => String(isEnabled),
    },
    {
      id: 'consented',
      header: t('enterprise.consented'),
      cell: ({ consentedAt, consentedBy }) => (consentedAt === null ? '–' : `${date(consentedAt)} · ${consentedBy}`),
      text: ({ consentedAt }) => consentedAt,
    },
    {
      id: 'lastToken',
      header: t('enterprise.lastToken'),
      cell: ({ lastTokenAt }) => (lastTokenAt === null ? t('enterprise.never') : dateTime(lastTokenAt)),
      text: ({ lastTokenAt }) => lastTokenAt,
    },
    {
      id: 'created',
      header: t('created'),
      sort: 'createdAt',
      cell: ({ createdAt }) => date(createdAt),
      text: ({ createdAt }) => createdAt,
    },
  ];
  return (
    <ServerTable
      label={common('nav.enterprise-applications')}
      queryKey={principalsKey}
      load={listPrincipals}
      state={state}
      columns={columns}
      rowKey={({ id }) => id}
      searchLabel={t('list.search')}
      empty={<EmptyState title={t('enterprise.empty')} detail={t('enterprise.emptyDetail')} />}
      exportName="enterprise-applications"
    />
  );
}
