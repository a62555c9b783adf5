import { Field, Input, makeStyles } from '@fluentui/react-components';
import { AddRegular, DeleteRegular, RenameRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { Page } from '../../ui/Page.tsx';
import { appsKey } from './app-calls.ts';
import { Tags } from './Score.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import { type AppTag, createTag, deleteTag, listTags, renameTag, useTagText } from './tags.ts';

const useStyles = makeStyles({ actions: { display: 'flex', gap: '4px' } });
const manage = ['Discovery.manage'];

type Doing = { readonly verb: 'create' } | { readonly verb: 'rename' | 'delete'; readonly tag: AppTag };

/** Settings > Cloud discovery > App tags: the built-in ones and the organisation's own. */
export function TagsPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>();
  const state = useListState();
  const changed = () => queries.invalidateQueries({ queryKey: appsKey });
  const close = () => setDoing(undefined);
  const add = (
    <PermittedButton
      any={manage}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setDoing({ verb: 'create' })}
    >
      {t('tags.create')}
    </PermittedButton>
  );
  return (
    <Page title={t('settings.tags')} lead={t('tags.lead')} actions={add}>
      <SettingsTabs />
      <Permitted any={['Discovery.read']}>
        <ServerTable
          label={t('settings.tags')}
          queryKey={[...appsKey, 'tags-list']}
          load={listTags}
          state={state}
          columns={useColumns(setDoing)}
          rowKey={({ id }) => id}
          searchLabel={t('tags.search')}
          exportName="app-tags"
          empty={null}
        />
      </Permitted>
      {doing && doing.verb !== 'delete' && (
        <NameDialog {...(doing.verb === 'rename' ? { tag: doing.tag } : {})} onDone={changed} onClose={close} />
      )}
      {doing?.verb === 'delete' && (
        <ConfirmAct
          title={t('tags.deleteTitle')}
          lead={t('tags.deleteLead', { name: doing.tag.name, count: doing.tag.appIds.length })}
          confirmText={common('action.delete')}
          work={() => deleteTag(doing.tag.id)}
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

interface NameDialogProps {
  /** The one that gets another name; without it a new one is made. */
  readonly tag?: AppTag;
  onDone(): Promise<unknown>;
  onClose(): void;
}

function NameDialog({ tag, onDone, onClose }: NameDialogProps) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const required = true;
  return (
    <FormDialog
      title={tag ? t('tags.renameFor', { name: tag.name }) : t('tags.create')}
      submitText={common('action.save')}
      onSubmit={async ({ name = '' }) => {
        await (tag ? renameTag(tag.id, name.trim()) : createTag(name.trim()));
        await onDone();
      }}
      onClose={onClose}
    >
      <Field label={t('tags.name')} hint={t('tags.nameHint')} required={required}>
        <Input name="name" maxLength={60} autoComplete="off" autoFocus defaultValue={tag?.name ?? ''} />
      </Field>
    </FormDialog>
  );
}

function useColumns(doing: (what: Doing) => void): readonly Column<AppTag>[] {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const styles = useStyles();
  const { number } = useFormat();
  const text = useTagText();
  const kind = ({ isBuiltIn }: AppTag) => (isBuiltIn ? t('tags.builtIn') : t('tags.own'));
  return [
    {
      ...{ id: 'name', header: t('tags.name'), sort: 'name', width: '40%' },
      cell: ({ name }) => <Tags tags={[name]} />,
      text: ({ name }) => text(name),
    },
    { id: 'kind', header: t('tags.kind'), cell: kind, text: kind },
    {
      ...{ id: 'apps', header: t('entity.apps'), sort: 'apps' },
      // Apps without a tag are nearly all of the catalogue, and nobody counts them.
      cell: ({ name, appIds }) =>
        name === 'None' ? (
          '–'
        ) : (
          <RouterLink to={`/discovery/catalog?${new URLSearchParams({ tag: name })}`}>
            {number(appIds.length)}
          </RouterLink>
        ),
      text: ({ appIds }) => appIds.length,
    },
    {
      ...{ id: 'actions', header: common('list.actions'), width: '120px' },
      cell: (tag) =>
        tag.isBuiltIn ? (
          '–'
        ) : (
          <span className={styles.actions}>
            <PermittedButton
              any={manage}
              appearance="subtle"
              icon={<RenameRegular />}
              aria-label={t('tags.renameFor', { name: tag.name })}
              onClick={() => doing({ verb: 'rename', tag })}
            />
            <PermittedButton
              any={manage}
              appearance="subtle"
              icon={<DeleteRegular />}
              aria-label={t('tags.deleteFor', { name: tag.name })}
              onClick={() => doing({ verb: 'delete', tag })}
            />
          </span>
        ),
    },
  ];
}
