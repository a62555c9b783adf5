// The validator: what a credential says, whether it is good, and what it opens. Nothing that is given to it is stored,
// logged or noted as a use. Of a tenant's present state it tells only what the reader may know there anyway.
import type { Ctx, Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import { resolveHost } from '../listening/names.ts';
import type { TokenClaims } from '../signing/claims.ts';
import { type DecodedToken, decodeToken } from '../signing/decode.ts';
import { type Invalid, type Verified, verifyDecoded } from '../signing/verify.ts';
import { readTokenValue } from '../tokens/format.ts';
import { loadBearerFacts } from './bearer-facts.ts';
import { checkBearer, checkPurpose } from './bearer-rules.ts';
import { type Caller, may } from './caller.ts';
import { ChainOfChecks } from './chain-of-checks.ts';
import { type InspectedEndpoint, inspectEndpoints, type Standing } from './inspected-endpoints.ts';
import { type Check, Refusal, type RefusalDetails } from './refusal.ts';
import { type SurfaceFamily, surfaceFamilies } from './token-audiences.ts';
import { TokenCheck } from './token-check.ts';

export interface Inspection {
  readonly kind: 'jwt' | 'api-token' | 'agent-token' | 'session' | 'unknown';
  /** Whether this deployment made it; `untold` for opaque values that are not this reader's business. */
  readonly source: 'ours' | 'foreign' | 'untold';
  /** One sentence. */
  readonly summary: string;
  /** Of a JWT, as they stand in it, whoever made it. */
  readonly header: Readonly<Record<string, unknown>> | null;
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly signature: InspectedSignature | null;
  readonly times: InspectedTimes | null;
  /** The tenant that it opens; the name only for readers of that tenant. */
  readonly tenant: { readonly id: string; readonly displayName: string | null } | null;
  /** Application permissions and delegated permissions that it carries. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** What is in force at this moment, in our own names; null where that is not told. */
  readonly permissions: readonly string[] | null;
  /** The checks of a call with it, as far as they came; empty where that is not told. */
  readonly checks: readonly Check[];
  readonly endpoints: readonly InspectedEndpoint[];
}

export interface InspectedSignature {
  readonly state: 'valid' | 'invalid' | 'not-verifiable';
  readonly detail: string;
}

export interface InspectedTimes {
  readonly state: 'valid' | 'expired' | 'not-yet-valid' | 'not-told';
  /** Epoch milliseconds. */
  readonly issuedAt: number | null;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
}

type Opaque = Pick<Inspection, 'kind' | 'source' | 'summary'> & Partial<Inspection>;

const nothing = {
  header: null,
  claims: null,
  signature: null,
  times: null,
  tenant: null,
  roles: [],
  scopes: [],
  permissions: null,
  checks: [],
  endpoints: [],
} satisfies Partial<Inspection>;

export class TokenInspector {
  readonly #tokens: TokenCheck;

  constructor(services: Services) {
    this.#tokens = new TokenCheck(services);
  }

  /** Takes apart what it is given, a whole Authorization header included. Never throws for a text. */
  async inspect(ctx: Ctx, text: string): Promise<Inspection> {
    const value = text.trim().replace(/^(?:authorization:[ \t]*)?(?:bearer|token)[ \t]+/i, '');
    if (/^slp[a-z]{2}/.test(value)) return { ...nothing, ...(await this.#inspectOpaque(ctx, value)) };
    const decoded = decodeToken(value, ctx.config.jwtBytesMax);
    if (!('problem' in decoded)) return await inspectJwt(ctx, decoded);
    const summary = `This is neither a JWT nor a token of this server: as a JWT, ${decoded.problem}.`;
    return { ...nothing, kind: 'unknown', source: 'foreign', summary };
  }

  async #inspectOpaque(ctx: Ctx, value: string): Promise<Opaque> {
    const read = readTokenValue(value);
    if ('problem' in read) return { kind: 'unknown', source: 'untold', summary: `Not a whole value. ${read.problem}` };
    if (read.kind === 'cli-session') {
      const summary =
        'The value of a command-line session. Whoever has it acts as the person: end it with "sallyport logout" if others saw it.';
      return { kind: 'session', source: 'untold', summary };
    }
    const kind = read.kind === 'api-token' ? 'api-token' : 'agent-token';
    const found = await this.#callerOf(ctx, value);
    if (!mayReadOpaque(ctx.caller, kind, 'details' in found ? found.details : found)) {
      const who =
        kind === 'api-token' ? 'its owner and those who manage API tokens there' : 'those who manage agents there';
      const summary = `The form of ${kind === 'api-token' ? 'an API token' : "an agent's token"}, and its checksum fits. Whether there is such a token is told, in its own tenant, to ${who}.`;
      return { kind, source: 'untold', summary };
    }
    return describeOpaque(kind, found);
  }

  async #callerOf(ctx: Ctx, value: string): Promise<Caller | Refusal> {
    try {
      return await this.#tokens.authenticate(value, ctx.origin, null);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }
}

/** In its own tenant, the owner of an API token and whoever manages such tokens there. */
function mayReadOpaque(
  reader: Caller,
  kind: 'api-token' | 'agent-token',
  about: Caller | Pick<RefusalDetails, 'tenantId' | 'userId'>,
): boolean {
  if (about.tenantId !== reader.tenantId) return false;
  if (kind === 'agent-token') return may(reader, 'Agents.manage');
  const ownerId = 'subject' in about ? (about.subject.kind === 'user' ? about.subject.userId : null) : about.userId;
  const isOwn = reader.subject.kind === 'user' && reader.subject.userId === ownerId;
  return isOwn || may(reader, 'ApiTokens.manageAll');
}

function describeOpaque(kind: 'api-token' | 'agent-token', found: Caller | Refusal): Opaque {
  const onOthers: Standing = {
    kind: 'refused',
    why: 'Tokens of people and agents open the cloud-apps surface only; this one takes JWTs of apps.',
  };
  if (found instanceof Refusal) {
    const { message, chain, remedy, tenantId } = found.details;
    const here: Standing = { kind: 'refused', why: message };
    return {
      kind,
      source: 'ours',
      summary: `A call with it is refused: ${message} ${remedy}`,
      tenant: tenantId && { id: tenantId, displayName: null },
      checks: chain,
      endpoints: inspectEndpoints((surface) => (surface === 'cloud-apps' ? here : onOthers)),
    };
  }
  const whose = found.subject.kind === 'user' ? found.subject.userName : found.subject.name;
  return {
    kind,
    source: 'ours',
    summary: `A token of ${whose} that works.`,
    tenant: { id: found.tenantId, displayName: found.tenant.displayName },
    permissions: [...found.permissions.keys()].sort(),
    checks: found.passed,
    endpoints: inspectEndpoints((surface) => (surface === 'cloud-apps' ? { kind: 'caller', caller: found } : onOthers)),
  };
}

async function inspectJwt(ctx: Ctx, decoded: DecodedToken): Promise<Inspection> {
  const verified = await verifyDecoded(ctx, decoded);
  const { header, claims } = decoded;
  const shared = {
    ...nothing,
    kind: 'jwt',
    header,
    claims,
    times: timesOf(claims, ctx.clock()),
    roles: textsOf(claims.roles),
    scopes: typeof claims.scp === 'string' ? claims.scp.split(' ').filter(Boolean) : [],
    signature: signatureOf(verified),
  } as const;
  if (!verified.claims) {
    const why = verified.isValid ? '' : verified.detail;
    return {
      ...shared,
      source: 'foreign',
      summary: foreignSummary(ctx, claims.iss, why),
      endpoints: inspectEndpoints(() => ({ kind: 'refused', why: 'It is no token that this server takes.' })),
    };
  }
  return { ...shared, source: 'ours', ...(await inspectOwn(ctx, verified, verified.claims)) };
}

/** Of a JWT that this deployment signed. */
async function inspectOwn(
  ctx: Ctx,
  verified: Verified | Invalid,
  claims: TokenClaims,
): Promise<Pick<Inspection, 'summary' | 'tenant' | 'permissions' | 'checks' | 'endpoints'>> {
  const isTold = mayReadState(ctx.caller, claims);
  const { caller } = ctx;
  const isHere = caller.tenantId === claims.tenantId;
  const tenant = { id: claims.tenantId, displayName: isHere ? caller.tenant.displayName : null };
  const bad = verified.isValid ? null : verified.detail;
  const onSurfaces = bad === null ? await standings(ctx, claims, isTold) : null;
  const there = [...(onSurfaces?.values() ?? [])];
  // The surface that it is for: the one that lets it in, or else the one whose checks came farthest.
  const best =
    there.find(({ standing }) => standing.kind !== 'refused') ??
    there.toSorted((left, right) => right.checks.length - left.checks.length)[0];
  return {
    summary: bad ?? ownSummary(claims, isTold, there),
    tenant,
    permissions: best?.standing.kind === 'caller' ? [...best.standing.caller.permissions.keys()].sort() : null,
    checks: isTold ? (best?.checks ?? []) : [],
    endpoints: inspectEndpoints((surface) => onSurfaces?.get(surface)?.standing ?? { kind: 'refused', why: bad ?? '' }),
  };
}

interface StandingThere {
  readonly family: SurfaceFamily;
  readonly standing: Standing;
  readonly checks: readonly Check[];
}

async function standings(
  ctx: Ctx,
  claims: TokenClaims,
  isTold: boolean,
): Promise<ReadonlyMap<SurfaceFamily, StandingThere>> {
  const facts = isTold ? await loadBearerFacts(ctx, claims) : undefined;
  return new Map(
    surfaceFamilies.map((family) => {
      const chain = new ChainOfChecks();
      chain.pass('signature', 'This server signed it.');
      const standing = attempt(() => {
        const called = { family, hostTenantId: null };
        if (facts) return { kind: 'caller', caller: checkBearer(chain, claims, facts, called, ctx.clock()).caller };
        checkPurpose(chain, claims, called);
        return { kind: 'untold', claims };
      });
      return [family, { family, ...standing, checks: standing.checks ?? chain.passed }];
    }),
  );
}

function attempt(check: () => Standing): { standing: Standing; checks?: readonly Check[] } {
  try {
    return { standing: check() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message, chain } = error.details;
    return { standing: { kind: 'refused', why: message }, checks: chain };
  }
}

/**
 * The state of a tenant (consent, revocations, the person's rights) is for its own people: whom the token acts for, and
 * whoever may read applications there.
 */
function mayReadState(reader: Caller, claims: TokenClaims): boolean {
  if (reader.tenantId !== claims.tenantId) return false;
  const isOwn = reader.subject.kind === 'user' && reader.subject.userId === claims.userId;
  return isOwn || may(reader, 'Applications.read');
}

function ownSummary({ kind, appId }: TokenClaims, isTold: boolean, there: readonly StandingThere[]): string {
  const what = { app: "An application's token", user: "A person's token", id: 'An id token' }[kind];
  const by = `${what} of the app ${appId}, signed by this server and in its time.`;
  if (kind === 'id') return `${by} It tells the app who signed in and opens no API.`;
  if (isTold) {
    return there.some(({ standing }) => standing.kind === 'caller')
      ? by
      : `${by} No surface lets it in at this moment.`;
  }
  return `${by} Whether its tenant lets it in at this moment is told to that tenant's administrators only.`;
}

function foreignSummary({ names }: Pick<Services, 'names'>, issuer: unknown, why: string): string {
  const host = typeof issuer === 'string' ? URL.parse(issuer)?.host : undefined;
  if (host && resolveHost(names, host).kind !== 'unknown') {
    return `It names this server as its issuer and is not good here. ${why}`;
  }
  const by =
    typeof issuer === 'string' ? `Issued by ${issuer.slice(0, 200)}, not by this server` : 'Not of this server';
  return `${by}: a foreign token. It was decoded; only its issuer's keys could verify it.`;
}

function signatureOf(verified: Verified | Invalid): InspectedSignature {
  if (verified.isValid) return { state: 'valid', detail: `Signed with key ${verified.keyId} of this server.` };
  const { reason, detail } = verified;
  if (reason === 'alg' || reason === 'unknown-key') return { state: 'not-verifiable', detail };
  if (reason === 'signature' || reason === 'malformed') return { state: 'invalid', detail };
  return { state: 'valid', detail: 'Signed with a key of this server.' };
}

/** Largest time that a Date holds, in seconds. */
const secondsMax = 8_640_000_000_000;

function timesOf(claims: Readonly<Record<string, unknown>>, now: number): InspectedTimes {
  const read = (value: unknown) =>
    typeof value === 'number' && Math.abs(value) <= secondsMax ? value * secondMs : null;
  const [issuedAt, notBefore, expiresAt] = [read(claims.iat), read(claims.nbf), read(claims.exp)];
  const state =
    expiresAt === null
      ? 'not-told'
      : expiresAt <= now
        ? 'expired'
        : notBefore !== null && notBefore > now
          ? 'not-yet-valid'
          : 'valid';
  return { state, issuedAt, notBefore, expiresAt };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
