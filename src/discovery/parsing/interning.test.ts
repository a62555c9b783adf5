import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteTable } from './interning.ts';

test('equal bytes have one number and different ones never the same, wherever they lie', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[ab]{0,22}$/), fc.string({ maxLength: 40 })),
        { maxLength: 2000 },
      ),
      fc.nat(5),
      (texts, shift) => {
        const table = new ByteTable();
        const numbers = new Map<string, number>();
        for (const text of texts) {
          const bytes = Buffer.from(`${'x'.repeat(shift)}${text}y`);
          const number = table.intern(bytes, shift, bytes.length - 1);
          assert.equal(number, numbers.get(text) ?? numbers.size);
          numbers.set(text, number);
          assert.equal(table.text(number), text);
        }
        assert.equal(table.count, numbers.size);
      },
    ),
    { numRuns: 50 },
  );
});

test('a text that is not UTF-8 is read as Latin-1, so that no letter of a name is lost', () => {
  const table = new ByteTable();
  assert.equal(table.text(table.intern(Buffer.from('m\u00fcller', 'latin1'), 0, 6)), 'm\u00fcller');
});
