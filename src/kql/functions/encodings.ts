// Base64, URL encoding, and hashes. What cannot be decoded is '' (or null, for what is no string).
// https://learn.microsoft.com/kusto/query/base64-decode-tostring-function and its neighbours

import { asText } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { elementsOf, entry, isArray, once, operand, refuse } from './sql.ts';

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** The bytes of base64 text, which has its padding and may have white space; NULL for what is none. */
function bytesOf(sql: string): string {
  return `TRY(from_base64(regexp_replace(${sql}, '\\s', '', 'g')))`;
}

const decodeText: Emit = (operands, call) => `coalesce(TRY(decode(${bytesOf(textAt(operands, 0, call))})), '')`;

const encodeText: Emit = (operands, call) => `to_base64(encode(${textAt(operands, 0, call)}))`;

/** Numbers of the bytes. */
const decodeArray: Emit = (operands, call) =>
  once(
    'h',
    [`hex(${bytesOf(textAt(operands, 0, call))})`],
    (h) =>
      `(CASE WHEN ${h} <> '' THEN to_json(list_transform(range(0, length(${h}) // 2), lambda "@j": ('0x' || substring(${h}, "@j" * 2 + 1, 2))::INTEGER))::VARCHAR END)`,
  );

/** Null or a value that is no array of bytes is ''. */
const encodeArray: Emit = (operands, call) =>
  once('a', [operand(operands, 0, call).sql], (a) => {
    const bytes = `list_transform(${elementsOf(a)}, lambda "@e": TRY_CAST("@e" AS INTEGER))`;
    const valid = `len(list_filter(${bytes}, lambda "@n": coalesce("@n" NOT BETWEEN 0 AND 255, true))) = 0`;
    const digits = `array_to_string(list_transform(${bytes}, lambda "@n": lpad(to_hex("@n"), 2, '0')), '')`;
    return `(CASE WHEN ${isArray(a)} AND ${valid} THEN to_base64(unhex(${digits})) ELSE '' END)`;
  });

/** The first three fields of a GUID stand in its 16 bytes with the lowest byte first. */
const order = [4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16] as const;

function reordered(hex: string): string {
  return order.map((byte) => `substring(${hex}, ${byte * 2 - 1}, 2)`).join(' || ');
}

const encodeGuid: Emit = (operands, call) =>
  once(
    'h',
    [`replace(${operand(operands, 0, call).sql}, '-', '')`],
    (h) => `coalesce(to_base64(unhex(${reordered(h)})), '')`,
  );

/** As it is in a form: letters, digits and `-_.!*()` stay, a space is `+`, all else `%` and two lower case digits. */
/** `space`: what a space becomes. */
const urlEncode =
  (space: string): Emit =>
  (operands, call) => {
    const one = `CASE WHEN regexp_full_match("@c", '[A-Za-z0-9_.!*()-]') THEN "@c" WHEN "@c" = ' ' THEN '${space}' ELSE regexp_replace(lower(hex(encode("@c"))), '(..)', '%\\1', 'g') END`;
    return once(
      'u',
      [textAt(operands, 0, call)],
      (u) =>
        `(CASE WHEN ${u} = '' THEN '' ELSE array_to_string(list_transform(string_split(${u}, ''), lambda "@c": ${one}), '') END)`,
    );
  };

const urlDecode: Emit = (operands, call) =>
  `coalesce(TRY(url_decode(replace(${textAt(operands, 0, call)}, '+', ' '))), '')`;

/** Of the text of the value; of the empty text, the empty text. */
function digest(name: string): Emit {
  return (operands, call) => {
    if (operands.length > 1) return refuse(`${call.name} with two arguments`, call);
    return once('s', [textAt(operands, 0, call)], (s) => `(CASE WHEN ${s} = '' THEN '' ELSE ${name}(${s}) END)`);
  };
}

export const encodings: readonly ScalarFunction[] = [
  entry(
    'base64_decode_tostring | base64_decodestring',
    decodeText,
    "print base64_decode_tostring('S3VzdG8='), base64_decode_tostring('S3VzdG8'), base64_decode_tostring('U3RyaW5n0KHR0tGA0L7Rh9C60LA'), base64_decode_tostring('!')",
    ['Kusto', '', '', ''],
  ),
  entry('base64_encode_tostring | base64_encodestring', encodeText, "print base64_encode_tostring('Kusto')", [
    'S3VzdG8=',
  ]),
  entry('base64_decode_toarray', decodeArray, "print tostring(base64_decode_toarray('S3VzdG8='))", [
    '[75,117,115,116,111]',
  ]),
  entry(
    'base64_encode_fromarray',
    encodeArray,
    'print base64_encode_fromarray(dynamic([75, 117, 115, 116, 111])), base64_encode_fromarray(dynamic([256]))',
    ['S3VzdG8=', ''],
  ),
  entry(
    'base64_encode_fromguid',
    encodeGuid,
    "print base64_encode_fromguid(toguid('ae3133f2-6e22-49ae-b06a-16e6a9b212eb'))",
    ['8jMxriJurkmwahbmqbIS6w=='],
  ),
  entry('url_encode_component', urlEncode('%20'), "print url_encode_component('https://a b/')", [
    'https%3a%2f%2fa%20b%2f',
  ]),
  entry('url_encode', urlEncode('+'), "print url_encode('https://a b/é')", ['https%3a%2f%2fa+b%2f%c3%a9']),
  entry('url_decode', urlDecode, "print url_decode('https%3a%2f%2fa+b%20c')", ['https://a b c']),
  entry('hash_md5', digest('md5'), "print hash_md5('World'), hash_md5('')", ['f5a7924e621e84c9280a9a27e1bcb7f6', '']),
  entry('hash_sha1', digest('sha1'), "print hash_sha1('World')", ['70c07ec18ef89c5309bbb0937f3a6342411e1fdd']),
  entry('hash_sha256', digest('sha256'), "print hash_sha256('World')", [
    '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524',
  ]),
];
