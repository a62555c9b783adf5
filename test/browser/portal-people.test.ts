// People and roles in the portal: activating a role, what approvers decide, accounts, the audit log and explanations.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { UserRow } from '../../src/directory/users-store.ts';
import { testPassword } from '../support/accounts.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';
import { signIn } from '../support/server.ts';

let stage: PortalStage;
let admin: UserRow;
before(async () => {
  stage = await openPortalStage();
  admin = await stage.person('global-administrator');
});
after(() => stage.close());

/** One call of the management API as this person. */
async function callAs(user: UserRow, method: string, path: string, body?: unknown) {
  const session = await signIn(stage.server, user);
  return await stage.server.request(`/management/v1${path}`, {
    method,
    session,
    ...(body === undefined ? {} : { body }),
  });
}

/** Somebody who may hold a role for a time, and a token that this person generated while the role was in force. */
async function sleeper(): Promise<{ user: UserRow; token: string }> {
  const user = await stage.person();
  const assigned = await callAs(admin, 'POST', '/role-assignments', {
    user: user.userName,
    role: 'security-reader',
    kind: 'eligible',
  });
  assert.equal(assigned.status, 201, assigned.text);
  const role = { role: 'security-reader', durationSeconds: 3600, justification: 'Night shift' };
  const { id } = (await callAs(user, 'POST', '/me/role-activations', role)).json<{ id: string }>();
  const { value } = (await callAs(user, 'POST', '/api-tokens', { name: 'night' })).json<{ value: string }>();
  assert.equal((await callAs(user, 'DELETE', `/me/role-activations/${id}`)).status, 204);
  return { user, token: value };
}

const alerts = '/api/v1/alerts/';

test('啟用角色: a dormant token wakes when its owner activates the role, and sleeps again when it ends', async () => {
  const { user, token } = await sleeper();
  assert.notEqual((await stage.server.request(alerts, { token })).status, 200);
  const tokens = '/settings/security-extensions/api-tokens';
  await stage.visit(user, { language: 'zh-Hant', path: tokens }, async (page) => {
    const row = page.locator('tbody tr', { hasText: 'night' });
    await row.getByRole('link', { name: '啟用角色' }).click();
    await page.getByRole('heading', { name: '我的角色' }).waitFor();
    await page.getByRole('button', { name: '啟用' }).click();
    await page.fill('textarea[name=justification]', '調查 42');
    await assertAccessible(page, 'dialog');
    await page.getByRole('dialog').getByRole('button', { name: '啟用' }).click();
    await page.getByText('Security reader 已啟用。').waitFor();
    assert.equal((await stage.server.request(alerts, { token })).status, 200);
    await page.goto(`${stage.server.url}/portal${tokens}`);
    await row.getByText('使用中', { exact: false }).first().waitFor();
    assert.equal(await row.getByRole('link', { name: '啟用角色' }).count(), 0, 'it is awake');
    await page.goto(`${stage.server.url}/portal/roles/mine`);
    await page.getByRole('button', { name: '停用' }).click();
    await page.getByRole('button', { name: '啟用' }).waitFor();
    assert.notEqual((await stage.server.request(alerts, { token })).status, 200);
  });
});

test('a role that needs approval waits for somebody else, who decides in the portal', async () => {
  const { user } = await sleeper();
  const settings = await callAs(admin, 'PUT', '/roles/security-reader/settings', { requiresApproval: true });
  assert.equal(settings.status, 200, settings.text);
  try {
    await stage.visit(user, { path: '/roles/mine' }, async (page) => {
      await page.getByRole('button', { name: 'Activate', exact: true }).click();
      await page.fill('textarea[name=justification]', 'Incident 42');
      await page.getByRole('button', { name: 'Request approval' }).click();
      await page.getByText('waits for approval').first().waitFor();
    });
    await stage.visit(admin, { path: '/roles/approvals' }, async (page) => {
      await page.getByRole('button', { name: 'Approve' }).first().click();
      await page.fill('textarea[name=justification]', 'It is needed');
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      await page.getByText('Nothing matches').waitFor();
    });
    assert.equal((await callAs(user, 'GET', '/users')).status, 200);
  } finally {
    await callAs(admin, 'PUT', '/roles/security-reader/settings', { requiresApproval: false });
  }
});

test('an account is made with a password that is shown once, disabled with what that stops, and enabled again', async () => {
  await stage.visit(admin, { path: '/users' }, async (page) => {
    await page.getByRole('button', { name: 'Add a user' }).click();
    await page.fill('input[name=userName]', 'nobody');
    await page.fill('input[name=displayName]', 'Vera Lind');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('dialog').getByText('This was not accepted').waitFor();
    const userName = `vera@${admin.userName.split('@')[1]}`;
    await page.fill('input[name=userName]', userName);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const field = page.getByLabel('One-time password', { exact: true });
    const password = await field.inputValue();
    await page.getByRole('button', { name: 'Done' }).click();
    assert.equal(await page.getByText(password).count(), 0);
    const body = { userName, password, newPassword: testPassword, client: 'cli' };
    assert.equal((await stage.server.request('/management/v1/sessions', { body })).status, 201);
    await page.getByRole('button', { name: 'Actions for Vera Lind' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await page.getByText('is signed out everywhere, and every API token').waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('cell', { name: 'Disabled' }).waitFor();
    const again = { userName, password: testPassword, client: 'cli' };
    assert.equal((await stage.server.request('/management/v1/sessions', { body: again })).status, 401);
  });
});

test('somebody without the permission sees what it takes, and where a role can be activated', async () => {
  const { user } = await sleeper();
  await stage.visit(user, { path: '/users' }, async (page) => {
    await page.getByText('Users.read').waitFor();
    await page.getByRole('link', { name: 'Activate a role' }).click();
    await page.getByRole('heading', { name: 'My roles' }).waitFor();
  });
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { path: '/users' }, async (page) => {
    const button = page.getByRole('button', { name: 'Add a user' });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    assert.match(await button.getAttribute('aria-describedby').then((id) => page.innerText(`#${id}`)), /Users\.manage/);
  });
});

test('a right that is lost while the page is open: the refusal names permission and roles in the language of its reader', async () => {
  const { services } = stage.server;
  const user = await stage.person('security-reader');
  const lose = () =>
    services.store.change(stage.tenant.id, (trx) =>
      trx.deleteFrom('roleAssignments').where('userId', '=', user.id).execute(),
    );
  await stage.visit(user, { path: '/users', language: 'ja' }, async (page) => {
    await page.getByRole('cell', { name: user.userName }).first().waitFor();
    await lose();
    await page.getByRole('searchbox').fill('x');
    await page.getByText(/アクセス許可 Users\.read が必要です.*付与するロール: Global administrator, /).waitFor();
    await page.getByText('サーバーからのメッセージ').click();
    await page.getByText(/Users\.read is needed/).waitFor();
    await page.getByText(/関連付け ID: [0-9a-f-]{36}/).waitFor();
    await assertAccessible(page, 'a refusal');
    await callAs(admin, 'POST', '/role-assignments', {
      user: user.userName,
      role: 'security-reader',
      kind: 'eligible',
    });
    await page.getByRole('searchbox').fill('xy');
    await page.getByText(/お持ちのロール Security reader をアクティブ化すると/).waitFor();
    await page.getByRole('link', { name: 'ロールをアクティブ化する' }).click();
    await page.waitForURL(/\/roles\/mine$/);
  });
});

test('the audit log is searched, its chain verified, and a refusal in it explained', async () => {
  const reader = await stage.person('security-reader');
  const refused = await callAs(reader, 'POST', '/users', { userName: 'x@y.example', displayName: 'X' });
  assert.equal(refused.status, 403);
  const { correlationId } = refused.json<{ correlationId: string }>();
  await stage.visit(admin, { path: '/audit' }, async (page) => {
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('The chain is intact').waitFor();
    await page.getByLabel('Who').fill(reader.userName);
    await page.getByLabel('Who').press('Enter');
    await page.getByRole('cell', { name: 'Refused', exact: true }).first().waitFor();
    await page.getByRole('link', { name: 'Explain', exact: true }).first().click();
    await page.getByText('Users.manage').first().waitFor();
    await page.fill('input[name=id]', correlationId);
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('POST /management/v1/users').waitFor();
    await page.fill('input[name=id]', 'nonsense');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('Not found').or(page.getByText('This was not accepted')).first().waitFor();
  });
});

test('an account gets a second factor, and its recovery codes are shown once', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, { path: '/account' }, async (page) => {
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    const secret = await page.getByLabel('Key', { exact: true }).inputValue();
    await page.fill('input[name=code]', '000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('dialog').getByText('This was not accepted').waitFor();
    const { codeOfStep, stepAt } = await import('../../src/directory/second-factor.ts');
    await page.fill('input[name=code]', codeOfStep(secret, stepAt(stage.server.services.clock())));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('These recovery codes are shown only now').waitFor();
    await assertAccessible(page, 'recovery codes');
    await page.reload();
    await page.getByText('On', { exact: true }).waitFor();
    assert.equal(await page.getByText('These recovery codes').count(), 0);
  });
});

test('the pages of people can be used in every language and theme', async () => {
  const readers = [
    ['en', 'dark', 390, '/users'],
    ['ja', 'light', 1280, '/roles/assignments'],
    ['zh-Hant', 'contrast', 1280, '/audit'],
    ['fr', 'light', 360, '/account'],
    ['ko', 'dark', 1280, '/roles/mine'],
    ['fr', 'contrast', 390, '/roles/approvals'],
    ['ja', 'dark', 390, '/explain'],
  ] as const;
  for (const [language, theme, width, path] of readers) {
    await stage.visit(admin, { language, theme, width, path }, async (page) => {
      await page.waitForLoadState('networkidle');
      await assertAccessible(page, `${path}, ${language}, ${theme}, ${width} px`);
    });
  }
});
