import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomId } from './random-ids.ts';

test('random ids are UUIDs of version 4, none twice, and every free bit of them varies', () => {
  const ids = Array.from({ length: 2000 }, randomId);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const values = ids.map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
  const ever = values.reduce((all, value) => all | value, 0n);
  const always = values.reduce((all, value) => all & value, (1n << 128n) - 1n);
  // Six bits are fixed: four of the version, two of the variant.
  assert.equal((ever ^ always).toString(2).replaceAll('0', '').length, 122);
});
