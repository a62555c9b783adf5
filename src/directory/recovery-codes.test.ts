import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { mintRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';

test('ten different codes of four groups are made', () => {
  const codes = mintRecoveryCodes();
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
});

test('a code is the same in any case, with and without hyphens and spaces', () => {
  for (const code of mintRecoveryCodes()) {
    const hash = recoveryCodeHash(code);
    assert.ok(hash);
    assert.equal(recoveryCodeHash(code.toUpperCase()), hash);
    assert.equal(recoveryCodeHash(code.replaceAll('-', '')), hash);
    assert.equal(recoveryCodeHash(` ${code.replaceAll('-', ' ')} `), hash);
  }
});

test('a text that cannot be a code has no hash, and no text makes it fail', () => {
  for (const text of ['', '123456', 'abcd-efgh-ijkl-mno', 'abcd-efgh-ijkl-mno1', 'abcd-efgh-ijkl-mnop-q']) {
    assert.equal(recoveryCodeHash(text), undefined);
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void recoveryCodeHash(text)));
});
