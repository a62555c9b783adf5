import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { engine } from '../../../test/kql/trees.ts';
import { scalarFunctions } from './index.ts';

let connection: DuckDBConnection;
before(async () => {
  connection = await engine();
});

/** Arguments behind the program's name, read character by character by the rules of CommandLineToArgvW. */
function argumentsOf(line: string): string[] {
  const found: string[] = [];
  let current: string | null = null;
  let quotes = 0;
  let index = 0;
  while (index < line.length) {
    const character = line[index] ?? '';
    if ((character === ' ' || character === '\t') && quotes === 0) {
      if (current !== null) found.push(current);
      current = null;
      index += 1;
      continue;
    }
    const backslashes = /^\\*/.exec(line.slice(index))?.[0].length ?? 0;
    index += backslashes;
    const isQuote = line[index] === '"';
    current = (current ?? '') + '\\'.repeat(isQuote ? Math.floor(backslashes / 2) : backslashes);
    if (!isQuote) {
      if (backslashes === 0) {
        current += character;
        index += 1;
      }
      continue;
    }
    if (backslashes % 2 === 1) current += '"';
    else quotes += 1;
    index += 1;
    for (; line[index] === '"'; index += 1) {
      quotes += 1;
      if (quotes === 3) {
        current += '"';
        quotes = 0;
      }
    }
    if (quotes === 2) quotes = 0;
  }
  return current === null ? found : [...found, current];
}

test('a command line is taken apart as Windows does, whatever quotes and backslashes it has', async () => {
  const span = { start: 0, length: 0 };
  const emit = scalarFunctions.get('parse_command_line')?.duckdb;
  assert.ok(emit);
  const sql = emit([{ sql: '$1::VARCHAR', type: 'string' }], {
    name: 'parse_command_line',
    type: 'dynamic',
    span,
    now: '0',
  });
  const statement = await connection.prepare(`SELECT ${sql}`);
  const text = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\t', '\\', '"'), maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(text, async (line) => {
      statement.bindVarchar(1, `p ${line}`);
      const [[value] = []] = (await statement.runAndReadAll()).getRows();
      assert.deepEqual(JSON.parse(String(value)), ['p', ...argumentsOf(line)]);
    }),
    { numRuns: 300 },
  );
});
