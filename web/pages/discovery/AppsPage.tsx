import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { type ListState, useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { AppFilters } from './AppFilters.tsx';
import { appsKey, exportFound, listFound, riskLevels } from './app-calls.ts';
import { useAppColumns, useTagColumn } from './app-columns.tsx';
import { BlockScriptDialog } from './BlockScriptDialog.tsx';
import { DiscoveryTabs } from './DiscoveryTabs.tsx';
import { reportScope } from './entity-calls.ts';
import { ReportChooser } from './ReportChooser.tsx';
import { useTagging } from './use-tagging.tsx';

const foundKey = [...appsKey, 'found'];

/** Discover > Discovered apps: what a report found, to tag and to block. */
export function AppsPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const [isScripting, setScripting] = useState(false);
  const state = useListState({ sort: 'trafficTotalBytes', direction: 'desc', days: '30' });
  return (
    <Page
      title={common('nav.discovered-apps')}
      lead={t('apps.lead')}
      actions={
        <PermittedButton any={['Discovery.read']} icon={<ArrowDownloadRegular />} onClick={() => setScripting(true)}>
          {t('script.action')}
        </PermittedButton>
      }
    >
      <DiscoveryTabs state={state} />
      <Permitted any={['Discovery.read']}>
        <ReportChooser state={state} />
        <FoundTable key={`${state.filters.report} ${state.filters.days}`} state={state} />
      </Permitted>
      {isScripting && <BlockScriptDialog onClose={() => setScripting(false)} />}
    </Page>
  );
}

function FoundTable({ state }: { state: ListState }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { selection, button, dialog, tag } = useTagging(foundKey);
  return (
    <>
      {button}
      <ServerTable
        label={common('nav.discovered-apps')}
        queryKey={foundKey}
        load={(query, signal) => listFound(query, signal)}
        exportFile={(query, signal) => exportFound(query, signal)}
        scope={reportScope}
        state={state}
        columns={[...useAppColumns(), useTagColumn(tag)]}
        rowKey={({ appId }) => String(appId)}
        searchLabel={t('apps.search')}
        filters={<AppFilters state={state} levels={riskLevels} />}
        exportName="discovered-apps"
        selection={selection}
        empty={
          <EmptyState
            title={t('apps.empty')}
            detail={t('apps.emptyDetail')}
            action={<RouterLink to="/discovery/uploads">{common('nav.snapshots')}</RouterLink>}
          />
        }
      />
      {dialog}
    </>
  );
}
