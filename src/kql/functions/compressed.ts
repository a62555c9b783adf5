// Texts that are compressed in a query. The engine knows no such format, so only what is known when the query is compiled
// can be read. https://learn.microsoft.com/kusto/query/gzip-base64-decompress and …/zlib-base64-decompress

import { gunzipSync, inflateSync } from 'node:zlib';
import type { Emit, ScalarFunction } from './scalar.ts';
import { entry, literalText, refuse, text } from './sql.ts';

/** Longest text that comes out; a longer one is refused, as a few bytes can become very many. */
const outputBytesMax = 1_048_576;

type Read = (bytes: Buffer, limits: { readonly maxOutputLength: number }) => Buffer;

/** `literal`: how the engine writes a text. */
export function decompressed(read: Read, literal: (value: string) => string): Emit {
  return (operands, call) => {
    const bytes = Buffer.from(literalText(operands, 0, call), 'base64');
    try {
      return literal(read(bytes, { maxOutputLength: outputBytesMax }).toString('utf8'));
    } catch (error) {
      if (error instanceof RangeError) return refuse(`${call.name} of more than ${outputBytesMax} bytes`, call);
      // What is not compressed is '', as the service gives it.
      return literal('');
    }
  };
}

export const compressed: readonly ScalarFunction[] = [
  entry(
    'gzip_decompress_from_base64_string',
    decompressed(gunzipSync, text),
    "print gzip_decompress_from_base64_string('H4sIAAAAAAAAA0vOzy0oSi0uTk0BAB5LVpcKAAAA'), gzip_decompress_from_base64_string('x0x0x0')",
    ['compressed', ''],
  ),
  entry(
    'zlib_decompress_from_base64_string',
    decompressed(inflateSync, text),
    "print zlib_decompress_from_base64_string('eJxLzs8tKEotLk5NAQAXPwQ2'), zlib_decompress_from_base64_string('x0x0x0')",
    ['compressed', ''],
  ),
];
