// A real OpenID Connect provider on loopback, and a browser that signs a person in at it. What the provider says of the
// person, and what it does wrong, is up to the test.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { freePort } from './postgres-server.ts';

export const clientId = 'sallyport';
export const clientSecret = 'provider-secret-of-the-test-4711';

export interface ExternalPerson {
  sub: string;
  claims: Record<string, unknown>;
}

/** The body of the token endpoint's answer. */
export type TokenAnswer = Record<string, unknown> & { id_token: string };

export interface ExternalProvider {
  readonly issuer: string;
  /** The private key that signs ID tokens. */
  readonly key: JWK;
  /** Who signs in next. */
  person: ExternalPerson;
  /** Set to have the provider refuse the person. */
  refuses: boolean;
  /** Changes what the token endpoint answers. */
  tamper: ((answer: TokenAnswer) => Promise<TokenAnswer>) | undefined;
  /** Form bodies and headers that came to the token endpoint. */
  readonly tokenCalls: number;
  /** Walks from our redirect to the provider, through it, and back: the address that it leads the browser to. */
  visit(location: string): Promise<URL>;
  close(): Promise<void>;
}

let keyOnce: Promise<JWK> | undefined;

async function signingKey(): Promise<JWK> {
  keyOnce ??= generateKeyPair('RS256', { extractable: true }).then(async ({ privateKey }) => ({
    ...(await exportJWK(privateKey)),
    kid: 'test',
    use: 'sig',
    alg: 'RS256',
  }));
  return await keyOnce;
}

export async function startExternalProvider(redirectUris: readonly string[]): Promise<ExternalProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const key = await signingKey();
  let tokenCalls = 0;
  const state: Pick<ExternalProvider, 'person' | 'refuses' | 'tamper'> = {
    person: { sub: 'nobody', claims: {} },
    refuses: false,
    tamper: undefined,
  };
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris }],
    jwks: { keys: [key] },
    adapter: createMemoryAdapter(),
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    cookies: { keys: ['test'] },
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'amr', 'auth_time', '_claim_names'],
      profile: ['name', 'preferred_username', 'groups'],
      email: ['email', 'email_verified'],
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => '/interaction' },
    findAccount: (_ctx: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, ...state.person.claims }),
    }),
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token') return;
    tokenCalls++;
    const body = ctx.body as TokenAnswer; // Of the token endpoint.
    if (state.tamper && body.id_token) ctx.body = await state.tamper(body);
  });
  const listener = provider.callback();
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/interaction')) return listener(request, response);
    void answerInteraction(provider, state, request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    issuer,
    key,
    get tokenCalls() {
      return tokenCalls;
    },
    visit: (location: string) => walk(location, issuer),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

async function answerInteraction(
  provider: Provider,
  state: Pick<ExternalProvider, 'person' | 'refuses'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (state.refuses) {
    return await provider.interactionFinished(request, response, { error: 'access_denied' });
  }
  if (prompt.name === 'login') {
    const { sub: accountId, claims } = state.person;
    const login = { accountId, amr: claims.amr, ts: claims.auth_time };
    return await provider.interactionFinished(request, response, { login });
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  const result = { consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

/** Follows redirects with the cookies of a new browser until they lead away from the provider. */
async function walk(location: string, issuer: string): Promise<URL> {
  const jar = new Map<string, string>();
  let url = new URL(location);
  for (let step = 0; step < 12; step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const each of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      jar.set(name, value);
    }
    const next = answer.headers.get('location');
    assert.ok(next, `The provider did not lead on from ${url.pathname}: ${answer.status} ${await answer.text()}`);
    url = new URL(next, url);
    if (url.origin !== issuer) return url;
  }
  throw new Error('The provider leads nowhere.');
}
