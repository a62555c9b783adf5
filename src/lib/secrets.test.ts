import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { checksumBase62, equalInConstantTime, randomBase62, sha256Hex } from './secrets.ts';

test('random texts have the asked length, the asked alphabet, and draw every letter about equally often', () => {
  for (const length of [0, 1, 48, 58, 300]) assert.match(randomBase62(length), new RegExp(`^[0-9A-Za-z]{${length}}$`));
  const counts = new Map<string, number>();
  const drawn = 124_000;
  for (const letter of randomBase62(drawn)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  assert.equal(counts.size, 62);
  // 2000 of each are expected, with a deviation of 44; six of these are not met by chance.
  for (const [letter, count] of counts) assert.ok(Math.abs(count - 2000) < 270, `${letter} came ${count} times`);
});

test('the checksum is CRC-32 in six base-62 digits', () => {
  assert.equal(checksumBase62(''), '000000');
  // CRC-32 of "123456789" is 0xCBF43926, the check value of the algorithm.
  let digits = '';
  for (let rest = 0xcbf43926; digits.length < 6; rest = Math.floor(rest / 62)) {
    digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'[rest % 62] + digits;
  }
  assert.equal(checksumBase62('123456789'), digits);
});

test('two texts are equal exactly when they are the same, whatever their lengths', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      assert.equal(equalInConstantTime(left, right), left === right);
      assert.equal(equalInConstantTime(left, left), true);
    }),
  );
});

test('the hash is SHA-256 of the UTF-8 text', () => {
  assert.equal(sha256Hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(sha256Hex('é'), createHash('sha256').update(Buffer.from('é', 'utf8')).digest('hex'));
});
