// A server, a tenant with a provider of its own, and browsers that sign in through it.
import assert from 'node:assert/strict';
import { parseCookie } from 'cookie';
import type { Tenant } from '../../src/directory/tenants.ts';
import { makeTenant } from './accounts.ts';
import { WallClock } from './clock.ts';
import { clientId, clientSecret, type ExternalProvider, startExternalProvider } from './external-provider.ts';
import { type Answer, makePerson, type Person, startTestServer, type TestServer } from './server.ts';

export interface Stage {
  readonly server: TestServer;
  /** A global administrator with a password. */
  readonly boss: Person;
  readonly tenant: Tenant;
  readonly domain: string;
  readonly provider: ExternalProvider;
  /** Sets the external sign-in anew, from what makes accounts for people of the tenant's domain. */
  set(change?: Readonly<Record<string, unknown>>): Promise<Answer>;
  call(method: string, path: string, body?: unknown, as?: Person): Promise<Answer>;
  dispose(): Promise<void>;
}

/** Cookies that a browser has for one of our hosts. */
export type Jar = Map<string, string>;

export const sessionCookie = '__Host-sallyport-session';
export const pendingCookie = '__Host-sallyport-external';

export async function startExternalServer(settings: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  // Providers look at the real clock.
  return await startTestServer({
    testClock: new WallClock(),
    ...settings,
    settings: { webhookLoopbackHttp: true, signInFailuresPerAddressMax: 10_000, ...settings.settings },
  });
}

/** A tenant with a provider, on a server that several stages may share. */
export async function newStage(server: TestServer): Promise<Stage> {
  const tenant = await makeTenant(server.services);
  const boss = await makePerson(server, tenant, 'global-administrator');
  const callback = '/portal/sign-in/external/callback';
  const uris = [`https://${server.tenantHost(tenant.slug)}${callback}`, `${server.url}${callback}/${tenant.slug}`];
  const provider = await startExternalProvider(uris);
  const domain = `${tenant.slug}.example`;
  const call: Stage['call'] = (method, path, body, as = boss) =>
    server.request(`/management/v1${path}`, {
      session: as.session,
      method,
      ...(body === undefined ? {} : { body }),
    });
  const stage: Stage = {
    ...{ server, boss, tenant, domain, provider, call },
    async set(change = {}) {
      const body = {
        ...{ issuer: provider.issuer, clientId, clientSecret, displayName: 'Contoso ID', createsUsers: true },
        ...change,
      };
      const answer = await call('PUT', '/external-sign-in', body);
      assert.equal(answer.status, 200, answer.text);
      return answer;
    },
    dispose: () => provider.close(),
  };
  return stage;
}

/** Who signs in at the provider next: somebody of the tenant's domain whose address the provider has verified. */
export function become(stage: Stage, name: string, claims: Readonly<Record<string, unknown>> = {}): string {
  const userName = `${name}@${stage.domain}`;
  stage.provider.person = {
    sub: `sub-of-${name}`,
    claims: { name, preferred_username: userName, email: userName, email_verified: true, ...claims },
  };
  return userName;
}

export interface Visit {
  readonly host: string;
  readonly jar: Jar;
}

/** One request of a browser that keeps cookies. */
export async function browse(stage: Pick<Stage, 'server'>, visit: Visit, path: string): Promise<Answer> {
  const cookie = [...visit.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = cookie === '' ? {} : { cookie };
  const answer = await stage.server.request(path, { host: visit.host, headers });
  for (const each of answer.headers['set-cookie'] ?? []) {
    const name = each.slice(0, each.indexOf('='));
    const value = parseCookie(each)[name] ?? '';
    if (value === '') visit.jar.delete(name);
    else visit.jar.set(name, value);
  }
  return answer;
}

export interface Begun extends Visit {
  /** Where the browser is sent to: the provider. */
  readonly location: string;
}

export async function begin(
  stage: Stage,
  options: { generic?: boolean; returnTo?: string; path?: string } = {},
): Promise<Begun> {
  const { server, tenant } = stage;
  const host = options.generic ? `localhost:${server.port}` : server.tenantHost(tenant.slug);
  const visit: Visit = { host, jar: new Map() };
  const query = new URLSearchParams({ tenant: tenant.slug });
  if (options.returnTo !== undefined) query.set('returnTo', options.returnTo);
  const answer = await browse(stage, visit, `/portal/sign-in/external?${query}`);
  assert.equal(answer.status, 303, answer.text);
  return { ...visit, location: answer.headers.location ?? '' };
}

export interface Ended {
  /** Where the browser goes in the end. */
  readonly location: string;
  /** The problem that it is told of; null when it is signed in. */
  readonly problem: string | null;
  readonly correlationId: string | null;
  readonly session: string | undefined;
  readonly answer: Answer;
}

export function endOf(answer: Answer, jar: Jar): Ended {
  const location = answer.headers.location ?? '';
  const { searchParams, pathname } = new URL(location, 'https://here.invalid');
  const isProblem = pathname === '/portal/sign-in';
  return {
    ...{ location, answer, session: jar.get(sessionCookie) },
    problem: isProblem ? searchParams.get('problem') : null,
    correlationId: isProblem ? searchParams.get('correlationId') : null,
  };
}

/** The whole way: begin, sign in at the provider, come back. `bend` changes the address that the browser comes back to. */
export async function signInExternally(
  stage: Stage,
  options: Parameters<typeof begin>[1] & { bend?: (back: URL, begun: Begun) => void } = {},
): Promise<Ended> {
  const begun = await begin(stage, options);
  const back = await stage.provider.visit(begun.location);
  options.bend?.(back, begun);
  return endOf(await browse(stage, begun, back.pathname + back.search), begun.jar);
}

export interface PresentSession {
  readonly user: { readonly id: string; readonly userName: string; readonly displayName: string };
  readonly secondFactorAt: string | null;
  readonly roles: readonly { readonly key: string }[];
}

/** What the portal learns of the session in this cookie. */
export async function sessionOf(stage: Stage, session: string | undefined): Promise<PresentSession> {
  const headers = { cookie: `${sessionCookie}=${session ?? ''}` };
  const answer = await stage.server.request('/management/v1/session', { headers });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<PresentSession>();
}
