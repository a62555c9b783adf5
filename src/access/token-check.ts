// From the value of an API token or an agent's token to a caller: one ordered list of checks, each of which adds a link
// to the chain that `explain` shows. Design section 5 gives the rules.

import * as agents from '../agents/store.ts';
import type { Origin, Services } from '../context.ts';
import { loadRights, type Rights, rightsAt } from '../directory/effective.ts';
import { isInRanges } from '../lib/addresses.ts';
import { isoTime } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/secrets.ts';
import { readTokenValue } from '../tokens/format.ts';
import * as tokens from '../tokens/store.ts';
import { type Caller, type DataScope, wholeTenant } from './caller.ts';
import { agentPermissions, isPermission, type Permission, withImplied } from './permissions.ts';
import { type Check, type CheckName, Refusal, type RefusalCode, type RefusalDetails } from './refusal.ts';
import { TenantCache } from './tenant-cache.ts';

/** What a token value stands for; kept in the cache until something in its tenant changes. */
type Known =
  | {
      readonly kind: 'api-token';
      readonly token: tokens.TokenRow;
      readonly value: tokens.TokenValueRow;
      readonly rights: Rights | undefined;
      /** What the last full check made of it; see {@link Ready}. */
      ready?: Ready;
    }
  | { readonly kind: 'agent'; readonly agent: agents.AgentRow; readonly rights: Rights | undefined };

/**
 * A caller whose checks come out the same until `until` as long as nothing in its tenant changes (which drops the whole
 * entry), the clock does not go back, and the call comes to the same host. Tokens bound to addresses have none: their
 * answer depends on the request.
 */
interface Ready {
  readonly caller: Caller;
  readonly from: number;
  readonly until: number;
  readonly hostTenantId: TenantId | null;
}

const cachedMax = 50_000;
/** The documented sentence for an owner who may not use tokens (cloud-apps reference 1.5). */
const ownerNotPermitted = 'Invalid user - the owner of this token is not permitted to use tokens';
const invalidToken = 'Invalid token';

/** The checks passed so far, and how to refuse at the next one. */
class Chain {
  readonly passed: Check[] = [];
  #about: Pick<RefusalDetails, 'tenantId' | 'userId' | 'target' | 'agent'> = {
    tenantId: null,
    userId: null,
    target: null,
  };

  concerns(known: Known): void {
    if (known.kind === 'api-token') {
      const { id: target, tenantId, ownerId: userId } = known.token;
      this.#about = { tenantId, userId, target };
    } else {
      const { id, name, tenantId } = known.agent;
      this.#about = { tenantId, userId: null, target: id, agent: { id, name } };
    }
  }

  pass(check: CheckName, detail: string): void {
    this.passed.push({ check, outcome: 'passed', detail });
  }

  refuse(
    check: CheckName,
    status: 401 | 403,
    code: RefusalCode,
    message: string,
    detail: string,
    remedy: string,
  ): Refusal {
    return new Refusal({
      status,
      code,
      message,
      chain: [...this.passed, { check, outcome: 'failed', detail }],
      remedy,
      ...this.#about,
    });
  }
}

export class TokenCheck {
  readonly #services: Services;
  readonly #cache: TenantCache<Known>;

  constructor(services: Services) {
    this.#services = services;
    this.#cache = new TenantCache(services.store.invalidations, cachedMax);
  }

  /** By the hash of its value, the caller of a token that was checked before and could only be refused after a change. */
  findReady(hash: string, hostTenantId: TenantId | null, now: number): Caller | undefined {
    return readyOf(this.#cache.peek(hash), hostTenantId, now);
  }

  /**
   * The caller that a token value makes, or a Refusal that says why it makes none. `hostTenantId` is the tenant whose
   * own host was called, null on the generic host. Recording the use is the caller's part, after throttling.
   */
  async authenticate(value: string, origin: Origin, hostTenantId: TenantId | null): Promise<Caller> {
    const hash = sha256Hex(value);
    const chain = new Chain();
    chain.pass('credential-present', 'The request carries a token.');
    const read = readTokenValue(value);
    if ('problem' in read) {
      throw chain.refuse(
        'credential-format',
        401,
        'invalid-token',
        invalidToken,
        read.problem,
        'Copy the whole value again. If it is lost, generate a new token.',
      );
    }
    chain.pass(
      'credential-format',
      `It has the form of ${read.kind === 'api-token' ? 'an API token' : `a ${read.kind} token`} and its checksum fits.`,
    );
    const known = await this.#cache.get(hash, () => this.#load(hash));
    if (!known) {
      throw chain.refuse(
        'credential-known',
        401,
        'invalid-token',
        invalidToken,
        'No token of this deployment has this value.',
        'Check that the value belongs to this server. If so, its token or agent was replaced or deleted: generate a new one.',
      );
    }
    chain.concerns(known);
    chain.pass(
      'credential-known',
      known.kind === 'api-token'
        ? `It is the token "${known.token.name}".`
        : `It is the token of ${known.agent.kind} "${known.agent.name}".`,
    );
    checkTenant(chain, known, hostTenantId);
    const now = this.#services.clock();
    if (known.kind === 'agent') return agentCaller(chain, known, now);
    const { caller, changesAt } = tokenCaller(chain, known, origin, now);
    const ends = [changesAt, known.token.expiresAt, known.value.validUntil].filter((each) => each !== null);
    if (known.token.allowedAddresses === null) {
      known.ready = { caller, from: now, until: Math.min(...ends, Number.POSITIVE_INFINITY), hostTenantId };
    }
    return caller;
  }

  async #load(hash: string): Promise<{ tenantId: TenantId; value: Known } | undefined> {
    const { db } = this.#services.store;
    const found = await tokens.findByValueHash(db, hash);
    if (found) {
      const { tenantId, ownerId } = found.token;
      return { tenantId, value: { kind: 'api-token', ...found, rights: await loadRights(db, tenantId, ownerId) } };
    }
    const agent = await agents.findByTokenHash(db, hash);
    if (!agent) return undefined;
    return {
      tenantId: agent.tenantId,
      value: { kind: 'agent', agent, rights: await loadRights(db, agent.tenantId, agent.createdBy) },
    };
  }
}

function readyOf(known: Known | undefined, hostTenantId: TenantId | null, now: number): Caller | undefined {
  if (known?.kind !== 'api-token' || !known.ready) return undefined;
  const { ready } = known;
  return ready.hostTenantId === hostTenantId && ready.from <= now && now < ready.until ? ready.caller : undefined;
}

function checkTenant(chain: Chain, known: Known, hostTenantId: TenantId | null): void {
  const tenantId = known.kind === 'api-token' ? known.token.tenantId : known.agent.tenantId;
  if (hostTenantId !== null && hostTenantId !== tenantId) {
    throw chain.refuse(
      'tenant-host',
      401,
      'wrong-host',
      invalidToken,
      'The call went to the host of another tenant.',
      "Call your own tenant's URL or the generic one.",
    );
  }
  chain.pass(
    'tenant-host',
    hostTenantId ? "The call went to the tenant's own host." : 'The call went to the generic host.',
  );
  if (known.rights?.tenant.status !== 'enabled') {
    throw chain.refuse(
      'tenant-enabled',
      403,
      'tenant-disabled',
      ownerNotPermitted,
      `The tenant is ${known.rights?.tenant.status ?? 'gone'}.`,
      'Ask the operator of this server to enable the tenant.',
    );
  }
  chain.pass('tenant-enabled', 'The tenant is enabled.');
}

function tokenCaller(chain: Chain, known: Extract<Known, { kind: 'api-token' }>, origin: Origin, now: number): Checked {
  const { token, value } = known;
  if (token.revokedAt !== null) {
    throw chain.refuse(
      'revoked',
      401,
      'token-revoked',
      invalidToken,
      `The token was revoked at ${isoTime(token.revokedAt)}.`,
      'Generate a new token and put it where this one is used.',
    );
  }
  chain.pass('revoked', 'The token is not revoked.');
  if (value.validUntil !== null && value.validUntil <= now) {
    throw chain.refuse(
      'replaced',
      401,
      'token-replaced',
      invalidToken,
      `This value was replaced at ${isoTime(value.replacedAt)} and its overlap ended at ${isoTime(value.validUntil)}.`,
      'Use the value that the rotation showed. If you did not rotate it, somebody else has this value: revoke the token.',
    );
  }
  chain.pass(
    'replaced',
    value.replacedAt === null
      ? 'This is its current value.'
      : `This value was replaced and still works until ${isoTime(value.validUntil)}.`,
  );
  if (token.expiresAt !== null && token.expiresAt <= now) {
    const when = isoTime(token.expiresAt);
    throw chain.refuse(
      'expired',
      401,
      'token-expired',
      `${invalidToken}: it expired at ${when}. Generate a new one.`,
      `The token expired at ${when}.`,
      'Generate a new token.',
    );
  }
  chain.pass(
    'expired',
    token.expiresAt === null ? 'The token does not expire.' : `The token expires at ${isoTime(token.expiresAt)}.`,
  );
  const ranges = token.allowedAddresses && (JSON.parse(token.allowedAddresses) as string[]); // Written by generateToken only.
  if (ranges && !isInRanges(origin.address, ranges)) {
    throw chain.refuse(
      'address',
      403,
      'address-not-allowed',
      `This token may not be used from ${origin.address}.`,
      `${origin.address} is in none of ${ranges.join(', ')}.`,
      'Call from an allowed address, or generate a token that allows this one.',
    );
  }
  chain.pass('address', ranges ? `${origin.address} is allowed.` : 'Any address is allowed.');
  return ownerCaller(chain, known, now);
}

interface Checked {
  readonly caller: Caller;
  /** When the owner's rights change by time alone; null when they do not. */
  readonly changesAt: number | null;
}

function ownerCaller(chain: Chain, known: Extract<Known, { kind: 'api-token' }>, now: number): Checked {
  const { token, rights } = known;
  if (rights?.user.status !== 'enabled') {
    throw chain.refuse(
      'owner',
      403,
      'owner-not-permitted',
      ownerNotPermitted,
      `The owner's account is ${rights?.user.status ?? 'gone'}.`,
      'Revoke this token and let somebody else generate one.',
    );
  }
  chain.pass('owner', `Its owner ${rights.user.userName} is enabled.`);
  const { permissions, dormant, isFullAdministrator, activeRoles, nextChangeAt } = rightsAt(rights, now);
  if (!permissions.has('ApiTokens.use')) {
    const role = dormant.get('ApiTokens.use');
    if (role) {
      const detail = `The owner's role ${role} is eligible but not activated.`;
      throw chain.refuse(
        'activation',
        403,
        'role-not-activated',
        `${ownerNotPermitted}: ${detail} Activate it, then this token works again.`,
        detail,
        `Let the owner activate the role: sallyport role activate "${role}".`,
      );
    }
    throw chain.refuse(
      'role',
      403,
      'owner-not-permitted',
      ownerNotPermitted,
      'The owner has no role that permits the use of tokens.',
      `Assign ${rights.user.userName} a role that permits it, such as Security reader, or revoke this token.`,
    );
  }
  chain.pass('role', `Roles in force: ${activeRoles.map(({ held }) => held.role.displayName).join(', ')}.`);
  const narrowed = narrow(permissions, token.permissions);
  if (token.permissions !== null)
    chain.pass('permission', `The token is narrowed to ${(JSON.parse(token.permissions) as string[]).join(', ')}.`);
  const caller: Caller = {
    tenantId: token.tenantId,
    tenantSlug: rights.tenant.slug,
    tenant: rights.tenant,
    subject: {
      kind: 'user',
      userId: rights.user.id,
      userName: rights.user.userName,
      displayName: rights.user.displayName,
    },
    credential: { kind: 'api-token', tokenId: token.id, name: token.name },
    permissions: narrowed,
    isFullAdministrator: isFullAdministrator && token.permissions === null,
    dormant: narrow(dormant, token.permissions),
    passed: chain.passed,
  };
  return { caller, changesAt: nextChangeAt };
}

/** What is left of the owner's permissions under the token's own list. */
function narrow<Value>(
  permissions: ReadonlyMap<Permission, Value>,
  list: string | null,
): ReadonlyMap<Permission, Value> {
  if (list === null) return permissions;
  const names = JSON.parse(list) as string[]; // Written by generateToken only.
  const allowed = withImplied(names.filter(isPermission));
  return new Map([...permissions].filter(([permission]) => allowed.has(permission)));
}

function agentCaller(chain: Chain, known: Extract<Known, { kind: 'agent' }>, now: number): Caller {
  const { agent, rights } = known;
  if (agent.deletedAt !== null) {
    throw chain.refuse(
      'revoked',
      401,
      'token-revoked',
      invalidToken,
      `The ${agent.kind} was deleted at ${isoTime(agent.deletedAt)}.`,
      `Create a new ${agent.kind} and give it its token.`,
    );
  }
  const inForce = rights && rightsAt(rights, now);
  if (!rights || !inForce || (!inForce.permissions.has('Agents.manage') && !inForce.dormant.has('Agents.manage'))) {
    throw chain.refuse(
      'owner',
      403,
      'owner-not-permitted',
      ownerNotPermitted,
      `Whoever created this ${agent.kind} may not manage agents any more.`,
      'Let a full administrator create it anew.',
    );
  }
  chain.pass('owner', `Its creator ${rights.user.userName} may manage agents.`);
  const scope: DataScope = wholeTenant;
  return {
    tenantId: agent.tenantId,
    tenantSlug: rights.tenant.slug,
    tenant: rights.tenant,
    subject: { kind: 'agent', agentId: agent.id, agentKind: agent.kind, name: agent.name },
    credential: { kind: 'agent-token', agentId: agent.id },
    permissions: new Map(agentPermissions[agent.kind].map((permission) => [permission, scope])),
    isFullAdministrator: false,
    dormant: new Map(),
    passed: chain.passed,
  };
}
