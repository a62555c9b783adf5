// IPv6 addresses as numbers of 128 bits; an IPv4 address is the one that is mapped to it (`::ffff:a.b.c.d`), and the prefix
// behind an address with a dotted end counts the bits of that end. A zone (`%eth0`) is left out.
// https://learn.microsoft.com/kusto/query/parse-ipv6-function and …/ipv6-compare-function

import { asText } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { always, elementsOf, entry, once, operand } from './sql.ts';

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
export const whole = '^\\s*([0-9A-Fa-f:.]+)(?:%[0-9A-Za-z]+)?(?:/([0-9]{1,3}))?\\s*$';
export const dottedEnd = `^(.*?:)?${octet}\\.${octet}\\.${octet}\\.${octet}$`;

/**
 * The text as a struct: the number `v`, unmasked, and the prefix `p`; NULL for what is no address. `mapped`: `::a.b.c.d`
 * is the mapped address too, as in the functions that compare and mask, and unlike in `parse_ipv6`.
 */
export function parsedAddress6(sql: string, mapped: boolean): string {
  const parts = `list_transform([regexp_extract(${sql}, '${whole}', ['a', 'p'])], lambda "@w": struct_pack(a := "@w".a, p := "@w".p, d := regexp_extract("@w".a, '${dottedEnd}', ['h', 'a', 'b', 'c', 'd'])))[1]`;
  const pair = (high: string, low: string): string => `to_hex("@w".d.${high}::BIGINT * 256 + "@w".d.${low}::BIGINT)`;
  const bare = mapped ? `"@w".d.h IN ('', '::')` : `"@w".d.h = ''`;
  const head = `CASE WHEN ${bare} THEN '::ffff:' ELSE "@w".d.h END`;
  const colons = `CASE WHEN "@w".d.d <> '' THEN ${head} || ${pair('a', 'b')} || ':' || ${pair('c', 'd')} ELSE "@w".a END`;
  const prefix = `CASE WHEN "@w".p = '' THEN 128 WHEN "@w".d.d <> '' THEN CASE WHEN "@w".p::BIGINT <= 32 THEN "@w".p::BIGINT + 96 END WHEN "@w".p::BIGINT <= 128 THEN "@w".p::BIGINT END`;
  const text = `list_transform([${parts}], lambda "@w": struct_pack(t := ${colons}, p := ${prefix}))[1]`;
  return `list_transform([${text}], lambda "@t": struct_pack(v := CASE WHEN "@t".p IS NOT NULL THEN ${numberOf('"@t".t')} END, p := "@t".p))[1]`;
}

/** Eight groups of four digits, of which `::` may leave out some, as a number. */
function numberOf(colons: string): string {
  const sides = `string_split(${colons}, '::')`;
  const groups = (side: string): string =>
    `CASE WHEN ${side} = '' THEN []::VARCHAR[] ELSE string_split(${side}, ':') END`;
  const both = `struct_pack(n := len(${sides}), l := ${groups(`(${sides})[1]`)}, r := CASE WHEN len(${sides}) > 1 THEN ${groups(`(${sides})[2]`)} ELSE []::VARCHAR[] END)`;
  const filled = `list_transform([${both}], lambda "@s": CASE WHEN "@s".n = 1 THEN "@s".l WHEN "@s".n = 2 AND len("@s".l) + len("@s".r) < 8 THEN list_concat("@s".l, list_transform(range(8 - len("@s".l) - len("@s".r)), lambda "@z": '0'), "@s".r) END)[1]`;
  const valid = `len("@f") = 8 AND len(list_filter("@f", lambda "@g": NOT regexp_full_match("@g", '[0-9A-Fa-f]{1,4}'))) = 0`;
  const number = `list_reduce(list_transform("@f", lambda "@g": ('0x' || "@g")::INTEGER::UHUGEINT), lambda "@x", "@y": "@x" * 65536::UHUGEINT + "@y")`;
  return `list_transform([${filled}], lambda "@f": CASE WHEN ${valid} THEN ${number} END)[1]`;
}

function masked(number: string, prefix: string): string {
  return `(CASE WHEN ${prefix} = 0 THEN ${number} - ${number} ELSE ${number} - ${number} % (1::UHUGEINT << (128 - ${prefix})::UHUGEINT) END)`;
}

/** `struct(low, high)`: what an address or a network spans; NULL for what is neither. */
export function addressRange6(sql: string): string {
  return always('r', parsedAddress6(sql, true), (p) => {
    const size = `(CASE WHEN ${p}.p = 0 THEN 0::UHUGEINT ELSE (1::UHUGEINT << (128 - ${p}.p)::UHUGEINT) END)`;
    return always('l', masked(`${p}.v`, `${p}.p`), (low) => {
      // The network of everything has one address more than there are numbers.
      const high = `CASE WHEN ${p}.p = 0 THEN 340282366920938463463374607431768211455::UHUGEINT ELSE ${low} + (${size} - 1) END`;
      return `(CASE WHEN ${p}.v IS NOT NULL THEN struct_pack(low := ${low}, high := ${high}) END)`;
    });
  });
}

/** Eight groups of four lower case digits; '' for NULL. */
function canonical(number: string): string {
  return `coalesce(rtrim(regexp_replace(lpad(lower(to_hex(${number})), 32, '0'), '(....)', '\\1:', 'g'), ':'), '')`;
}

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

const parse: Emit = (operands, call) =>
  once('p', [parsedAddress6(textAt(operands, 0, call), false)], (p) => canonical(masked(`${p}.v`, `${p}.p`)));

const parseMask: Emit = (operands, call) =>
  once('p', [parsedAddress6(textAt(operands, 0, call), true), operand(operands, 1, call).sql], (p, given) => {
    const number = `CASE WHEN ${given} BETWEEN 0 AND 128 THEN ${masked(`${p}.v`, `least(${p}.p, ${given})`)} END`;
    return canonical(number);
  });

function ofTwo(body: (a: string, b: string) => string): Emit {
  return (operands, call) =>
    once(
      'p',
      [
        parsedAddress6(textAt(operands, 0, call), true),
        parsedAddress6(textAt(operands, 1, call), true),
        operands[2]?.sql ?? '128',
      ],
      (a, b, given) => {
        const prefix = `least(${a}.p, ${b}.p, ${given})`;
        const pair = `struct_pack(a := ${masked(`${a}.v`, prefix)}, b := ${masked(`${b}.v`, prefix)})`;
        return `(CASE WHEN ${a}.v IS NOT NULL AND ${b}.v IS NOT NULL AND ${given} BETWEEN 0 AND 128 THEN list_transform([${pair}], lambda "@m": ${body('"@m".a', '"@m".b')})[1] END)`;
      },
    );
}

/** The range's prefix counts. Of an address that is parsed, and the text of a range. */
function inRange(a: string, range: string): string {
  return once(
    'q',
    [parsedAddress6(range, true)],
    (r) =>
      `(CASE WHEN ${a}.v IS NOT NULL AND ${r}.v IS NOT NULL THEN ${masked(`${a}.v`, `least(${a}.p, ${r}.p)`)} = ${masked(`${r}.v`, `${r}.p`)} END)`,
  );
}

const isInRange: Emit = (operands, call) =>
  once('p', [parsedAddress6(textAt(operands, 0, call), true), textAt(operands, 1, call)], inRange);

/** Of ranges as texts, or in dynamic arrays. */
const isInAnyRange: Emit = (operands, call) => {
  const ranges = operands.slice(1);
  const values = ranges.map((each) => (each.type === 'dynamic' ? elementsOf(each.sql) : asText(each, call)));
  return once('p', [parsedAddress6(textAt(operands, 0, call), true), ...values], (address, ...names) => {
    const tests = names.map((range, at) => {
      if (ranges[at]?.type !== 'dynamic') return inRange(address, range);
      const each = `list_transform(${range}, lambda "@r": ${inRange(address, `coalesce("@r" ->> '$', '')`)})`;
      return `coalesce(list_bool_or(${each}), CASE WHEN len(${range}) = 0 THEN false END)`;
    });
    return `(CASE WHEN ${address}.v IS NOT NULL THEN ${tests.join(' OR ')} END)`;
  });
};

export const addresses6: readonly ScalarFunction[] = [
  entry(
    'parse_ipv6',
    parse,
    "print parse_ipv6('192.168.255.255/24'), parse_ipv6('2001:db8::10%eth0'), parse_ipv6('1::2::3')",
    ['0000:0000:0000:0000:0000:ffff:c0a8:ff00', '2001:0db8:0000:0000:0000:0000:0000:0010', ''],
  ),
  entry(
    'parse_ipv6_mask',
    parseMask,
    "print parse_ipv6_mask('fe80::85d:e82c:9446:7994/120', 124), parse_ipv6_mask('192.168.255.255', 120), parse_ipv6_mask('1::2::3', 0)",
    ['fe80:0000:0000:0000:085d:e82c:9446:7900', '0000:0000:0000:0000:0000:ffff:c0a8:ff00', ''],
  ),
  entry(
    'ipv6_is_match',
    ofTwo((a, b) => `${a} = ${b}`),
    "print ipv6_is_match('fe80::1/120', 'fe80::2'), ipv6_is_match('::ffff:c0a8:0101', '192.168.1.1'), ipv6_is_match('x', '::1')",
    [true, true, null],
  ),
  entry(
    'ipv6_compare',
    ofTwo((a, b) => `(CASE WHEN ${a} = ${b} THEN 0 WHEN ${a} < ${b} THEN -1 ELSE 1 END)::BIGINT`),
    "print tolong(ipv6_compare('fe80::1', 'fe80::2')), tolong(ipv6_compare('fe80::1', 'fe80::2', 120))",
    ['-1', '0'],
  ),
  entry(
    'ipv6_is_in_range',
    isInRange,
    "print ipv6_is_in_range('fe80::85d:e82c:9446:7994', 'fe80::/16'), ipv6_is_in_range('1::', 'fe80::/16')",
    [true, false],
  ),
  entry(
    'ipv6_is_in_any_range',
    isInAnyRange,
    "print ipv6_is_in_any_range('2001:db8::7', 'fe80::/10', '2001:db8::/32'), ipv6_is_in_any_range('2001:db9::7', dynamic(['fe80::/10', '2001:db8::/32'])), ipv6_is_in_any_range('x', '::/0')",
    [true, false, null],
  ),
];
