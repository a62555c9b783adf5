import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sweepSpool } from './spool.ts';

const program = join(import.meta.dirname, '../../../test/support/spooling-process.ts');

test('what a killed process leaves in the spool is gone after the next start, and nothing else is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-spool-'));
  try {
    const child = fork(program, [folder], { stdio: 'ignore' });
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok((await readdir(folder)).some((file) => file.endsWith('.rows')));
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await sweepSpool(folder);
    assert.deepEqual((await readdir(folder)).sort(), ['log', 'notes.txt']);
    await sweepSpool(join(folder, 'not-there'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
