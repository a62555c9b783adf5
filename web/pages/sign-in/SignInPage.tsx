import { Button, Card, Divider, Field, Input, Link, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { call, managementPath } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { sessionQuery } from '../../api/session.ts';
import { LanguageField } from '../../app/LanguageField.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { ExternalSignIn } from './ExternalSignIn.tsx';
import { ownPath } from './own-path.ts';
import { ProviderProblem } from './ProviderProblem.tsx';

const useStyles = makeStyles({
  place: {
    display: 'grid',
    placeItems: 'center',
    minHeight: '100vh',
    padding: '16px',
    boxSizing: 'border-box',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  card: { width: '100%', maxWidth: '420px', padding: '24px', boxSizing: 'border-box' },
  form: { display: 'flex', flexDirection: 'column', gap: '16px' },
  title: { margin: 0, fontSize: tokens.fontSizeHero700, lineHeight: tokens.lineHeightHero700 },
});

/** What the account turned out to need besides name and password. */
type Step = 'password' | 'code' | 'recoveryCode' | 'newPassword';

/** Where a person signs in with a local account or with the tenant's own provider. */
export function SignInPage() {
  const styles = useStyles();
  const t = useTexts('sign-in');
  const { ended }: { ended?: unknown } = useSearch({ strict: false });
  return (
    <main className={styles.place}>
      <Card className={styles.card}>
        <Text weight="semibold">Sallyport</Text>
        <h1 className={styles.title}>{t('title')}</h1>
        {ended !== undefined && <Notice intent="info" title={t('ended')} />}
        <ProviderProblem />
        <LocalSignIn />
        <Divider>{t('or')}</Divider>
        <ExternalSignIn />
        <LanguageField />
      </Card>
    </main>
  );
}

function LocalSignIn() {
  const styles = useStyles();
  const t = useTexts('sign-in');
  const { step, error, isBusy, submit, useRecovery } = useSignIn();
  const required = true;
  return (
    <form className={styles.form} onSubmit={submit} noValidate={false}>
      {error !== undefined && <ProblemNotice error={error} />}
      <Field label={t('userName')} required={required}>
        <Input name="userName" autoComplete="username" autoFocus maxLength={256} />
      </Field>
      <Field label={t('password')} required={required}>
        <Input name="password" type="password" autoComplete="current-password" maxLength={1024} />
      </Field>
      {step === 'code' && (
        <Field label={t('code')} required={required}>
          <Input name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus maxLength={100} />
        </Field>
      )}
      {step === 'code' && <Link onClick={useRecovery}>{t('useRecovery')}</Link>}
      {step === 'recoveryCode' && (
        <Field label={t('recoveryCode')} required={required}>
          <Input name="recoveryCode" autoComplete="off" autoFocus maxLength={100} />
        </Field>
      )}
      {step === 'newPassword' && (
        <Field label={t('newPassword')} hint={t('newPasswordHint')} required={required}>
          <Input name="newPassword" type="password" autoComplete="new-password" autoFocus maxLength={1024} />
        </Field>
      )}
      <Button appearance="primary" type="submit" disabled={isBusy}>
        {t('submit')}
      </Button>
    </form>
  );
}

/** Sends what was typed, and follows what the account asks for: a second factor, a new password. */
function useSignIn() {
  const [step, setStep] = useState<Step>('password');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { returnTo }: { returnTo?: unknown } = useSearch({ strict: false });

  async function signIn(typed: Record<string, string>): Promise<void> {
    await call(managementPath('sessions'), { body: { ...typed, client: 'portal' } });
    queries.clear();
    await queries.fetchQuery(sessionQuery);
    await navigate({ to: ownPath(returnTo), replace: true });
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const fields = Object.fromEntries(
      [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]),
    );
    setBusy(true);
    setError(undefined);
    signIn(fields)
      .catch((problem: unknown) => {
        const next = stepAfter(problem);
        if (next) setStep(next);
        else setError(problem);
      })
      .finally(() => setBusy(false));
  }

  return { step, error, isBusy, submit, useRecovery: () => setStep('recoveryCode') };
}

/** The field that the server asks for in addition; undefined when the refusal is final. */
function stepAfter(problem: unknown): Step | undefined {
  if (!(problem instanceof ApiProblem)) return undefined;
  if (problem.code === 'second-factor-required') return 'code';
  return problem.code === 'password-change-required' ? 'newPassword' : undefined;
}
