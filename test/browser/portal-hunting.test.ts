// Advanced hunting in a real browser: the editor and the thread of its language under the page's policy, runs and their
// end, charts, saved queries, and rules made of queries.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { UserRow } from '../../src/directory/users-store.ts';
import { hunterOf } from '../../src/hunting/run-hunter.ts';
import { assertAccessible, assertFits, chooseFromMenu, openPortalStage, type PortalStage } from '../support/portal.ts';
import { signIn } from '../support/server.ts';

let stage: PortalStage;
let admin: UserRow;
before(async () => {
  stage = await openPortalStage();
  admin = await stage.person('security-administrator');
  await ingest();
});
after(() => stage.close());

const begun = Date.now() - 5 * 3_600_000;

/** Processes of two devices, one an hour. */
async function ingest(): Promise<void> {
  const lines = Array.from({ length: 10 }, (_, index) => ({
    category: 'AdvancedHunting-DeviceProcessEvents',
    time: new Date(begun + Math.floor(index / 2) * 3_600_000).toISOString(),
    properties: {
      Timestamp: new Date(begun + Math.floor(index / 2) * 3_600_000).toISOString(),
      DeviceId: `device-${index % 2}`,
      DeviceName: `pc-${index % 2}.contoso.example`,
      ReportId: index + 1,
      FileName: '<b>mimikatz</b>.exe',
      ActionType: 'ProcessCreated',
    },
  }));
  const session = await signIn(stage.server, admin);
  const answer = await stage.server.request('/management/v1/ingest/hunting', {
    method: 'POST',
    session,
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((each) => `${JSON.stringify(each)}\n`).join(''),
  });
  assert.equal(answer.status, 200, answer.text);
}

/** Puts a text in the place of what the editor has, as a paste does. */
async function write(page: Page, text: string): Promise<void> {
  await page.waitForSelector('.monaco-editor .view-lines', { timeout: 60_000 });
  await page.click('.monaco-editor .view-lines');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  await page.keyboard.press('Escape');
}

const byHour = `DeviceProcessEvents
| summarize Processes = count() by DeviceName, bin(Timestamp, 1h)
| render timechart with (title="Processes")`;

test('a query is written with help, run and charted, and its rows are text', () =>
  stage.visit(admin, { path: '/hunting' }, async (page) => {
    await write(page, 'DeviceProcessEvents\n| where Nonsense == 1');
    // The language's thread runs under a policy that compiles nothing, and knows our tables.
    await page.waitForSelector('.monaco-editor .squiggly-error', { timeout: 60_000 });
    await write(page, byHour);
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('figure svg', { timeout: 60_000 });
    assert.equal(await page.textContent('figcaption'), 'Processes');
    assert.equal(await page.locator('figure svg path').count(), 2);
    assert.equal(await page.locator('figure svg circle').count(), 10);
    await assertAccessible(page, 'a chart and its rows');
    await write(page, 'DeviceProcessEvents | project Timestamp, DeviceName, FileName, ReportId');
    await page.keyboard.press('Control+Enter');
    const cell = page.locator('td', { hasText: '<b>mimikatz</b>.exe' });
    await cell.first().waitFor();
    assert.equal(await cell.count(), 10);
    await page.click('thead >> text=DeviceName');
    assert.match(String(await page.textContent('tbody tr >> nth=0')), /pc-0/);
    await page.click('thead >> text=DeviceName');
    assert.match(String(await page.textContent('tbody tr >> nth=0')), /pc-1/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Export")')]);
    const csv = readFileSync(await download.path(), 'utf8');
    assert.equal(csv.split('\r\n')[0], '\ufeffTimestamp,DeviceName,FileName,ReportId');
    assert.ok(!page.url().includes('Device'), 'no query in the address');
    const stored = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
    assert.ok(!String(stored).includes('Device'));
  }));

test('what is wrong with a query is told with its place, and marked there', () =>
  stage.visit(admin, { path: '/hunting', language: 'fr', theme: 'dark' }, async (page) => {
    await write(page, 'print 1\n\nDeviceProcessEvents\n| where Nonsens == 1');
    await page.click('button:has-text("Exécuter la requête")');
    await page.waitForSelector('text=Failed to resolve scalar expression named');
    // The query around the cursor ran, so its second line is the editor's fourth.
    await page.click('button:has-text("Ligne 4, colonne 9")');
    await page.waitForSelector('.monaco-editor .squiggly-error');
    await assertAccessible(page, 'a wrong query');
  }));

test('cancelling a query ends it on the server', () =>
  stage.visit(admin, { path: '/hunting', language: 'ja' }, async (page) => {
    await write(
      page,
      'range a from 1 to 100000000 step 1 | extend k = a % 7 | summarize dcount(strcat(a, k)) by hash(a, 1000000)',
    );
    const { admission } = await hunterOf(stage.server.services);
    await page.keyboard.press('Control+Enter');
    await waitUntil(() => admission.underWay === 1);
    await page.click('button:has-text("クエリの取り消し")');
    await page.waitForSelector('text=クエリは取り消されました');
    await waitUntil(() => admission.underWay === 0);
  }));

async function waitUntil(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!isSo()) {
    assert.ok(Date.now() < end, 'it did not become so');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a query is saved, shared, opened by its link, changed and deleted', async () => {
  const other = await stage.person('security-reader');
  let link = '';
  await stage.visit(admin, { path: '/hunting' }, async (page) => {
    await write(page, 'DeviceProcessEvents | count');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await chooseFromMenu(page, 'Save as a new query');
    await page.fill('input[name=name]', 'Processes');
    await page.click('text=Share with everybody');
    await assertAccessible(page, 'saving');
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForSelector('text=“Processes” was saved.');
    link = page.url();
    assert.match(link, /\/portal\/hunting\?query=[\w-]+$/);
  });
  const path = new URL(link).pathname.replace('/portal', '') + new URL(link).search;
  await stage.visit(other, { path }, async (page) => {
    await page.waitForSelector('.view-line:has-text("count")', { timeout: 60_000 });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await chooseFromMenu(page, 'Delete query');
    await page.click('[role=alertdialog] button:has-text("Delete")');
    await page.waitForSelector('text=Not permitted');
  });
  await stage.visit(admin, { path }, async (page) => {
    await page.waitForSelector('.view-line:has-text("count")', { timeout: 60_000 });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await chooseFromMenu(page, 'Delete query');
    await page.click('[role=alertdialog] button:has-text("Delete")');
    await page.waitForSelector('text=The query was deleted.');
    await page.click('[role=tab]:has-text("Saved queries")');
    await page.waitForSelector('text=No saved queries');
  });
});

test('a rule is made of the query, tried, kept, run, switched off, changed and deleted', () =>
  stage.visit(admin, { path: '/hunting' }, async (page) => {
    await write(page, "DeviceProcessEvents | where FileName has 'mimikatz'");
    await page.click('button:has-text("Create detection rule")');
    await page.waitForSelector('textarea:has-text("mimikatz")');
    await page.getByLabel('Rule name').fill('Credential tools');
    await page.getByLabel('Alert title').fill('Credential tool on {{DeviceName}}');
    await page
      .locator('label:text-is("Description") ~ * textarea, label:has-text("Description") ~ * textarea')
      .first()
      .fill('A tool.');
    await page.click('main button[type=submit]');
    await page.waitForSelector('text=impactedAssets must name at least one column');
    await page.getByLabel('Device', { exact: true }).selectOption('deviceId');
    await page.click('button:has-text("Start dry run")');
    await page.waitForSelector('text=Credential tool on pc-0.contoso.example', { timeout: 30_000 });
    await assertAccessible(page, 'a rule and its dry run');
    await page.click('main button[type=submit]');
    await page.waitForSelector('h1:text-is("Credential tools")');
    await page.click('button:has-text("Run now")');
    await page.waitForSelector('td:has-text("On request")', { timeout: 30_000 });
    await page.click('button:has-text("Turn off")');
    await page.waitForSelector('button:has-text("Turn on")');
    await assertAccessible(page, 'a rule');
    await page.click('button:has-text("Edit")');
    await page.getByLabel('Rule name').fill('Password tools');
    await page.click('main button[type=submit]');
    await page.waitForSelector('h1:text-is("Password tools")');
    await page.click('main a:has-text("Custom detections")');
    await page.waitForSelector('td a:text-is("Password tools")');
    await assertAccessible(page, 'the rules');
    await page.click('td a:text-is("Password tools")');
    await page.click('button:has-text("Delete")');
    await page.click('[role=alertdialog] button:has-text("Delete")');
    await page.waitForSelector('text=No detection rules');
  }));

test('who may not hunt is told what is missing, and a reader sees rules without changing them', async () => {
  const nobody = await stage.person();
  await stage.visit(nobody, { path: '/hunting', language: 'ko' }, async (page) => {
    await page.waitForSelector('text=AdvancedHunting.Read.All');
    assert.equal(await page.locator('.monaco-editor').count(), 0);
  });
  const reader = await stage.person('security-reader');
  await stage.visit(
    reader,
    { path: '/hunting/custom-detections', language: 'zh-Hant', theme: 'contrast' },
    async (page) => {
      await page.waitForSelector('main button[aria-disabled=true]');
      await assertAccessible(page, 'rules of a reader');
      await page.goto(`${stage.server.url}/portal/hunting/custom-detections/new`);
      await page.waitForSelector('text=CustomDetection.ReadWrite.All');
    },
  );
});

test('the hunting page is usable on a phone, in each language', async () => {
  for (const language of ['en', 'ja', 'zh-Hant', 'fr', 'ko'] as const) {
    await stage.visit(admin, { path: '/hunting', language, width: 360 }, async (page) => {
      await page.waitForSelector('.monaco-editor .view-lines', { timeout: 60_000 });
      await assertFits(page, `/hunting in ${language}`);
    });
  }
});
