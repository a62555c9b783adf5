import { Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { createPolicy, manageOf, policiesKey, policyQuery, templatesQuery } from './calls.ts';
import { fieldsOf, fieldsOfTemplate, newBody, newFields, type PolicyFields } from './fields.ts';
import { PolicyForm } from './PolicyForm.tsx';
import { useTemplateText } from './words.ts';

/** What the address says: a type, or what to begin with. */
interface Beginning {
  readonly type?: unknown;
  readonly template?: unknown;
  readonly copy?: unknown;
}

/** A new policy: empty, of a template, or as another is. */
export function NewPolicyPage() {
  const search: Beginning = useSearch({ strict: false });
  if (search.template !== undefined) return <FromTemplate id={String(search.template)} />;
  if (search.copy !== undefined) return <Copy id={String(search.copy)} />;
  const type = search.type === 'NEW_SERVICE' ? 'NEW_SERVICE' : 'AUDIT';
  // The back button leads from one type to the other: another form.
  return <Form key={type} given={newFields(type)} />;
}

function FromTemplate({ id }: { id: string }) {
  const t = useTexts('policies');
  const templateText = useTemplateText();
  const { data, error, refetch } = useQuery(templatesQuery);
  const template = data?.items.find((each) => each.id === id);
  if (template) return <Form given={fieldsOfTemplate(templateText(template))} />;
  return (
    <Waiting error={error} retry={() => void refetch()}>
      {data && (
        <EmptyState
          title={t('form.notOfType')}
          action={<RouterLink to="/policies/templates">{t('tabs.templates')}</RouterLink>}
        />
      )}
    </Waiting>
  );
}

function Copy({ id }: { id: string }) {
  const t = useTexts('policies');
  const { data, error, refetch } = useQuery(policyQuery(id));
  if (data === undefined) return <Waiting error={error} retry={() => void refetch()} />;
  // A detection comes with the product and is not made again.
  if (data.type === 'ANOMALY_DETECTION') return <Form given={newFields('AUDIT')} />;
  const given = fieldsOf(data);
  return <Form given={{ ...given, name: t('form.copyName', { name: given.name }).slice(0, 200) }} />;
}

interface WaitingProps {
  readonly error: unknown;
  retry(): void;
  readonly children?: ReactNode;
}

function Waiting({ error, retry, children }: WaitingProps) {
  const t = useTexts('policies');
  const common = useTexts('common');
  return (
    <Page title={t('act.create')}>
      {error ? (
        <ProblemNotice error={error} retry={retry} />
      ) : (
        (children ?? <Spinner label={common('state.loading')} />)
      )}
    </Page>
  );
}

function Form({ given }: { given: PolicyFields }) {
  const t = useTexts('policies');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const save = async (fields: PolicyFields) => {
    const { id } = await createPolicy(newBody(fields));
    await queries.invalidateQueries({ queryKey: policiesKey });
    await navigate({ to: `/policies/${id}` });
  };
  return (
    <Page title={t('form.newTitle', { type: t(`type.${given.type}`) })}>
      <Permitted any={[manageOf(given.type)]}>
        <PolicyForm given={given} onSave={save} onCancel={() => void navigate({ to: '/policies' })} />
      </Permitted>
    </Page>
  );
}
