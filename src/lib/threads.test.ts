import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startThread } from './threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-threads-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): URL {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path);
}

test('a thread is asked before its file is loaded, and answers', async () => {
  const text = `import { parentPort } from 'node:worker_threads';
const twice = (value: number): number => value * 2;
parentPort?.on('message', (value: number) => parentPort?.postMessage(twice(value)));`;
  const thread = startThread(fileOf('twice.ts', text), { env: {} });
  thread.postMessage(21);
  assert.deepEqual(await once(thread, 'message'), [42]);
  await thread.terminate();
});

test('a file that cannot be loaded is an error of its thread', async () => {
  const thread = startThread(fileOf('broken.ts', "throw new Error('It is broken.');"), { env: {} });
  const [error] = await once(thread, 'error');
  assert.match(String(error), /It is broken\./);
});
