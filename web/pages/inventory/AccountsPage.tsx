import { Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { call, managementPath } from '../../api/client.ts';
import { may, useSession } from '../../api/session.ts';
import { appNames } from '../../components/app-names.ts';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { FilterText } from '../../components/FilterText.tsx';
import { type ListState, useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { AccountName } from './AccountName.tsx';
import { type AccountRecord, accountsKey, listAccounts, readAccounts } from './calls.ts';
import { accountStatuses, affiliations } from './filters.ts';
import { appName, useAccountWords } from './words.ts';

/** Investigate > Users and accounts: who acted in the apps, or was named there. */
export function AccountsPage() {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const state = useListState({ sort: 'date', direction: 'desc' });
  const columns = useColumns();
  return (
    <Page title={common('nav.accounts')} lead={t('accounts.lead')}>
      <Permitted any={[readAccounts]}>
        <ServerTable
          label={common('nav.accounts')}
          queryKey={[...accountsKey, 'list']}
          load={listAccounts}
          state={state}
          columns={columns}
          rowKey={({ _id }) => _id}
          searchLabel={t('accounts.search')}
          filters={<Filters state={state} />}
          exportName="accounts"
          empty={
            <EmptyState
              title={t('accounts.empty')}
              detail={t('accounts.emptyDetail')}
              action={<RouterLink to="/which-access">{common('nav.which-access')}</RouterLink>}
            />
          }
        />
      </Permitted>
    </Page>
  );
}

/** Each is one of the API's. */
function Filters({ state }: { state: ListState }) {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const groups = useGroups();
  return (
    <>
      <FilterSelect
        label={t('account.kind')}
        name="type"
        options={[
          ['user', t('account.user')],
          ['account', t('account.account')],
        ]}
        state={state}
      />
      <FilterSelect
        label={t('account.affiliation')}
        name="affiliation"
        options={affiliations.map(([each]) => [each, t(`affiliation.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('account.admin')}
        name="admin"
        options={[
          ['true', t('yes')],
          ['false', t('no')],
        ]}
        state={state}
      />
      <FilterSelect
        label={t('app')}
        name="app"
        options={appNames.map(([id, name]) => [String(id), name])}
        state={state}
      />
      <FilterSelect
        label={common('list.status')}
        name="status"
        options={accountStatuses.map(([each]) => [each, t(`accountStatus.${each}`)])}
        state={state}
      />
      <FilterSelect label={t('account.group')} name="group" options={groups} state={state} />
      <FilterText label={t('account.domain')} name="domain" state={state} />
    </>
  );
}

/** Groups that the server knows by itself (cloud-apps reference 2.5). */
const externalUsers = '000000200000000000000000';
const applications = '0000003b0000000000000000';
const groupsMax = 100;

/** The built-in ones, and the tenant's own for those who may see them. */
function useGroups(): readonly (readonly [id: string, name: string])[] {
  const t = useTexts('inventory');
  const isAllowed = may(useSession(), 'Users.read', 'Groups.manage');
  const { data } = useQuery({
    queryKey: ['groups', 'names'],
    queryFn: ({ signal }) =>
      call<{ items: readonly { id: string; name: string }[] }>(managementPath('groups'), {
        query: { limit: groupsMax },
        signal,
      }),
    enabled: isAllowed,
    staleTime: 300_000,
  });
  return [
    [externalUsers, t('account.externalUsers')],
    [applications, t('account.applications')],
    ...(data?.items ?? []).map(({ id, name }) => [id, name] as const),
  ];
}

/** Administrators are few, so it is said of them alone. */
function KindCell({ account }: { account: AccountRecord }) {
  const t = useTexts('inventory');
  const words = useAccountWords();
  return (
    <>
      <div>{words.kind(account)}</div>
      {account.isAdmin && <Text size={200}>{t('account.admin')}</Text>}
    </>
  );
}

const appsShown = 2;

/** The first few; the account's page has all. */
function few(all: readonly string[]): string {
  const rest = all.length - appsShown;
  return [...all.slice(0, appsShown), ...(rest > 0 ? [`+${rest}`] : [])].join(', ');
}

function useColumns(): readonly Column<AccountRecord>[] {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const words = useAccountWords();
  const { dateTime } = useFormat();
  const apps = ({ appData, subApps }: AccountRecord) => [
    ...(appData === null ? [] : [appName(appData.appId, appData.name)]),
    ...subApps.map(({ appId, name }) => appName(appId, name)),
  ];
  const groups = ({ userGroups }: AccountRecord) => userGroups.map(({ name }) => name).join(', ');
  return [
    {
      id: 'name',
      header: t('account.name'),
      sort: 'username',
      cell: (account) => <AccountName account={account} />,
      text: ({ displayName }) => displayName,
      width: '22%',
    },
    { id: 'kind', header: t('account.kind'), cell: (account) => <KindCell account={account} />, text: words.kind },
    { id: 'affiliation', header: t('account.affiliation'), cell: words.affiliation, text: words.affiliation },
    {
      id: 'admin',
      header: t('account.admin'),
      cell: ({ isAdmin }) => words.yesNo(isAdmin),
      text: ({ isAdmin }) => words.yesNo(isAdmin),
      isExportOnly: true,
    },
    { id: 'status', header: common('list.status'), cell: words.status, text: words.status },
    {
      id: 'apps',
      header: t('account.apps'),
      cell: (account) => few(apps(account)) || '–',
      text: (account) => apps(account).join(', '),
      width: '14%',
    },
    {
      id: 'groups',
      header: t('account.groups'),
      cell: (account) => groups(account) || '–',
      text: groups,
    },
    {
      id: 'lastSeen',
      header: t('account.lastSeen'),
      sort: 'date',
      cell: ({ lastSeen }) => dateTime(lastSeen),
      text: ({ lastSeen }) => lastSeen,
    },
  ];
}
