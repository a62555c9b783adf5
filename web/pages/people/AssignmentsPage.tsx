import { Badge, Field, Input, Select } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { PersonName } from '../../components/PersonName.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { type Assignment, assignRole, listAssignments, rolesQuery, unassignRole } from './calls.ts';

const listKey = ['role-assignments'];

/** Who holds which role in this organisation. */
export function AssignmentsPage() {
  const t = useTexts('people');
  const common = useTexts('common');
  const [isAdding, setAdding] = useState(false);
  const add = (
    <PermittedButton
      any={['Roles.manage', 'CloudAppsRoles.manage']}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setAdding(true)}
    >
      {t('assign.action')}
    </PermittedButton>
  );
  return (
    <Page title={common('nav.role-assignments')} lead={t('assign.lead')} actions={add}>
      <Permitted any={['Roles.read']}>
        <AssignmentList />
      </Permitted>
      {isAdding && <AssignDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function AssignmentList() {
  const t = useTexts('people');
  const common = useTexts('common');
  const queries = useQueryClient();
  const state = useListState();
  const [removing, setRemoving] = useState<Assignment>();
  const remove = useAct(async (assignment: Assignment) => {
    await unassignRole(assignment.id);
    setRemoving(undefined);
    await queries.invalidateQueries({ queryKey: listKey });
  });
  const columns = useColumns(setRemoving);
  return (
    <>
      {remove.error !== undefined && <ProblemNotice error={remove.error} />}
      <ServerTable
        label={common('nav.role-assignments')}
        queryKey={listKey}
        load={listAssignments}
        state={state}
        columns={columns}
        rowKey={({ id }) => id}
        searchLabel={t('assign.searchUser')}
        filters={<RoleFilter value={state.filters.role ?? ''} onChange={(role) => state.change({ role })} />}
        empty={<EmptyState title={t('assign.empty')} detail={t('assign.emptyDetail')} />}
        exportName="role-assignments"
      />
      {removing && (
        <ConfirmDialog
          open
          title={t('assign.removeTitle')}
          confirmText={t('assign.remove')}
          cancelText={common('action.cancel')}
          onConfirm={() => remove.run(removing).then(() => setRemoving(undefined))}
          onClose={() => setRemoving(undefined)}
        >
          {t('assign.removeDetail', { user: removing.user.displayName, role: removing.role.displayName })}
        </ConfirmDialog>
      )}
    </>
  );
}

function useColumns(onRemove: (assignment: Assignment) => void): readonly Column<Assignment>[] {
  const t = useTexts('people');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  return [
    {
      id: 'user',
      header: t('person'),
      width: '24%',
      cell: ({ user }) => <PersonName {...user} />,
      text: ({ user }) => user.userName,
    },
    { id: 'role', header: t('role'), cell: ({ role }) => role.displayName, text: ({ role }) => role.key },
    {
      id: 'kind',
      header: t('kind.label'),
      cell: ({ kind, source, groups }) =>
        source === 'people' ? t(`kind.${kind}`) : [t('kind.external'), groups.join(', ')].filter(Boolean).join(' · '),
      text: ({ kind, groups }) => [kind, ...groups].join(' '),
    },
    {
      id: 'state',
      header: common('list.status'),
      cell: ({ state }) => <Badge color={state === 'active' ? 'success' : 'informative'}>{t(`state.${state}`)}</Badge>,
      text: ({ state }) => state,
    },
    {
      id: 'ends',
      header: t('ends'),
      cell: ({ endsAt }) => (endsAt === null ? t('never') : dateTime(endsAt)),
      text: ({ endsAt }) => endsAt,
    },
    {
      id: 'created',
      header: t('assign.created'),
      sort: 'createdAt',
      cell: ({ createdAt, createdBy }) => `${dateTime(createdAt)} · ${createdBy}`,
      text: ({ createdAt }) => createdAt,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (assignment) => (
        <PermittedButton
          any={['Roles.manage', 'CloudAppsRoles.manage']}
          size="small"
          onClick={() => onRemove(assignment)}
        >
          {t('assign.remove')}
        </PermittedButton>
      ),
    },
  ];
}

function RoleFilter({ value, onChange }: { value: string; onChange(role: string): void }) {
  const t = useTexts('people');
  const common = useTexts('common');
  const roles = useQuery(rolesQuery).data?.items ?? [];
  return (
    <Field label={t('role')}>
      <Select value={value} onChange={(_event, data) => onChange(data.value)}>
        <option value="">{common('list.all')}</option>
        {roles.map((role) => (
          <option key={role.key} value={role.key}>
            {role.displayName}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function AssignDialog({ onClose }: { onClose(): void }) {
  const t = useTexts('people');
  const queries = useQueryClient();
  const roles = useQuery(rolesQuery).data?.items ?? [];
  const submit = async ({ user = '', role = '', kind, endsAt = '' }: Readonly<Record<string, string>>) => {
    await assignRole({
      user: user.trim(),
      role,
      kind: kind === 'permanent' ? 'permanent' : 'eligible',
      ...(endsAt === '' ? {} : { endsAt: new Date(endsAt).toISOString() }),
    });
    await queries.invalidateQueries({ queryKey: listKey });
  };
  return (
    <FormDialog title={t('assign.action')} submitText={t('assign.submit')} onSubmit={submit} onClose={onClose}>
      <Field label={t('assign.userName')} required>
        <Input name="user" autoComplete="off" maxLength={200} />
      </Field>
      <Field label={t('role')} hint={t('assign.roleHint')}>
        <Select name="role">
          {roles
            .filter(({ scopedBy }) => scopedBy === 'nothing')
            .map((role) => (
              <option key={role.key} value={role.key}>
                {role.displayName}
              </option>
            ))}
        </Select>
      </Field>
      <Field label={t('kind.label')} hint={t('kind.hint')}>
        <Select name="kind" defaultValue="eligible">
          <option value="eligible">{t('kind.eligible')}</option>
          <option value="permanent">{t('kind.permanent')}</option>
        </Select>
      </Field>
      <Field label={t('ends')} hint={t('assign.endsHint')}>
        <Input name="endsAt" type="datetime-local" />
      </Field>
    </FormDialog>
  );
}
