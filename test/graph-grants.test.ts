// Grants through the calls of Graph: application permissions from both ends, and delegated permissions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { resourcePrincipalId } from '../src/applications/name-based-ids.ts';
import { findResource } from '../src/applications/resources.ts';
import { makeUser } from './support/accounts.ts';
import { appToken, mtp } from './support/bearers.ts';
import { assertGraphError, GraphCalls, graphAppId, type Json, mtpAppId } from './support/graph.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let graph: GraphCalls;
let other: GraphCalls;
let token: string;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
  graph = await GraphCalls.start(server);
  other = await GraphCalls.start(server);
  token = await graph.appToken();
});
after(() => server.dispose());

const apiOf = (appId: string) => {
  const api = findResource(appId);
  assert.ok(api);
  return { id: resourcePrincipalId(graph.story.tenant.id, api.appId), ...api };
};
const roleId = (appId: string, value: string) => {
  const role = apiOf(appId).roles.find((each) => each.value === value);
  assert.ok(role);
  return role.id;
};
const refused = async (status: number, code: string, said: RegExp, method: string, path: string, body?: unknown) =>
  assertGraphError(await graph.call(token, method, path, body), status, code, said);

/** A fresh app with its presence. */
async function present(): Promise<{ id: string; appId: string }> {
  const { appId } = await graph.want(token, 201, 'POST', '/applications', { displayName: 'Granted' });
  const { id } = await graph.want(token, 201, 'POST', '/servicePrincipals', { appId });
  return { id: String(id), appId: String(appId) };
}

test('an application permission is granted from either end, listed at both, and revoked', async () => {
  const client = await present();
  const mtpApi = apiOf(mtpAppId);
  const body = { principalId: client.id, resourceId: mtpApi.id, appRoleId: roleId(mtpAppId, 'Incident.Read.All') };
  const mine = `/servicePrincipals/${client.id}/appRoleAssignments`;
  const theirs = `/servicePrincipals/${mtpApi.id}/appRoleAssignedTo`;
  const granted = await graph.want(token, 201, 'POST', mine, body);
  assert.deepEqual(
    [granted.principalDisplayName, granted.principalType, granted.resourceDisplayName, granted.appRoleId],
    ['Granted', 'ServicePrincipal', 'Microsoft Threat Protection', body.appRoleId],
  );
  await refused(400, 'Request_BadRequest', /already/, 'POST', mine, body);
  const second = await graph.want(token, 201, 'POST', theirs, {
    ...body,
    appRoleId: roleId(mtpAppId, 'Incident.ReadWrite.All'),
  });
  const ids = async (path: string) => (await graph.list(token, path)).value.map((each) => each.id);
  assert.deepEqual((await ids(mine)).sort(), [granted.id, second.id].sort());
  const narrowed = `${theirs}?$filter=${encodeURIComponent(`principalId eq '${client.id}'`)}`;
  assert.deepEqual((await ids(narrowed)).sort(), [granted.id, second.id].sort());
  const byResource = `${mine}?$filter=${encodeURIComponent(`resourceId eq ${apiOf(graphAppId).id}`)}`;
  assert.deepEqual(await ids(byResource), []);
  await graph.want(token, 204, 'DELETE', `${theirs}/${second.id}`);
  await graph.want(token, 204, 'DELETE', `${mine}/${granted.id}`);
  assert.deepEqual(await ids(mine), []);
  await refused(404, 'Request_ResourceNotFound', /./, 'DELETE', `${mine}/${granted.id}`);
});

test('what does not fit together is refused', async () => {
  const client = await present();
  const { id } = apiOf(mtpAppId);
  const path = `/servicePrincipals/${client.id}/appRoleAssignments`;
  const body = { principalId: client.id, resourceId: id, appRoleId: roleId(mtpAppId, 'Incident.Read.All') };
  for (const [change, said] of [
    [{ principalId: id }, /principalId/],
    [{ appRoleId: roleId(graphAppId, 'Directory.Read.All') }, /no such application permission/],
    [{ resourceId: mtpAppId }, /object id/],
    [{ appRoleId: 'Incident.Read.All' }, /appRoleId.*GUID/],
    [{ resourceId: undefined }, /'resourceId' is required/],
    [{ colour: 'red' }, /'colour'/],
  ] as const) {
    await refused(400, 'Request_BadRequest', said, 'POST', path, { ...body, ...change });
  }
  await refused(404, 'Request_ResourceNotFound', /./, 'POST', path, {
    ...body,
    resourceId: '00000000-0000-4000-8000-000000000001',
  });
});

test('a person is assigned to an app with the role of all zeros', async () => {
  const client = await present();
  const user = await makeUser(server.services, graph.story.tenant);
  const path = `/servicePrincipals/${client.id}/appRoleAssignedTo`;
  const appRoleId = '00000000-0000-0000-0000-000000000000';
  const made = await graph.want(token, 201, 'POST', path, { principalId: user.id, resourceId: client.id, appRoleId });
  assert.deepEqual([made.principalType, made.principalDisplayName], ['User', user.displayName]);
  assert.equal((await graph.list(token, path)).value.length, 1);
  await graph.want(token, 204, 'DELETE', `${path}/${made.id}`);
  assert.deepEqual((await graph.list(token, path)).value, []);
});

test('a delegated grant is made for everybody or one person, changed and ended', async () => {
  const client = await present();
  const user = await makeUser(server.services, graph.story.tenant);
  const resourceId = apiOf(graphAppId).id;
  const grants = '/oauth2PermissionGrants';
  const forAll = {
    clientId: client.id,
    consentType: 'AllPrincipals',
    principalId: null,
    resourceId,
    scope: 'User.Read openid',
  };
  const made = await graph.want(token, 201, 'POST', grants, forAll);
  assert.deepEqual({ ...made, '@odata.context': 0 }, { '@odata.context': 0, id: made.id, ...forAll });
  await refused(409, 'Request_MultipleObjectsWithSameKeyValue', /PATCH/, 'POST', grants, forAll);
  const forOne = { ...forAll, consentType: 'principal', principalId: user.id, scope: ' Directory.Read.All ' };
  const own = await graph.want(token, 201, 'POST', grants, forOne);
  assert.deepEqual([own.consentType, own.scope], ['Principal', 'Directory.Read.All']);
  const filter = encodeURIComponent(`clientId eq '${client.id}' and consentType eq 'AllPrincipals'`);
  assert.deepEqual(
    (await graph.list(token, `${grants}?$filter=${filter}`)).value.map((each) => each.id),
    [made.id],
  );
  assert.equal((await graph.list(token, `/servicePrincipals/${client.id}/oauth2PermissionGrants`)).value.length, 2);
  await graph.want(token, 204, 'PATCH', `${grants}/${made.id}`, { scope: 'openid profile' });
  const scopes = String((await graph.want(token, 200, 'GET', `${grants}/${made.id}`)).scope).split(' ');
  assert.deepEqual(scopes.sort(), ['openid', 'profile']);
  await refused(400, 'Request_BadRequest', /Nothing\.Read/, 'PATCH', `${grants}/${made.id}`, { scope: 'Nothing.Read' });
  await graph.want(token, 204, 'DELETE', `${grants}/${made.id}`);
  await refused(404, 'Request_ResourceNotFound', /./, 'GET', `${grants}/${made.id}`);
  for (const [change, said] of [
    [{ consentType: 'Everyone' }, /consentType/],
    [{ consentType: 'Principal' }, /principalId/],
    [{ scope: '' }, /scope/],
    [{ clientId: client.appId }, /object ids/],
  ] as const) {
    await refused(400, 'Request_BadRequest', said, 'POST', grants, { ...forAll, ...change });
  }
  await refused(400, 'Request_BadRequest', /scope/, 'GET', `${grants}?$filter=scope%20eq%20'x'`);
});

test('granting needs its own permission, and a person behind it the right to consent', async () => {
  const client = await present();
  const { services } = server;
  const body = (appId: string, value: string) => ({
    principalId: client.id,
    resourceId: apiOf(appId).id,
    appRoleId: roleId(appId, value),
  });
  const path = `/servicePrincipals/${client.id}/appRoleAssignments`;
  const deny = async (bearer: string | null, status: number, code: string, said: RegExp, what: Json) =>
    assertGraphError(await graph.call(bearer, 'POST', path, what), status, code, said);
  const incidents = body(mtpAppId, 'Incident.Read.All');
  await deny(null, 401, 'InvalidAuthenticationToken', /./, incidents);
  const manager = await graph.appToken(['Application.ReadWrite.All']);
  await deny(manager, 403, 'Authorization_RequestDenied', /AppRoleAssignment\.ReadWrite\.All/, incidents);
  const elsewhere = await appToken(services, graph.story, { audience: mtp });
  await deny(elsewhere, 401, 'InvalidAuthenticationToken', /Microsoft Graph/, incidents);
  const scopes = ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All'];
  const administrator = await makeUser(services, graph.story.tenant, { role: 'application-administrator' });
  const delegated = await graph.userToken(administrator, scopes);
  await graph.want(delegated, 201, 'POST', path, incidents);
  const directory = body(graphAppId, 'Directory.Read.All');
  await deny(delegated, 403, 'Authorization_RequestDenied', /Consent\.grantGraph/, directory);
  const member = await graph.userToken(await makeUser(services, graph.story.tenant), scopes);
  await deny(member, 403, 'Authorization_RequestDenied', /./, body(mtpAppId, 'Incident.ReadWrite.All'));
});

test("another tenant's app finds no grant and makes none here", async () => {
  const client = await present();
  const theirs = await other.appToken();
  const scope = {
    clientId: client.id,
    consentType: 'AllPrincipals',
    resourceId: apiOf(graphAppId).id,
    scope: 'openid',
  };
  const made = await graph.want(token, 201, 'POST', '/oauth2PermissionGrants', scope);
  for (const [method, path, body] of [
    ['GET', `/oauth2PermissionGrants/${made.id}`],
    ['PATCH', `/oauth2PermissionGrants/${made.id}`, { scope: 'openid profile' }],
    ['DELETE', `/oauth2PermissionGrants/${made.id}`],
    ['GET', `/servicePrincipals/${client.id}/appRoleAssignments`],
    ['POST', '/oauth2PermissionGrants', { ...scope, consentType: 'AllPrincipals' }],
  ] as const) {
    assertGraphError(await other.call(theirs, method, path, body), 404, 'Request_ResourceNotFound', /./);
  }
  const { value } = await other.list(theirs, '/oauth2PermissionGrants');
  assert.ok(value.every((each) => each.clientId === other.story.principalId));
});
