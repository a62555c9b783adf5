import { Field, Input } from '@fluentui/react-components';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { generateToken, type Minted } from './calls.ts';
import { bodyOf, type Draft, faultsOf, newDraft } from './draft.ts';
import { LimitFields } from './LimitFields.tsx';
import { ValueStep } from './ValueStep.tsx';

/** The wizard: a name and, if wanted, limits; then the value, once. */
export function GenerateDialog({ onDone, onClose }: { onDone(): void; onClose(): void }) {
  const [minted, setMinted] = useState<Minted>();
  if (minted) return <ValueStep minted={minted} onClose={onClose} />;
  return (
    <NameStep
      onMinted={(answer) => {
        setMinted(answer);
        onDone();
      }}
      onClose={onClose}
    />
  );
}

function NameStep({ onMinted, onClose }: { onMinted(minted: Minted): void; onClose(): void }) {
  const t = useTexts('tokens');
  const common = useTexts('common');
  const [draft, setDraft] = useState<Draft>(newDraft);
  const [isTried, setTried] = useState(false);
  const faults = faultsOf(draft, Date.now());
  const shown = isTried ? faults : {};
  const submit = async () => {
    setTried(true);
    if (Object.keys(faults).length === 0) onMinted(await generateToken(bodyOf(draft, Date.now())));
    return false;
  };
  const required = true;
  return (
    <FormDialog
      title={t('generate.action')}
      submitText={common('action.next')}
      checksItself
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={t('generate.name')}
        hint={t('generate.nameHint')}
        required={required}
        {...(shown.name ? { validationMessage: t(shown.name) } : {})}
      >
        <Input
          value={draft.name}
          maxLength={100}
          autoComplete="off"
          autoFocus
          onChange={(_event, { value }) => setDraft({ ...draft, name: value })}
        />
      </Field>
      <LimitFields draft={draft} faults={shown} change={(part) => setDraft({ ...draft, ...part })} />
    </FormDialog>
  );
}
