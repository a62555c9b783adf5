// Whether what is sent may still be sent: somebody answers for each webhook and each recipient of mail, and neither is told
// more than that person may read at the moment of sending, as an API token opens no more than its owner may.
import type { Permission } from '../access/permissions.ts';
import { recordAuditAs } from '../audit/audit.ts';
import type { Services } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { loadRights, type Rights, rightsAt } from '../directory/effective.ts';
import type { TenantId, UserId } from '../lib/ids.ts';
import type { WebhookEvent } from './events.ts';
import { type RecipientRow, updateRecipient } from './recipients-store.ts';
import { disableWebhook, eventsOf } from './webhook-state.ts';
import type { WebhookRow } from './webhooks-store.ts';

/** What to be told of a thing needs: a webhook opens nothing that its owner may not. */
const neededForSubject: Readonly<Record<string, Permission>> = {
  alert: 'Alerts.read',
  incident: 'Incident.Read.All',
  'machine-action': 'Machine.Isolate',
  'policy-problem': 'Policies.read',
};

export function permissionFor(event: WebhookEvent): Permission {
  return neededForSubject[event.slice(0, event.lastIndexOf('.'))] ?? 'Alerts.read';
}

/** What the owner of a webhook must hold, for the whole tenant. */
export function neededForWebhook(webhook: Pick<WebhookRow, 'events'>): Permission[] {
  return [...new Set<Permission>(['Notifications.manage', ...eventsOf(webhook).map(permissionFor)])];
}

export type Wishes = Pick<
  RecipientRow,
  'alertSeverityMin' | 'wantsConsentRequests' | 'wantsRoleApprovals' | 'secretDays'
>;

/** The same of who entered a recipient of mail. */
export function neededForMail(wishes: Wishes): Permission[] {
  const { alertSeverityMin, wantsConsentRequests, wantsRoleApprovals, secretDays } = wishes;
  const needed: (readonly [boolean, Permission])[] = [
    [true, 'Notifications.manage'],
    [alertSeverityMin !== null, 'Alerts.read'],
    // Who waits for alerts is told when a policy stops to raise any.
    [alertSeverityMin !== null, 'Policies.read'],
    [wantsConsentRequests === 1 || secretDays !== null, 'Applications.read'],
    [wantsRoleApprovals === 1, 'Roles.read'],
  ];
  return needed.flatMap(([isNeeded, permission]) => (isNeeded ? [permission] : []));
}

/** What the owner lacks by now. */
export interface Lack {
  readonly owner: string;
  readonly missing: Permission;
}

/** The first permission that the owner does not hold for the whole tenant at this moment; undefined when none is missing. */
export async function findLack(
  services: Pick<Services, 'clock'>,
  db: Db,
  tenantId: TenantId,
  owner: UserId,
  needed: readonly Permission[],
): Promise<Lack | undefined> {
  return await lacksIn(services, db, tenantId)(owner, needed);
}

/** The same for several targets at one moment: many of them have one owner. */
export function lacksIn(
  { clock }: Pick<Services, 'clock'>,
  db: Db,
  tenantId: TenantId,
): (owner: UserId, needed: readonly Permission[]) => Promise<Lack | undefined> {
  const known = new Map<UserId, Promise<Rights | undefined>>();
  return async (owner, needed) => {
    const loading = known.get(owner) ?? loadRights(db, tenantId, owner);
    known.set(owner, loading);
    return lackOf(await loading, owner, needed, clock());
  };
}

function lackOf(
  rights: Rights | undefined,
  owner: UserId,
  needed: readonly Permission[],
  now: number,
): Lack | undefined {
  // Nothing is sent for a tenant that is not enabled, and nobody has lost anything when it is again.
  if (rights && rights.tenant.status !== 'enabled') return undefined;
  const held = rights && rightsAt(rights, now).permissions;
  const missing = needed.find((permission) => held?.get(permission)?.all !== true);
  return missing && { owner: rights?.user.userName ?? owner, missing };
}

type StandingServices = Pick<Services, 'clock' | 'config' | 'keys'>;

/** Disables a webhook whose owner lacks a right. */
export async function suspendWebhook(
  services: StandingServices,
  trx: Trx,
  webhook: WebhookRow,
  lack: Lack,
): Promise<void> {
  await disableWebhook(services, trx, webhook, 'rights', { ...lack });
}

export function reasonOf({ owner, missing }: Lack): string {
  return `${owner}, who answers for this recipient, has no ${missing} any more. Somebody who has it must save the recipient.`;
}

/** Writes down why a recipient gets no mail, with an audit record when that is news. */
export async function suspendRecipient(
  services: StandingServices,
  trx: Trx,
  recipient: RecipientRow,
  lack: Lack,
): Promise<void> {
  const { tenantId, id, address } = recipient;
  const reason = reasonOf(lack);
  if (recipient.lastFailure === reason) return;
  await updateRecipient(trx, tenantId, id, { lastFailureAt: services.clock(), lastFailure: reason });
  const actor = { kind: 'system', id: null, name: 'notifications' } as const;
  await recordAuditAs(
    services,
    trx,
    tenantId,
    { actor, origin: null, correlationId: null },
    {
      action: 'mail-recipient.suspend',
      target: { kind: 'mail-recipient', id, name: address },
      details: { reason: 'rights', ...lack },
    },
  );
}
