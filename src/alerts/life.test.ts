import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sampleDraft } from '../../test/support/alerts.ts';
import { InvalidInput } from '../lib/failures.ts';
import { type Alert, type AlertLifeChange, alertStatuses, classifications, resolutions } from './alert.ts';
import { begunLife, changedAlert, determinationsOf } from './life.ts';

const { life: _life, ...draft } = sampleDraft(1);
const open: Alert = {
  ...draft,
  id: '0123456789abcdef01234567',
  status: 'new',
  resolution: 'open',
  isRead: false,
  classification: 'unknown',
  determination: 'unknown',
  assignedTo: null,
  comments: [],
  closeReason: null,
  closeComment: null,
  feedback: null,
  handledBy: null,
  resolvedTicks: null,
  updatedTicks: draft.createdTicks,
  incidentId: 1,
};
const mark = { by: 'grace@contoso.example', ticks: draft.createdTicks + 100n };

test('what one surface closes is resolved on the others, with its verdict', () => {
  const cases = [
    ['benign', 'informationalExpectedActivity'],
    ['falsePositive', 'falsePositive'],
    ['truePositive', 'truePositive'],
  ] as const;
  for (const [resolution, classification] of cases) {
    const closed = changedAlert(open, { resolution }, mark);
    assert.deepEqual(
      [closed.status, closed.classification, closed.handledBy, closed.resolvedTicks, closed.isRead],
      ['resolved', classification, mark.by, mark.ticks, true],
    );
    const resolved = changedAlert(open, { status: 'resolved', classification }, mark);
    assert.equal(resolved.resolution, resolution);
  }
  assert.equal(changedAlert(open, { status: 'resolved' }, mark).resolution, 'resolved');
});

test('a verdict that comes later changes the resolution, and neither who closed it nor when', () => {
  const closed = changedAlert(open, { status: 'resolved' }, mark);
  const judged = changedAlert(closed, { classification: 'truePositive' }, { by: 'ada', ticks: mark.ticks + 5n });
  assert.deepEqual(
    [judged.resolution, judged.handledBy, judged.resolvedTicks, judged.updatedTicks],
    ['truePositive', mark.by, mark.ticks, mark.ticks + 5n],
  );
});

test('a verdict on an open alert leaves it open', () => {
  const judged = changedAlert(open, { classification: 'falsePositive' }, mark);
  assert.deepEqual([judged.resolution, judged.status, judged.resolvedTicks], ['open', 'new', null]);
});

test('opened again, it is as if nobody had closed it', () => {
  const closed = changedAlert(
    open,
    { resolution: 'benign', closeReason: 5, closeComment: 'asked her', determination: 'confirmedActivity' },
    mark,
  );
  const { updatedTicks, isRead, ...again } = changedAlert(closed, { resolution: 'open' }, mark);
  const { updatedTicks: _updated, isRead: _isRead, ...before } = open;
  assert.deepEqual(again, before);
  assert.ok(updatedTicks > closed.updatedTicks && isRead);
  assert.equal(changedAlert(closed, { status: 'inProgress' }, mark).status, 'inProgress');
});

test('a new classification takes away a determination that does not go with it, and no other', () => {
  const malware = changedAlert(open, { classification: 'truePositive', determination: 'malware' }, mark);
  for (const [change, expected] of [
    [{ classification: 'falsePositive' }, 'unknown'],
    [{ classification: 'unknown' }, 'unknown'],
    [{ resolution: 'falsePositive' }, 'unknown'],
    [{ resolution: 'benign', determination: 'securityTesting' }, 'securityTesting'],
    [{ resolution: 'truePositive' }, 'malware'],
    [{ status: 'resolved' }, 'malware'],
  ] as const) {
    assert.equal(changedAlert(malware, change, mark).determination, expected, JSON.stringify(change));
  }
});

test('a determination that does not go with the classification that stands is refused', () => {
  const malware = changedAlert(open, { classification: 'truePositive', determination: 'malware' }, mark);
  assert.throws(() => changedAlert(malware, { determination: 'securityTesting' }, mark), /does not go with/);
  assert.throws(() => changedAlert(open, { determination: 'malware' }, mark), /does not go with/);
});

test('however it changes, status, resolution and verdict agree and the time of change rises', () => {
  const change = fc.record(
    {
      status: fc.constantFrom(...alertStatuses),
      resolution: fc.constantFrom(...resolutions),
      classification: fc.constantFrom(...classifications),
      determination: fc.constantFrom('malware', 'securityTesting', 'notMalicious', 'other', 'unknown'),
      isRead: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
      let alert = open;
      for (const each of changes) {
        const next = changedOrSame(alert, each);
        if (next === alert) continue;
        assert.ok(determinationsOf(next.classification).includes(next.determination));
        assert.equal(next.status === 'resolved', next.resolution !== 'open');
        assert.equal(next.resolvedTicks !== null, next.resolution !== 'open');
        assert.ok(next.updatedTicks > alert.updatedTicks);
        alert = next;
      }
    }),
  );
});

/** A change with a determination that is refused changes nothing. */
function changedOrSame(alert: Alert, change: AlertLifeChange): Alert {
  try {
    return changedAlert(alert, change, mark);
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return alert;
  }
}

test('an alert that was closed elsewhere begins closed, in the words of both sides', () => {
  const life = begunLife({ status: 'resolved', classification: 'truePositive', updatedTicks: 9n }, 5n);
  assert.deepEqual(
    [life.resolution, life.status, life.isRead, life.resolvedTicks],
    ['truePositive', 'resolved', true, 9n],
  );
  const fresh = begunLife({}, 5n);
  assert.deepEqual([fresh.resolution, fresh.status, fresh.isRead, fresh.updatedTicks], ['open', 'new', false, 5n]);
});
