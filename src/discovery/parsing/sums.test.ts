import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayWord, entryNumbers, entryWords, numberAt, Sums, wordAt } from './sums.ts';

/** More than there is room for from the beginning, so that slots and memory have to grow. */
const keys = 600_000;

function addAll(sums: Sums, round: number): void {
  for (let key = 0; key < keys; key++) {
    sums.add(
      key % 1000,
      key % 701,
      0,
      Math.floor(key / 1000),
      dayWord(20_000, false),
      key % 977,
      key,
      round,
      key + round,
    );
  }
}

test('however many keys there are, each is added up once, and its numbers stay its own', () => {
  const sums = new Sums();
  addAll(sums, 1);
  addAll(sums, 2);
  assert.equal(sums.count, keys);
  const { count, memory } = sums.arrays();
  assert.equal(count, keys);
  const [words, numbers] = [new Int32Array(memory), new Float64Array(memory)];
  for (let key = 0; key < keys; key++) {
    const at = key * entryWords;
    const number = key * entryNumbers;
    const found = [
      words[at + wordAt.destination],
      words[at + wordAt.machine],
      words[at + wordAt.transactions],
      numbers[number + numberAt.uploaded],
      numbers[number + numberAt.downloaded],
    ];
    const expected = [key % 1000, Math.floor(key / 1000), 2, key * 2, 3];
    if (String(found) !== String(expected)) assert.deepEqual(found, expected, `key ${key}`);
  }
});

test('what was cleared is forgotten, also where memory has grown', () => {
  const sums = new Sums();
  addAll(sums, 1);
  sums.clear();
  assert.equal(sums.count, 0);
  sums.add(1, 2, 3, 4, dayWord(20_000, true), 5, 6, 7, 13);
  const { count, memory } = sums.arrays();
  assert.equal(count, 1);
  assert.deepEqual([...new Int32Array(memory, 0, 8)], [1, 2, 3, 4, dayWord(20_000, true), 1, 5, 5]);
});
