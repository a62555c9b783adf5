import { Button } from '@fluentui/react-components';
import { PersonQuestionMarkRegular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ListState, useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { appQuery, appsKey } from './app-calls.ts';
import { DiscoveryTabs } from './DiscoveryTabs.tsx';
import { EntityName } from './EntityName.tsx';
import { type Entity, exportEntities, listEntities, reportScope } from './entity-calls.ts';
import type { EntityKind } from './entity-kinds.ts';
import { ReportChooser } from './ReportChooser.tsx';
import { ResolveDialog } from './ResolveDialog.tsx';

/** Discover > Users: who appears in the traffic of a report. */
export function UsersPage() {
  return <EntitiesPage kind="users" />;
}

/** Discover > IP addresses: from where the traffic of a report comes. */
export function AddressesPage() {
  return <EntitiesPage kind="addresses" />;
}

/** Discover > Devices: on which devices the traffic of a report comes to be. */
export function MachinesPage() {
  return <EntitiesPage kind="machines" />;
}

function EntitiesPage({ kind }: { kind: EntityKind }) {
  const t = useTexts('discovery');
  const [isResolving, setResolving] = useState(false);
  const state = useListState({ sort: 'trafficTotalBytes', direction: 'desc', days: '30' });
  const resolve = (
    <PermittedButton any={['Discovery.manage']} icon={<PersonQuestionMarkRegular />} onClick={() => setResolving(true)}>
      {t('hidden.action')}
    </PermittedButton>
  );
  return (
    <Page title={t(`${kind}.title`)} lead={t(`${kind}.lead`)} {...(kind === 'users' ? { actions: resolve } : {})}>
      <DiscoveryTabs state={state} />
      <Permitted any={['Discovery.read']}>
        <ReportChooser state={state} />
        {state.filters.app !== undefined && <OfApp id={state.filters.app} state={state} />}
        <EntityTable kind={kind} state={state} />
      </Permitted>
      {isResolving && <ResolveDialog onClose={() => setResolving(false)} />}
    </Page>
  );
}

/** Says of which app these are the users. */
function OfApp({ id, state }: { id: string; state: ListState }) {
  const t = useTexts('discovery');
  const app = useQuery(appQuery(id));
  return (
    <Notice
      intent="info"
      title={t('entity.ofApp', { app: app.data?.name ?? id })}
      action={
        <Button size="small" onClick={() => state.change({ app: '' })}>
          {t('entity.showAll')}
        </Button>
      }
    />
  );
}

function EntityTable({ kind, state }: { kind: EntityKind; state: ListState }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  return (
    <ServerTable
      label={t(`${kind}.title`)}
      queryKey={[...appsKey, kind]}
      load={listEntities(kind)}
      exportFile={exportEntities(kind)}
      scope={reportScope}
      state={state}
      columns={useColumns(kind, state)}
      rowKey={({ name }) => name}
      searchLabel={t(`${kind}.search`)}
      exportName={`discovered-${kind}`}
      empty={
        <EmptyState
          title={t(`${kind}.empty`)}
          detail={t('entity.emptyDetail')}
          action={<RouterLink to="/discovery/uploads">{common('nav.snapshots')}</RouterLink>}
        />
      }
    />
  );
}

function useColumns(kind: EntityKind, { filters }: ListState): readonly Column<Entity>[] {
  const t = useTexts('discovery');
  const { bytes, dateTime, number } = useFormat();
  const count = (id: string, header: string, sort: string, of: (entity: Entity) => number): Column<Entity> => ({
    ...{ id, header, sort, width: id === 'apps' ? '8%' : '11%' },
    cell: (entity) => number(of(entity)),
    text: of,
  });
  const size = (id: string, header: string, sort: string, of: (entity: Entity) => number): Column<Entity> => ({
    ...count(id, header, sort, of),
    cell: (entity) => bytes(of(entity)),
  });
  return [
    {
      id: 'name',
      header: t(`${kind}.name`),
      sort: 'name',
      cell: ({ name }) => <EntityName kind={kind} name={name} report={filters.report} days={filters.days} />,
      text: ({ name }) => name,
      width: '30%',
    },
    count('apps', t('entity.apps'), 'appsCount', ({ apps }) => apps),
    size('traffic', t('apps.traffic'), 'trafficTotalBytes', ({ totalBytes }) => totalBytes),
    size('uploads', t('apps.uploads'), 'trafficUploadedBytes', ({ uploadedBytes }) => uploadedBytes),
    count('transactions', t('apps.transactions'), 'trafficTotalEvents', ({ transactions }) => transactions),
    count('blocked', t('entity.blocked'), 'blockedEvents', ({ blocked }) => blocked),
    {
      id: 'lastSeen',
      header: t('apps.lastSeen'),
      sort: 'lastUsed',
      cell: ({ lastSeen }) => dateTime(lastSeen),
      text: ({ lastSeen }) => lastSeen,
      width: '14%',
    },
  ];
}
