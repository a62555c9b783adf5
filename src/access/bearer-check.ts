// From a JWT of ours to a caller. What the token says was true when it was made; whether it still holds is asked at
// every call, of facts that any change of consent, application or role empties, in the called tenant and in the
// application's home (bearer-rules.ts, design section 5).
import { loadClient } from '../applications/lookup.ts';
import type { Services } from '../context.ts';
import type { AppId, TenantId } from '../lib/ids.ts';
import type { TokenClaims } from '../signing/claims.ts';
import { type InvalidReason, verifyToken } from '../signing/verify.ts';
import { type BearerFacts, loadBearerFacts } from './bearer-facts.ts';
import { type Called, type CheckedBearer, checkBearer } from './bearer-rules.ts';
import type { Caller } from './caller.ts';
import { ChainOfChecks } from './chain-of-checks.ts';
import type { Presented } from './presented.ts';
import type { CheckName, Refusal } from './refusal.ts';
import { TenantCache } from './tenant-cache.ts';
import type { SurfaceFamily } from './token-audiences.ts';

/** Stands for the application's home as it is: gone from its cache as soon as anything there changes. */
type HomeMark = object;

/** A token whose signature was verified; kept until something in the tenant that it opens changes. */
interface Known {
  readonly claims: TokenClaims;
  readonly keyId: string;
  state?: { readonly home: HomeMark | undefined; readonly facts: BearerFacts };
  ready?: Ready;
}

/** A caller whose checks come out the same until `until`, as long as nothing changes in either of the two tenants. */
interface Ready extends CheckedBearer {
  readonly home: HomeMark;
  readonly from: number;
  readonly family: SurfaceFamily;
  readonly hostTenantId: TenantId | null;
}

const cachedMax = 50_000;
const homesMax = 10_000;

export class BearerCheck {
  readonly #services: Services;
  readonly #cache: TenantCache<Known>;
  readonly #homes: TenantCache<HomeMark>;

  constructor(services: Services) {
    this.#services = services;
    this.#cache = new TenantCache(services.store.invalidations, cachedMax);
    this.#homes = new TenantCache(services.store.invalidations, homesMax);
  }

  /** By the hash of its value, the caller of a token that was checked before and could only be refused after a change. */
  findReady(hash: string, family: SurfaceFamily, hostTenantId: TenantId | null, now: number): Caller | undefined {
    const known = this.#cache.peek(hash);
    const ready = known?.ready;
    if (!ready || ready.family !== family || ready.hostTenantId !== hostTenantId) return undefined;
    if (now < ready.from || now >= ready.until) return undefined;
    if (this.#homes.peek(known.claims.appId) !== ready.home) return undefined;
    return this.#services.signing.peek(known.keyId) && ready.caller;
  }

  /** The caller that a JWT makes on this surface, or a Refusal that says why it makes none. */
  async authenticate({ value, hash }: Presented, called: Called): Promise<Caller> {
    const chain = new ChainOfChecks();
    chain.pass('credential-present', 'The request carries a bearer token.');
    const known = await this.#verified(value, hash, chain);
    const { claims } = known;
    chain.pass('credential-format', 'It is a JWT.');
    chain.pass('signature', 'This server signed it.');
    chain.pass('expired', `It ends at ${new Date(claims.expiresAt).toISOString()}.`);
    const { home, facts } = await this.#stateOf(known);
    const now = this.#services.clock();
    delete known.ready;
    const checked = checkBearer(chain, claims, facts, called, now);
    if (home) known.ready = { ...checked, home, from: now, ...called };
    return checked.caller;
  }

  /** Times and the key are looked at again for a token that was verified before: both pass by themselves. */
  async #verified(value: string, hash: string, chain: ChainOfChecks): Promise<Known> {
    const kept = this.#cache.peek(hash);
    if (kept && this.#isStillInTime(kept)) {
      chain.concerns(concernOf(kept.claims));
      return kept;
    }
    const verified = await verifyToken(this.#services, value);
    if (verified.claims) chain.concerns(concernOf(verified.claims));
    if (!verified.isValid) throw refuseInvalid(chain, verified.reason, verified.detail);
    const { claims, keyId } = verified;
    const known = await this.#cache.get(hash, async () => ({ tenantId: claims.tenantId, value: { claims, keyId } }));
    return known ?? { claims, keyId };
  }

  #isStillInTime({ claims, keyId }: Known): boolean {
    const now = this.#services.clock();
    return claims.notBefore <= now && now < claims.expiresAt && this.#services.signing.peek(keyId) !== undefined;
  }

  async #stateOf(known: Known): Promise<NonNullable<Known['state']>> {
    const { claims, state } = known;
    if (state?.home && this.#homes.peek(claims.appId) === state.home) return state;
    // The mark first: what changes at home from here on takes the mark away, and the facts are read again.
    const home = await this.#markHome(claims.appId);
    known.state = { home, facts: await loadBearerFacts(this.#services, claims) };
    return known.state;
  }

  async #markHome(appId: AppId): Promise<HomeMark | undefined> {
    return await this.#homes.get(appId, async () => {
      const client = await loadClient(this.#services, appId, null);
      return client && { tenantId: client.application.tenantId, value: {} };
    });
  }
}

function concernOf({ tenantId, userId, appId }: TokenClaims) {
  return { tenantId, userId, target: appId };
}

/** How each way of being no good token of ours is refused. */
const invalidTokens: Record<InvalidReason, { check: CheckName; remedy: string }> = {
  malformed: { check: 'credential-format', remedy: 'Send the whole access_token of the token response.' },
  alg: { check: 'signature', remedy: 'Send a token that this server issued.' },
  'unknown-key': { check: 'signature', remedy: 'Take a new token from this server.' },
  signature: { check: 'signature', remedy: 'Send the token exactly as this server issued it.' },
  claims: { check: 'signature', remedy: 'Take a new token from this server.' },
  issuer: { check: 'signature', remedy: 'Take a new token under one of the names of this server.' },
  'not-yet-valid': { check: 'expired', remedy: 'Wait, or set the clock of this server right.' },
  expired: { check: 'expired', remedy: 'Take a new token.' },
};

function refuseInvalid(chain: ChainOfChecks, reason: InvalidReason, detail: string): Refusal {
  const { check, remedy } = invalidTokens[reason];
  if (check !== 'credential-format') chain.pass('credential-format', 'It is a JWT.');
  if (check === 'expired') chain.pass('signature', 'This server signed it.');
  const code = reason === 'expired' ? 'token-expired' : 'invalid-token';
  return chain.refuse(check, { status: 401, code, message: detail, detail, remedy });
}
