import { Checkbox, Field, Input, Select, Text } from '@fluentui/react-components';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { languageNames, languages } from '../../i18n/languages.ts';
import { useTexts } from '../../i18n/texts.ts';
import { fieldFault } from './faults.ts';
import { type Recipient, type RecipientBody, saveRecipient, severityOf } from './notification-calls.ts';
import { SeverityField } from './WebhookForm.tsx';

interface RecipientFormProps {
  /** The one to change; absent for a new one. */
  readonly recipient?: Recipient;
  onDone(): void;
  onClose(): void;
}

interface Draft {
  readonly address: string;
  readonly language: (typeof languages)[number];
  /** Empty: no mail about alerts. */
  readonly alerts: string;
  readonly consentRequests: boolean;
  readonly roleApprovals: boolean;
  /** Empty: no mail about secrets. */
  readonly days: string;
}

/** Whom to write to, in which language, and about what. */
export function RecipientForm({ recipient, onDone, onClose }: RecipientFormProps) {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { draft, change, faults, submit } = useDraft(recipient, onDone);
  return (
    <FormDialog
      title={recipient ? t('mail.editTitle', { address: recipient.address }) : t('mail.add')}
      submitText={common('action.save')}
      checksItself
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label={t('mail.address')} required validationMessage={faults.address ?? null}>
        <Input
          value={draft.address}
          type="email"
          maxLength={254}
          autoFocus
          autoComplete="off"
          onChange={(_event, { value }) => change({ address: value })}
        />
      </Field>
      <LanguageField value={draft.language} change={(language) => change({ language })} />
      <SeverityField
        label={t('mail.alerts')}
        hint={t('mail.alertsHint')}
        none={t('mail.noAlerts')}
        value={draft.alerts}
        change={(alerts) => change({ alerts })}
      />
      <Checkbox
        label={t('mail.consentRequests')}
        checked={draft.consentRequests}
        onChange={(_event, { checked }) => change({ consentRequests: checked === true })}
      />
      <Checkbox
        label={t('mail.roleApprovals')}
        checked={draft.roleApprovals}
        onChange={(_event, { checked }) => change({ roleApprovals: checked === true })}
      />
      <Field label={t('mail.secretDays')} hint={t('mail.secretDaysHint')} validationMessage={faults.days ?? null}>
        <Input
          value={draft.days}
          maxLength={3}
          inputMode="numeric"
          onChange={(_event, { value }) => change({ days: value.trim() })}
        />
      </Field>
      {faults.nothing !== undefined && <Text role="alert">{faults.nothing}</Text>}
    </FormDialog>
  );
}

/** What is typed, what is wrong with it, and its way to the server. */
function useDraft(recipient: Recipient | undefined, onDone: () => void) {
  const t = useTexts('settings');
  const [draft, setDraft] = useState<Draft>(() => draftOf(recipient));
  const [isTried, setTried] = useState(false);
  const [refused, setRefused] = useState<string>();
  const { address, alerts, consentRequests, roleApprovals, days } = draft;
  const isWrong = {
    address: !/^[^\s@]+@[^\s@]+$/.test(address.trim()),
    days: days !== '' && !(/^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= 365),
    nothing: alerts === '' && !consentRequests && !roleApprovals && days === '',
  };
  const submit = async () => {
    setTried(true);
    setRefused(undefined);
    if (isWrong.address || isWrong.days || isWrong.nothing) return false;
    try {
      await saveRecipient(recipient?.id, bodyOf(draft));
    } catch (error) {
      const fault = fieldFault(error, ['address']);
      if (!fault) throw error;
      setRefused(fault.problem);
      return false;
    }
    return onDone();
  };
  return {
    draft,
    submit,
    change: (part: Partial<Draft>) => setDraft({ ...draft, ...part }),
    faults: {
      address: isTried && isWrong.address ? t('mail.fault.address') : refused,
      days: isTried && isWrong.days ? t('fault.days') : undefined,
      nothing: isTried && isWrong.nothing ? t('mail.fault.nothing') : undefined,
    },
  };
}

function draftOf(recipient: Recipient | undefined): Draft {
  return {
    address: recipient?.address ?? '',
    language: recipient?.language ?? 'en',
    alerts: recipient ? (recipient.alerts ?? '') : 'medium',
    consentRequests: recipient?.consentRequests ?? false,
    roleApprovals: recipient?.roleApprovals ?? false,
    days: recipient?.expiringSecretDays == null ? '' : String(recipient.expiringSecretDays),
  };
}

function bodyOf({ address, language, alerts, consentRequests, roleApprovals, days }: Draft): RecipientBody {
  return {
    address: address.trim(),
    ...{ language, consentRequests, roleApprovals },
    alerts: severityOf(alerts),
    expiringSecretDays: days === '' ? null : Number(days),
  };
}

function LanguageField({ value, change }: { value: Draft['language']; change(language: Draft['language']): void }) {
  const t = useTexts('settings');
  return (
    <Field label={t('mail.language')}>
      <Select
        value={value}
        onChange={(_event, chosen) => change(languages.find((each) => each === chosen.value) ?? 'en')}
      >
        {languages.map((each) => (
          <option key={each} value={each}>
            {languageNames[each]}
          </option>
        ))}
      </Select>
    </Field>
  );
}
