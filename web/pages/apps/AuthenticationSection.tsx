import { Button, Field, Input, makeStyles, Select, Switch, Textarea } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { type Application, applicationsKey, updateApplication } from './calls.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '16px', maxWidth: '720px' },
  field: { width: '100%' },
});

const platforms = ['web', 'spa', 'publicClient'] as const;

/** Where people come back to after a sign-in, for whom the application is, and what it is called. */
export function AuthenticationSection({ application }: { application: Application }) {
  const styles = useStyles();
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [isPublic, setPublic] = useState(application.isPublicClient);
  const [isSaved, setSaved] = useState(false);
  const save = useAct(async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const lines = (name: string) =>
      text(name)
        .split(/\s+/)
        .filter((line) => line !== '');
    await updateApplication(application.id, {
      displayName: text('displayName'),
      signInAudience: text('audience'),
      redirectUris: Object.fromEntries(platforms.map((each) => [each, lines(each)])),
      logoutUrl: text('logoutUrl') || null,
      isPublicClient: isPublic,
    });
    await queries.invalidateQueries({ queryKey: applicationsKey });
    setSaved(true);
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSaved(false);
    void save.run(new FormData(event.currentTarget));
  };
  return (
    <Section title={t('authentication.title')}>
      <form className={styles.form} onSubmit={submit}>
        {save.error !== undefined && <ProblemNotice error={save.error} />}
        {isSaved && <Notice intent="success" title={t('saved')} />}
        <Field label={t('name')} required className={styles.field}>
          <Input name="displayName" defaultValue={application.displayName} maxLength={256} />
        </Field>
        <Field label={t('audience.label')} className={styles.field}>
          <Select name="audience" defaultValue={application.signInAudience}>
            <option value="AzureADMyOrg">{t('audience.AzureADMyOrg')}</option>
            <option value="AzureADMultipleOrgs">{t('audience.AzureADMultipleOrgs')}</option>
          </Select>
        </Field>
        {platforms.map((each) => (
          <Field
            key={each}
            label={t(`authentication.${each}`)}
            hint={t('authentication.perLine')}
            className={styles.field}
          >
            <Textarea name={each} defaultValue={application.redirectUris[each].join('\n')} resize="vertical" />
          </Field>
        ))}
        <Field label={t('authentication.logoutUrl')} className={styles.field}>
          <Input name="logoutUrl" type="url" defaultValue={application.logoutUrl ?? ''} maxLength={300} />
        </Field>
        <Switch
          label={t('authentication.publicFlows')}
          checked={isPublic}
          onChange={(_event, { checked }) => setPublic(checked)}
        />
        <Button type="submit" appearance="primary" disabled={save.isBusy}>
          {common('action.save')}
        </Button>
      </form>
    </Section>
  );
}
