import fastJsonStringify from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify/types/schema.js';
import type { TSchema } from 'typebox';

/**
 * Makes the writer of a route's answers when the first answer is written. There are over a hundred schemas, and making
 * all of them at start would keep the server from being ready for longer than opening its stores does.
 */
export const compileSerializerLate: FastifySerializerCompiler<TSchema> = ({ schema }) => {
  let write: ((value: unknown) => string) | undefined;
  return (value: unknown) => {
    // The library's own type of a schema is wider than TypeBox's in nothing that we use.
    write ??= fastJsonStringify(schema as Parameters<typeof fastJsonStringify>[0]) as (value: unknown) => string;
    return write(value);
  };
};
