import { Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Page } from '../../ui/Page.tsx';
import {
  changePolicy,
  editedPolicyQuery,
  manageOf,
  type Policy,
  policiesKey,
  policyQuery,
  readPolicies,
} from './calls.ts';
import { changeBody, fieldsOf, type PolicyFields } from './fields.ts';
import { PolicyForm } from './PolicyForm.tsx';

/** Changes a policy. */
export function EditPolicyPage() {
  const t = useTexts('policies');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const isAllowed = may(useSession(), ...readPolicies);
  const { data, error, refetch } = useQuery({ ...editedPolicyQuery(id), enabled: isAllowed });
  return (
    <Page title={t('form.editTitle', { name: data?.name ?? '' })} {...(data ? { lead: t(`type.${data.type}`) } : {})}>
      <Permitted any={data ? [manageOf(data.type)] : readPolicies}>
        {data ? (
          <Form policy={data} />
        ) : error ? (
          <>
            <ProblemNotice error={error} retry={() => void refetch()} />
            <RouterLink to="/policies">{t('page.all')}</RouterLink>
          </>
        ) : (
          <Spinner label={common('state.loading')} />
        )}
      </Permitted>
    </Page>
  );
}

function Form({ policy }: { policy: Policy }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  // What is being edited stays what it was when editing began, whatever is fetched meanwhile.
  const [begun, setBegun] = useState(policy);
  const { id } = policy;
  const back = () => navigate({ to: `/policies/${id}` });
  const save = async (fields: PolicyFields) => {
    queries.setQueryData(policyQuery(id).queryKey, await changePolicy(id, changeBody(fields, begun.revision)));
    await queries.invalidateQueries({ queryKey: policiesKey });
    await back();
  };
  const reload = useAct(async () => setBegun(await queries.fetchQuery({ ...editedPolicyQuery(id), staleTime: 0 })));
  return (
    <>
      <PolicyForm
        key={begun.revision}
        given={fieldsOf(begun)}
        policyId={id}
        onSave={save}
        onReload={() => void reload.run(undefined)}
        onCancel={() => void back()}
      />
      {reload.error !== undefined && <ProblemNotice error={reload.error} />}
    </>
  );
}
