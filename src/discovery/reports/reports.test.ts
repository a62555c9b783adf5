import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type TestServices, testServices } from '../../../test/support/services.ts';
import type { FilterTest } from '../../activities/filters.ts';
import { type Sql, sql } from '../../events/sql.ts';
import { dayMs } from '../../lib/clock.ts';
import { csvCell } from './export.ts';
import { numberSql, numberTest } from './number-tests.ts';
import { riskLevelOf } from './usage.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

const small = fc.integer({ min: -5, max: 5 });
const end = fc.option(small, { nil: null });
const tests: fc.Arbitrary<FilterTest> = fc.oneof(
  fc.record({ operator: fc.constantFrom('gt', 'gte', 'lt', 'lte'), time: small }),
  fc.record({ operator: fc.constantFrom('eq', 'neq'), values: fc.array(small, { maxLength: 4 }) }),
  fc.record({ operator: fc.constant('range'), ranges: fc.array(fc.record({ start: end, end }), { maxLength: 3 }) }),
  fc.record({ operator: fc.constantFrom('gte_ndays', 'lte_ndays'), days: fc.integer({ min: 0, max: 3 }) }),
);

test('every operator on numbers means the same in memory and in the event store', async () => {
  const now = 3 * dayMs;
  await fc.assert(
    fc.asyncProperty(
      tests,
      fc.array(fc.oneof(small, fc.constant(2 * dayMs)), { minLength: 1, maxLength: 5 }),
      async (test_, values) => {
        const meets = numberTest(test_, now);
        for (const value of values) {
          const stored: Sql = sql`cast(${value} as bigint)`;
          const [[found] = []] = await services.events.query(sql`select ${numberSql(stored, test_, now)}`);
          assert.equal(found, meets(value), `${JSON.stringify(test_)} of ${value}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('no cell of a CSV file starts a formula, leaves its place, or loses a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', ';', '\n', '\r', '\t', ' ', 'a', '＝') }),
      (text) => {
        const cell = csvCell(text);
        const isQuoted = cell.startsWith('"');
        const inner = isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        assert.ok(isQuoted || !/[",\r\n;]/.test(cell));
        assert.ok(!/^\s*[=+\-@＝]/.test(inner), JSON.stringify(cell));
        assert.ok(inner === text || inner === `'${text}`);
      },
    ),
  );
  assert.deepEqual([csvCell(null), csvCell(-5), csvCell('a, b')], ['', '-5', '"a, b"']);
});

test('risk levels are those of the documented scale', () => {
  assert.deepEqual([0, 3.9, 4, 7.9, 8, 10, null].map(riskLevelOf), [
    'high',
    'high',
    'medium',
    'medium',
    'low',
    'low',
    'unknown',
  ]);
});
