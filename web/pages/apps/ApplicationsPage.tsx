import { Badge, Button, Field, Input, Radio, RadioGroup } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { type Application, applicationsKey, listApplications, registerApplication } from './calls.ts';

const statuses = ['enabled', 'disabled', 'deleted'] as const;

/** App registrations: what this organisation publishes. */
export function ApplicationsPage() {
  const t = useTexts('apps');
  const common = useTexts('common');
  const state = useListState();
  const [isRegistering, setRegistering] = useState(false);
  const columns = useColumns();
  const register = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => setRegistering(true)}>
      {t('register.action')}
    </Button>
  );
  return (
    <Page title={common('nav.app-registrations')} lead={t('list.lead')} actions={register}>
      <ServerTable
        label={common('nav.app-registrations')}
        queryKey={applicationsKey}
        load={listApplications}
        state={state}
        columns={columns}
        rowKey={({ id }) => id}
        searchLabel={t('list.search')}
        filters={
          <FilterSelect
            label={common('list.status')}
            name="status"
            state={state}
            options={statuses.map((each) => [each, t(`status.${each}`)])}
          />
        }
        empty={<EmptyState title={t('list.empty')} detail={t('list.emptyDetail')} action={register} />}
        exportName="applications"
      />
      {isRegistering && <RegisterDialog onClose={() => setRegistering(false)} />}
    </Page>
  );
}

function useColumns(): readonly Column<Application>[] {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { date } = useFormat();
  return [
    {
      id: 'name',
      header: t('name'),
      sort: 'displayName',
      cell: ({ id, displayName }) => <RouterLink to={`/applications/${id}`}>{displayName}</RouterLink>,
      text: ({ displayName }) => displayName,
    },
    { id: 'appId', header: t('appId'), cell: ({ appId }) => appId, text: ({ appId }) => appId, width: '26%' },
    {
      id: 'audience',
      header: t('audience.label'),
      cell: ({ signInAudience }) => t(`audience.${signInAudience}`),
      text: ({ signInAudience }) => signInAudience,
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ status }) => <Badge color={status === 'enabled' ? 'success' : 'subtle'}>{t(`status.${status}`)}</Badge>,
      text: ({ status }) => status,
    },
    {
      id: 'created',
      header: t('created'),
      sort: 'createdAt',
      cell: ({ createdAt }) => date(createdAt),
      text: ({ createdAt }) => createdAt,
    },
  ];
}

function RegisterDialog({ onClose }: { onClose(): void }) {
  const t = useTexts('apps');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const submit = async ({ displayName = '', audience, redirectUri = '' }: Readonly<Record<string, string>>) => {
    const uri = redirectUri.trim();
    const { id } = await registerApplication({
      displayName: displayName.trim(),
      signInAudience: audience === 'AzureADMultipleOrgs' ? 'AzureADMultipleOrgs' : 'AzureADMyOrg',
      ...(uri === '' ? {} : { redirectUris: { web: [uri] } }),
    });
    await queries.invalidateQueries({ queryKey: applicationsKey });
    await navigate({ to: '/applications/$id', params: { id } } as never); // Addresses are typed by the router's own tree only.
  };
  return (
    <FormDialog title={t('register.title')} submitText={t('register.submit')} onSubmit={submit} onClose={onClose}>
      <Field label={t('name')} required>
        <Input name="displayName" maxLength={256} autoComplete="off" />
      </Field>
      <Field label={t('audience.label')}>
        <RadioGroup name="audience" defaultValue="AzureADMyOrg">
          <Radio value="AzureADMyOrg" label={t('audience.AzureADMyOrg')} />
          <Radio value="AzureADMultipleOrgs" label={t('audience.AzureADMultipleOrgs')} />
        </RadioGroup>
      </Field>
      <Field label={t('register.redirectUri')} hint={t('register.redirectUriHint')}>
        <Input name="redirectUri" type="url" maxLength={300} autoComplete="off" placeholder="https://" />
      </Field>
    </FormDialog>
  );
}
