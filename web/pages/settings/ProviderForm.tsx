import { Button, makeStyles } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { CheckButton } from './CheckButton.tsx';
import { type ExternalSignIn, type ProviderAnswer, putProvider } from './calls.ts';
import { fieldFault } from './faults.ts';
import { GroupRoles } from './GroupRoles.tsx';
import { type FieldsProps, ProviderFields } from './ProviderFields.tsx';
import { bodyFields, bodyOf, draftOf, faultsOf, type ProviderDraft } from './provider-draft.ts';
import { RemoveProviderDialog } from './RemoveProviderDialog.tsx';
import { ClaimFields, SecondFactorFields, WhoFields } from './WhoFields.tsx';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: '24px', maxWidth: '720px' },
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

interface ProviderFormProps {
  readonly present: ExternalSignIn | null;
  onSaved(answer: ProviderAnswer): void;
  onRemoved(): void;
}

/** All that is set about the provider. What the server does not take is told at the field that it is about. */
export function ProviderForm({ present, onSaved, onRemoved }: ProviderFormProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const [draft, setDraft] = useState<ProviderDraft>(() => draftOf(present));
  const [isTried, setTried] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const save = useAct(() => putProvider(bodyOf(draft)));
  const faults = faultsOf(draft, present);
  const refused = fieldFault(save.error, bodyFields);
  const fields: FieldsProps = {
    draft,
    isNew: present === null,
    faultOf(field) {
      const known = faults[field];
      if (isTried && known) return t(known);
      return refused?.field === field ? refused.problem : undefined;
    },
    change(part) {
      save.forget();
      setDraft((before) => ({ ...before, ...part }));
    },
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length > 0) return;
    const answer = await save.run(undefined);
    if (answer) onSaved(answer);
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <Section title={t('provider.provider')}>
        <ProviderFields {...fields} />
        <CheckButton issuer={draft.issuer.trim()} isSet={present !== null && present.issuer === draft.issuer.trim()} />
      </Section>
      <Section title={t('provider.who')}>
        <WhoFields {...fields} />
      </Section>
      <Section title={t('provider.claims')}>
        <ClaimFields {...fields} />
      </Section>
      <Section title={t('provider.roles')}>
        <GroupRoles {...fields} />
      </Section>
      <Section title={t('provider.secondFactor')}>
        <SecondFactorFields {...fields} />
      </Section>
      {save.error !== undefined && !refused && <ProblemNotice error={save.error} />}
      {isTried && Object.keys(faults).length > 0 && <span role="alert">{t('fault.some')}</span>}
      <div className={styles.bar}>
        <Button appearance="primary" type="submit" disabled={save.isBusy}>
          {common('action.save')}
        </Button>
        {present && (
          <Button disabled={save.isBusy} onClick={() => setRemoving(true)}>
            {t('provider.remove')}
          </Button>
        )}
      </div>
      {isRemoving && present && (
        <RemoveProviderDialog present={present} onDone={onRemoved} onClose={() => setRemoving(false)} />
      )}
    </form>
  );
}
