// Calls about who is told of what happens: webhooks, mail, and what did not arrive.
import { queryOptions } from '@tanstack/react-query';
import type {
  AddRecipientBody,
  MailRecipient,
  MailSettings as MailSettingsSchema,
} from '../../../src/apis/management/mail-settings-schemas.ts';
import type {
  CreateWebhookBody,
  DeadLetter as DeadLetterSchema,
  MintedWebhook,
  Retried,
  Trial as TrialSchema,
  Webhook as WebhookSchema,
} from '../../../src/apis/management/webhooks-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

export type Webhook = Type.Static<typeof WebhookSchema>;
export type WebhookBody = Type.Static<typeof CreateWebhookBody>;
export type Minted = Type.Static<typeof MintedWebhook>;
export type Trial = Type.Static<typeof TrialSchema>;
export type Recipient = Type.Static<typeof MailRecipient>;
export type RecipientBody = Type.Static<typeof AddRecipientBody>;
type MailSettings = Type.Static<typeof MailSettingsSchema>;
export type DeadLetter = Type.Static<typeof DeadLetterSchema>;

/** What every call here asks for. */
export const needed = ['Notifications.manage'] as const;

export const severities = ['informational', 'low', 'medium', 'high'] as const;
type Severity = (typeof severities)[number];

/** Null for anything else, such as "whatever the severity". */
export function severityOf(text: string | undefined): Severity | null {
  return severities.find((each) => each === text) ?? null;
}

export const webhooksKey = ['webhooks'] as const;

export function listWebhooks({ filters, ...page }: ListQuery, signal: AbortSignal): Promise<Page<Webhook>> {
  return call(managementPath('webhooks'), { query: { ...page, isEnabled: filters.isEnabled }, signal });
}

export function createWebhook(body: WebhookBody): Promise<Minted> {
  return call(managementPath('webhooks'), { body });
}

export function changeWebhook(id: string, body: WebhookBody): Promise<Webhook> {
  return call(managementPath('webhooks', id), { method: 'PATCH', body });
}

export function deleteWebhook(id: string): Promise<void> {
  return call(managementPath('webhooks', id), { method: 'DELETE' });
}

export function switchWebhook(id: string, isEnabled: boolean): Promise<Webhook> {
  return call(managementPath('webhooks', id, isEnabled ? 'enable' : 'disable'), { method: 'POST' });
}

export function rotateSecret(id: string): Promise<Minted> {
  return call(managementPath('webhooks', id, 'rotate-secret'), { method: 'POST' });
}

export function testWebhook(id: string): Promise<Trial> {
  return call(managementPath('webhooks', id, 'test'), { method: 'POST' });
}

export const mailSettingsQuery = queryOptions({
  queryKey: ['mail-settings'],
  queryFn: ({ signal }) => call<MailSettings>(managementPath('mail-settings'), { signal }),
});

export const recipientsKey = ['mail-recipients'] as const;

export function listRecipients(
  { filters: _filters, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Page<Recipient>> {
  return call(managementPath('mail-recipients'), { query: page, signal });
}

/** Saves a new one or, with an id, the one that is there. */
export function saveRecipient(id: string | undefined, body: RecipientBody): Promise<Recipient> {
  if (id === undefined) return call(managementPath('mail-recipients'), { body });
  return call(managementPath('mail-recipients', id), { method: 'PATCH', body });
}

export function removeRecipient(id: string): Promise<void> {
  return call(managementPath('mail-recipients', id), { method: 'DELETE' });
}

export function testRecipient(id: string): Promise<Trial> {
  return call(managementPath('mail-recipients', id, 'test'), { method: 'POST' });
}

export const deadLettersKey = ['dead-letters'] as const;

export function listDeadLetters({ limit, skip, filters }: ListQuery, signal: AbortSignal): Promise<Page<DeadLetter>> {
  return call(managementPath('dead-letters'), { query: { limit, skip, target: filters.target }, signal });
}

/** How many there are, of one webhook or recipient or of all. */
export function deadLettersCountQuery(target: string | undefined) {
  return queryOptions({
    queryKey: [...deadLettersKey, 'count', target],
    queryFn: async ({ signal }) => {
      const query = { limit: 1, target };
      return (await call<Page<DeadLetter>>(managementPath('dead-letters'), { query, signal })).total;
    },
  });
}

/** One, those of a webhook or recipient, or all. */
export function retryDeadLetters(which: {
  id?: string;
  target?: string | undefined;
}): Promise<Type.Static<typeof Retried>> {
  if (which.id !== undefined) return call(managementPath('dead-letters', which.id, 'retry'), { method: 'POST' });
  return call(managementPath('dead-letters', 'retry'), {
    body: which.target === undefined ? {} : { target: which.target },
  });
}
