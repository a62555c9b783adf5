import { Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ListState, useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { MissingPage, Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { appsKey, exportFound, listFound } from './app-calls.ts';
import { useAppColumns } from './app-columns.tsx';
import { shortName } from './EntityName.tsx';
import { type Entity, entityQueryOf, isHidden, reportScope } from './entity-calls.ts';
import type { EntityKind } from './entity-kinds.ts';
import { ReportChooser } from './ReportChooser.tsx';
import { ResolveDialog } from './ResolveDialog.tsx';

/** One user of a report: how much, and which apps. */
export function UserPage() {
  return <EntityPage kind="users" />;
}

/** One IP address of a report. */
export function AddressPage() {
  return <EntityPage kind="addresses" />;
}

/** One device of a report. */
export function MachinePage() {
  return <EntityPage kind="machines" />;
}

function EntityPage({ kind }: { kind: EntityKind }) {
  const t = useTexts('discovery');
  const [isResolving, setResolving] = useState(false);
  const state = useListState({ sort: 'trafficTotalBytes', direction: 'desc', days: '30' });
  const { name = '' } = state.filters;
  const isAnonymous = kind === 'users' && isHidden(name);
  const resolve = (
    <PermittedButton any={['Discovery.manage']} onClick={() => setResolving(true)}>
      {t('hidden.action')}
    </PermittedButton>
  );
  if (name === '') return <MissingPage />;
  return (
    <Page
      title={shortName(name)}
      lead={<RouterLink to={backPath(kind, state)}>{t(`${kind}.title`)}</RouterLink>}
      {...(isAnonymous ? { actions: resolve } : {})}
    >
      <Permitted any={['Discovery.read']}>
        <ReportChooser state={state} />
        <Facts kind={kind} name={name} state={state} />
        <Section title={t('entity.used')}>
          <UsedApps kind={kind} name={name} state={state} />
        </Section>
      </Permitted>
      {isResolving && <ResolveDialog name={name} onClose={() => setResolving(false)} />}
    </Page>
  );
}

function backPath(kind: EntityKind, { filters: { report, days } }: ListState): string {
  const search = new URLSearchParams({ ...(report ? { report } : {}), ...(days ? { days } : {}) });
  return `/discovery/${kind}?${search}`;
}

function Facts({ kind, name, state }: { kind: EntityKind; name: string; state: ListState }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { report, days } = state.filters;
  const entity = useQuery(entityQueryOf(kind, report, days, name));
  return (
    <Section title={t('entity.facts')}>
      {entity.error && <ProblemNotice error={entity.error} retry={() => void entity.refetch()} />}
      {entity.isPending && <Spinner label={common('state.loading')} />}
      {entity.data === null && <EmptyState title={t('entity.gone', { name: shortName(name) })} />}
      {entity.data && <Figures entity={entity.data} />}
      {kind !== 'machines' && !isHidden(name) && (
        <div>
          <RouterLink to={`/activities?${new URLSearchParams({ [kind === 'users' ? 'user' : 'ip']: name })}`}>
            {t('entity.activities')}
          </RouterLink>
        </div>
      )}
    </Section>
  );
}

function Figures({ entity }: { entity: Entity }) {
  const t = useTexts('discovery');
  const { bytes, dateTime, number } = useFormat();
  return (
    <Definitions
      items={[
        ...(isHidden(entity.name) ? [[t('hidden.name'), entity.name] as const] : []),
        [t('entity.apps'), number(entity.apps)],
        [t('apps.traffic'), bytes(entity.totalBytes)],
        [t('apps.uploads'), bytes(entity.uploadedBytes)],
        [t('entity.downloads'), bytes(entity.downloadedBytes)],
        [t('apps.transactions'), number(entity.transactions)],
        [t('app.blocked'), number(entity.blocked)],
        [t('app.firstSeen'), dateTime(entity.firstSeen)],
        [t('apps.lastSeen'), dateTime(entity.lastSeen)],
      ]}
    />
  );
}

function UsedApps({ kind, name, state }: { kind: EntityKind; name: string; state: ListState }) {
  const t = useTexts('discovery');
  const of = { kind, name };
  return (
    <ServerTable
      label={t('entity.used')}
      queryKey={[...appsKey, 'of', kind]}
      load={(query, signal) => listFound(query, signal, of)}
      exportFile={(query, signal) => exportFound(query, signal, of)}
      scope={reportScope}
      state={state}
      columns={useAppColumns()}
      rowKey={({ appId }) => String(appId)}
      searchLabel={t('apps.search')}
      exportName="apps-used"
      empty={<EmptyState title={t('apps.empty')} detail={t('apps.emptyDetail')} />}
    />
  );
}
