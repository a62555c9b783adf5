// Text of a known form taken apart, for ClickHouse: URLs, versions, CSV, command lines.

import { plainType } from '../../emit/clickhouse/representation.ts';
import { versionTooLarge } from '../parsing.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asText } from './conversions.ts';
import { jsonString, literalText, nullOf, once, operand, refuse, text } from './sql.ts';

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/**
 * `a=1&b=2` as an object: keys in order, several values of one key as an array; without a key or without a value there is
 * no parameter. Nothing is decoded.
 */
function parameters(query: string): string {
  const place = `position("@p", '=')`;
  const isPair = `${place} > 1 AND ${place} < length("@p")`;
  const pairs = `arrayFilter("@p" -> ${isPair}, splitByChar('&', ${query}))`;
  return once('q', [pairs], (all) => {
    const isOfKey = `startsWith("@p", concat("@k", '='))`;
    const values = `arrayMap("@p" -> substring("@p", length("@k") + 2), arrayFilter("@p" -> ${isOfKey}, ${all}))`;
    const value = once('w', [values], (v) => jsonOfOneOrMore(v));
    const keys = `arraySort(arrayDistinct(arrayMap("@p" -> substring("@p", 1, ${place} - 1), ${all})))`;
    const member = `concat(${jsonString('"@k"')}, ':', ${value})`;
    return `concat('{', arrayStringConcat(arrayMap("@k" -> ${member}, ${keys}), ','), '}')`;
  });
}

function jsonOfOneOrMore(values: string): string {
  return `if(length(${values}) = 1, ${jsonString(`arrayElement(${values}, 1)`)}, ${jsonString(values)})`;
}

const urlPattern =
  '^([^:/?#]+)://(?:([^:@/?#]*):([^@/?#]*)@)?(\\[[^\\]]*\\]|[^:/?#]*)(?::([0-9]*))?(/[^?#]*)?(\\?[^#]*)?((?-s)#.*)?$';

/** All parts are there, '' where the text is no URL. A path that is only the slash at the end of all is ''. */
const parseUrl: Emit = (operands, call) =>
  once('u', [`extractGroups(${textAt(operands, 0, call)}, ${text(urlPattern)})`], (u) => {
    const part = (place: number): string => `arrayElement(${u}, ${place})`;
    const path = `if(${part(6)} = '/' AND ${part(7)} = '' AND ${part(8)} = '', '', ${part(6)})`;
    const fields: readonly (readonly [string, string])[] = [
      ['Scheme', jsonString(part(1))],
      ['Host', jsonString(part(4))],
      ['Port', jsonString(part(5))],
      ['Path', jsonString(path)],
      ['Username', jsonString(part(2))],
      ['Password', jsonString(part(3))],
      ['Query Parameters', parameters(`substring(${part(7)}, 2)`)],
      ['Fragment', jsonString(`substring(${part(8)}, 2)`)],
    ];
    return `concat('{', ${fields.map(([name, value]) => `'"${name}":', ${value}`).join(`, ',', `)}, '}')`;
  });

const parseUrlQuery: Emit = (operands, call) =>
  `concat('{"Query Parameters":', ${parameters(textAt(operands, 0, call))}, '}')`;

const versionPattern = '^([0-9]{1,8})(?:\\.([0-9]{1,8}))?(?:\\.([0-9]{1,8}))?(?:\\.([0-9]{1,8}))?$';

/**
 * One to four numbers of at most eight digits, each with eight places of the decimal; null for anything else, and for what
 * is too long for a decimal.
 */
const parseVersion: Emit = (operands, call) =>
  once('v', [`extractGroups(${textAt(operands, 0, call)}, ${text(versionPattern)})`], (v) => {
    const digits = [1, 2, 3, 4].map((place) => `leftPad(arrayElement(${v}, ${place}), 8, '0')`);
    const number = `toDecimal128OrNull(concat(${digits.join(', ')}), 10)`;
    const isTooLarge = `throwIf(toInt64OrZero(arrayElement(${v}, 1)) > 9999, '${versionTooLarge}')`;
    return `if(empty(${v}) OR ${isTooLarge} != 0, ${nullOf(plainType('decimal'))}, ${number})`;
  });

/** The fields of the first record, as RFC 4180 quotes them. */
const parseCsv: Emit = (operands, call) => {
  const record = `regexpExtract(${textAt(operands, 0, call)}, '^(?:[^"\\\\r\\\\n]|"(?:[^"]|"")*")*', 0)`;
  const fields = `extractAllGroupsVertical(concat(',', ${record}), ',(?:"((?:[^"]|"")*)"|([^,]*))')`;
  const inner = `replaceAll(arrayElement("@f", 1), '""', '"')`;
  return jsonString(`arrayMap("@f" -> if(${inner} != '', ${inner}, arrayElement("@f", 2)), ${fields})`);
};

const quoteEscaped = String.raw`(?:\\\\)*\\"`;
const quoteDoubled = String.raw`(?:\\\\)*""`;
const quote = String.raw`(?:\\\\)*"`;
const quotedPart = String.raw`${quote}(?:${quoteEscaped}|[^"\\]|\\)*?(?:${quoteDoubled}|${quote}|$)`;
const argument = String.raw`(?:${quoteEscaped}|${quotedPart}|[^ \t"\\]|\\)+`;
const firstArgument = String.raw`^(?:"([^"]*)"?|([^ \t"][^ \t]*)|)[ \t]*((?s:.*))$`;

function matchesOf(sql: string, pattern: string): string {
  return `extractAll(${sql}, ${text(pattern)})`;
}

/** Half of the backslashes of a piece that ends with so many quotes. */
function backslashes(piece: string, marks: number): string {
  return `repeat('\\\\', intDiv(toInt64(length(${piece})) - ${marks}, 2))`;
}

/** A part of an argument that begins with a quote: what stands behind it, up to the closing one. */
function unquotedPart(part: string): string {
  const inner = matchesOf('"@r"', String.raw`${quoteEscaped}|${quoteDoubled}$|${quote}$|[^"\\]+|\\`);
  const closing = `if(length("@d") % 2 = 0, concat(${backslashes('"@d"', 2)}, '"'), ${backslashes('"@d"', 1)})`;
  const doubled = `concat(${backslashes('"@d"', 2)}, '"')`;
  const piece = `multiIf(NOT endsWith("@d", '"'), "@d", endsWith("@d", '""'), ${doubled}, ${closing})`;
  const before = `regexpExtract(${part}, ${text(String.raw`^((?:\\\\)*)"`)}, 1)`;
  return once(
    'o',
    [before],
    (b) =>
      `concat(${backslashes(b, 0)}, arrayStringConcat(arrayMap("@r" -> arrayStringConcat(arrayMap("@d" -> ${piece}, ${inner})), [substring(${part}, length(${b}) + 2)])))`,
  );
}

/**
 * As CommandLineToArgvW: the first argument ends at a space or at its closing quote. In the others 2n backslashes before a
 * quote are n, one more makes the quote a character, and two quotes within quotes are a character and the end of them.
 * https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw
 */
const parseCommandLine: Emit = (operands, call) => {
  const kind = operands[1] ? literalText(operands, 1, call).toLowerCase() : 'windows';
  if (kind !== 'windows') return refuse(`parse_command_line of ${kind}`, call);
  return once('c', [textAt(operands, 0, call)], (c) => {
    const part = (group: number): string => `regexpExtract(${c}, ${text(firstArgument)}, ${group})`;
    const isOpening = `match("@b", ${text(String.raw`^(?:\\\\)*"`)})`;
    const bare = `if(endsWith("@b", '"'), concat(${backslashes('"@b"', 2)}, '"'), "@b")`;
    const parts = matchesOf('"@a"', String.raw`${quoteEscaped}|${quotedPart}|[^"\\]+|\\`);
    const value = `arrayStringConcat(arrayMap("@b" -> if(${isOpening}, ${unquotedPart('"@b"')}, ${bare}), ${parts}))`;
    const rest = `arrayMap("@a" -> ${value}, ${matchesOf(part(3), argument)})`;
    const all = jsonString(`arrayConcat([concat(${part(1)}, ${part(2)})], ${rest})`);
    return `if(concat(${part(1)}, ${part(2)}, ${part(3)}) = '', ${nullOf('String')}, ${all})`;
  });
};

export const parsing: Readonly<Record<string, Emit>> = {
  parse_url: parseUrl,
  parse_urlquery: parseUrlQuery,
  parse_version: parseVersion,
  parse_csv: parseCsv,
  parse_command_line: parseCommandLine,
};
