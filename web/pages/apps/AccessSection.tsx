import { Badge, Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { AddAccessDialog } from './AddAccessDialog.tsx';
import { type Application, changeAccess, consentToAll, principalQuery } from './calls.ts';
import { PermissionWords } from './PermissionWords.tsx';

interface Row {
  readonly key: string;
  readonly resourceAppId: string;
  readonly resource: string;
  readonly kind: 'roles' | 'scopes';
  readonly id: string;
  readonly value: string;
  readonly displayName: string;
  readonly isGranted: boolean;
}

/** What the application asks for, and whether its own organisation has granted it. */
export function AccessSection({ application }: { application: Application }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [isGranting, setGranting] = useState(false);
  const rows = useRows(application);
  const remove = useAct(async ({ resourceAppId, kind, id }: Row) => {
    await changeAccess(application.id, 'DELETE', { resource: resourceAppId, [kind]: [id] });
    await queries.invalidateQueries();
  });
  const grant = useAct(async () => {
    await consentToAll(application.appId);
    await queries.invalidateQueries();
    return true;
  });
  const columns: readonly Column<Row>[] = [
    {
      id: 'permission',
      header: t('access.permission'),
      width: '40%',
      cell: ({ value, displayName }) => <PermissionWords value={value} fallback={displayName} />,
    },
    { id: 'resource', header: t('access.api'), cell: ({ resource }) => resource },
    { id: 'kind', header: t('access.kind'), cell: ({ kind }) => t(`access.${kind}`) },
    {
      id: 'granted',
      header: common('list.status'),
      cell: ({ isGranted }) => (
        <Badge color={isGranted ? 'success' : 'warning'}>
          {isGranted ? t('access.granted') : t('access.notGranted')}
        </Badge>
      ),
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (row) => (
        <Button size="small" disabled={remove.isBusy} onClick={() => void remove.run(row)}>
          {t('remove')}
        </Button>
      ),
    },
  ];
  const actions = (
    <>
      <Button icon={<AddRegular />} onClick={() => setAdding(true)}>
        {t('access.add')}
      </Button>
      <PermittedButton
        any={['Consent.grant', 'Consent.grantGraph']}
        disabled={rows.length === 0}
        onClick={() => setGranting(true)}
      >
        {t('access.grant')}
      </PermittedButton>
    </>
  );
  return (
    <Section title={t('access.title')} actions={actions}>
      {remove.error !== undefined && <ProblemNotice error={remove.error} />}
      {rows.length === 0 ? (
        <EmptyState title={t('access.empty')} detail={t('access.emptyDetail')} />
      ) : (
        <DataTable label={t('access.title')} columns={columns} rows={rows} rowKey={({ key }) => key} />
      )}
      {isAdding && <AddAccessDialog application={application} onClose={() => setAdding(false)} />}
      {isGranting && (
        <ConfirmDialog
          open
          title={t('access.grant')}
          confirmText={t('access.grantConfirm')}
          cancelText={common('action.cancel')}
          onConfirm={async () => {
            if (await grant.run(undefined)) setGranting(false);
          }}
          onClose={() => setGranting(false)}
        >
          {grant.error !== undefined && <ProblemNotice error={grant.error} />}
          {t('access.grantDetail', { name: application.displayName })}
        </ConfirmDialog>
      )}
    </Section>
  );
}

/** One row a permission; granted where the own organisation's presence has it. */
function useRows(application: Application): readonly Row[] {
  const { queryKey, queryFn } = principalQuery(application.appId);
  // An application that nobody let in has no presence yet: then nothing is granted.
  const { data: presence } = useQuery({ queryKey, queryFn, retry: false });
  const roles = new Set(presence?.grants.applications.map(({ resourceAppId, value }) => `${resourceAppId} ${value}`));
  const scopes = new Set(
    presence?.grants.delegated
      .filter(({ user }) => user === null)
      .flatMap(({ resourceAppId, scopes: granted }) => granted.map((value) => `${resourceAppId} ${value}`)),
  );
  return application.requiredAccess.flatMap(({ resourceAppId, resource, ...lists }) =>
    (['roles', 'scopes'] as const).flatMap((kind) =>
      lists[kind].map((permission) => ({
        ...permission,
        key: `${resourceAppId} ${kind} ${permission.id}`,
        resourceAppId,
        resource,
        kind,
        isGranted: (kind === 'roles' ? roles : scopes).has(`${resourceAppId} ${permission.value}`),
      })),
    ),
  );
}
