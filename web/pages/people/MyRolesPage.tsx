import { Badge, Button, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sessionQuery } from '../../api/session.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { ActivateDialog } from './ActivateDialog.tsx';
import { deactivateRole, type OwnRole, ownRolesQuery } from './calls.ts';

const colors = {
  active: 'success',
  eligible: 'informative',
  scheduled: 'informative',
  expired: 'subtle',
  pending: 'warning',
} as const;

/** What a person holds, and activating what is only eligible. */
export function MyRolesPage() {
  const t = useTexts('people');
  const common = useTexts('common');
  const queries = useQueryClient();
  const result = useQuery({ ...ownRolesQuery, refetchInterval: 15_000 });
  const [activating, setActivating] = useState<OwnRole>();
  const [message, setMessage] = useState<string>();
  // What is open depends on the roles in force, so everything is asked for anew.
  const changed = async () => {
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    await queries.invalidateQueries();
  };
  const end = useAct(async (role: OwnRole) => {
    await deactivateRole(role.activationId ?? '');
    await changed();
  });
  return (
    <Page title={common('nav.my-roles')} lead={t('mine.lead')}>
      {message !== undefined && <Notice intent="success" title={message} />}
      {end.error !== undefined && <ProblemNotice error={end.error} />}
      {result.error && <ProblemNotice error={result.error} retry={() => void result.refetch()} />}
      {result.isPending && <Spinner label={common('state.loading')} />}
      {result.data?.items.length === 0 && <EmptyState title={t('mine.empty')} detail={t('mine.emptyDetail')} />}
      {result.data && result.data.items.length > 0 && (
        <OwnRoles
          roles={result.data.items}
          isBusy={end.isBusy}
          onActivate={setActivating}
          onEnd={(role) => void end.run(role)}
        />
      )}
      {activating && (
        <ActivateDialog
          role={activating}
          onClose={() => setActivating(undefined)}
          onActivated={async (isPending) => {
            const name = activating.role.displayName;
            setMessage(isPending ? t('mine.requested', { role: name }) : t('mine.activated', { role: name }));
            await changed();
          }}
        />
      )}
    </Page>
  );
}

interface OwnRolesProps {
  readonly roles: readonly OwnRole[];
  readonly isBusy: boolean;
  onActivate(role: OwnRole): void;
  onEnd(role: OwnRole): void;
}

function OwnRoles({ roles, isBusy, onActivate, onEnd }: OwnRolesProps) {
  const t = useTexts('people');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const columns: readonly Column<OwnRole>[] = [
    { id: 'role', header: t('role'), cell: ({ role }) => role.displayName },
    { id: 'kind', header: t('kind.label'), cell: ({ kind }) => t(`kind.${kind}`) },
    {
      id: 'state',
      header: common('list.status'),
      cell: ({ state }) => <Badge color={colors[state]}>{t(`state.${state}`)}</Badge>,
    },
    { id: 'until', header: t('activeUntil'), cell: ({ activeUntil, endsAt }) => dateTime(activeUntil ?? endsAt) },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (own) => <RoleAction own={own} isBusy={isBusy} onActivate={onActivate} onEnd={onEnd} />,
    },
  ];
  return (
    <DataTable
      label={common('nav.my-roles')}
      columns={columns}
      rows={roles}
      rowKey={({ assignmentId }) => assignmentId}
    />
  );
}

function RoleAction({ own, isBusy, onActivate, onEnd }: Omit<OwnRolesProps, 'roles'> & { own: OwnRole }) {
  const t = useTexts('people');
  if (own.state === 'eligible') {
    return (
      <Button appearance="primary" size="small" onClick={() => onActivate(own)}>
        {t('mine.activate')}
      </Button>
    );
  }
  if (own.activationId === undefined) return '–';
  return (
    <Button size="small" disabled={isBusy} onClick={() => onEnd(own)}>
      {own.state === 'pending' ? t('mine.withdraw') : t('mine.deactivate')}
    </Button>
  );
}
