import { may, useSession } from '../../api/session.ts';
import { appNames } from '../../components/app-names.ts';
import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { policiesKey } from './calls.ts';
import { listMatches, type Match } from './match-calls.ts';

/** The activities that a policy matched, page by page. */
export function MatchesSection({ policyId }: { policyId: string }) {
  const t = useTexts('policies');
  const filters = JSON.stringify({ policy: { eq: [policyId] } });
  return (
    <Section
      title={t('matches.title')}
      actions={<RouterLink to={`/activities?filters=${encodeURIComponent(filters)}`}>{t('matches.inLog')}</RouterLink>}
    >
      <Permitted any={['Policies.read']}>
        <Matches policyId={policyId} />
      </Permitted>
    </Section>
  );
}

function Matches({ policyId }: { policyId: string }) {
  const t = useTexts('policies');
  const state = useListState();
  const mayRead = may(useSession(), 'Activities.read');
  return (
    <ServerTable
      label={t('matches.title')}
      queryKey={[...policiesKey, 'one', policyId, 'matches']}
      load={(query, signal) => listMatches(policyId, mayRead, query, signal)}
      state={state}
      columns={useColumns(mayRead)}
      rowKey={({ activityId }) => activityId}
      exportName="policy-matches"
      refetchMs={60_000}
      empty={<EmptyState title={t('matches.empty')} detail={t('matches.emptyDetail')} />}
    />
  );
}

function useColumns(mayRead: boolean): Column<Match>[] {
  const t = useTexts('policies');
  const { dateTime } = useFormat();
  const appOf = ({ appId, activity }: Match) =>
    activity?.appName ?? appNames.find(([id]) => id === appId)?.[1] ?? String(appId);
  const whatOf = ({ activity, activityId }: Match) => activity?.description ?? activityId;
  return [
    {
      id: 'time',
      header: t('matches.time'),
      cell: ({ timestamp }) => dateTime(timestamp),
      text: ({ timestamp }) => timestamp,
      width: '170px',
    },
    {
      id: 'activity',
      header: t('matches.activity'),
      cell: (match) =>
        mayRead ? <RouterLink to={`/activities/${match.activityId}`}>{whatOf(match)}</RouterLink> : whatOf(match),
      text: whatOf,
      width: '32%',
    },
    {
      id: 'user',
      header: t('matches.user'),
      cell: ({ userName }) => userName || '–',
      text: ({ userName }) => userName,
    },
    { id: 'app', header: t('matches.app'), cell: appOf, text: appOf },
    {
      id: 'ip',
      header: t('matches.ip'),
      cell: ({ activity }) => activity?.device?.clientIP ?? '–',
      text: ({ activity }) => activity?.device?.clientIP ?? null,
    },
    {
      id: 'alert',
      header: t('matches.alert'),
      cell: ({ alert }) =>
        alert === null ? (
          t('matches.noAlert')
        ) : (
          <RouterLink to={`/alerts/${alert}`}>{t('matches.openAlert')}</RouterLink>
        ),
      text: ({ alert }) => alert,
    },
  ];
}
