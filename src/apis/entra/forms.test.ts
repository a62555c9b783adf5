import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EntraError } from './errors.ts';
import { parseForm } from './forms.ts';

test('whatever URLSearchParams writes is read back, empty values as absent', () => {
  const word = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .filter((text) => !text.includes('\u0000') && text.isWellFormed());
  fc.assert(
    fc.property(
      fc.dictionary(word, fc.oneof(word, fc.constant('')), { maxKeys: 20, noNullPrototype: true }),
      (values) => {
        const read = parseForm(new URLSearchParams(values).toString());
        const wanted = Object.entries(values).filter(([, value]) => value !== '');
        assert.deepEqual([...read], wanted);
      },
    ),
  );
});

test('whatever text comes in, the answer is a form or an error of this surface', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '=', '&', '%', '+', '0', 'f', 'é', ';'), maxLength: 60 }),
      (text) => {
        try {
          for (const [, value] of parseForm(text)) assert.notEqual(value, '');
        } catch (error) {
          assert.ok(error instanceof EntraError, String(error));
        }
      },
    ),
  );
});

test('doubled, broken and too many parameters are refused by their own numbers', () => {
  const codeOf = (text: string) => {
    try {
      parseForm(text);
      return 0;
    } catch (error) {
      return error instanceof EntraError ? error.code : -1;
    }
  };
  assert.deepEqual(
    [codeOf('a=1&a=1'), codeOf('a=&a=1'), codeOf('a=%ff'), codeOf('a=%00'), codeOf('%61=1&a=2')],
    [9000411, 0, 9002313, 9002313, 9000411],
  );
  assert.equal(codeOf(Array.from({ length: 201 }, (_, index) => `p${index}=1`).join('&')), 9002313);
  assert.deepEqual(
    [...parseForm('a=b=c&d&=e&f=1+2%2B3')],
    [
      ['a', 'b=c'],
      ['', 'e'],
      ['f', '1 2+3'],
    ],
  );
});
