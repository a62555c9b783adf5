import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeMemory } from './memory.ts';

test('memory that was given back holds nothing; once more, or of what threads share, does nothing', () => {
  const bytes = Buffer.alloc(65_536, 1);
  freeMemory(bytes.buffer);
  assert.equal(bytes.length, 0);
  freeMemory(bytes.buffer);
  const shared = new SharedArrayBuffer(8);
  freeMemory(shared);
  assert.equal(shared.byteLength, 8);
});
