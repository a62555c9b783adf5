// IPv4 addresses as numbers of 32 bits. `/24` after an address masks it; leading zeros and anything else that is not an
// address are refused with null. https://learn.microsoft.com/kusto/query/scalar-functions#ipv4ipv6-functions

import { asText } from './conversions.ts';
import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { arrayOf, elementsOf, entry, escapeRegex, isWhole, literalText, once, operand, refuse, text } from './sql.ts';

export const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const address = `\\s*${octet}\\.${octet}\\.${octet}\\.${octet}`;
export const suffixed = `^${address}(?:/(3[0-2]|[12]?[0-9]))?\\s*$`;
const octetPattern = new RegExp(`^${octet}$`);

/** An address of the operand as a struct: its number `v`, unmasked, and its prefix `p`; both NULL for what is none. */
export function parsedAddress(sql: string): string {
  const groups = `regexp_extract(${sql}, '${suffixed}', ['a', 'b', 'c', 'd', 'p'])`;
  const number = `(("@4".a::BIGINT * 256 + "@4".b::BIGINT) * 256 + "@4".c::BIGINT) * 256 + "@4".d::BIGINT`;
  const fields = `struct_pack(v := CASE WHEN "@4".a <> '' THEN ${number} END, p := CASE WHEN "@4".a <> '' THEN coalesce(TRY_CAST("@4".p AS BIGINT), 32) END)`;
  return `list_transform([${groups}], lambda "@4": ${fields})[1]`;
}

/** Without the bits behind the prefix. */
function masked(number: string, prefix: string): string {
  return `(${number} - ${number} % (1::BIGINT << (32 - ${prefix})))`;
}

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** Something of one address; null where the text is none. */
function ofAddress(body: (number: string, prefix: string) => string): Emit {
  return (operands, call) => once('p', [parsedAddress(textAt(operands, 0, call))], (p) => body(`${p}.v`, `${p}.p`));
}

/** Something of two addresses that are masked by the shortest prefix among their own and the argument. */
function ofTwo(body: (a: string, b: string) => string): Emit {
  return (operands, call) => {
    const extra = operands[2];
    return once(
      'p',
      [parsedAddress(textAt(operands, 0, call)), parsedAddress(textAt(operands, 1, call)), extra?.sql ?? '32'],
      (a, b, given) => {
        const prefix = `least(${a}.p, ${b}.p, ${given})`;
        return `(CASE WHEN ${a}.v IS NOT NULL AND ${b}.v IS NOT NULL AND ${given} BETWEEN 0 AND 32 THEN ${body(masked(`${a}.v`, prefix), masked(`${b}.v`, prefix))} END)`;
      },
    );
  };
}

/** Whether the address is in the range, whose prefix counts; null where either is none. */
function inRange(address: string, range: string): string {
  return once(
    'q',
    [parsedAddress(range)],
    (r) =>
      `(CASE WHEN ${address}.v IS NOT NULL AND ${r}.v IS NOT NULL THEN ${masked(masked(`${address}.v`, `${address}.p`), `${r}.p`)} = ${masked(`${r}.v`, `${r}.p`)} END)`,
  );
}

const isInRange: Emit = (operands, call) =>
  once('p', [parsedAddress(textAt(operands, 0, call)), textAt(operands, 1, call)], inRange);

const isInAnyRange: Emit = (operands, call) =>
  once(
    'p',
    [
      parsedAddress(textAt(operands, 0, call)),
      ...operands.slice(1).map((each) => (each.type === 'dynamic' ? elementsOf(each.sql) : asText(each, call))),
    ],
    (p, ...ranges) => {
      const tests = ranges.map((range, at) => {
        if (operands[at + 1]?.type !== 'dynamic') return inRange(p, range);
        const each = `list_transform(${range}, lambda "@r": ${inRange(p, `coalesce("@r" ->> '$', '')`)})`;
        return `coalesce(list_bool_or(${each}), CASE WHEN len(${range}) = 0 THEN false END)`;
      });
      return `(CASE WHEN ${p}.v IS NOT NULL THEN ${tests.join(' OR ')} END)`;
    },
  );

export const privateRanges: readonly (readonly [first: number, last: number])[] = [
  [0x0a00_0000, 0x0aff_ffff],
  [0xac10_0000, 0xac1f_ffff],
  [0xc0a8_0000, 0xc0a8_ffff],
];

const anyOctet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
export const plainAddress = `${anyOctet}(?:\\.${anyOctet}){3}`;

/** By its text, unless that has spaces or a prefix; an address of IPv6 is none. */
const isPrivate: Emit = (operands, call) =>
  once('t', [textAt(operands, 0, call)], (t) => {
    const begins = (text: string): string => `starts_with(${t}, '${text}')`;
    const third = `(${begins('172.')} AND regexp_matches(${t}, '^172\\.(?:1[6-9]|2[0-9]|3[01])\\.'))`;
    const byText = `regexp_matches(${t}, '^${plainAddress}$') THEN ${begins('10.')} OR ${begins('192.168.')} OR ${third}`;
    return `(CASE WHEN ${byText} WHEN ${t} <> '' AND NOT contains(${t}, ':') THEN ${isPrivateRange(t)} END)`;
  });

function isPrivateRange(source: string): string {
  const tests = privateRanges.map(([first, last]) => `"@n" BETWEEN ${first} AND ${last}`);
  return once(
    'p',
    [parsedAddress(source)],
    (p) =>
      `(CASE WHEN ${p}.v IS NOT NULL THEN list_transform([${masked(`${p}.v`, `${p}.p`)}], lambda "@n": ${tests.join(' OR ')})[1] END)`,
  );
}

/** The number as an address. */
function dotted(number: string): string {
  return once(
    'n',
    [number],
    (n) => `(${[24, 16, 8, 0].map((bits) => `(${n} >> ${bits} & 255)::VARCHAR`).join(` || '.' || `)})`,
  );
}

/** Of text or of a number; '' for what is no address. `suffix`: with the prefix behind a slash. */
function format(suffix: boolean): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    if (value.type !== 'string' && !isWhole(value.type)) return refuse(`${call.name} of a ${value.type}`, call);
    const source =
      value.type === 'string'
        ? parsedAddress(value.sql)
        : `struct_pack(v := CASE WHEN ${value.sql} BETWEEN 0 AND 4294967295 THEN (${value.sql})::BIGINT END, p := 32::BIGINT)`;
    return once('p', [source, operands[1]?.sql ?? '32'], (p, given) => {
      const prefix = `least(${p}.p, ${given})`;
      const shown = `${dotted(masked(`${p}.v`, prefix))}${suffix ? ` || '/' || ${prefix}::VARCHAR` : ''}`;
      return `(CASE WHEN ${p}.v IS NOT NULL AND ${given} BETWEEN 0 AND 32 THEN ${shown} ELSE '' END)`;
    });
  };
}

/**
 * The networks that the addresses from the first to the last are made of, the fewest there are: growing ones up to the
 * highest multiple of a power of two between the two, then shrinking ones.
 */
const rangeToNetworks: Emit = (operands, call) => {
  const ends = [0, 1].map((at) => parsedAddress(textAt(operands, at, call)));
  return once('p', ends, (first = '', last = '') => {
    const bounds = `struct_pack(s := ${first}.v, e := ${last}.v + 1, m := floor(log2(xor(${first}.v, ${last}.v + 1)))::BIGINT)`;
    const network = (number: string, bits: string): string =>
      `to_json(${dotted(number)} || '/' || (32 - ${bits})::VARCHAR)::VARCHAR`;
    const up = `(("@n".s + (1::BIGINT << "@k") - 1) >> "@k")`;
    const top = `(("@n".e >> "@n".m) << "@n".m)`;
    const growing = `list_transform(list_filter(range("@n".m), lambda "@k": ${up} % 2 = 1), lambda "@k": ${network(`(${up} << "@k")`, '"@k"')})`;
    const whole = `CASE WHEN "@n".s = ${top} - (1::BIGINT << "@n".m) THEN [${network('"@n".s', '"@n".m')}] ELSE []::VARCHAR[] END`;
    const shrinking = `list_transform(list_filter(range("@n".m - 1, -1, -1), lambda "@k": ("@n".e >> "@k") % 2 = 1), lambda "@k": ${network(`(("@n".e >> ("@k" + 1)) << ("@k" + 1))`, '"@k"')})`;
    const all = `list_concat(${growing}, ${whole}, ${shrinking})`;
    return `(CASE WHEN ${first}.v <= ${last}.v THEN list_transform([${bounds}], lambda "@n": ${arrayOf(all)})[1] END)`;
  });
};

const border = '[^\\pL\\pN]';

/** Literal addresses of the arguments from the second on, or of an array. */
function literals(operands: readonly Operand[], call: Call): readonly string[] {
  return operands.slice(1).flatMap((each, at): readonly string[] => {
    if (each.type !== 'dynamic') return [literalText(operands, at + 1, call)];
    const array: unknown = JSON.parse(literalText(operands, at + 1, call));
    return Array.isArray(array) ? array.map(String) : refuse(`${call.name} of what is not an array`, call);
  });
}

/** Addresses stand in a text with no letter or digit beside them. What is no address is in no text: null for none. */
export function addressesPattern(operands: readonly Operand[], call: Call): string | null {
  const wanted = literals(operands, call).filter(
    (each) => each.split('.').length === 4 && each.split('.').every((part) => octetPattern.test(part)),
  );
  return wanted.length > 0 ? `(?:^|${border})(?:${wanted.map(escapeRegex).join('|')})(?:$|${border})` : null;
}

/** A prefix is one to three numbers, each with its dot behind it; the rest of the address follows it. */
export function prefixesPattern(operands: readonly Operand[], call: Call): string | null {
  const forms = literals(operands, call).flatMap((prefix) => {
    const parts = prefix.split('.');
    const last = parts.pop();
    const isPrefix =
      parts.every((part) => octetPattern.test(part)) &&
      ((last === '' && parts.length < 4) || (last !== undefined && parts.length === 3 && octetPattern.test(last)));
    if (!isPrefix) return [];
    return [
      `${escapeRegex(prefix)}${last === '' ? Array.from({ length: 4 - parts.length }, () => octet).join('\\.') : ''}`,
    ];
  });
  return forms.length > 0 ? `(?:^|${border})(?:${forms.join('|')})(?:$|${border})` : null;
}

function holds(patternOf: (operands: readonly Operand[], call: Call) => string | null): Emit {
  return (operands, call) => {
    const pattern = patternOf(operands, call);
    return pattern === null ? 'false' : `regexp_matches(${textAt(operands, 0, call)}, ${text(pattern)})`;
  };
}

export const addresses: readonly ScalarFunction[] = [
  entry(
    'parse_ipv4',
    ofAddress(masked),
    "print parse_ipv4('192.168.1.1/24'), parse_ipv4('255.255.255.255'), parse_ipv4('01.2.3.4'), parse_ipv4('1.2.3.4/0')",
    ['3232235776', '4294967295', null, '0'],
  ),
  entry(
    'parse_ipv4_mask',
    (operands, call) =>
      once('p', [parsedAddress(textAt(operands, 0, call)), operand(operands, 1, call).sql], (p, given) => {
        return `(CASE WHEN ${given} BETWEEN 0 AND 32 THEN ${masked(`${p}.v`, `least(${p}.p, ${given})`)} END)`;
      }),
    "print parse_ipv4_mask('192.1.168.3', 31)",
    ['3221334018'],
  ),
  entry(
    'ipv4_is_match',
    ofTwo((a, b) => `${a} = ${b}`),
    "print ipv4_is_match('192.168.1.1/24', '192.168.1.255'), ipv4_is_match('192.168.1.1', 'x')",
    [true, null],
  ),
  entry(
    'ipv4_compare',
    ofTwo((a, b) => `sign(${a} - ${b})::BIGINT`),
    "print tolong(ipv4_compare('192.168.1.1', '192.168.1.255')), tolong(ipv4_compare('192.168.1.1', '192.168.1.255', 24))",
    ['-1', '0'],
  ),
  entry(
    'ipv4_is_in_range',
    isInRange,
    "print ipv4_is_in_range('192.168.1.6', '192.168.1.1/24'), ipv4_is_in_range('192.168.1.1', '192.168.2.1/24')",
    [true, false],
  ),
  entry(
    'ipv4_is_in_any_range',
    isInAnyRange,
    "print ipv4_is_in_any_range('192.168.1.6', '10.0.0.0/8', '192.168.1.1/24'), ipv4_is_in_any_range('1.1.1.1', dynamic(['10.0.0.0/8']))",
    [true, false],
  ),
  entry(
    'ipv4_is_private',
    isPrivate,
    "print ipv4_is_private('192.168.1.1/24'), ipv4_is_private('202.1.2.3'), ipv4_is_private('172.31.0.1'), ipv4_is_private('x')",
    [true, false, true, null],
  ),
  entry(
    'ipv4_netmask_suffix',
    ofAddress((_, prefix) => prefix),
    "print ipv4_netmask_suffix('192.168.1.1/24'), ipv4_netmask_suffix('10.1.2.3')",
    ['24', '32'],
  ),
  entry(
    'format_ipv4',
    format(false),
    "print format_ipv4('192.168.1.255', 24), format_ipv4(3232236031), format_ipv4('x')",
    ['192.168.1.0', '192.168.1.255', ''],
  ),
  entry('format_ipv4_mask', format(true), "print format_ipv4_mask('192.168.1.255', 24)", ['192.168.1.0/24']),
  entry(
    'ipv4_range_to_cidr_list',
    rangeToNetworks,
    "print tostring(ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')), tostring(ipv4_range_to_cidr_list('0.0.0.0', '255.255.255.255')), tostring(ipv4_range_to_cidr_list('10.0.0.5', '10.0.0.8')), isnull(ipv4_range_to_cidr_list('10.0.0.5', 'x'))",
    [
      '["1.1.128.0/21","1.1.136.0/22","1.1.140.0/24"]',
      '["0.0.0.0/0"]',
      '["10.0.0.5/32","10.0.0.6/31","10.0.0.8/32"]',
      true,
    ],
  ),
  entry(
    'has_ipv4 | has_any_ipv4',
    holds(addressesPattern),
    "print has_ipv4('05:04:54 127.0.0.1 GET /', '127.0.0.1'), has_ipv4('05:04:54127.0.0.1 GET', '127.0.0.1'), has_ipv4('127.0.0.256', '127.0.0.256')",
    [true, false, false],
  ),
  entry(
    'has_ipv4_prefix | has_any_ipv4_prefix',
    holds(prefixesPattern),
    "print has_ipv4_prefix('05:04:54 127.0.0.1 GET', '127.0.'), has_ipv4_prefix('192.168.1.1', '192.1')",
    [true, false],
  ),
];
