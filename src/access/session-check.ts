// From a portal cookie or a command-line session to a caller. The same chain of checks as for tokens, ending in the
// person's rights of the moment.
import type { Services } from '../context.ts';
import { loadRights, type Rights, rightsAt } from '../directory/effective.ts';
import {
  csrfProblem,
  isCliSessionValue,
  isCookieValue,
  loadSessionByHash,
  otherBrowserProblem,
  ownOriginsOf,
  type SessionRow,
  sessionProblem,
  touchSession,
} from '../directory/sessions.ts';
import { StoreUnavailable } from '../lib/failures.ts';
import type { TenantId, UserId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/secrets.ts';
import type { Caller } from './caller.ts';
import type { Arrival } from './gate.ts';
import { type Check, type CheckName, Refusal, type RefusalCode } from './refusal.ts';
import { TenantCache } from './tenant-cache.ts';

interface Known {
  /** Replaced as a whole when its last use was noted, so that a cached session does not idle out while in use. */
  session: SessionRow;
  readonly rights: Rights | undefined;
}

const cachedMax = 20_000;

export class SessionCheck {
  readonly #services: Services;
  readonly #cache: TenantCache<Known>;

  constructor(services: Services) {
    this.#services = services;
    this.#cache = new TenantCache(services.store.invalidations, cachedMax);
  }

  /** The person behind a session, or a Refusal. A cookie must come with its CSRF token wherever it could change something. */
  async authenticate(arrival: Arrival): Promise<Caller> {
    const passed: Check[] = [];
    const { value, isCookie } = presentedValue(arrival);
    if (value === null) {
      throw refusal(
        passed,
        null,
        'credential-present',
        401,
        'not-authenticated',
        'Authentication credentials were not provided.',
        'The request carries no session and no token.',
        'Sign in, or send an API token as "Authorization: Token <value>" where the call takes one.',
      );
    }
    if (!isCookie && /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(value)) {
      throw refusal(
        passed,
        null,
        'credential-kind',
        401,
        'wrong-credential-kind',
        "An app's access token does not open this call. Sign in and call it with your session.",
        "The request carries a JWT; the call needs a person's session.",
        'Sign in at the portal or with "sallyport login".',
      );
    }
    if (!(isCookie ? isCookieValue(value) : isCliSessionValue(value))) {
      throw refusal(
        passed,
        null,
        'credential-format',
        401,
        'session-ended',
        'This session is not known or has ended. Sign in again.',
        'The value has not the form of a session.',
        'Sign in again.',
      );
    }
    const hash = sha256Hex(value);
    const known = await this.#find(hash);
    // A session of the sign-in pages is sent to other sites' requests too, so it must open nothing here.
    if (!known || known.session.client === 'sign-in') {
      throw refusal(
        passed,
        null,
        'session',
        401,
        'session-ended',
        'This session is not known or has ended. Sign in again.',
        'No session has this value.',
        'Sign in again.',
      );
    }
    return this.#admit(arrival, hash, known, isCookie, passed);
  }

  async #find(hash: string): Promise<Known | undefined> {
    return this.#cache.get(hash, async () => {
      const known = await this.#load(hash);
      return known && { tenantId: known.session.tenantId, value: known };
    });
  }

  async #load(hash: string): Promise<Known | undefined> {
    const { db } = this.#services.store;
    const loaded = await loadSessionByHash(db, hash);
    return (
      loaded && {
        session: loaded.session,
        rights: await loadRights(db, loaded.session.tenantId, loaded.session.userId),
      }
    );
  }

  async #admit(arrival: Arrival, hash: string, known: Known, isCookie: boolean, passed: Check[]): Promise<Caller> {
    const { clock, config, keys, names } = this.#services;
    const whose = { tenantId: known.session.tenantId, userId: known.session.userId };
    if (sessionProblem(known.session, clock(), config)) {
      // Another process may have noted a later use than the copy that we keep.
      known.session = (await this.#load(hash))?.session ?? known.session;
    }
    const problem =
      sessionProblem(known.session, clock(), config) ??
      (isCookie ? otherBrowserProblem(known.session, arrival.origin.userAgent) : undefined);
    if (problem)
      throw refusal(
        passed,
        whose,
        'session',
        401,
        'session-ended',
        'This session has ended. Sign in again.',
        problem,
        'Sign in again.',
      );
    passed.push({
      check: 'session',
      outcome: 'passed',
      detail: `The session began at ${new Date(known.session.createdAt).toISOString()}.`,
    });
    const { rights } = known;
    if (arrival.hostTenantId !== null && arrival.hostTenantId !== whose.tenantId) {
      throw refusal(
        passed,
        whose,
        'tenant-host',
        401,
        'wrong-host',
        'This session is not known or has ended. Sign in again.',
        'The call went to the host of another tenant.',
        "Call your own tenant's URL or the generic one.",
      );
    }
    if (rights?.user.status !== 'enabled' || rights.tenant.status !== 'enabled') {
      throw refusal(
        passed,
        whose,
        'owner',
        401,
        'session-ended',
        'This session has ended. Sign in again.',
        'The account or its tenant is disabled or deleted.',
        'Ask an administrator to enable the account.',
      );
    }
    passed.push({
      check: 'owner',
      outcome: 'passed',
      detail: `It belongs to ${rights.user.userName}, who is enabled.`,
    });
    if (isCookie && arrival.method !== 'GET' && arrival.method !== 'HEAD') {
      const foreign = csrfProblem(keys, known.session.id, arrival.headers, ownOriginsOf(names, arrival.headers));
      if (foreign)
        throw refusal(
          passed,
          whose,
          'csrf',
          403,
          'csrf',
          foreign,
          foreign,
          'Send the csrfToken that GET /management/v1/session gives in the header x-csrf-token, from our own pages.',
        );
      passed.push({ check: 'csrf', outcome: 'passed', detail: 'The request comes from our own page.' });
    }
    if (!isBackground(arrival)) known.session = { ...known.session, lastSeenAt: await this.#touch(known.session) };
    return toCaller(known.session, rights, clock(), passed);
  }

  /** While nothing can be written, people can still read; the use is noted as soon as it can be. */
  async #touch(session: SessionRow): Promise<number> {
    try {
      return await touchSession(this.#services, session);
    } catch (error) {
      if (error instanceof StoreUnavailable) return session.lastSeenAt;
      throw error;
    }
  }
}

function toCaller(session: SessionRow, rights: Rights, now: number, passed: Check[]): Caller {
  const { permissions, dormant, isFullAdministrator, activeRoles } = rightsAt(rights, now);
  const roles = activeRoles.map(({ held }) => held.role.displayName).join(', ') || 'none';
  passed.push({ check: 'role', outcome: 'passed', detail: `Roles in force: ${roles}.` });
  return {
    tenantId: session.tenantId,
    tenantSlug: rights.tenant.slug,
    tenant: rights.tenant,
    subject: {
      kind: 'user',
      userId: rights.user.id,
      userName: rights.user.userName,
      displayName: rights.user.displayName,
    },
    credential: {
      kind: 'session',
      sessionId: session.id,
      client: session.client,
      secondFactorAt: session.secondFactorAt,
    },
    permissions,
    isFullAdministrator,
    dormant,
    passed,
  };
}

/** The portal says so of calls that it makes by itself, with nobody there: they do not keep the session from idling out. */
function isBackground({ headers }: Arrival): boolean {
  return headers['x-background-call'] !== undefined;
}

/** The session value that a request carries: a bearer value of the command line, or else the portal's cookie. */
function presentedValue(arrival: Arrival): { value: string | null; isCookie: boolean } {
  const header = arrival.headers.authorization;
  if (typeof header === 'string') {
    const match = /^bearer[ \t]+(.*)$/i.exec(header);
    return { value: match ? (match[1] ?? '') : '', isCookie: false };
  }
  return { value: arrival.sessionCookie, isCookie: true };
}

function refusal(
  passed: readonly Check[],
  whose: { tenantId: TenantId; userId: UserId } | null,
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
    chain: [...passed, { check, outcome: 'failed', detail }],
    remedy,
    tenantId: whose?.tenantId ?? null,
    userId: whose?.userId ?? null,
    target: null,
  });
}
