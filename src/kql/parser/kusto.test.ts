import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalsOf } from './globals.ts';
import { loadParser } from './kusto.ts';
import { bind } from './tree.ts';

const catalogue = {
  tables: [{ name: 'Odd', source: '"Odd"', timeColumn: null, columns: [{ name: 'a "b" \\c', type: 'long' }] }],
  functions: [{ name: 'Twice', parameters: '(n:long)', body: '{ n * 2 }' }],
} as const;

test('the parser that is installed is the one whose constructors we know', () => {
  assert.equal(loadParser().isAggregate('make_set'), true);
  assert.equal(loadParser().isAggregate('strcat'), false);
});

test('columns of any name and functions of the catalogue are known to the binder', () => {
  const bound = bind('Odd | project x = Twice(["a \\"b\\" \\\\c"])', globalsOf(catalogue));
  assert.deepEqual(bound.errors, []);
  assert.deepEqual(bound.result, {
    kind: 'table',
    name: '',
    isOpen: false,
    columns: [{ name: 'x', type: 'long' }],
  });
});

test('what the binder complains about has its code and place', () => {
  const { errors } = bind('Odd | where nothing == 1', globalsOf(catalogue));
  assert.equal(errors[0]?.code, 'KS142');
  assert.deepEqual(errors[0]?.span, { start: 12, length: 7 });
});
