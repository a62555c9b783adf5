import { createRequire } from 'node:module';
import type fastJsonStringify from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify/types/schema.js';
import type { TSchema } from 'typebox';

/** Loaded when the first answer is written (docs/decisions/0008). */
export function loadWriter(): typeof fastJsonStringify {
  const load = createRequire(import.meta.url);
  return load('fast-json-stringify') as typeof fastJsonStringify; // What the package's own types say.
}

/**
 * Makes the writer of a route's answers when the first answer is written. There are over a hundred schemas, and making
 * all of them at start would keep the server from being ready for longer than opening its stores does.
 */
export const compileSerializerLate: FastifySerializerCompiler<TSchema> = ({ schema }) => {
  let write: ((value: unknown) => string) | undefined;
  return (value: unknown) => {
    // The library's own type of a schema is wider than TypeBox's in nothing that we use.
    write ??= loadWriter()(schema as Parameters<typeof fastJsonStringify>[0]) as (value: unknown) => string;
    return write(value);
  };
};
