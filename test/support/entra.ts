// An app with a secret that a second tenant consented to, and calls of the token endpoint over real HTTP.
import assert from 'node:assert/strict';
import { parseAccessInput } from '../../src/applications/access-lists.ts';
import type { ApplicationView } from '../../src/applications/application-view.ts';
import { consentForTenant } from '../../src/applications/consent.ts';
import { type NewApplication, registerApplication } from '../../src/applications/registrations.ts';
import { addSecret } from '../../src/applications/secrets.ts';
import type { CodeBody } from '../../src/authorizations/codes.ts';
import { issueCode } from '../../src/authorizations/codes.ts';
import type { Ctx } from '../../src/context.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import type { ServicePrincipalId } from '../../src/lib/ids.ts';
import { ctxOf } from '../directory-ctx.ts';
import { makeTenant, makeUser } from './accounts.ts';
import type { Answer, TestServer } from './server.ts';

export const mtp = 'https://api.security.microsoft.com';
export const mtpDefault = `${mtp}/.default`;
export const redirectUri = 'https://client.example/back';
export const spaRedirectUri = 'https://page.example/app';

export interface Registered {
  /** Application administrators of the app's home and of the tenant that consented. */
  readonly home: Ctx;
  readonly admin: Ctx;
  readonly homeTenant: Tenant;
  readonly tenant: Tenant;
  /** Somebody of the tenant. */
  readonly user: UserRow;
  readonly app: ApplicationView;
  readonly appId: ApplicationView['appId'];
  readonly principalId: ServicePrincipalId;
  readonly secret: string;
  readonly secretId: string;
}

const permissions = [
  'Applications.manage',
  'Applications.read',
  'Consent.grantGraph',
  'Consent.grant',
  'Consent.grantDelegated',
  'Users.manage',
  'Users.read',
] as const;
export const requiredAccess = [
  { resource: mtp, roles: ['Incident.Read.All'], scopes: ['Incident.Read', 'AdvancedHunting.Read'] },
  { resource: 'https://graph.microsoft.com', scopes: ['openid', 'profile', 'email', 'offline_access'] },
];

/** An app of one tenant with a secret; another tenant consented to what it asks for. */
export async function makeApp(
  server: Pick<TestServer, 'services'>,
  change: Partial<NewApplication> = {},
): Promise<Registered> {
  const { services } = server;
  const homeTenant = await makeTenant(services);
  const tenant = await makeTenant(services);
  const home = ctxOf(services, homeTenant, await makeUser(services, homeTenant), permissions);
  const admin = ctxOf(services, tenant, await makeUser(services, tenant), permissions);
  const app = await registerApplication(home, {
    displayName: 'Connector',
    signInAudience: 'AzureADMultipleOrgs',
    requiredAccess,
    redirectUris: { web: [redirectUri], spa: [spaRedirectUri], publicClient: ['http://localhost'] },
    ...change,
  });
  const { secret, value } = await addSecret(home, app.appId, { months: 24 });
  const principalId = await consent(admin, app.appId, change.requiredAccess ?? requiredAccess);
  const user = await makeUser(services, tenant);
  return {
    home,
    admin,
    homeTenant,
    tenant,
    user,
    app,
    appId: app.appId,
    principalId,
    secret: value,
    secretId: secret.id,
  };
}

/** An administrator consents to this list for the tenant. */
export async function consent(
  admin: Ctx,
  appId: string,
  access: NonNullable<NewApplication['requiredAccess']>,
): Promise<ServicePrincipalId> {
  const parsed = await parseAccessInput(admin.store.db, admin.caller.tenantId, access, 100);
  return (await consentForTenant(admin, appId, parsed)).id;
}

export type Parameters = Readonly<Record<string, string | undefined>>;

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
}

/** A form to any path of the surface; what is undefined is left out. */
export async function post(
  server: Pick<TestServer, 'request'>,
  path: string,
  parameters: Parameters,
  { headers = {}, ...options }: PostOptions = {},
): Promise<Answer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.append(name, value);
  return await server.request(path, {
    method: 'POST',
    ...options,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: form.toString(),
  });
}

/** A token request of version 2 to a tenant. */
export async function askToken(
  server: Pick<TestServer, 'request'>,
  tenant: Pick<Tenant, 'id'> | string,
  parameters: Parameters,
  options: PostOptions = {},
): Promise<Answer> {
  return await post(
    server,
    `/${typeof tenant === 'string' ? tenant : tenant.id}/oauth2/v2.0/token`,
    parameters,
    options,
  );
}

/** What a client-credentials request of this app sends. */
export function clientCredentials(
  { appId, secret }: Pick<Registered, 'appId' | 'secret'>,
  change: Parameters = {},
): Parameters {
  return { grant_type: 'client_credentials', client_id: appId, client_secret: secret, scope: mtpDefault, ...change };
}

export interface TokenBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly token_type: string;
  readonly scope: string;
  readonly expires_in: number;
  readonly client_info: string;
}

/** The body of an answer with tokens; fails with the text of any other. */
export function tokensOf(answer: Answer): TokenBody {
  assert.equal(answer.status, 200, answer.text);
  assert.match(String(answer.headers['cache-control']), /no-store/);
  return answer.json<TokenBody>();
}

/** Claims of a JWT, not verified. */
export function claimsOf(jwt: string): Record<string, unknown> {
  const [, payload = ''] = jwt.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>; // An object by RFC 7519.
}

export interface ErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly suberror?: string;
}

/** Asserts the shape that every error of the surface has, and returns the body. */
export function assertError(answer: Answer, code: number, error: string, status: number): ErrorBody {
  const body = answer.json<ErrorBody>();
  assert.deepEqual([body.error_codes[0], body.error, answer.status], [code, error, status], answer.text);
  assert.match(
    body.error_description,
    new RegExp(`^AADSTS${code}: \\S.* Trace ID: ${body.trace_id} Correlation ID: ${body.correlation_id} Timestamp: `),
  );
  assert.match(body.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
  assert.equal(answer.headers['x-ms-request-id'], body.trace_id);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  assert.match(String(answer.headers['cache-control']), /no-store/);
  return body;
}

export const verifier = 'a-verifier-that-is-long-enough-to-be-one-of-rfc-7636';

/** A code as the sign-in pages issue it, for this app and person. */
export async function makeCode(
  server: Pick<TestServer, 'services'>,
  { tenant, appId, user }: Registered,
  change: Partial<CodeBody> = {},
): Promise<string> {
  const { services } = server;
  return await issueCode(
    services,
    { tenantId: tenant.id, appId, userId: user.id },
    {
      version: 2,
      scope: `openid profile offline_access ${mtp}/Incident.Read`,
      resource: null,
      redirectUri,
      redirectKind: 'web',
      codeChallenge: null,
      nonce: 'n-1',
      proof: { authTime: services.clock(), amr: ['pwd'], secondFactorAt: null, sessionId: null },
      ...change,
    },
  );
}

/** What a redemption of such a code sends. */
export function redemption({ appId, secret }: Registered, code: string, change: Parameters = {}): Parameters {
  return {
    grant_type: 'authorization_code',
    client_id: appId,
    client_secret: secret,
    code,
    redirect_uri: redirectUri,
    ...change,
  };
}
