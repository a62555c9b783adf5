import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Conflict } from '../lib/failures.ts';
import { type LifeAct, type LifeState, stateAfter } from './life-cycle.ts';

const enabled: LifeState = { status: 'enabled', statusBeforeDeletion: null };
const disabled: LifeState = { status: 'disabled', statusBeforeDeletion: null };

test('what was disabled before its deletion is disabled after its restoration', () => {
  for (const before of [enabled, disabled]) {
    const deleted = stateAfter('It', before, 'delete');
    assert.ok(deleted);
    assert.deepEqual(stateAfter('It', deleted, 'restore'), before);
  }
});

test('a deleted thing can only be restored, and only a deleted thing can', () => {
  const deleted = stateAfter('It', enabled, 'delete');
  assert.ok(deleted);
  assert.throws(() => stateAfter('It', deleted, 'enable'), Conflict);
  assert.throws(() => stateAfter('It', deleted, 'disable'), Conflict);
  assert.throws(() => stateAfter('It', enabled, 'restore'), Conflict);
  assert.equal(stateAfter('It', deleted, 'delete'), undefined);
});

test('after any run of acts, disabled is left by enabling only', () => {
  const acts = fc.array(fc.constantFrom<LifeAct>('disable', 'enable', 'delete', 'restore'));
  fc.assert(
    fc.property(acts, (run) => {
      let state = disabled;
      for (const act of run.filter((each) => each !== 'enable')) {
        try {
          state = stateAfter('It', state, act) ?? state;
        } catch (error) {
          assert.ok(error instanceof Conflict);
        }
        assert.notEqual(state.status, 'enabled');
      }
    }),
  );
});
