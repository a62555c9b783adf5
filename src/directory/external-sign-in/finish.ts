// The end of a sign-in through a tenant's provider, as one ordered list of checks: the browser that began it, the host, the
// one use, the lock-out, the provider's answer, the person, the account, the second factor, the roles, the session.
import { Refusal } from '../../access/refusal.ts';
import { recordAuditAs } from '../../audit/audit.ts';
import { claimOnce } from '../../authorizations/used-proofs.ts';
import type { Origin, Services } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { Conflict, InvalidInput } from '../../lib/failures.ts';
import type { CorrelationId, TenantId } from '../../lib/ids.ts';
import { equalInConstantTime, sha256Hex } from '../../lib/secrets.ts';
import { type Credentials, updateCredentials } from '../credentials-store.ts';
import { type CountedTry, clearAfterSuccess, countTry, takeBackTry } from '../lock-out.ts';
import { hasSecondFactor } from '../second-factor-check.ts';
import { beginSession } from '../sessions.ts';
import { findTenantById } from '../tenants.ts';
import { asRefusal } from './begin.ts';
import { type ExternalPerson, readPerson } from './identity.ts';
import { followGroups } from './mapped-roles.ts';
import type { Pending } from './pending.ts';
import { findOrMakeAccount } from './person.ts';
import { redeem } from './provider.ts';
import { externalRefusal, provenAt } from './refusals.ts';
import { findProvider, type Provider, redirectUrisOf } from './setting.ts';

export interface Callback {
  readonly origin: Origin;
  readonly correlationId: CorrelationId;
  /** The tenant whose host the request came to; null on a host that names none. */
  readonly hostTenantId: TenantId | null;
  /** Slug in the path, which it has on the generic host. */
  readonly slug: string | null;
  /** With its question mark. */
  readonly query: string;
  /** From the browser's cookie. */
  readonly pending: Pending | undefined;
}

/** The value of a portal session for the browser. Throws a Refusal with one of the codes of an external sign-in. */
export async function finishExternalSignIn(services: Services, callback: Callback): Promise<string> {
  const pending = await requirePending(services, callback);
  const { tenantId } = pending;
  // Nobody's account can be named before the provider has been asked: the try counts for the address.
  const tried = { kind: 'external-sign-in' as const, tenantId, userName: sha256Hex(pending.exchange.state) };
  const counted = await countTry(services, tried, callback.origin.address);
  try {
    const provider = await requireProvider(services, pending);
    const redeemed = await redeem(services, provider, pending.exchange, callback.query);
    const person = await readPerson(provider, redeemed);
    return await complete(services, callback, provider, person, counted);
  } catch (error) {
    const refusal = asRefusal(error, tenantId);
    if (!isGuess(refusal)) await services.store.transaction((trx) => takeBackTry(trx, counted));
    throw refusal;
  }
}

/** Whether it looks like somebody who tries what they have no right to, rather than like trouble on the way. */
function isGuess(error: unknown): boolean {
  return error instanceof Refusal && !['external-denied', 'external-unavailable'].includes(error.details.code);
}

/** The sign-in that this browser began for this tenant on this host, the first time that it is finished. */
async function requirePending(services: Services, callback: Callback): Promise<Pending> {
  const { pending, query, hostTenantId, slug } = callback;
  const fail = (detail: string) =>
    externalRefusal('external-state', {
      tenantId: pending?.tenantId ?? null,
      detail,
      remedy:
        'Begin the sign-in again, in one tab of one browser that keeps cookies, and finish it within ten minutes.',
    });
  if (!pending) throw fail('The browser brought no cookie of a sign-in that is in progress.');
  if (hostTenantId !== null && hostTenantId !== pending.tenantId)
    throw fail('The sign-in was begun for another tenant.');
  const tenant = await findTenantById(services.store.db, pending.tenantId);
  const uris = tenant && redirectUrisOf(services.names, tenant.slug);
  const isHere =
    hostTenantId === null
      ? slug === tenant?.slug && pending.exchange.redirectUri === uris?.genericHost
      : slug === null && pending.exchange.redirectUri === uris?.ownHost;
  if (!isHere) throw fail('The sign-in was begun at another address or for another tenant.');
  const states = new URLSearchParams(query).getAll('state');
  if (states.length !== 1 || !equalInConstantTime(states[0] ?? '', pending.exchange.state)) {
    throw fail('The state that came back is not the one that this browser was sent with.');
  }
  const proof = { kind: 'external-sign-in', issuer: pending.tenantId, id: pending.exchange.state } as const;
  if (!(await claimOnce(services, { ...proof, expiresAt: pending.expiresAt })))
    throw fail('This answer of the provider was used before.');
  return pending;
}

/** The tenant's provider as it was when the sign-in began, and both in force. */
async function requireProvider(services: Services, pending: Pending): Promise<Provider> {
  const tenant = await findTenantById(services.store.db, pending.tenantId);
  const provider = await findProvider(services, services.store.db, pending.tenantId);
  return requireUnchanged(provider, tenant?.status, pending);
}

function requireUnchanged(
  provider: Provider | undefined,
  tenantStatus: string | undefined,
  { tenantId, revision }: Pick<Pending, 'tenantId' | 'revision'>,
): Provider {
  if (tenantStatus === 'enabled' && provider?.isEnabled && provider.revision === revision) return provider;
  throw externalRefusal('external-unavailable', {
    tenantId,
    detail:
      tenantStatus === 'enabled'
        ? 'The external sign-in was changed or switched off meanwhile.'
        : `The tenant is ${tenantStatus ?? 'gone'}.`,
    remedy: 'Begin the sign-in again.',
  });
}

/** Account, roles and session together, or none of it. */
async function complete(
  services: Services,
  callback: Callback,
  provider: Provider,
  person: ExternalPerson,
  counted: CountedTry,
): Promise<string> {
  const { tenantId } = provider;
  const { origin, correlationId } = callback;
  try {
    return await services.store.change(tenantId, async (trx) => {
      const tenant = await findTenantById(trx, tenantId);
      requireUnchanged(await findProvider(services, trx, tenantId), tenant?.status, provider);
      const user = await findOrMakeAccount(services, trx, { origin, correlationId }, provider, person);
      requireFactor(provider, person, user);
      const who = { actor: { kind: 'user' as const, id: user.id, name: user.userName }, origin, correlationId };
      await followGroups(services, trx, who, user, provider.rules, person.groups);
      const { session, value } = await beginSession(services, trx, {
        ...{ tenantId, userId: user.id, client: 'portal', origin },
        secondFactorAt: secondFactorAt(services, person),
      });
      await settle(services, trx, user, counted);
      await recordAuditAs(services, trx, tenantId, who, {
        action: 'session.create',
        target: { kind: 'session', id: session.id, name: user.userName },
        details: {
          client: session.client,
          provider: person.issuer,
          secondFactor: person.provedSecondFactor ? 'provider' : null,
        },
      });
      return value;
    });
  } catch (error) {
    throw asLimit(error, provider);
  }
}

async function settle(services: Services, trx: Trx, user: Credentials, counted: CountedTry): Promise<void> {
  await updateCredentials(trx, user.tenantId, user.id, { lastSignInAt: services.clock() });
  await clearAfterSuccess(trx, counted);
}

/** Signing in elsewhere is no way around a second factor that the account has here. */
function requireFactor(provider: Provider, person: ExternalPerson, user: Credentials): void {
  if (!hasSecondFactor(user) || person.provedSecondFactor) return;
  throw externalRefusal('external-second-factor', {
    tenantId: provider.tenantId,
    userId: user.id,
    detail: `The account ${user.userName} has a second factor, and the provider's word for one was not given or is not trusted.`,
    remedy: 'Sign in with password and code, or let an administrator trust the second factor of the provider.',
    passed: [provenAt(provider.issuer)],
  });
}

/** When it was proved, not when it was told: what asks for a fresh proof must not take one of this morning. */
function secondFactorAt(services: Services, { provedSecondFactor, authenticatedAt }: ExternalPerson): number | null {
  return provedSecondFactor && authenticatedAt !== null ? Math.min(authenticatedAt, services.clock()) : null;
}

function asLimit(error: unknown, { tenantId, issuer }: Provider): unknown {
  if (!(error instanceof Conflict) && !(error instanceof InvalidInput)) return error;
  return externalRefusal('external-limit', {
    tenantId,
    detail: error.message,
    remedy: 'Make room, or change what the provider says of the person.',
    passed: [provenAt(issuer)],
  });
}
