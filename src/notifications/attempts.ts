// One attempt at a delivery, from the record to what came of it, and what is written down then.
import type { Services } from '../context.ts';
import { findTenantById } from '../directory/tenants.ts';
import { secondMs } from '../lib/clock.ts';
import { settleDelivery } from '../machines/actions.ts';
import { version } from '../version.ts';
import { newDeliveryId } from './deliveries.ts';
import * as store from './deliveries-store.ts';
import { testEvent } from './events.ts';
import type { FoundContent } from './mail-contents.ts';
import type { Outcome } from './outcome.ts';
import type { Resolve } from './reachable.ts';
import { dayOf } from './recipients.ts';
import * as recipients from './recipients-store.ts';
import { waitMsAfter } from './schedule.ts';
import { postWebhook } from './sending.ts';
import { signatureOf } from './signing.ts';
import { findLack, neededForMail, neededForWebhook, reasonOf, suspendRecipient, suspendWebhook } from './standing.ts';
import { bodyOf, findSubject, subjectOf } from './subjects.ts';
import { disableWebhook, noteFailure, noteSuccess, secretsOf } from './webhook-state.ts';
import { findWebhook, type WebhookRow } from './webhooks-store.ts';

export type AttemptServices = Pick<Services, 'store' | 'clock' | 'config' | 'keys' | 'names' | 'log'>;

type Delivery = store.DeliveryRow;
/** What is to be sent, or nothing because its record is gone. */
export type EventData = Readonly<Record<string, unknown>>;

/** Sends one event to a webhook; `id` is the same whenever it is tried again. */
export async function sendEvent(
  services: AttemptServices,
  webhook: WebhookRow,
  event: Pick<Delivery, 'id' | 'type' | 'at'> & { readonly data: EventData },
  resolve: Resolve,
): Promise<Outcome> {
  const { config } = services;
  const body = bodyOf({ ...event, tenantId: webhook.tenantId }, config.webhookBytesMax);
  const seconds = Math.floor(services.clock() / secondMs);
  const headers = {
    'content-type': 'application/json',
    'user-agent': `Sallyport/${version}`,
    'webhook-id': event.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatureOf(secretsOf(services, webhook), event.id, seconds, body),
  };
  return await postWebhook({ url: webhook.url, headers, body, secondsMax: config.webhookSecondsMax }, config, resolve);
}

/** Tries a delivery that this process has claimed under `lease`. */
export async function attempt(
  services: AttemptServices,
  delivery: Delivery,
  lease: string,
  resolve: Resolve,
): Promise<void> {
  if (delivery.channel === 'mail') await attemptMail(services, delivery, lease);
  else await attemptWebhook(services, delivery, lease, resolve);
}

async function attemptWebhook(
  services: AttemptServices,
  delivery: Delivery,
  lease: string,
  resolve: Resolve,
): Promise<void> {
  const { tenantId, id, type, subjectId, at } = delivery;
  const { db } = services.store;
  const webhook = await findWebhook(db, tenantId, delivery.targetId);
  const lack = webhook && (await findLack(services, db, tenantId, webhook.createdBy, neededForWebhook(webhook)));
  if (webhook && lack) {
    await services.store.transaction(async (trx) => {
      // It waits for somebody who may to enable the webhook.
      if (await store.updateClaimed(trx, tenantId, id, lease, {})) await suspendWebhook(services, trx, webhook, lack);
    });
    return;
  }
  const data = webhook && (await findSubject(services, tenantId, type, subjectId));
  if (!webhook || !data) {
    // There is nobody to tell, or nothing to tell of.
    await services.store.transaction((trx) => store.removeClaimed(trx, tenantId, id, lease));
    return;
  }
  const outcome = await sendEvent(services, webhook, { id, type, at, data }, resolve);
  const isAction = subjectOf(type) === 'machine-action';
  if (outcome.kind === 'delivered') {
    // Before the delivery is gone, so that a stop in between repeats it.
    if (isAction) await settleDelivery(services, tenantId, subjectId, 'delivered');
    await services.store.transaction(async (trx) => {
      if (!(await store.removeClaimed(trx, tenantId, id, lease))) return;
      await noteSuccess(services, trx, webhook);
    });
    return;
  }
  const next = afterFailure(services, delivery, outcome);
  if (isAction && next.status === 'dead') await settleDelivery(services, tenantId, subjectId, 'given-up');
  await services.store.transaction(async (trx) => {
    if (!(await store.updateClaimed(trx, tenantId, id, lease, next))) return;
    await noteFailure(services, trx, webhook, outcome.reason);
    if (outcome.kind === 'gone') await disableWebhook(services, trx, webhook, 'gone');
  });
}

type Next = Pick<Delivery, 'status' | 'attempts' | 'nextAt' | 'lastFailure'>;

function afterFailure(
  { clock, config }: AttemptServices,
  { attempts: before }: Delivery,
  outcome: Exclude<Outcome, { kind: 'delivered' }>,
): Next {
  const attempts = before + 1;
  const now = clock();
  const isLast = outcome.kind !== 'failed' || attempts >= config.webhookAttemptsMax;
  if (isLast) return { status: 'dead', attempts, nextAt: now, lastFailure: outcome.reason };
  const nextAt = now + waitMsAfter(attempts, outcome.askedMs);
  return { status: 'waiting', attempts, nextAt, lastFailure: outcome.reason };
}

type MailTo = Pick<recipients.RecipientRow, 'tenantId' | 'id' | 'address' | 'language'>;

/** Hands one mail over within the recipient's limit of the day; what did not go out does not count. */
async function sendCounted(
  services: AttemptServices,
  recipient: MailTo,
  id: string,
  content: FoundContent,
): Promise<Outcome | 'withheld'> {
  const { store: control, config, clock } = services;
  const day = dayOf(clock());
  const mayGoOut = await control.transaction(async (trx) => {
    await recipients.beginDay(trx, recipient.tenantId, recipient.id, day);
    return await recipients.takeFromDay(trx, recipient.tenantId, recipient.id, config.mailsPerRecipientDay);
  });
  if (!mayGoOut) return 'withheld';
  const [{ sendMail }, { writeMail }] = await Promise.all([import('./mail.ts'), import('./mail-texts.ts')]);
  const text = writeMail(content.language, content);
  const outcome = await sendMail({ ...text, id, to: recipient.address, language: recipient.language }, config);
  if (outcome.kind !== 'delivered') {
    await control.transaction((trx) => recipients.giveBackToDay(trx, recipient.tenantId, recipient.id, day));
  }
  return outcome;
}

/** Sends a mail that only shows that mails arrive. */
export async function sendTestMail(
  services: AttemptServices,
  recipient: recipients.RecipientRow,
  displayName: string,
): Promise<Outcome | 'withheld'> {
  const { findMailContent } = await import('./mail-contents.ts');
  const tenant = { id: recipient.tenantId, displayName };
  const content = await findMailContent(services.store.db, tenant, recipient, testEvent, '');
  if (!content) throw new Error('There is no test mail.');
  return await sendCounted(services, recipient, newDeliveryId(), content);
}

async function attemptMail(services: AttemptServices, delivery: Delivery, lease: string): Promise<void> {
  const { tenantId, id } = delivery;
  const { db } = services.store;
  const recipient = await recipients.findRecipient(db, tenantId, delivery.targetId);
  const lack = recipient && (await findLack(services, db, tenantId, recipient.createdBy, neededForMail(recipient)));
  if (recipient && lack) {
    const dead = { status: 'dead', nextAt: services.clock(), lastFailure: reasonOf(lack) } as const;
    await services.store.transaction(async (trx) => {
      if (!(await store.updateClaimed(trx, tenantId, id, lease, dead))) return;
      await suspendRecipient(services, trx, recipient, lack);
    });
    return;
  }
  const tenant = await findTenantById(db, tenantId);
  const { findMailContent } = await import('./mail-contents.ts');
  const content =
    recipient && tenant && (await findMailContent(db, tenant, recipient, delivery.type, delivery.subjectId));
  const outcome = recipient && content ? await sendCounted(services, recipient, id, content) : undefined;
  await services.store.transaction(async (trx) => {
    if (!recipient || outcome === undefined || outcome === 'withheld' || outcome.kind === 'delivered') {
      const isHeld = await store.removeClaimed(trx, tenantId, id, lease);
      if (!isHeld || !recipient || outcome === undefined) return;
      if (outcome === 'withheld') await recipients.countWithheld(trx, tenantId, recipient.id);
      else await recipients.updateRecipient(trx, tenantId, recipient.id, { lastSuccessAt: services.clock() });
      return;
    }
    if (!(await store.updateClaimed(trx, tenantId, id, lease, afterFailure(services, delivery, outcome)))) return;
    const change = { lastFailureAt: services.clock(), lastFailure: outcome.reason };
    await recipients.updateRecipient(trx, tenantId, recipient.id, change);
  });
}
