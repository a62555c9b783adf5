import assert from 'node:assert/strict';
import { test } from 'node:test';
import TypeBox from 'typebox';
import { Type } from './schema.ts';

type Maker = typeof Type;

/** Every maker with everything that it takes, with either library. */
function schemasOf(t: Maker): Readonly<Record<keyof Maker, unknown>> {
  return {
    Array: [t.Array(t.String()), t.Array(t.Integer(), { maxItems: 3 })],
    Boolean: [t.Boolean(), t.Boolean({ description: 'd' })],
    Integer: [t.Integer(), t.Integer({ minimum: 1, maximum: 9 })],
    Literal: [t.Literal('a'), t.Literal(1), t.Literal(true)],
    Null: [t.Null()],
    Number: [t.Number(), t.Number({ minimum: 0.5 })],
    Object: [
      t.Object({}),
      t.Object({ a: t.String(), b: t.Optional(t.Integer()) }, { additionalProperties: false }),
      t.Object({ b: t.Optional(t.Integer()) }),
    ],
    Optional: [t.Optional(t.Object({ a: t.Optional(t.Union([t.String(), t.Null()])) }))],
    Record: [t.Record(t.String(), t.Unknown())],
    String: [t.String(), t.String({ minLength: 1, maxLength: 100, pattern: '^a' })],
    Undefined: [t.Undefined()],
    Union: [t.Union([t.Literal('a'), t.Null()]), t.Union([t.String(), t.Integer()], { description: 'd' })],
    Unknown: [t.Unknown()],
    Unsafe: [t.Unsafe<string | null>(t.Union([t.String(), t.Null()]))],
  };
}

test('every schema is, as JSON, the one that TypeBox makes', () => {
  const [ours, theirs] = [schemasOf(Type), schemasOf(TypeBox)];
  assert.deepEqual(Object.keys(ours).sort(), Object.keys(Type).sort());
  assert.deepEqual(JSON.parse(JSON.stringify(ours)), JSON.parse(JSON.stringify(theirs)));
});

test('TypeBox takes an optional schema of ours for an optional one', () => {
  assert.equal(TypeBox.IsOptional(Type.Optional(Type.String())), true);
  assert.equal(TypeBox.IsOptional(Type.String()), false);
  assert.deepEqual(TypeBox.Object({ a: Type.Optional(Type.String()) }).required, undefined);
});

test('a record whose names are restricted is refused rather than taken for one of any name', () => {
  assert.throws(() => Type.Record(Type.String({ pattern: '^a' }), Type.Unknown()), /names members/);
});
