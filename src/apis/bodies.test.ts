import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput } from '../lib/failures.ts';
import { parseJsonBody } from './bodies.ts';

const depthMax = 32;

test('an empty body is no value, and null is null', () => {
  for (const text of ['', ' ', '\r\n\t ']) assert.equal(parseJsonBody(text, depthMax), undefined);
  assert.equal(parseJsonBody(' null ', depthMax), null);
});

test('whatever JSON comes in within the depth comes out as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      const text = JSON.stringify(value);
      if (text.includes('\\u0000')) return;
      assert.deepEqual(parseJsonBody(text, depthMax), JSON.parse(text));
    }),
  );
});

test('nesting is allowed to the limit and refused beyond it, whatever the brackets in strings', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  assert.ok(parseJsonBody(nested(32), depthMax));
  assert.throws(() => parseJsonBody(nested(33), depthMax), InvalidInput);
  assert.throws(() => parseJsonBody('{"a":'.repeat(33) + 1 + '}'.repeat(33), depthMax), /deeper than 32/);
  assert.equal(parseJsonBody(JSON.stringify(`"${'[{'.repeat(100)}\\"`), depthMax), `"${'[{'.repeat(100)}\\"`);
});

test('a million open brackets are refused at once', () => {
  assert.throws(() => parseJsonBody('['.repeat(1_000_000), depthMax), /deeper than 32/);
});

test('what is no JSON is refused with the place where it breaks, and nothing of it is repeated', () => {
  const secret = 'tram-lantern-gravel-otter';
  const broken = [
    `{"password":${secret}}`,
    `{"password":"${secret}"`,
    `{"password":"${secret}" "x"}`,
    `${secret}`,
    `["${secret}",]`,
    `{"${secret}":`,
  ];
  for (const text of broken) {
    assert.throws(
      () => parseJsonBody(text, depthMax),
      (error: unknown) => {
        assert.ok(error instanceof InvalidInput);
        assert.equal(error.field, 'body');
        assert.match(error.message, /is not JSON/);
        for (let at = 0; at + 6 <= secret.length; at++)
          assert.ok(!error.message.includes(secret.slice(at, at + 6)), error.message);
        return true;
      },
    );
  }
  assert.throws(() => parseJsonBody('{"a":1\n "b":2}', depthMax), /line 2/);
});

test('a text with U+0000 in it, which no database keeps, is refused wherever it stands', () => {
  for (const body of ['{"name":"a\\u0000b"}', '{"a\\u0000b":1}', '[[["\\u0000"]]]', '"\\u0000"'])
    assert.throws(() => parseJsonBody(body, depthMax), /U\+0000/);
  assert.deepEqual(parseJsonBody('{"name":"a\\\\u0000b"}', depthMax), { name: 'a\\u0000b' });
});

test('a member named __proto__ changes no prototype', () => {
  const value = parseJsonBody('{"__proto__":{"isAdmin":true}}', depthMax);
  assert.equal((value as { isAdmin?: boolean }).isAdmin, undefined);
});

test('whatever text comes in, the answer is a value or InvalidInput', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'[]{}":,\\ntrue0 1e-') }), (text) => {
      try {
        parseJsonBody(text, depthMax);
      } catch (error) {
        assert.ok(error instanceof InvalidInput);
      }
    }),
  );
});
