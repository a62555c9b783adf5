// Who is told of what happens: webhooks and mail. Change notes become deliveries (making.ts), deliveries are tried until
// they arrive or become dead letters (worker.ts, attempts.ts). Here: dead letters, and trying a target out.
import { require, requireUser } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { type Listed, type PageRequest, parsePage } from '../directory/paging.ts';
import { changeAs } from '../directory/present-rights.ts';
import { isoTime } from '../lib/clock.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { newDeliveryId } from './deliveries.ts';
import * as store from './deliveries-store.ts';
import { testEvent } from './events.ts';
import { getRecipientRow, isMailConfigured } from './recipients.ts';
import * as recipients from './recipients-store.ts';
import { getWebhookRow } from './webhooks.ts';
import { listWebhooks } from './webhooks-store.ts';

export interface DeadLetter {
  readonly id: string;
  readonly channel: 'webhook' | 'mail';
  readonly targetId: string;
  /** Name of the webhook, address of the recipient. */
  readonly target: string;
  readonly type: string;
  readonly subjectId: string;
  readonly happenedAt: string;
  readonly attempts: number;
  readonly diedAt: string;
  readonly reason: string | null;
}

export interface DeadLettersQuery extends PageRequest {
  readonly target?: string | undefined;
}

/** What could not be delivered in the last 30 days, newest first. Needs Notifications.manage, as every call here does. */
export async function listDeadLetters(ctx: Ctx, query: DeadLettersQuery): Promise<Listed<DeadLetter>> {
  require(ctx.caller, 'Notifications.manage');
  const { limit, skip } = parsePage(ctx.config, query, ['diedAt']);
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const { rows, total } = await store.pageDead(db, tenantId, { targetId: query.target, skip, limit });
  const names = new Map<string, string>();
  for (const { id, name } of await listWebhooks(db, tenantId)) names.set(id, name);
  for (const { id, address } of await recipients.listRecipients(db, tenantId)) names.set(id, address);
  const items = rows.map((row) => ({
    id: row.id,
    channel: row.channel,
    targetId: row.targetId,
    target: names.get(row.targetId) ?? row.targetId,
    type: row.type,
    subjectId: row.subjectId,
    happenedAt: isoTime(row.at),
    attempts: row.attempts,
    diedAt: isoTime(row.nextAt),
    reason: row.lastFailure,
  }));
  return { items, total };
}

/**
 * Has dead letters delivered anew, with all their attempts and the ids that they had: one, those of a target, or all.
 * Returns how many. Throws NotFound when a named one is not there.
 */
export async function retryDeadLetters(
  ctx: Ctx,
  which: { readonly id?: string | undefined; readonly target?: string | undefined },
): Promise<number> {
  requireUser(ctx.caller);
  return await changeAs(ctx, 'Notifications.manage', async (trx) => {
    const { id, target } = which;
    const chosen = { ...(id === undefined ? {} : { id }), ...(target === undefined ? {} : { targetId: target }) };
    const count = await store.reviveDead(trx, ctx.caller.tenantId, chosen, ctx.clock());
    if (id !== undefined && count === 0) throw new NotFound('This dead letter');
    if (count > 0) await recordAudit(ctx, trx, { action: 'dead-letter.retry', details: { ...chosen, count } });
    return count;
  });
}

export interface Trial {
  readonly isDelivered: boolean;
  /** What the receiver answered; null without an answer. */
  readonly status: number | null;
  /** Why it failed; null when it did not. */
  readonly reason: string | null;
}

/** Sends a test event to a webhook now, enabled or not, once. */
export async function tryWebhook(ctx: Ctx, id: string): Promise<Trial> {
  requireUser(ctx.caller);
  const webhook = await getWebhookRow(ctx, id);
  const [{ sendEvent }, { resolveByDns }] = await Promise.all([import('./attempts.ts'), import('./reachable.ts')]);
  const data = { webhook: webhook.name, requestedBy: requireUser(ctx.caller).userName };
  const event = { id: newDeliveryId(), type: testEvent, at: ctx.clock(), data };
  const outcome = await sendEvent(ctx, webhook, event, resolveByDns);
  const reason = outcome.kind === 'delivered' ? null : outcome.reason;
  await noteTrial(ctx, { action: 'webhook.test', kind: 'webhook', id: webhook.id, name: webhook.name, reason });
  return { isDelivered: reason === null, status: outcome.status, reason };
}

/** Sends a test mail to a recipient now, once; it counts against the recipient's limit. */
export async function tryRecipient(ctx: Ctx, id: string): Promise<Trial> {
  const recipient = await getRecipientRow(ctx, id);
  requireUser(ctx.caller);
  if (!isMailConfigured(ctx)) {
    throw new Conflict('mail-not-configured', 'No SMTP server is set. The operator sets mailHost and mailFrom.');
  }
  const { sendTestMail } = await import('./attempts.ts');
  const outcome = await sendTestMail(ctx, recipient, ctx.caller.tenant.displayName);
  if (outcome === 'withheld') {
    throw new Conflict('mail-limit', `The recipient has had ${ctx.config.mailsPerRecipientDay} mails today.`);
  }
  const reason = outcome.kind === 'delivered' ? null : outcome.reason;
  const named = { kind: 'mail-recipient', id: recipient.id, name: recipient.address };
  await noteTrial(ctx, { action: 'mail-recipient.test', ...named, reason });
  return { isDelivered: reason === null, status: outcome.status, reason };
}

async function noteTrial(
  ctx: Ctx,
  { action, reason, ...target }: { action: string; kind: string; id: string; name: string; reason: string | null },
): Promise<void> {
  const outcome = reason === null ? 'done' : 'failed';
  await ctx.store.transaction((trx) => recordAudit(ctx, trx, { action, outcome, target, details: { reason } }));
}
