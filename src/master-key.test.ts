import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deriveKeys, loadMasterKey, parseMasterKey } from './master-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-key-'));
after(() => rmSync(folder, { recursive: true }));
const hex = 'aB'.repeat(32);
let files = 0;
const freshFile = () => join(folder, `${++files}`, 'master.key');

test('a key file that is made is read by its owner only, and stays the same key', () => {
  const file = freshFile();
  const made = loadMasterKey(null, file, true);
  assert.equal(made.length, 32);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
  assert.deepEqual(loadMasterKey(null, file, true), made);
  assert.deepEqual(loadMasterKey(null, file, false), made);
  assert.deepEqual(readdirSync(join(file, '..')), ['master.key']);
  assert.notDeepEqual(loadMasterKey(null, freshFile(), true), made);
});

test('a missing key file of a store that exists is never made anew', () => {
  const file = freshFile();
  assert.throws(() => loadMasterKey(null, file, false), /is missing\. Restore it/);
  assert.equal(existsSync(file), false);
});

test('a key file that others may read, in any way, is refused with the command that mends it', () => {
  const file = freshFile();
  loadMasterKey(null, file, true);
  for (const mode of [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666]) {
    chmodSync(file, mode);
    assert.throws(() => loadMasterKey(null, file, true), /chmod 600/, mode.toString(8));
  }
  chmodSync(file, 0o400);
  assert.ok(loadMasterKey(null, file, true));
});

test('a key file that is empty or holds anything else is refused and left as it is', () => {
  for (const content of ['', '\n', hex.slice(1), `${hex}0`, `g${hex.slice(1)}`, `${hex}\n${hex}`]) {
    const file = join(folder, `bad-${++files}`);
    writeFileSync(file, content, { mode: 0o600 });
    assert.throws(() => loadMasterKey(null, file, true), /does not hold 64 hex digits/, JSON.stringify(content));
    assert.equal(readFileSync(file, 'utf8'), content);
  }
});

test('the environment goes before the file, which is then not made', () => {
  const file = freshFile();
  assert.deepEqual(loadMasterKey(`${hex}\n`, file, true), Buffer.from(hex, 'hex'));
  assert.equal(existsSync(file), false);
  assert.throws(
    () => loadMasterKey('tram lantern gravel otter', file, true),
    (error: unknown) =>
      error instanceof Error && /64 hex digits/.test(error.message) && !error.message.includes('tram'),
  );
});

test('processes that start together on one folder agree on one key', async () => {
  const file = freshFile();
  const keys = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const { spawn } = await import('node:child_process');
      const code = `import { loadMasterKey } from ${JSON.stringify(join(import.meta.dirname, 'master-key.ts'))};
        console.log(loadMasterKey(null, ${JSON.stringify(file)}, true).toString('hex'));`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      for await (const chunk of child.stdout) text += chunk;
      return text.trim();
    }),
  );
  assert.equal(new Set(keys).size, 1);
  assert.ok(parseMasterKey(keys[0] ?? ''));
});

test('every purpose has a key of its own, the same at every start', () => {
  const key = parseMasterKey(hex);
  assert.ok(key);
  const keys = Object.values(deriveKeys(key)).map((each) => each.toString('hex'));
  assert.equal(new Set([...keys, hex.toLowerCase()]).size, keys.length + 1);
  assert.deepEqual(deriveKeys(key), deriveKeys(key));
});
