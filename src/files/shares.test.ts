import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeShares, encodeShares, type Share, sharingLevel, withShare } from './shares.ts';

const share: fc.Arbitrary<Share> = fc.record({
  kind: fc.constantFrom('link', 'user', 'group'),
  name: fc.constantFrom('a', 'b', 'c'),
  level: fc.constantFrom(1, 2, 3),
  isOn: fc.boolean(),
  at: fc.nat(5),
});

const after = (shares: readonly Share[]) => shares.reduce<readonly Share[]>((all, each) => withShare(all, each), []);

test('what is shared does not depend on the order in which records come', () => {
  fc.assert(
    fc.property(fc.array(share), fc.array(fc.nat()), (shares, keys) => {
      // One thing is shared at one level; only its beginnings and ends differ.
      const levelled = shares.map((each) => ({ ...each, level: each.kind === 'link' ? (3 as const) : (1 as const) }));
      const shuffled = levelled
        .map((each, index) => [keys[index] ?? 0, each] as const)
        .sort(([left], [right]) => left - right)
        .map(([, each]) => each);
      assert.deepEqual(after(shuffled), after(levelled));
    }),
  );
});

test('shares are stored and read back as they are, and there are never more than 200', () => {
  const many = Array.from({ length: 500 }, (_, index): Share => {
    return { kind: 'user', name: `u${index}`, level: 2, isOn: index % 3 === 0, at: index };
  });
  const kept = after(many);
  assert.equal(kept.length, 200);
  assert.equal(kept.filter(({ isOn }) => isOn).length, 167);
  assert.deepEqual(decodeShares(encodeShares(kept)), kept);
});

test('nothing is known until something was shared, and what ended leaves the file private', () => {
  const link: Share = { kind: 'link', name: 'anonymous', level: 3, isOn: true, at: 1 };
  const guest: Share = { kind: 'user', name: 'eve', level: 2, isOn: true, at: 2 };
  assert.equal(sharingLevel([]), null);
  assert.equal(sharingLevel(after([link, guest])), 3);
  assert.equal(sharingLevel(after([link, guest, { ...link, isOn: false, at: 3 }])), 2);
  assert.equal(sharingLevel(after([{ ...guest, isOn: false, at: 3 }, guest])), 0);
});
