// Webhooks of a tenant: made, changed and tried out by its full administrators. Their secrets are shown once.
import { require, requireUser } from '../access/caller.ts';
import { type Severity, severities } from '../alerts/alert.ts';
import { recordAudit } from '../audit/audit.ts';
import { lastNote } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import { isUniqueViolation, type Trx } from '../db/store.ts';
import { parseText } from '../directory/naming.ts';
import { changeAs } from '../directory/present-rights.ts';
import { listUserNames } from '../directory/users.ts';
import { hourMs, isoTime } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { newId, type UserId } from '../lib/ids.ts';
import { seal } from '../lib/seal.ts';
import { removeOfTarget } from './deliveries-store.ts';
import { isWebhookEvent, type WebhookEvent, webhookEvents } from './events.ts';
import { parseWebhookUrl } from './reachable.ts';
import { mintWebhookSecret } from './signing.ts';
import { permissionFor } from './standing.ts';
import { eventsOf, sealContextOf } from './webhook-state.ts';
import * as store from './webhooks-store.ts';

const nameMax = 100;
/** After a rotation both secrets sign for so long. */
const overlapMs = 24 * hourMs;

export interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly severityMin: Severity | null;
  readonly isEnabled: boolean;
  readonly disabledReason: string | null;
  /** User name of who answers for it, whose rights limit what it is told of; null when that user is gone. */
  readonly owner: string | null;
  readonly createdAt: string;
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  readonly lastFailure: string | null;
  /** Since when nothing could be delivered. */
  readonly failingSince: string | null;
}

export interface MintedWebhook {
  readonly webhook: Webhook;
  /** The secret, this once. */
  readonly secret: string;
}

export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly severityMin?: Severity | null | undefined;
}

async function toWebhooks(ctx: Ctx, rows: readonly store.WebhookRow[]): Promise<Webhook[]> {
  const names = await listUserNames(
    ctx,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map((row) => webhookOf(row, names.get(row.createdBy) ?? null));
}

function webhookOf(row: store.WebhookRow, owner: string | null): Webhook {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    events: eventsOf(row),
    severityMin: severityOf(row),
    isEnabled: row.isEnabled === 1,
    disabledReason: row.disabledReason,
    owner,
    createdAt: isoTime(row.createdAt),
    lastSuccessAt: isoTime(row.lastSuccessAt),
    lastFailureAt: isoTime(row.lastFailureAt),
    lastFailure: row.lastFailure,
    failingSince: isoTime(row.failingSince),
  };
}

function severityOf({ severityMin }: store.WebhookRow): Severity | null {
  return severityMin === null ? null : (severities[severityMin] ?? null);
}

/** All webhooks of the tenant, by name. Needs Notifications.manage, as every call here does. */
export async function listWebhooks(ctx: Ctx): Promise<Webhook[]> {
  require(ctx.caller, 'Notifications.manage');
  return await toWebhooks(ctx, await store.listWebhooks(ctx.store.db, ctx.caller.tenantId));
}

/** One webhook. Throws NotFound. */
export async function getWebhook(ctx: Ctx, id: string): Promise<Webhook> {
  const row = await getWebhookRow(ctx, id);
  const [webhook] = await toWebhooks(ctx, [row]);
  return webhook ?? webhookOf(row, null);
}

/** The same with its sealed secrets, for whoever delivers. */
export async function getWebhookRow(ctx: Ctx, id: string, trx?: Trx): Promise<store.WebhookRow> {
  require(ctx.caller, 'Notifications.manage');
  const row = await store.findWebhook(trx ?? ctx.store.db, ctx.caller.tenantId, id.toLowerCase());
  if (!row) throw new NotFound('This webhook');
  return row;
}

/**
 * Creates a webhook; its secret is in the answer and never again. Besides Notifications.manage it needs the permission to
 * read what is to be sent. Throws InvalidInput, and Conflict for a name that is taken or one webhook too many.
 */
export async function createWebhook(ctx: Ctx, input: WebhookInput): Promise<MintedWebhook> {
  const creator = requireUser(ctx.caller);
  const { tenantId } = ctx.caller;
  const given = parseInput(ctx, input);
  const secret = mintWebhookSecret();
  const id = newId<string & { readonly __brand: 'webhook' }>();
  return await changing(ctx, given.name, async (trx) => {
    const others = await store.listWebhooks(trx, tenantId);
    if (others.length >= ctx.config.webhooksPerTenantMax) {
      throw new Conflict(
        'too-many-webhooks',
        `There are ${others.length} webhooks, the most that webhooksPerTenantMax allows. Delete one first.`,
      );
    }
    const row: store.WebhookRow = {
      tenantId,
      id,
      ...given,
      secretSealed: seal(ctx.keys.sealing, secret, sealContextOf(id)),
      previousSealed: null,
      previousUntil: null,
      isEnabled: 1,
      disabledReason: null,
      sinceNote: await lastNote(trx, tenantId),
      createdAt: ctx.clock(),
      createdBy: creator.userId,
      lastSuccessAt: null,
      lastFailureAt: null,
      lastFailure: null,
      failingSince: null,
    };
    await store.insertWebhook(trx, tenantId, row);
    await audit(ctx, trx, 'create', row, detailsOf(row));
    return { webhook: webhookOf(row, creator.userName), secret };
  });
}

/** Changes what is given; the caller answers for it from then on. The same demands as for a new one. */
export async function updateWebhook(ctx: Ctx, id: string, input: Partial<WebhookInput>): Promise<Webhook> {
  const owner = requireUser(ctx.caller);
  return await changing(ctx, input.name ?? '', async (trx) => {
    const row = await getWebhookRow(ctx, id, trx);
    const given = parseInput(ctx, {
      name: input.name ?? row.name,
      url: input.url ?? row.url,
      events: input.events ?? eventsOf(row),
      severityMin: input.severityMin === undefined ? severityOf(row) : input.severityMin,
    });
    const change = { ...given, createdBy: owner.userId };
    await store.updateWebhook(trx, row.tenantId, row.id, change);
    const changed = { ...row, ...change };
    await audit(ctx, trx, 'update', changed, detailsOf(changed));
    return webhookOf(changed, owner.userName);
  });
}

/**
 * Enables or disables it. While it is disabled, what happens is not kept for it; what waited goes on afterwards. Who
 * enables it answers for it from then on.
 */
export async function switchWebhook(ctx: Ctx, id: string, isEnabled: boolean): Promise<Webhook> {
  const { userId } = requireUser(ctx.caller);
  await changeAs(ctx, 'Notifications.manage', async (trx) => {
    const row = await getWebhookRow(ctx, id, trx);
    if ((row.isEnabled === 1) === isEnabled) return;
    const change: store.WebhookChange = isEnabled
      ? await enabling(trx, row, userId)
      : { isEnabled: 0, disabledReason: 'by-hand' };
    if (isEnabled) for (const event of eventsOf(row)) require(ctx.caller, permissionFor(event));
    await store.updateWebhook(trx, row.tenantId, row.id, change);
    await audit(ctx, trx, isEnabled ? 'enable' : 'disable', row, isEnabled ? {} : { reason: 'by-hand' });
  });
  return await getWebhook(ctx, id);
}

async function enabling(trx: Trx, { tenantId }: store.WebhookRow, owner: UserId): Promise<store.WebhookChange> {
  const sinceNote = await lastNote(trx, tenantId);
  return { isEnabled: 1, disabledReason: null, failingSince: null, sinceNote, createdBy: owner };
}

/** Gives it a new secret; the old one signs as well for 24 hours. */
export async function rotateWebhookSecret(ctx: Ctx, id: string): Promise<MintedWebhook> {
  requireUser(ctx.caller);
  const secret = mintWebhookSecret();
  await changeAs(ctx, 'Notifications.manage', async (trx) => {
    const row = await getWebhookRow(ctx, id, trx);
    // Who gets the secret can take what is sent for genuine: the right to read it is asked for again.
    for (const event of eventsOf(row)) require(ctx.caller, permissionFor(event));
    await store.updateWebhook(trx, row.tenantId, row.id, {
      secretSealed: seal(ctx.keys.sealing, secret, sealContextOf(row.id)),
      previousSealed: row.secretSealed,
      previousUntil: ctx.clock() + overlapMs,
    });
    await audit(ctx, trx, 'rotate-secret', row, {});
  });
  return { webhook: await getWebhook(ctx, id), secret };
}

/** Deletes it with everything that waits for it and its dead letters. */
export async function deleteWebhook(ctx: Ctx, id: string): Promise<void> {
  requireUser(ctx.caller);
  await changeAs(ctx, 'Notifications.manage', async (trx) => {
    const row = await getWebhookRow(ctx, id, trx);
    await removeOfTarget(trx, row.tenantId, row.id);
    await store.deleteWebhook(trx, row.tenantId, row.id);
    await audit(ctx, trx, 'delete', row, {});
  });
}

async function changing<T>(ctx: Ctx, name: string, work: (trx: Trx) => Promise<T>): Promise<T> {
  try {
    return await changeAs(ctx, 'Notifications.manage', work);
  } catch (error) {
    if (isUniqueViolation(error)) throw new Conflict('name-taken', `There already is a webhook named "${name}".`);
    throw error;
  }
}

type Given = Pick<store.WebhookRow, 'name' | 'url' | 'events' | 'severityMin'>;

function parseInput(ctx: Ctx, input: WebhookInput): Given {
  require(ctx.caller, 'Notifications.manage');
  const events = [...new Set(input.events)];
  if (events.length === 0) throw new InvalidInput('events', `Choose at least one of ${webhookEvents.join(', ')}.`);
  for (const event of events) {
    if (!isWebhookEvent(event)) {
      throw new InvalidInput('events', `${event.slice(0, 60)} is none of ${webhookEvents.join(', ')}.`);
    }
    require(ctx.caller, permissionFor(event));
  }
  return {
    name: parseText('name', input.name, nameMax),
    url: parseWebhookUrl(input.url.trim(), ctx.config),
    events: JSON.stringify(events),
    severityMin: input.severityMin ? severities.indexOf(input.severityMin) : null,
  };
}

/** URLs may hold a receiver's own secret: the audit names the host only. */
function detailsOf(row: store.WebhookRow): Readonly<Record<string, unknown>> {
  return { host: new URL(row.url).host, events: eventsOf(row), severityMin: severityOf(row) };
}

async function audit(
  ctx: Ctx,
  trx: Trx,
  verb: string,
  { id, name }: Pick<store.WebhookRow, 'id' | 'name'>,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAudit(ctx, trx, { action: `webhook.${verb}`, target: { kind: 'webhook', id, name }, details });
}
