import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { categoriesQuery, type Overview, overviewQuery, topAppsQuery } from './app-calls.ts';
import { Bars, Tiles } from './Bars.tsx';
import { useCategoryText } from './categories.ts';
import { DiscoveryTabs } from './DiscoveryTabs.tsx';
import { EntityName } from './EntityName.tsx';
import { topEntitiesQuery } from './entity-calls.ts';
import { ReportChooser } from './ReportChooser.tsx';
import { Trends } from './Trends.tsx';

const useStyles = makeStyles({
  halves: { display: 'grid', gap: '24px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 360px), 1fr))' },
});

/** Discover > Cloud discovery dashboard: how much, how risky, which kinds and apps, and day by day. */
export function DashboardPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const state = useListState();
  const { report = 'global', days = '30' } = state.filters;
  return (
    <Page title={common('nav.discovery-dashboard')} lead={t('dashboard.lead')}>
      <DiscoveryTabs state={state} />
      <Permitted any={['Discovery.read']}>
        <ReportChooser state={state} />
        <Contents report={report} days={days} />
      </Permitted>
    </Page>
  );
}

interface Asked {
  readonly report: string;
  readonly days: string;
}

function Contents(asked: Asked) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const common = useTexts('common');
  const overview = useQuery(overviewQuery(asked.report, asked.days));
  if (overview.error) return <ProblemNotice error={overview.error} retry={() => void overview.refetch()} />;
  if (!overview.data) return <Spinner label={common('state.loading')} />;
  if (overview.data.totals.apps === 0) {
    return (
      <EmptyState
        title={t('apps.empty')}
        detail={t('apps.emptyDetail')}
        action={<RouterLink to="/discovery/uploads">{common('nav.snapshots')}</RouterLink>}
      />
    );
  }
  return (
    <>
      <Totals totals={overview.data.totals} />
      <Trends {...asked} />
      <div className={styles.halves}>
        <Risks asked={asked} risks={overview.data.risks} />
        <Categories {...asked} />
        <TopApps {...asked} />
        <TopEntities asked={asked} kind="users" />
        <TopEntities asked={asked} kind="addresses" />
      </div>
    </>
  );
}

function Totals({ totals }: { totals: Overview['totals'] }) {
  const t = useTexts('discovery');
  const { bytes, number } = useFormat();
  return (
    <Tiles
      items={[
        [t('dashboard.apps'), number(totals.apps)],
        [t('apps.users'), number(totals.users)],
        [t('dashboard.addresses'), number(totals.addresses)],
        [t('tabs.machines'), number(totals.machines)],
        [t('apps.traffic'), bytes(totals.totalBytes)],
        [t('apps.uploads'), bytes(totals.uploadedBytes)],
        [t('apps.transactions'), number(totals.transactions)],
      ]}
    />
  );
}

/** The list of apps of this report with one more filter. */
function appsPath({ report, days }: Asked, filter: string): string {
  return `/discovery/apps?days=${days}${report === 'global' ? '' : `&report=${report}`}&${filter}`;
}

function Risks({ asked, risks }: { asked: Asked; risks: Overview['risks'] }) {
  const t = useTexts('discovery');
  const { bytes, number } = useFormat();
  return (
    <Section title={t('dashboard.risks')}>
      <Bars
        items={risks.map(({ level, apps, totalBytes }) => ({
          key: level,
          name: <RouterLink to={appsPath(asked, `risk=${level}`)}>{t(`risk.${level}`)}</RouterLink>,
          text: t('dashboard.riskApps', { apps: number(apps), traffic: bytes(totalBytes) }),
          amount: apps,
        }))}
      />
    </Section>
  );
}

const shownCategories = 10;

function Categories(asked: Asked) {
  const t = useTexts('discovery');
  const { number } = useFormat();
  const categoryText = useCategoryText();
  const categories = useQuery(categoriesQuery(asked.report, asked.days));
  const most = (categories.data?.items ?? [])
    .toSorted((left, right) => right.total - left.total)
    .slice(0, shownCategories);
  return (
    <Section title={t('dashboard.categories')}>
      {categories.error && <ProblemNotice error={categories.error} retry={() => void categories.refetch()} />}
      <Bars
        items={most.map(({ id, total }) => ({
          key: id,
          name: <RouterLink to={appsPath(asked, `category=${id}`)}>{categoryText(id)}</RouterLink>,
          text: number(total),
          amount: total,
        }))}
      />
    </Section>
  );
}

function TopApps(asked: Asked) {
  const t = useTexts('discovery');
  const { bytes } = useFormat();
  const apps = useQuery(topAppsQuery(asked.report, asked.days));
  return (
    <Section title={t('dashboard.topApps')}>
      {apps.error && <ProblemNotice error={apps.error} retry={() => void apps.refetch()} />}
      <Bars
        items={(apps.data?.items ?? []).map(({ appId, name, totalBytes }) => ({
          key: String(appId),
          name: <RouterLink to={`/discovery/apps/${appId}`}>{name}</RouterLink>,
          text: bytes(totalBytes),
          amount: totalBytes,
        }))}
      />
    </Section>
  );
}

function TopEntities({ asked, kind }: { asked: Asked; kind: 'users' | 'addresses' }) {
  const t = useTexts('discovery');
  const { bytes } = useFormat();
  const { report, days } = asked;
  const top = useQuery(topEntitiesQuery(kind, report, days));
  return (
    <Section title={kind === 'users' ? t('dashboard.topUsers') : t('dashboard.topAddresses')}>
      {top.error && <ProblemNotice error={top.error} retry={() => void top.refetch()} />}
      <Bars
        items={(top.data?.items ?? []).map(({ name, totalBytes }) => ({
          key: name,
          name: <EntityName kind={kind} name={name} report={report === 'global' ? undefined : report} days={days} />,
          text: bytes(totalBytes),
          amount: totalBytes,
        }))}
      />
    </Section>
  );
}
