// IPv4 addresses as numbers of 32 bits, for ClickHouse. What is read as an address is what DuckDB's side reads.

import { addressesPattern, plainAddress, prefixesPattern, privateRanges, suffixed } from '../addresses.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asText } from './conversions.ts';
import { always, arrayOf, elementsOf, isWhole, nullOf, once, operand, refuse, text, textOfJson } from './sql.ts';

/** An address of the operand as a tuple: its number, unmasked, and its prefix; both NULL for what is none. */
function parsedAddress(sql: string): string {
  return always('4', `extractGroups(${sql}, ${text(suffixed)})`, (groups) => {
    const part = (place: number): string => `toInt64OrZero(arrayElement(${groups}, ${place}))`;
    const number = `((${part(1)} * 256 + ${part(2)}) * 256 + ${part(3)}) * 256 + ${part(4)}`;
    const prefix = `if(arrayElement(${groups}, 5) = '', 32, ${part(5)})`;
    const isNone = `empty(${groups})`;
    return `tuple(if(${isNone}, NULL, ${number}), if(${isNone}, NULL, toInt64(${prefix})))`;
  });
}

function numberOf(address: string): string {
  return `tupleElement(${address}, 1)`;
}

function prefixOf(address: string): string {
  return `tupleElement(${address}, 2)`;
}

/** Without the bits behind the prefix, which is from 0 to 32. */
function masked(number: string, prefix: string): string {
  return `bitAnd(${number}, bitShiftLeft(toInt64(-1), toUInt8(32 - ${prefix})))`;
}

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

/** Something of one address; null where the text is none. */
function ofAddress(body: (number: string, prefix: string) => string): Emit {
  return (operands, call) =>
    once('p', [parsedAddress(textAt(operands, 0, call))], (p) => body(numberOf(p), prefixOf(p)));
}

function isPrefix(given: string): string {
  return `${given} BETWEEN 0 AND 32`;
}

/** Something of two addresses that are masked by the shortest prefix among their own and the argument. */
function ofTwo(body: (a: string, b: string) => string): Emit {
  return (operands, call) => {
    const values = [parsedAddress(textAt(operands, 0, call)), parsedAddress(textAt(operands, 1, call))];
    return once('p', [...values, operands[2]?.sql ?? '32'], (a = '', b = '', given = '') => {
      const prefix = `least(${prefixOf(a)}, ${prefixOf(b)}, ${given})`;
      const result = body(masked(numberOf(a), prefix), masked(numberOf(b), prefix));
      return `if(isNotNull(${numberOf(a)}) AND isNotNull(${numberOf(b)}) AND ${isPrefix(given)}, ${result}, NULL)`;
    });
  };
}

/** Whether the address is in the range, whose prefix counts; null where either is none. */
function inRange(address: string, range: string): string {
  return once('q', [parsedAddress(range)], (r) => {
    const own = masked(masked(numberOf(address), prefixOf(address)), prefixOf(r));
    return `(${own} = ${masked(numberOf(r), prefixOf(r))})`;
  });
}

const isInRange: Emit = (operands, call) =>
  once('p', [parsedAddress(textAt(operands, 0, call)), textAt(operands, 1, call)], inRange);

/** Of a dynamic array, any of its elements; null where it holds no address at all. */
function inAnyOf(address: string, array: string): string {
  const tests = `arrayMap("@r" -> ${inRange(address, textOfJson('"@r"'))}, ${elementsOf(array)})`;
  const answer = always('t', tests, (all) => {
    const isFalse = `empty(${all}) OR arrayExists("@x" -> isNotNull("@x"), ${all})`;
    return `multiIf(arrayExists("@x" -> ifNull("@x", 0), ${all}), true, ${isFalse}, false, NULL)`;
  });
  return `if(isNull(${array}), NULL, ${answer})`;
}

const isInAnyRange: Emit = (operands, call) => {
  const ranges = operands.slice(1);
  const values = ranges.map((each) => (each.type === 'dynamic' ? each.sql : asText(each, call)));
  return once('p', [parsedAddress(textAt(operands, 0, call)), ...values], (p = '', ...names) => {
    const tests = names.map((name, at) => (ranges[at]?.type === 'dynamic' ? inAnyOf(p, name) : inRange(p, name)));
    return `if(isNotNull(${numberOf(p)}), ${tests.join(' OR ') || 'false'}, ${nullOf('Bool')})`;
  });
};

/** By its text, unless that has spaces or a prefix; an address of IPv6 is none. */
const isPrivate: Emit = (operands, call) =>
  once('t', [textAt(operands, 0, call)], (t) => {
    const third = `match(${t}, ${text('^172\\.(?:1[6-9]|2[0-9]|3[01])\\.')})`;
    const byText = `startsWith(${t}, '10.') OR startsWith(${t}, '192.168.') OR ${third}`;
    const isPlain = `match(${t}, ${text(`^${plainAddress}$`)})`;
    return `multiIf(${isPlain}, ${byText}, ${t} <> '' AND position(${t}, ':') = 0, ${isPrivateRange(t)}, NULL)`;
  });

function isPrivateRange(source: string): string {
  const tests = privateRanges.map(([first, last]) => `"@n" BETWEEN ${first} AND ${last}`);
  return once('p', [parsedAddress(source)], (p) => {
    const number = masked(numberOf(p), prefixOf(p));
    return `arrayElement(arrayMap("@n" -> ${tests.join(' OR ')}, [${number}]), 1)`;
  });
}

/** The number as an address. */
function dotted(number: string): string {
  return once('n', [number], (n) => {
    const parts = [24, 16, 8, 0].map((bits) => `toString(bitAnd(bitShiftRight(${n}, ${bits}), 255))`);
    return `concat(${parts.join(`, '.', `)})`;
  });
}

/** Of text or of a number; '' for what is no address. `suffix`: with the prefix behind a slash. */
function format(suffix: boolean): Emit {
  return (operands, call) => {
    const value = operand(operands, 0, call);
    if (value.type !== 'string' && !isWhole(value.type)) return refuse(`${call.name} of a ${value.type}`, call);
    const number = `if(${value.sql} BETWEEN 0 AND 4294967295, toInt64(${value.sql}), NULL)`;
    const source = value.type === 'string' ? parsedAddress(value.sql) : `tuple(${number}, toNullable(toInt64(32)))`;
    return once('p', [source, operands[1]?.sql ?? '32'], (p = '', given = '') => {
      const prefix = `least(${prefixOf(p)}, ${given})`;
      const address = dotted(masked(numberOf(p), prefix));
      const shown = suffix ? `concat(${address}, '/', toString(${prefix}))` : address;
      return `ifNull(if(isNotNull(${numberOf(p)}) AND ${isPrefix(given)}, ${shown}, ''), '')`;
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
    const [isRange, none] = [`ifNull(${numberOf(first)} <= ${numberOf(last)}, false)`, nullOf('String')];
    // Numbers of any range where there is none: what is not taken may be computed.
    const start = `assumeNotNull(if(${isRange}, ${numberOf(first)}, 0))`;
    const end = `assumeNotNull(if(${isRange}, ${numberOf(last)} + 1, 1))`;
    const power = (of: string): string => `bitShiftLeft(toInt64(1), ${of})`;
    const network = (number: string, bits: string): string =>
      `concat('"', ${dotted(number)}, '/', toString(32 - toInt64(${bits})), '"')`;
    const all = always('s', start, (s) =>
      always('e', end, (e) =>
        always('m', `toUInt8(floor(log2(bitXor(${s}, ${e}))))`, (m) => {
          const up = `bitShiftRight(${s} + ${power('"@k"')} - 1, "@k")`;
          const growing = `arrayMap("@k" -> ${network(`bitShiftLeft(${up}, "@k")`, '"@k"')}, arrayFilter("@k" -> ${up} % 2 = 1, range(${m})))`;
          const top = `bitShiftLeft(bitShiftRight(${e}, ${m}), ${m})`;
          const whole = `if(${s} = ${top} - ${power(m)}, [${network(s, m)}], emptyArrayString())`;
          const low = `bitShiftLeft(bitShiftRight(${e}, "@k" + 1), "@k" + 1)`;
          const shrinking = `arrayMap("@k" -> ${network(low, '"@k"')}, arrayFilter("@k" -> bitShiftRight(${e}, "@k") % 2 = 1, arrayReverse(range(${m}))))`;
          return arrayOf(`arrayConcat(${growing}, ${whole}, ${shrinking})`);
        }),
      ),
    );
    return `if(${isRange}, ${all}, ${none})`;
  });
};

function holds(patternOf: typeof addressesPattern): Emit {
  return (operands, call) => {
    const pattern = patternOf(operands, call);
    return pattern === null ? 'false' : `match(${textAt(operands, 0, call)}, ${text(pattern)})`;
  };
}

export const addresses: Readonly<Record<string, Emit>> = {
  parse_ipv4: ofAddress(masked),
  parse_ipv4_mask: (operands, call) =>
    once('p', [parsedAddress(textAt(operands, 0, call)), operand(operands, 1, call).sql], (p = '', given = '') => {
      const number = masked(numberOf(p), `least(${prefixOf(p)}, ${given})`);
      return `if(${isPrefix(given)}, ${number}, NULL)`;
    }),
  ipv4_is_match: ofTwo((a, b) => `${a} = ${b}`),
  ipv4_compare: ofTwo((a, b) => `toInt64(sign(${a} - ${b}))`),
  ipv4_is_in_range: isInRange,
  ipv4_is_in_any_range: isInAnyRange,
  ipv4_is_private: isPrivate,
  ipv4_netmask_suffix: ofAddress((_, prefix) => prefix),
  format_ipv4: format(false),
  format_ipv4_mask: format(true),
  ipv4_range_to_cidr_list: rangeToNetworks,
  has_ipv4: holds(addressesPattern),
  has_ipv4_prefix: holds(prefixesPattern),
};
