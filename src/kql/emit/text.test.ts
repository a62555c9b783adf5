import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { awkwardText, columnNames, textsComeBack } from '../../../test/kql/literals.ts';
import { engine } from '../../../test/kql/trees.ts';
import type { KqlType, Literal } from '../ir.ts';
import { literalSql } from './representation.ts';
import { integerLiteral, quotedName, realLiteral, textLiteral } from './text.ts';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

async function read(sql: string): Promise<unknown> {
  const result = await connection.runAndReadAll(`select ${sql} as v`);
  assert.equal(result.columnCount, 1);
  return result.getRows()[0]?.[0];
}

const awkward = awkwardText('%');

test('a string comes back from its literal as it was, whatever is in it and as long as it is', () =>
  textsComeBack(awkward, (text) => read(textLiteral(text))));

test('nothing that follows a literal becomes part of it, nor the other way round', async () => {
  await fc.assert(
    fc.asyncProperty(awkward, awkward, async (one, other) => {
      const result = await connection.runAndReadAll(`select ${textLiteral(one)}, 7, ${textLiteral(other)}`);
      assert.deepEqual(result.getRows()[0], [one.toWellFormed(), 7, other.toWellFormed()]);
    }),
    { numRuns: 200 },
  );
});

test('a quoted name names one column, whatever is in it; NUL and backslash are refused', async () => {
  await fc.assert(
    fc.asyncProperty(columnNames(awkward), async (name) => {
      const result = await connection.runAndReadAll(`select 1 as ${quotedName(name)}`);
      assert.deepEqual(result.columnNames(), [name]);
    }),
    { numRuns: 200 },
  );
  assert.throws(() => quotedName('a\0b'), RangeError);
  assert.throws(() => quotedName('a\\b'), RangeError);
});

test('numbers come back as they were, with their types', async () => {
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), async (value) => {
      assert.equal(await read(integerLiteral(value, 'BIGINT')), value);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.double(), async (value) => {
      const back = await read(realLiteral(value));
      assert.ok(Object.is(back, value) || (value === 0 && back === 0), `${value} became ${back}`);
    }),
  );
});

test('a null literal has its type, and a string is never null', async () => {
  const types: readonly KqlType[] = [
    'bool',
    'datetime',
    'decimal',
    'dynamic',
    'guid',
    'int',
    'long',
    'real',
    'timespan',
  ];
  for (const type of types) {
    const literal: Literal = { kind: 'literal', type, value: null };
    assert.equal(await read(literalSql(literal)), null);
  }
  assert.equal(await read(literalSql({ kind: 'literal', type: 'string', value: null })), '');
});
