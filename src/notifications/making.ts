// Change notes become deliveries: one for each webhook and recipient that wants to know. Deliveries and how far the notes
// were read are written in one transaction, so that a restart neither loses nor doubles any.
import { listNotes } from '../changes/changes.ts';
import type { Services } from '../context.ts';
import type { ChangeNotesTable } from '../db/alert-tables.ts';
import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { deliveryOf } from './deliveries.ts';
import * as store from './deliveries-store.ts';
import { mailEvents } from './events.ts';
import { listRecipients, type RecipientRow } from './recipients-store.ts';
import { alertSeverities, incidentSeverityPlaces } from './subjects.ts';
import { disableWebhook, eventsOf } from './webhook-state.ts';
import { listWebhooks, type WebhookRow } from './webhooks-store.ts';

export type MakingServices = Pick<Services, 'store' | 'clock' | 'config' | 'keys'>;

const notesAtOnce = 500;

interface Event {
  readonly type: string;
  readonly subjectId: string;
  readonly at: number;
  /** The number of the last note that is part of it. */
  readonly sequence: number;
}

/** Turns all notes that there are into deliveries; returns how many were made. */
export async function makeDeliveries(services: MakingServices, tenantId: TenantId): Promise<number> {
  let made = 0;
  for (;;) {
    const { db } = services.store;
    const targets = { webhooks: await listWebhooks(db, tenantId), recipients: await listRecipients(db, tenantId) };
    const enabled = { ...targets, webhooks: targets.webhooks.filter(({ isEnabled }) => isEnabled === 1) };
    const all = [...enabled.webhooks, ...enabled.recipients];
    if (all.length === 0) return made;
    const position = await store.findPosition(db, tenantId);
    const after = Math.max(position ?? 0, Math.min(...all.map(({ sinceNote }) => sinceNote)));
    const notes = await listNotes(db, tenantId, after, notesAtOnce);
    const last = notes.at(-1);
    if (!last) return made;
    made += await makeOf(services, tenantId, { notes, from: position, to: last.sequence, ...enabled });
    if (notes.length < notesAtOnce) return made;
  }
}

interface Making {
  readonly notes: readonly ChangeNotesTable[];
  readonly from: number | undefined;
  readonly to: number;
  readonly webhooks: readonly WebhookRow[];
  readonly recipients: readonly RecipientRow[];
}

async function makeOf(services: MakingServices, tenantId: TenantId, making: Making): Promise<number> {
  const events = foldNotes(making.notes);
  const severityOf = await severitiesOf(services, tenantId, events, making);
  const now = services.clock();
  const rows = events.flatMap((event) => {
    const hooks = making.webhooks.filter((webhook) => wantsEvent(webhook, event, severityOf(event)));
    const people = making.recipients.filter((recipient) => wantsMail(recipient, event, severityOf(event)));
    return [
      ...hooks.map(({ id }) => deliveryOf(tenantId, { channel: 'webhook', targetId: id, ...event, now })),
      ...people.map(({ id }) => deliveryOf(tenantId, { channel: 'mail', targetId: id, ...event, now })),
    ];
  });
  return await services.store.transaction(async (trx) => {
    if (!(await store.movePosition(trx, tenantId, making.from, making.to))) return 0;
    const kept = rows.length === 0 ? rows : await withoutOverfull(services, trx, tenantId, rows, making.webhooks);
    await store.insertDeliveries(trx, tenantId, kept);
    return kept.length;
  });
}

/**
 * Notes of one thing that lie close together are one event: what is sent is its present state anyway. A thing that was
 * made among them was made.
 */
function foldNotes(notes: readonly ChangeNotesTable[]): Event[] {
  const events = new Map<string, Event>();
  for (const note of notes) {
    const key = `${note.subject}/${note.subjectId}`;
    const before = events.get(key);
    events.set(key, {
      type: before?.type.endsWith('.created') ? before.type : `${note.subject}.${note.change}`,
      subjectId: note.subjectId,
      at: note.at,
      sequence: note.sequence,
    });
  }
  return [...events.values()];
}

function wantsEvent(webhook: WebhookRow, event: Event, severity: number): boolean {
  return (
    event.sequence > webhook.sinceNote &&
    eventsOf(webhook).some((each) => each === event.type) &&
    severity >= (webhook.severityMin ?? 0)
  );
}

function wantsMail(recipient: RecipientRow, event: Event, severity: number): boolean {
  if (event.sequence <= recipient.sinceNote || !mailEvents.some((each) => each === event.type)) return false;
  switch (event.type) {
    case 'alert.created':
      return recipient.alertSeverityMin !== null && severity >= recipient.alertSeverityMin;
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
  { store: { db } }: MakingServices,
  tenantId: TenantId,
  events: readonly Event[],
  { webhooks, recipients }: Making,
): Promise<(event: Event) => number> {
  const isAsked = [
    ...webhooks.map((each) => each.severityMin),
    ...recipients.map((each) => each.alertSeverityMin),
  ].some((least) => (least ?? 0) > 0);
  if (!isAsked) return () => Number.MAX_SAFE_INTEGER;
  const idsOf = (subject: string) =>
    events.filter(({ type }) => type.startsWith(`${subject}.`)).map(({ subjectId }) => subjectId);
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
