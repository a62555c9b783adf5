// Sessions of people: the portal's cookie and the command line's bearer value. The value exists only with its holder;
// the store keeps its SHA-256. A session ends by sign-out, by an administrator, when its password or account changes,
// after a time without use, and after a time in any case.
import { createHmac } from 'node:crypto';
import { requireUser } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import { endAppSignIns } from '../authorizations/families.ts';
import type { Config } from '../config.ts';
import type { Ctx, Origin, Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { dayMs, minuteMs, secondMs } from '../lib/clock.ts';
import { NotFound } from '../lib/failures.ts';
import { isGuid, newId, type SessionId, type TenantId, type UserId } from '../lib/ids.ts';
import { checksumBase62, equalInConstantTime, randomBase62, sha256Hex } from '../lib/secrets.ts';
import { genericUrl, type Names } from '../listening/names.ts';
import type { Keys } from '../master-key.ts';
import * as store from './sessions-store.ts';

export type { LoadedSession, SessionRow } from './sessions-store.ts';

/** The `__Host-` prefix makes browsers refuse it from anywhere but this very host (RFC 6265bis section 4.1.3.2). */
export const sessionCookieName = '__Host-sallyport-session';

const cliPrefix = 'slpcs';
const cliRandomLength = 58;
const checksumLength = 6;
const cookieLength = 48;

/** A command-line session value: `slpcs`, 58 random characters (345 bits), a checksum that tells typing errors. */
export function mintCliSessionValue(): string {
  const text = cliPrefix + randomBase62(cliRandomLength);
  return text + checksumBase62(text);
}

/** True for a text that could be a command-line session value; says nothing about whether there is such a session. */
export function isCliSessionValue(text: string): boolean {
  if (!/^slpcs[0-9A-Za-z]{64}$/.test(text)) return false;
  return checksumBase62(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/** A portal session value for the cookie (285 bits). */
export function mintCookieValue(): string {
  return randomBase62(cookieLength);
}

export function isCookieValue(text: string): boolean {
  return /^[0-9A-Za-z]{48}$/.test(text);
}

/** `sign-in` is the session of the sign-in pages that apps send people to; it opens no API. */
export type SessionClient = store.SessionRow['client'];

export interface NewSession {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly client: SessionClient;
  readonly origin: Origin;
  readonly secondFactorAt: number | null;
}

const sessionsPerUserMax = 50;
const userAgentLengthMax = 256;
const forgetAfterMs = dayMs;

/** Begins a session inside the transaction of the sign-in. The oldest unused one gives way beyond 50 of one person. */
export async function beginSession(
  services: Pick<Services, 'clock' | 'config'>,
  trx: Trx,
  wanted: NewSession,
): Promise<{ session: store.SessionRow; value: string }> {
  const now = services.clock();
  const value = wanted.client === 'cli' ? mintCliSessionValue() : mintCookieValue();
  const { tenantId, userId } = wanted;
  await store.pruneSessions(trx, tenantId, userId, now - forgetAfterMs);
  const living = await store.listLivingSessions(trx, tenantId, userId, limitsAt(now, services.config));
  for (const each of living.slice(sessionsPerUserMax - 1)) await store.endSession(trx, tenantId, userId, each.id, now);
  const session: store.SessionRow = {
    id: newId<SessionId>(),
    tenantId,
    userId,
    client: wanted.client,
    hash: sha256Hex(value),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + services.config.sessionTtlSeconds * secondMs,
    secondFactorAt: wanted.secondFactorAt,
    address: wanted.origin.address,
    userAgent: wanted.origin.userAgent.slice(0, userAgentLengthMax),
    endedAt: null,
  };
  await store.insertSession(trx, session);
  return { session, value };
}

function limitsAt(now: number, config: Config): { now: number; seenAfter: number } {
  return { now, seenAfter: now - config.sessionIdleSecondsMax * secondMs };
}

/**
 * Why the session gives nothing any more at `now`, as a sentence; undefined while it is in force. Pure, so that a cached
 * session ends on time.
 */
export function sessionProblem(
  session: Pick<store.SessionRow, 'endedAt' | 'expiresAt' | 'lastSeenAt'>,
  now: number,
  config: Config,
): string | undefined {
  if (session.endedAt !== null) return 'The session was ended.';
  if (session.expiresAt <= now) return `The session is over: it lasts ${config.sessionTtlSeconds} s at most.`;
  if (session.lastSeenAt <= now - config.sessionIdleSecondsMax * secondMs) {
    return `The session is over: it was not used for ${config.sessionIdleSecondsMax} s.`;
  }
  return undefined;
}

const browserFamilyLengthMax = 120;

/**
 * What is wrong with the browser that a portal session is used from, as a sentence; undefined when it is the one that began
 * it. A cookie that was carried off to another program or kind of device opens nothing. Numbers are not compared: browsers
 * and systems update themselves.
 */
export function otherBrowserProblem(
  session: Pick<store.SessionRow, 'userAgent'>,
  userAgent: string,
): string | undefined {
  // What is kept of it was cut, after numbers that may have grown since.
  const family = (text: string) => text.replaceAll(/[\d._]+/g, '').slice(0, browserFamilyLengthMax);
  return family(session.userAgent) === family(userAgent) ? undefined : 'The session was begun in another browser.';
}

export const loadSessionByHash = store.loadSessionByHash;

/**
 * The session of this value with its user and tenant, in force or not: {@link sessionProblem} and the two statuses
 * decide. Undefined when no session has this value.
 */
export async function findSession(
  services: Pick<Services, 'store'>,
  value: string,
): Promise<store.LoadedSession | undefined> {
  if (!isCliSessionValue(value) && !isCookieValue(value)) return undefined;
  return await store.loadSessionByHash(services.store.db, sha256Hex(value));
}

/** How stale `lastSeenAt` may be: a minute, or less where sessions end after a few minutes without use. */
export function touchEveryMs(config: Config): number {
  return Math.min(minuteMs, (config.sessionIdleSecondsMax * secondMs) / 4);
}

/**
 * Notes that the session is in use. Writes at most once a minute and returns the time that `lastSeenAt` has then, for
 * the copy that the caller may keep.
 */
export async function touchSession(
  services: Pick<Services, 'store' | 'clock' | 'config'>,
  session: Pick<store.SessionRow, 'id' | 'tenantId' | 'lastSeenAt'>,
): Promise<number> {
  const now = services.clock();
  const seenBefore = now - touchEveryMs(services.config);
  if (session.lastSeenAt > seenBefore) return session.lastSeenAt;
  await store.touchSession(services.store.db, session.tenantId, session.id, now, seenBefore + 1);
  return now;
}

/**
 * Ends a person's sessions but for the one given, and all that the person is signed in to through apps. Returns how many
 * sessions; the caller records why.
 */
export async function endSessions(
  trx: Trx,
  tenantId: TenantId,
  userId: UserId,
  now: number,
  exceptSessionId: SessionId | null = null,
): Promise<number> {
  await endAppSignIns(trx, tenantId, userId, now);
  return await store.endAllSessions(trx, tenantId, userId, now, exceptSessionId);
}

/** Ends every session of a tenant: it was disabled or deleted. */
export async function endTenantSessions(trx: Trx, tenantId: TenantId, now: number): Promise<number> {
  return await store.endAllSessions(trx, tenantId, null, now, null);
}

/** Notes that this session has just proved the second factor, so that role activations need not ask again. */
export const noteSecondFactor = store.setSecondFactorAt;

/** The very session that the caller came with. Throws NotFound when it has just been removed. */
export async function getOwnSession(ctx: Ctx): Promise<store.SessionRow & { readonly hasSecondFactor: boolean }> {
  const { credential } = ctx.caller;
  const id = credential.kind === 'session' ? credential.sessionId : null;
  const session = id && (await store.findSessionById(ctx.store.db, ctx.caller.tenantId, id));
  if (!session) throw new NotFound('Your session');
  return session;
}

/** The caller's own sessions that are in force, most lately used first. */
export async function listOwnSessions(ctx: Ctx): Promise<store.SessionRow[]> {
  const { userId } = requireUser(ctx.caller);
  return await store.listLivingSessions(ctx.store.db, ctx.caller.tenantId, userId, limitsAt(ctx.clock(), ctx.config));
}

/** Ends one of the caller's own sessions, the present one included. Throws NotFound for any other id. */
export async function endOwnSession(ctx: Ctx, id: string): Promise<void> {
  const { userId, userName } = requireUser(ctx.caller);
  const { tenantId } = ctx.caller;
  if (!isGuid(id)) throw new NotFound('The session');
  await ctx.store.change(tenantId, async (trx) => {
    const ended = await store.endSession(trx, tenantId, userId, id as SessionId, ctx.clock()); // An id from outside, only compared.
    if (!ended) throw new NotFound('The session');
    await recordAudit(ctx, trx, { action: 'session.end', target: { kind: 'session', id, name: userName } });
  });
}

/** The value that a portal page must send back in `x-csrf-token`: an HMAC of the session's id, so nothing is stored. */
export function csrfTokenOf(keys: Keys, sessionId: SessionId): string {
  return createHmac('sha256', keys.csrf).update(`csrf ${sessionId}`).digest('base64url');
}

export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Origins whose pages are ours for this request: the generic one, and the host that it came to, which was found on the
 * list of our names before any route ran (a page may call us by an alias or through a port mapping).
 */
export function ownOriginsOf(names: Names, headers: RequestHeaders): string[] {
  const { host } = headers;
  const origins = [genericUrl(names)];
  if (typeof host === 'string') origins.push(`https://${host.toLowerCase()}`);
  return origins;
}

/**
 * What is wrong with where a request comes from, as a sentence; undefined when nothing is. Browsers send Origin and
 * Sec-Fetch-Site by themselves and no page can change them; other programs send neither.
 */
export function foreignOriginProblem(headers: RequestHeaders, ownOrigins: readonly string[]): string | undefined {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && (typeof origin !== 'string' || !ownOrigins.includes(origin.toLowerCase()))) {
    return 'The request comes from a page of another origin.';
  }
  if (site !== undefined && site !== 'same-origin') return 'The request comes from a page of another site.';
  return undefined;
}

/**
 * Checks a request that carries the session cookie and may change something (every method but GET and HEAD). Returns a
 * sentence that says what is wrong; undefined when nothing is. `ownOrigins` are lower case, without a final slash.
 */
export function csrfProblem(
  keys: Keys,
  sessionId: SessionId,
  headers: RequestHeaders,
  ownOrigins: readonly string[],
): string | undefined {
  const foreign = foreignOriginProblem(headers, ownOrigins);
  if (foreign) return foreign;
  const token = headers['x-csrf-token'];
  if (typeof token !== 'string' || token === '') return 'The header x-csrf-token is missing.';
  if (!equalInConstantTime(token, csrfTokenOf(keys, sessionId))) {
    return 'The header x-csrf-token does not belong to this session.';
  }
  return undefined;
}

/** The Set-Cookie header that gives a browser its session. */
export function sessionCookie(value: string, ttlSeconds: number): string {
  return `${sessionCookieName}=${value}; Path=/; Max-Age=${ttlSeconds}; Secure; HttpOnly; SameSite=Strict`;
}

/** The Set-Cookie header that takes it away again. */
export function expiredSessionCookie(): string {
  return sessionCookie('', 0);
}
