import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isInRanges, normaliseRange } from '../lib/addresses.ts';
import { findOverlap } from './overlaps.ts';

const ours = (ranges: readonly string[]) => ({ owner: 'ours', ranges });

test('ranges that meet are named with their owners, and those of others among themselves do not count', () => {
  const others = [
    { owner: 'a', ranges: ['10.0.0.0/8'] },
    { owner: 'b', ranges: ['10.1.0.0/16', '2001:db8::/32'] },
  ];
  assert.equal(findOverlap(ours(['11.0.0.0/8', '2001:db9::/32']), others), undefined);
  assert.deepEqual(findOverlap(ours(['2001:db8:1::/48']), others), {
    range: '2001:db8:1::/48',
    owner: 'ours',
    otherRange: '2001:db8::/32',
    otherOwner: 'b',
  });
  assert.equal(findOverlap(ours(['0.0.0.0/0']), others)?.otherOwner, 'a');
  assert.equal(findOverlap(ours(['1.0.0.0/8', '1.2.3.4/32']), [])?.otherOwner, 'ours');
});

test('IPv4 and IPv6 meet only where IPv6 maps IPv4', () => {
  const others = [{ owner: 'a', ranges: ['1.2.3.0/24'] }];
  assert.equal(findOverlap(ours(['::/96']), others), undefined);
  assert.equal(findOverlap(ours(['::/0']), others)?.otherOwner, 'a');
});

const range = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(32))
  .map(([address, bits]) => normaliseRange(`${address}/${address.includes(':') ? bits * 4 : bits}`))
  .filter((each) => each !== undefined);

test('two ranges overlap exactly when one holds the first address of the other', () => {
  fc.assert(
    fc.property(range, range, (left, right) => {
      const first = (each: string) => each.slice(0, each.indexOf('/'));
      const isSameKind = left.includes(':') === right.includes(':');
      if (!isSameKind) return;
      const expected = isInRanges(first(left), [right]) || isInRanges(first(right), [left]);
      assert.equal(findOverlap(ours([left]), [{ owner: 'a', ranges: [right] }]) !== undefined, expected);
      assert.equal(findOverlap(ours([left, right]), []) !== undefined, expected);
    }),
  );
});
