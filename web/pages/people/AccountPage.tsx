import { Badge, Button, Field, Input, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sessionQuery, useSession } from '../../api/session.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { changePassword, endSession, type OwnSession, sessionsQuery } from './calls.ts';
import { SecondFactor } from './SecondFactor.tsx';

/** A person's own account: who one is, password, second factor, where one is signed in. */
export function AccountPage() {
  const t = useTexts('people');
  const common = useTexts('common');
  const { user, tenant, roles } = useSession();
  return (
    <Page title={common('nav.my-account')} lead={t('account.lead')}>
      <Definitions
        items={[
          [t('users.displayName'), user.displayName],
          [t('users.userName'), user.userName],
          [t('account.organisation'), tenant.displayName],
          [t('account.rolesInForce'), roles.map(({ displayName }) => displayName).join(', ') || '–'],
        ]}
      />
      <Password />
      <SecondFactor />
      <Sessions />
    </Page>
  );
}

function Password() {
  const t = useTexts('people');
  const [isChanging, setChanging] = useState(false);
  const [isChanged, setChanged] = useState(false);
  const queries = useQueryClient();
  const submit = async ({ currentPassword = '', newPassword = '' }: Readonly<Record<string, string>>) => {
    await changePassword(currentPassword, newPassword);
    setChanged(true);
    await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  };
  return (
    <Section
      title={t('account.password')}
      actions={<Button onClick={() => setChanging(true)}>{t('account.changePassword')}</Button>}
    >
      {isChanged && <Notice intent="success" title={t('account.passwordChanged')} />}
      {isChanging && (
        <FormDialog
          title={t('account.changePassword')}
          submitText={t('account.changePassword')}
          onSubmit={submit}
          onClose={() => setChanging(false)}
        >
          <Field label={t('account.currentPassword')} required>
            <Input name="currentPassword" type="password" autoComplete="current-password" maxLength={1024} />
          </Field>
          <Field label={t('account.newPassword')} hint={t('account.newPasswordHint')} required>
            <Input name="newPassword" type="password" autoComplete="new-password" maxLength={1024} />
          </Field>
        </FormDialog>
      )}
    </Section>
  );
}

function Sessions() {
  const t = useTexts('people');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const queries = useQueryClient();
  const result = useQuery(sessionsQuery);
  const end = useAct(async (id: string) => {
    await endSession(id);
    await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  });
  const columns: readonly Column<OwnSession>[] = [
    { id: 'client', header: t('account.client'), cell: ({ client }) => t(`account.clients.${client}`) },
    { id: 'address', header: t('audit.address'), cell: ({ address }) => address },
    { id: 'agent', header: t('account.program'), cell: ({ userAgent }) => userAgent },
    { id: 'seen', header: t('account.lastSeen'), cell: ({ lastSeenAt }) => dateTime(lastSeenAt) },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: ({ id, isPresent }) =>
        isPresent ? (
          <Badge color="success">{t('account.here')}</Badge>
        ) : (
          <Button size="small" disabled={end.isBusy} onClick={() => void end.run(id)}>
            {t('account.end')}
          </Button>
        ),
    },
  ];
  return (
    <Section title={t('account.sessions')}>
      {end.error !== undefined && <ProblemNotice error={end.error} />}
      {result.error && <ProblemNotice error={result.error} />}
      {result.isPending && <Spinner label={common('state.loading')} />}
      {result.data && (
        <DataTable label={t('account.sessions')} columns={columns} rows={result.data.items} rowKey={({ id }) => id} />
      )}
    </Section>
  );
}
