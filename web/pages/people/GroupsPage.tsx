import { Field, Input } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RowMenu } from '../../components/RowMenu.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { createGroup, deleteGroup, type Group, groupsKey, listGroups } from './group-calls.ts';
import { MembersDialog } from './MembersDialog.tsx';

type Verb = 'members' | 'delete';
type Open = { readonly verb: 'create' } | { readonly verb: Verb; readonly group: Group };

const managing = 'Groups.manage';

/** Groups of people, to which roles can be limited. */
export function GroupsPage() {
  const t = useTexts('people');
  const common = useTexts('common');
  const state = useListState({ sort: 'name' });
  const [open, setOpen] = useState<Open>();
  const columns = useColumns((verb, group) => setOpen({ verb, group }));
  const add = (
    <PermittedButton
      any={[managing]}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setOpen({ verb: 'create' })}
    >
      {t('groups.create')}
    </PermittedButton>
  );
  return (
    <Page title={common('nav.groups')} lead={t('groups.lead')} actions={add}>
      <Permitted any={['Users.read', managing]}>
        <ServerTable
          label={common('nav.groups')}
          queryKey={groupsKey}
          load={listGroups}
          state={state}
          columns={columns}
          rowKey={({ id }) => id}
          searchLabel={t('groups.search')}
          exportName="groups"
          empty={<EmptyState title={t('groups.empty')} detail={t('groups.emptyDetail')} action={add} />}
        />
        {open && <OpenDialog open={open} onClose={() => setOpen(undefined)} />}
      </Permitted>
    </Page>
  );
}

function useColumns(act: (verb: Verb, group: Group) => void): readonly Column<Group>[] {
  const t = useTexts('people');
  const common = useTexts('common');
  const { number, dateTime } = useFormat();
  return [
    { id: 'name', header: t('groups.name'), sort: 'name', cell: ({ name }) => name, text: ({ name }) => name },
    {
      id: 'members',
      header: t('groups.members'),
      cell: ({ memberCount }) => number(memberCount),
      text: ({ memberCount }) => memberCount,
    },
    {
      id: 'created',
      header: t('groups.created'),
      sort: 'createdAt',
      cell: ({ createdAt }) => dateTime(createdAt),
      text: ({ createdAt }) => createdAt,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      width: '88px',
      cell: (group) => (
        <RowMenu
          name={group.name}
          actions={[
            { text: t('groups.members'), act: () => act('members', group) },
            { text: common('action.delete'), needs: managing, act: () => act('delete', group) },
          ]}
        />
      ),
    },
  ];
}

function OpenDialog({ open, onClose }: { open: Open; onClose(): void }) {
  const t = useTexts('people');
  const common = useTexts('common');
  const { number } = useFormat();
  const queries = useQueryClient();
  const changed = () => void queries.invalidateQueries({ queryKey: groupsKey });
  switch (open.verb) {
    case 'create':
      return (
        <FormDialog
          title={t('groups.create')}
          submitText={common('action.add')}
          onSubmit={async ({ name = '' }) => {
            await createGroup(name.trim());
            changed();
          }}
          onClose={onClose}
        >
          <Field label={t('groups.name')} required>
            <Input name="name" maxLength={200} autoComplete="off" autoFocus />
          </Field>
        </FormDialog>
      );
    case 'members':
      return <MembersDialog group={open.group} onChanged={changed} onClose={onClose} />;
    case 'delete':
      return (
        <ConfirmAct
          title={t('groups.deleteTitle', { name: open.group.name })}
          lead={t('groups.deleteStops')}
          items={[[t('groups.members'), number(open.group.memberCount)]]}
          confirmText={common('action.delete')}
          work={() => deleteGroup(open.group.id)}
          onDone={() => {
            changed();
            onClose();
          }}
          onClose={onClose}
        />
      );
  }
}
