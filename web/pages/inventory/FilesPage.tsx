import { appNames } from '../../components/app-names.ts';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { FilterText } from '../../components/FilterText.tsx';
import { type ListState, useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { filesKey, listFiles, readFiles } from './calls.ts';
import { useFileColumns } from './file-columns.tsx';
import { accessLevels, fileStates, fileTypes } from './filters.ts';

const spans = ['1', '7', '30', '180'] as const;

/** Investigate > Files: what records of the apps tell of their files. */
export function FilesPage() {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const state = useListState({ sort: 'dateModified', direction: 'desc' });
  const columns = useFileColumns();
  return (
    <Page title={common('nav.files')} lead={t('files.lead')}>
      <Permitted any={[readFiles]}>
        <ServerTable
          label={common('nav.files')}
          queryKey={[...filesKey, 'list']}
          load={listFiles}
          state={state}
          columns={columns}
          rowKey={({ _id }) => _id}
          searchLabel={t('files.search')}
          filters={<Filters state={state} />}
          exportName="files"
          empty={
            <EmptyState
              title={t('files.empty')}
              detail={t('files.emptyDetail')}
              action={<RouterLink to="/which-access">{common('nav.which-access')}</RouterLink>}
            />
          }
        />
      </Permitted>
    </Page>
  );
}

/** Each is one of the documented API's. */
function Filters({ state }: { state: ListState }) {
  const t = useTexts('inventory');
  const common = useTexts('common');
  return (
    <>
      <FilterSelect
        label={t('app')}
        name="app"
        options={appNames.map(([id, name]) => [String(id), name])}
        state={state}
      />
      <FilterSelect
        label={t('file.access')}
        name="access"
        options={accessLevels.map((each) => [each, t(`access.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('file.type')}
        name="type"
        options={fileTypes.map((each) => [each, t(`type.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={common('list.status')}
        name="state"
        unsetText={t('status.there')}
        options={fileStates.map((each) => [each, t(`files.states.${each}`)])}
        state={state}
      />
      <FilterSelect
        label={t('files.span')}
        name="days"
        options={spans.map((days) => [days, t('files.days', { days })])}
        state={state}
      />
      <FilterText label={t('file.owner')} name="owner" state={state} />
      <FilterText label={t('files.collaborator')} name="collaborator" state={state} />
      <FilterText label={t('files.domain')} name="domain" state={state} />
      <FilterText label={t('file.extension')} name="extension" state={state} />
      <FilterText label={t('file.label')} name="label" state={state} />
    </>
  );
}
