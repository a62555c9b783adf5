// What a browser carries on the sign-in pages: an id of its own, which every form is bound to, and the sessions of the
// people who signed in with it. Both cookies are SameSite=Lax: an app's link has to find the session, and no other
// site's form does.
import { parseCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ctxOfSignedIn } from '../../../applications/consent-ctx.ts';
import type { Ctx, Services } from '../../../context.ts';
import {
  endOwnSession,
  findSession,
  isCookieValue,
  type LoadedSession,
  sessionProblem,
  touchSession,
} from '../../../directory/sessions.ts';
import { NotFound, StoreUnavailable } from '../../../lib/failures.ts';
import { randomBase62 } from '../../../lib/secrets.ts';
import { arrivalOf, begunOf } from '../../arrival.ts';

export const signInCookieName = '__Host-sallyport-sign-in';
const browserCookieName = '__Host-sallyport-browser';
const browserIdLength = 32;
/** People at one browser at the same time; the session that was begun first gives way to a sixth. */
const accountsMax = 5;

/** Somebody who is signed in in this browser, with the secret that the cookie keeps. */
export interface Account extends LoadedSession {
  readonly value: string;
}

export interface Browser {
  readonly id: string;
  /** Sessions in force that fit the host, the latest sign-in first. */
  readonly accounts: readonly Account[];
}

/** Reads the two cookies. A browser without an id gets one with this answer. */
export async function readBrowser(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<Browser> {
  const cookies = request.headers.cookie === undefined ? {} : parseCookie(request.headers.cookie);
  let id = cookies[browserCookieName];
  if (id === undefined || !/^[0-9A-Za-z]{32}$/.test(id)) {
    id = randomBase62(browserIdLength);
    reply.header('set-cookie', `${browserCookieName}=${id}; Path=/; Secure; HttpOnly; SameSite=Lax`);
  }
  const values = (cookies[signInCookieName] ?? '').split('.').filter(isCookieValue).slice(0, accountsMax);
  const found = await Promise.all([...new Set(values)].map((value) => findAccount(services, request, value)));
  return { id, accounts: found.filter((each) => each !== undefined) };
}

async function findAccount(services: Services, request: FastifyRequest, value: string): Promise<Account | undefined> {
  const loaded = await findSession(services, value);
  if (loaded?.session.client !== 'sign-in') return undefined;
  if (loaded.user.status !== 'enabled' || loaded.tenant.status !== 'enabled') return undefined;
  if (sessionProblem(loaded.session, services.clock(), services.config)) return undefined;
  const { hostTenantId } = begunOf(request);
  if (hostTenantId !== null && loaded.tenant.id !== hostTenantId) return undefined;
  try {
    await touchSession(services, loaded.session);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
  return { ...loaded, value };
}

/**
 * The browser after a sign-in: the new account first, an older session of the same person ended, the cookie written.
 * Every sign-in mints a new value, so that none which somebody else may have planted is ever signed in.
 */
export async function addAccount(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  browser: Browser,
  value: string,
): Promise<{ browser: Browser; account: Account }> {
  const account = await findAccount(services, request, value);
  if (!account) throw new Error('A session that has just begun is not there.');
  const same = (each: Account) => each.user.id === account.user.id && each.tenant.id === account.tenant.id;
  const others = browser.accounts.filter((each) => !same(each));
  const leaving = [...browser.accounts.filter(same), ...others.slice(accountsMax - 1)];
  for (const each of leaving) await endAccount(services, request, each);
  const accounts = [account, ...others.slice(0, accountsMax - 1)];
  writeAccounts(services, reply, accounts);
  return { browser: { ...browser, accounts }, account };
}

/** Signs one account out: its session ends in the store, whatever the browser keeps. */
export async function endAccount(services: Services, request: FastifyRequest, account: Account): Promise<void> {
  try {
    await endOwnSession(await ctxOf(services, request, account), account.session.id);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error; // Another request was faster.
  }
}

/** Writes which sessions the browser keeps; none takes the cookie away. */
export function writeAccounts(services: Services, reply: FastifyReply, accounts: readonly Account[]): void {
  const value = accounts.map((each) => each.value).join('.');
  const seconds = accounts.length === 0 ? 0 : services.config.sessionTtlSeconds;
  reply.header(
    'set-cookie',
    `${signInCookieName}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`,
  );
}

/** The signed-in person as the nouns know a caller, with the rights of this moment. */
export async function ctxOf(services: Services, request: FastifyRequest, { session }: Account): Promise<Ctx> {
  const { origin, correlationId } = arrivalOf(request);
  const { id: sessionId, tenantId, userId, secondFactorAt } = session;
  const ctx = await ctxOfSignedIn(services, { sessionId, tenantId, userId, secondFactorAt }, origin, correlationId);
  if (!ctx) throw new NotFound('The account');
  return ctx;
}
