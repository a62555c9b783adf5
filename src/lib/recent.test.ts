import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recent } from './recent.ts';

test('it never holds more than it may, and what it gives back is what was put in last', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 20 }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 }))),
      (entriesMax, steps) => {
        const recent = new Recent<number, string>(entriesMax);
        const truth = new Map<number, string>();
        steps.forEach(([isWrite, key], step) => {
          if (isWrite) {
            recent.set(key, `value ${step}`);
            truth.set(key, `value ${step}`);
          }
          const found = recent.get(key);
          if (isWrite) assert.equal(found, truth.get(key));
          if (found !== undefined) assert.equal(found, truth.get(key));
          assert.ok(recent.size <= entriesMax);
        });
      },
    ),
  );
});

test('what is asked for again and again stays, whatever else passes through', () => {
  const recent = new Recent<string, number>(10);
  recent.set('kept', 1);
  for (let n = 0; n < 1000; n++) {
    recent.set(`passing ${n}`, n);
    assert.equal(recent.get('kept'), 1);
  }
  assert.equal(recent.get('passing 0'), undefined);
});
