import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseMachine, normaliseSource, normaliseUser } from './names.ts';

test('a user is one person however the log writes the name', () => {
  for (const text of ['Alice', 'CONTOSO\\alice', '"alice"', ' ALICE ', 'corp\\sub\\alice', "'CONTOSO\\Alice'"]) {
    assert.equal(normaliseUser(text), 'alice', text);
  }
  assert.equal(normaliseUser('Alice@Contoso.example'), 'alice@contoso.example');
});

test('placeholders and addresses are nobody', () => {
  for (const text of ['-', '', 'unknown', 'Anonymous', '(null)', 'CONTOSO\\-', '192.0.2.7', 'N/A', '\u0000']) {
    assert.equal(normaliseUser(text), '', text);
  }
  assert.equal(normaliseMachine('-'), '');
  assert.equal(normaliseMachine('HOST-1'), 'host-1');
});

test('an address of a client has one form', () => {
  for (const text of ['192.0.2.7', '192.0.2.7:50123', '::ffff:192.0.2.7', ' 192.0.2.7 ']) {
    assert.equal(normaliseSource(text), '192.0.2.7', text);
  }
  assert.equal(normaliseSource('[2001:DB8::1]:443'), '2001:db8::1');
  assert.equal(normaliseSource('fe80::1%eth0'), 'fe80::1');
  assert.equal(normaliseSource('host-1'), '');
});
