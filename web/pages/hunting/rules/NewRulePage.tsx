import { Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Permitted, ProblemNotice } from '../../../components/states.tsx';
import { useTexts } from '../../../i18n/texts.ts';
import { Page } from '../../../ui/Page.tsx';
import { changeRules, choicesQuery, createRule } from '../api.ts';
import { useDraft } from '../draft.ts';
import { RuleForm } from './RuleForm.tsx';
import { newFields } from './rule-fields.ts';

/** A new detection rule, of the query that stands in the editor. */
export function NewRulePage() {
  const t = useTexts('hunting');
  return (
    <Page title={t('rules.newTitle')} lead={t('rules.newLead')}>
      <Permitted any={[changeRules]}>
        <NewRule />
      </Permitted>
    </Page>
  );
}

function NewRule() {
  const common = useTexts('common');
  const { data: choices, error, refetch } = useQuery(choicesQuery);
  const { text } = useDraft();
  const queries = useQueryClient();
  const navigate = useNavigate();
  if (error) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!choices) return <Spinner label={common('state.loading')} />;
  return (
    <RuleForm
      given={newFields(text)}
      choices={choices}
      onCancel={() => void navigate({ to: '/hunting' })}
      onSave={async (body) => {
        const { id } = await createRule(body);
        await queries.invalidateQueries({ queryKey: ['custom-detections', 'list'] });
        await navigate({ to: `/hunting/custom-detections/${id}` });
      }}
    />
  );
}
