import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { deriveKey, type MasterKey, seal, unseal } from './seal.ts';

const master = randomBytes(32) as MasterKey; // Any 32 bytes are a master key.
const key = deriveKey(master, 'sealing');

test('whatever is sealed comes out again, with its own key and context only', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
      const text = Buffer.from(plain, 'utf8').toString('utf8');
      const sealed = seal(key, text, context);
      assert.equal(unseal(key, sealed, context), text);
      assert.throws(() => unseal(key, sealed, `${context}x`));
      assert.throws(() => unseal(deriveKey(master, 'other'), sealed, context));
    }),
    { numRuns: 50 },
  );
});

test('a sealed value with any one bit changed does not open', () => {
  const bytes = Buffer.from(seal(key, 'JBSWY3DPEHPK3PXP', 'users 17'), 'base64');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const altered = Buffer.from(bytes);
    altered[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => unseal(key, altered.toString('base64'), 'users 17'), `bit ${bit}`);
  }
});

test('a sealed value with any character of its text changed, cut off or added does not open', () => {
  const sealed = seal(key, 'JBSWY3DPEHPK3PXP', 'users 17');
  for (let position = 0; position <= sealed.length; position++) {
    if (position < sealed.length)
      assert.throws(() => unseal(key, sealed.slice(0, position) + sealed.slice(position + 1), 'users 17'));
    for (const letter of 'AZaz09+/= !') {
      if (letter !== sealed[position])
        assert.throws(() => unseal(key, sealed.slice(0, position) + letter + sealed.slice(position + 1), 'users 17'));
      assert.throws(() => unseal(key, sealed.slice(0, position) + letter + sealed.slice(position), 'users 17'));
    }
  }
});

test('the same text sealed twice looks different, and its key differs by purpose', () => {
  assert.notEqual(seal(key, 'same', 'row'), seal(key, 'same', 'row'));
  assert.notDeepEqual(deriveKey(master, 'audit'), deriveKey(master, 'sealing'));
  assert.deepEqual(deriveKey(master, 'audit'), deriveKey(master, 'audit'));
});
