import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTicks } from '../lib/ticks.ts';
import { bounded, commentsMax, hasRoomFor } from './bounds.ts';
import type { CorrelationReason, IncidentComment } from './incident-record.ts';
import { newIncident } from './raise.ts';

const record = newIncident(1, 1n);
const said = (at: number, comment = `c${at}`): IncidentComment => ({
  comment,
  createdBy: 'ana',
  createdTime: formatTicks(BigInt(at) * 10_000_000n),
});

test('an incident within its bounds stays as it is, in its order', () => {
  const full = { ...record, comments: [said(1), said(3), said(2)], tags: ['b', 'a'] };
  assert.deepEqual(bounded(full), full);
});

test('of too many comments the newest stay, with one note for the others, however often that happens', () => {
  const many = Array.from({ length: commentsMax + 5 }, (_, at) => said(at));
  const once = bounded({ ...record, comments: many });
  assert.equal(once.comments.length, commentsMax);
  assert.equal(once.comments[0]?.comment, `c${commentsMax + 4}`);
  assert.match(once.comments.at(-1)?.comment ?? '', /^Older comments were left out/);
  const twice = bounded({ ...record, comments: [said(commentsMax + 9), ...once.comments] });
  assert.equal(twice.comments.length, commentsMax);
  assert.equal(twice.comments.filter(({ createdBy }) => createdBy === 'sallyport').length, 1);
  const long = bounded({ ...record, comments: Array.from({ length: 50 }, (_, at) => said(at, 'x'.repeat(30_000))) });
  assert.ok(long.comments.length > 30 && long.comments.length < 50);
  assert.equal(hasRoomFor('x'.repeat(30_000), long.comments), false);
});

test('an alert that is moved back and forth leaves one reason, and that alerts were moved is never forgotten', () => {
  const moves = Array.from({ length: 10_000 }, (_, at) => ({ alertId: 'a', from: at, by: 'ana' }));
  assert.deepEqual(bounded({ ...record, reasons: moves }).reasons, [moves.at(-1)]);
  const links = Array.from({ length: 5000 }, (_, at) => ({ alertId: `l${at}`, with: 'a', kind: 'user', key: 'x' }));
  const reasons: CorrelationReason[] = [...moves, ...links];
  const kept = bounded({ ...record, reasons }).reasons;
  assert.equal(kept.length, 2000);
  assert.deepEqual([kept[0], kept.at(-1)], [moves.at(-1), links.at(-1)]);
});
