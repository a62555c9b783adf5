import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ctxOf } from '../../test/directory-ctx.ts';
import { makeOrigin, makeTenant, makeUser, newCorrelationId } from '../../test/support/accounts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { Permission } from '../access/permissions.ts';
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { beginSession } from '../directory/sessions.ts';
import type { Tenant } from '../directory/tenants.ts';
import type { UserRow } from '../directory/users-store.ts';
import { dayMs } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import type { AppId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/secrets.ts';
import { consentForTenant, consentForUser, consentQuestion, declineConsent, requestOfScopes } from './consent.ts';
import { ctxOfSignedIn } from './consent-ctx.ts';
import { listDelegatedGrants, listRoleGrants } from './grant-lists.ts';
import { grantAppRole, grantDelegated, revokeGrant, setDelegatedScopes } from './grants.ts';
import { delegatedScopesFor, findApi, loadClient, rolesFor } from './lookup.ts';
import { type ApplicationInput, registerApplication, updateApplication } from './registrations.ts';
import { graphAppId } from './resources.ts';
import { addMonths, checkSecret } from './secrets.ts';
import { createServicePrincipal, getServicePrincipal } from './service-principals.ts';
import { updateTenantSettings } from './tenant-settings.ts';
import { noteTokenTaken } from './tokens-taken.ts';

let services: TestServices;
let home: Tenant;
let publisher: Ctx;
let tenant: Tenant;
let member: UserRow;

before(async () => {
  services = await testServices();
  home = await makeTenant(services);
  tenant = await makeTenant(services);
  publisher = ctxOf(services, home, await makeUser(services, home), ['Applications.manage', 'Applications.read']);
  member = await makeUser(services, tenant);
});
after(() => services.dispose());

const as = (...names: Permission[]) => ctxOf(services, tenant, member, names);
const register = (input: ApplicationInput = {}) =>
  registerApplication(publisher, { displayName: 'Reporter', signInAudience: 'AzureADMultipleOrgs', ...input });
const mtp = 'Microsoft Threat Protection';
const userRead = async () => [(await requestOfScopes(services, tenant.id, graphAppId, ['User.Read', 'openid'])).access];

test('the question names every permission, what is granted, what is new, and what this person may do about it', async () => {
  const app = await register({ requiredAccess: [{ resource: mtp, roles: ['Incident.Read.All'] }] });
  const ask = (user: UserRow) => consentQuestion(services, { tenantId: tenant.id, userId: user.id }, app.appId, null);
  const first = await ask(member);
  assert.deepEqual(
    first?.items.map(({ resource, kind, permission, isGranted, isNew }) => [
      resource.displayName,
      kind,
      permission.displayName,
      isGranted,
      isNew,
    ]),
    [[mtp, 'application', 'Read all incidents', false, false]],
  );
  assert.deepEqual(
    [first?.mayConsentForTenant, first?.mayConsentForSelf, first?.missing, first?.dormantRole, first?.mayAsk],
    [false, false, 'Consent.grant', null, true],
  );
  assert.equal(first?.client.homeTenant.displayName, home.displayName);
  const admin = await makeUser(services, tenant, { role: 'application-administrator' });
  assert.equal((await ask(admin))?.mayConsentForTenant, true);
  await consentForTenant(as('Consent.grant'), app.appId, first?.requested ?? []);
  await updateApplication(publisher, app.id, {
    requiredAccess: [{ resource: mtp, roles: ['Incident.Read.All', 'AdvancedHunting.Read.All'] }],
  });
  assert.deepEqual(
    (await ask(admin))?.items.map(({ permission, isGranted, isNew }) => [permission.value, isGranted, isNew]),
    [
      ['Incident.Read.All', true, false],
      ['AdvancedHunting.Read.All', false, true],
    ],
  );
  const single = await register({ signInAudience: 'AzureADMyOrg' });
  assert.equal(
    await consentQuestion(services, { tenantId: tenant.id, userId: member.id }, single.appId, null),
    undefined,
  );
});

test('an answer grants what was shown, not what the registration asks for by then', async () => {
  const app = await register({ requiredAccess: [{ resource: mtp, roles: ['Incident.Read.All'] }] });
  const shown = (await loadClient(services, app.appId, tenant.id))?.application.requiredAccess ?? [];
  await updateApplication(publisher, app.id, {
    requiredAccess: [{ resource: mtp, roles: ['Incident.Read.All', 'Incident.ReadWrite.All'] }],
  });
  const principal = await consentForTenant(as('Consent.grant'), app.appId, shown);
  assert.deepEqual(await rolesFor(services, tenant.id, principal.id, 'defender'), ['Incident.Read.All']);
  await updateApplication(publisher, app.id, { requiredAccess: [] });
  await assert.rejects(consentForTenant(as('Consent.grant'), app.appId, shown), InvalidInput);
});

test('a person consents for the own account where the tenant lets people, and to nothing that needs an administrator', async () => {
  const app = await register();
  const principal = await consentForUser(as(), app.appId, await userRead());
  const other = await makeUser(services, tenant);
  const scopes = (user: UserRow) => delegatedScopesFor(services, tenant.id, principal.id, user.id, graphAppId);
  assert.deepEqual(await scopes(member), ['User.Read', 'openid']);
  assert.deepEqual(await scopes(other), []);
  const all = await requestOfScopes(services, tenant.id, graphAppId, ['user.read.all', 'No.Such']);
  assert.deepEqual(all.unknown, ['No.Such']);
  await assert.rejects(consentForUser(as(), app.appId, [all.access]), Refusal);
  await consentForUser(as('Consent.grantDelegated'), app.appId, [all.access]);
  assert.deepEqual(await scopes(member), ['User.Read', 'User.Read.All', 'openid']);
  const roles = [{ ...all.access, roles: ['a9790345-4595-42e4-971a-ccdc79f19b7c'] }];
  await assert.rejects(consentForUser(as('Consent.grantGraph'), app.appId, roles), InvalidInput);
  await updateTenantSettings(as('Consent.grantGraph'), { userConsent: 'none' });
  await assert.rejects(consentForUser(as(), (await register()).appId, await userRead()), Refusal);
  await updateTenantSettings(as('Consent.grantGraph'), { userConsent: 'non-admin' });
});

test('the sign-in session of somebody whose role ended, or which ended itself, consents to nothing', async () => {
  const app = await register({ requiredAccess: [{ resource: mtp, roles: ['Incident.Read.All'] }] });
  const requested = (await loadClient(services, app.appId, null))?.application.requiredAccess ?? [];
  const admin = await makeUser(services, tenant, { role: 'application-administrator' });
  const session = await services.store.transaction((trx) =>
    beginSession(services, trx, {
      tenantId: tenant.id,
      userId: admin.id,
      client: 'sign-in',
      origin: makeOrigin(),
      secondFactorAt: null,
    }),
  );
  const signedIn = { tenantId: tenant.id, userId: admin.id, sessionId: session.session.id, secondFactorAt: null };
  const ctx = await ctxOfSignedIn(services, signedIn, makeOrigin(), newCorrelationId());
  assert.ok(ctx);
  await services.store.change(tenant.id, (trx) =>
    trx.deleteFrom('roleAssignments').where('tenantId', '=', tenant.id).where('userId', '=', admin.id).execute(),
  );
  await assert.rejects(consentForTenant(ctx, app.appId, requested), Refusal);
  await services.store.change(tenant.id, (trx) =>
    trx.updateTable('sessions').set({ endedAt: services.clock() }).where('id', '=', signedIn.sessionId).execute(),
  );
  await assert.rejects(consentForUser(ctx, app.appId, await userRead()), Refusal);
  assert.equal((await loadClient(services, app.appId, tenant.id))?.servicePrincipal, undefined);
});

test('saying no is in the log of the own tenant and changes nothing', async () => {
  const app = await register();
  await declineConsent(as(), app.appId, await userRead());
  const actions = async (id: Tenant['id']) =>
    (await services.store.db.selectFrom('auditRecords').select('body').where('tenantId', '=', id).execute()).filter(
      ({ body }) => body.includes('consent.decline') && body.includes(app.appId),
    ).length;
  assert.deepEqual([await actions(tenant.id), await actions(home.id)], [1, 0]);
  assert.equal((await loadClient(services, app.appId, tenant.id))?.servicePrincipal, undefined);
});

test('single grants take the same rights as consent, and one delegated grant is kept for each API and person', async () => {
  const app = await register();
  const principal = await createServicePrincipal(as('Applications.manage'), app.appId);
  await assert.rejects(createServicePrincipal(as('Applications.manage'), app.appId), Conflict);
  const role = 'df021288-bdef-4463-88db-98f22de89214';
  await assert.rejects(grantAppRole(as('Consent.grant'), principal.id, graphAppId, role), Refusal);
  const granted = await grantAppRole(as('Consent.grantGraph', 'Consent.grant'), principal.id, graphAppId, role);
  await assert.rejects(grantAppRole(as('Consent.grantGraph'), principal.id, graphAppId, role), Conflict);
  assert.deepEqual(await rolesFor(services, tenant.id, principal.id, 'graph'), ['User.Read.All']);
  const input = { resourceAppId: graphAppId, scopes: ['User.Read'], user: null };
  await assert.rejects(grantDelegated(as('Applications.manage'), principal.id, input), Refusal);
  const first = await grantDelegated(as('Consent.grantDelegated'), principal.id, input);
  const again = await grantDelegated(as('Consent.grantDelegated'), principal.id, { ...input, scopes: ['email'] });
  assert.equal(again.id, first.id);
  assert.equal(again.scope, 'User.Read email');
  const admin = as('Consent.grantDelegated', 'Applications.read');
  await setDelegatedScopes(admin, first.id, ['profile']);
  assert.deepEqual(await delegatedScopesFor(services, tenant.id, principal.id, member.id, graphAppId), ['profile']);
  await setDelegatedScopes(admin, first.id, []);
  await assert.rejects(setDelegatedScopes(admin, first.id, ['profile']), NotFound);
  await revokeGrant(admin, principal.id, granted.id);
  assert.deepEqual(await rolesFor(services, tenant.id, principal.id, 'graph'), []);
  await assert.rejects(grantAppRole(publisher, principal.id, graphAppId, role), Refusal);
});

test('grants are listed by who has them and on which API, of the own tenant only', async () => {
  const app = await register({ requiredAccess: [{ resource: mtp, roles: ['Incident.Read.All'] }] });
  const requested = (await loadClient(services, app.appId, null))?.application.requiredAccess ?? [];
  const principal = await consentForTenant(as('Consent.grant'), app.appId, requested);
  await consentForUser(as(), app.appId, await userRead());
  const reader = as('Applications.read');
  const all = { skip: 0, limit: 1000 };
  const roles = await listRoleGrants(reader, { principalId: principal.id }, all);
  assert.deepEqual([roles.total, roles.items[0]?.resourceAppId], [1, requested[0]?.resourceAppId]);
  const delegated = await listDelegatedGrants(reader, { servicePrincipalId: principal.id, userId: member.id }, all);
  assert.deepEqual([delegated.total, delegated.items[0]?.scope], [1, 'User.Read openid']);
  assert.equal((await listDelegatedGrants(reader, { servicePrincipalId: principal.id, userId: '' }, all)).total, 0);
  assert.equal((await listRoleGrants(reader, { resourceAppId: graphAppId }, { skip: 0, limit: 1 })).total, 0);
  assert.equal((await listRoleGrants(publisher, { principalId: principal.id }, all)).total, 0);
  assert.equal((await listDelegatedGrants(publisher, { servicePrincipalId: principal.id }, all)).total, 0);
  await assert.rejects(listRoleGrants(as(), {}, all), Refusal);
  await assert.rejects(listDelegatedGrants(as(), {}, all), Refusal);
});

test('an application is an API where it is present, by the names that it has at the moment', async () => {
  const scope = {
    id: '33333333-2222-4333-8444-555555555555',
    value: 'Reports.Read',
    displayName: 'Read reports',
    description: 'The app can read reports.',
    adminOnly: false,
    isEnabled: true,
  };
  const uri = `https://${home.slug}.example/reports`;
  const api = await register({ displayName: 'Reports', exposedScopes: [scope], identifierUris: [uri] });
  assert.equal(await findApi(services, tenant.id, uri), undefined);
  await createServicePrincipal(as('Applications.manage'), api.appId);
  for (const audience of [uri, uri.toUpperCase(), api.appId]) {
    assert.equal((await findApi(services, tenant.id, audience))?.appId, api.appId, audience);
  }
  const client = await register();
  const { access } = await requestOfScopes(services, tenant.id, api.appId, ['Reports.Read']);
  const principal = await consentForUser(as(), client.appId, [access]);
  const scopes = () => delegatedScopesFor(services, tenant.id, principal.id, member.id, api.appId);
  assert.deepEqual(await scopes(), ['Reports.Read']);
  await updateApplication(publisher, api.id, { exposedScopes: [{ ...scope, isEnabled: false }] });
  assert.deepEqual(await scopes(), []);
  await updateApplication(publisher, api.id, { identifierUris: [] });
  assert.equal(await findApi(services, tenant.id, uri), undefined);
  for (const hostile of ['', '\u0000', '%', `"${uri}`, 'x'.repeat(100_000)]) {
    assert.equal(await findApi(services, tenant.id, hostile), undefined);
  }
});

test('when an application last took a token is shown at once', async () => {
  const app = await register();
  const { id } = await createServicePrincipal(as('Applications.manage'), app.appId);
  noteTokenTaken(services, tenant.id, id, 'client_credentials');
  const seen = await getServicePrincipal(as('Applications.read'), id);
  assert.deepEqual([seen.lastTokenAt, seen.lastTokenGrant], [services.clock(), 'client_credentials']);
});

test('a secret is right, expired or wrong, and a longer or shorter value is wrong', () => {
  const now = Date.UTC(2026, 0, 31);
  const row = {
    tenantId: home.id,
    applicationId: 'x' as never,
    description: '',
    hint: 'abc',
    startsAt: now - dayMs,
    createdAt: now,
    createdBy: '',
  };
  const secrets = [
    { ...row, id: 'one', hash: sha256Hex('first'), endsAt: now + 1 },
    { ...row, id: 'two', hash: sha256Hex('second'), endsAt: now },
    { ...row, id: 'three', hash: sha256Hex('third'), startsAt: now + 1, endsAt: now + dayMs },
  ];
  assert.deepEqual(checkSecret(secrets, 'first', now), { kind: 'valid', id: 'one' });
  assert.deepEqual(checkSecret(secrets, 'second', now), { kind: 'expired', id: 'two' });
  for (const value of ['third', 'firs', 'first1', '', sha256Hex('first')]) {
    assert.deepEqual(checkSecret(secrets, value, now), { kind: 'wrong' });
  }
  assert.equal(addMonths(now, 1), Date.UTC(2026, 1, 28));
  assert.equal(addMonths(now, 24), Date.UTC(2028, 0, 31));
});

test('an id of another tenant and an id of nothing are the same', async () => {
  const unknown = '99999999-9999-4999-8999-999999999999' as AppId; // An id that nothing has.
  const app = await register({ signInAudience: 'AzureADMyOrg' });
  for (const ref of [unknown, app.appId, app.id]) {
    await assert.rejects(consentForTenant(as('Consent.grantGraph'), ref, []), NotFound);
    await assert.rejects(createServicePrincipal(as('Applications.manage'), ref), NotFound);
    await assert.rejects(getServicePrincipal(as('Applications.read'), ref), NotFound);
  }
});
