// JSON schemas (2020-12) with TypeBox's types, spelled as TypeBox spells them, but without loading it: the library is
// several hundred files, and a process that only describes its calls needs none of them. Whoever checks values by a
// schema loads the checking part when the first value comes (apis/validation.ts).
import type { Static as StaticOf, TSchema, Type as TypeBox } from 'typebox';

type Maker = Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Undefined'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
>;

type Schema = Readonly<Record<string, unknown>>;

/** TypeBox's own mark of a member that may be missing: seen by whoever asks for it, but no part of the JSON. */
const optionalMark = '~optional';

const makers = {
  Array: (items: Schema, options?: Schema) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Schema) => ({ type: 'boolean', ...options }),
  Integer: (options?: Schema) => ({ type: 'integer', ...options }),
  Literal: (value: string | number | boolean, options?: Schema) => ({ type: typeof value, const: value, ...options }),
  Null: (options?: Schema) => ({ type: 'null', ...options }),
  Number: (options?: Schema) => ({ type: 'number', ...options }),
  Object(properties: Readonly<Record<string, Schema>>, options?: Schema) {
    const required = Object.entries(properties).flatMap(([name, schema]) => (optionalMark in schema ? [] : [name]));
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
  },
  Optional: (schema: Schema) => Object.defineProperty({ ...schema }, optionalMark, { value: true }),
  /** Members of any name. */
  Record(key: Schema, value: Schema, options?: Schema) {
    if (Object.keys(key).join() !== 'type' || key.type !== 'string')
      throw new Error('Only Type.String() names members.');
    return { type: 'object', patternProperties: { '^.*$': value }, ...options };
  },
  String: (options?: Schema) => ({ type: 'string', ...options }),
  Undefined: (options?: Schema) => ({ type: 'undefined', ...options }),
  Union: (anyOf: readonly Schema[], options?: Schema) => ({ anyOf, ...options }),
  Unknown: (options?: Schema) => ({ ...options }),
  Unsafe: (schema: Schema) => schema,
} satisfies Record<keyof Maker, unknown>;

/** The part of TypeBox's `Type` that we use. schema.test.ts holds each against TypeBox's own. */
export const Type = makers as unknown as Maker; // The same names and results; TypeBox infers the types of values from them.

export declare namespace Type {
  /** The type of the values that a schema describes. */
  type Static<Described extends TSchema> = StaticOf<Described>;
}
