import { makeStyles } from '@fluentui/react-components';
import { AddRegular, DeleteRegular, EditRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { appsKey } from './app-calls.ts';
import { CustomAppDialog } from './CustomAppDialog.tsx';
import { useCategoryText } from './categories.ts';
import { Score } from './Score.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import { type CustomApp, deleteCustomApp, listCustomApps } from './settings-calls.ts';

const useStyles = makeStyles({ actions: { display: 'flex', gap: '4px' } });
const manage = ['Discovery.manage'];

type Doing = { readonly verb: 'add' } | { readonly verb: 'edit' | 'delete'; readonly app: CustomApp };

/** Settings > Cloud discovery > Custom apps: what no catalogue knows. */
export function CustomAppsPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>();
  const state = useListState({ sort: 'name' });
  const changed = () => queries.invalidateQueries({ queryKey: appsKey });
  const close = () => setDoing(undefined);
  const add = (
    <PermittedButton any={manage} appearance="primary" icon={<AddRegular />} onClick={() => setDoing({ verb: 'add' })}>
      {t('custom.add')}
    </PermittedButton>
  );
  return (
    <Page title={t('settings.customApps')} lead={t('custom.lead')} actions={add}>
      <SettingsTabs />
      <Permitted any={['Discovery.read']}>
        <ServerTable
          label={t('settings.customApps')}
          queryKey={[...appsKey, 'custom-apps']}
          load={listCustomApps}
          state={state}
          columns={useColumns(setDoing)}
          rowKey={({ appId }) => String(appId)}
          searchLabel={t('custom.search')}
          exportName="custom-apps"
          empty={<EmptyState title={t('custom.empty')} detail={t('custom.emptyDetail')} action={add} />}
        />
      </Permitted>
      {doing && doing.verb !== 'delete' && (
        <CustomAppDialog {...(doing.verb === 'edit' ? { app: doing.app } : {})} onDone={changed} onClose={close} />
      )}
      {doing?.verb === 'delete' && (
        <ConfirmAct
          title={t('custom.deleteTitle')}
          lead={t('custom.deleteLead', { name: doing.app.name })}
          confirmText={common('action.delete')}
          work={() => deleteCustomApp(doing.app.appId)}
          onDone={() => {
            close();
            void changed();
          }}
          onClose={close}
        />
      )}
    </Page>
  );
}

function useColumns(doing: (what: Doing) => void): readonly Column<CustomApp>[] {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const styles = useStyles();
  const { dateTime } = useFormat();
  const categoryText = useCategoryText();
  return [
    {
      ...{ id: 'name', header: t('apps.name'), sort: 'name', width: '20%' },
      cell: ({ appId, name }) => <RouterLink to={`/discovery/apps/${appId}`}>{name}</RouterLink>,
      text: ({ name }) => name,
    },
    {
      ...{ id: 'category', header: t('apps.category'), sort: 'category' },
      cell: ({ category }) => categoryText(category),
      text: ({ category }) => categoryText(category),
    },
    {
      ...{ id: 'domains', header: t('app.domains'), width: '26%' },
      cell: ({ domains }) => domains.join(', '),
      text: ({ domains }) => domains.join(' '),
    },
    {
      ...{ id: 'score', header: t('apps.score'), sort: 'score' },
      cell: ({ score }) => <Score score={score} />,
      text: ({ score }) => score,
    },
    {
      ...{ id: 'changedAt', header: t('custom.changed'), sort: 'changedAt' },
      cell: ({ changedAt, changedBy }) => `${dateTime(changedAt)} · ${changedBy}`,
      text: ({ changedAt }) => changedAt,
    },
    {
      ...{ id: 'actions', header: common('list.actions'), width: '110px' },
      cell: (app) => (
        <span className={styles.actions}>
          <PermittedButton
            any={manage}
            appearance="subtle"
            icon={<EditRegular />}
            aria-label={t('custom.editFor', { name: app.name })}
            onClick={() => doing({ verb: 'edit', app })}
          />
          <PermittedButton
            any={manage}
            appearance="subtle"
            icon={<DeleteRegular />}
            aria-label={t('tags.deleteFor', { name: app.name })}
            onClick={() => doing({ verb: 'delete', app })}
          />
        </span>
      ),
    },
  ];
}
