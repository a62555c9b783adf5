import { Field, Input, Select } from '@fluentui/react-components';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { BoxGroup } from './BoxGroup.tsx';
import { webhookEvents } from './events.ts';
import { fieldFault } from './faults.ts';
import {
  changeWebhook,
  createWebhook,
  type Minted,
  severities,
  severityOf,
  type Webhook,
  type WebhookBody,
} from './notification-calls.ts';

interface WebhookFormProps {
  /** The one to change; absent for a new one. */
  readonly webhook?: Webhook;
  /** A new one has a secret to show. */
  onMinted(minted: Minted): void;
  onDone(): void;
  onClose(): void;
}

const fields = ['name', 'url', 'events'] as const;
type FieldName = (typeof fields)[number];

/** Where to send and what. */
export function WebhookForm({ webhook, onMinted, onDone, onClose }: WebhookFormProps) {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { draft, change, faultOf, submit } = useDraft(webhook, async (body) => {
    if (webhook) {
      await changeWebhook(webhook.id, body);
      return onDone();
    }
    onMinted(await createWebhook(body));
    return false;
  });
  return (
    <FormDialog
      title={webhook ? t('webhooks.editTitle', { name: webhook.name }) : t('webhooks.add')}
      submitText={webhook ? common('action.save') : common('action.next')}
      checksItself
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label={t('webhooks.name')} required validationMessage={faultOf('name') ?? null}>
        <Input
          value={draft.name}
          maxLength={100}
          autoFocus
          autoComplete="off"
          onChange={(_event, { value }) => change({ name: value })}
        />
      </Field>
      <Field label={t('webhooks.url')} hint={t('webhooks.urlHint')} required validationMessage={faultOf('url') ?? null}>
        <Input
          value={draft.url}
          type="url"
          maxLength={2000}
          autoComplete="off"
          onChange={(_event, { value }) => change({ url: value })}
        />
      </Field>
      <BoxGroup
        label={t('webhooks.events')}
        hint={t('webhooks.eventsHint')}
        fault={faultOf('events')}
        isRequired
        options={webhookEvents.map((event) => [event, t(`event.${event}`)])}
        chosen={draft.events}
        change={(events) => change({ events })}
      />
      <SeverityField
        label={t('webhooks.severityMin')}
        hint={t('webhooks.severityMinHint')}
        none={t('webhooks.anySeverity')}
        value={severityOf(draft.severityMin ?? undefined) ?? ''}
        change={(value) => change({ severityMin: severityOf(value) })}
      />
    </FormDialog>
  );
}

/** What is typed, what is wrong with it here or by the server's word, and its way to `save`. */
function useDraft(webhook: Webhook | undefined, save: (body: WebhookBody) => Promise<unknown>) {
  const t = useTexts('settings');
  const [draft, setDraft] = useState<WebhookBody>(() => draftOf(webhook));
  const [isTried, setTried] = useState(false);
  const [refused, setRefused] = useState<ReturnType<typeof fieldFault<FieldName>>>();
  const missing: Readonly<Record<FieldName, boolean>> = {
    name: draft.name.trim() === '',
    url: !URL.canParse(draft.url),
    events: draft.events.length === 0,
  };
  const submit = async () => {
    setTried(true);
    if (missing.name || missing.url || missing.events) return false;
    try {
      return await save(draft);
    } catch (error) {
      const fault = fieldFault(error, fields);
      if (!fault) throw error;
      setRefused(fault);
      return false;
    }
  };
  return {
    draft,
    submit,
    change(part: Partial<WebhookBody>) {
      setRefused(undefined);
      setDraft({ ...draft, ...part });
    },
    faultOf(field: FieldName): string | undefined {
      if (isTried && missing[field]) return t(`webhooks.fault.${field}`);
      return refused?.field === field ? refused.problem : undefined;
    },
  };
}

function draftOf(webhook: Webhook | undefined): WebhookBody {
  return {
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    events: webhook?.events ?? ['alert.created', 'incident.created'],
    severityMin: webhook?.severityMin ?? null,
  };
}

interface SeverityFieldProps {
  readonly label: string;
  readonly hint: string;
  /** The choice of none. */
  readonly none: string;
  readonly value: string;
  change(value: string): void;
}

/** From which severity up. */
export function SeverityField({ label, hint, none, value, change }: SeverityFieldProps) {
  const t = useTexts('settings');
  return (
    <Field label={label} hint={hint}>
      <Select value={value} onChange={(_event, chosen) => change(chosen.value)}>
        <option value="">{none}</option>
        {severities.map((each) => (
          <option key={each} value={each}>
            {t('severityFrom', { severity: t(`severity.${each}`) })}
          </option>
        ))}
      </Select>
    </Field>
  );
}
