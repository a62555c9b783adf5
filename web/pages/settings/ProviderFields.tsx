import { Field, Input, Select, Switch } from '@fluentui/react-components';
import type { HTMLInputTypeAttribute } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { authentications, type BodyField, type ProviderDraft } from './provider-draft.ts';

export interface FieldsProps {
  readonly draft: ProviderDraft;
  /** Nothing is set yet. */
  readonly isNew: boolean;
  /** What is wrong with a field of the body, in words. */
  faultOf(field: BodyField): string | undefined;
  change(part: Partial<ProviderDraft>): void;
}

interface TextFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly fault?: string | undefined;
  readonly value: string;
  readonly maxLength: number;
  readonly isRequired?: boolean;
  readonly type?: Extract<HTMLInputTypeAttribute, 'text' | 'password' | 'url'>;
  change(value: string): void;
}

/** One line of text, with what is wrong with it. */
export function TextField({ label, hint, fault, value, maxLength, isRequired, type, change }: TextFieldProps) {
  return (
    <Field
      label={label}
      required={isRequired ?? false}
      {...(hint === undefined ? {} : { hint })}
      {...(fault === undefined ? {} : { validationMessage: fault })}
    >
      <Input
        value={value}
        maxLength={maxLength}
        type={type ?? 'text'}
        // A secret that is being set is none of this browser's passwords.
        autoComplete={type === 'password' ? 'new-password' : 'off'}
        spellCheck={false}
        onChange={(_event, data) => change(data.value)}
      />
    </Field>
  );
}

/** Who the provider is, and how this server signs in there itself. */
export function ProviderFields({ draft, isNew, faultOf, change }: FieldsProps) {
  const t = useTexts('settings');
  return (
    <>
      <TextField
        label={t('provider.issuer')}
        hint={t('provider.issuerHint')}
        fault={faultOf('issuer')}
        value={draft.issuer}
        maxLength={500}
        type="url"
        isRequired
        change={(issuer) => change({ issuer })}
      />
      <TextField
        label={t('provider.clientId')}
        fault={faultOf('clientId')}
        value={draft.clientId}
        maxLength={300}
        isRequired
        change={(clientId) => change({ clientId })}
      />
      <TextField
        label={t('provider.clientSecret')}
        hint={isNew ? t('provider.clientSecretHint') : t('provider.clientSecretKept')}
        fault={faultOf('clientSecret')}
        value={draft.clientSecret}
        maxLength={1000}
        type="password"
        isRequired={isNew}
        change={(clientSecret) => change({ clientSecret })}
      />
      <TextField
        label={t('provider.displayName')}
        hint={t('provider.displayNameHint')}
        fault={faultOf('displayName')}
        value={draft.displayName}
        maxLength={60}
        isRequired
        change={(displayName) => change({ displayName })}
      />
      <Authentication draft={draft} change={change} />
      <TextField
        label={t('provider.scopes')}
        hint={t('provider.scopesHint')}
        fault={faultOf('scopes')}
        value={draft.scopes}
        maxLength={1000}
        change={(scopes) => change({ scopes })}
      />
      <Switch
        label={t('provider.isEnabled')}
        checked={draft.isEnabled}
        onChange={(_event, { checked }) => change({ isEnabled: checked })}
      />
    </>
  );
}

function Authentication({ draft, change }: Pick<FieldsProps, 'draft' | 'change'>) {
  const t = useTexts('settings');
  return (
    <Field label={t('provider.authentication')}>
      <Select
        value={draft.clientAuthentication}
        onChange={(_event, { value }) =>
          change({ clientAuthentication: authentications.find((each) => each === value) ?? 'client_secret_basic' })
        }
      >
        {authentications.map((each) => (
          <option key={each} value={each}>
            {t(`provider.authenticationOf.${each}`)}
          </option>
        ))}
      </Select>
    </Field>
  );
}
