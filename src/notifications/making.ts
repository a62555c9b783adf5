// Change notes become deliveries: one for each webhook and recipient that wants to know. Who is to be told, what there is
// to tell and how far the notes were read are read and written in one transaction while nobody else changes the tenant, so
// that neither a restart nor another process nor a change of the targets loses or doubles any.
import { listNotes } from '../changes/changes.ts';
import type { Services } from '../context.ts';
import type { ChangeNotesTable } from '../db/alert-tables.ts';
import { lockTenant } from '../db/locks.ts';
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { deliveryOf } from './deliveries.ts';
import * as store from './deliveries-store.ts';
import { mailEvents } from './events.ts';
import { listRecipients, type RecipientRow } from './recipients-store.ts';
import { lacksIn, neededForMail, neededForWebhook, suspendRecipient, suspendWebhook } from './standing.ts';
import { alertSeverities, incidentSeverityPlaces } from './subjects.ts';
import { disableWebhook, eventsOf } from './webhook-state.ts';
import { listWebhooks, type WebhookRow } from './webhooks-store.ts';

export type MakingServices = Pick<Services, 'store' | 'clock' | 'config' | 'keys'>;

const notesAtOnce = 500;

interface Event {
  readonly type: string;
  readonly subjectId: string;
  readonly at: number;
}

/** Turns all notes that there are into deliveries; returns how many were made. */
export async function makeDeliveries(services: MakingServices, tenantId: TenantId): Promise<number> {
  const { db, kind } = services.store;
  let made = 0;
  // Mostly there is nothing to do, which nobody else should have to wait for.
  while ((await read(db, tenantId, 1)).notes.length > 0) {
    made += await services.store.transaction(async (trx) => {
      // Whoever is added or switched on between the reading of targets and that of notes would else miss what came then.
      await lockTenant(trx, kind, tenantId);
      return await makeOf(services, trx, tenantId, await read(trx, tenantId, notesAtOnce));
    });
  }
  return made;
}

interface Reading {
  /** Those that are enabled. */
  readonly webhooks: readonly WebhookRow[];
  readonly recipients: readonly RecipientRow[];
  readonly position: number | undefined;
  /** The next ones that concern any of them. */
  readonly notes: readonly ChangeNotesTable[];
}

async function read(db: Db, tenantId: TenantId, limit: number): Promise<Reading> {
  const webhooks = (await listWebhooks(db, tenantId)).filter(({ isEnabled }) => isEnabled === 1);
  const recipients = await listRecipients(db, tenantId);
  const all = [...webhooks, ...recipients];
  const position = await store.findPosition(db, tenantId);
  if (all.length === 0) return { webhooks, recipients, position, notes: [] };
  const after = Math.max(position ?? 0, Math.min(...all.map(({ sinceNote }) => sinceNote)));
  return { webhooks, recipients, position, notes: await listNotes(db, tenantId, after, limit) };
}

async function makeOf(services: MakingServices, trx: Trx, tenantId: TenantId, reading: Reading): Promise<number> {
  const { position, notes } = reading;
  const last = notes.at(-1);
  // Without a note, or with another position than was read, another process was quicker.
  if (!last || !(await store.movePosition(trx, tenantId, position, last.sequence))) return 0;
  const { webhooks, recipients } = await withRights(services, trx, tenantId, reading);
  const severityOf = await severitiesOf(trx, tenantId, { webhooks, recipients, notes });
  const now = services.clock();
  const rows = [
    ...webhooks.flatMap((webhook) =>
      foldNotes(notes, webhook.sinceNote, eventsOf(webhook))
        .filter((event) => severityOf(event) >= (webhook.severityMin ?? 0))
        .map((event) => deliveryOf(tenantId, { channel: 'webhook', targetId: webhook.id, ...event, now })),
    ),
    ...recipients.flatMap((recipient) =>
      foldNotes(notes, recipient.sinceNote, mailEvents)
        .filter((event) => wantsMail(recipient, event, severityOf(event)))
        .map((event) => deliveryOf(tenantId, { channel: 'mail', targetId: recipient.id, ...event, now })),
    ),
  ];
  const kept = rows.length === 0 ? rows : await withoutOverfull(services, trx, tenantId, rows, webhooks);
  await store.insertDeliveries(trx, tenantId, kept);
  return kept.length;
}

type Targets = Pick<Reading, 'webhooks' | 'recipients'>;

/** Those whose owners may read what they are told of; the others are suspended and get nothing. */
async function withRights(services: MakingServices, trx: Trx, tenantId: TenantId, targets: Targets): Promise<Targets> {
  const lackOf = lacksIn(services, trx, tenantId);
  const webhooks: WebhookRow[] = [];
  for (const row of targets.webhooks) {
    const lack = await lackOf(row.createdBy, neededForWebhook(row));
    if (lack) await suspendWebhook(services, trx, row, lack);
    else webhooks.push(row);
  }
  const recipients: RecipientRow[] = [];
  for (const row of targets.recipients) {
    const lack = await lackOf(row.createdBy, neededForMail(row));
    if (lack) await suspendRecipient(services, trx, row, lack);
    else recipients.push(row);
  }
  return { webhooks, recipients };
}

/**
 * What somebody who wants these types is told of the notes behind `since`. Those of one thing that lie close together are
 * one event: what is sent is its present state anyway. A thing that was made among them was made.
 */
function foldNotes(notes: readonly ChangeNotesTable[], since: number, types: readonly string[]): Event[] {
  const events = new Map<string, Event>();
  for (const { subject, subjectId, change, at, sequence } of notes) {
    const type = `${subject}.${change}`;
    if (sequence <= since || !types.includes(type)) continue;
    const key = `${subject}/${subjectId}`;
    const before = events.get(key);
    events.set(key, { type: before?.type.endsWith('.created') ? before.type : type, subjectId, at });
  }
  return [...events.values()];
}

function wantsMail(recipient: RecipientRow, event: Event, severity: number): boolean {
  switch (event.type) {
    case 'alert.created':
      return recipient.alertSeverityMin !== null && severity >= recipient.alertSeverityMin;
    case 'policy-problem.created':
      // Whoever waits for alerts must know when none can come.
      return recipient.alertSeverityMin !== null;
    case 'consent-request.created':
      return recipient.wantsConsentRequests === 1;
    case 'role-approval.created':
      return recipient.wantsRoleApprovals === 1;
    default:
      return false;
  }
}

/** The severity of what has one; everything else is as important as can be. Read only when somebody asks for it. */
async function severitiesOf(
  db: Db,
  tenantId: TenantId,
  { webhooks, recipients, notes }: Omit<Reading, 'position'>,
): Promise<(event: Event) => number> {
  const isAsked = [
    ...webhooks.map((each) => each.severityMin),
    ...recipients.map((each) => each.alertSeverityMin),
  ].some((least) => (least ?? 0) > 0);
  if (!isAsked) return () => Number.MAX_SAFE_INTEGER;
  const idsOf = (subject: string) => [
    ...new Set(notes.filter((note) => note.subject === subject).map(({ subjectId }) => subjectId)),
  ];
  const alerts = await alertSeverities(db, tenantId, idsOf('alert'));
  const incidents = await incidentSeverityPlaces(db, tenantId, idsOf('incident'));
  return ({ type, subjectId }) => {
    if (type.startsWith('alert.')) return alerts.get(subjectId) ?? 0;
    if (type.startsWith('incident.')) return incidents.get(subjectId) ?? 0;
    return Number.MAX_SAFE_INTEGER;
  };
}

/** Without the deliveries to targets that have too many already; a webhook among those is disabled, and says why. */
async function withoutOverfull(
  services: MakingServices,
  trx: Trx,
  tenantId: TenantId,
  rows: readonly store.DeliveryRow[],
  webhooks: readonly WebhookRow[],
): Promise<readonly store.DeliveryRow[]> {
  const counts = await store.countOfTargets(trx, tenantId);
  const overfull = new Set<string>();
  const kept = rows.filter(({ targetId }) => {
    const count = counts.get(targetId) ?? 0;
    if (count >= services.config.webhookBacklogMax) {
      overfull.add(targetId);
      return false;
    }
    counts.set(targetId, count + 1);
    return true;
  });
  for (const webhook of webhooks) {
    if (overfull.has(webhook.id)) await disableWebhook(services, trx, webhook, 'backlog');
  }
  return kept;
}
