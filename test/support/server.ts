// A whole server on a free port of loopback, spoken to over real HTTP, with the fake clock behind it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Services } from '../../src/context.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { prepareTls } from '../../src/listening/certificates.ts';
import { buildServer } from '../../src/server.ts';
import { makeUser, testPassword } from './accounts.ts';
import { freePort } from './postgres-server.ts';
import { type ServicesOptions, type TestServices, testServices } from './services.ts';

export interface RequestOptions {
  readonly method?: string;
  /** Host header; default is the generic host. `tenantHost(slug)` gives a tenant's. */
  readonly host?: string;
  /** Sent as `Authorization: Token <value>`. */
  readonly token?: string;
  /** Value of a CLI session, sent as `Authorization: Bearer <value>`. */
  readonly session?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Text and buffers are sent as they are; anything else as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed JSON body; throws with the text when it is none. `any`-typed answers are checked by the test itself. */
  json<T = Record<string, unknown>>(): T;
}

export interface TestServer {
  readonly services: TestServices;
  /** The generic URL: https://localhost:<port>, though the connection is plain unless the server was started with `tls`. */
  readonly url: string;
  readonly port: number;
  /** Certificate of its authority, for clients other than `request`; null without `tls`. */
  readonly caFile: string | null;
  /** One request; `path` begins with a slash. The method is POST when there is a body, else GET. */
  request(path: string, options?: RequestOptions): Promise<Answer>;
  /** The Host header of a tenant's own host. */
  tenantHost(slug: string): string;
  /** Stops the server (writing what was waiting), closes the stores, removes every file. */
  dispose(): Promise<void>;
}

export interface TestServerOptions extends ServicesOptions {
  /** Listens over TLS with the local authority, for tests with real clients (curl, browsers). Default: plain HTTP. */
  readonly tls?: boolean;
  /** Tenants that the certificate names below localhost. */
  readonly slugs?: readonly string[];
}

/** Starts a server with stores of its own. Always `await server.dispose()`. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const port = await freePort();
  const services = await testServices({ ...options, settings: { ...options.settings, port } });
  const node = await startNode(services, port, options);
  return {
    services,
    ...node,
    async dispose() {
      await node.stop();
      await services.dispose();
    },
  };
}

export interface TestNode extends Pick<TestServer, 'url' | 'port' | 'caFile' | 'request' | 'tenantHost'> {
  stop(): Promise<void>;
}

/** A server over services that exist already: a second node of a deployment, or a restart over the same stores. */
export async function startNode(services: Services, port: number, options: TestServerOptions = {}): Promise<TestNode> {
  // Real clients look at the real clock, so the certificate does too.
  const tls = options.tls ? await prepareTls(services.config, services.names, options.slugs ?? [], systemClock) : null;
  const app = await buildServer(services, tls && { cert: tls.cert, key: tls.key });
  await app.listen({ host: '127.0.0.1', port });
  const agent = tls ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const ca = tls?.caFile ? readFileSync(tls.caFile, 'utf8') : undefined;
  const authority = `localhost:${port}`;
  return {
    url: `https://${authority}`,
    port,
    caFile: tls?.caFile ?? null,
    tenantHost: (slug) => `${slug}.${authority}`,
    request: (path, request = {}) => send({ port, agent, ca, authority }, path, request),
    async stop() {
      agent.destroy();
      await app.close();
    },
  };
}

interface Line {
  readonly port: number;
  readonly agent: http.Agent;
  readonly ca: string | undefined;
  readonly authority: string;
}

function send(line: Line, path: string, options: RequestOptions): Promise<Answer> {
  const { body } = options;
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined ? undefined : isRaw ? body : JSON.stringify(body);
  const headers: OutgoingHttpHeaders = { host: options.host ?? line.authority };
  if (options.token !== undefined) headers.authorization = `Token ${options.token}`;
  if (options.session !== undefined) headers.authorization = `Bearer ${options.session}`;
  if (payload !== undefined && !isRaw) headers['content-type'] = 'application/json';
  // A GET with a body would else go out chunked, which no documented client does.
  if (payload !== undefined) headers['content-length'] = Buffer.byteLength(payload);
  Object.assign(headers, options.headers);
  const method = options.method ?? (payload === undefined ? 'GET' : 'POST');
  const module = line.ca === undefined ? http : https;
  const tlsOptions =
    line.ca === undefined ? {} : { ca: line.ca, servername: String(headers.host).replace(/:\d*$/, '') };
  return new Promise((resolve, reject) => {
    const request = module.request(
      { host: '127.0.0.1', port: line.port, agent: line.agent, path, method, headers, ...tlsOptions },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(toAnswer(response, Buffer.concat(chunks).toString('utf8'))));
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}

function toAnswer(response: http.IncomingMessage, text: string): Answer {
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json<T>() {
      try {
        return JSON.parse(text) as T; // The test says what it expects, and asserts on it.
      } catch {
        throw new Error(`The body of the answer (status ${response.statusCode}) is not JSON: ${text.slice(0, 500)}`);
      }
    },
  };
}

export interface Person {
  readonly user: UserRow;
  readonly tenant: Tenant;
  /** Value of a CLI session, for `request({ session })`. */
  readonly session: string;
}

/** A user with a permanent role (by key) and a session, signed in through the API as the command line does. */
export async function makePerson(
  server: Pick<TestServer, 'request' | 'services'>,
  tenant: Tenant,
  role?: string,
): Promise<Person> {
  const user = await makeUser(server.services, tenant, role === undefined ? {} : { role });
  return { user, tenant, session: await signIn(server, user) };
}

/** Signs a user with the test password in, on any node; the value of the CLI session. */
export async function signIn(server: Pick<TestServer, 'request'>, user: Pick<UserRow, 'userName'>): Promise<string> {
  const body = { userName: user.userName, password: testPassword, client: 'cli' };
  const answer = await server.request('/management/v1/sessions', { body });
  assert.equal(answer.status, 201, answer.text);
  return answer.json<{ value: string }>().value;
}

export interface TestToken {
  readonly id: string;
  readonly value: string;
}

/** An API token of this person, generated through the API. `fields` go into the request as they are. */
export async function makeToken(
  server: Pick<TestServer, 'request'>,
  person: Pick<Person, 'session'>,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<TestToken> {
  const body = { name: `token ${++tokensMade}`, ...fields };
  const answer = await server.request('/management/v1/api-tokens', { session: person.session, body });
  assert.equal(answer.status, 201, answer.text);
  const made = answer.json<{ token: { id: string }; value: string }>();
  return { id: made.token.id, value: made.value };
}

let tokensMade = 0;
