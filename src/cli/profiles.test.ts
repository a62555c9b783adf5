import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CliProblem } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { isProfileName, openProfiles, type Profile, signedInProfile } from './profiles.ts';
import { openTexts } from './text.ts';

const t = openTexts('en');

function newStore(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'profiles-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return openProfiles(join(folder, 'sallyport', 'profiles.json'), t);
}

function profile(name: string, more: Partial<Profile> = {}): Profile {
  return {
    ...{ name, url: 'https://localhost:8443', tenant: 'contoso', userName: 'ana@contoso.example' },
    ...{ session: 'slpcsSecret', expiresAt: '2026-11-21T08:00:00.000Z', caFile: null, auditHeads: {} },
    ...more,
  };
}

test('what is saved is read back, and the file is for its owner only', (context) => {
  const store = newStore(context);
  assert.deepEqual(store.list(), []);
  const heads = { t1: { sequence: 7, hash: 'ab', verifiedAt: '2026-11-21T08:00:00.000Z' } };
  store.save(profile('b', { auditHeads: heads }), { makeCurrent: true });
  store.save(profile('a'));
  assert.deepEqual(
    store.list().map(({ name }) => name),
    ['a', 'b'],
  );
  assert.equal(store.currentName(), 'b');
  assert.deepEqual(store.find('b')?.auditHeads, heads);
  assert.equal(statSync(store.file).mode & 0o777, 0o600);
  assert.equal(statSync(join(store.file, '..')).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(join(store.file, '..')), ['profiles.json'], 'no draft is left behind');
});

test('a file that others may read is refused, and nothing of it is used', {
  skip: process.platform === 'win32',
}, (context) => {
  const store = newStore(context);
  store.save(profile('a'));
  for (const mode of [0o640, 0o604, 0o622]) {
    chmodSync(store.file, mode);
    assert.throws(
      () => store.list(),
      (error) =>
        error instanceof CliProblem && error.code === 'profiles-shared' && /chmod 600/.test(error.hints.join()),
      mode.toString(8),
    );
  }
  chmodSync(store.file, 0o600);
  chmodSync(join(store.file, '..'), 0o777);
  assert.throws(() => store.save(profile('b')), CliProblem);
  chmodSync(join(store.file, '..'), 0o700);
  assert.equal(store.list().length, 1);
});

test('a file that is not ours is refused with its name and stays as it is', (context) => {
  const store = newStore(context);
  store.save(profile('a'));
  for (const content of ['', 'null', '[]', '{"profiles":[{}],"current":null}', '{"current":1,"profiles":[]}', '{']) {
    writeFileSync(store.file, content);
    assert.throws(
      () => store.save(profile('b')),
      (error) => error instanceof CliProblem && error.message.includes(store.file),
    );
    assert.equal(readFileSync(store.file, 'utf8'), content);
  }
});

test('removing the current profile leaves none current', (context) => {
  const store = newStore(context);
  store.save(profile('a'), { makeCurrent: true });
  assert.equal(store.use('b'), false);
  assert.equal(store.remove('b'), false);
  assert.equal(store.remove('a'), true);
  assert.equal(store.currentName(), undefined);
});

test('without a session in the chosen profile nobody is signed in', (context) => {
  const store = newStore(context);
  const codeOf = (name?: string): unknown => {
    try {
      return signedInProfile(store, name, t).name;
    } catch (error) {
      assert.ok(error instanceof CliProblem);
      return error.exitCode;
    }
  };
  assert.equal(codeOf(), exitCodes.notSignedIn);
  assert.equal(codeOf('a'), exitCodes.notFound);
  store.save(profile('a', { session: null, expiresAt: null }), { makeCurrent: true });
  assert.equal(codeOf(), exitCodes.notSignedIn);
  store.save(profile('b'));
  assert.equal(codeOf('b'), 'b');
});

test('profile names are plain words', () => {
  for (const name of ['default', 'contoso/global-administrator', 'a@b.c']) assert.ok(isProfileName(name), name);
  for (const name of ['', '-x', 'a b', 'ä', 'a'.repeat(101), '\u001b']) assert.ok(!isProfileName(name), name);
});
