// Who uses cloud apps, in the portal: users, addresses, devices and categories of a report, what goes on day by day, anonymous
// names, and the lists of uploads and of the governance log.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { UserRow } from '../../src/directory/users-store.ts';
import { nameCipher } from '../../src/discovery/anonymous-names.ts';
import { getNameKey } from '../../src/discovery/name-keys.ts';
import { addStream, dropbox, gitHub, salesforce, storeRows } from '../support/discovered.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';

let stage: PortalStage;
let admin: UserRow;
let hidden: string;

before(async () => {
  stage = await openPortalStage();
  const { tenant, server } = stage;
  admin = await stage.person('cloud-app-security-administrator');
  hidden = nameCipher(await getNameKey(server.services, tenant.id)).hide('secret.person@contoso.example');
  const proxy = await addStream(server.services, tenant, 'Proxy');
  const people = Array.from({ length: 30 }, (_, index) => ({
    ...(index % 2 === 0 ? dropbox : gitHub),
    userName: `person-${String(index).padStart(2, '0')}@contoso.example`,
    sourceAddress: `192.0.2.${index + 1}`,
    machine: `pc-${index}`,
    uploadedBytes: (index + 1) * 1_000_000,
    daysAgo: index % 6,
  }));
  await storeRows(server.services, tenant.id, proxy, [
    ...people,
    { ...salesforce, userName: 'person-29@contoso.example', downloadedBytes: 5_000_000, daysAgo: 40 },
    { ...gitHub, userName: hidden, machine: 'CONTOSO\\lab #1', uploadedBytes: 900_000_000 },
  ]);
});
after(() => stage.close());

const firstCell = (page: Page) => page.getByRole('table').getByRole('row').nth(1).getByRole('cell').first().innerText();

test('users of a report are sorted, searched, paged and exported, and each has a page with its apps (Japanese)', async () => {
  await stage.visit(admin, { language: 'ja', path: '/discovery' }, async (page) => {
    await page.getByRole('navigation', { name: 'Cloud Discovery' }).getByRole('link', { name: 'ユーザー' }).click();
    await page.getByRole('heading', { name: '検出されたユーザー' }).waitFor();
    await page.getByText('1～25 / 31').waitFor();
    assert.match(await firstCell(page), /^[0-9a-f]{16}… 匿名$/);
    await page.getByRole('columnheader', { name: 'ユーザー' }).getByRole('button').click();
    await page.waitForURL(/sort=name&direction=asc|direction=asc&sort=name/);
    await page.getByLabel('期間').selectOption('90');
    await page.waitForURL(/days=%?2?2?90|days=90/);
    await page.getByRole('searchbox', { name: 'ユーザー名で検索' }).fill('PERSON-29');
    await page.getByText('1～1 / 1').waitFor();
    await assertAccessible(page, 'users, Japanese');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'エクスポート' }).click(),
    ]);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/);
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', /person-29@contoso\.example/);
    await page.getByRole('link', { name: 'person-29@contoso.example' }).click();
    await page.getByRole('heading', { name: 'person-29@contoso.example' }).waitFor();
    await page.getByRole('link', { name: 'Salesforce' }).waitFor();
    await page.getByText('1～2 / 2').waitFor();
    await assertAccessible(page, 'user, Japanese');
    await page.getByLabel('期間').selectOption('7');
    await page.getByText('1～1 / 1').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Salesforce' }).count(), 0);
  });
});

test('the user behind an anonymous name is told for a reason, until the dialog closes', async () => {
  // Long enough for the browser, not for the server.
  const tooShort = 'why          ';
  const reason = 'Incident 4711: the machine is infected';
  await stage.visit(admin, { path: `/discovery/users/one?name=${hidden}` }, async (page) => {
    const open = page.getByRole('button', { name: 'De-anonymize' });
    await open.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill(tooShort);
    await dialog.getByRole('button', { name: 'De-anonymize' }).click();
    await dialog.getByText('10 to 1000 characters').waitFor();
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'De-anonymize' }).click();
    assert.equal(await dialog.getByLabel('User name', { exact: true }).inputValue(), 'secret.person@contoso.example');
    await assertAccessible(page, 'anonymous name that was told');
    await dialog.getByRole('button', { name: 'Close' }).click();
    assert.equal(await page.getByText('secret.person').count(), 0);
    assert.ok(!page.url().includes('secret'));
    await open.click();
    assert.equal(await dialog.getByLabel('Reason').inputValue(), '');
  });
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { path: '/discovery/users' }, async (page) => {
    const button = page.getByRole('button', { name: 'De-anonymize' });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
  });
});

test('the dashboard tells traffic, apps, users, risk and categories day by day, also as tables (French)', async () => {
  await stage.visit(admin, { language: 'fr', path: '/discovery?days=7' }, async (page) => {
    for (const title of [
      'Trafic par jour',
      'Applications par jour',
      'Utilisateurs par jour',
      'Trafic par niveau de risque et par jour',
      'Trafic par catégorie et par jour',
    ]) {
      await page.getByRole('heading', { name: title }).waitFor();
    }
    const lists = page.getByText('Afficher sous forme de liste');
    await lists.nth(4).click();
    const table = page.getByRole('table', { name: 'Trafic par catégorie et par jour' });
    await table.getByRole('columnheader', { name: 'Stockage cloud' }).waitFor();
    assert.equal(await table.getByRole('row').count(), 7);
    await assertAccessible(page, 'dashboard, French');
    await page.getByRole('link', { name: 'person-29@contoso.example' }).waitFor();
  });
});

test('an app leads to those who use it, and a category to its apps', async () => {
  await stage.visit(admin, { path: `/discovery/apps/${salesforce.appId}` }, async (page) => {
    await page.getByRole('heading', { name: 'Use in the last 90 days' }).waitFor();
    await page.getByRole('definition').getByRole('link', { name: '1', exact: true }).first().click();
    await page.getByText('Only those that use Salesforce').waitFor();
    await page.getByText('1–1 of 1').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('1–25 of 31').waitFor();
    await page.getByRole('navigation', { name: 'Cloud discovery' }).getByRole('link', { name: 'Devices' }).click();
    await page.getByRole('link', { name: 'CONTOSO\\lab #1' }).click();
    await page.getByRole('heading', { name: 'CONTOSO\\lab #1' }).waitFor();
    await page.getByRole('link', { name: 'GitHub' }).waitFor();
    await page.goto(`${stage.server.url}/portal/discovery/categories?days=90`);
    await page.getByRole('link', { name: 'Code hosting' }).click();
    await page.getByRole('link', { name: 'GitHub' }).waitFor();
    await page.getByText('1–1 of 1').waitFor();
  });
});

test('uploads and the governance log keep filters and order in the address', async () => {
  await stage.visit(admin, { path: '/discovery/users?days=90' }, async (page) => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'discovered-users.csv');
    await page.goto(`${stage.server.url}/portal/governance`);
    await page.getByLabel('Action', { exact: true }).selectOption('DiscoveryEntitiesExport');
    await page.waitForURL(/type=DiscoveryEntitiesExport/);
    await page.getByRole('cell', { name: 'Export report' }).first().waitFor();
    assert.equal(await page.getByRole('cell', { name: 'Resolve user name' }).count(), 0);
    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('cell', { name: 'Export report' }).first().waitFor();
    await page.goto(`${stage.server.url}/portal/discovery/uploads?search=nothing&source=SQUID&kind=snapshot`);
    await page.getByText('Nothing matches').waitFor();
    assert.equal(await page.getByLabel('Kind of log').inputValue(), 'SQUID');
  });
});

test('who may not see them is told what it takes', async () => {
  await stage.visit(await stage.person(), { path: '/discovery/users' }, async (page) => {
    await page.getByText('Discovery.read').first().waitFor();
  });
});
