import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { may, useSession } from '../../api/session.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { AccountName } from './AccountName.tsx';
import { type AccountRecord, keyOf, readAccounts, treeQuery, userNameOf } from './calls.ts';
import { RelatedActivities } from './RelatedActivities.tsx';
import { RelatedAlerts } from './RelatedAlerts.tsx';
import { appName, useAccountWords } from './words.ts';

const useStyles = makeStyles({
  list: { margin: 0, padding: 0, listStyleType: 'none', display: 'flex', flexDirection: 'column', gap: '2px' },
  links: { display: 'flex', flexWrap: 'wrap', gap: '8px 16px' },
});

/** One user or account: who it is, where it has accounts, what it did, and what was raised about it. */
export function AccountPage() {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const isAllowed = may(useSession(), readAccounts);
  const { data, error, refetch } = useQuery({ ...treeQuery(id), enabled: isAllowed });
  const account = data?.find(({ _id }) => _id === id) ?? data?.[0];
  if (data && account) return <Shown account={account} tree={data} />;
  return (
    <Page title={t('account.one')}>
      <Permitted any={[readAccounts]}>
        {error ? (
          <>
            <ProblemNotice error={error} retry={() => void refetch()} />
            <RouterLink to="/accounts">{t('account.toList')}</RouterLink>
          </>
        ) : (
          <Spinner label={common('state.loading')} />
        )}
      </Permitted>
    </Page>
  );
}

interface ShownProps {
  readonly account: AccountRecord;
  /** The user and all accounts of it, this one among them. */
  readonly tree: readonly AccountRecord[];
}

function Shown({ account, tree }: ShownProps) {
  const styles = useStyles();
  const t = useTexts('inventory');
  const userName = userNameOf(tree);
  const name = encodeURIComponent(userName);
  // A user is known by any of its keys; an account by its own.
  const keys = account.type === 2 ? tree.map(keyOf) : [keyOf(account)];
  const { appData } = account;
  const lead = appData ? t('account.inApp', { app: appName(appData.appId, appData.name) }) : t('account.userLead');
  return (
    <Page title={account.displayName || userName} lead={lead}>
      <Summary account={account} userName={userName} />
      <div className={styles.links}>
        <RouterLink to={`/files?owner=${name}`}>{t('account.ownFiles')}</RouterLink>
        <RouterLink to={`/files?collaborator=${name}`}>{t('account.sharedFiles')}</RouterLink>
      </div>
      <Accounts tree={tree} />
      <RelatedAlerts
        filters={{ 'entity.entity': { eq: keys } }}
        allLink={`/alerts?user=${name}`}
        hint={t('related.accountAlerts')}
        none={t('related.noAlerts')}
      />
      <RelatedActivities filters={{ entity: { eq: keys } }} allLink={`/activities?user=${name}`} />
    </Page>
  );
}

function Summary({ account, userName }: { account: AccountRecord; userName: string }) {
  const styles = useStyles();
  const t = useTexts('inventory');
  const common = useTexts('common');
  const words = useAccountWords();
  const { dateTime, number } = useFormat();
  const { userGroups } = account;
  return (
    <Section title={t('summary')}>
      <Definitions
        items={[
          [t('account.userName'), userName],
          [t('account.email'), account.email ?? '–'],
          [t('account.kind'), words.kind(account)],
          [common('list.status'), words.status(account)],
          [t('account.affiliation'), words.affiliation(account)],
          [t('account.admin'), words.yesNo(account.isAdmin)],
          [t('account.domain'), account.domain ?? '–'],
          [
            t('account.groups'),
            userGroups.length === 0 ? (
              '–'
            ) : (
              <ul key="groups" className={styles.list}>
                {userGroups.map(({ id, name, usersCount }) => (
                  <li key={id}>
                    <RouterLink to={`/accounts?group=${id}`}>{name}</RouterLink>
                    {usersCount !== null && ` (${t('account.members', { count: number(usersCount) })})`}
                  </li>
                ))}
              </ul>
            ),
          ],
          [t('account.directoryId'), account.identifiers.join(', ') || '–'],
          [t('account.lastSeen'), dateTime(account.lastSeen)],
        ]}
      />
    </Section>
  );
}

/** Where this person has accounts, and in which apps each was active. */
function Accounts({ tree }: { tree: readonly AccountRecord[] }) {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const words = useAccountWords();
  const { dateTime } = useFormat();
  const accounts = tree.filter(({ type }) => type === 1);
  const columns: readonly Column<AccountRecord>[] = [
    { id: 'name', header: t('account.name'), cell: (account) => <AccountName account={account} /> },
    {
      id: 'app',
      header: t('app'),
      cell: ({ appData }) => (appData === null ? '–' : appName(appData.appId, appData.name)),
    },
    {
      id: 'activeIn',
      header: t('account.activeIn'),
      cell: ({ subApps }) => subApps.map(({ appId, name }) => appName(appId, name)).join(', ') || '–',
      width: '28%',
    },
    { id: 'status', header: common('list.status'), cell: words.status },
    { id: 'admin', header: t('account.admin'), cell: ({ isAdmin }) => words.yesNo(isAdmin) },
    { id: 'lastSeen', header: t('account.lastSeen'), cell: ({ lastSeen }) => dateTime(lastSeen) },
  ];
  return (
    <Section title={t('account.accounts')}>
      {accounts.length === 0 ? (
        <EmptyState title={t('account.noAccounts')} />
      ) : (
        <DataTable label={t('account.accounts')} columns={columns} rows={accounts} rowKey={({ _id }) => _id} />
      )}
    </Section>
  );
}
