import { Field, makeStyles, Radio, RadioGroup, Spinner, Switch } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { changeSettings, settingsQuery, type TenantSettings } from './calls.ts';
import { Identity } from './Identity.tsx';
import { RetentionSection } from './RetentionSection.tsx';
import { SettingsFrame } from './SettingsFrame.tsx';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '16px', maxWidth: '720px' },
});

/** Settings > Organization settings: what the organisation is called, and what its members may do. */
export function GeneralPage() {
  const t = useTexts('settings');
  return (
    <SettingsFrame lead={t('general.lead')}>
      <Identity />
      <Section title={t('general.consent')}>
        <Permitted any={['Applications.read', 'Consent.grantDelegated']}>
          <ConsentSettings />
        </Permitted>
      </Section>
      <Section title={t('retention.title')}>
        <Permitted any={['AdvancedHunting.Read.All', 'Settings.manage']}>
          <RetentionSection />
        </Permitted>
      </Section>
    </SettingsFrame>
  );
}

function ConsentSettings() {
  const common = useTexts('common');
  const { data, error, refetch } = useQuery(settingsQuery);
  // What was typed outlives a try to ask again that failed.
  if (error && !data) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  return <ConsentForm present={data} />;
}

const consenting = ['Consent.grantGraph'];

const settingNames = ['membersMayRegister', 'userConsent', 'consentRequestsEnabled', 'passwordGrantEnabled'] as const;

function ConsentForm({ present }: { present: TenantSettings }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const queries = useQueryClient();
  const session = useSession();
  const [changed, setChanged] = useState<Partial<TenantSettings>>({});
  const [isSaved, setSaved] = useState(false);
  const draft = { ...present, ...changed };
  const save = useAct(async () => {
    // Only what differs: what somebody else changed meanwhile stays as it is.
    const body = { ...changed };
    for (const name of settingNames) if (body[name] === present[name]) delete body[name];
    if (Object.keys(body).length > 0) queries.setQueryData(settingsQuery.queryKey, await changeSettings(body));
    setChanged({});
    setSaved(true);
  });
  const isReadOnly = !may(session, ...consenting);
  const change = (part: Partial<TenantSettings>) => {
    setSaved(false);
    setChanged({ ...changed, ...part });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run(undefined);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {save.error !== undefined && <ProblemNotice error={save.error} />}
      <Choice
        label={t('general.membersMayRegister')}
        hint={t('general.membersMayRegisterHint')}
        isOn={draft.membersMayRegister}
        isReadOnly={isReadOnly}
        change={(isOn) => change({ membersMayRegister: isOn })}
      />
      <Field label={t('general.userConsent')}>
        <RadioGroup
          value={draft.userConsent}
          disabled={isReadOnly}
          onChange={(_event, { value }) => change({ userConsent: value === 'none' ? 'none' : 'non-admin' })}
        >
          <Radio value="non-admin" label={t('general.userConsentOf.non-admin')} />
          <Radio value="none" label={t('general.userConsentOf.none')} />
        </RadioGroup>
      </Field>
      <Choice
        label={t('general.consentRequests')}
        hint={t('general.consentRequestsHint')}
        isOn={draft.consentRequestsEnabled}
        isReadOnly={isReadOnly}
        change={(isOn) => change({ consentRequestsEnabled: isOn })}
      />
      <Choice
        label={t('general.passwordGrant')}
        hint={t('general.passwordGrantHint')}
        isOn={draft.passwordGrantEnabled}
        isReadOnly={isReadOnly}
        change={(isOn) => change({ passwordGrantEnabled: isOn })}
      />
      {isSaved && <Notice intent="success" title={t('saved')} />}
      <PermittedButton any={consenting} appearance="primary" type="submit" disabled={save.isBusy}>
        {common('action.save')}
      </PermittedButton>
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly isReadOnly: boolean;
  change(isOn: boolean): void;
}

function Choice({ label, hint, isOn, isReadOnly, change }: ChoiceProps) {
  return (
    <Field hint={hint}>
      <Switch label={label} checked={isOn} disabled={isReadOnly} onChange={(_event, { checked }) => change(checked)} />
    </Field>
  );
}
