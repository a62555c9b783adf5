import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHidden, nameCipher, nameKeyBytes } from './anonymous-names.ts';

const key = Buffer.alloc(nameKeyBytes, 7);
const names = nameCipher(key);

test('a hidden name comes back with the key that hid it, and with no other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (name) => {
      const hidden = names.hide(name);
      assert.equal(names.reveal(hidden), name);
      assert.equal(nameCipher(randomBytes(nameKeyBytes)).reveal(hidden), null);
      assert.ok(isHidden(hidden));
      assert.ok(name.length < 6 || !hidden.includes(Buffer.from(name).toString('hex')));
    }),
  );
});

test('the same name is hidden in the same way by every process, and different names differently', () => {
  assert.equal(nameCipher(Buffer.from(key)).hide('alex@contoso.example'), names.hide('alex@contoso.example'));
  assert.notEqual(names.hide('alex@contoso.example'), names.hide('alex@contoso.exampl'));
  assert.equal(names.hide(''), '');
});

test('a hidden name survives a change of letter case, which no name behind it would', () => {
  assert.equal(names.reveal(names.hide('alex').toUpperCase()), 'alex');
});

test('a hidden name with any digit changed reveals nothing', () => {
  const hidden = names.hide('alex.wilber@contoso.example');
  for (let index = 0; index < hidden.length; index++) {
    const digit = (Number.parseInt(hidden.charAt(index), 16) ^ 1).toString(16);
    assert.equal(names.reveal(hidden.slice(0, index) + digit + hidden.slice(index + 1)), null);
  }
});

test('what was never hidden reveals nothing', () => {
  fc.assert(fc.property(fc.string(), (text) => names.reveal(text) === null));
  for (const text of ['', 'alex', '0'.repeat(64), '0'.repeat(63), 'g'.repeat(64), '0'.repeat(1_000_000)]) {
    assert.equal(names.reveal(text), null);
  }
});

test('a key of another length is refused', () => {
  assert.throws(() => nameCipher(Buffer.alloc(16)), /32 bytes/);
});
