import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusOf } from './status.ts';

const sevenDaysMs = 7 * 24 * 60 * 60 * 1000;
const usedAt = Date.UTC(2026, 9, 24, 23, 30);

test('a token that was never used is generated, however old it is', () => {
  assert.equal(statusOf(null, 0), 'generated');
  assert.equal(statusOf(null, Number.MAX_SAFE_INTEGER), 'generated');
});

test('a used token is active for exactly 7 x 24 hours, to the millisecond, whatever clocks do in between', () => {
  assert.equal(statusOf(usedAt, usedAt), 'active');
  assert.equal(statusOf(usedAt, usedAt + sevenDaysMs), 'active');
  assert.equal(statusOf(usedAt, usedAt + sevenDaysMs + 1), 'inactive');
});

test('a use that another node noted a moment ahead of this clock makes the token active', () => {
  assert.equal(statusOf(usedAt + 300, usedAt), 'active');
});
