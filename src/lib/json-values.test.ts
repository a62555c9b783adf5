import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonValueSplitter, type ValuePlace } from './json-values.ts';

interface Split {
  readonly values: string[];
  readonly places: ValuePlace[];
  readonly lost: (ValuePlace & { readonly reason: string })[];
}

function split(text: string, chunkBytes = 7, valueBytesMax = 1000): Split {
  const all: Split = { values: [], places: [], lost: [] };
  const receiver = {
    value(bytes: Buffer, place: ValuePlace) {
      all.values.push(bytes.toString('utf8'));
      all.places.push(place);
    },
    lost: (reason: string, place: ValuePlace) => all.lost.push({ reason, ...place }),
  };
  const splitter = new JsonValueSplitter(receiver, { valueBytesMax, pageMember: 'value' });
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunkBytes)
    splitter.push(Buffer.from(bytes.subarray(start, start + chunkBytes)));
  splitter.finish();
  return all;
}

test('the entries of pages are values, whatever stands around the list and however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(undefined, 2),
      fc.integer({ min: 1, max: 50 }),
      (pages, indent, chunkBytes) => {
        const wrap = (value: readonly unknown[]) => ({
          '@odata.context': 'x"value":[',
          value,
          next: ['y', { z: ']}' }],
        });
        const text = pages.map((page) => JSON.stringify(wrap(page), null, indent)).join('\n');
        const { values, lost } = split(text, chunkBytes, 100_000);
        assert.deepEqual(lost, []);
        assert.deepEqual(
          values.map((value) => JSON.stringify(JSON.parse(value))),
          pages.flat().map((value) => JSON.stringify(value)),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('an object with a member of that name that is no list, or deeper down, is no page', () => {
  for (const text of [
    '{"value":1,"a":[2]}',
    '{"value":"[","b":[1]}',
    '{"a":{"value":[1]}}',
    '{"x":"value","b":[1]}',
    '{"\\"value":[1]}',
    '{"values":[1]}',
  ])
    assert.deepEqual(split(text).values, [text]);
  assert.deepEqual(split('[{"value":[1]}]').values, ['{"value":[1]}']);
});

test('each value is told with the line on which it begins', () => {
  const { places } = split('[\n  {"a":\n 1},\n\n 5\n,{"b":2}]\n{"value":[\n{"c":3}]}');
  assert.deepEqual(
    places.map(({ number, line }) => [number, line]),
    [
      [1, 2],
      [2, 5],
      [3, 6],
      [4, 8],
    ],
  );
});

test('what is too long or cut off is told, and the rest is read', () => {
  const long = `{"a":"${'x'.repeat(2000)}"}`;
  const { values, lost } = split(`[{"b":1},${long},{"c":1}]`);
  assert.deepEqual(values, ['{"b":1}', '{"c":1}']);
  assert.deepEqual(lost, [{ reason: 'too-long', number: 2, line: 1 }]);
  assert.deepEqual(split('{"value":[{"a":1},\n{"b":').lost, [{ reason: 'cut-off', number: 2, line: 2 }]);
});
