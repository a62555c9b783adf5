// Consent as a browser without script goes through it: the documented partner link, the adminconsent endpoints, people
// who may and who may not, and the pages for devices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rolesFor } from '../src/applications/lookup.ts';
import { updateApplication } from '../src/applications/registrations.ts';
import { changeServicePrincipal, getServicePrincipal } from '../src/applications/service-principals.ts';
import { updateTenantSettings } from '../src/applications/tenant-settings.ts';
import { createDeviceCode, findDeviceCode } from '../src/authorizations/device-codes.ts';
import { dayMs, minuteMs } from '../src/lib/clock.ts';
import type { AppId } from '../src/lib/ids.ts';
import { ctxOf } from './directory-ctx.ts';
import { makeUser } from './support/accounts.ts';
import {
  authorizePath,
  makeStage,
  PageReader,
  redirectOf,
  redirectUri,
  type Stage,
  threatProtection,
  unescaped,
} from './support/pages.ts';
import { signIn as signInByCall, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { signInFailuresPerAddressMax: 10_000 } });
});
after(() => server.dispose());

const partnerLink = ({ appId }: Pick<Stage, 'appId'>) =>
  `/common/oauth2/authorize?prompt=consent&client_id=${appId}&response_type=code&sso_reload=true`;

async function grantedRoles(stage: Stage): Promise<string[]> {
  const ctx = ctxOf(server.services, stage.guest, stage.admin, ['Applications.read']);
  const principal = await getServicePrincipal(ctx, stage.appId).catch(() => undefined);
  return principal ? await rolesFor(server.services, stage.guest.id, principal.id, 'defender') : [];
}

interface AuditItem {
  readonly action: string;
  readonly actor: { readonly name: string };
  readonly details: Record<string, unknown>;
}

async function audits(tenantAdmin: { userName: string }, action: string): Promise<AuditItem[]> {
  const session = await signInByCall(server, tenantAdmin);
  const { items } = (await server.request('/management/v1/audit', { session })).json<{ items: AuditItem[] }>();
  return items.filter((each) => each.action === action);
}

test('the documented partner link ends on our own page with the tenant id, and no code leaves', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  const question = await reader.signIn(stage.admin);
  assert.equal(question.status, 200);
  const text = unescaped(question.text);
  for (const said of [
    'Partner <connector> asks for permissions',
    stage.home.displayName,
    `${stage.home.slug}.example`,
    stage.appId,
    stage.admin.userName,
    'Read all incidents',
    'Incident.Read.All',
    'Incident.Read',
    'Microsoft Threat Protection',
  ]) {
    assert.ok(text.includes(said), said);
  }
  assert.deepEqual(await grantedRoles(stage), []);
  const end = await reader.submit({ decision: 'accept' });
  assert.equal(end.status, 200);
  assert.equal(end.headers.location, undefined);
  assert.ok(end.text.includes(`<code id="tenant-id">${stage.guest.id}</code>`));
  assert.doesNotMatch(end.text, /slpac|[?&]code=/);
  assert.deepEqual(await grantedRoles(stage), ['Incident.Read.All']);

  const here = await audits(stage.admin, 'consent.grant');
  assert.equal(here[0]?.actor.name, stage.admin.userName);
  const homeAdmin = await makeUser(server.services, stage.home, { role: 'global-administrator' });
  const there = await audits(homeAdmin, 'consent.grant');
  assert.equal(there[0]?.details.tenantId, stage.guest.id);
  assert.ok(!JSON.stringify(there).includes(stage.admin.userName), 'The home tenant learns nothing of people.');
});

test('what was added since the last consent is marked as new, and nothing of it is granted before', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  await reader.signIn(stage.admin);
  await reader.submit({ decision: 'accept' });
  server.services.testClock.advance(minuteMs);
  const home = ctxOf(server.services, stage.home, stage.admin, ['Applications.manage', 'Applications.read']);
  await updateApplication(home, stage.appId, {
    requiredAccess: [
      {
        resource: threatProtection,
        roles: ['Incident.Read.All', 'AdvancedHunting.Read.All'],
        scopes: ['Incident.Read'],
      },
    ],
  });
  assert.deepEqual(await grantedRoles(stage), ['Incident.Read.All']);
  const again = (await reader.get(partnerLink(stage))).text;
  const lines = [...again.matchAll(/<li><strong>.*?<\/li>/gs)].map(([line]) => line);
  const isNew = lines.filter((line) => line.includes('mark-new'));
  assert.equal(isNew.length, 1);
  assert.match(isNew[0] ?? '', /AdvancedHunting\.Read\.All/);
  await reader.submit({ decision: 'accept' });
  assert.deepEqual(await grantedRoles(stage), ['AdvancedHunting.Read.All', 'Incident.Read.All']);
});

test('only what the page showed is granted, whatever the application asks for by then', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  await reader.signIn(stage.admin);
  const home = ctxOf(server.services, stage.home, stage.admin, ['Applications.manage', 'Applications.read']);
  await updateApplication(home, stage.appId, {
    requiredAccess: [{ resource: threatProtection, roles: ['Incident.Read.All', 'Incident.ReadWrite.All'] }],
  });
  await reader.submit({ decision: 'accept', requested: 'Incident.ReadWrite.All', forTenant: 'yes' });
  assert.deepEqual(await grantedRoles(stage), ['Incident.Read.All']);
});

test('who may not consent can ask, an administrator finds the request and grants it', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  const asked = await reader.signIn(stage.member);
  assert.equal(asked.status, 200);
  assert.match(asked.text, /action="\/sign-in\/ask"/);
  assert.doesNotMatch(asked.text, /value="accept"/);
  const empty = await reader.submit({ decision: 'ask', reason: ' ' });
  assert.equal(empty.status, 400);
  assert.match(empty.text, /id="reason"[^>]*aria-invalid="true"/);
  const sent = await reader.submit({ decision: 'ask', reason: 'Our SIEM <needs> incidents.' });
  assert.equal(sent.status, 200);
  const session = await signInByCall(server, stage.admin);
  const list = (await server.request('/management/v1/consent-requests', { session })).json<{
    items: { id: string; reason: string; appId: string }[];
  }>();
  assert.equal(list.items[0]?.reason, 'Our SIEM <needs> incidents.');
  assert.deepEqual(await grantedRoles(stage), []);
  const path = `/management/v1/consent-requests/${list.items[0]?.id}/grant`;
  const granted = await server.request(path, { method: 'POST', session });
  assert.ok(granted.status < 300, granted.text);
  assert.deepEqual(await grantedRoles(stage), ['Incident.Read.All']);
});

test('a form that pretends to have been offered the answer grants nothing', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  await reader.signIn(stage.member);
  const answer = await reader.submit({ decision: 'accept' }, '/sign-in/consent');
  assert.match(answer.text, /action="\/sign-in\/ask"/);
  assert.deepEqual(await grantedRoles(stage), []);
});

test('a role that was lost while the page was open no longer consents', async () => {
  const stage = await makeStage(server);
  const second = await makeUser(server.services, stage.guest, { role: 'global-administrator' });
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  await reader.signIn(stage.admin);
  const session = await signInByCall(server, second);
  const { items } = (await server.request(`/management/v1/role-assignments?user=${stage.admin.id}`, { session })).json<{
    items: { id: string; user: { id: string } }[];
  }>();
  const own = items.find(({ user }) => user.id === stage.admin.id);
  const removed = await server.request(`/management/v1/role-assignments/${own?.id}`, { method: 'DELETE', session });
  assert.ok(removed.status < 300, removed.text);
  const answer = await reader.submit({ decision: 'accept' });
  assert.match(answer.text, /action="\/sign-in\/ask"/);
  assert.deepEqual(await grantedRoles(stage), []);
});

test('an application administrator consents to everything but application permissions of Graph', async () => {
  const stage = await makeStage(server, {
    requiredAccess: [{ resource: 'Microsoft Graph', roles: ['SecurityIncident.Read.All'] }],
  });
  const plain = await makeStage(server);
  const administrator = await makeUser(server.services, stage.guest, { role: 'application-administrator' });
  const other = await makeUser(server.services, plain.guest, { role: 'application-administrator' });
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  assert.match((await reader.signIn(administrator)).text, /action="\/sign-in\/ask"/);
  const second = new PageReader(server);
  await second.get(partnerLink(plain));
  assert.match((await second.signIn(other)).text, /value="accept"/);
});

test('declining grants nothing, is audited, and says access_denied to the app', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(partnerLink(stage));
  await reader.signIn(stage.admin);
  const end = await reader.submit({ decision: 'decline' });
  assert.equal(end.status, 200);
  assert.match(end.text, /You declined/);
  assert.deepEqual(await grantedRoles(stage), []);
  assert.equal((await audits(stage.admin, 'consent.decline')).length, 1);
  await reader.get(authorizePath(stage, { scope: `${threatProtection}/Incident.Read` }));
  const { db } = server.services.store;
  const codes = await db
    .selectFrom('authorizationCodes')
    .selectAll()
    .where('appId', '=', stage.appId as AppId)
    .execute();
  assert.deepEqual(codes, [], 'There is no code while the question is open.');
  const { to, values } = redirectOf(await reader.submit({ decision: 'decline' }));
  assert.equal(to, redirectUri);
  assert.equal(values.get('error'), 'access_denied');
  assert.equal(values.get('error_subcode'), 'cancel');
  assert.match(values.get('error_description') ?? '', /^AADSTS65004:/);
});

test('people grant for themselves what needs no administrator, where their tenant lets them', async () => {
  const stage = await makeStage(server, { requiredAccess: [] });
  const path = authorizePath(stage, { scope: 'openid profile User.Read' });
  const reader = new PageReader(server);
  await reader.get(path);
  const question = await reader.signIn(stage.member);
  assert.match(question.text, /Sign in and read user profile/);
  assert.doesNotMatch(question.text, /name="forTenant"/);
  redirectOf(await reader.submit({ decision: 'accept' }));
  redirectOf(await reader.get(path));
  const wide = await reader.get(authorizePath(stage, { scope: 'User.Read User.Read.All' }));
  assert.match(wide.text, /action="\/sign-in\/ask"/);
  const back = redirectOf(await reader.submit({ decision: 'back' }));
  assert.equal(back.values.get('error'), 'access_denied');
  const silent = await reader.get(authorizePath(stage, { scope: 'User.Read.All', prompt: 'none' }));
  assert.equal(redirectOf(silent).values.get('error'), 'consent_required');

  const colleague = new PageReader(server);
  await colleague.get(path);
  assert.match((await colleague.signIn(stage.admin)).text, /name="forTenant"/);
  redirectOf(await colleague.submit({ decision: 'accept', forTenant: 'yes' }));
  const third = new PageReader(server);
  await third.get(path);
  redirectOf(await third.signIn(await makeUser(server.services, stage.guest)));

  const strict = await makeStage(server, { requiredAccess: [] });
  const admin = ctxOf(server.services, strict.guest, strict.admin, ['Consent.grantGraph']);
  await updateTenantSettings(admin, { userConsent: 'none', consentRequestsEnabled: false });
  const fourth = new PageReader(server);
  await fourth.get(authorizePath(strict, { scope: 'openid User.Read' }));
  const closed = await fourth.signIn(strict.member);
  assert.match(closed.text, /Requests are switched off/);
  assert.doesNotMatch(closed.text, /<textarea/);
});

test('adminconsent, v1 and v2, returns what is documented, to a registered address only', async () => {
  const stage = await makeStage(server);
  const query = (more: Record<string, string>) =>
    new URLSearchParams({ client_id: stage.appId, redirect_uri: redirectUri, state: 's & t', ...more });
  const evil = query({ redirect_uri: 'https://evil.example' });
  assert.match((await new PageReader(server).get(`/organizations/v2.0/adminconsent?${evil}`)).text, /AADSTS50011/);
  const reader = new PageReader(server);
  await reader.get(`/${stage.guest.id}/adminconsent?${query({})}`);
  await reader.signIn(stage.admin);
  const refused = redirectOf(await reader.submit({ decision: 'decline' })).values;
  assert.equal(refused.get('error'), 'permission_denied');
  assert.equal(refused.get('state'), 's & t');
  await reader.get(`/${stage.guest.slug}.example/adminconsent?${query({})}`);
  const { to, values } = redirectOf(await reader.submit({ decision: 'accept' }));
  assert.equal(to, redirectUri);
  const given = Object.fromEntries(values);
  assert.deepEqual(given, { admin_consent: 'True', tenant: stage.guest.id, state: 's & t' });
  const scope = `${threatProtection}/.default`;
  await reader.get(`/organizations/v2.0/adminconsent?${query({ scope })}`);
  const v2 = redirectOf(await reader.submit({ decision: 'accept' })).values;
  assert.equal(v2.get('scope'), scope);
  assert.equal(v2.get('tenant'), stage.guest.id);
  await reader.get(`/organizations/v2.0/adminconsent?${query({ scope })}`);
  const declined = redirectOf(await reader.submit({ decision: 'decline' })).values;
  assert.deepEqual([declined.get('admin_consent'), declined.get('error')], ['True', 'consent_required']);
});

test('an application that requires assignment, or is disabled in the tenant, lets nobody through', async () => {
  const stage = await makeStage(server, { requiredAccess: [] });
  const path = authorizePath(stage, { scope: 'openid' });
  const reader = new PageReader(server);
  await reader.get(path);
  await reader.signIn(stage.member);
  redirectOf(await reader.submit({ decision: 'accept' }));
  const ctx = ctxOf(server.services, stage.guest, stage.admin, ['Applications.manage', 'Applications.read']);
  await changeServicePrincipal(ctx, stage.appId, { requiresAssignment: true });
  assert.match((await reader.get(path)).text, /AADSTS50105/);
  await changeServicePrincipal(ctx, stage.appId, { requiresAssignment: false, isEnabled: false });
  assert.match((await reader.get(path)).text, /AADSTS7000112/);
});

async function deviceCode(stage: Stage, scope = 'openid profile') {
  const asked = { version: 2 as const, scope, resource: null, address: '81.2.69.142', userAgent: 'device <x>' };
  return await createDeviceCode(server.services, stage.appId as AppId, null, asked);
}

test('a device is signed in after its code, the confirmation of its owner, and consent', async () => {
  const stage = await makeStage(server, { requiredAccess: [] });
  const { deviceCode: value, userCode } = await deviceCode(stage);
  const reader = new PageReader(server);
  await reader.get('/common/oauth2/deviceauth');
  await reader.submit({ user_code: ` ${userCode.slice(0, 4).toLowerCase()} ${userCode.slice(4)}` });
  const confirm = await reader.signIn(stage.member);
  const text = unescaped(confirm.text);
  for (const said of ['Partner <connector>', '81.2.69.142', 'device <x>', 'United Kingdom', stage.member.userName]) {
    assert.ok(text.includes(said), said);
  }
  assert.equal((await findDeviceCode(server.services, value))?.status, 'pending');
  assert.match((await reader.submit({ decision: 'accept' })).text, /Know who you are/);
  assert.equal((await findDeviceCode(server.services, value))?.status, 'pending');
  assert.match((await reader.submit({ decision: 'accept' })).text, /You are signed in/);
  const approved = await findDeviceCode(server.services, value);
  assert.deepEqual([approved?.status, approved?.tenantId], ['approved', stage.guest.id]);
  assert.equal(approved?.userId, stage.member.id);

  const second = await deviceCode(stage);
  await reader.get('/common/oauth2/deviceauth');
  await reader.submit({ user_code: second.userCode });
  assert.match((await reader.submit({ decision: 'decline' })).text, /cancelled/);
  assert.equal((await findDeviceCode(server.services, second.deviceCode))?.status, 'declined');
  await reader.get('/common/oauth2/deviceauth');
  assert.equal((await reader.submit({ user_code: second.userCode })).status, 400);
});

test('whoever guesses codes of devices is locked out, right codes after that included', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get('/common/oauth2/deviceauth');
  for (const user_code of ['', 'x', 'BCDFGHJKL', '"><script>']) {
    const answer = await reader.submit({ user_code });
    assert.equal(answer.status, 400);
    assert.ok(!answer.text.includes('<script'));
  }
  for (let attempt = 0; attempt < 6; attempt++) await reader.submit({ user_code: 'BCDFGHJKL' });
  const { userCode } = await deviceCode(stage);
  assert.equal((await reader.submit({ user_code: userCode })).status, 429);
  server.services.testClock.advance(dayMs);
  const later = await deviceCode(stage);
  await reader.get('/common/oauth2/deviceauth');
  assert.match((await reader.submit({ user_code: later.userCode })).text, /name="password"/);
});

test('the page for codes takes its own form only', async () => {
  const stage = await makeStage(server);
  const { userCode } = await deviceCode(stage);
  const reader = new PageReader(server);
  await reader.get('/common/oauth2/deviceauth');
  const abroad = await reader.postFromAbroad('/common/oauth2/deviceauth', { user_code: userCode });
  assert.equal(abroad.status, 403);
  const bare = await reader.post('/common/oauth2/deviceauth', { user_code: userCode });
  assert.equal(bare.status, 400);
});
