// Schemas of wire records in few words, for surfaces that write their records by hand.
import type { DescribedAnswer, Schema } from './described.ts';

const kinds = {
  text: { type: 'string' },
  textOrNull: { type: ['string', 'null'] },
  texts: { type: 'array', items: { type: 'string' } },
  whole: { type: 'integer' },
  wholeOrNull: { type: ['integer', 'null'] },
  number: { type: 'number' },
  numberOrNull: { type: ['number', 'null'] },
  flag: { type: 'boolean' },
  flagOrNull: { type: ['boolean', 'null'] },
  time: { type: 'string', description: 'ISO 8601, UTC' },
  timeOrNull: { type: ['string', 'null'], description: 'ISO 8601, UTC' },
  millis: { type: 'integer', description: 'Milliseconds since 1970' },
  millisOrNull: { type: ['integer', 'null'], description: 'Milliseconds since 1970' },
  object: { type: 'object' },
  objectOrNull: { type: ['object', 'null'] },
  objects: { type: 'array', items: { type: 'object' } },
  any: {},
} as const satisfies Readonly<Record<string, Schema>>;

type Kind = keyof typeof kinds;

/** Names of members by what they are, separated by spaces. */
type Members = Readonly<Partial<Record<Kind, string>>>;

function propertiesOf(members: Members): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([kind, names]) =>
      // Keys of the table above; a name with a blank in it does not exist.
      names.split(' ').map((name) => [name, kinds[kind as Kind]] as const),
    ),
  );
}

/** A record that is sent: every named member is there, others may be. */
export function record(members: Members, more: Readonly<Record<string, Schema>> = {}, description?: string): Schema {
  const properties = { ...propertiesOf(members), ...more };
  return { type: 'object', required: Object.keys(properties), properties, ...(description && { description }) };
}

/** The record with members that are not always there. */
export function withOptional(schema: Schema, more: Readonly<Record<string, Schema>>): Schema {
  return { ...schema, properties: { ...(schema.properties as Readonly<Record<string, Schema>>), ...more } }; // Of a record.
}

/** An object of which nothing but the named members is known, and none has to be there. */
export function maybe(members: Members, more: Readonly<Record<string, Schema>> = {}, description?: string): Schema {
  return { type: 'object', properties: { ...propertiesOf(members), ...more }, ...(description && { description }) };
}

/** A body that is taken: `required` names what must be there. */
export function taken(
  required: readonly string[],
  members: Members,
  more: Readonly<Record<string, Schema>> = {},
): Schema {
  const properties = { ...propertiesOf(members), ...more };
  return { type: 'object', ...(required.length > 0 && { required: [...required] }), properties };
}

export function arrayOf(items: Schema): Schema {
  return { type: 'array', items };
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function wordOf(...words: readonly (string | number)[]): Schema {
  return { type: typeof words[0] === 'number' ? 'integer' : 'string', enum: [...words] };
}

export function text(description: string): Schema {
  return { type: 'string', description };
}

/** The answer with 200. */
export function ok(schema: Schema, description = 'The answer.'): Readonly<Record<number, DescribedAnswer>> {
  return { 200: { description, schema } };
}

/** The answer without a body. */
export const done: Readonly<Record<number, DescribedAnswer>> = { 204: { description: 'Done. There is no body.' } };

/** An empty object, from surfaces whose answer is not documented beyond the status. */
export const emptyObject: Readonly<Record<number, DescribedAnswer>> = {
  200: { description: 'Done. The object is empty.', schema: { type: 'object' } },
};
