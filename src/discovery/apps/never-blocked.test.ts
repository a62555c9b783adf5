import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCatalog } from '../catalog/catalog.ts';
import { isNeverBlockable, isProtected, serviceBehind } from './never-blocked.ts';

test('portals that everybody needs cannot be blocked, by any domain that would take one along', () => {
  assert.equal(serviceBehind(['security.microsoft.com']), 'Microsoft 365 security center');
  assert.equal(serviceBehind(['contoso.portal.cloudappsecurity.com']), 'Microsoft Defender for Cloud Apps');
  assert.equal(serviceBehind(['harmless.example', 'com']), 'Microsoft Defender for Cloud Apps');
  assert.equal(serviceBehind(['microsoft.com']), 'Microsoft 365 security center');
  assert.equal(serviceBehind(['notmicrosoftonline.com', 'dropbox.com', 'learn.microsoft.com']), undefined);
});

test('the documented services are protected in the catalogue, and little else', async () => {
  const catalog = await openCatalog();
  const names = catalog.apps().filter(({ id }) => isProtected(catalog, id));
  assert.deepEqual(
    names.map(({ name }) => name),
    [
      'Office 365',
      'Microsoft Azure',
      'Cloud App Security',
      'Microsoft',
      'Microsoft Defender XDR',
      'Microsoft Entra ID',
      'Microsoft Intune',
      'Microsoft Purview',
    ],
  );
  assert.equal(await isNeverBlockable(20595), true);
  assert.equal(await isNeverBlockable(11627), false);
  assert.equal(await isNeverBlockable(1), false);
});
