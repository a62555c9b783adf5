// What becomes of a webhook by itself: successes, failures, being disabled.
import { recordAuditAs } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { dayMs } from '../lib/clock.ts';
import { unseal } from '../lib/seal.ts';
import { isWebhookEvent, type WebhookEvent } from './events.ts';
import { disableEnabled, updateWebhook, type WebhookRow, writeFailure } from './webhooks-store.ts';

type StateServices = Pick<Services, 'clock' | 'config' | 'keys'>;

/**
 * Why a webhook is disabled: somebody did it, its receiver wants nothing more, it failed for days, too much waits, who
 * answers for it may not read what it is told of any more.
 */
export const disabledReasons = ['by-hand', 'gone', 'failing', 'backlog', 'rights'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

export function eventsOf({ events }: Pick<WebhookRow, 'events'>): WebhookEvent[] {
  const names: unknown = JSON.parse(events);
  return Array.isArray(names) ? names.filter((each) => typeof each === 'string').filter(isWebhookEvent) : [];
}

export function sealContextOf(id: string): string {
  return `webhook/${id}`;
}

/** The secrets that sign now: the present one, and for a while after a rotation the one before it. */
export function secretsOf(services: Pick<Services, 'keys' | 'clock'>, row: WebhookRow): string[] {
  const { id, secretSealed, previousSealed, previousUntil } = row;
  const isPreviousValid = previousSealed !== null && previousUntil !== null && previousUntil > services.clock();
  return [secretSealed, ...(isPreviousValid ? [previousSealed] : [])].map((sealed) =>
    unseal(services.keys.sealing, sealed, sealContextOf(id)),
  );
}

/** Disables it by the server itself, with an audit record that says why, unless another process or attempt did so before. */
export async function disableWebhook(
  services: StateServices,
  trx: Trx,
  webhook: WebhookRow,
  reason: DisabledReason,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (!(await disableEnabled(trx, webhook.tenantId, webhook.id, reason))) return;
  const actor = { kind: 'system', id: null, name: 'notifications' } as const;
  await recordAuditAs(
    services,
    trx,
    webhook.tenantId,
    { actor, origin: null, correlationId: null },
    {
      action: 'webhook.disable',
      target: { kind: 'webhook', id: webhook.id, name: webhook.name },
      details: { reason, ...details },
    },
  );
}

/** Notes an attempt that failed; a webhook that has failed for days is disabled. */
export async function noteFailure(services: StateServices, trx: Trx, webhook: WebhookRow, why: string): Promise<void> {
  const at = services.clock();
  const failingSince = await writeFailure(trx, webhook.tenantId, webhook.id, { at, why });
  if (failingSince === undefined || at - failingSince < services.config.webhookFailingDays * dayMs) return;
  await disableWebhook(services, trx, webhook, 'failing');
}

export async function noteSuccess({ clock }: StateServices, trx: Trx, webhook: WebhookRow): Promise<void> {
  await updateWebhook(trx, webhook.tenantId, webhook.id, { lastSuccessAt: clock(), failingSince: null });
}
