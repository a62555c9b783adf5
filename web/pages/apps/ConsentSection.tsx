import { Badge } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useListState } from '../../components/list-state.ts';
import { ServerTable } from '../../components/ServerTable.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { type Application, applicationsKey, type ConsentGiven, consentLinkQuery, listConsents } from './calls.ts';

/** The links by which customers let the application in, and who has. */
export function ConsentSection({ application }: { application: Application }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { date } = useFormat();
  const links = useQuery(consentLinkQuery(application.id));
  const state = useListState();
  const words = { copyText: common('action.copy'), copiedText: common('action.copied') };
  const columns: readonly Column<ConsentGiven>[] = [
    {
      id: 'tenant',
      header: t('consent.organisation'),
      cell: ({ tenant }) => tenant.displayName,
      text: ({ tenant }) => tenant.displayName,
    },
    { id: 'tenantId', header: t('tenantId'), cell: ({ tenant }) => tenant.id, text: ({ tenant }) => tenant.id },
    {
      id: 'permissions',
      header: t('access.permission'),
      cell: ({ permissions }) => permissions.join(', ') || '–',
      text: ({ permissions }) => permissions.join(' '),
    },
    {
      id: 'since',
      header: t('consent.since'),
      cell: ({ consentedAt }) => date(consentedAt),
      text: ({ consentedAt }) => consentedAt,
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ isEnabled }) => (
        <Badge color={isEnabled ? 'success' : 'subtle'}>{t(isEnabled ? 'status.enabled' : 'status.disabled')}</Badge>
      ),
      text: ({ isEnabled }) => String(isEnabled),
    },
  ];
  return (
    <Section title={t('consent.title')}>
      {application.signInAudience === 'AzureADMyOrg' && (
        <Notice intent="info" title={t('consent.ownOnly')} detail={t('consent.ownOnlyDetail')} />
      )}
      {links.error && <ProblemNotice error={links.error} />}
      {links.data && (
        <>
          <CopyField
            label={t('consent.link')}
            hint={t('consent.linkHint')}
            value={links.data.adminConsentUrl}
            {...words}
          />
          <CopyField label={t('consent.partnerLink')} value={links.data.url} {...words} />
        </>
      )}
      <ServerTable
        label={t('consent.given')}
        queryKey={[...applicationsKey, application.id, 'consents']}
        load={(query, signal) => listConsents(application.id, query, signal)}
        state={state}
        columns={columns}
        rowKey={({ tenant }) => tenant.id}
        empty={<EmptyState title={t('consent.nobody')} detail={t('consent.nobodyDetail')} />}
        exportName="consents"
      />
    </Section>
  );
}
