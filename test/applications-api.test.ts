// Registering applications: what each call answers, to whom, and that another tenant sees nothing of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dayMs } from '../src/lib/clock.ts';
import { sha256Hex } from '../src/lib/secrets.ts';
import { type App, Applications, makeCertificate, mtp, readIncidents } from './applications-calls.ts';
import { type Person, signIn, startTestServer } from './support/server.ts';

let apps: Applications;
let admin: Person;
let member: Person;
let stranger: Person;

before(async () => {
  apps = new Applications(
    await startTestServer({ settings: { secretsPerApplicationMax: 3, applicationsPerMemberMax: 5 } }),
  );
  const tenant = await apps.tenant();
  admin = await apps.person(tenant, 'application-administrator');
  member = await apps.person(tenant);
  stranger = await apps.person(await apps.tenant(), 'global-administrator');
});
after(() => apps.server.dispose());

test('a registered application is found by object id and client id, and says all that was said of it', async () => {
  const app = await apps.register(admin, {
    displayName: '  Incident reporter ',
    signInAudience: 'AzureADMultipleOrgs',
    redirectUris: { web: ['https://portal.azure.com', 'http://localhost:3000/back'] },
    requiredAccess: [
      { resource: 'microsoft threat protection', roles: ['Incidents.Read.All'], scopes: ['Incident.Read'] },
    ],
  });
  assert.notEqual(app.id, app.appId);
  assert.equal(app.displayName, 'Incident reporter');
  assert.equal(app.publisherTenant.id, admin.tenant.id);
  assert.deepEqual(app.redirectUris.web, ['https://portal.azure.com', 'http://localhost:3000/back']);
  assert.deepEqual(
    app.owners.map(({ userName }) => userName),
    [admin.user.userName],
  );
  const [access] = app.requiredAccess;
  assert.equal(access?.resourceAppId, '8ee8fdad-f234-4243-8f3b-15c294843740');
  assert.deepEqual(
    access?.roles.map(({ id, value }) => [id, value]),
    [['a9790345-4595-42e4-971a-ccdc79f19b7c', 'Incident.Read.All']],
  );
  for (const ref of [app.id, app.appId, app.appId.toUpperCase()]) {
    assert.deepEqual(await apps.want<App>(admin, 200, 'GET', `/applications/${ref}`), app);
  }
  const found = await apps.want<{ items: App[] }>(admin, 200, 'GET', '/applications?search=incident%20rep');
  assert.deepEqual(found.items, [app]);
});

test('bad input is refused with the field that is wrong, and nothing is registered', async () => {
  const before = await apps.want<{ total: number }>(admin, 200, 'GET', '/applications');
  for (const [fields, field] of [
    [{ displayName: ' ' }, 'displayName'],
    [{ redirectUris: { web: ['http://contoso.example/cb'] } }, 'redirectUris.web'],
    [{ redirectUris: { web: ['https://*.contoso.example/cb'] } }, 'redirectUris.web'],
    [{ redirectUris: { spa: ['myapp://cb'] } }, 'redirectUris.spa'],
    [{ redirectUris: { publicClient: ['javascript:alert(1)'] } }, 'redirectUris.publicClient'],
    [{ requiredAccess: [{ resource: 'No such API' }] }, 'requiredAccess'],
    [{ requiredAccess: [{ resource: mtp, roles: ['Machine.Isolate'] }] }, 'requiredAccess'],
    [{ requiredAccess: [{ resource: mtp, roles: ['Incident.Read'] }] }, 'requiredAccess'],
    [{ identifierUris: ['https://elsewhere.example/api'] }, 'identifierUris'],
    [{ identifierUris: ['https://graph.microsoft.com'] }, 'identifierUris'],
    [{ homePageUrl: 'javascript:alert(1)' }, 'homePageUrl'],
  ] as const) {
    const answer = await apps.call(admin, 'POST', '/applications', { displayName: 'Wrong', ...fields });
    assert.equal(answer.status, 400, JSON.stringify(fields));
    assert.ok(answer.text.includes(field), answer.text);
  }
  assert.equal((await apps.want<{ total: number }>(admin, 200, 'GET', '/applications')).total, before.total);
});

test('every call needs a session', async () => {
  const app = await apps.register(admin);
  for (const [method, path] of [
    ['GET', '/applications'],
    ['POST', '/applications'],
    ['GET', `/applications/${app.id}`],
    ['PATCH', `/applications/${app.id}`],
    ['DELETE', `/applications/${app.id}`],
    ['POST', `/applications/${app.id}/secrets`],
    ['POST', `/applications/${app.id}/certificates`],
    ['GET', `/applications/${app.id}/consent-link`],
    ['PUT', `/applications/${app.id}/owners/x`],
    ['GET', '/resources'],
    ['GET', '/endpoint-permissions'],
    ['GET', '/service-principals'],
    ['POST', '/service-principals'],
    ['GET', '/consent-requests'],
    ['GET', '/tenant-settings'],
    ['PATCH', '/tenant-settings'],
  ] as const) {
    const bodies: Record<string, unknown> = {
      '/applications': { displayName: 'x' },
      '/service-principals': { appId: app.appId, all: true },
      [`/applications/${app.id}/certificates`]: { certificate: 'x' },
    };
    const body = method === 'GET' || method === 'DELETE' ? undefined : (bodies[path] ?? {});
    assert.equal((await apps.call(null, method, path, body)).status, 401, `${method} ${path}`);
  }
});

test('a member registers, sees and changes only what the member owns', async () => {
  const own = await apps.register(member, { displayName: 'Mine' });
  const other = await apps.register(admin, { displayName: 'Not mine' });
  const listed = await apps.want<{ items: App[] }>(member, 200, 'GET', '/applications');
  assert.ok(listed.items.every(({ owners }) => owners.some(({ userName }) => userName === member.user.userName)));
  await apps.want(member, 200, 'PATCH', `/applications/${own.id}`, { displayName: 'Still mine' });
  await apps.want(member, 201, 'POST', `/applications/${own.id}/secrets`, {});
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { displayName: 'Taken' }],
    ['DELETE', '', undefined],
    ['POST', '/secrets', {}],
    ['PUT', `/owners/${member.user.id}`, undefined],
  ] as const) {
    const answer = await apps.call(member, method, `/applications/${other.id}${path}`, body);
    assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
  }
  // Who may read all applications learns that the right to change them is missing.
  const reader = await apps.person(admin.tenant, 'global-reader');
  await apps.want(reader, 200, 'GET', `/applications/${other.id}`);
  await apps.want(reader, 403, 'PATCH', `/applications/${other.id}`, { displayName: 'Taken' });
  await apps.want(admin, 200, 'PUT', `/applications/${other.id}/owners/${member.user.userName}`);
  await apps.want(member, 200, 'PATCH', `/applications/${other.id}`, { displayName: 'Shared' });
  await apps.want(admin, 204, 'DELETE', `/applications/${other.id}/owners/${member.user.userName}`);
  await apps.want(member, 404, 'PATCH', `/applications/${other.id}`, { displayName: 'Back' });
});

test('members register only where the tenant lets them and up to their limit', async () => {
  const tenant = await apps.tenant();
  const boss = await apps.person(tenant, 'global-administrator');
  const person = await apps.person(tenant);
  for (let made = 0; made < 5; made++) await apps.register(person);
  await apps.want(person, 409, 'POST', '/applications', { displayName: 'One too many' });
  await apps.want(person, 403, 'PATCH', '/tenant-settings', { membersMayRegister: false });
  await apps.want(await apps.person(tenant, 'application-administrator'), 403, 'PATCH', '/tenant-settings', {
    membersMayRegister: false,
  });
  await apps.want(boss, 400, 'PATCH', '/tenant-settings', {});
  await apps.want(boss, 400, 'PATCH', '/tenant-settings', { userConsent: 'everything' });
  const settings = await apps.want(boss, 200, 'PATCH', '/tenant-settings', { membersMayRegister: false });
  assert.deepEqual(settings, {
    membersMayRegister: false,
    passwordGrantEnabled: false,
    userConsent: 'non-admin',
    consentRequestsEnabled: true,
  });
  assert.deepEqual(await apps.want(boss, 200, 'GET', '/tenant-settings'), settings);
  const late = await apps.person(tenant);
  await apps.want(late, 403, 'POST', '/applications', { displayName: 'Not allowed' });
  await apps.register(boss);
  // What one tenant decides is nothing to another.
  await apps.register(await apps.person(await apps.tenant()));
});

test('another tenant finds nothing, whatever its rights, and its own settings stay its own', async () => {
  const app = await apps.registerForAll(admin);
  for (const ref of [app.id, app.appId]) {
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { displayName: 'Taken' }],
      ['DELETE', '', undefined],
      ['POST', '/disable', undefined],
      ['POST', '/secrets', {}],
      ['PUT', `/owners/${stranger.user.id}`, undefined],
      ['POST', '/permissions', readIncidents],
      ['POST', '/consent', undefined],
      ['GET', '/consent-link', undefined],
    ] as const) {
      const answer = await apps.call(stranger, method, `/applications/${ref}${path}`, body);
      assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
    }
  }
  const listed = await apps.want<{ items: App[] }>(stranger, 200, 'GET', '/applications?search=Reporter');
  assert.deepEqual(listed.items, []);
});

test('a secret is shown once, kept as a hash, and ends when it is removed', async () => {
  const app = await apps.register(admin);
  const path = `/applications/${app.id}/secrets`;
  const answer = await apps.call(admin, 'POST', path, { description: 'first', months: 3 });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { secret, value } = answer.json<{ secret: { id: string; hint: string; endsAt: string }; value: string }>();
  assert.match(value, /^[0-9A-Za-z]{40}$/);
  assert.equal(secret.hint, value.slice(0, 3));
  const view = await apps.call(admin, 'GET', `/applications/${app.id}`);
  assert.ok(!view.text.includes(value));
  assert.deepEqual(view.json<App>().secrets, [secret]);
  const stored = await apps.server.services.store.db
    .selectFrom('applicationSecrets')
    .selectAll()
    .where('id', '=', secret.id)
    .executeTakeFirstOrThrow();
  assert.equal(stored.hash, sha256Hex(value));
  assert.ok(!JSON.stringify(stored).includes(value));
  assert.ok(!JSON.stringify(await apps.audit(stranger, 'application.add-secret')).includes(secret.id));
  await apps.want(admin, 201, 'POST', path, {});
  await apps.want(admin, 201, 'POST', path, {});
  await apps.want(admin, 409, 'POST', path, {});
  for (const body of [
    { months: 25 },
    { expiresAt: '2020-01-01T00:00:00Z' },
    { expiresAt: 'x' },
    { months: 1, expiresAt: 'x' },
  ]) {
    await apps.want(admin, 400, 'POST', path, body);
  }
  const other = await apps.register(admin);
  await apps.want(admin, 404, 'DELETE', `/applications/${other.id}/secrets/${secret.id}`);
  await apps.want(admin, 204, 'DELETE', `${path}/${secret.id}`);
  await apps.want(admin, 404, 'DELETE', `${path}/${secret.id}`);
});

test('a certificate is taken with an RSA key of 2048 bits or more, once, and never with its private key', async () => {
  const app = await apps.register(admin);
  const path = `/applications/${app.id}/certificates`;
  const pem = await makeCertificate(2048);
  const made = await apps.want<{ id: string; thumbprintSha1: string; thumbprintSha256: string }>(
    admin,
    201,
    'POST',
    path,
    {
      certificate: pem,
    },
  );
  assert.match(made.thumbprintSha1, /^[\w-]{27}$/);
  assert.match(made.thumbprintSha256, /^[\w-]{43}$/);
  await apps.want(admin, 409, 'POST', path, { certificate: pem.replace(/-----[^-]+-----/g, '') });
  for (const certificate of [
    'hello',
    '',
    await makeCertificate(1024),
    await makeCertificate('ec'),
    await makeCertificate(2048, -1),
    `${pem}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`,
  ]) {
    await apps.want(admin, 400, 'POST', path, { certificate });
  }
  await apps.want(admin, 204, 'DELETE', `${path}/${made.id}`);
  await apps.want(admin, 404, 'DELETE', `${path}/${made.id}`);
});

test('permissions are added and removed by name or id, and the lists keep each once', async () => {
  const app = await apps.register(admin);
  const path = `/applications/${app.id}/permissions`;
  const words = ({ requiredAccess }: App) =>
    requiredAccess.flatMap(({ resource, roles, scopes }) => [
      ...roles.map(({ value }) => `${resource} ${value} role`),
      ...scopes.map(({ value }) => `${resource} ${value} scope`),
    ]);
  await apps.want(admin, 200, 'POST', path, readIncidents);
  const added = await apps.want<App>(admin, 200, 'POST', path, {
    resource: 'https://security.microsoft.com/mtp/',
    roles: ['a9790345-4595-42e4-971a-ccdc79f19b7c', 'AdvancedHunting.Read.All'],
  });
  assert.deepEqual(words(added), [`${mtp} Incident.Read.All role`, `${mtp} AdvancedHunting.Read.All role`]);
  const left = await apps.want<App>(admin, 200, 'DELETE', path, readIncidents);
  assert.deepEqual(words(left), [`${mtp} AdvancedHunting.Read.All role`]);
  const set = await apps.want<App>(admin, 200, 'PUT', path, {
    requiredAccess: [{ resource: 'Microsoft Graph', scopes: ['User.Read'] }],
  });
  assert.deepEqual(words(set), ['Microsoft Graph User.Read scope']);
  await apps.want(admin, 400, 'POST', path, { resource: 'Microsoft Graph', roles: ['User.Read'] });
});

test('an API is found by typing its name; the first of them only so', async () => {
  const names = async (search = '') =>
    (
      await apps.want<{ items: { displayName: string }[] }>(member, 200, 'GET', `/resources?search=${search}`)
    ).items.map(({ displayName }) => displayName);
  assert.deepEqual(await names(), ['WindowsDefenderATP', 'Microsoft Cloud App Security', 'Microsoft Graph']);
  assert.deepEqual(await names('threat%20prot'), [mtp]);
  assert.deepEqual(await names('8ee8fdad-f234-4243-8f3b-15c294843740'), [mtp]);
  assert.deepEqual(await names('nothing'), []);
  const { items } = await apps.want<{ items: { path: string; application: string[]; delegated: string[] }[] }>(
    member,
    200,
    'GET',
    '/endpoint-permissions',
  );
  const incidents = items.find(({ path }) => path === '/api/incidents');
  assert.deepEqual(incidents?.application, ['Incident.Read.All', 'Incident.ReadWrite.All']);
  assert.deepEqual(incidents?.delegated, ['Incident.Read', 'Incident.ReadWrite']);
});

test('identifier URIs lie below the client id or a domain of the tenant, and one application has each', async () => {
  const app = await apps.register(admin);
  const path = `/applications/${app.id}`;
  const domain = `${admin.tenant.slug}.example`;
  const uris = [`api://${app.appId}`, `https://${domain}/reporter`];
  assert.deepEqual((await apps.want<App>(admin, 200, 'PATCH', path, { identifierUris: uris })).identifierUris, uris);
  const other = await apps.register(admin);
  await apps.want(admin, 409, 'PATCH', `/applications/${other.id}`, { identifierUris: [uris[1]] });
  await apps.want(admin, 409, 'PATCH', `/applications/${other.id}`, {
    identifierUris: [uris[1]?.toUpperCase().replace('HTTPS', 'https')],
  });
  await apps.want(admin, 400, 'PATCH', `/applications/${other.id}`, { identifierUris: [uris[0]] });
  await apps.want(admin, 400, 'PATCH', path, { identifierUris: [`https://${stranger.tenant.slug}.example/x`] });
});

test('a permission that an application offers is disabled before it is removed', async () => {
  const app = await apps.register(admin);
  const path = `/applications/${app.id}`;
  const scope = {
    id: '11111111-2222-4333-8444-555555555555',
    value: 'Reports.Read',
    displayName: 'Read reports',
    description: 'The app can read reports.',
    adminOnly: false,
    isEnabled: true,
  };
  await apps.want(admin, 200, 'PATCH', path, { exposedScopes: [scope] });
  await apps.want(admin, 400, 'PATCH', path, { exposedScopes: [scope, { ...scope, value: 'Other' }] });
  await apps.want(admin, 400, 'PATCH', path, { exposedScopes: [scope, { ...scope, id: app.id }] });
  await apps.want(admin, 409, 'PATCH', path, { exposedScopes: [] });
  await apps.want(admin, 200, 'PATCH', path, { exposedScopes: [{ ...scope, isEnabled: false }] });
  await apps.want(admin, 200, 'PATCH', path, { exposedScopes: [] });
});

test('a deleted application comes back within 30 days with its secrets, and is gone after them', async () => {
  const app = await apps.register(admin, { displayName: 'Short-lived' });
  await apps.want(admin, 201, 'POST', `/applications/${app.id}/secrets`, { months: 24 });
  await apps.want(admin, 200, 'POST', `/applications/${app.id}/disable`);
  await apps.want(admin, 409, 'POST', `/applications/${app.id}/restore`);
  await apps.want(admin, 204, 'DELETE', `/applications/${app.id}`);
  await apps.want(admin, 409, 'PATCH', `/applications/${app.id}`, { displayName: 'Back' });
  const names = async (query: string) =>
    (await apps.want<{ items: App[] }>(admin, 200, 'GET', `/applications?${query}`)).items.map(
      (each) => each.displayName,
    );
  assert.deepEqual(await names('search=Short'), []);
  assert.deepEqual(await names('status=deleted&search=Short'), ['Short-lived']);
  const back = await apps.want<App>(admin, 200, 'POST', `/applications/${app.id}/restore`);
  assert.deepEqual([back.status, back.secrets.length], ['disabled', 1]);
  await apps.want(admin, 204, 'DELETE', `/applications/${app.id}`);
  const { services } = apps.server;
  services.testClock.advance(31 * dayMs);
  const again = { ...admin, session: await signIn(apps.server, admin.user) };
  await apps.want(again, 404, 'GET', `/applications/${app.id}`);
  await apps.want(again, 404, 'POST', `/applications/${app.id}/restore`);
  await apps.register(again);
  const { id } = app;
  const rows = services.store.db
    .selectFrom('applications')
    .select('id')
    .where('id', '=', id as never);
  assert.deepEqual(await rows.execute(), []);
});
