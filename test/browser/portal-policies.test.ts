// Policies in the portal: made and found at work, changed and refused at the field, switched off, deleted, and what people are
// told who may not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startFollowing } from '../../src/activities/following.ts';
import { insertActivities } from '../../src/activities/store.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { runAppPolicies } from '../../src/discovery/app-policies/app-policies.ts';
import { policiesFollower } from '../../src/policies/follower.ts';
import { makeTenant, makeUser } from '../support/accounts.ts';
import { madeActivity } from '../support/activities.ts';
import { addStream, dropbox, storeRows } from '../support/discovered.ts';
import { assertAccessible, assertFits, chooseFromMenu, openPortalStage, type PortalStage } from '../support/portal.ts';
import { signIn } from '../support/server.ts';

let stage: PortalStage;
let admin: UserRow;
let reader: UserRow;
before(async () => {
  stage = await openPortalStage({ settings: { tenantRequestsPerMinute: 10_000 } });
  admin = await stage.person('cloud-app-security-administrator');
  reader = await stage.person('security-reader');
});
after(() => stage.close());

interface Made {
  readonly id: string;
  readonly revision: number;
}

/** A policy made over the API. */
async function make(body: Record<string, unknown>, user = admin): Promise<Made> {
  const session = await signIn(stage.server, user);
  const answer = await stage.server.request('/management/v1/policies', { session, body });
  assert.equal(answer.status, 201, answer.text);
  return answer.json<Made>();
}

let stored = 0;

/** Activities of now, or of so long ago, looked at by the policies. */
async function happen(actionType: string, count = 1, agoMs = 0): Promise<void> {
  const { services } = stage.server;
  const rows = Array.from({ length: count }, () => {
    services.testClock.advance(1000);
    const what = { actionType, description: `${actionType} of a report`, userName: 'alex@contoso.example' };
    return madeActivity(stored++, { ...what, timestamp: services.clock() - agoMs });
  });
  await insertActivities(services.events, stage.tenant.id, rows);
  const following = startFollowing(services, [policiesFollower]);
  await following.settled();
  await following.stop();
}

const rowOf = (page: Page, name: string) => page.locator('tbody tr', { hasText: name });

test('a policy that is made in the form raises an alert for what matches, and one that is disabled does not', async () => {
  await stage.visit(admin, { path: '/policies' }, async (page) => {
    await page.click('header >> role=button[name="Create policy"]');
    await page.click('role=menuitem[name="Activity policy"]');
    await page.waitForURL(/\/policies\/new\?type=AUDIT/);
    await page.fill('role=textbox[name="Policy name"]', 'Report downloads');
    await page.selectOption('role=combobox[name="Severity"]', 'high');
    await page.click('role=button[name="Edit as JSON"]');
    await page.fill('fieldset textarea', '{ "actionType": { "eq": ["ReportFetched"] } }');
    await page.click('role=button[name="Save"]');
    await page.waitForSelector('h1:has-text("Report downloads")');
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await page.waitForSelector('text=ReportFetched');
    await page.waitForSelector('text=Nothing has matched yet');
    await happen('ReportFetched');
    await page.reload();
    await page.waitForSelector('text=Open alerts: 1');
    const match = page.locator('section[aria-label="Matches"] tbody tr');
    await match.waitFor();
    assert.match((await match.textContent()) ?? '', /alex@contoso\.example/);
    await assertAccessible(page, 'the policy');
    await match.locator('text=Open alert').click();
    await page.waitForURL(/\/alerts\//);
    await page.click(`a[href$="/policies/${id}"]`);
    await page.waitForSelector('h1:has-text("Report downloads")');

    await page.click('header >> role=button[name="Disable"]');
    await page.waitForSelector('text=This policy is disabled');
    await happen('ReportFetched');
    await page.reload();
    await page.waitForSelector('text=Open alerts: 1');
    await page.waitForSelector('nav[aria-label="Pages"] >> text=1–1 of 1');
    assert.equal(await match.count(), 1, 'nothing more has matched');
    await page.click('main >> text=Show all alerts of this policy');
    await page.waitForURL(/\/alerts\?policy=/);
    await page.locator('tbody tr', { hasText: 'Report downloads' }).waitFor();
  });
});

test('what is wrong is told at its field, the first of which has the keyboard, and what was typed stays', async () => {
  await make({ name: 'Taken' });
  await stage.visit(
    admin,
    { path: '/policies/new?template=mass-download', width: 360, theme: 'dark' },
    async (page) => {
      const name = page.locator('role=textbox[name="Policy name"]');
      assert.equal(await name.inputValue(), 'Mass download by a single user');
      assert.equal(await page.inputValue('role=textbox[name="Number of matches, at least"]'), '51');
      await name.fill(' ');
      await page.fill('role=textbox[name="Within, minutes"]', '0');
      await page.fill('role=textbox[name="Daily alert limit"]', 'many');
      await page.click('role=button[name="Save"]');
      await page.waitForSelector('text=Enter a name.');
      await page.waitForSelector('text=Enter a whole number from 1 to 10080.');
      await page.waitForSelector('text=Enter a whole number from 0 to 1000.');
      await page.waitForSelector('input:focus[aria-invalid="true"]');
      await assertAccessible(page, 'the form with its faults');
      await name.fill('Taken');
      await page.fill('role=textbox[name="Within, minutes"]', '5');
      await page.fill('role=textbox[name="Daily alert limit"]', '7');
      await page.click('role=button[name="Save"]');
      await page.waitForSelector('text=There is a policy of this name already.');
      await name.fill('Corrected');
      await page.click('role=button[name="Edit as JSON"]');
      await page.fill('fieldset textarea', '{ "ip.address": { "eq": ["no address"] } }');
      await page.click('role=button[name="Save"]');
      await page.waitForSelector('text=/no address is not valid for ip.address/');
      await page.fill('fieldset textarea', '{ "ip.address": { "eq": ["192.0.2.1"] } }');
      await page.click('role=button[name="Save"]');
      await page.waitForSelector('h1:has-text("Corrected")');
      await page.waitForSelector('text=Matches, at least: 51. Within, in minutes: 5.');
    },
  );
});

test('two people change one policy: the second is told, loads it again and saves', async () => {
  const { id } = await make({ name: 'Contested', filters: { actionType: { eq: ['Contested'] } } });
  await stage.visit(admin, { path: `/policies/${id}/edit` }, async (page) => {
    await page.fill('role=textbox[name="Description"]', 'Mine');
    const session = await signIn(stage.server, admin);
    const body = { revision: 1, dailyAlertLimit: 9 };
    const changed = await stage.server.request(`/management/v1/policies/${id}`, { session, method: 'PATCH', body });
    assert.equal(changed.status, 200, changed.text);
    await page.click('role=button[name="Save"]');
    await page.waitForSelector('text=Somebody has changed this policy meanwhile');
    await page.click('role=button[name="Load again"]');
    await page.waitForSelector('input[value="9"]');
    await page.fill('role=textbox[name="Description"]', 'Mine, again');
    await page.click('role=button[name="Save"]');
    await page.waitForSelector('text=Mine, again');
    await page.waitForSelector('table[aria-label="History"] >> text=Edited');
  });
});

test('a trial shows what would be alerted and writes nothing; a run over the past raises it', async () => {
  await happen('Tried', 3, 3_600_000);
  const { id } = await make({ name: 'Tried policy', filters: { actionType: { eq: ['Tried'] } } });
  await stage.visit(admin, { path: `/policies/${id}` }, async (page) => {
    await page.click('role=button[name="Start trial"]');
    await page.waitForSelector('ul[aria-label="Examples of alerts"] li');
    assert.equal(await page.locator('ul[aria-label="Examples of alerts"] li').count(), 3);
    await page.waitForSelector('text=This policy has no alerts');
    await page.click('role=button[name="Start run"]');
    await page.waitForSelector('text=Run “Tried policy” over the past? Days: 7');
    await page.click('[role=alertdialog] >> role=button[name="Start run"]');
    await page.locator('table[aria-label="Run over the past"] tbody tr', { hasText: admin.userName }).waitFor();
    await page.click('table[aria-label="Run over the past"] >> role=button[name="Cancel"]');
    await page.waitForSelector('table[aria-label="Run over the past"] >> text=Canceled');
  });
});

test('in Japanese: the list filters, sorts and exports on the server, and deleting names what ends', async () => {
  await make({ name: '削除される方針', severity: 'medium', riskCategory: 5, filters: { actionType: { eq: ['X'] } } });
  await stage.visit(admin, { path: '/policies', language: 'ja', theme: 'contrast' }, async (page) => {
    assert.equal(await page.textContent('h1'), 'ポリシー');
    await page.selectOption('search >> role=combobox[name="カテゴリ"]', '5');
    await page.waitForURL(/category=/);
    await page.selectOption('search >> role=combobox[name="種類"]', 'AUDIT');
    await page.waitForURL(/type=AUDIT/);
    const row = rowOf(page, '削除される方針');
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /アクティビティ ポリシー.*共有制御.*中.*有効/s);
    await assertAccessible(page, 'the list');
    await page.click('role=columnheader[name="重大度"] >> role=button');
    await page.waitForURL(/sort=severity/);
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('role=button[name="エクスポート"]')]);
    const text = readFileSync(await file.path(), 'utf8');
    assert.ok(text.includes('削除される方針') && text.trim().split('\r\n').length === 2, text);
    await page.click('role=button[name="削除される方針 の操作"]');
    await chooseFromMenu(page, '無効にする');
    await page.waitForSelector('text=無効にしました: 削除される方針');
    await page.click('role=button[name="削除される方針 の操作"]');
    await chooseFromMenu(page, '削除');
    await page.waitForSelector('[role=alertdialog] >> text=アラートも生成しません');
    await assertAccessible(page, 'delete');
    await page.click('[role=alertdialog] >> role=button[name="削除"]');
    await page.waitForSelector('text=一致するものがありません');
  });
});

test('a reader sees a policy and its matches and is told what it takes to change it', async () => {
  const { id } = await make({ name: 'Looked at', filters: { actionType: { eq: ['Looked'] } } });
  await happen('Looked');
  await stage.visit(reader, { path: `/policies/${id}`, width: 360, language: 'fr' }, async (page) => {
    await page.waitForSelector('main >> text=alex@contoso.example');
    for (const name of ['Modifier', 'Désactiver', 'Supprimer', 'Dupliquer', 'Lancer un essai']) {
      const button = page.locator(`main >> role=button[name="${name}"]`);
      assert.equal(await button.getAttribute('aria-disabled'), 'true', name);
    }
    await page.focus('main >> role=button[name="Modifier"]');
    await page.waitForSelector('role=tooltip >> text=Policies.manage');
    await page.keyboard.press('Escape');
    await assertAccessible(page, 'the policy of a reader');
    await page.goto(`${stage.server.url}/portal/policies/${id}/edit`);
    await page.waitForSelector('main >> text=Policies.manage');
    await page.goto(`${stage.server.url}/portal/policies`);
    await page.locator('main li', { hasText: 'Looked at' }).waitFor();
    await assertAccessible(page, 'the list as cards');
  });
  const nobody = await stage.person();
  await stage.visit(nobody, { path: '/policies' }, async (page) => {
    await page.waitForSelector('main >> text=Policies.read');
    assert.equal(await page.locator('main table').count(), 0);
  });
});

test("another tenant's policy is not there", async () => {
  const { services } = stage.server;
  const other = await makeTenant(services);
  const stranger = await makeUser(services, other, { role: 'cloud-app-security-administrator' });
  const { id } = await make({ name: 'Of the others' }, stranger);
  for (const path of [`/policies/${id}`, `/policies/${id}/edit`]) {
    await stage.visit(admin, { path }, async (page) => {
      await page.waitForSelector('text=Not found');
      await page.click('text=All policies');
      await page.waitForSelector('h1:has-text("Policies")');
      assert.equal(await rowOf(page, 'Of the others').count(), 0);
    });
  }
});

test('in Korean: an app discovery policy is made with thresholds and a tag, and lists the apps that it told of', async () => {
  const { services } = stage.server;
  const proxy = await addStream(services, stage.tenant, 'Proxy');
  await stage.visit(admin, { path: '/policies/new?type=NEW_SERVICE', language: 'ko' }, async (page) => {
    await page.fill('role=textbox[name="정책 이름"]', '새 앱');
    await page.fill('role=textbox[name="트래픽(MB)"]', '2,5');
    await page.click('role=button[name="저장"]');
    await page.waitForSelector('text=0 이상의 숫자를 입력하십시오.');
    await page.fill('role=textbox[name="트래픽(MB)"]', '2.5');
    await page.click('label:has-text("Proxy")');
    await page.selectOption('role=combobox[name="앱에 지정할 태그"]', 'Monitored');
    await assertAccessible(page, 'the form of an app discovery policy');
    await page.click('role=button[name="저장"]');
    await page.waitForSelector('h1:has-text("새 앱")');
    await page.waitForSelector('text=트래픽: 2.5MB 초과');
    const uploadId = await storeRows(services, stage.tenant.id, proxy, [{ ...dropbox, totalBytes: 3_000_000 }]);
    await runAppPolicies(services, stage.tenant.id, { streamId: proxy, uploadId, isSnapshot: false });
    await page.reload();
    const app = page.locator('section[aria-label="일치하는 앱"] tbody tr');
    await app.waitFor();
    assert.match((await app.textContent()) ?? '', /Dropbox.*Proxy/s);
    await app.locator('text=경고 열기').click();
    await page.waitForSelector('h1:has-text("새 앱")');
  });
});

test('in Traditional Chinese: a built-in detection is tuned and told of decoys; it cannot be deleted, which is explained', async () => {
  const decoys = '5a11de7ec71000000000a00d';
  await stage.visit(admin, { path: `/policies/${decoys}`, language: 'zh-Hant' }, async (page) => {
    await page.focus('main >> role=button[name="刪除"]');
    await page.waitForSelector('role=tooltip >> text=內建偵測無法刪除');
    await page.click('main >> role=button[name="編輯"]');
    await page.selectOption('role=combobox[name="敏感度"]', 'high');
    await page.fill('role=textbox[name="誘餌帳戶"]', 'vault@contoso.example\nsafe@contoso.example');
    await page.click('role=button[name="儲存"]');
    await page.waitForSelector('li:has-text("vault@contoso.example")');
    await assertAccessible(page, 'the detection');
  });
});

test('every page fits from 360 to 2560 pixels', async () => {
  const { id } = await make({
    name: `Ein sehr langer Name ${'wort'.repeat(30)}`,
    filters: { actionType: { eq: ['Y'] } },
  });
  await stage.visit(admin, { path: '/policies', theme: 'contrast' }, async (page) => {
    for (const path of ['', '/templates', '/new', `/${id}`, `/${id}/edit`]) {
      await page.goto(`${stage.server.url}/portal/policies${path}`);
      for (const width of [360, 800, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        await assertFits(page, `/policies${path} at ${width}`);
      }
    }
  });
});
