// Calls of the management API for the stories about the directory: the real server, real HTTP, sessions made straight
// through the directory so that no test spends its time hashing passwords.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { TestContext } from 'node:test';
import type { Services } from '../src/context.ts';
import { addAssignment } from '../src/directory/assignments.ts';
import { addGroup } from '../src/directory/groups.ts';
import { type BuiltInRole, findRole } from '../src/directory/role-table.ts';
import { beginSession } from '../src/directory/sessions.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import type { UserRow } from '../src/directory/users-store.ts';
import { newId } from '../src/lib/ids.ts';
import { buildServer } from '../src/server.ts';
import { makeOrigin, makeTenant, makeUser } from './support/accounts.ts';
import { secondNode, type TestServices, testServices } from './support/services.ts';

/** The body of an answer, of which a test looks at what it knows to be there. */
// biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that the test asserts.
type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Json;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Somebody who is signed in at the command line. */
export interface Person {
  readonly user: UserRow;
  readonly tenant: Tenant;
  readonly session: string;
  call(method: Method, path: string, body?: unknown): Promise<Answer>;
}

export class Directory {
  readonly services: TestServices;
  readonly #port: number;

  constructor(services: TestServices, port: number) {
    this.services = services;
    this.#port = port;
  }

  /** One call below /management/v1; `authorization` is the whole header, null sends none. */
  async call(authorization: string | null, method: Method, path: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      host: 'localhost',
      ...(authorization === null ? {} : { authorization }),
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, method, path: `/management/v1${path}`, headers };
      const request = httpRequest(options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(parts).toString('utf8');
          const status = response.statusCode ?? 0;
          resolve({ status, headers: response.headers, body: answer === '' ? undefined : JSON.parse(answer) });
        });
      });
      request.on('error', reject);
      request.end(text);
    });
  }

  /** Lets `work` call a second server, with a control store of its own on the same database (PostgreSQL only). */
  async onSecondNode(work: (node: Directory) => Promise<void>): Promise<void> {
    const { port, close } = await listen(await secondNode(this.services));
    try {
      await work(new Directory(this.services, port));
    } finally {
      await close();
    }
  }

  tenant(isOperator = false): Promise<Tenant> {
    return makeTenant(this.services, isOperator);
  }

  user(tenant: Tenant, role?: string): Promise<UserRow> {
    return makeUser(this.services, tenant, role === undefined ? {} : { role });
  }

  /** A new user with that permanent role, signed in. */
  async person(tenant: Tenant, role?: string): Promise<Person> {
    return await this.signIn(tenant, await this.user(tenant, role));
  }

  async signIn(tenant: Tenant, user: UserRow, secondFactorAt: number | null = null): Promise<Person> {
    const wanted = {
      tenantId: tenant.id,
      userId: user.id,
      client: 'cli' as const,
      origin: makeOrigin(),
      secondFactorAt,
    };
    const { value } = await this.services.store.change(tenant.id, (trx) => beginSession(this.services, trx, wanted));
    const call: Person['call'] = (method, path, body) => this.call(`Bearer ${value}`, method, path, body);
    return { user, tenant, session: value, call };
  }

  /** What was done according to the tenant's audit, oldest first. Refusals come in a moment late and are left out. */
  async audited(tenant: Tenant): Promise<string[]> {
    const rows = await this.services.store.db
      .selectFrom('auditRecords')
      .select('action')
      .where('tenantId', '=', tenant.id)
      .where('action', '<>', 'access.refuse')
      .orderBy('sequence')
      .execute();
    return rows.map((row) => row.action);
  }
}

/** A server of the test's own; it goes when the test ends. */
export async function openDirectory(t: TestContext, settings: object = {}): Promise<Directory> {
  const generous = { sessionRequestsPerMinute: 1_000_000, sessionIdleSecondsMax: 43_200 };
  const services = await testServices({ settings: { ...generous, ...settings } });
  const { port, close } = await listen(services);
  t.after(async () => {
    await close();
    await services.dispose();
  });
  return new Directory(services, port);
}

async function listen(services: Services): Promise<{ port: number; close(): Promise<void> }> {
  const server = await buildServer(services);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const address = server.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen.');
  return { port: address.port, close: () => server.close() };
}

export function getRole(key: string): BuiltInRole {
  const role = findRole(key);
  assert.ok(role);
  return role;
}

/** A group with one member, past every check. */
export async function newGroup(directory: Directory, tenant: Tenant): Promise<string> {
  const { services } = directory;
  const name = `Group ${randomBytes(6).toString('hex')}`;
  const members = ['ann@partner.example'];
  return await services.store.change(
    tenant.id,
    async (trx) => (await addGroup(services, trx, tenant.id, { name, members })).id,
  );
}

/** Gives the role past every check, with some scope where it needs one. */
export async function give(
  directory: Directory,
  user: UserRow,
  key: string,
  kind: 'permanent' | 'eligible' = 'permanent',
): Promise<string> {
  const { services } = directory;
  const role = getRole(key);
  return await services.store.change(user.tenantId, async (trx) => {
    const scope = {
      nothing: undefined,
      'app-instances': { instances: [{ appId: 11161, instance: 0 }] },
      'user-groups': { groupIds: [(await addGroup(services, trx, user.tenantId, { name: newId() })).id] },
      'discovery-reports': { reportIds: ['0123456789abcdef01234567'] },
    }[role.scopedBy];
    return (await addAssignment(services, trx, user, { role, kind, scope }, 'test')).id;
  });
}
