// Applications in the portal: registered here, let in by another organisation, and stopped there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { UserRow } from '../../src/directory/users-store.ts';
import { raiseAlerts } from '../../src/incidents/raise.ts';
import { makeTenant, makeUser, testPassword } from '../support/accounts.ts';
import { sampleDraft } from '../support/drafts.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';
import { signIn } from '../support/server.ts';

let stage: PortalStage;
let admin: UserRow;
before(async () => {
  stage = await openPortalStage();
  admin = await stage.person('global-administrator');
});
after(() => stage.close());

test('an app is registered, let in by another organisation’s administrator, takes a token and lists incidents', async () => {
  const { services } = stage.server;
  const guest = await makeTenant(services);
  const guestAdmin = await makeUser(services, guest, { role: 'global-administrator' });
  const [raised] = await raiseAlerts(services, guest.id, [sampleDraft('theirs')]);
  await raiseAlerts(services, stage.tenant.id, [sampleDraft('ours')]);
  const app = { id: '', secret: '', link: '' };
  await stage.visit(admin, { path: '/applications' }, async (page) => {
    await page.getByRole('button', { name: 'New registration' }).first().click();
    await page.fill('input[name=displayName]', 'Night watch');
    await page.getByText('Any organization that consents').click();
    await page.fill('input[name=redirectUri]', 'javascript:alert(1)');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await page.fill('input[name=redirectUri]', '');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByRole('heading', { name: 'Night watch' }).waitFor();
    app.id = await page.getByRole('textbox', { name: 'Application (client) ID' }).inputValue();
    await page.getByRole('button', { name: 'Add a permission' }).click();
    await page.getByRole('searchbox').fill('Microsoft Threat Protection');
    await page
      .getByRole('checkbox', { name: /Incident\.Read\.All/ })
      .first()
      .click();
    await assertAccessible(page, 'permissions');
    await page.getByRole('button', { name: 'Add permissions (1)' }).click();
    await page.getByText('Not granted').waitFor();
    await page.getByRole('button', { name: 'New client secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New client secret' }).click();
    app.secret = await page.getByRole('textbox', { name: 'Value' }).inputValue();
    await page.getByRole('button', { name: 'Done' }).click();
    assert.equal(await page.getByText(app.secret).count(), 0);
    app.link = await page.getByRole('textbox', { name: /customer’s administrator/ }).inputValue();
    assert.ok(!page.url().includes(app.secret));
  });
  await stage.visit(null, { path: '/sign-in' }, async (page) => {
    await page.goto(app.link);
    await page.fill('input[name=userName]', guestAdmin.userName);
    await page.fill('input[name=password]', testPassword);
    await page.click('button[type=submit]');
    await page.click('button[name=decision][value=accept]');
    await page.waitForSelector('#tenant-id');
  });
  const asked = await stage.server.request(`/${guest.id}/oauth2/v2.0/token`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app.id,
      client_secret: app.secret,
      scope: 'https://api.security.microsoft.com/.default',
    }).toString(),
  });
  assert.equal(asked.status, 200, asked.text);
  const authorization = `Bearer ${asked.json<{ access_token: string }>().access_token}`;
  const listed = await stage.server.request('/api/incidents', { headers: { authorization } });
  assert.equal(listed.status, 200, listed.text);
  assert.deepEqual(
    listed.json<{ value: { incidentId: number }[] }>().value.map(({ incidentId }) => incidentId),
    [raised?.incidentId],
    'its incidents, and nobody else’s',
  );
  await stage.visit(admin, { path: `/applications/${app.id}` }, async (page) => {
    await page.getByRole('cell', { name: guest.displayName }).waitFor();
  });
  await stage.visit(guestAdmin, { path: '/enterprise-applications' }, async (page) => {
    await page.getByRole('link', { name: 'Night watch' }).click();
    await page.getByText('Read all incidents').waitFor();
    await page.getByRole('button', { name: 'Revoke all permissions' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all permissions' }).click();
    await page.getByText('Nothing is granted').waitFor();
  });
  const refused = await stage.server.request('/api/incidents', { headers: { authorization } });
  assert.notEqual(refused.status, 200);
});

test('somebody who may not manage applications sees why, and another organisation’s registration is not found', async () => {
  const member = await stage.person();
  await stage.visit(member, { path: '/enterprise-applications' }, async (page) => {
    await page.getByText('Applications.read').waitFor();
  });
  const stranger = await makeUser(stage.server.services, await makeTenant(stage.server.services), {
    role: 'global-administrator',
  });
  const session = await signIn(stage.server, admin);
  const body = { displayName: 'Ours alone' };
  const made = await stage.server.request('/management/v1/applications', { session, body });
  const { id } = made.json<{ id: string }>();
  await stage.visit(stranger, { path: `/applications/${id}` }, async (page) => {
    await page.getByText('Not found').first().waitFor();
    assert.equal(await page.getByText('Ours alone').count(), 0);
  });
});

test('a request for consent is decided with its permissions in view', async () => {
  const member = await stage.person();
  const session = await signIn(stage.server, admin);
  const requiredAccess = [{ resource: 'Microsoft Threat Protection', roles: ['Incident.Read.All'] }];
  const body = { displayName: 'Wanted', requiredAccess };
  const made = await stage.server.request('/management/v1/applications', { session, body });
  const { appId } = made.json<{ appId: string }>();
  const asked = await stage.server.request('/management/v1/consent-requests', {
    session: await signIn(stage.server, member),
    body: { appId, reason: 'For the night shift' },
  });
  assert.equal(asked.status, 201, asked.text);
  await stage.visit(admin, { path: '/consent-requests' }, async (page) => {
    await page.getByText('For the night shift').waitFor();
    await page.getByRole('button', { name: 'Grant' }).click();
    await page.getByRole('alertdialog').getByText('Read all incidents').waitFor();
    await assertAccessible(page, 'decision');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Grant' }).click();
    await page.getByRole('cell', { name: 'Granted' }).waitFor();
  });
});

test('the pages of applications can be used in every language and theme', async () => {
  const session = await signIn(stage.server, admin);
  const body = { displayName: 'A connector with quite a long name for its place in the list' };
  const made = await stage.server.request('/management/v1/applications', { session, body });
  const one = `/applications/${made.json<{ id: string }>().id}`;
  const readers = [
    ['ja', 'light', 390, one],
    ['fr', 'dark', 1280, one],
    ['ko', 'contrast', 360, '/applications'],
    ['zh-Hant', 'dark', 1280, '/enterprise-applications'],
    ['fr', 'light', 390, '/consent-requests'],
  ] as const;
  for (const [language, theme, width, path] of readers) {
    await stage.visit(admin, { language, theme, width, path }, async (page) => {
      await page.waitForLoadState('networkidle');
      await assertAccessible(page, `${path}, ${language}, ${theme}, ${width} px`);
    });
  }
});
