import {
  Badge,
  Button,
  Field,
  Input,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Select,
  useRestoreFocusTarget,
} from '@fluentui/react-components';
import { AddRegular, MoreHorizontalRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { createUser, listUsers, type NewUser, type User, usersKey } from './calls.ts';
import { OneTimePassword } from './OneTimePassword.tsx';
import { UserVerbDialog, type Verb } from './UserVerbDialog.tsx';

const statuses = ['enabled', 'disabled', 'deleted'] as const;

/** The organisation's accounts. */
export function UsersPage() {
  const t = useTexts('people');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [shown, setShown] = useState<NewUser>();
  const add = (
    <PermittedButton any={['Users.manage']} appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
      {t('users.add')}
    </PermittedButton>
  );
  const create = async ({ userName = '', displayName = '' }: Readonly<Record<string, string>>) => {
    setShown(await createUser({ userName: userName.trim(), displayName: displayName.trim() }));
    await queries.invalidateQueries({ queryKey: usersKey });
  };
  return (
    <Page title={common('nav.users')} lead={t('users.lead')} actions={add}>
      <Permitted any={['Users.read']}>
        <UserList onPassword={setShown} />
      </Permitted>
      {isAdding && (
        <FormDialog
          title={t('users.add')}
          submitText={common('action.add')}
          onSubmit={create}
          onClose={() => setAdding(false)}
        >
          <Field label={t('users.userName')} hint={t('users.userNameHint')} required>
            <Input name="userName" autoComplete="off" maxLength={256} />
          </Field>
          <Field label={t('users.displayName')} required>
            <Input name="displayName" autoComplete="off" maxLength={256} />
          </Field>
        </FormDialog>
      )}
      {shown && <OneTimePassword minted={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}

function UserList({ onPassword }: { onPassword(minted: NewUser): void }) {
  const t = useTexts('people');
  const common = useTexts('common');
  const state = useListState();
  const [act, setAct] = useState<{ user: User; verb: Verb }>();
  const columns = useColumns((user, verb) => setAct({ user, verb }));
  return (
    <>
      <ServerTable
        label={common('nav.users')}
        queryKey={usersKey}
        load={listUsers}
        state={state}
        columns={columns}
        rowKey={({ id }) => id}
        searchLabel={common('list.search')}
        filters={
          <Field label={common('list.status')}>
            <Select
              value={state.filters.status ?? ''}
              onChange={(_event, { value }) => state.change({ status: value })}
            >
              <option value="">{common('list.all')}</option>
              {statuses.map((each) => (
                <option key={each} value={each}>
                  {t(`users.status.${each}`)}
                </option>
              ))}
            </Select>
          </Field>
        }
        empty={<EmptyState title={t('users.empty')} />}
        exportName="users"
      />
      {act && <UserVerbDialog {...act} onPassword={onPassword} onClose={() => setAct(undefined)} />}
    </>
  );
}

function useColumns(onVerb: (user: User, verb: Verb) => void): readonly Column<User>[] {
  const t = useTexts('people');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  return [
    {
      id: 'displayName',
      header: t('users.displayName'),
      sort: 'displayName',
      cell: ({ displayName }) => displayName,
      text: ({ displayName }) => displayName,
    },
    {
      id: 'userName',
      header: t('users.userName'),
      sort: 'userName',
      cell: ({ userName }) => userName,
      text: ({ userName }) => userName,
    },
    {
      id: 'status',
      header: common('list.status'),
      sort: 'status',
      cell: ({ status }) => (
        <Badge color={status === 'enabled' ? 'success' : 'subtle'}>{t(`users.status.${status}`)}</Badge>
      ),
      text: ({ status }) => status,
    },
    {
      id: 'roles',
      header: t('roles'),
      cell: ({ roles }) =>
        roles.map(({ displayName, state }) => `${displayName} (${t(`state.${state}`)})`).join(', ') || '–',
      text: ({ roles }) => roles.map(({ key }) => key).join(' '),
    },
    {
      id: 'secondFactor',
      header: t('users.secondFactor'),
      cell: ({ hasSecondFactor }) => (hasSecondFactor ? t('yes') : t('no')),
      text: ({ hasSecondFactor }) => String(hasSecondFactor),
    },
    {
      id: 'lastSignIn',
      header: t('users.lastSignIn'),
      sort: 'lastSignInAt',
      cell: ({ lastSignInAt }) => dateTime(lastSignInAt),
      text: ({ lastSignInAt }) => lastSignInAt,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (user) => <UserMenu user={user} onVerb={(verb) => onVerb(user, verb)} />,
    },
  ];
}

/** What can be done with an account, by its status. */
function UserMenu({ user, onVerb }: { user: User; onVerb(verb: Verb): void }) {
  const t = useTexts('people');
  const target = useRestoreFocusTarget();
  const session = useSession();
  const verbs: readonly Verb[] =
    user.status === 'deleted'
      ? ['restore']
      : user.status === 'disabled'
        ? ['enable', 'delete']
        : ['reset-password', 'reset-second-factor', 'end-sessions', 'disable', 'delete'];
  if (!may(session, 'Users.manage')) {
    return (
      <PermittedButton any={['Users.manage']} size="small" icon={<MoreHorizontalRegular />}>
        {t('users.actions')}
      </PermittedButton>
    );
  }
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          {...target}
          size="small"
          icon={<MoreHorizontalRegular />}
          aria-label={t('users.actionsFor', { name: user.displayName })}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {verbs.map((verb) => (
            <MenuItem key={verb} onClick={() => onVerb(verb)}>
              {t(`users.verbs.${verb}`)}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
