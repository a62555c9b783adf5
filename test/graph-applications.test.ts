// Applications and their presences through the calls of Graph that automation makes, by an app's own token and by one that
// it carries for a person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endpointPermissions } from '../src/applications/endpoint-permissions.ts';
import { resourcePrincipalId } from '../src/applications/name-based-ids.ts';
import { findResource } from '../src/applications/resources.ts';
import { makeUser } from './support/accounts.ts';
import { appToken } from './support/bearers.ts';
import { assertGraphError, GraphCalls, graphAppId, type Json, type Page } from './support/graph.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let graph: GraphCalls;
let other: GraphCalls;
let token: string;
before(async () => {
  server = await startTestServer({
    settings: { appRequestsPerMinute: 100_000, pageRowsMax: 5 },
    mode: { vendorHosts: true },
  });
  graph = await GraphCalls.start(server);
  other = await GraphCalls.start(server);
  token = await graph.appToken();
});
after(() => server.dispose());

let made = 0;
const create = (fields: Json = {}): Promise<Json> =>
  graph.want(token, 201, 'POST', '/applications', { displayName: `Reporter ${++made}`, ...fields });
const refused = async (status: number, code: string, said: RegExp, method: string, path: string, body?: unknown) =>
  assertGraphError(await graph.call(token, method, path, body), status, code, said);

test('registering makes the application and no presence; it is found by both ids and by its name', async () => {
  const answer = await graph.call(token, 'POST', '/applications', {
    displayName: 'Found again',
    signInAudience: 'AzureADMultipleOrgs',
    web: { redirectUris: ['https://reporter.example/back'], homePageUrl: 'https://reporter.example' },
    requiredResourceAccess: [
      { resourceAppId: graphAppId, resourceAccess: [{ id: '7ab1d382-f21e-4acd-a863-ba3e13f7da61', type: 'Role' }] },
    ],
    tags: [],
    optionalClaims: null,
  });
  assert.equal(answer.status, 201, answer.text);
  const application = answer.json();
  assert.equal(application['@odata.context'], `${server.url}/v1.0/$metadata#applications/$entity`);
  assert.deepEqual(application.web, {
    homePageUrl: 'https://reporter.example',
    logoutUrl: null,
    redirectUris: ['https://reporter.example/back'],
    implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
  });
  const { id, appId } = application;
  for (const path of [
    `/applications/${id}`,
    `/applications(appId='${appId}')`,
    `/applications(appId=%27${appId}%27)`,
  ]) {
    assert.deepEqual(await graph.want(token, 200, 'GET', path), application, path);
  }
  for (const filter of [
    `appId eq '${appId}'`,
    "displayName eq 'found AGAIN'",
    "startswith(displayName,'Found')",
    `id in ('${id}')`,
  ]) {
    const { value } = await graph.list(token, `/applications?$filter=${encodeURIComponent(filter)}`);
    assert.deepEqual(
      value.map((each) => each.id),
      [id],
      filter,
    );
  }
  const presence = await graph.list(token, `/servicePrincipals?$filter=appId%20eq%20'${appId}'`);
  assert.deepEqual(presence.value, []);
  await refused(404, 'Request_ResourceNotFound', /not found/, 'GET', `/applications/${appId}`);
});

test('a list comes in pages, in chosen properties, with a count', async () => {
  for (let index = 0; index < 7; index++) await create({ displayName: `Paged ${index}` });
  const names: unknown[] = [];
  let path = `/applications?$filter=startswith(displayName,'Paged')&$select=id,displayName&$top=3&$count=true`;
  for (let pages = 0; path !== '' && pages < 10; pages++) {
    const page = await graph.list(token, path);
    assert.equal(page['@odata.count'], 7);
    for (const each of page.value) assert.deepEqual(Object.keys(each), ['id', 'displayName']);
    names.push(...page.value.map(({ displayName }) => displayName));
    const next = page['@odata.nextLink'];
    if (next !== undefined) assert.ok(next.startsWith(`${server.url}/v1.0/applications?`), next);
    path = next?.slice(`${server.url}/v1.0`.length) ?? '';
  }
  assert.deepEqual(
    names,
    [0, 1, 2, 3, 4, 5, 6].map((index) => `Paged ${index}`),
  );
  const capped = await graph.list(token, "/applications?$filter=startswith(displayName,'Paged')&$top=999");
  assert.equal(capped.value.length, 5, 'pageRowsMax');
  const count = await graph.call(token, 'GET', '/applications/$count');
  assert.match(count.text, /^\d+$/);
});

test('what is not supported is refused by name', async () => {
  const application = `/applications/${(await create()).id}`;
  for (const [query, said] of [
    ['$orderby=displayName', /\$orderby/],
    ['$expand=owners', /\$expand/],
    ['$search=x', /\$search/],
    ['filter=x', /Did you mean \$filter/],
    ["$filter=notes eq 'x'", /'notes'/],
    ["$filter=contains(displayName,'x')", /contains/],
    ['$filter=displayName eq null', /single quotes/],
    ['$top=0', /\$top/],
    ['$top=1000', /999/],
    ['$select=id,nothing', /'nothing'.*microsoft\.graph\.application/],
    ['$skiptoken=7', /\$skiptoken/],
  ] as const) {
    await refused(400, 'Request_BadRequest', said, 'GET', `/applications?${encodeURI(query)}`);
  }
  for (const [body, said] of [
    [{ displayName: 'x', colour: 'red' }, /'colour'/],
    [{ displayName: 'x', web: { redirectUri: [] } }, /'web\.redirectUri'/],
    [{ displayName: 'x', web: { redirectUris: 'https://x.example' } }, /'web\.redirectUris'.*list/],
    [{ displayName: 'x', signInAudience: 'PersonalMicrosoftAccount' }, /AzureADMultipleOrgs/],
    [{ displayName: 'x', tags: ['HideApp'] }, /'tags'/],
    [{ displayName: 'x', passwordCredentials: [{ displayName: 'y' }] }, /addPassword/],
    [{}, /'displayName' is required/],
    ['[]', /JSON object/],
    ['{', /JSON/],
  ] as const) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await server.request('/v1.0/applications', { headers, body });
    assertGraphError(answer, 400, 'Request_BadRequest', said);
  }
  await refused(400, 'Request_BadRequest', /\$select/, 'DELETE', `${application}?$select=id`);
  await refused(404, 'Request_ResourceNotFound', /not found/, 'GET', '/applications/none');
  await refused(404, 'Request_ResourceNotFound', /./, 'GET', '/applications(uniqueName=%27x%27)');
  await refused(404, 'Request_ResourceNotFound', /\/v1\.0\/nothing/, 'GET', '/nothing');
  await refused(405, 'Request_UnsupportedMethod', /GET, HEAD, PATCH/, 'PUT', application);
  const beta = await server.request('/beta/applications', { headers: { authorization: `Bearer ${token}` } });
  assertGraphError(beta, 404, 'Request_ResourceNotFound', /everything else is in v1\.0/);
});

test('a change takes what is given and keeps the rest; a deleted application can be restored', async () => {
  const { id, appId } = await create({ publicClient: { redirectUris: ['http://localhost'] } });
  await graph.want(token, 204, 'PATCH', `/applications(appId='${appId}')`, {
    displayName: 'Renamed',
    isFallbackPublicClient: true,
    identifierUris: [`api://${appId}`],
    api: {
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [
        {
          id: '11111111-2222-4333-8444-555555555555',
          value: 'Reports.Read',
          type: 'User',
          isEnabled: true,
          adminConsentDisplayName: 'Read reports',
          adminConsentDescription: 'The app can read reports.',
        },
      ],
    },
  });
  const changed = await graph.want(token, 200, 'GET', `/applications/${id}`);
  assert.deepEqual(
    [changed.displayName, changed.isFallbackPublicClient, changed.publicClient],
    ['Renamed', true, { redirectUris: ['http://localhost'] }],
  );
  const byUri = encodeURIComponent(`identifierUris/any(u:u eq 'api://${appId}')`);
  assert.equal((await graph.list(token, `/applications?$filter=${byUri}`)).value[0]?.id, id);
  await graph.want(token, 204, 'DELETE', `/applications/${id}`);
  await refused(404, 'Request_ResourceNotFound', /./, 'GET', `/applications/${id}`);
  const bin = '/directory/deletedItems';
  const { value } = await graph.list(
    token,
    `${bin}/microsoft.graph.application?$filter=id eq '${id}'`.replaceAll(' ', '%20'),
  );
  assert.equal(value.length, 1);
  assert.notEqual((await graph.want(token, 200, 'GET', `${bin}/${id}`)).deletedDateTime, null);
  assert.equal((await graph.want(token, 200, 'POST', `${bin}/${id}/restore`)).id, id);
  await graph.want(token, 200, 'GET', `/applications/${id}`);
  await refused(404, 'Request_ResourceNotFound', /./, 'POST', `${bin}/${id}/restore`);
});

test('a secret is shown once and lasts two years; its client gets tokens with it until it is removed', async () => {
  const { id, appId } = await create();
  await graph.want(token, 201, 'POST', '/servicePrincipals', { appId });
  const secret = await graph.want(token, 200, 'POST', `/applications(appId='${appId}')/addPassword`, {
    passwordCredential: { displayName: 'CI' },
  });
  assert.match(String(secret.secretText), /^\w{40}$/);
  assert.equal(secret.hint, String(secret.secretText).slice(0, 3));
  const years =
    new Date(String(secret.endDateTime)).getUTCFullYear() - new Date(String(secret.startDateTime)).getUTCFullYear();
  assert.equal(years, 2);
  const { passwordCredentials } = await graph.want<{ passwordCredentials: Json[] }>(
    token,
    200,
    'GET',
    `/applications/${id}`,
  );
  assert.deepEqual(
    passwordCredentials.map((each) => [each.keyId, each.secretText]),
    [[secret.keyId, null]],
  );
  const ask = () =>
    server.request(`/${graph.story.tenant.id}/oauth2/v2.0/token`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        client_id: String(appId),
        client_secret: String(secret.secretText),
        grant_type: 'client_credentials',
        scope: 'https://graph.microsoft.com/.default',
      }).toString(),
    });
  const answer = await ask();
  assert.equal(answer.status, 200, answer.text);
  await graph.want(token, 204, 'POST', `/applications/${id}/removePassword`, { keyId: secret.keyId });
  assert.equal((await ask()).status, 401);
  await refused(404, 'Request_ResourceNotFound', /secret/, 'POST', `/applications/${id}/removePassword`, {
    keyId: secret.keyId,
  });
  const late = { passwordCredential: { endDateTime: '2099-01-01T00:00:00Z' } };
  await refused(400, 'Request_BadRequest', /months at most/, 'POST', `/applications/${id}/addPassword`, late);
  const vague = { passwordCredential: { endDateTime: 'next year' } };
  await refused(400, 'Request_BadRequest', /endDateTime/, 'POST', `/applications/${id}/addPassword`, vague);
});

test('owners are added by reference and listed', async () => {
  const { id } = await create();
  const user = await makeUser(server.services, graph.story.tenant);
  const foreign = await makeUser(server.services, other.story.tenant);
  const owners = `/applications/${id}/owners`;
  const reference = (userId: string) => ({ '@odata.id': `${server.url}/v1.0/directoryObjects/${userId}` });
  await graph.want(token, 204, 'POST', `${owners}/$ref`, reference(user.id));
  const { value } = await graph.list(token, owners);
  assert.deepEqual(
    value.map((each) => [each.id, each.userPrincipalName]),
    [[user.id, user.userName]],
  );
  await refused(404, 'Request_ResourceNotFound', /user/, 'POST', `${owners}/$ref`, reference(foreign.id));
  await refused(400, 'Request_BadRequest', /@odata\.id/, 'POST', `${owners}/$ref`, { '@odata.id': 'x' });
  await graph.want(token, 204, 'DELETE', `${owners}/${user.id}/$ref`);
  assert.deepEqual((await graph.list(token, owners)).value, []);
});

test('the APIs are present everywhere with their permissions; presences are made, changed and deleted', async () => {
  const filter = encodeURIComponent(`appId eq '${graphAppId}'`);
  const { value } = await graph.list(
    token,
    `/servicePrincipals?$filter=${filter}&$select=id,appRoles,oauth2PermissionScopes`,
  );
  assert.equal(
    value[0]?.id,
    resourcePrincipalId(graph.story.tenant.id, findResource(graphAppId)?.appId ?? assert.fail()),
  );
  const appRoles = value[0]?.appRoles as Json[]; // The wire's list.
  assert.ok(
    appRoles.some((each) => each.value === 'Directory.Read.All' && each.id === '7ab1d382-f21e-4acd-a863-ba3e13f7da61'),
  );
  const names = encodeURIComponent(`servicePrincipalNames/any(n:n eq 'https://graph.microsoft.com')`);
  assert.equal((await graph.list(token, `/servicePrincipals?$filter=${names}`)).value[0]?.appId, graphAppId);
  await refused(400, 'Request_BadRequest', /API of this server/, 'DELETE', `/servicePrincipals(appId='${graphAppId}')`);

  const { appId } = await create();
  const principal = await graph.want(token, 201, 'POST', '/servicePrincipals', { appId });
  await refused(409, 'Request_MultipleObjectsWithSameKeyValue', /already/, 'POST', '/servicePrincipals', { appId });
  const path = `/servicePrincipals/${principal.id}`;
  await graph.want(token, 204, 'PATCH', path, { accountEnabled: false, appRoleAssignmentRequired: true });
  const changed = await graph.want(token, 200, 'GET', `/servicePrincipals(appId='${appId}')`);
  assert.deepEqual(
    [changed.id, changed.accountEnabled, changed.appRoleAssignmentRequired],
    [principal.id, false, true],
  );
  await refused(400, 'Request_BadRequest', /'displayName'/, 'PATCH', path, { displayName: 'x' });
  await graph.want(token, 204, 'DELETE', path);
  await refused(404, 'Request_ResourceNotFound', /./, 'GET', path);
  const all: Page = await graph.list(token, '/servicePrincipals?$count=true');
  assert.equal(all.value.length, 5, 'the APIs first, then those of the tenant, over the seam of the two');
});

test('who is not signed in, carries another API or lacks the permission is told so', async () => {
  const nobody = await graph.call(null, 'GET', '/applications');
  assertGraphError(nobody, 401, 'InvalidAuthenticationToken', /./);
  assert.match(String(nobody.headers['www-authenticate']), /^Bearer /);
  assertGraphError(await graph.call('x.y.z', 'GET', '/applications'), 401, 'InvalidAuthenticationToken', /./);
  const wrong = await appToken(server.services, graph.story, {
    app: { servicePrincipalId: graph.story.principalId, roles: [] },
  });
  assertGraphError(
    await graph.call(wrong, 'GET', '/applications'),
    401,
    'InvalidAuthenticationToken',
    /Microsoft Graph/,
  );
  const reader = await graph.appToken(['Application.Read.All']);
  await graph.list(reader, '/applications');
  const body = { displayName: 'x' };
  const denied = await graph.call(reader, 'POST', '/applications', body);
  assertGraphError(denied, 403, 'Authorization_RequestDenied', /Application\.ReadWrite\.All/);
  const granter = await graph.appToken(['AppRoleAssignment.ReadWrite.All']);
  const list = await graph.call(granter, 'GET', '/applications');
  assertGraphError(list, 403, 'Authorization_RequestDenied', /Application\.Read\.All/);
  const admin = await makePerson(server, graph.story.tenant, 'global-administrator');
  const apiToken = await makeToken(server, admin);
  assertGraphError(
    await server.request('/v1.0/applications', { token: apiToken.value }),
    403,
    'Authorization_RequestDenied',
    /API token/,
  );
});

test("an app that acts for a person may what the scope and the person's roles allow", async () => {
  const { services } = server;
  const administrator = await makeUser(services, graph.story.tenant, { role: 'application-administrator' });
  const member = await makeUser(services, graph.story.tenant);
  const body = { displayName: 'Made for somebody' };
  const scopes = ['Application.ReadWrite.All'];
  const may = await graph.userToken(administrator, scopes);
  await graph.want(may, 201, 'POST', '/applications', body);
  const mayNot = await graph.call(await graph.userToken(member, scopes), 'POST', '/applications', body);
  assertGraphError(mayNot, 403, 'Authorization_RequestDenied', /Applications\.manage/);
  const without = await graph.call(await graph.userToken(administrator, ['User.Read']), 'POST', '/applications', body);
  assertGraphError(without, 403, 'Authorization_RequestDenied', /Application\.ReadWrite\.All/);
});

test("another tenant's app sees and changes nothing of it", async () => {
  const { id, appId } = await create({ signInAudience: 'AzureADMultipleOrgs' });
  const theirs = await other.appToken();
  for (const [method, path, body] of [
    ['GET', `/applications/${id}`],
    ['GET', `/applications(appId='${appId}')`],
    ['PATCH', `/applications/${id}`, { displayName: 'x' }],
    ['DELETE', `/applications/${id}`],
    ['POST', `/applications/${id}/addPassword`, {}],
    ['GET', `/servicePrincipals(appId='${graph.story.appId}')`],
  ] as const) {
    const answer = await other.call(theirs, method, path, body);
    assertGraphError(answer, 404, 'Request_ResourceNotFound', /./);
  }
  assert.deepEqual((await other.list(theirs, `/applications?$filter=appId%20eq%20'${appId}'`)).value, []);
  const taken = await other.want(theirs, 201, 'POST', '/servicePrincipals', { appId });
  assert.equal(taken.appOwnerOrganizationId, graph.story.tenant.id);
  assert.deepEqual([taken.passwordCredentials, taken.keyCredentials], [[], []]);
  const host = server.tenantHost(other.story.tenant.slug);
  const headers = { authorization: `Bearer ${token}` };
  const answer = await server.request('/v1.0/applications', { host, headers });
  assertGraphError(answer, 401, 'InvalidAuthenticationToken', /another tenant/);
});

test('under the documented host, URLs of the answer name that host, and ids of the call come back', async () => {
  const id = '6f1c9d3e-0f7a-4c52-9a57-3b5a1f0d2c11';
  const headers = { authorization: `Bearer ${token}`, 'client-request-id': id };
  const host = `graph.microsoft.com:${server.port}`;
  const answer = await server.request('/v1.0/servicePrincipals?$top=1', { host, headers });
  assert.equal(answer.status, 200, answer.text);
  const page = answer.json<Page>();
  assert.match(page['@odata.context'], /^https:\/\/graph\.microsoft\.com(:\d+)?\/v1\.0\/\$metadata#servicePrincipals$/);
  assert.match(String(page['@odata.nextLink']), /^https:\/\/graph\.microsoft\.com(:\d+)?\/v1\.0\/servicePrincipals\?/);
  assert.equal(answer.headers['client-request-id'], id);
});

test('every call of the table is mounted', async () => {
  for (const { method, path, surface } of endpointPermissions()) {
    if (surface !== 'graph') continue;
    const answer = await server.request(path.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000'), { method });
    assert.equal(answer.status, 401, `${method} ${path}: ${answer.text}`);
  }
});
