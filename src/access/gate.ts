// The one way in: from a request's credential to a caller, for every surface. Holds what a process keeps between
// requests (caches, throttle, what is to be written in batches).
import type { Ctx, Origin, Services } from '../context.ts';
import type { CorrelationId, TenantId } from '../lib/ids.ts';
import { UseRecorder } from '../tokens/use-recorder.ts';
import { type Caller, concernOf } from './caller.ts';
import { Refusal } from './refusal.ts';
import { RefusalRecorder } from './refusals.ts';
import { SessionCheck } from './session-check.ts';
import { TenantHosts } from './tenant-hosts.ts';
import { type Admission, ProcessThrottle, SharedThrottle, type Throttle } from './throttle.ts';
import { TokenCheck } from './token-check.ts';

/** What the gate looks at of an HTTP request; the surfaces fill it in. */
export interface Arrival {
  readonly correlationId: CorrelationId;
  readonly origin: Origin;
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Value of the portal's session cookie, if one came. */
  readonly sessionCookie: string | null;
  /** The tenant whose own host was called; null on the generic host. */
  readonly hostTenantId: TenantId | null;
}

export class Gate {
  readonly refusals: RefusalRecorder;
  readonly uses: UseRecorder;
  readonly hosts: TenantHosts;
  readonly #services: Services;
  readonly #tokens: TokenCheck;
  readonly #sessions: SessionCheck;
  readonly #throttle: Throttle;

  constructor(services: Services) {
    this.#services = services;
    this.refusals = new RefusalRecorder(services);
    this.uses = new UseRecorder(services);
    this.hosts = new TenantHosts(services);
    this.#tokens = new TokenCheck(services);
    this.#sessions = new SessionCheck(services);
    this.#throttle = services.store.kind === 'postgres' ? new SharedThrottle(services.store) : new ProcessThrottle();
  }

  /** A caller with an API token, an agent's token or a session, its call counted against the bucket it belongs to. */
  admit(arrival: Arrival): Ctx | Promise<Ctx> {
    const token = tokenHeader(arrival);
    // A token that was seen before, on a throttle in memory, has nothing to wait for.
    const ready = token === null ? undefined : this.#tokens.findReady(token, arrival.hostTenantId);
    if (ready) {
      const turn = this.#takeTurn(ready);
      return turn ? turn.then(() => this.#admitted(ready, arrival)) : this.#admitted(ready, arrival);
    }
    return this.#admitSlowly(token, arrival);
  }

  async #admitSlowly(token: string | null, arrival: Arrival): Promise<Ctx> {
    const caller =
      token === null
        ? await this.#sessions.authenticate(arrival)
        : await this.#tokens.authenticate(token, arrival.origin, arrival.hostTenantId);
    await this.#takeTurn(caller);
    return this.#admitted(caller, arrival);
  }

  #admitted(caller: Caller, arrival: Arrival): Ctx {
    this.#noteUse(caller, arrival);
    return { ...this.#services, caller, correlationId: arrival.correlationId, origin: arrival.origin };
  }

  /** A signed-in person; a token is refused with a sentence that says what to do instead. */
  async admitPerson(arrival: Arrival): Promise<Ctx> {
    const token = tokenHeader(arrival);
    if (token !== null) throw await this.#refuseToken(token, arrival);
    const caller = await this.#sessions.authenticate(arrival);
    await this.#takeTurn(caller);
    return { ...this.#services, caller, correlationId: arrival.correlationId, origin: arrival.origin };
  }

  /** The token is checked first: whoever owns it shall read of this in the audit, and a bad one is refused as such. */
  async #refuseToken(token: string, arrival: Arrival): Promise<Refusal> {
    const caller = await this.#tokens.authenticate(token, arrival.origin, arrival.hostTenantId);
    this.#noteUse(caller, arrival);
    const kind = caller.credential.kind === 'agent-token' ? 'A token of an agent' : 'An API token';
    return new Refusal({
      status: 403,
      code: 'wrong-credential-kind',
      message: `${kind} does not open this call. Sign in and call it with your session.`,
      chain: [
        ...caller.passed,
        {
          check: 'credential-kind',
          outcome: 'failed',
          detail: "The request carries a token; the call needs a person's session.",
        },
      ],
      remedy: 'Sign in at the portal or with "sallyport login".',
      ...concernOf(caller),
    });
  }

  /** Counts the call. Tokens of people share their tenant's documented limit; sessions and agents have buckets of their own. */
  #takeTurn(caller: Caller): Promise<void> | undefined {
    const { config, clock } = this.#services;
    const [bucket, perMinute] = bucketOf(caller, config);
    const admission = this.#throttle.admit(caller.tenantId, bucket, perMinute, clock());
    const settle = (settled: Admission): void => requireTurn(caller, bucket, perMinute, settled);
    if (admission instanceof Promise) return admission.then(settle);
    settle(admission);
    return undefined;
  }

  #noteUse(caller: Caller, arrival: Arrival): void {
    const { credential } = caller;
    if (credential.kind !== 'api-token' && credential.kind !== 'agent-token') return;
    this.uses.note({
      tenantId: caller.tenantId,
      credential:
        credential.kind === 'api-token'
          ? { kind: 'api-token', id: credential.tokenId }
          : { kind: 'agent', id: credential.agentId },
      at: this.#services.clock(),
      address: arrival.origin.address,
      usedFor: `${arrival.method} ${arrival.path} (${arrival.origin.userAgent || 'no user agent'})`,
    });
  }

  async close(): Promise<void> {
    await this.uses.close();
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

function bucketOf(caller: Caller, config: Services['config']): [string, number] {
  switch (caller.credential.kind) {
    case 'api-token':
      return ['the API tokens of this tenant', config.tenantRequestsPerMinute];
    case 'agent-token':
      return [`agent ${caller.credential.agentId}`, config.agentRequestsPerMinute];
    case 'session':
      return [`session ${caller.credential.sessionId}`, config.sessionRequestsPerMinute];
    case 'local':
      return ['the command line of this machine', config.sessionRequestsPerMinute];
  }
}

/** The value behind `Authorization: Token`, in any case of the word; null when the header is absent or of another scheme. */
function tokenHeader(arrival: Arrival): string | null {
  const header = arrival.headers.authorization;
  if (typeof header !== 'string') return null;
  const match = /^token(?:[ \t]+(.*))?$/i.exec(header);
  return match ? (match[1] ?? '') : null;
}
