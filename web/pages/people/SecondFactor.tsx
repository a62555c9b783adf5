import { Badge, Button, Field, Input, makeStyles, Text } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sessionQuery, useSession } from '../../api/session.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { confirmSecondFactor, removeSecondFactor, renewRecoveryCodes, startSecondFactor } from './calls.ts';

const useStyles = makeStyles({
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center' },
  codes: { columns: '180px', fontFamily: 'ui-monospace, monospace', margin: 0 },
});

type Step =
  | { readonly kind: 'start' | 'remove' | 'renew' }
  | { readonly kind: 'confirm'; readonly secret: string; readonly uri: string };

/** The authenticator app: set up, recovery codes, taken away. Secrets live in this component's state alone. */
export function SecondFactor() {
  const styles = useStyles();
  const t = useTexts('people');
  const { hasSecondFactor } = useSession();
  const [step, setStep] = useState<Step>();
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <Section title={t('users.secondFactor')}>
      <div className={styles.buttons}>
        <Badge color={hasSecondFactor ? 'success' : 'warning'}>
          {hasSecondFactor ? t('factor.isOn') : t('factor.isOff')}
        </Badge>
        {hasSecondFactor ? (
          <>
            <Button onClick={() => setStep({ kind: 'renew' })}>{t('factor.renew')}</Button>
            <Button onClick={() => setStep({ kind: 'remove' })}>{t('factor.remove')}</Button>
          </>
        ) : (
          <Button appearance="primary" onClick={() => setStep({ kind: 'start' })}>
            {t('factor.setUp')}
          </Button>
        )}
      </div>
      {codes && (
        <>
          <Notice intent="warning" title={t('factor.codes')} detail={t('factor.codesDetail')} />
          <ul className={styles.codes}>
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
        </>
      )}
      {step && <StepDialog step={step} onStep={setStep} onCodes={setCodes} />}
    </Section>
  );
}

interface StepDialogProps {
  readonly step: Step;
  onStep(step: Step | undefined): void;
  onCodes(codes: readonly string[] | undefined): void;
}

function StepDialog({ step, onStep, onCodes }: StepDialogProps) {
  const t = useTexts('people');
  const queries = useQueryClient();
  let next: Step | undefined;
  const submit = async ({ code = '', currentPassword = '' }: Readonly<Record<string, string>>) => {
    switch (step.kind) {
      case 'start':
        next = { kind: 'confirm', ...(await startSecondFactor(currentPassword)) };
        break;
      case 'confirm':
        onCodes((await confirmSecondFactor(code.trim())).recoveryCodes);
        break;
      case 'renew':
        onCodes((await renewRecoveryCodes(code.trim())).recoveryCodes);
        break;
      case 'remove':
        await removeSecondFactor(code.trim());
        onCodes(undefined);
    }
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <FormDialog
      key={step.kind}
      title={t(`factor.steps.${step.kind}`)}
      submitText={t(`factor.buttons.${step.kind}`)}
      onSubmit={submit}
      onClose={() => onStep(next)}
    >
      {step.kind === 'start' && (
        <Field label={t('account.currentPassword')} hint={t('factor.passwordHint')}>
          <Input name="currentPassword" type="password" autoComplete="current-password" maxLength={1024} />
        </Field>
      )}
      {step.kind === 'confirm' && <Enrolment secret={step.secret} uri={step.uri} />}
      {step.kind !== 'start' && (
        <Field label={t('factor.code')} required>
          <Input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={100} />
        </Field>
      )}
    </FormDialog>
  );
}

function Enrolment({ secret, uri }: { secret: string; uri: string }) {
  const t = useTexts('people');
  const common = useTexts('common');
  const words = { copyText: common('action.copy'), copiedText: common('action.copied') };
  return (
    <>
      <Text>{t('factor.enrol')}</Text>
      <CopyField label={t('factor.secret')} value={secret} {...words} />
      <CopyField label={t('factor.uri')} value={uri} {...words} />
    </>
  );
}
