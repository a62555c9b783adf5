// API tokens in the portal: generated, used with a real curl, limited, rotated, revoked, and what people are told who may not.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAssignment } from '../../src/directory/assignments.ts';
import { findRole } from '../../src/directory/role-table.ts';
import { makeUser } from '../support/accounts.ts';
import { assertAccessible, chooseFromMenu, openPortalStage, type PortalStage } from '../support/portal.ts';
import { makeToken, signIn } from '../support/server.ts';

const path = '/settings/security-extensions/api-tokens';

let stage: PortalStage;
let curlHome: string;
before(async () => {
  stage = await openPortalStage();
  curlHome = mkdtempSync(join(tmpdir(), 'curl-'));
  // The test's certificate does not name the hosts of tenants that are made after it.
  writeFileSync(join(curlHome, '.curlrc'), 'insecure\nsilent\nwrite-out = "\\n%{http_code}"\n');
});
after(async () => {
  rmSync(curlHome, { recursive: true, force: true });
  await stage.close();
});

/** Runs a command line of the page in a shell, with the value typed. */
function runInShell(line: string, typed: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: curlHome, CURL_HOME: curlHome };
    const child = execFile('bash', ['-c', line], { env, timeout: 20_000 }, (error, stdout) => {
      if (error) return reject(error);
      const cut = stdout.lastIndexOf('\n');
      resolve({ status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) });
    });
    child.stdin?.end(`${typed}\n`);
  });
}

interface Shown {
  readonly value: string;
  readonly url: string;
  readonly curl: string;
}

async function generate(page: Page, name: string, words: { action: string; next: string }): Promise<Shown> {
  await page.click(`header >> role=button[name="${words.action}"]`);
  await page.fill('[role=dialog] input >> nth=0', name);
  await page.click(`[role=dialog] >> role=button[name="${words.next}"]`);
  await page.waitForSelector('[role=alertdialog] input[readonly]');
  const [value = '', url = '', curl = ''] = await page
    .locator('[role=alertdialog] input[readonly]')
    .evaluateAll((inputs) => inputs.map((input) => String(Reflect.get(input, 'value'))));
  return { value, url, curl };
}

test('in Japanese: a token is generated, copied, used with curl, and from then on active', async () => {
  const user = await stage.person('security-administrator');
  await stage.visit(user, { language: 'ja', path }, async (page) => {
    assert.equal(await page.textContent('h1'), 'API トークン');
    const shown = await generate(page, '夜間エクスポート', { action: '新しいトークンの生成', next: '次へ' });
    assert.match(shown.value, /^[0-9a-zA-Z]{64,192}$/);
    assert.equal(shown.url, `https://${stage.server.tenantHost(stage.tenant.slug)}`);
    await assertAccessible(page, 'the value');
    await page.click('[role=alertdialog] button >> nth=0');
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), shown.value);

    const answer = await runInShell(shown.curl, shown.value);
    assert.equal(answer.status, 200, answer.body);
    assert.ok('data' in JSON.parse(answer.body));

    await page.click('[role=alertdialog] >> role=button[name="完了"]');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    const left = await page.evaluate(
      'document.documentElement.outerHTML + location.href + JSON.stringify({ ...localStorage, ...sessionStorage })',
    );
    assert.ok(!String(left).includes(shown.value), 'the value is nowhere once its dialog is closed');
    await page.reload();
    const row = page.locator('tbody tr', { hasText: '夜間エクスポート' });
    await row.locator('text=アクティブ').waitFor();
    assert.match((await row.textContent()) ?? '', /127\.0\.0\.1 から/);
    await page.selectOption('search select', 'inactive');
    await page.waitForURL(/status=inactive/);
    await row.waitFor({ state: 'detached' });
  });
});

test("in French: a reader's token reads, and is refused to change data", async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, { language: 'fr', path }, async (page) => {
    const { value, url, curl } = await generate(page, 'Lecture', {
      action: 'Générer un nouveau jeton',
      next: 'Suivant',
    });
    assert.equal((await runInShell(curl, value)).status, 200);
    const refuse = async (path: string, body: unknown) => {
      const line = `read -rs TOKEN; curl -H "Authorization: Token $TOKEN" -H 'content-type: application/json' -d '${JSON.stringify(body)}' '${new URL(path, url).href}'`;
      const refused = await runInShell(line, value);
      assert.equal(refused.status, 403, refused.body);
    };
    await refuse('/api/v1/alerts/close_benign/', { filters: { id: { eq: ['603f704aaf7417985bbf3b22'] } } });
    await refuse('/api/v1/subnet/create_rule/', { name: 'mine', subnets: ['192.0.2.0/24'], category: 1 });
  });
});

test('what is missing is told at its field, and what the server refuses in the dialog, where it can be corrected', async () => {
  const user = await stage.person('security-administrator');
  await makeToken(stage.server, { session: await signIn(stage.server, user) }, { name: 'taken' });
  await stage.visit(user, { path, width: 360, theme: 'dark' }, async (page) => {
    const opener = page.locator('header >> role=button[name="Generate new token"]');
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] input:focus');
    await page.keyboard.press('Escape');
    await page.waitForSelector('header button:focus:has-text("Generate new token")');
    await opener.click();
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Enter a name.');
    await page.fill('[role=dialog] input >> nth=0', 'taken');
    await page.click('[role=dialog] >> role=button[name="Limits (optional)"]');
    await page.click('text=Only these');
    await page.waitForSelector('text=Investigation.read');
    await assertAccessible(page, 'the form, all of it');
    await page.click('[role=dialog] >> role=button[name="Next"]');
    await page.waitForSelector('text=Choose at least one permission.');
    await page.click('text=Activities.read');
    await page.fill('[role=dialog] textarea', 'not an address');
    await page.click('[role=dialog] >> role=button[name="Next"]');
    await page.waitForSelector('text=/neither an address nor a CIDR range/');
    await page.fill('[role=dialog] textarea', '127.0.0.0/8');
    await page.click('[role=dialog] >> role=button[name="Next"]');
    await page.waitForSelector('text=/already have a token named "taken"/');
    await page.fill('[role=dialog] input >> nth=0', 'narrowed');
    await page.click('[role=dialog] >> role=button[name="Next"]');
    await page.click('[role=alertdialog] >> role=button[name="Done"]');
    await page.click('role=button[name="Actions for narrowed"]');
    await chooseFromMenu(page, 'Details');
    const details = (await page.textContent('[role=dialog]')) ?? '';
    assert.match(details, /Activities\.read/);
    assert.match(details, /127\.0\.0\.0\/8/);
    await assertAccessible(page, 'the details');
  });
});

test('rotated with an overlap both values work; revoking names owner, last use and address, and ends them', async () => {
  const user = await stage.person('security-administrator');
  const first = await makeToken(stage.server, { session: await signIn(stage.server, user) }, { name: 'nightly' });
  const calls = (token: string) => stage.server.request('/api/v1/alerts/?limit=1', { token });
  assert.equal((await calls(first.value)).status, 200);
  await stage.visit(user, { path, language: 'ko' }, async (page) => {
    await page.click('role=button[name="nightly에 대한 작업"]');
    await chooseFromMenu(page, '회전');
    await page.selectOption('[role=dialog] select', '3600');
    await assertAccessible(page, 'rotate');
    await page.click('[role=dialog] >> role=button[name="다음"]');
    const next = await page.inputValue('[role=alertdialog] input[readonly] >> nth=0');
    assert.notEqual(next, first.value);
    assert.equal((await calls(first.value)).status, 200);
    assert.equal((await calls(next)).status, 200);
    await page.click('[role=alertdialog] >> role=button[name="완료"]');

    await page.reload();
    await page.click('role=button[name="nightly에 대한 작업"]');
    await chooseFromMenu(page, '철회');
    const asked = (await page.textContent('[role=alertdialog]')) ?? '';
    for (const part of ['nightly', user.userName, 'GET /api/v1/alerts/', '127.0.0.1'])
      assert.ok(asked.includes(part), part);
    await assertAccessible(page, 'revoke');
    await page.click('[role=alertdialog] >> role=button[name="철회"]');
    await page.waitForSelector('text=토큰 nightly을(를) 철회했습니다.');
    assert.deepEqual([(await calls(first.value)).status, (await calls(next)).status], [401, 401]);
    await page.locator('tbody tr', { hasText: 'nightly' }).waitFor({ state: 'detached' });
  });
});

test('tokens that were picked by hand are revoked one by one, after their names and last use, each with its result', async () => {
  const user = await stage.person('security-reader');
  const session = await signIn(stage.server, user);
  const [used, stuck, kept] = [
    await makeToken(stage.server, { session }, { name: 'picked and used' }),
    await makeToken(stage.server, { session }, { name: 'picked and stuck' }),
    await makeToken(stage.server, { session }, { name: 'not picked' }),
  ];
  const calls = (token: string) => stage.server.request('/api/v1/alerts/?limit=1', { token });
  assert.equal((await calls(used.value)).status, 200);
  await stage.visit(user, { path, width: 390 }, async (page) => {
    await page.route(`**/api-tokens/${stuck.id}`, (route) =>
      route.request().method() === 'DELETE' ? route.abort() : route.continue(),
    );
    const revoke = page.getByRole('button', { name: 'Revoke selected' });
    assert.ok(await revoke.isDisabled());
    for (const name of ['picked and used', 'picked and stuck'])
      await page.getByRole('checkbox', { name: `Select ${name} (${user.userName})` }).check();
    await revoke.click();
    await page.getByText(/^picked and used, .*; last used .* from 127\.0\.0\.1 for GET \/api\/v1\/alerts\//).waitFor();
    await page.getByText(`picked and stuck, ${user.userName}; never used`).waitFor();
    assert.equal(await page.getByRole('alertdialog').getByText('not picked').count(), 0);
    await assertAccessible(page, 'several');
    assert.equal((await calls(used.value)).status, 200, 'nothing is revoked by asking');
    await page.getByRole('button', { name: 'Revoke these tokens' }).click();
    await page.getByText('Tokens revoked: 1').waitFor();
    await page.getByText('Not revoked: picked and stuck').waitFor();
    await page.getByText('The server could not be reached').waitFor();
    assert.deepEqual(
      [(await calls(used.value)).status, (await calls(stuck.value)).status, (await calls(kept.value)).status],
      [401, 200, 200],
    );
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('status').getByText('Selected: 1').waitFor();
  });
});

test('all of a page is picked and left out without what was picked on another; what the address asks in vain has a way out', async () => {
  const user = await stage.person('security-reader');
  const session = await signIn(stage.server, user);
  for (const name of ['east 1', 'east 2', 'west 1', 'west 2']) await makeToken(stage.server, { session }, { name });
  await stage.visit(user, { path: `${path}?sort=nope&page=99999999999` }, async (page) => {
    await page.getByRole('button', { name: 'Clear filters and start at the first page' }).click();
    await page.locator('tbody tr', { hasText: 'west 2' }).waitFor();
    assert.equal(new URL(page.url()).search, '');

    const picked = (count: number) => page.getByRole('status').getByText(`Selected: ${count}`).waitFor();
    const all = page.getByRole('checkbox', { name: 'Select all' });
    await page.getByRole('checkbox', { name: `Select east 1 (${user.userName})` }).check();
    await page.getByRole('searchbox').fill('west');
    await page.locator('tbody tr', { hasText: 'east' }).first().waitFor({ state: 'detached' });
    await all.click();
    await picked(3);
    await all.click();
    await picked(1);
  });
});

test('tokens of departed owners are shown with their last use before they are revoked', async () => {
  const { services } = stage.server;
  const administrator = await stage.person('global-administrator');
  const leaver = await stage.person('security-reader');
  const token = await makeToken(stage.server, { session: await signIn(stage.server, leaver) }, { name: 'left behind' });
  await services.store.change(stage.tenant.id, (trx) =>
    trx.updateTable('users').set({ status: 'disabled' }).where('id', '=', leaver.id).execute(),
  );
  await stage.visit(administrator, { path, language: 'zh-Hant', theme: 'contrast' }, async (page) => {
    await page.waitForSelector('text=擁有者的帳戶已停用');
    await page.click('role=button[name="撤銷離職擁有者的權杖"]');
    await page.waitForSelector(`text=left behind，${leaver.userName}；從未使用`);
    await assertAccessible(page, 'departed owners');
    const row = () =>
      services.store.db
        .selectFrom('apiTokens')
        .selectAll()
        .where('id', '=', token.id as never)
        .executeTakeFirst();
    assert.equal((await row())?.revokedAt, null, 'nothing is revoked by looking');
    await page.click('role=button[name="撤銷這些權杖"]');
    await page.waitForSelector('text=已撤銷的權杖：1');
    assert.notEqual((await row())?.revokedAt, null);
  });
});

test('a dormant token says so and leads to the activation; whoever may use none is told which permission it takes', async () => {
  const { services } = stage.server;
  const role = findRole('security-operator');
  assert.ok(role);
  const user = await makeUser(services, stage.tenant, { role: 'security-operator' });
  await makeToken(stage.server, { session: await signIn(stage.server, user) }, { name: 'sleeper' });
  await services.store.change(stage.tenant.id, async (trx) => {
    await trx.deleteFrom('roleAssignments').where('userId', '=', user.id).execute();
    await addAssignment(services, trx, user, { role, kind: 'eligible' }, 'test');
  });
  await stage.visit(user, { path, width: 390 }, async (page) => {
    await page.waitForSelector("text=Dormant: the owner's role is not activated");
    await assertAccessible(page, 'dormant');
    assert.equal(await page.getAttribute('main ul a:has-text("Activate role")', 'href'), '/portal/roles/mine');
  });
  await stage.visit(await stage.person(), { path }, async (page) => {
    await page.waitForSelector('text=Your roles in force do not permit tokens');
    const button = page.locator('header >> role=button[name="Generate new token"]');
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    await button.focus();
    await page.waitForSelector('[role=tooltip]:has-text("ApiTokens.use")');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=tooltip]', { state: 'hidden' });
    await assertAccessible(page, 'not permitted');
  });
});
