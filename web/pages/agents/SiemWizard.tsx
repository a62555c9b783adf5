import { Text } from '@fluentui/react-components';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { changeSiemAgent, createSiemAgent, type SiemAgent } from './calls.ts';
import { GeneralStep, TargetStep, TypesStep } from './SiemSteps.tsx';
import { bodyOf, draftOf, faultsOf, steps } from './siem-draft.ts';

interface SiemWizardProps {
  /** The one to change; absent for a new one. */
  readonly agent?: SiemAgent;
  /** A new one has a token to show. */
  onMinted(name: string, value: string): void;
  onDone(): void;
  onClose(): void;
}

const pages = [GeneralStep, TargetStep, TypesStep] as const;

/** Three steps: name and form, where to, what. Then a new agent is there with its token, or the present one is changed. */
export function SiemWizard({ agent, onMinted, onDone, onClose }: SiemWizardProps) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const [draft, setDraft] = useState(() => draftOf(agent));
  const [step, setStep] = useState(0);
  const [isTried, setTried] = useState(false);
  const faults = faultsOf(draft);
  const go = (to: number) => {
    setTried(false);
    setStep(to);
    return false;
  };
  const submit = async () => {
    setTried(true);
    if (steps[step]?.some((field) => field in faults)) return false;
    if (step < pages.length - 1) return go(step + 1);
    if (agent) {
      await changeSiemAgent(agent.id, bodyOf(draft));
      return onDone();
    }
    const minted = await createSiemAgent(bodyOf(draft));
    onMinted(minted.agent.name, minted.value);
    return false;
  };
  const Step = pages[step] ?? GeneralStep;
  return (
    <FormDialog
      title={agent ? t('siem.editTitle', { name: agent.name }) : t('siem.add')}
      submitText={step === pages.length - 1 && agent ? common('action.save') : common('action.next')}
      checksItself
      onBack={step > 0 ? () => go(step - 1) : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text role="status">{t('wizard.step', { step: step + 1, steps: pages.length })}</Text>
      <Step
        draft={draft}
        faults={isTried ? faults : {}}
        change={(part) => setDraft((before) => ({ ...before, ...part }))}
      />
    </FormDialog>
  );
}
