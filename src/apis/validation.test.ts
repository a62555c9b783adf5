import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import Type, { type TSchema } from 'typebox';
import { InvalidInput } from '../lib/failures.ts';
import { BulkBody, GenerateBody, RotateBody, TokenQuery } from './management/tokens-schemas.ts';
import { compileValidator } from './validation.ts';

function check(schema: TSchema, httpPart: 'body' | 'querystring' | 'params', input: unknown): unknown {
  const validate = compileValidator({ schema, httpPart, method: 'POST', url: '/' });
  const outcome = validate(input);
  if (typeof outcome === 'object' && outcome !== null && 'error' in outcome && outcome.error) throw outcome.error;
  return typeof outcome === 'object' && outcome !== null && 'value' in outcome ? outcome.value : outcome;
}

function refused(schema: TSchema, httpPart: 'body' | 'querystring', input: unknown): InvalidInput {
  try {
    check(schema, httpPart, input);
  } catch (error) {
    assert.ok(error instanceof InvalidInput, String(error));
    return error;
  }
  assert.fail(`it was taken: ${JSON.stringify(input)}`);
}

test('a body is taken as it is: a number where a text belongs, or a text for a number, is an error', () => {
  assert.equal(refused(GenerateBody, 'body', { name: 5 }).field, 'name');
  assert.equal(refused(RotateBody, 'body', { overlapSeconds: '5' }).field, 'overlapSeconds');
  assert.equal(refused(BulkBody, 'body', { dryRun: 'true' }).field, 'dryRun');
  assert.deepEqual(check(RotateBody, 'body', { overlapSeconds: 5 }), { overlapSeconds: 5 });
});

test('an unknown or missing member is refused by its name', () => {
  assert.deepEqual(refused(GenerateBody, 'body', { name: 'a', scope: 'all' }).field, 'scope');
  assert.match(refused(GenerateBody, 'body', { name: 'a', scope: 'all' }).message, /scope is not known/);
  assert.match(refused(GenerateBody, 'body', {}).message, /name is missing/);
  assert.match(refused(TokenQuery, 'querystring', { statsu: 'active' }).message, /statsu is not known/);
});

test('a choice that is none is answered with the choices', () => {
  assert.match(refused(TokenQuery, 'querystring', { status: 'revoked' }).message, /generated, active, inactive/);
});

test('no body and bodies that are no object are refused', () => {
  assert.match(refused(GenerateBody, 'body', undefined).message, /needs a JSON body/);
  for (const input of [null, [], 'name', 5, true]) refused(GenerateBody, 'body', input);
});

test('numbers of a query are read from text, and only whole ones within their bounds', () => {
  assert.deepEqual(check(TokenQuery, 'querystring', { limit: '20', skip: '0' }), { limit: 20, skip: 0 });
  for (const limit of ['0', '101', '-1', '1.5', '', ' ', '1e1x', 'ten', 'NaN', 'Infinity', 'true', 'null', ['1', '2']])
    assert.equal(refused(TokenQuery, 'querystring', { limit }).field, 'limit', String(limit));
});

test('a number of a query may have decimals where the schema asks for a number', () => {
  const schema = Type.Object({ score: Type.Optional(Type.Number({ minimum: 0, maximum: 10 })) });
  for (const score of ['0', '3.9', '10'])
    assert.deepEqual(check(schema, 'querystring', { score }), { score: Number(score) });
  for (const score of ['10.1', '-1', '3,9', '1e1', '.5', '3.', 'NaN', ''])
    assert.equal(refused(schema, 'querystring', { score }).field, 'score', score);
});

test('a text of a query stays a text, even one that looks like a number or a flag', () => {
  for (const search of ['5', 'true', 'null', '1e3', ' '])
    assert.deepEqual(check(TokenQuery, 'querystring', { search }), { search });
});

test('U+0000 in a query or a path is refused, because no database keeps it', () => {
  assert.match(refused(TokenQuery, 'querystring', { search: 'a\u0000b' }).message, /U\+0000/);
  assert.throws(() => check(Type.Object({ id: Type.String() }), 'params', { id: '\u0000' }), InvalidInput);
});

test('however many members are wrong and however long their names, the message is short', () => {
  const body = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`${'x'.repeat(50)}${n}`, n]));
  assert.ok(refused(GenerateBody, 'body', body).message.length < 600);
  assert.ok(refused(GenerateBody, 'body', { name: 'a', ['y'.repeat(100_000)]: 1 }).message.length < 600);
});

test('whatever comes in, the answer is a value or InvalidInput, and no error repeats a value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (input) => {
      for (const schema of [GenerateBody, BulkBody, RotateBody]) {
        try {
          check(schema, 'body', input);
        } catch (error) {
          assert.ok(error instanceof InvalidInput);
        }
      }
    }),
  );
  const secret = 'tram-lantern-gravel-otter';
  for (const input of [{ name: [secret] }, { name: 'a', expiresAt: { secret } }, { name: 'a', permissions: secret }])
    assert.ok(!refused(GenerateBody, 'body', input).message.includes(secret));
});
