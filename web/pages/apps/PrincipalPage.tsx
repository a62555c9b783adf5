import { Badge, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import {
  changePrincipal,
  deletePrincipal,
  type Principal,
  principalQuery,
  principalsKey,
  revokeGrants,
} from './calls.ts';
import { PermissionWords } from './PermissionWords.tsx';

/** An application in this organisation: what it was granted, by whom, when it last took a token, and how to stop it. */
export function PrincipalPage() {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data, error, isPending, refetch } = useQuery(principalQuery(id));
  if (isPending) return <Spinner label={common('state.loading')} />;
  if (error) {
    return (
      <Page title={common('nav.enterprise-applications')}>
        <ProblemNotice error={error} retry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page title={data.displayName} lead={t('principal.lead')} actions={<Acts principal={data} />}>
      <Facts principal={data} />
      <Grants principal={data} />
    </Page>
  );
}

function Facts({ principal }: { principal: Principal }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const { appId, homeTenant, isEnabled, consentedAt, consentedBy, lastTokenAt, changedSince } = principal;
  const added = changedSince.added.flatMap(({ roles, scopes }) => [...roles, ...scopes].map(({ value }) => value));
  return (
    <>
      {added.length > 0 && <Notice intent="warning" title={t('principal.asksMore')} detail={added.join(', ')} />}
      <Definitions
        items={[
          [
            common('list.status'),
            <Badge key="status" color={isEnabled ? 'success' : 'subtle'}>
              {t(isEnabled ? 'status.enabled' : 'status.disabled')}
            </Badge>,
          ],
          [t('enterprise.publisher'), homeTenant === null ? '–' : `${homeTenant.displayName} (${homeTenant.id})`],
          [t('appId'), appId],
          [t('enterprise.consented'), consentedAt === null ? '–' : `${dateTime(consentedAt)} · ${consentedBy}`],
          [t('enterprise.lastToken'), lastTokenAt === null ? t('enterprise.never') : dateTime(lastTokenAt)],
        ]}
      />
    </>
  );
}

interface GrantRow {
  readonly key: string;
  readonly value: string;
  readonly displayName: string;
  readonly resource: string;
  readonly kind: 'roles' | 'scopes';
  readonly forWhom: string;
  readonly granted: string;
}

function Grants({ principal }: { principal: Principal }) {
  const t = useTexts('apps');
  const { dateTime } = useFormat();
  const { applications, delegated } = principal.grants;
  const rows: readonly GrantRow[] = [
    ...applications.map(({ id, grantedAt, grantedBy, ...rest }) => ({
      ...rest,
      key: id,
      kind: 'roles' as const,
      forWhom: t('principal.itself'),
      granted: `${dateTime(grantedAt)} · ${grantedBy}`,
    })),
    ...delegated.flatMap(({ id, scopes, resource, user, grantedAt, grantedBy }) =>
      scopes.map((value) => ({
        key: `${id} ${value}`,
        value,
        displayName: value,
        resource,
        kind: 'scopes' as const,
        forWhom: user?.userName ?? t('principal.everybody'),
        granted: `${dateTime(grantedAt)} · ${grantedBy}`,
      })),
    ),
  ];
  const columns: readonly Column<GrantRow>[] = [
    {
      id: 'permission',
      header: t('access.permission'),
      width: '36%',
      cell: ({ value, displayName }) => <PermissionWords value={value} fallback={displayName} />,
    },
    { id: 'resource', header: t('access.api'), cell: ({ resource }) => resource },
    { id: 'kind', header: t('access.kind'), cell: ({ kind }) => t(`access.${kind}`) },
    { id: 'for', header: t('principal.for'), cell: ({ forWhom }) => forWhom },
    { id: 'granted', header: t('access.granted'), cell: ({ granted }) => granted },
  ];
  return (
    <Section title={t('principal.grants')}>
      {rows.length === 0 ? (
        <EmptyState title={t('principal.noGrants')} />
      ) : (
        <DataTable label={t('principal.grants')} columns={columns} rows={rows} rowKey={({ key }) => key} />
      )}
    </Section>
  );
}

type Verb = 'disable' | 'enable' | 'revoke' | 'remove';

/** Each way to stop the application, with what it stops. */
function Acts({ principal }: { principal: Principal }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [verb, setVerb] = useState<Verb>();
  const { id, displayName, isEnabled } = principal;
  const act = useAct(async (wanted: Verb) => {
    if (wanted === 'revoke') await revokeGrants(id);
    else if (wanted === 'remove') await deletePrincipal(id);
    else await changePrincipal(id, wanted);
    if (wanted === 'remove') await navigate({ to: '/enterprise-applications' });
    await queries.invalidateQueries({ queryKey: principalsKey });
    return true;
  });
  const verbs: readonly Verb[] = [isEnabled ? 'disable' : 'enable', 'revoke', 'remove'];
  return (
    <>
      {verbs.map((each) => (
        <PermittedButton key={each} any={['Applications.manage']} onClick={() => setVerb(each)}>
          {t(`principal.verbs.${each}`)}
        </PermittedButton>
      ))}
      {verb && (
        <ConfirmDialog
          open
          title={t(`principal.verbs.${verb}`)}
          confirmText={t(`principal.verbs.${verb}`)}
          cancelText={common('action.cancel')}
          onConfirm={async () => {
            if (await act.run(verb)) setVerb(undefined);
          }}
          onClose={() => setVerb(undefined)}
        >
          {act.error !== undefined && <ProblemNotice error={act.error} />}
          {t(`principal.effects.${verb}`, { name: displayName })}
        </ConfirmDialog>
      )}
    </>
  );
}
