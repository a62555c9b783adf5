// A browser without script for the sign-in pages: keeps cookies as the cookie rules say, sends the forms of a page with
// the headers that browsers send, and never follows a redirect by itself.
import assert from 'node:assert/strict';
import type { NewApplication } from '../../src/applications/registrations.ts';
import { registerApplication } from '../../src/applications/registrations.ts';
import { codeOfStep, stepAt } from '../../src/directory/second-factor.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { minuteMs } from '../../src/lib/clock.ts';
import { ctxOf } from '../directory-ctx.ts';
import { makeTenant, makeUser, testPassword } from './accounts.ts';
import { type Answer, signIn as signInByCall, type TestServer } from './server.ts';

export class PageReader {
  readonly #server: Pick<TestServer, 'request'>;
  readonly #host: { readonly host?: string };
  readonly cookies = new Map<string, string>();
  /** The page that was shown last. */
  page: Answer | undefined;

  /** `host` is a Host header other than the generic one. */
  constructor(server: Pick<TestServer, 'request'>, host?: string) {
    this.#server = server;
    this.#host = host === undefined ? {} : { host };
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#keep(
      await this.#server.request(path, { ...this.#host, headers: { ...this.#cookieHeader(), ...headers } }),
    );
  }

  /** A form that another site sends here: SameSite=Lax cookies stay at home. */
  async postFromAbroad(path: string, values: Record<string, string>): Promise<Answer> {
    const headers = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' };
    return this.#keep(await this.#post(path, values, headers));
  }

  /** Sends the form of the page, with what was typed and the button that was pressed. */
  async submit(typed: Record<string, string> = {}, action?: string): Promise<Answer> {
    const page = this.page?.text ?? '';
    const form = /<form[^>]*method="post"[^>]*action="([^"]+)"/.exec(page);
    assert.ok(form?.[1], `The page has no form: ${page.slice(0, 2000)}`);
    const hidden = [
      ...page.matchAll(/<input type="hidden" name="([^"]+)"(?: autocomplete="[^"]*")? value="([^"]*)">/g),
    ];
    const values = Object.fromEntries(hidden.map(([, name, value]) => [name, unescaped(value ?? '')]));
    return await this.post(action ?? form[1], { ...values, ...typed });
  }

  /** Any form from a page of ours. */
  async post(path: string, values: Record<string, string>): Promise<Answer> {
    const headers = { ...this.#cookieHeader(), origin: 'null', 'sec-fetch-site': 'same-origin' };
    return this.#keep(await this.#post(path, values, headers));
  }

  async #post(path: string, values: Record<string, string>, headers: Record<string, string>): Promise<Answer> {
    return await this.#server.request(path, {
      ...this.#host,
      body: new URLSearchParams(values).toString(),
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  #cookieHeader(): Record<string, string> {
    if (this.cookies.size === 0) return {};
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }

  #keep(answer: Answer): Answer {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      for (const rule of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax']) assert.ok(line.includes(rule), line);
      assert.ok(name.startsWith('__Host-'), name);
      if (value === '' || line.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    if (String(answer.headers['content-type']).startsWith('text/html')) this.page = answer;
    return answer;
  }

  /** Signs somebody in on the page that asks for it. */
  async signIn(user: Pick<UserRow, 'userName'>, password: string = testPassword): Promise<Answer> {
    return await this.submit({ userName: user.userName, password });
  }
}

export function unescaped(text: string): string {
  const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => signs[name] ?? '');
}

/** Where an answer leads, which must be a 303, with its parameters. */
export function redirectOf(answer: Answer): { readonly to: string; readonly values: URLSearchParams } {
  assert.equal(answer.status, 303, answer.text.replace(/<[^>]+>/g, ' ').slice(0, 2000));
  const { location } = answer.headers;
  assert.ok(location);
  assert.equal(answer.headers['referrer-policy'], 'no-referrer');
  const [to = '', rest = ''] = location.split(/[?#]/);
  return { to, values: new URLSearchParams(rest) };
}

export interface Stage {
  readonly home: Tenant;
  readonly guest: Tenant;
  readonly appId: string;
  /** Global administrator of the guest tenant. */
  readonly admin: UserRow;
  /** Member of the guest tenant without a role. */
  readonly member: UserRow;
}

export const redirectUri = 'https://app.example/back';
export const threatProtection = 'https://api.security.microsoft.com';

/** An application of one tenant, and people of another one that has not consented to it. */
export async function makeStage(server: TestServer, change: Partial<NewApplication> = {}): Promise<Stage> {
  const { services } = server;
  const home = await makeTenant(services);
  const guest = await makeTenant(services);
  const ctx = ctxOf(services, home, await makeUser(services, home), ['Applications.manage']);
  const input: NewApplication = {
    displayName: 'Partner <connector>',
    signInAudience: 'AzureADMultipleOrgs',
    redirectUris: { web: [redirectUri] },
    requiredAccess: [{ resource: threatProtection, roles: ['Incident.Read.All'], scopes: ['Incident.Read'] }],
    ...change,
  };
  const { appId } = await registerApplication(ctx, input);
  return {
    home,
    guest,
    appId,
    admin: await makeUser(services, guest, { role: 'global-administrator' }),
    member: await makeUser(services, guest),
  };
}

export const signInScopes = 'openid profile';

/** A v2 authorize request; null leaves a parameter out. */
export function authorizePath(
  stage: Pick<Stage, 'appId'>,
  change: Record<string, string | null> = {},
  tenant = 'common',
) {
  const all: Record<string, string | null> = {
    client_id: stage.appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: signInScopes,
    state: 'st',
    ...change,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== null) query.set(name, value);
  return `/${tenant}/oauth2/v2.0/authorize?${query}`;
}

/** Somebody of the guest tenant who has signed in to the app before. */
export async function signedIn(server: TestServer, stage: Stage, user = stage.member): Promise<PageReader> {
  const reader = new PageReader(server);
  await reader.get(authorizePath(stage));
  const answer = await reader.signIn(user);
  if (answer.status === 200) redirectOf(await reader.submit({ decision: 'accept' }));
  return reader;
}

/** Gives a person a second factor; its codes and recovery codes are what the page asks for. */
export async function enrolSecondFactor(server: TestServer, user: Pick<UserRow, 'userName'>) {
  const session = await signInByCall(server, user);
  const me = '/management/v1/me/second-factor';
  const { secret } = (await server.request(me, { method: 'POST', session })).json<{ secret: string }>();
  const code = () => codeOfStep(secret, stepAt(server.services.clock()));
  const confirmed = await server.request(`${me}/confirmation`, { session, body: { code: code() } });
  // The code that confirmed it is used up.
  server.services.testClock.advance(minuteMs);
  return { code, ...confirmed.json<{ recoveryCodes: string[] }>() };
}
