// The table of roles against every endpoint that changes the directory.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Permission } from '../src/access/permissions.ts';
import { builtInRoles } from '../src/directory/role-table.ts';
import { insertActivation } from '../src/directory/roles-store.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import type { UserRow } from '../src/directory/users-store.ts';
import { hourMs } from '../src/lib/clock.ts';
import { type ActivationId, newId } from '../src/lib/ids.ts';
import { type Directory, getRole, give, type Method, newGroup, openDirectory } from './directory-calls.ts';

async function waiting(
  directory: Directory,
  tenant: Tenant,
  key: string,
  status: 'pending' | 'granted',
): Promise<string> {
  const { services } = directory;
  const user = await directory.user(tenant);
  const assignmentId = await give(directory, user, key, 'eligible');
  const now = services.clock();
  const id = newId<ActivationId>();
  const row = {
    id,
    tenantId: tenant.id,
    assignmentId: assignmentId as Parameters<typeof insertActivation>[1]['assignmentId'],
    userId: user.id,
    roleId: getRole(key).id,
    status,
    durationSeconds: 600,
    justification: 'test',
    requestedAt: now,
    startsAt: status === 'granted' ? now : null,
    endsAt: status === 'granted' ? now + hourMs : null,
    decidedBy: null,
    decidedAt: null,
    decisionJustification: null,
  };
  await services.store.change(tenant.id, (trx) => insertActivation(trx, row));
  return id;
}

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
}

interface Endpoint {
  readonly name: string;
  readonly needs: Permission;
  /** Makes what the call is about, so that every call finds its own untouched. */
  readonly prepare: (directory: Directory, tenant: Tenant) => Promise<Call>;
}

function onUser(method: Method, act: string, body?: unknown, change?: Partial<UserRow>): Endpoint {
  return {
    name: `${method} /users/{ref}${act}`,
    needs: 'Users.manage',
    async prepare(directory, tenant) {
      const user = await directory.user(tenant);
      if (change)
        await directory.services.store.db.updateTable('users').set(change).where('id', '=', user.id).execute();
      return { method, path: `/users/${user.id}${act}`, body };
    },
  };
}

function onRole(key: string): Endpoint[] {
  const needs = getRole(key).assignedWith;
  const scope = key === 'user-group-administrator';
  return [
    {
      name: `POST /role-assignments of ${key}`,
      needs,
      prepare: async (directory, tenant) => ({
        method: 'POST',
        path: '/role-assignments',
        body: {
          user: (await directory.user(tenant)).userName,
          role: key,
          kind: 'permanent',
          ...(scope ? { scope: { groupIds: [await newGroup(directory, tenant)] } } : {}),
        },
      }),
    },
    {
      name: `DELETE /role-assignments/{id} of ${key}`,
      needs,
      prepare: async (directory, tenant) => ({
        method: 'DELETE',
        path: `/role-assignments/${await give(directory, await directory.user(tenant), key)}`,
      }),
    },
    {
      name: `PUT /roles/${key}/settings`,
      needs,
      prepare: async () => ({ method: 'PUT', path: `/roles/${key}/settings`, body: { activationSecondsMax: 3600 } }),
    },
    ...(['approve', 'deny', 'end'] as const).map((act) => ({
      name: `POST /role-activations/{id}/${act} of ${key}`,
      needs,
      prepare: async (directory: Directory, tenant: Tenant) => ({
        method: 'POST' as const,
        path: `/role-activations/${await waiting(directory, tenant, key, act === 'end' ? 'granted' : 'pending')}/${act}`,
        ...(act === 'end' ? {} : { body: { justification: 'Because.' } }),
      }),
    })),
  ];
}

const newName = () => `n${randomBytes(6).toString('hex')}`;

const inTenant: readonly Endpoint[] = [
  {
    name: 'POST /users',
    needs: 'Users.manage',
    prepare: async (_, tenant) => ({
      method: 'POST',
      path: '/users',
      body: { userName: `${newName()}@${tenant.slug}.example`, displayName: 'New' },
    }),
  },
  onUser('PATCH', '', { displayName: 'Renamed' }),
  onUser('POST', '/disable'),
  onUser('POST', '/enable', undefined, { status: 'disabled' }),
  onUser('POST', '/restore', undefined, { status: 'deleted', statusBeforeDeletion: 'enabled' }),
  onUser('POST', '/reset-password'),
  onUser('POST', '/reset-second-factor'),
  onUser('POST', '/end-sessions'),
  onUser('DELETE', ''),
  {
    name: 'POST /groups',
    needs: 'Groups.manage',
    prepare: async () => ({ method: 'POST', path: '/groups', body: { name: newName() } }),
  },
  {
    name: 'DELETE /groups/{id}',
    needs: 'Groups.manage',
    prepare: async (directory, tenant) => ({ method: 'DELETE', path: `/groups/${await newGroup(directory, tenant)}` }),
  },
  ...(['PUT', 'DELETE'] as const).map((method) => ({
    name: `${method} /groups/{id}/members/{userName}`,
    needs: 'Groups.manage' as const,
    prepare: async (directory: Directory, tenant: Tenant) => ({
      method,
      path: `/groups/${await newGroup(directory, tenant)}/members/ann@partner.example`,
    }),
  })),
  ...onRole('security-reader'),
  ...onRole('user-group-administrator'),
];

function onTenant(method: Method, act: string, body?: unknown, change?: { status: 'disabled' | 'deleted' }): Endpoint {
  return {
    name: `${method} /tenants/{ref}${act}`,
    needs: 'Tenants.manage',
    async prepare(directory) {
      const { id, slug } = await directory.tenant();
      if (change) await directory.services.store.db.updateTable('tenants').set(change).where('id', '=', id).execute();
      return { method, path: `/tenants/${slug}${act}`, body };
    },
  };
}

const ofOperator: readonly Endpoint[] = [
  {
    name: 'POST /tenants',
    needs: 'Tenants.manage',
    prepare: async () => {
      const slug = newName();
      return { method: 'POST', path: '/tenants', body: { slug, displayName: 'New', domain: `${slug}.example` } };
    },
  },
  onTenant('PATCH', '', { displayName: 'Renamed' }),
  onTenant('POST', '/disable'),
  onTenant('POST', '/enable', undefined, { status: 'disabled' }),
  onTenant('POST', '/restore', undefined, { status: 'deleted' }),
  onTenant('POST', '/setup-link'),
  onTenant('POST', '/domains', { name: `${newName()}.example` }),
  onTenant('DELETE', ''),
];

test('every role may do what the table says and nothing else, at every endpoint that changes something', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const tenant = await directory.tenant();
  for (const where of [operator, tenant]) await directory.user(where, 'global-administrator');
  for (const role of builtInRoles) {
    for (const [where, endpoints] of [
      [operator, [...ofOperator, ...inTenant]],
      [tenant, ofOperator],
    ] as const) {
      const user = await directory.user(where);
      await give(directory, user, role.key);
      const person = await directory.signIn(where, user);
      for (const endpoint of endpoints) {
        const call = await endpoint.prepare(directory, where);
        const { status, body } = await person.call(call.method, call.path, call.body);
        const isAllowed =
          role.permissions.has(endpoint.needs) && (endpoint.needs !== 'Tenants.manage' || where.isOperator);
        const what = `${role.key} at ${endpoint.name} in the ${where.isOperator ? 'operator' : 'other'} tenant: ${status} ${JSON.stringify(body)}`;
        if (isAllowed) assert.ok(status >= 200 && status < 300, what);
        else assert.ok(status === 403 || status === 404, what);
        if (status === 403) assert.equal(body.code, 'permission-missing', what);
        // What cannot be told from something absent is another tenant, or a thing that this role may not read.
        if (status === 404) assert.ok(endpoint.needs === 'Tenants.manage' || !role.permissions.has('Roles.read'), what);
      }
    }
  }
});

test('without a session, with an API token, and from another tenant, no endpoint does anything', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const [tenant, other] = [await directory.tenant(), await directory.tenant()];
  const admin = await directory.person(tenant, 'global-administrator');
  const stranger = await directory.person(other, 'global-administrator');
  const token = (await admin.call('POST', '/api-tokens', { name: 'script' })).body.value;
  for (const endpoint of [...inTenant, ...ofOperator]) {
    const call = await endpoint.prepare(directory, endpoint.needs === 'Tenants.manage' ? operator : tenant);
    assert.equal((await directory.call(null, call.method, call.path, call.body)).status, 401, endpoint.name);
    const withToken = await directory.call(`Token ${token}`, call.method, call.path, call.body);
    assert.equal(withToken.body.code, 'wrong-credential-kind', endpoint.name);
    const names = /\/\{(ref|id)\}/.test(endpoint.name);
    if (!names) continue;
    const foreign = await stranger.call(call.method, call.path, call.body);
    assert.equal(foreign.status, 404, `${endpoint.name}: ${JSON.stringify(foreign.body)}`);
    const absent = call.path.replace(/[0-9a-f]{8}/, (digits) => (digits === '00000000' ? '11111111' : '00000000'));
    const unknown = await stranger.call(call.method, absent, call.body);
    assert.equal(unknown.body.detail, foreign.body.detail, endpoint.name);
  }
  const actions = await directory.audited(other);
  assert.deepEqual(actions, []);
});

test('an eligible administrator is told which role to activate, at every endpoint', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  await directory.user(operator, 'global-administrator');
  const user = await directory.user(operator);
  await give(directory, user, 'global-administrator', 'eligible');
  const person = await directory.signIn(operator, user);
  for (const endpoint of [...inTenant, ...ofOperator]) {
    const call = await endpoint.prepare(directory, operator);
    const { status, body } = await person.call(call.method, call.path, call.body);
    if (status === 404) continue; // Somebody's activation, which this person may not know of yet.
    assert.equal(status, 403, endpoint.name);
    assert.equal(body.code, 'role-not-activated', endpoint.name);
    assert.match(body.detail, /Global administrator/);
  }
});
