// Talking OpenID Connect with a tenant's provider, by the library of that name. What the provider publishes is kept for a
// few minutes, since every sign-in needs it.
import type { Configuration, ExportedJWKSCache, ServerMetadata } from 'openid-client';
import type { Config } from '../../config.ts';
import type { Services } from '../../context.ts';
import { minuteMs, secondMs } from '../../lib/clock.ts';
import { Recent } from '../../lib/recent.ts';
import { fetchWithin, ProviderUnreachable } from './outbound.ts';
import { isAllowedTransport, issuerKey, reachOf } from './rules.ts';
import type { Provider } from './setting.ts';

/** Loaded with the first sign-in: a start does not need it (docs/decisions/0008). */
const library = () => import('openid-client');

type ProviderServices = Pick<Services, 'clock' | 'config'>;

/** What a provider publishes about itself. */
export interface Published {
  readonly metadata: ServerMetadata;
  /** Filled by the library when it fetches keys. */
  readonly keys: { cache: ExportedJWKSCache | undefined };
}

const publishedMs = 10 * minuteMs;
const failedMs = 20 * secondMs;
const providersMax = 1000;

interface Kept {
  readonly until: number;
  readonly published: Promise<Published>;
}

const kept = new WeakMap<Config, Recent<string, Kept>>();

/** The provider said something that cannot be used. `kind` tells whose fault it looks like. */
export class ProviderProblem extends Error {
  override readonly name = 'ProviderProblem';
  readonly kind: 'provider' | 'token' | 'denied';
  /** The error code of the protocol, where the provider gave one. */
  readonly said: string | undefined;
  constructor(
    kind: ProviderProblem['kind'],
    sentence: string,
    options?: ErrorOptions & { readonly said?: string | undefined },
  ) {
    super(sentence, options);
    this.kind = kind;
    this.said = options?.said;
  }
}

/** What the provider publishes, from the last minutes or asked for now. Throws ProviderProblem, ProviderUnreachable. */
export async function publishedOf(services: ProviderServices, issuer: string): Promise<Published> {
  let providers = kept.get(services.config);
  if (!providers) {
    providers = new Recent(providersMax);
    kept.set(services.config, providers);
  }
  const now = services.clock();
  const before = providers.get(issuer);
  if (before && before.until > now) return await before.published;
  // Those who come while it is being asked wait for the same answer; a failure is remembered too, for a moment.
  const published = discover(services, issuer);
  providers.set(issuer, { until: now + publishedMs, published });
  published.catch(() => providers.set(issuer, { until: services.clock() + failedMs, published }));
  return await published;
}

/** The same, asked for now. */
export async function discover({ config }: ProviderServices, issuer: string): Promise<Published> {
  const { allowInsecureRequests, customFetch, discovery, None } = await library();
  const reach = reachOf(config);
  const found = await discovery(new URL(issuer), 'unused', undefined, None(), {
    [customFetch]: fetchWithin(reach),
    execute: reach.webhookLoopbackHttp ? [allowInsecureRequests] : [],
  }).catch((error: unknown) => {
    throw asProblem(error);
  });
  const metadata = found.serverMetadata();
  // The library lets some providers publish an issuer for all of their customers at once: then anybody's would do.
  if (!URL.canParse(metadata.issuer) || issuerKey(metadata.issuer) !== issuerKey(issuer)) {
    const sentence = `The provider calls itself ${metadata.issuer.slice(0, 200)}. Set that very issuer, of your organisation alone.`;
    throw new ProviderProblem('provider', sentence);
  }
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const address = metadata[name];
    if (!address || !URL.canParse(address) || !isAllowedTransport(new URL(address), reach)) {
      throw new ProviderProblem('provider', `The provider publishes no usable ${name}.`);
    }
  }
  return { metadata, keys: { cache: undefined } };
}

/** How many keys for signatures the provider publishes now. Throws ProviderProblem, ProviderUnreachable. */
export async function listSigningKeys({ config }: ProviderServices, { metadata }: Published): Promise<number> {
  const headers = { accept: 'application/json' };
  const options = { method: 'GET', headers, body: undefined, redirect: 'manual' as const };
  const answer = await fetchWithin(reachOf(config))(metadata.jwks_uri ?? '', options);
  if (answer.status !== 200) throw new ProviderProblem('provider', `The provider answered ${answer.status}.`);
  const document: unknown = await answer.json().catch(() => undefined);
  const keys = typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
  if (!Array.isArray(keys)) throw new ProviderProblem('provider', 'The answer is no key set (RFC 7517 section 5).');
  return keys.filter((each: { kty?: unknown; use?: unknown } | null) => each?.kty !== 'oct' && each?.use !== 'enc')
    .length;
}

async function configure(services: ProviderServices, provider: Provider, published: Published): Promise<Configuration> {
  const oidc = await library();
  const { rules, clientSecret } = provider;
  const authentication =
    rules.clientAuthentication === 'client_secret_post'
      ? oidc.ClientSecretPost(clientSecret)
      : oidc.ClientSecretBasic(clientSecret);
  const reach = reachOf(services.config);
  const configuration = new oidc.Configuration(
    published.metadata,
    provider.clientId,
    // Tokens are checked by the clock that everything else here goes by.
    { [oidc.clockSkew]: Math.round((services.clock() - Date.now()) / secondMs) },
    authentication,
  );
  configuration[oidc.customFetch] = fetchWithin(reach);
  if (reach.webhookLoopbackHttp) oidc.allowInsecureRequests(configuration);
  // Without it the library takes the TLS connection for proof enough (OpenID Connect Core section 3.1.3.7, 6).
  oidc.enableNonRepudiationChecks(configuration);
  if (published.keys.cache) oidc.setJwksCache(configuration, published.keys.cache);
  return configuration;
}

/** What goes from the beginning of a sign-in to its end. */
export interface Exchange {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Fresh random values for one sign-in. */
export async function mintExchange(redirectUri: string): Promise<Exchange> {
  const oidc = await library();
  return {
    redirectUri,
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    verifier: oidc.randomPKCECodeVerifier(),
  };
}

/** Where the browser goes to sign in: code flow with PKCE, state and nonce. */
export async function authorizationUrl(
  services: ProviderServices,
  provider: Provider,
  exchange: Exchange,
): Promise<string> {
  const oidc = await library();
  const configuration = await configure(services, provider, await publishedOf(services, provider.issuer));
  const { scopes, trustsSecondFactor, secondFactorAcrs } = provider.rules;
  return oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: exchange.redirectUri,
    scope: scopes.join(' '),
    state: exchange.state,
    nonce: exchange.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(exchange.verifier),
    code_challenge_method: 'S256',
    ...(trustsSecondFactor && secondFactorAcrs.length > 0 ? { acr_values: secondFactorAcrs.join(' ') } : {}),
  }).href;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

export interface Redeemed {
  /** Of the ID token, checked: issuer, audience, signature, times, nonce. */
  readonly claims: Claims;
  /** More about the person, asked for with the access token; undefined when the provider offers none. */
  readonly userInfo: () => Promise<Claims | undefined>;
}

/**
 * Redeems what the provider sent the browser back with (`query` begins with "?"). Throws ProviderProblem and
 * ProviderUnreachable.
 */
export async function redeem(
  services: ProviderServices,
  provider: Provider,
  exchange: Exchange,
  query: string,
): Promise<Redeemed> {
  const oidc = await library();
  const published = await publishedOf(services, provider.issuer);
  const configuration = await configure(services, provider, published);
  try {
    const tokens = await oidc.authorizationCodeGrant(configuration, new URL(exchange.redirectUri + query), {
      expectedState: exchange.state,
      expectedNonce: exchange.nonce,
      pkceCodeVerifier: exchange.verifier,
      idTokenExpected: true,
    });
    published.keys.cache = oidc.getJwksCache(configuration);
    const claims: Claims | undefined = tokens.claims();
    if (!claims) throw new ProviderProblem('token', 'The provider sent no ID token.');
    return {
      claims,
      async userInfo() {
        if (!published.metadata.userinfo_endpoint) return undefined;
        return await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub).catch((error: unknown) => {
          throw asProblem(error);
        });
      },
    };
  } catch (error) {
    throw asProblem(error);
  }
}

/** Codes of the library that are about what is in a token, not about the way to it. */
const aboutTokens = new Set([
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_PARSE_ERROR',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** What went wrong, as a sentence that is safe to show to administrators: no token, no secret, no text of the provider. */
export function asProblem(error: unknown): Error {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProviderProblem || cause instanceof ProviderUnreachable) return cause;
  }
  if (!(error instanceof Error)) return new ProviderProblem('provider', 'The provider could not be used.');
  const { code = '', error: said } = error as { code?: unknown; error?: unknown }; // Members of the library's errors; each is checked.
  const known = typeof said === 'string' && /^[a-z_]{1,60}$/.test(said) ? said : undefined;
  const word = known ?? 'no reason that has a name';
  if (error.name === 'AuthorizationResponseError') {
    const kind = said === 'access_denied' ? 'denied' : 'provider';
    return new ProviderProblem(kind, `The provider refused the sign-in: ${word}.`, { cause: error, said: known });
  }
  if (error.name === 'ResponseBodyError') {
    const sentence = `The provider refused the exchange of the code: ${word}.`;
    return new ProviderProblem('provider', sentence, { cause: error, said: known });
  }
  const kind = typeof code === 'string' && aboutTokens.has(code) ? 'token' : 'provider';
  const name = typeof code === 'string' && /^[A-Z_]{1,60}$/.test(code) ? ` (${code})` : '';
  return new ProviderProblem(kind, `What the provider sent is not valid: ${error.message.slice(0, 200)}${name}.`, {
    cause: error,
  });
}
