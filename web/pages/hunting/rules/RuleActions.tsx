import { Spinner } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { PermittedButton } from '../../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../../components/states.tsx';
import { useTexts } from '../../../i18n/texts.ts';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { changeRule, changeRules, deleteRule, type Rule, ruleQuery, runRule } from '../api.ts';
import { useDraft } from '../draft.ts';

/** What can be done with a rule. */
export function RuleActions({ rule }: { rule: Rule }) {
  const t = useTexts('hunting');
  const common = useTexts('common');
  const navigate = useNavigate();
  const { set } = useDraft();
  const [isAsking, setAsking] = useState(false);
  const { act, isBusy, error } = useActing(rule.id);
  const any = [changeRules];
  const remove = async () => {
    await act(
      () => deleteRule(rule.id),
      () => navigate({ to: '/hunting/custom-detections' }),
    );
    setAsking(false);
  };
  return (
    <>
      {isBusy && <Spinner size="small" label={t('run.running')} />}
      <PermittedButton
        any={any}
        appearance="primary"
        disabled={isBusy}
        onClick={() => void act(() => runRule(rule.id, new AbortController().signal))}
      >
        {t('rules.runNow')}
      </PermittedButton>
      <PermittedButton
        any={any}
        disabled={isBusy}
        onClick={() => void act(() => changeRule(rule.id, { isEnabled: !rule.isEnabled }))}
      >
        {rule.isEnabled ? t('rules.disable') : t('rules.enable')}
      </PermittedButton>
      <PermittedButton
        any={any}
        disabled={isBusy}
        onClick={() => void navigate({ to: `/hunting/custom-detections/${rule.id}/edit` })}
      >
        {common('action.edit')}
      </PermittedButton>
      <PermittedButton
        any={['AdvancedHunting.Read.All']}
        onClick={() => {
          set({ text: rule.queryCondition.queryText, saved: null });
          void navigate({ to: '/hunting' });
        }}
      >
        {t('rules.toEditor')}
      </PermittedButton>
      <PermittedButton any={any} disabled={isBusy} onClick={() => setAsking(true)}>
        {common('action.delete')}
      </PermittedButton>
      {error !== undefined && <ProblemNotice error={error} />}
      <ConfirmDialog
        open={isAsking}
        title={t('rules.deleteTitle', { name: rule.displayName })}
        confirmText={common('action.delete')}
        cancelText={common('action.cancel')}
        onConfirm={remove}
        onClose={() => setAsking(false)}
      >
        {t('rules.deleteDetail')}
      </ConfirmDialog>
    </>
  );
}

/** Does one thing at a time, and looks at the rule and its runs again afterwards. */
function useActing(id: string) {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  async function act(work: () => Promise<unknown>, leave?: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      // Whoever leaves must not ask for what is gone.
      await leave?.();
      if (leave) queries.removeQueries({ queryKey: ruleQuery(id).queryKey });
      await queries.invalidateQueries({ queryKey: ['custom-detections'] });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }
  return { act, isBusy, error };
}
