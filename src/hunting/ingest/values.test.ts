import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTicks } from '../../lib/ticks.ts';
import { depthMax, parseExact, writeJson } from './exact-json.ts';
import { readTime, setEpochMs } from './times.ts';

const unixEpoch = 621_355_968_000_000_000n;
const ticksOf = (words: { low: number; high: number }): bigint => (BigInt(words.high) << 32n) + BigInt(words.low);

function ticks(text: string): bigint | undefined {
  const words = { low: 0, high: 0 };
  return readTime(text, words) ? ticksOf(words) : undefined;
}

const instants = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});

test('every time is read to its last tick', () => {
  fc.assert(
    fc.property(instants, fc.nat(9999), fc.constantFrom('Z', '+00:00', '+05:30', '-11:00', ''), (date, rest, zone) => {
      const text = `${date.toISOString().slice(0, -1)}${String(rest).padStart(4, '0')}`;
      assert.equal(ticks(text + zone), (parseTicks(text + (zone || 'Z')) ?? 0n) + unixEpoch);
      assert.equal(ticks(text.replace('T', ' ') + zone), ticks(text + zone));
    }),
  );
  fc.assert(
    fc.property(instants, (date) => {
      const words = { low: 0, high: 0 };
      setEpochMs(words, date.getTime());
      assert.equal(ticksOf(words), BigInt(date.getTime()) * 10_000n + unixEpoch);
    }),
  );
});

test('what is no time is refused, days that there are not included', () => {
  const wrong = [
    '',
    'now',
    '2026-02-30T00:00:00Z',
    '2026-13-01',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:61:00Z',
    '12345',
    '0001-01-01T00:00:00+14:00',
    '2026-01-01T00:00:00Z; x',
  ];
  for (const text of wrong) assert.equal(ticks(text), undefined, text);
  assert.equal(ticks('2026-01-01'), ticks('2026-01-01T00:00:00Z'));
  assert.equal(ticks('0001-01-01T00:00:00Z'), 0n);
});

/** JSON text of any value, with numbers as people write them. */
const numbers = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.tuple(fc.integer(), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  fc.tuple(fc.integer(), fc.integer({ min: -400, max: 400 })).map(([whole, power]) => `${whole}e${power}`),
  fc.constantFrom('1.0', '0.10', '1E5', '-0.0', '12345678901234567890'),
);
const { value: jsonTexts } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    numbers,
    fc.string().map((text) => JSON.stringify(text)),
    fc.constantFrom('true', 'null'),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.tuple(fc.string({ minLength: 1 }), tie('value')), { maxLength: 4 }).map((pairs) => {
      const members = new Map(pairs.filter(([key]) => key !== '__proto__' && !/^\d+$/.test(key)));
      return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
    }),
  ),
}));

test('JSON goes in and out with every digit as it was written', () => {
  fc.assert(
    fc.property(jsonTexts, (text) => {
      // As a dynamic value of a row, and of a record in its envelope.
      for (const record of [`{"n":1,"a":{"b":${text}}}`, `{"properties":{"a":[${text}]}}`]) {
        assert.equal(writeJson(parseExact(record)), record);
      }
    }),
    { numRuns: 500 },
  );
});

test('half a surrogate pair becomes the replacement character, and what is too deep is refused', () => {
  assert.equal(writeJson(parseExact('{"a\\ud800":["\\udfff","\\ud83d\\ude00"]}')), '{"a\ufffd":["\ufffd","😀"]}');
  const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  assert.equal(writeJson(deep(depthMax)), '['.repeat(depthMax) + ']'.repeat(depthMax));
  assert.equal(writeJson(deep(depthMax + 1)), undefined);
  assert.equal(writeJson(deep(100_000)), undefined);
});
