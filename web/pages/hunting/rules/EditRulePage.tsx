import { Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Permitted, ProblemNotice } from '../../../components/states.tsx';
import { useTexts } from '../../../i18n/texts.ts';
import { Page } from '../../../ui/Page.tsx';
import { changeRule, changeRules, choicesQuery, ruleQuery } from '../api.ts';
import { RuleForm } from './RuleForm.tsx';
import { fieldsOf } from './rule-fields.ts';

/** Changes a detection rule. */
export function EditRulePage() {
  const t = useTexts('hunting');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: rule } = useQuery(ruleQuery(id));
  return (
    <Page title={t('rules.editTitle', { name: rule?.displayName ?? '' })} lead={t('rules.editLead')}>
      <Permitted any={[changeRules]}>
        <EditRule id={id} />
      </Permitted>
    </Page>
  );
}

function EditRule({ id }: { id: string }) {
  const common = useTexts('common');
  const choices = useQuery(choicesQuery);
  const rule = useQuery(ruleQuery(id));
  const queries = useQueryClient();
  const navigate = useNavigate();
  const back = () => navigate({ to: `/hunting/custom-detections/${id}` });
  const error = choices.error ?? rule.error;
  if (error) return <ProblemNotice error={error} />;
  if (!choices.data || !rule.data) return <Spinner label={common('state.loading')} />;
  return (
    <RuleForm
      given={fieldsOf(rule.data, choices.data)}
      choices={choices.data}
      onCancel={() => void back()}
      onSave={async (body) => {
        queries.setQueryData(ruleQuery(id).queryKey, await changeRule(id, body));
        await queries.invalidateQueries({ queryKey: ['custom-detections', 'list'] });
        await back();
      }}
    />
  );
}
