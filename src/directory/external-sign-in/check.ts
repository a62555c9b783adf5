// Trying a provider out without signing anybody in: what it publishes, and whether it knows our client and secret.
import { require } from '../../access/caller.ts';
import type { Ctx } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { NotFound } from '../../lib/failures.ts';
import { findTenantById } from '../tenants.ts';
import { ProviderUnreachable } from './outbound.ts';
import { discover, listSigningKeys, mintExchange, ProviderProblem, type Published, redeem } from './provider.ts';
import { issuerKey, parseIssuer, reachOf } from './rules.ts';
import { findProvider, type Provider, redirectUrisOf } from './setting.ts';

export interface Finding {
  /** `problem`: nobody can sign in. `warning`: it works, and something could be better. */
  readonly severity: 'problem' | 'warning';
  readonly code:
    | 'unreachable'
    | 'not-usable'
    | 'no-code-flow'
    | 'no-asymmetric-signature'
    | 'no-keys'
    | 'authentication-method'
    | 'client-refused'
    | 'no-pkce'
    | 'no-issuer-in-answer'
    | 'scope-unknown'
    | 'switched-off';
  readonly detail: string;
}

export interface CheckedProvider {
  readonly checkedAt: string;
  readonly issuer: string;
  /** True when nothing that was found keeps people from signing in. */
  readonly isUsable: boolean;
  readonly findings: readonly Finding[];
  /** Null when the provider published nothing that can be used. */
  readonly endpoints: {
    readonly authorization: string;
    readonly token: string;
    readonly userInfo: string | null;
    readonly keys: string;
  } | null;
}

/**
 * What is wrong with the tenant's provider, or with another issuer before it is set. Asks the provider now. Needs
 * SignIn.manage; throws NotFound when no issuer is given and none is set.
 */
export async function checkExternalSignIn(ctx: Ctx, wanted?: string): Promise<CheckedProvider> {
  require(ctx.caller, 'SignIn.manage');
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const set = await findProvider(ctx, db, tenantId);
  const issuer = wanted === undefined ? set?.issuer : parseIssuer(wanted, reachOf(ctx.config));
  if (issuer === undefined) throw new NotFound('The external sign-in');
  const provider = set && issuerKey(set.issuer) === issuerKey(issuer) ? set : undefined;
  const checkedAt = isoTime(ctx.clock());
  const published = await discover(ctx, issuer).catch((error: unknown) => asFinding(error));
  if ('severity' in published) return { checkedAt, issuer, isUsable: false, findings: [published], endpoints: null };
  const findings = [...findingsOf(published, provider), ...(await keyFindings(ctx, published))];
  if (provider) findings.push(...(await clientFindings(ctx, provider, published.metadata.issuer)));
  const { metadata } = published;
  return {
    checkedAt,
    issuer,
    isUsable: findings.every(({ severity }) => severity === 'warning'),
    findings,
    endpoints: {
      authorization: metadata.authorization_endpoint ?? '',
      token: metadata.token_endpoint ?? '',
      userInfo: metadata.userinfo_endpoint ?? null,
      keys: metadata.jwks_uri ?? '',
    },
  };
}

function asFinding(error: unknown): Finding {
  if (error instanceof ProviderUnreachable) return { severity: 'problem', code: 'unreachable', detail: error.message };
  if (error instanceof ProviderProblem) return { severity: 'problem', code: 'not-usable', detail: error.message };
  throw error;
}

const asymmetric = /^(?:RS|PS|ES)(?:256|384|512)$|^Ed(?:DSA|25519)$/;

function* findingsOf({ metadata }: Published, provider: Provider | undefined): Generator<Finding> {
  const found = (severity: Finding['severity'], code: Finding['code'], detail: string): Finding => ({
    severity,
    code,
    detail,
  });
  if (metadata.response_types_supported && !metadata.response_types_supported.includes('code')) {
    yield found(
      'problem',
      'no-code-flow',
      'The provider does not offer the code flow (response_types_supported has no "code").',
    );
  }
  // Left out, the list means RS256 (OpenID Connect Discovery section 3 demands it).
  const algorithms = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
  if (!algorithms.some((each) => asymmetric.test(each))) {
    yield found(
      'problem',
      'no-asymmetric-signature',
      'The provider signs ID tokens with no algorithm that can be verified with public keys.',
    );
  }
  if (!metadata.code_challenge_methods_supported?.includes('S256')) {
    yield found(
      'warning',
      'no-pkce',
      'The provider does not say that it supports PKCE with S256. It is sent all the same.',
    );
  }
  if (metadata.authorization_response_iss_parameter_supported !== true) {
    yield found(
      'warning',
      'no-issuer-in-answer',
      'The provider does not name itself in its answers (RFC 9207). Give each organisation the redirect URI of its own.',
    );
  }
  if (!provider) return;
  const { clientAuthentication, scopes } = provider.rules;
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  if (!methods.includes(clientAuthentication)) {
    yield found(
      'problem',
      'authentication-method',
      `The provider does not take ${clientAuthentication}, but ${methods.slice(0, 10).join(', ')}.`,
    );
  }
  const unknown = metadata.scopes_supported && scopes.filter((each) => !metadata.scopes_supported?.includes(each));
  if (unknown && unknown.length > 0) {
    yield found('warning', 'scope-unknown', `The provider does not list these scopes: ${unknown.join(', ')}.`);
  }
  if (!provider.isEnabled) yield found('warning', 'switched-off', 'The external sign-in is switched off.');
}

async function keyFindings(ctx: Ctx, published: Published): Promise<Finding[]> {
  try {
    const count = await listSigningKeys(ctx, published);
    return count > 0
      ? []
      : [{ severity: 'problem', code: 'no-keys', detail: 'The provider publishes no key for signatures.' }];
  } catch (error) {
    const { detail } = asFinding(error);
    return [{ severity: 'problem', code: 'no-keys', detail: `The keys of the provider cannot be read: ${detail}` }];
  }
}

/** Redeems a code that was never issued: a provider that knows the client says that the code is wrong, else that the client is. */
async function clientFindings(ctx: Ctx, provider: Provider, issuer: string): Promise<Finding[]> {
  const tenant = await findTenantById(ctx.store.db, provider.tenantId);
  const exchange = await mintExchange(redirectUrisOf(ctx.names, tenant?.slug ?? '').ownHost);
  const query = `?${new URLSearchParams({ code: 'sallyport-check', state: exchange.state, iss: issuer })}`;
  try {
    await redeem(ctx, provider, exchange, query);
    return [];
  } catch (error) {
    if (error instanceof ProviderProblem && error.said === 'invalid_client') {
      return [
        {
          severity: 'problem',
          code: 'client-refused',
          detail: 'The provider refuses the client id or the client secret.',
        },
      ];
    }
    if (error instanceof ProviderUnreachable) return [asFinding(error)];
    return [];
  }
}
