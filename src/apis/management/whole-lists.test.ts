import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOfWhole } from './whole-lists.ts';

const items = [
  { name: 'Berlin', count: 2, at: null },
  { name: 'asa-10', count: 10, at: '2026-01-02' },
  { name: 'asa-9', count: null, at: '2026-01-01' },
];
const shape = {
  texts: ({ name }: (typeof items)[number]) => [name, null],
  sorts: {
    name: ({ name }: (typeof items)[number]) => name,
    count: ({ count }: (typeof items)[number]) => count,
    at: ({ at }: (typeof items)[number]) => at,
  },
};
const names = (request: Parameters<typeof pageOfWhole<(typeof items)[number], 'name' | 'count' | 'at'>>[1]) =>
  pageOfWhole(items, request, shape).items.map(({ name }) => name);

test('without a wish all of them come, in the order that they have', () => {
  assert.deepEqual(names({}), ['Berlin', 'asa-10', 'asa-9']);
  assert.deepEqual(names({ direction: 'desc' }), ['asa-9', 'asa-10', 'Berlin']);
});

test('names are ordered as people read them, and what is missing is the smallest', () => {
  assert.deepEqual(names({ sort: 'name' }), ['asa-9', 'asa-10', 'Berlin']);
  assert.deepEqual(names({ sort: 'count', direction: 'desc' }), ['asa-10', 'Berlin', 'asa-9']);
  assert.deepEqual(names({ sort: 'at' }), ['Berlin', 'asa-9', 'asa-10']);
});

test('a page is cut from what was found, and the total counts all that was', () => {
  const found = pageOfWhole(items, { search: ' ASA', sort: 'name', skip: 1, limit: 1 }, shape);
  assert.deepEqual([found.items.map(({ name }) => name), found.total], [['asa-10'], 2]);
  assert.deepEqual(pageOfWhole(items, { skip: 5 }, shape), { items: [], total: 3 });
});
