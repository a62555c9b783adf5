// As whom a rule runs: its last editor, with the rights of this moment. Who loses the right to manage custom detections
// takes it from the rules as well, as from API tokens, until somebody else saves them.
import { type Caller, wholeTenant } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import { problemOfClient } from '../applications/lookup.ts';
import { readPresentClient } from '../applications/present-client.ts';
import { openedBy } from '../applications/resources.ts';
import type { Ctx, Services } from '../context.ts';
import { loadRights, rightsAt } from '../directory/effective.ts';
import { findTenantById, type Tenant } from '../directory/tenants.ts';
import { type CorrelationId, newId, type TenantId } from '../lib/ids.ts';
import type { Actor } from './rule.ts';

/** What it takes to change rules, to run them, and for a rule to run. */
export const managePermission: Permission = 'CustomDetection.ReadWrite.All';

/** The editor as it is written beside a rule. Undefined for whoever is no person and no application. */
export function actorOf({ subject }: Caller): Actor | undefined {
  if (subject.kind === 'user') return { kind: 'user', userId: subject.userId, name: subject.userName };
  if (subject.kind === 'application') return { kind: 'application', appId: subject.appId, name: subject.name };
  return undefined;
}

/** Why a rule has nobody to run as. */
export interface LostRight {
  /** A sentence. */
  readonly reason: string;
}

/** The tenant is disabled or gone: nothing of it runs, and nobody has to be told. */
export const tenantAsleep = 'tenant-asleep';

/**
 * The context that a rule runs in, as its actor. A {@link LostRight} when the actor has no right to manage custom
 * detections over the whole tenant now.
 */
export async function actingCtx(
  services: Services,
  tenantId: TenantId,
  actor: Actor,
): Promise<Ctx | LostRight | typeof tenantAsleep> {
  const tenant = await findTenantById(services.store.db, tenantId);
  if (tenant?.status !== 'enabled') return tenantAsleep;
  const caller =
    actor.kind === 'user' ? await userCaller(services, tenant, actor) : await appCaller(services, tenant, actor);
  if ('reason' in caller) return caller;
  if (!caller.permissions.get(managePermission)?.all) return lost(actor, `has no ${managePermission} any more`);
  const origin = { address: '127.0.0.1', userAgent: 'custom-detections' };
  return { ...services, caller, correlationId: newId<CorrelationId>(), origin };
}

function lost({ name }: Actor, why: string): LostRight {
  return {
    reason: `The rule runs as its last editor, and ${name} ${why}. Let somebody who may manage custom detections save it.`,
  };
}

type Acting = Pick<Caller, 'tenantId' | 'tenantSlug' | 'tenant' | 'credential' | 'isFullAdministrator' | 'passed'>;

function actingIn({ id, slug, displayName, number }: Tenant): Acting {
  return {
    tenantId: id,
    tenantSlug: slug,
    tenant: { id, slug, displayName, number },
    credential: { kind: 'local', name: 'custom-detection' },
    isFullAdministrator: false,
    passed: [],
  };
}

async function userCaller(
  { store, clock }: Services,
  tenant: Tenant,
  actor: Extract<Actor, { kind: 'user' }>,
): Promise<Caller | LostRight> {
  const rights = await loadRights(store.db, tenant.id, actor.userId);
  if (rights?.user.status !== 'enabled') return lost(actor, `is ${rights?.user.status ?? 'gone'}`);
  const { permissions, dormant } = rightsAt(rights, clock());
  const role = dormant.get(managePermission);
  if (!permissions.has(managePermission) && role !== undefined) {
    return lost(actor, `has not activated the role ${role}`);
  }
  const { id: userId, userName, displayName } = rights.user;
  return { ...actingIn(tenant), subject: { kind: 'user', userId, userName, displayName }, permissions, dormant };
}

async function appCaller(
  { store }: Services,
  tenant: Tenant,
  actor: Extract<Actor, { kind: 'application' }>,
): Promise<Caller | LostRight> {
  const holder = { tenantId: tenant.id, appId: actor.appId, userId: null };
  const { client, granted } = await readPresentClient(store.db, holder, 'graph');
  const principal = client?.servicePrincipal;
  if (!client || !principal || problemOfClient(client, tenant.id) !== undefined) {
    return lost(actor, 'is gone or disabled');
  }
  const opened = openedBy('graph', 'roles', granted);
  const { appId, name } = actor;
  return {
    ...actingIn(tenant),
    subject: { kind: 'application', appId, servicePrincipalId: principal.id, name },
    permissions: new Map([...opened].map((permission) => [permission, wholeTenant])),
    dormant: new Map(),
  };
}
