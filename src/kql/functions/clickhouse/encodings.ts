// Base64, URL encoding, and hashes for ClickHouse. What cannot be decoded is '' (or null, for what is no string).
// https://clickhouse.com/docs/sql-reference/functions/encoding-functions

import { gunzipSync, inflateSync } from 'node:zlib';
import { decompressed } from '../compressed.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asText } from './conversions.ts';
import { elementsOf, isArray, nullOf, once, operand, orEmptyText, refuse, text, wholeText } from './sql.ts';

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** The bytes of base64 text, which has its padding and may have white space; '' for what is none. */
function bytesOf(sql: string): string {
  return `tryBase64Decode(replaceRegexpAll(${sql}, '\\\\s', ''))`;
}

/** The bytes as text, or '' where they are no text. */
function textOf(bytes: string): string {
  return once('v', [bytes], (v) => `if(isValidUTF8(${v}), ${v}, '')`);
}

const decodeText: Emit = (operands, call) => textOf(bytesOf(textAt(operands, 0, call)));

const encodeText: Emit = (operands, call) => `base64Encode(${textAt(operands, 0, call)})`;

/** Numbers of the bytes. */
const decodeArray: Emit = (operands, call) =>
  once('h', [bytesOf(textAt(operands, 0, call))], (h) => {
    const byte = `reinterpretAsUInt8(substring(${h}, "@j" + 1, 1))`;
    return `if(${h} != '', toJSONString(arrayMap("@j" -> ${byte}, range(length(${h})))), ${nullOf('String')})`;
  });

/** Null or a value that is no array of bytes is ''. */
const encodeArray: Emit = (operands, call) =>
  once('a', [orEmptyText(operand(operands, 0, call).sql)], (a) => {
    const numbers = `arrayMap("@e" -> toUInt8OrNull(${wholeText('"@e"')}), ${elementsOf(a)})`;
    return once('n', [numbers], (n) => {
      const bytes = `arrayStringConcat(arrayMap("@n" -> char(assumeNotNull("@n")), ${n}))`;
      return `if(${isArray(a)} AND NOT arrayExists("@n" -> isNull("@n"), ${n}), base64Encode(${bytes}), '')`;
    });
  });

/** The first three fields of a GUID stand in its 16 bytes with the lowest byte first. */
const order = [4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16] as const;

const encodeGuid: Emit = (operands, call) =>
  once('h', [`replaceAll(${orEmptyText(operand(operands, 0, call).sql)}, '-', '')`], (h) => {
    const digits = order.map((byte) => `substring(${h}, ${byte * 2 - 1}, 2)`);
    return `base64Encode(unhex(concat(${digits.join(', ')})))`;
  });

/**
 * As it is in a form: letters, digits and `-_.!*()` stay, all else is `%` and two lower case digits; a space is what `space`
 * says.
 */
function urlEncode(space: string): Emit {
  return (operands, call) => {
    const plain = `match("@c", '[A-Za-z0-9_.!*()-]')`;
    const one = `multiIf(${plain}, "@c", "@c" = ' ', '${space}', concat('%', lower(hex("@c"))))`;
    return `arrayStringConcat(arrayMap("@c" -> ${one}, splitByString('', ${textAt(operands, 0, call)})))`;
  };
}

const urlDecode: Emit = (operands, call) => textOf(`decodeURLFormComponent(${textAt(operands, 0, call)})`);

/** Of the text of the value; of the empty text, the empty text. */
function digest(name: string): Emit {
  return (operands, call) => {
    if (operands.length > 1) return refuse(`${call.name} with two arguments`, call);
    return once('s', [textAt(operands, 0, call)], (s) => `if(${s} = '', '', lower(hex(${name}(${s}))))`);
  };
}

export const encodings: Readonly<Record<string, Emit>> = {
  base64_decode_tostring: decodeText,
  base64_encode_tostring: encodeText,
  base64_decode_toarray: decodeArray,
  base64_encode_fromarray: encodeArray,
  base64_encode_fromguid: encodeGuid,
  url_encode_component: urlEncode('%20'),
  url_encode: urlEncode('+'),
  url_decode: urlDecode,
  gzip_decompress_from_base64_string: decompressed(gunzipSync, text),
  zlib_decompress_from_base64_string: decompressed(inflateSync, text),
  hash_md5: digest('MD5'),
  hash_sha1: digest('SHA1'),
  hash_sha256: digest('SHA256'),
};
