// Attacks on the graph surface: apps that would do more than they were granted, grants that are lost between check and
// change, and bodies that no client sends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Gate } from '../src/access/gate.ts';
import { Refusal } from '../src/access/refusal.ts';
import { updateWithCertificates } from '../src/applications/certificates.ts';
import { grantAppRole, grantDelegated, revokeAllGrants } from '../src/applications/grants.ts';
import { addOwner } from '../src/applications/owners.ts';
import { changeApplicationLife, registerApplication, updateApplication } from '../src/applications/registrations.ts';
import { findResource, graphAppId as graphApi } from '../src/applications/resources.ts';
import { addSecret, removeSecret } from '../src/applications/secrets.ts';
import {
  changeServicePrincipal,
  createServicePrincipal,
  deleteServicePrincipal,
  getServicePrincipal,
} from '../src/applications/service-principals.ts';
import type { Ctx } from '../src/context.ts';
import { requestActivation } from '../src/directory/activations.ts';
import { addAssignment, assignRole } from '../src/directory/assignments.ts';
import { findRole } from '../src/directory/role-table.ts';
import type { AppId } from '../src/lib/ids.ts';
import { makeKeyPair } from '../src/signing/key-pair.ts';
import { makeUser } from './support/accounts.ts';
import { appToken, arrivalWith } from './support/bearers.ts';
import { assertGraphError, GraphCalls, graphAppId, graphUri, type Json } from './support/graph.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let graph: GraphCalls;
let token: string;
before(async () => {
  server = await startTestServer({
    settings: { appRequestsPerMinute: 1_000_000, sessionRequestsPerMinute: 1_000_000, secretsPerApplicationMax: 5 },
  });
  graph = await GraphCalls.start(server);
  token = await graph.appToken();
});
after(() => server.dispose());

/** The context of a call with this token that was let in a moment ago. */
async function letIn(bearer: string): Promise<Ctx> {
  return await new Gate(server.services).admitOn('graph', arrivalWith(`Bearer ${bearer}`));
}

const isRefused =
  (...codes: readonly string[]) =>
  (error: unknown) =>
    error instanceof Refusal && codes.includes(error.details.code);

async function auditOf({ story }: GraphCalls): Promise<string[]> {
  const { db } = server.services.store;
  const rows = await db
    .selectFrom('auditRecords')
    .select('action')
    .where('tenantId', '=', story.tenant.id)
    .orderBy('sequence')
    .execute();
  // Refusals are entered in batches, at any moment.
  return rows.map(({ action }) => action).filter((action) => action !== 'access.refuse');
}

const roleIdOf = (name: string): string => {
  const found = findResource(graphApi)?.roles.find(({ value }) => value === name);
  assert.ok(found, name);
  return found.id;
};

/** An application of the tenant of the calls, whose presence there was granted these permissions of Graph. */
async function privileged(calls: GraphCalls, ...names: readonly string[]): Promise<{ id: string; appId: AppId }> {
  const { admin } = calls.story;
  const { id, appId } = await registerApplication(admin, { displayName: 'Keeper' });
  for (const name of names) await grantAppRole(admin, appId, graphApi, roleIdOf(name));
  return { id, appId };
}

for (const [how, lose] of [
  ['its consent', ({ story }: GraphCalls) => revokeAllGrants(story.admin, story.principalId)],
  ['its secret', ({ story }: GraphCalls) => removeSecret(story.home, story.appId, story.secretId)],
  ['its presence', ({ story }: GraphCalls) => deleteServicePrincipal(story.admin, story.principalId)],
  ['its registration', ({ story }: GraphCalls) => changeApplicationLife(story.home, story.appId, 'delete')],
  [
    'its place in the tenant',
    ({ story }: GraphCalls) => updateApplication(story.home, story.appId, { signInAudience: 'AzureADMyOrg' }),
  ],
] as const) {
  test(`an app that loses ${how} after its call was let in changes nothing`, async () => {
    const calls = await GraphCalls.start(server);
    const { admin, tenant } = calls.story;
    const target = await registerApplication(admin, { displayName: 'Target' });
    const absent = await registerApplication(admin, { displayName: 'Absent', withServicePrincipal: false });
    const user = await makeUser(server.services, tenant);
    const ctx = await letIn(await calls.appToken());
    await lose(calls);
    const before = await auditOf(calls);
    for (const change of [
      () => addSecret(ctx, target.appId, {}),
      () => addOwner(ctx, target.appId, user.id),
      () => updateApplication(ctx, target.appId, { displayName: 'Mine' }),
      () => updateWithCertificates(ctx, target.appId, {}, []),
      () => changeApplicationLife(ctx, target.appId, 'delete'),
      () => registerApplication(ctx, { displayName: 'Another' }),
      () => createServicePrincipal(ctx, absent.appId),
      () => changeServicePrincipal(ctx, target.appId, { isEnabled: false }),
      () => grantAppRole(ctx, target.appId, graphApi, roleIdOf('RoleManagement.ReadWrite.Directory')),
      () => grantDelegated(ctx, target.appId, { resourceAppId: graphApi, scopes: ['User.Read'], user: null }),
      () => assignRole(ctx, { user: user.id, role: 'global-administrator', kind: 'permanent' }),
    ]) {
      await assert.rejects(
        change,
        isRefused('consent-missing', 'token-revoked', 'application-disabled', 'permission-missing'),
        String(change),
      );
    }
    assert.deepEqual(await auditOf(calls), before);
  });
}

test('an app that acts for a person activates nothing once that permission or the person is gone', async () => {
  const calls = await GraphCalls.start(server);
  const { admin, tenant, principalId } = calls.story;
  const scopes = ['User.Read', 'RoleAssignmentSchedule.ReadWrite.Directory'];
  const role = findRole('security-reader');
  assert.ok(role);
  const user = await makeUser(server.services, tenant);
  await server.services.store.change(tenant.id, (trx) =>
    addAssignment(server.services, trx, user, { role, kind: 'eligible' }, 'test'),
  );
  const ctx = await letIn(await calls.userToken(user, scopes));
  const activate = () => requestActivation(ctx, { role: 'security-reader', durationSeconds: 600, justification: 'x' });
  await revokeAllGrants(admin, principalId);
  await grantDelegated(admin, principalId, { resourceAppId: graphApi, scopes: ['User.Read'], user: null });
  await assert.rejects(activate, isRefused('wrong-credential-kind'));
  await revokeAllGrants(admin, principalId);
  await assert.rejects(activate, isRefused('consent-missing'));
});

test('who may manage applications takes over none that may give itself everything', async () => {
  const pair = await makeKeyPair(server.services.clock(), 400);
  const manager = await graph.appToken(['Application.ReadWrite.All']);
  const user = await makeUser(server.services, graph.story.tenant);
  const owner = { '@odata.id': `${server.url}/v1.0/directoryObjects/${user.id}` };
  const key = { type: 'AsymmetricX509Cert', usage: 'Verify', key: pair.certificate };
  for (const name of [
    'RoleManagement.ReadWrite.Directory',
    'RoleAssignmentSchedule.ReadWrite.Directory',
    'RoleEligibilitySchedule.ReadWrite.Directory',
    'AppRoleAssignment.ReadWrite.All',
  ]) {
    const { id } = await privileged(graph, name);
    const ways = [
      ['POST', `/applications/${id}/addPassword`, {}],
      ['PATCH', `/applications/${id}`, { keyCredentials: [key] }],
      ['POST', `/applications/${id}/owners/$ref`, owner],
    ] as const;
    for (const [method, path, body] of ways) {
      const answer = await graph.call(manager, method, path, body);
      assertGraphError(answer, 403, 'Authorization_RequestDenied', /Consent\.grantGraph/);
    }
    const view = await graph.want<{ passwordCredentials: Json[]; keyCredentials: Json[] }>(
      token,
      200,
      'GET',
      `/applications/${id}`,
    );
    assert.deepEqual([view.passwordCredentials, view.keyCredentials], [[], []]);
    // Who could have granted it that may also act as it.
    const both = await graph.appToken(['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All']);
    await graph.want(both, 200, 'POST', `/applications/${id}/addPassword`, {});
    await graph.want(both, 204, 'PATCH', `/applications/${id}`, { keyCredentials: [key] });
    // Taking credentials away, and everything else about it, is managing.
    await graph.want(manager, 204, 'PATCH', `/applications/${id}`, { keyCredentials: [], description: 'Kept' });
  }
  const { id } = await privileged(graph, 'Directory.Read.All', 'Application.ReadWrite.All');
  await graph.want(manager, 200, 'POST', `/applications/${id}/addPassword`, {});
});

test('an application administrator takes over no app that may give itself everything; its owners and it may', async () => {
  const { tenant } = graph.story;
  const boss = await makePerson(server, tenant, 'application-administrator');
  const { id, appId } = await privileged(graph, 'RoleManagement.ReadWrite.Directory');
  const call = async (session: string, method: string, path: string, body?: unknown) =>
    (
      await server.request(`/management/v1/applications/${id}${path}`, {
        session,
        method,
        ...(body === undefined ? {} : { body }),
      })
    ).status;
  const owner = await makePerson(server, tenant);
  await addOwner(graph.story.admin, id, owner.user.id);
  assert.equal(await call(boss.session, 'POST', '/secrets', {}), 403);
  assert.equal(await call(boss.session, 'PUT', `/owners/${boss.user.id}`), 403);
  assert.equal(await call(owner.session, 'POST', '/secrets', {}), 201);
  const global = await makePerson(server, tenant, 'global-administrator');
  assert.equal(await call(global.session, 'POST', '/secrets', {}), 201);
  // The app itself rolls its own secret over, and gives none to another one of its kind.
  await grantAppRole(graph.story.admin, appId, graphApi, roleIdOf('Application.ReadWrite.All'));
  const { secret } = await addSecret(graph.story.admin, appId, {});
  const { id: servicePrincipalId } = await getServicePrincipal(graph.story.admin, appId);
  const itself = { ...graph.story, appId, secretId: secret.id, principalId: servicePrincipalId };
  const names = ['Application.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'];
  const app = { servicePrincipalId, roles: names };
  const self = await appToken(server.services, itself, { audience: graphUri, app });
  await graph.want(self, 200, 'POST', `/applications/${id}/addPassword`, {});
  const another = await privileged(graph, 'RoleManagement.ReadWrite.Directory');
  await graph.want(self, 403, 'POST', `/applications/${another.id}/addPassword`, {});
});

test('a change of properties and certificates is made as a whole or not at all', async () => {
  const { id } = await graph.want(token, 201, 'POST', '/applications', { displayName: 'Whole' });
  const path = `/applications/${id}`;
  const keyId = '00000000-1111-2222-3333-444444444444';
  const half = { displayName: 'Half', keyCredentials: [{ keyId }] };
  assertGraphError(await graph.call(token, 'PATCH', path, half), 404, 'Request_ResourceNotFound', /certificate/);
  assert.equal((await graph.want(token, 200, 'GET', path)).displayName, 'Whole');
  const many = { displayName: 'Half', keyCredentials: Array.from({ length: 6 }, () => ({ keyId })) };
  assertGraphError(
    await graph.call(token, 'PATCH', path, many),
    403,
    'Directory_QuotaExceeded',
    /secretsPerApplication/,
  );
});

test('a presence that is made disabled was never enabled', async () => {
  const { appId } = await graph.want(token, 201, 'POST', '/applications', { displayName: 'Sleeping' });
  const body = { appId, accountEnabled: false, appRoleAssignmentRequired: true };
  const before = (await auditOf(graph)).length;
  const made = await graph.want(token, 201, 'POST', '/servicePrincipals', body);
  assert.deepEqual([made.accountEnabled, made.appRoleAssignmentRequired], [false, true]);
  assert.deepEqual((await auditOf(graph)).slice(before), ['service-principal.create']);
});

test('a secret neither begins years ahead nor ends before it was made', async () => {
  const { id } = await graph.want(token, 201, 'POST', '/applications', { displayName: 'Planted' });
  const path = `/applications/${id}/addPassword`;
  for (const passwordCredential of [
    { startDateTime: '9999-12-31T23:59:59Z' },
    { startDateTime: '2100-01-01T00:00:00Z', endDateTime: '2100-02-01T00:00:00Z' },
    { startDateTime: '0000-01-01T00:00:00Z' },
    { startDateTime: '2001-01-01T00:00:00Z', endDateTime: '2002-01-01T00:00:00Z' },
    { endDateTime: '9999-12-31T23:59:59Z' },
    { displayName: 'a\u0007b' },
    { displayName: 'x'.repeat(121) },
  ]) {
    assertGraphError(await graph.call(token, 'POST', path, { passwordCredential }), 400, 'Request_BadRequest', /./);
  }
});

test('a justification for an assignment is one line of bounded length', async () => {
  const user = await makeUser(server.services, graph.story.tenant);
  const path = '/roleManagement/directory/roleEligibilityScheduleRequests';
  const roleDefinitionId = '5d6b6bb7-de71-4623-b4af-96380a352509';
  const asking = { action: 'adminAssign', principalId: user.id, roleDefinitionId, directoryScopeId: '/' };
  for (const part of [
    { justification: 'x'.repeat(501) },
    { justification: 'one\ntwo' },
    { justification: '\u202eevil' },
    { justification: 'fine', ticketInfo: { ticketNumber: 'x'.repeat(600), ticketSystem: 'S' } },
  ]) {
    const answer = await graph.call(token, 'POST', path, { ...asking, ...part });
    assertGraphError(answer, 400, 'Request_BadRequest', /at most 500|control characters/);
  }
});

test("another tenant's objects are absent under every id, filter and reference", async () => {
  const other = await GraphCalls.start(server);
  const foreign = await registerApplication(other.story.admin, { displayName: 'Foreign secret project' });
  const { id: own } = await graph.want(token, 201, 'POST', '/applications', { displayName: 'Own' });
  const stranger = await makeUser(server.services, other.story.tenant);
  const nobody = '11111111-2222-3333-4444-555555555555';
  const said = async (id: string, appId: string, userId: string) => {
    const answers = [
      await graph.call(token, 'GET', `/applications/${id}`),
      await graph.call(token, 'GET', `/applications(appId='${appId}')`),
      await graph.call(token, 'POST', `/applications/${id}/addPassword`, {}),
      await graph.call(token, 'PATCH', `/applications(appId='${appId}')`, { displayName: 'x' }),
      await graph.call(token, 'DELETE', `/applications/${id}`),
      await graph.call(token, 'GET', `/directory/deletedItems/${id}`),
      await graph.call(token, 'POST', '/servicePrincipals', { appId }),
      await graph.call(token, 'GET', `/servicePrincipals(appId='${appId}')`),
      await graph.call(token, 'PATCH', `/applications/${own}`, {
        requiredResourceAccess: [{ resourceAppId: appId, resourceAccess: [] }],
      }),
      await graph.call(token, 'POST', `/applications/${own}/owners/$ref`, {
        '@odata.id': `https://graph.microsoft.com/v1.0/users/${userId}`,
      }),
      await graph.call(token, 'POST', '/roleManagement/directory/roleAssignments', {
        principalId: userId,
        roleDefinitionId: '5d6b6bb7-de71-4623-b4af-96380a352509',
        directoryScopeId: '/',
      }),
      await graph.call(token, 'GET', `/users/${userId}`),
      await graph.call(token, 'GET', `/applications?$filter=startswith(displayName,'Foreign')`),
      await graph.call(token, 'GET', `/servicePrincipals?$filter=appId%20eq%20'${appId}'&$count=true`),
    ];
    return answers.map(({ status, text }) => {
      const words = text
        .replaceAll(/"innerError":\{[^}]*\}/g, '')
        .replaceAll(id, '*')
        .replaceAll(appId, '*');
      return `${status} ${words.replaceAll(userId, '*')}`;
    });
  };
  assert.deepEqual(await said(foreign.id, foreign.appId, stranger.id), await said(nobody, nobody, nobody));
});

test('whatever comes as a body or filter is answered, and never with a fault of ours', async () => {
  const { id, appId } = await graph.want(token, 201, 'POST', '/applications', { displayName: 'Poked' });
  const { id: principalId } = await graph.want(token, 201, 'POST', '/servicePrincipals', { appId });
  const names = fc.constantFrom(
    ...'__proto__ constructor toString displayName web api spa appRoles keyCredentials passwordCredential id'.split(
      ' ',
    ),
    ...'identifierUris requiredResourceAccess principalId resourceId appRoleId scope clientId consentType'.split(' '),
    ...'startDateTime scheduleInfo expiration duration key keyId type usage redirectUris proof value @odata.id'.split(
      ' ',
    ),
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      String(id),
      String(appId),
      graphAppId,
      'PT1H',
      '2027-01-01T00:00:00Z',
      'AllPrincipals',
      '/',
      '\ud800',
    ),
  );
  const leaf = fc.oneof(texts, fc.double(), fc.boolean(), fc.constant(null), fc.maxSafeInteger());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(names, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const calls = [
    ['POST', '/applications'],
    ['PATCH', `/applications/${id}`],
    ['POST', `/applications/${id}/addPassword`],
    ['POST', `/applications/${id}/removePassword`],
    ['POST', `/applications/${id}/addKey`],
    ['POST', `/applications/${id}/owners/$ref`],
    ['POST', '/servicePrincipals'],
    ['PATCH', `/servicePrincipals/${principalId}`],
    ['POST', `/servicePrincipals/${principalId}/appRoleAssignments`],
    ['POST', '/oauth2PermissionGrants'],
    ['POST', '/roleManagement/directory/roleAssignments'],
    ['POST', '/roleManagement/directory/roleAssignmentScheduleRequests'],
  ] as const;
  const body = fc.dictionary(names, tree, { maxKeys: 5, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), body, async ([method, path], given) => {
      const answer = await graph.call(token, method, path, given);
      assert.ok(answer.status < 500, `${method} ${path} ${JSON.stringify(given)}: ${answer.text}`);
    }),
    { numRuns: 300 },
  );
  const lists = [
    '/applications',
    '/servicePrincipals',
    '/users',
    '/oauth2PermissionGrants',
    `/servicePrincipals/${principalId}/appRoleAssignedTo`,
    '/roleManagement/directory/roleDefinitions',
    '/roleManagement/directory/roleAssignmentScheduleRequests',
  ];
  const filters = fc.oneof(
    texts,
    fc.tuple(names, fc.constantFrom('eq', 'ne', 'in', 'gt'), texts).map(([name, operator, text]) => {
      return `${name} ${operator} '${text.replaceAll("'", "''")}'`;
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), filters, async (path, filter) => {
      const query = encodeURIComponent(filter.toWellFormed());
      const answer = await graph.call(token, 'GET', `${path}?$filter=${query}`);
      assert.ok(answer.status < 500, `${path} ${filter}: ${answer.text}`);
    }),
    { numRuns: 200 },
  );
});
