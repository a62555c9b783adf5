// Consent by another tenant, what it grants, what each tenant learns, and how it ends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { delegatedScopesFor, loadClient, problemOfClient, rolesFor } from '../src/applications/lookup.ts';
import { verifyChain } from '../src/audit/audit.ts';
import { dayMs } from '../src/lib/clock.ts';
import type { ServicePrincipalId } from '../src/lib/ids.ts';
import { type App, Applications, mtp, type Principal, readIncidents } from './applications-calls.ts';
import { type Person, signIn, startTestServer } from './support/server.ts';

let apps: Applications;
let publisher: Person;
let customer: Person;

before(async () => {
  apps = new Applications(await startTestServer());
  publisher = await apps.person(await apps.tenant(), 'application-administrator');
  customer = await apps.person(await apps.tenant(), 'global-administrator');
});
after(() => apps.server.dispose());

const graphRole = { resource: 'Microsoft Graph', roles: ['User.Read.All'] };
const graphScope = { resource: 'Microsoft Graph', scopes: ['User.Read.All'] };

function rolesOf(as: Person, principal: Pick<Principal, 'id'>): Promise<string[]> {
  const id = principal.id as ServicePrincipalId; // The API said so.
  return rolesFor(apps.server.services, as.tenant.id, id, 'defender');
}

test('consent makes a presence in the consenting tenant and grants exactly what was asked for', async () => {
  const app = await apps.registerForAll(publisher, [readIncidents, { resource: mtp, scopes: ['Incident.Read'] }]);
  const { services } = apps.server;
  const unknown = await loadClient(services, app.appId, customer.tenant.id);
  assert.equal(unknown && problemOfClient(unknown, customer.tenant.id), 'not-present');
  const principal = await apps.consent(customer, app.appId);
  assert.equal(principal.homeTenant.id, publisher.tenant.id);
  assert.equal(principal.consentedBy, customer.user.userName);
  assert.deepEqual(
    principal.grants.applications.map(({ value, grantedBy }) => [value, grantedBy]),
    [['Incident.Read.All', customer.user.userName]],
  );
  assert.deepEqual(
    principal.grants.delegated.map(({ scopes, user }) => [scopes, user]),
    [[['Incident.Read'], null]],
  );
  assert.deepEqual(await rolesOf(customer, principal), ['Incident.Read.All']);
  const scopes = await delegatedScopesFor(
    services,
    customer.tenant.id,
    principal.id as ServicePrincipalId,
    customer.user.id,
    'defender',
  );
  assert.deepEqual(scopes, ['Incident.Read']);
  const known = await loadClient(services, app.appId.toUpperCase(), customer.tenant.id);
  assert.equal(known && problemOfClient(known, customer.tenant.id), undefined);
});

test('both tenants have it in their log, and the home learns of the tenant and the permissions only', async () => {
  const app = await apps.registerForAll(publisher);
  await apps.consent(customer, app.appId);
  const reader = await apps.person(publisher.tenant, 'global-administrator');
  const theirs = (await apps.audit(reader, 'consent.grant')).filter(({ details }) => details.appId === app.appId);
  assert.equal(theirs.length, 1);
  assert.deepEqual(theirs[0]?.details, {
    appId: app.appId,
    tenantId: customer.tenant.id,
    permissions: [`${mtp}: Incident.Read.All (application)`],
  });
  assert.deepEqual(theirs[0]?.actor, { kind: 'system', id: null, name: 'another tenant' });
  assert.equal(theirs[0]?.address, null);
  const everything = await apps.call(reader, 'GET', '/audit?limit=500');
  assert.ok(!everything.text.includes(customer.user.userName));
  assert.ok(!everything.text.includes(customer.user.id));
  const own = (await apps.audit(customer, 'consent.grant')).filter(({ details }) => details.appId === app.appId);
  assert.equal(own[0]?.actor.name, customer.user.userName);
});

test("the home sees nothing of another tenant's presence, and a third tenant nothing at all", async () => {
  const app = await apps.registerForAll(publisher);
  const principal = await apps.consent(customer, app.appId);
  const third = await apps.person(await apps.tenant(), 'global-administrator');
  for (const outsider of [publisher, third]) {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/disable'],
      ['DELETE', ''],
      ['DELETE', '/grants'],
      ['DELETE', `/grants/${principal.grants.applications[0]?.id}`],
    ] as const) {
      const answer = await apps.call(outsider, method, `/service-principals/${principal.id}${path}`);
      assert.equal(answer.status, 404, `${method} ${path}`);
    }
  }
  const listed = await apps.want<{ items: Principal[] }>(third, 200, 'GET', '/service-principals');
  assert.deepEqual(listed.items, []);
  const own = await apps.want<Principal>(publisher, 200, 'GET', `/service-principals/${app.appId}`);
  assert.deepEqual(own.grants, { applications: [], delegated: [] });
  assert.deepEqual(await rolesOf(customer, principal), ['Incident.Read.All']);
});

test('a permission that was added has no effect until an administrator consents again, who is shown what is new', async () => {
  const app = await apps.registerForAll(publisher);
  const first = await apps.consent(customer, app.appId);
  assert.deepEqual(first.changedSince, { added: [], removed: [] });
  await apps.want(publisher, 200, 'POST', `/applications/${app.id}/permissions`, {
    resource: mtp,
    roles: ['AdvancedHunting.Read.All'],
  });
  assert.deepEqual(await rolesOf(customer, first), ['Incident.Read.All']);
  const changed = await apps.want<Principal>(customer, 200, 'GET', `/service-principals/${first.id}`);
  assert.deepEqual(
    changed.changedSince.added.flatMap(({ roles }) => roles.map(({ value }) => value)),
    ['AdvancedHunting.Read.All'],
  );
  const again = await apps.consent(customer, app.appId);
  assert.equal(again.id, first.id);
  assert.deepEqual(again.changedSince, { added: [], removed: [] });
  assert.deepEqual(await rolesOf(customer, first), ['AdvancedHunting.Read.All', 'Incident.Read.All']);
});

test('who may consent follows from what is asked for', async () => {
  const tenant = await apps.tenant();
  const byRole = async (role?: string) => await apps.person(tenant, role);
  const people = {
    global: await byRole('global-administrator'),
    privileged: await byRole('privileged-role-administrator'),
    application: await byRole('application-administrator'),
    cloud: await byRole('cloud-application-administrator'),
    security: await byRole('security-administrator'),
    member: await byRole(),
  };
  const attempt = async (person: Person, access: unknown) => {
    const app = await apps.registerForAll(publisher, [access]);
    return (await apps.call(person, 'POST', '/service-principals', { appId: app.appId, all: true })).status;
  };
  for (const [access, allowed] of [
    [readIncidents, ['global', 'privileged', 'application', 'cloud']],
    [graphScope, ['global', 'privileged', 'application', 'cloud']],
    [graphRole, ['global', 'privileged']],
  ] as const) {
    for (const [name, person] of Object.entries(people)) {
      const expected = (allowed as readonly string[]).includes(name) ? 201 : 403;
      assert.equal(await attempt(person, access), expected, `${name} ${JSON.stringify(access)}`);
    }
  }
});

test('consent takes an application that is for every organisation, and permissions that it asks for', async () => {
  const single = await apps.register(publisher, { requiredAccess: [readIncidents] });
  await apps.want(customer, 404, 'POST', '/service-principals', { appId: single.appId, all: true });
  await apps.want(customer, 404, 'POST', '/service-principals', { appId: customer.tenant.id, all: true });
  const app = await apps.registerForAll(publisher);
  const consent = (body: Record<string, unknown>) => apps.call(customer, 'POST', '/service-principals', body);
  assert.equal((await consent({ appId: app.appId })).status, 400);
  assert.equal((await consent({ appId: app.appId, all: true, permissions: [] })).status, 400);
  const beyond = await consent({
    appId: app.appId,
    permissions: [{ resource: mtp, roles: ['Incident.ReadWrite.All'] }],
  });
  assert.equal(beyond.status, 400, beyond.text);
  await apps.want(customer, 404, 'GET', `/service-principals/${app.appId}`);
  await apps.want(publisher, 200, 'POST', `/applications/${app.id}/disable`);
  assert.equal((await consent({ appId: app.appId, all: true })).status, 409);
  // In its home the application is consented to by the same call.
  const home = await apps.want<Principal>(publisher, 201, 'POST', '/service-principals', {
    appId: single.appId,
    all: true,
  });
  assert.deepEqual(
    home.grants.applications.map(({ value }) => value),
    ['Incident.Read.All'],
  );
});

test('revoking one permission, all of them, or the presence ends them at once and tells the home', async () => {
  const app = await apps.registerForAll(publisher, [
    { resource: mtp, roles: ['Incident.Read.All', 'AdvancedHunting.Read.All'], scopes: ['Incident.Read'] },
  ]);
  const principal = await apps.consent(customer, app.appId);
  const path = `/service-principals/${principal.id}`;
  const one = principal.grants.applications.find(({ value }) => value === 'Incident.Read.All');
  await apps.want(customer, 204, 'DELETE', `${path}/grants/${one?.id}`);
  await apps.want(customer, 404, 'DELETE', `${path}/grants/${one?.id}`);
  assert.deepEqual(await rolesOf(customer, principal), ['AdvancedHunting.Read.All']);
  await apps.want(customer, 204, 'DELETE', `${path}/grants`);
  assert.deepEqual(await rolesOf(customer, principal), []);
  const emptied = await apps.want<Principal>(customer, 200, 'GET', path);
  assert.deepEqual(emptied.grants, { applications: [], delegated: [] });
  await apps.consent(customer, app.appId);
  await apps.want(customer, 204, 'DELETE', path);
  await apps.want(customer, 404, 'GET', path);
  const view = await loadClient(apps.server.services, app.appId, customer.tenant.id);
  assert.equal(view?.servicePrincipal, undefined);
  const reader = await apps.person(publisher.tenant, 'global-administrator');
  const told = (await apps.audit(reader, 'consent.revoke')).filter(({ details }) => details.appId === app.appId);
  assert.equal(told.length, 3);
  assert.ok(told.every(({ details }) => details.tenantId === customer.tenant.id));
  assert.deepEqual(told.at(-1)?.details.permissions, [`${mtp}: Incident.Read.All (application)`]);
});

test('a presence is disabled in its tenant alone, and the application by its publisher everywhere', async () => {
  const app = await apps.registerForAll(publisher);
  const principal = await apps.consent(customer, app.appId);
  const second = await apps.person(await apps.tenant(), 'application-administrator');
  await apps.consent(second, app.appId);
  const problem = async (person: Person) => {
    const view = await loadClient(apps.server.services, app.appId, person.tenant.id);
    return view && problemOfClient(view, person.tenant.id);
  };
  await apps.want(customer, 200, 'POST', `/service-principals/${principal.id}/disable`);
  assert.deepEqual([await problem(customer), await problem(second)], ['principal-disabled', undefined]);
  await apps.want(customer, 200, 'POST', `/service-principals/${principal.id}/enable`);
  await apps.want(publisher, 200, 'POST', `/applications/${app.id}/disable`);
  assert.deepEqual([await problem(customer), await problem(second)], ['application-disabled', 'application-disabled']);
  await apps.want(publisher, 200, 'POST', `/applications/${app.id}/enable`);
  await apps.want(publisher, 200, 'PATCH', `/applications/${app.id}`, { signInAudience: 'AzureADMyOrg' });
  assert.equal(await problem(customer), 'other-tenant');
  await apps.want(publisher, 204, 'DELETE', `/applications/${app.id}`);
  assert.equal(await loadClient(apps.server.services, app.appId, customer.tenant.id), undefined);
});

test('people are assigned to an application that requires it', async () => {
  const app = await apps.registerForAll(publisher);
  const { id } = await apps.consent(customer, app.appId);
  const person = await apps.person(customer.tenant);
  const path = `/service-principals/${id}`;
  const changed = await apps.want<Principal>(customer, 200, 'PATCH', path, { requiresAssignment: true });
  assert.equal(changed.requiresAssignment, true);
  await apps.want(customer, 204, 'PUT', `${path}/assignments/${person.user.userName}`);
  await apps.want(customer, 204, 'PUT', `${path}/assignments/${person.user.userName}`);
  const listed = await apps.want<{ items: { userName: string }[] }>(customer, 200, 'GET', `${path}/assignments`);
  assert.deepEqual(
    listed.items.map(({ userName }) => userName),
    [person.user.userName],
  );
  await apps.want(customer, 404, 'PUT', `${path}/assignments/${publisher.user.userName}`);
  await apps.want(person, 403, 'PUT', `${path}/assignments/${person.user.userName}`);
  await apps.want(customer, 204, 'DELETE', `${path}/assignments/${person.user.userName}`);
  await apps.want(customer, 404, 'DELETE', `${path}/assignments/${person.user.userName}`);
});

test('who may not consent asks, and an administrator grants or declines', async () => {
  const person = await apps.person(customer.tenant);
  const app = await apps.registerForAll(publisher);
  const ask = (appId: string) =>
    apps.call(person, 'POST', '/consent-requests', { appId, reason: 'Reports for the SOC' });
  const { id } = (await ask(app.appId)).json<{ id: string }>();
  assert.equal((await ask(app.appId)).json<{ id: string }>().id, id);
  const other = await apps.registerForAll(publisher);
  const { id: otherId } = (await ask(other.appId)).json<{ id: string }>();
  const single = await apps.register(publisher, { requiredAccess: [readIncidents] });
  assert.equal((await ask(single.appId)).status, 404);
  await apps.want(person, 403, 'GET', '/consent-requests');
  await apps.want(person, 403, 'POST', `/consent-requests/${id}/grant`);
  await apps.want(publisher, 404, 'POST', `/consent-requests/${id}/grant`);
  const list = (status: string) =>
    apps.want<{ items: { id: string; reason: string; user: { userName: string } }[] }>(
      customer,
      200,
      'GET',
      `/consent-requests?status=${status}`,
    );
  const open = await list('open');
  assert.deepEqual(new Set(open.items.map((each) => each.id)), new Set([id, otherId]));
  assert.equal(open.items[0]?.user.userName, person.user.userName);
  await apps.want(customer, 204, 'POST', `/consent-requests/${id}/grant`);
  await apps.want(customer, 204, 'POST', `/consent-requests/${otherId}/decline`);
  await apps.want(customer, 409, 'POST', `/consent-requests/${otherId}/grant`);
  const granted = await apps.want<Principal>(customer, 200, 'GET', `/service-principals/${app.appId}`);
  assert.deepEqual(
    granted.grants.applications.map(({ value }) => value),
    ['Incident.Read.All'],
  );
  await apps.want(customer, 404, 'GET', `/service-principals/${other.appId}`);
  assert.deepEqual(
    (await list('granted')).items.map((each) => each.id),
    [id],
  );
});

test('a request expires, and a tenant can do without requests', async () => {
  const tenant = await apps.tenant();
  const boss = await apps.person(tenant, 'global-administrator');
  const person = await apps.person(tenant);
  const app = await apps.registerForAll(publisher);
  const body = { appId: app.appId, reason: 'Please' };
  const { id } = await apps.want<{ id: string }>(person, 201, 'POST', '/consent-requests', body);
  apps.server.services.testClock.advance(31 * dayMs);
  const later = { ...boss, session: await signIn(apps.server, boss.user) };
  publisher = { ...publisher, session: await signIn(apps.server, publisher.user) };
  customer = { ...customer, session: await signIn(apps.server, customer.user) };
  await apps.want(later, 409, 'POST', `/consent-requests/${id}/grant`);
  const expired = await apps.want<{ items: { id: string }[] }>(later, 200, 'GET', '/consent-requests?status=expired');
  assert.deepEqual(
    expired.items.map((each) => each.id),
    [id],
  );
  await apps.want(later, 200, 'PATCH', '/tenant-settings', { consentRequestsEnabled: false });
  const again = { ...person, session: await signIn(apps.server, person.user) };
  await apps.want(again, 403, 'POST', '/consent-requests', body);
});

test('a request that grew is another request: approving grants what was read under its id', async () => {
  const tenant = await apps.tenant();
  const boss = await apps.person(tenant, 'global-administrator');
  const person = await apps.person(tenant);
  const app = await apps.registerForAll(publisher);
  const ask = async (): Promise<string> => {
    const body = { appId: app.appId, reason: 'Please' };
    return (await apps.want<{ id: string }>(person, 201, 'POST', '/consent-requests', body)).id;
  };
  const read = await ask();
  assert.equal(await ask(), read);
  const more = { resource: 'Microsoft Threat Protection', roles: ['Incident.ReadWrite.All'] };
  await apps.want(publisher, 200, 'POST', `/applications/${app.appId}/permissions`, more);
  const grown = await ask();
  assert.notEqual(grown, read);
  await apps.want(boss, 409, 'POST', `/consent-requests/${read}/grant`);
  await apps.want(boss, 204, 'POST', `/consent-requests/${grown}/grant`);
});

test('consents and revocations at the same time leave one presence, and the last of them holds', async () => {
  const app = await apps.registerForAll(publisher);
  const body = { appId: app.appId, all: true };
  const second = await apps.person(await apps.tenant(), 'global-administrator');
  await apps.consent(customer, app.appId);
  const answers = await Promise.all([
    ...Array.from({ length: 6 }, () => apps.call(customer, 'POST', '/service-principals', body)),
    ...Array.from({ length: 6 }, () => apps.call(second, 'POST', '/service-principals', body)),
    ...Array.from({ length: 4 }, () => apps.call(customer, 'DELETE', `/service-principals/${app.appId}/grants`)),
    ...Array.from({ length: 4 }, () =>
      apps.call(publisher, 'PATCH', `/applications/${app.id}`, { description: 'Changed meanwhile' }),
    ),
  ]);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 201, 204]);
  for (const person of [customer, second]) {
    const { items } = await apps.want<{ items: Principal[] }>(
      person,
      200,
      'GET',
      `/service-principals?search=${app.appId}`,
    );
    assert.equal(items.length, 1);
    const [principal] = items;
    const last = (await apps.audit(person)).find(
      ({ action, details }) => action.startsWith('consent.') && details.appId === app.appId,
    );
    const fresh = principal ? await rolesOf(person, principal) : [];
    const shown = principal?.grants.applications.map(({ value }) => value);
    assert.deepEqual(fresh, shown);
    assert.deepEqual(shown, last?.action === 'consent.grant' ? ['Incident.Read.All'] : []);
  }
  for (const tenantId of [publisher.tenant.id, customer.tenant.id, second.tenant.id]) {
    assert.equal((await verifyChain(apps.server.services, tenantId, null)).intact, true);
  }
});

test('who loses the right while a consent waits has not used it', async () => {
  const tenant = await apps.tenant();
  const boss = await apps.person(tenant, 'global-administrator');
  const leaving = await apps.person(tenant, 'application-administrator');
  const app = await apps.registerForAll(publisher);
  const { items } = await apps.want<{ items: { id: string; user: { id: string } }[] }>(
    boss,
    200,
    'GET',
    '/role-assignments',
  );
  const assignment = items.find(({ user }) => user.id === leaving.user.id);
  const [, answer] = await Promise.all([
    apps.call(boss, 'DELETE', `/role-assignments/${assignment?.id}`),
    apps.call(leaving, 'POST', '/service-principals', { appId: app.appId, all: true }),
  ]);
  const present = (await apps.call(boss, 'GET', `/service-principals/${app.appId}`)).status;
  // Whichever came first: a consent that was refused left nothing behind.
  assert.equal(present, answer.status === 201 ? 200 : 404);
  await apps.want(leaving, 403, 'POST', '/service-principals', { appId: app.appId, all: true });
});

test('both links to the consent page name the application and no tenant that may not consent', async () => {
  const app: App = await apps.registerForAll(publisher);
  const links = await apps.want<{ url: string; adminConsentUrl: string }>(
    publisher,
    200,
    'GET',
    `/applications/${app.appId}/consent-link`,
  );
  assert.equal(
    links.url,
    `${apps.server.url}/common/oauth2/authorize?prompt=consent&client_id=${app.appId}&response_type=code&sso_reload=true`,
  );
  assert.equal(links.adminConsentUrl, `${apps.server.url}/organizations/adminconsent?client_id=${app.appId}`);
});
