// Settings of cloud discovery in the portal: tags, weights of scores, custom apps, reports.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { UserRow } from '../../src/directory/users-store.ts';
import { addStream, dropbox, storeRows } from '../support/discovered.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';

let stage: PortalStage;
let admin: UserRow;
const settings = '/settings/cloud-discovery';

before(async () => {
  stage = await openPortalStage();
  admin = await stage.person('cloud-app-security-administrator');
  const proxy = await addStream(stage.server.services, stage.tenant, 'Proxy');
  await storeRows(stage.server.services, stage.tenant.id, proxy, [{ ...dropbox, uploadedBytes: 5 }]);
});
after(() => stage.close());

async function save(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('a tag is made, put on apps of the catalog, renamed, taken away and deleted', async () => {
  await stage.visit(admin, { path: settings }, async (page) => {
    await page.getByRole('button', { name: 'New tag' }).click();
    await page.getByRole('dialog').getByLabel('Tag name').fill('Sanctioned');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByText('There is a tag').waitFor();
    await page.getByRole('dialog').getByLabel('Tag name').fill('Under review');
    await save(page);
    await page.getByRole('cell', { name: 'Under review', exact: true }).waitFor();

    await page.goto(`${stage.server.url}/portal/discovery/catalog?search=dropbox.com`);
    await page.getByRole('checkbox', { name: 'Select Dropbox', exact: true }).check();
    await page.getByRole('button', { name: 'Tag selected apps: 1' }).click();
    await page.getByRole('radio', { name: 'Under review' }).check();
    await assertAccessible(page, 'tag dialog with own tags');
    await save(page);
    await page.getByRole('table').getByText('Under review').waitFor();
    await page.getByRole('button', { name: 'Tag: Dropbox', exact: true }).click();
    await page.getByRole('radio', { name: 'New tag …' }).check();
    await page.getByLabel('Name of the new tag').fill('Made here');
    await save(page);
    await page.getByRole('table').getByText('Made here').waitFor();
    await page.getByRole('button', { name: 'Tag: Dropbox', exact: true }).click();
    await page.getByRole('radio', { name: 'Remove a tag' }).check();
    await page.getByRole('radio', { name: 'Made here' }).check();
    await save(page);
    await page.getByRole('table').getByText('Made here').waitFor({ state: 'detached' });

    await page.goto(`${stage.server.url}/portal${settings}`);
    await page.getByRole('button', { name: 'Rename: Under review' }).click();
    await page.getByRole('dialog').getByLabel('Tag name').fill('Reviewed');
    await save(page);
    await page.getByRole('cell', { name: 'Reviewed', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete: Reviewed' }).click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText('taken off all apps that have it: 1').waitFor();
    await assertAccessible(page, 'deleting a tag');
    await asked.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('cell', { name: 'Reviewed', exact: true }).waitFor({ state: 'detached' });
  });
});

test('weights are saved, count at once, and go back', async () => {
  await stage.visit(admin, { path: `${settings}/score-metrics` }, async (page) => {
    const passkeys = page.getByLabel('Passkeys');
    await passkeys.selectOption({ label: 'Ignored' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The weights were saved').waitFor();
    await page.reload();
    assert.equal(await passkeys.inputValue(), '0');
    await page.getByRole('button', { name: 'Restore the initial weights' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Restore the initial weights' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    assert.equal(await passkeys.inputValue(), '2');
  });
});

test('a custom app is added, changed and deleted, and what it cannot be is said', async () => {
  await stage.visit(admin, { path: `${settings}/custom-apps` }, async (page) => {
    await page.getByText('There are no custom apps').waitFor();
    await page.getByRole('button', { name: 'Add custom app' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('App').fill('Payroll');
    await dialog.getByLabel('Domains').fill('not a domain');
    await dialog.getByLabel('Category').selectOption({ label: 'Human resource management' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('is no domain').waitFor();
    await dialog.getByLabel('Domains').fill('payroll.contoso.example\npay.contoso.example');
    await assertAccessible(page, 'custom app dialog');
    await save(page);
    await page.getByText('payroll.contoso.example, pay.contoso.example').waitFor();
    await page.getByRole('button', { name: 'Edit: Payroll' }).click();
    await dialog.getByLabel('Score from 0 to 10').fill('7');
    await save(page);
    await page.getByText('Medium risk').waitFor();
    await page.getByRole('button', { name: 'Delete: Payroll' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There are no custom apps').waitFor();
  });
});

test('a custom report is made over a part of the traffic, looked at, changed and deleted', async () => {
  await stage.visit(admin, { path: `${settings}/reports` }, async (page) => {
    await page.getByRole('button', { name: 'New custom report' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Report name').fill('Branch');
    await dialog.getByRole('checkbox', { name: 'Proxy' }).check();
    await dialog.getByLabel('IP address ranges').fill('192.0.2.0/33');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('192.0.2.0/33').first().waitFor();
    await dialog.getByLabel('IP address ranges').fill('192.0.2.0/24');
    await assertAccessible(page, 'report dialog');
    await save(page);
    await page.getByRole('cell', { name: 'Proxy, 192.0.2.0/24' }).waitFor();
    await page.getByRole('link', { name: 'Branch' }).click();
    await page.getByRole('heading', { name: 'Cloud discovery dashboard' }).waitFor();
    await page.getByRole('link', { name: 'Dropbox' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Edit: Branch' }).click();
    await dialog.getByRole('checkbox', { name: 'Proxy' }).uncheck();
    await save(page);
    await page.getByRole('cell', { name: '192.0.2.0/24', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete: Branch' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'Branch' }).waitFor({ state: 'detached' });
  });
});

test('readers see these settings and cannot change them', async () => {
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { path: settings }, async (page) => {
    const button = page.getByRole('button', { name: 'New tag' });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    await page.goto(`${stage.server.url}/portal${settings}/score-metrics`);
    assert.equal(await page.getByLabel('Passkeys').isDisabled(), true);
  });
  await stage.visit(await stage.person(), { path: `${settings}/reports` }, async (page) => {
    await page.getByText('Discovery.read').first().waitFor();
  });
});
