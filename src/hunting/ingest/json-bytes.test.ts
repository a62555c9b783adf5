import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FieldKeys } from './field-keys.ts';
import { JsonBytes } from './json-bytes.ts';

const json = new JsonBytes();

/** What the text is read as; undefined when it is none. */
function readText(text: string): string | undefined {
  assert.ok(json.load(Buffer.from(text)));
  return json.next() === 0x22 && json.readText() && json.isAtEnd ? json.text(json.begin, json.end) : undefined;
}

function parsed(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value.toWellFormed() : undefined;
  } catch {
    return undefined;
  }
}

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

describe('a text', () => {
  test('is what JSON.parse makes of it, in any script and with any escapes', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc.integer({ min: 0, max: 0xffff }).map(escaped),
      fc.integer({ min: 0xd800, max: 0xdfff }).map(escaped),
      fc.constantFrom('\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\"', '\\\\', '\u007f', '\u2028'),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = `"${parts.join('')}"`;
        assert.equal(readText(text), parsed(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('is refused where JSON.parse refuses it', () => {
    const parts = fc.array(fc.constantFrom('a', '"', '\\', '\\u', '12', 'dG', '\n', '\u0000', 'ü', '\\x'), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(parts, (all) => {
        const text = `"${all.join('')}"`;
        assert.equal(readText(text), parsed(text));
      }),
      { numRuns: 2000 },
    );
  });
});

test('a number is one where JSON.parse takes it, and whole when its digits say what it is', () => {
  const parts = fc.array(fc.constantFrom('0', '1', '23', '-', '+', '.', 'e', 'E'), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(parts, (all) => {
      const text = all.join('');
      assert.ok(json.load(Buffer.from(text)));
      const isNumber = json.readNumber() && json.isAtEnd;
      assert.equal(isNumber, /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text), text);
      if (isNumber) assert.equal(json.isWhole, /^(0|-?[1-9]\d*)$/.test(text), text);
    }),
    { numRuns: 2000 },
  );
});

test('objects and arrays end where they end, whatever is in them', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
      const text = JSON.stringify(value);
      assert.ok(json.load(Buffer.from(`${text}]}"`)) && json.readNested());
      assert.equal(json.text(json.begin, json.end), text);
    }),
  );
  for (const cut of ['{"a":[1', '["\\"', '{"a":"}']) assert.ok(json.load(Buffer.from(cut)) && !json.readNested(), cut);
});

test('bytes that are no UTF-8, or too many, are not taken', () => {
  assert.ok(!json.load(Buffer.from([0x22, 0xff, 0x22])));
  assert.ok(!json.load(Buffer.alloc(70_000, 0x20)));
});

test('names are told apart in any order, and a name that is there twice is not taken', () => {
  const keys = new FieldKeys((name) => name);
  const namesOf = (text: string): string[] | undefined => {
    const names: string[] = [];
    assert.ok(json.load(Buffer.from(text)));
    for (let key = keys.first(json); key !== undefined; key = keys.next(json)) {
      names.push(key.use);
      if (json.next() === 0 || !json.readNumber()) return undefined;
    }
    return keys.isWhole && json.isAtEnd ? names : undefined;
  };
  const names = fc.uniqueArray(fc.constantFrom('a', 'ab', 'abc', 'abcd', 'abcde', 'abcdf', 'ä', 'Abc', ''), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(names, (all) => {
      assert.deepEqual(namesOf(`{${all.map((name) => `"${name}":1`).join(',')}}`), all);
      assert.deepEqual(namesOf(`{ ${all.map((name) => `"${name}" : 1 `).join(', ')}}`), all);
    }),
  );
  for (const other of ['{"a":1,"b":2,"a":3}', '{"1":1}', '{"\\u0061":1}', '{"a" 1}', '{"a":1,}', '{a:1}', '{"a":1']) {
    assert.equal(namesOf(other), undefined, other);
  }
});
