import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testConfig } from '../../test/support/services.ts';
import { ConfigProblem } from '../config.ts';
import { startServer } from './start.ts';

test('the demo keeps out of the folder of a deployment whose control store lies elsewhere', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-start-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // What a server on PostgreSQL leaves in its folder. An interrupted demo would take all of it for its own and begin anew.
  writeFileSync(join(folder, 'master.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'events.duckdb'), 'records of years');
  const config = testConfig(folder, { mode: { isDemo: true } });
  await assert.rejects(
    startServer(config, 'demo'),
    (error) => error instanceof ConfigProblem && error.message.includes('SALLYPORT_DATA'),
  );
  assert.deepEqual(readdirSync(folder).sort(), ['events.duckdb', 'master.key']);
});
