import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mintTokenValue, readTokenValue, type TokenKind } from './format.ts';

const kinds: readonly TokenKind[] = ['api-token', 'siem-agent', 'log-collector', 'cli-session'];
/** What a published client accepts before it sends a token (cloud-apps reference 1.2). */
const clientPattern = /^[0-9a-zA-Z=]{64,192}$/;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test('a minted value is one that published clients accept, scanners find and readers recognise by kind', () => {
  for (const kind of kinds) {
    const value = mintTokenValue(kind);
    assert.match(value, clientPattern);
    assert.match(`key: ${value};`, /\bslp(at|cs|sa|lc)[0-9A-Za-z]{64}\b/);
    assert.deepEqual(readTokenValue(value), { kind });
  }
});

test('no two minted values are the same, and every letter of the alphabet turns up', () => {
  const values = Array.from({ length: 2000 }, () => mintTokenValue('api-token'));
  assert.equal(new Set(values).size, values.length);
  const letters = new Set(values.flatMap((value) => [...value.slice(5, -6)]));
  assert.equal(letters.size, alphabet.length);
});

test('a value altered at any position, to any other letter or digit, is told offline', () => {
  const value = mintTokenValue('api-token');
  for (let position = 0; position < value.length; position++) {
    for (const letter of alphabet) {
      if (letter === value[position]) continue;
      const altered = value.slice(0, position) + letter + value.slice(position + 1);
      assert.ok('problem' in readTokenValue(altered), `${letter} at ${position} went unnoticed`);
    }
  }
});

test('a value with a character dropped, added or two neighbours swapped is told offline', () => {
  for (const kind of kinds) {
    const value = mintTokenValue(kind);
    for (let position = 0; position <= value.length; position++) {
      const dropped = value.slice(0, position) + value.slice(position + 1);
      if (position < value.length) assert.ok('problem' in readTokenValue(dropped), `dropped ${position}`);
      for (const letter of `${alphabet}=-_. \n\u0000é`) {
        const added = value.slice(0, position) + letter + value.slice(position);
        assert.ok('problem' in readTokenValue(added), `added ${letter} at ${position}`);
      }
      const [one, two] = [value[position], value[position + 1]];
      if (one === undefined || two === undefined || one === two) continue;
      const swapped = value.slice(0, position) + two + one + value.slice(position + 2);
      assert.ok('problem' in readTokenValue(swapped), `swapped ${position}`);
    }
  }
});

test('upper and lower case are different values', () => {
  const value = mintTokenValue('api-token');
  assert.ok('problem' in readTokenValue(value.toLowerCase()));
  assert.ok('problem' in readTokenValue(value.toUpperCase()));
});

test('whatever text comes in, the answer is a kind or a sentence that repeats nothing of it but its first letters', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^slp[a-z]{2}[0-9A-Za-z]{64}$/)), (text) => {
      const read = readTokenValue(text);
      if ('kind' in read) return;
      assert.ok(read.problem.endsWith('.'));
      assert.ok(text.length < 12 || !read.problem.includes(text.slice(5, 12)));
    }),
  );
});
