// SIEM agents, data sources and log collectors in the portal: made, looked at, changed, their tokens renewed and ended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { UserRow } from '../../src/directory/users-store.ts';
import { assertAccessible, chooseFromMenu, openPortalStage, type PortalStage } from '../support/portal.ts';
import { signIn } from '../support/server.ts';

let stage: PortalStage;
let administrator: UserRow;
let session: string;
before(async () => {
  stage = await openPortalStage();
  administrator = await stage.person('global-administrator');
  session = await signIn(stage.server, administrator);
});
after(() => stage.close());

const siem = '/settings/security-extensions/siem-agents';
const sources = '/settings/log-upload/data-sources';
const collectors = '/settings/log-upload/log-collectors';

const get = async <T>(path: string) => (await stage.server.request(`/management/v1${path}`, { session })).json<T>();
const inDialog = (page: Page, selector: string) => page.locator('[role=dialog]').locator(selector);
const press = (page: Page, name: string) => page.click(`role=dialog >> role=button[name="${name}"]`);

test('a SIEM agent is made in three steps, its token and start command shown once, then changed, paused and deleted', async () => {
  await stage.visit(administrator, { path: siem, language: 'en', width: 360 }, async (page) => {
    await page.click('header >> role=button[name="Add SIEM agent"]');
    await press(page, 'Next');
    await page.waitForSelector('text=Use 1 to 64 letters, digits, hyphens and underscores.');
    await inDialog(page, 'input').first().fill('splunk-1');
    await page.selectOption('[role=dialog] select >> nth=0', 'arcsight-cef');
    await press(page, 'Next');
    await inDialog(page, 'input').first().fill('siem.contoso.example');
    await inDialog(page, 'input').nth(1).fill('70000');
    await page.selectOption('[role=dialog] select', 'tls');
    await press(page, 'Next');
    await page.waitForSelector('text=Enter a port from 1 to 65535.');
    await inDialog(page, 'input').nth(1).fill('6514');
    await press(page, 'Next');
    await inDialog(page, 'text=Only those that match filters').first().click();
    await press(page, 'Next');
    await page.waitForSelector('text=Add a condition, and complete each of them.');
    await press(page, 'Edit as JSON');
    await inDialog(page, 'textarea').fill('{"severity": {"eq": [9]}}');
    await assertAccessible(page, 'the third step');
    await press(page, 'Next');
    await page.waitForSelector('text=/not valid for severity of alerts/');
    await inDialog(page, 'textarea').fill('{"severity": {"eq": [2]}}');
    await press(page, 'Next');
    const value = await page.inputValue('[role=alertdialog] input >> nth=0');
    const command = await page.inputValue('[role=alertdialog] input >> nth=1');
    assert.match(value, /^slpsa[0-9A-Za-z]{64}$/);
    assert.equal(
      command,
      `read -rs TOKEN; printf %s "$TOKEN" | sallyport siem-agent --server ${stage.server.url} --state ./splunk-1`,
    );
    await assertAccessible(page, 'the token');
    await page.click('[role=alertdialog] >> role=button[name="Done"]');
    await page.waitForSelector('text=siem.contoso.example:6514 (TLS)');
    const { items } = await get<{ items: { settings: unknown }[] }>('/siem-agents');
    assert.deepEqual(items[0]?.settings, {
      ...{ format: 'arcsight-cef', timeFormat: 'rfc5424', includesPri: false, includesSystemName: false },
      ...{ remoteHost: 'siem.contoso.example', remotePort: 6514, protocol: 'tls' },
      ...{ alerts: { isSent: true, filters: { severity: { eq: [2] } } }, activities: { isSent: true, filters: null } },
    });

    await page.click('role=button[name="Actions for splunk-1"]');
    await chooseFromMenu(page, 'Disable');
    await page.waitForSelector('text=Disabled: it sends nothing and keeps its place');
    await page.click('role=button[name="Actions for splunk-1"]');
    await chooseFromMenu(page, 'Regenerate token');
    await page.click('[role=alertdialog] >> role=button[name="Regenerate token"]');
    await page.waitForSelector('[role=alertdialog] input');
    assert.notEqual(await page.inputValue('[role=alertdialog] input >> nth=0'), value);
    assert.equal((await stage.server.request('/api/v1/agents/siem/self/', { token: value })).status, 401);
    await page.click('[role=alertdialog] >> role=button[name="Done"]');
    await page.click('role=button[name="Actions for splunk-1"]');
    await chooseFromMenu(page, 'Delete');
    await page.waitForSelector('text=Its token is refused at once');
    await page.click('[role=alertdialog] >> role=button[name="Delete"]');
    await page.waitForSelector('text=There are no SIEM agents yet');
  });
});

test('a data source gets a custom parser, and a collector receives it on a port', async () => {
  await stage.visit(administrator, { path: sources, language: 'ja', theme: 'dark' }, async (page) => {
    await page.click('header >> role=button[name="データ ソースの追加"]');
    await press(page, '保存');
    await page.waitForSelector('text=ログの種類を選んでください。');
    await inDialog(page, 'input').first().fill('branch-proxy');
    await page.selectOption('[role=dialog] select >> nth=0', 'CUSTOM_PARSER');
    await press(page, '定義する');
    await page.fill('role=textbox[name="名前"]', 'Branch proxy');
    await press(page, '完了');
    await page.waitForSelector('text=必要な項目と、宛先');
    await assertAccessible(page, 'the parser');
    for (const [label, text] of [
      ['タイムスタンプの列', 'When'],
      ['タイムスタンプの形式 (d/M/yyyy HH:mm:ss)', 'd/M/yyyy HH:mm:ss'],
      ['ソース IP の列', 'Client'],
      ['宛先 URL の列', 'URL'],
    ]) {
      await page.fill(`role=textbox[name="${label}"]`, text ?? '');
    }
    await press(page, '完了');
    await page.waitForSelector('text=このデータ ソースには専用のパーサーがあります。');
    await page.selectOption('[role=dialog] select >> nth=1', 'syslog-tcp');
    await assertAccessible(page, 'the data source');
    await press(page, '保存');
    await page.waitForSelector('tbody >> text=branch-proxy');
  });
  const { items } = await get<{ items: { id: string; hasCustomParser: boolean; receiver: string }[] }>(
    '/discovery/data-sources',
  );
  assert.deepEqual([items[0]?.hasCustomParser, items[0]?.receiver], [true, 'syslog-tcp']);

  await stage.visit(administrator, { path: collectors, language: 'fr', width: 390 }, async (page) => {
    await page.click('header >> role=button[name="Ajouter un collecteur de journaux"]');
    await inDialog(page, 'input').first().fill('berlin');
    await inDialog(page, 'role=checkbox[name="branch-proxy"]').check();
    await press(page, 'Suivant');
    await page.waitForSelector('text=/Give the port, from 1 to 65535/');
    await page.fill('role=textbox[name="Port de branch-proxy"]', '601');
    await assertAccessible(page, 'the collector');
    await press(page, 'Suivant');
    assert.match(await page.inputValue('[role=alertdialog] input >> nth=0'), /^slplc[0-9A-Za-z]{64}$/);
    assert.match(await page.inputValue('[role=alertdialog] input >> nth=1'), /sallyport log-collector --server/);
    await page.click('[role=alertdialog] >> role=button[name="Terminé"]');
    await page.waitForSelector('text=branch-proxy:601');
    await page.click('role=button[name="Actions pour berlin"]');
    await chooseFromMenu(page, 'Détails');
    await page.waitForSelector('[role=dialog] >> text=Syslog - TCP');
    await assertAccessible(page, 'what it received');
  });
});

test('whoever may not manage agents is told which permission it takes, and readers of discovery see data sources', async () => {
  const reader = await stage.person('security-reader');
  for (const path of [siem, collectors]) {
    await stage.visit(reader, { path, language: 'ko' }, async (page) => {
      await page.waitForSelector('main >> text=Agents.manage');
      await page.waitForSelector('main >> text=역할 활성화');
      await assertAccessible(page, path);
    });
  }
  await stage.visit(reader, { path: sources, language: 'zh-Hant', theme: 'contrast' }, async (page) => {
    await page.waitForSelector('tbody >> text=branch-proxy');
    const button = page.locator('header >> role=button[name="新增資料來源"]');
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    await page.click('role=button[name="branch-proxy 的動作"]');
    await page.waitForSelector('role=menuitem[name=/刪除/][disabled]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=menu]', { state: 'detached' });
    await assertAccessible(page, 'data sources of a reader');
  });
});
