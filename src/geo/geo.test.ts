import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openGeo } from './geo.ts';

const dataFolder = mkdtempSync(join(tmpdir(), 'sallyport-geo-'));
after(() => rmSync(dataFolder, { recursive: true, force: true }));
const config = { dataFolder, countryDatabaseFile: null, organizationDatabaseFile: null };

test('the shipped data knows country and organisation of well-known addresses', async () => {
  assert.equal(existsSync(join(dataFolder, 'cache')), false);
  const geo = await openGeo(config);
  assert.deepEqual(geo('8.8.8.8'), { countryCode: 'US', organization: 'Google LLC', asNumber: 15169 });
  assert.equal(geo('2001:4860:4860::8888').asNumber, 15169);
  assert.equal(geo('13.107.6.152').asNumber, 8068);
  assert.deepEqual(geo('255.255.255.255'), { countryCode: null, organization: null, asNumber: null });
  assert.equal(readdirSync(join(dataFolder, 'cache')).length, 1);
});

test('the databases are opened once for a configuration', async () => {
  assert.equal(await openGeo(config), await openGeo(config));
});

test("a database of the operator's that cannot be read is named together with its setting", async () => {
  const wrong = { ...config, countryDatabaseFile: join(dataFolder, 'none.mmdb') };
  await assert.rejects(openGeo(wrong), /none\.mmdb cannot be read.*countryDatabaseFile/);
});
