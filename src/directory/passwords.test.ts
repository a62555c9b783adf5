import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../access/refusal.ts';
import { loadConfig } from '../config.ts';
import { InvalidInput } from '../lib/failures.ts';
import {
  checkNewPassword,
  hashesStarted,
  hashPassword,
  isWeakHash,
  mintOneTimePassword,
  verifyPassword,
} from './passwords.ts';

const { config } = loadConfig({ isDemo: false, vendorHosts: false }, {});

function phc(memory: number, passes: number, password: string): string {
  const nonce = Buffer.from('0123456789abcdef');
  const tag = argon2Sync('argon2id', { message: password, nonce, parallelism: 1, tagLength: 32, memory, passes });
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=1$${text(nonce)}$${text(tag)}`;
}

test('a hash verifies its own password and no other', async () => {
  const hash = await hashPassword('four plain words here');
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await verifyPassword(hash, 'four plain words here'), true);
  assert.equal(await verifyPassword(hash, 'four plain words her'), false);
  assert.equal(await verifyPassword(hash, 'Four plain words here'), false);
  assert.equal(await verifyPassword(hash, ''), false);
  assert.notEqual(hash, await hashPassword('four plain words here'));
});

test('a hash is verified with the parameters it carries, and asked to be renewed when they are weak', async () => {
  const weak = phc(1024, 1, 'an older hash');
  assert.equal(await verifyPassword(weak, 'an older hash'), true);
  assert.equal(isWeakHash(weak), true);
  assert.equal(isWeakHash(await hashPassword('an older hash')), false);
  assert.equal(isWeakHash(phc(65536, 3, 'stronger')), false);
});

test('composed and decomposed characters are the same password', async () => {
  assert.equal(await verifyPassword(await hashPassword('caf\u00e9 au lait noir'), 'cafe\u0301 au lait noir'), true);
});

test('an absent account, a damaged hash and an over-long password cost one computation and verify nothing', async () => {
  for (const [encoded, password] of [
    [null, 'whatever it is'],
    ['not a hash', 'whatever it is'],
    ['$argon2id$v=19$m=4000000,t=99,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg', 'whatever it is'],
    [await hashPassword('x'.repeat(300)), 'x'.repeat(300)],
  ] as const) {
    const before = hashesStarted();
    assert.equal(await verifyPassword(encoded, password), false);
    assert.equal(hashesStarted() - before, 1);
  }
});

test('hashing beyond the queue is refused with a time to come back, and the rest completes', async () => {
  const results = await Promise.allSettled(Array.from({ length: 210 }, () => verifyPassword(phcTiny, 'tiny')));
  const refused = results.filter((each) => each.status === 'rejected');
  assert.equal(refused.length, 210 - 203);
  for (const each of refused) {
    assert.ok(each.reason instanceof Refusal);
    assert.equal(each.reason.details.status, 429);
    assert.ok(each.reason.details.retryAfterSeconds);
  }
  assert.ok(results.every((each) => each.status === 'rejected' || each.value === true));
  assert.equal(await verifyPassword(phcTiny, 'tiny'), true);
});
const phcTiny = phc(64, 1, 'tiny');

const refusedPasswords = [
  'short',
  'elevenchars',
  'password1234',
  'Password2026!',
  'P@ssw0rd1234',
  'qwertyuiop12',
  'aaaaaaaaaaaa',
  '123456789012',
  'abcdefghijkl',
  'Summer2026!!',
  'welcomewelcome',
  'letmein-12345',
  'alice.w-and-more',
  'x1'.repeat(129),
];

for (const password of refusedPasswords) {
  test(`the password ${password.slice(0, 20)} may not be chosen`, () => {
    assert.throws(
      () => checkNewPassword(config, 'newPassword', password, 'alice.w@contoso.example'),
      (error) => error instanceof InvalidInput && error.field === 'newPassword' && error.message.endsWith('.'),
    );
  });
}

for (const password of [
  'tram-lantern-gravel-otter',
  '日本語のながいあいことばです',
  'correct pony cell glue',
  'vJ8#kk2!mQp0',
  'plan 9 from the pantry',
]) {
  test(`the password ${password} may be chosen`, () => {
    checkNewPassword(config, 'newPassword', password, 'alice.w@contoso.example');
  });
}

test('a one-time password passes the rules for chosen ones', () => {
  for (let round = 0; round < 200; round++)
    checkNewPassword(config, 'p', mintOneTimePassword(), 'alice@contoso.example');
});

test('whatever is typed as a new password is taken or refused with a sentence', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 50 }), (password, userName) => {
      try {
        checkNewPassword(config, 'newPassword', password, userName);
      } catch (error) {
        assert.ok(error instanceof InvalidInput);
      }
    }),
  );
});
