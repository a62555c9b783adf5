// The one way in: from a request's credential to a caller, for every surface. Holds what a process keeps between
// requests (caches, throttle, what is to be written in batches).
import type { Ctx, Origin, Services } from '../context.ts';
import { AccessLog } from '../hunting/access-log.ts';
import type { CorrelationId, TenantId } from '../lib/ids.ts';
import { UseRecorder } from '../tokens/use-recorder.ts';
import { BearerCheck } from './bearer-check.ts';
import { type Caller, concernOf } from './caller.ts';
import { type Presented, type PresentedBefore, presentedIn } from './presented.ts';
import { Refusal, type RefusalDetails } from './refusal.ts';
import { RefusalRecorder } from './refusals.ts';
import { SessionCheck } from './session-check.ts';
import { TenantHosts } from './tenant-hosts.ts';
import { type Admission, ProcessThrottle, SharedThrottle, type Throttle } from './throttle.ts';
import { audienceFor, describeFamily, type SurfaceFamily } from './token-audiences.ts';
import { TokenCheck } from './token-check.ts';

/** What is found out about a request on its way; the access log has it when the answer is sent. */
export interface Visit {
  caller: Caller | null;
  refusal: RefusalDetails | null;
}

/** What the gate looks at of an HTTP request; the surfaces fill it in. */
export interface Arrival {
  readonly correlationId: CorrelationId;
  readonly origin: Origin;
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What the gate remembers of the connection that the request came by. */
  readonly connection: PresentedBefore;
  /** Value of the portal's session cookie, if one came. */
  readonly sessionCookie: string | null;
  /** The tenant whose own host was called; null on the generic host. */
  readonly hostTenantId: TenantId | null;
  /** Told who the caller is. */
  readonly visit?: Visit;
}

export class Gate {
  readonly refusals: RefusalRecorder;
  readonly uses: UseRecorder;
  readonly calls: AccessLog;
  readonly hosts: TenantHosts;
  readonly #services: Services;
  readonly #tokens: TokenCheck;
  readonly #bearers: BearerCheck;
  readonly #sessions: SessionCheck;
  readonly #throttle: Throttle;

  constructor(services: Services) {
    this.#services = services;
    this.refusals = new RefusalRecorder(services);
    this.uses = new UseRecorder(services);
    this.calls = new AccessLog(services);
    this.hosts = new TenantHosts(services);
    this.#tokens = new TokenCheck(services);
    this.#bearers = new BearerCheck(services);
    this.#sessions = new SessionCheck(services);
    this.#throttle = services.store.kind === 'postgres' ? new SharedThrottle(services.store) : new ProcessThrottle();
  }

  /** A caller with an API token, an agent's token or a session, its call counted against the bucket it belongs to. */
  admit(arrival: Arrival): Ctx | Promise<Ctx> {
    const token = tokenOf(arrival);
    const now = this.#services.clock();
    // A token that was seen before, on a throttle in memory, has nothing to wait for.
    const ready = token === null ? undefined : this.#tokens.findReady(token.hash, arrival.hostTenantId, now);
    if (ready) {
      const turn = this.#takeTurn(ready, now);
      return turn ? turn.then(() => this.#admitted(ready, arrival, now)) : this.#admitted(ready, arrival, now);
    }
    return this.#admitSlowly(token, arrival);
  }

  /** Like {@link admit} on a surface that takes JWTs too. API tokens and agents' tokens open the cloud-apps surface only. */
  admitOn(family: SurfaceFamily, arrival: Arrival): Ctx | Promise<Ctx> {
    const presented = presentedIn(arrival.headers.authorization, arrival.connection);
    if (presented?.scheme === 'token' && family !== 'cloud-apps') return this.#admitNoToken(presented, family, arrival);
    if (presented?.scheme !== 'bearer' || isSessionLike(presented.value)) return this.admit(arrival);
    const now = this.#services.clock();
    const ready = this.#bearers.findReady(presented.hash, family, arrival.hostTenantId, now);
    if (!ready) return this.#admitBearer(presented, family, arrival);
    const turn = this.#takeTurn(ready, now, family);
    return turn ? turn.then(() => this.#admitted(ready, arrival, now)) : this.#admitted(ready, arrival, now);
  }

  async #admitBearer(presented: Presented, family: SurfaceFamily, arrival: Arrival): Promise<Ctx> {
    const { hostTenantId } = arrival;
    const caller = await this.#bearers.authenticate(presented, { family, hostTenantId });
    const now = this.#services.clock();
    await this.#takeTurn(caller, now, family);
    return this.#admitted(caller, arrival, now);
  }

  async #admitNoToken(presented: Presented, family: SurfaceFamily, arrival: Arrival): Promise<never> {
    throw await this.#refuseToken(presented, arrival, {
      instead: "Send an app's access token as a bearer.",
      needed: `an app's access token for ${describeFamily(family)}, or a person's session`,
      remedy: `Take a token for ${audienceFor(family)} and send it as "Authorization: Bearer <token>".`,
    });
  }

  async #admitSlowly(token: Presented | null, arrival: Arrival): Promise<Ctx> {
    const caller =
      token === null
        ? await this.#sessions.authenticate(arrival)
        : await this.#tokens.authenticate(token.value, arrival.origin, arrival.hostTenantId);
    const now = this.#services.clock();
    await this.#takeTurn(caller, now);
    return this.#admitted(caller, arrival, now);
  }

  #admitted(caller: Caller, arrival: Arrival, now: number): Ctx {
    this.#noteUse(caller, arrival, now);
    if (arrival.visit) arrival.visit.caller = caller;
    return { ...this.#services, caller, correlationId: arrival.correlationId, origin: arrival.origin };
  }

  /** A signed-in person; a token is refused with a sentence that says what to do instead. */
  async admitPerson(arrival: Arrival): Promise<Ctx> {
    const token = tokenOf(arrival);
    if (token !== null) {
      throw await this.#refuseToken(token, arrival, {
        instead: 'Sign in and call it with your session.',
        needed: "a person's session",
        remedy: 'Sign in at the portal or with "sallyport login".',
      });
    }
    const caller = await this.#sessions.authenticate(arrival);
    await this.#takeTurn(caller, this.#services.clock());
    if (arrival.visit) arrival.visit.caller = caller;
    return { ...this.#services, caller, correlationId: arrival.correlationId, origin: arrival.origin };
  }

  /** The token is checked first: whoever owns it shall read of this in the audit, and a bad one is refused as such. */
  async #refuseToken(
    { value }: Presented,
    arrival: Arrival,
    { instead, needed, remedy }: { instead: string; needed: string; remedy: string },
  ): Promise<Refusal> {
    const caller = await this.#tokens.authenticate(value, arrival.origin, arrival.hostTenantId);
    this.#noteUse(caller, arrival, this.#services.clock());
    const kind = caller.credential.kind === 'agent-token' ? 'A token of an agent' : 'An API token';
    return new Refusal({
      status: 403,
      code: 'wrong-credential-kind',
      message: `${kind} does not open this call. ${instead}`,
      chain: [
        ...caller.passed,
        {
          check: 'credential-kind',
          outcome: 'failed',
          detail: `The request carries a token; the call needs ${needed}.`,
        },
      ],
      remedy,
      ...concernOf(caller),
    });
  }

  /** Counts the call. Tokens of people share their tenant's documented limit; sessions and agents have buckets of their own. */
  #takeTurn(caller: Caller, now: number, family: SurfaceFamily = 'cloud-apps'): Promise<void> | undefined {
    const [bucket, perMinute] = bucketOf(caller, family, this.#services.config);
    const admission = this.#throttle.admit(caller.tenantId, bucket, perMinute, now);
    if (admission instanceof Promise) {
      return admission.then((settled) => requireTurn(caller, bucket, perMinute, settled));
    }
    requireTurn(caller, bucket, perMinute, admission);
    return undefined;
  }

  #noteUse(caller: Caller, arrival: Arrival, now: number): void {
    const { credential } = caller;
    if (credential.kind !== 'api-token' && credential.kind !== 'agent-token') return;
    this.uses.note({
      tenantId: caller.tenantId,
      credential:
        credential.kind === 'api-token'
          ? { kind: 'api-token', id: credential.tokenId }
          : { kind: 'agent', id: credential.agentId },
      at: now,
      address: arrival.origin.address,
      usedFor: `${arrival.method} ${arrival.path} (${arrival.origin.userAgent || 'no user agent'})`,
    });
  }

  async close(): Promise<void> {
    await this.uses.close();
    await this.calls.close();
    await this.refusals.close();
  }
}

/** Refuses with 429 unless the throttle admitted the call. */
function requireTurn(caller: Caller, bucket: string, perMinute: number, admission: Admission): void {
  if (admission.admitted) return;
  const seconds = admission.retryAfterSeconds;
  throw new Refusal({
    status: 429,
    code: 'throttled',
    message: `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`,
    chain: [
      ...caller.passed,
      { check: 'rate', outcome: 'failed', detail: `${perMinute} calls in 60 seconds are allowed for ${bucket}.` },
    ],
    remedy: `Wait ${seconds} s (Retry-After). Calls per minute are a setting of this server.`,
    ...concernOf(caller),
    retryAfterSeconds: seconds,
  });
}

function bucketOf(caller: Caller, family: SurfaceFamily, config: Services['config']): [string, number] {
  switch (caller.credential.kind) {
    case 'api-token':
      return ['the API tokens of this tenant', config.tenantRequestsPerMinute];
    case 'bearer':
      // The other two surfaces have documented limits of their own, which their routes keep.
      return family === 'cloud-apps'
        ? ['the app tokens of this tenant', config.tenantRequestsPerMinute]
        : [`app ${caller.credential.appId} on the ${family} surface`, config.appRequestsPerMinute];
    case 'agent-token':
      return [`agent ${caller.credential.agentId}`, config.agentRequestsPerMinute];
    case 'session':
      return [`session ${caller.credential.sessionId}`, config.sessionRequestsPerMinute];
    case 'local':
      return ['the command line of this machine', config.sessionRequestsPerMinute];
  }
}

/** What stands behind `Authorization: Token`; null when the header is absent or of another scheme. */
function tokenOf(arrival: Arrival): Presented | null {
  const presented = presentedIn(arrival.headers.authorization, arrival.connection);
  return presented?.scheme === 'token' ? presented : null;
}

/** The value of a command-line session is no JWT, and the other way round. */
function isSessionLike(value: string): boolean {
  return value.startsWith('slpcs');
}
