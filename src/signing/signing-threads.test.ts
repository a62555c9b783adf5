import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { test } from 'node:test';
import { slotBytes } from './signing-slots.ts';
import { signText } from './signing-threads.ts';

function makeKey(id: string) {
  return { id, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

function isSignedBy(publicKey: KeyObject, text: string, signature: string): boolean {
  return verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'));
}

test('each of many texts gets its own signature, more than the threads can hold at once', async () => {
  const key = makeKey('many');
  const texts = Array.from({ length: 300 }, (_, index) => `text ${index} ${'x'.repeat(index)}`);
  const signatures = await Promise.all(texts.map((text) => signText(key, text)));
  for (const [index, text] of texts.entries())
    assert.ok(isSignedBy(key.publicKey, text, signatures[index] ?? ''), text);
  assert.equal(new Set(signatures).size, texts.length);
});

test('keys that take turns, and come back after others, each sign their own', async () => {
  const keys = ['a', 'b', 'c', 'd'].map((id) => makeKey(id));
  const turns = Array.from({ length: 80 }, (_, index) => ({
    key: keys[index % 4] ?? makeKey('x'),
    text: `turn ${index}`,
  }));
  const signatures = await Promise.all(turns.map(({ key, text }) => signText(key, text)));
  for (const [index, { key, text }] of turns.entries()) {
    assert.ok(isSignedBy(key.publicKey, text, signatures[index] ?? ''), text);
  }
});

test('a text that no slot holds is signed as well', async () => {
  const key = makeKey('large');
  for (const length of [slotBytes, slotBytes + 1, 4 * slotBytes]) {
    const text = 'y'.repeat(length);
    assert.ok(isSignedBy(key.publicKey, text, await signText(key, text)), `${length} bytes`);
  }
});

test('a key that cannot sign fails its own text only', async () => {
  const good = makeKey('good');
  // Edwards curves take no hash of the caller's choice (RFC 8032).
  const other = { id: 'other', ...generateKeyPairSync('ed25519') };
  const results = await Promise.allSettled([signText(good, 'one'), signText(other, 'two'), signText(good, 'three')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});
