// IPv6 addresses as numbers of 128 bits, for ClickHouse. What is read as an address is what DuckDB's side reads.

import { dottedEnd, whole } from '../addresses6.ts';
import type { Call, Emit, Operand } from '../scalar.ts';
import { asText } from './conversions.ts';
import { always, elementsOf, nullOf, once, operand, text, textOfJson } from './sql.ts';

/**
 * The text as a tuple: the number, unmasked, and the prefix; NULL for what is no address. `mapped`: `::a.b.c.d` is the mapped
 * address too, as in the functions that compare and mask, and unlike in `parse_ipv6`.
 */
function parsedAddress6(sql: string, mapped: boolean): string {
  return always('w', `extractGroups(${sql}, ${text(whole)})`, (outer) =>
    always('v', `extractGroups(arrayElement(${outer}, 1), ${text(dottedEnd)})`, (dotted) => {
      const part = (place: number): string => `toUInt32OrZero(arrayElement(${dotted}, ${place}))`;
      const pair = (high: number, low: number): string => `lower(hex(toUInt16(${part(high)} * 256 + ${part(low)})))`;
      const head = `arrayElement(${dotted}, 1)`;
      const isBare = mapped ? `${head} IN ('', '::')` : `${head} = ''`;
      const written = `concat(if(${isBare}, '::ffff:', ${head}), ${pair(2, 3)}, ':', ${pair(4, 5)})`;
      const colons = `if(empty(${dotted}), arrayElement(${outer}, 1), ${written})`;
      const digits = `arrayElement(${outer}, 2)`;
      const given = `toInt64OrZero(${digits})`;
      const ofEnd = `if(${given} <= 32, ${given} + 96, NULL)`;
      const ofAll = `if(${given} <= 128, ${given}, NULL)`;
      const prefix = `multiIf(empty(${outer}), NULL, ${digits} = '', 128, empty(${dotted}), ${ofAll}, ${ofEnd})`;
      return always('p', prefix, (p) => `tuple(if(isNull(${p}), NULL, ${numberOf(colons)}), ${p})`);
    }),
  );
}

/** Eight groups of four digits, of which `::` may leave out some, as a number. */
function numberOf(colons: string): string {
  return always('s', `splitByString('::', ${colons})`, (sides) => {
    const groups = (place: number): string => {
      const side = `arrayElement(${sides}, ${place})`;
      return `if(${side} = '', emptyArrayString(), splitByChar(':', ${side}))`;
    };
    const missing = '8 - toInt64(length("@l")) - toInt64(length("@r"))';
    const zeros = `arrayResize(emptyArrayString(), greatest(${missing}, 0), '0')`;
    const isFilled = `length(${sides}) = 2 AND ${missing} > 0`;
    const filled = `multiIf(length(${sides}) = 1, "@l", ${isFilled}, arrayConcat("@l", ${zeros}, "@r"), emptyArrayString())`;
    const all = `arrayElement(arrayMap(("@l", "@r") -> ${filled}, [${groups(1)}], [${groups(2)}]), 1)`;
    return always('g', all, (list) => {
      const isValid = `length(${list}) = 8 AND arrayAll("@h" -> match("@h", '^[0-9A-Fa-f]{1,4}$'), ${list})`;
      const bytes = `unhex(arrayStringConcat(arrayMap("@h" -> leftPad("@h", 4, '0'), ${list})))`;
      return `if(${isValid}, reinterpretAsUInt128(reverse(if(${isValid}, ${bytes}, ''))), NULL)`;
    });
  });
}

function numberAt(address: string): string {
  return `tupleElement(${address}, 1)`;
}

function prefixAt(address: string): string {
  return `tupleElement(${address}, 2)`;
}

/** Without the bits behind the prefix, which is from 0 to 128. */
function masked(number: string, prefix: string): string {
  const bits = `bitShiftLeft(bitNot(toUInt128(0)), toUInt8(least(greatest(128 - ${prefix}, 0), 127)))`;
  return `if(${prefix} <= 0, if(isNull(${number}), NULL, toUInt128(0)), bitAnd(${number}, ${bits}))`;
}

/** What an address or a network spans, as a tuple of `low` and `high`; NULLs for what is neither. */
export function addressRange6(sql: string): string {
  return always('i', parsedAddress6(sql, true), (p) => {
    const ones = 'bitNot(toUInt128(0))';
    const behind = `bitNot(bitShiftLeft(${ones}, toUInt8(least(greatest(128 - ${prefixAt(p)}, 0), 127))))`;
    const rest = `multiIf(${prefixAt(p)} <= 0, ${ones}, ${prefixAt(p)} >= 128, toUInt128(0), ${behind})`;
    const low = masked(numberAt(p), prefixAt(p));
    return `CAST((${low}, bitOr(${low}, ${rest})), 'Tuple(low Nullable(UInt128), high Nullable(UInt128))')`;
  });
}

/** Eight groups of four lower case digits; '' for NULL. */
function canonical(number: string): string {
  const digits = `lower(hex(reverse(reinterpretAsFixedString(assumeNotNull("@c")))))`;
  const groups = `trimRight(replaceRegexpAll(${digits}, '(....)', '\\\\1:'), ':')`;
  return `arrayElement(arrayMap("@c" -> if(isNull("@c"), '', ${groups}), [${number}]), 1)`;
}

function textAt(operands: readonly Operand[], at: number, call: Call): string {
  return asText(operand(operands, at, call), call);
}

const parse: Emit = (operands, call) =>
  once('d', [parsedAddress6(textAt(operands, 0, call), false)], (p) => canonical(masked(numberAt(p), prefixAt(p))));

const parseMask: Emit = (operands, call) =>
  once('d', [parsedAddress6(textAt(operands, 0, call), true), operand(operands, 1, call).sql], (p = '', given = '') => {
    const number = masked(numberAt(p), `least(${prefixAt(p)}, ${given})`);
    return canonical(`if(${given} BETWEEN 0 AND 128, ${number}, NULL)`);
  });

function ofTwo(body: (a: string, b: string) => string): Emit {
  return (operands, call) => {
    const values = [0, 1].map((at) => parsedAddress6(textAt(operands, at, call), true));
    return once('d', [...values, operands[2]?.sql ?? '128'], (a = '', b = '', given = '') => {
      const prefix = `least(${prefixAt(a)}, ${prefixAt(b)}, ${given})`;
      const pair = `[${masked(numberAt(a), prefix)}], [${masked(numberAt(b), prefix)}]`;
      const result = `arrayElement(arrayMap(("@a", "@b") -> ${body('"@a"', '"@b"')}, ${pair}), 1)`;
      const isBoth = `isNotNull(${numberAt(a)}) AND isNotNull(${numberAt(b)})`;
      return `if(${isBoth} AND ${given} BETWEEN 0 AND 128, ${result}, NULL)`;
    });
  };
}

/** The range's prefix counts. Of two that are parsed. */
function within(a = '', r = ''): string {
  const own = masked(numberAt(a), `least(${prefixAt(a)}, ${prefixAt(r)})`);
  return `(${own} = ${masked(numberAt(r), prefixAt(r))})`;
}

const inRange: Emit = (operands, call) => {
  const values = [0, 1].map((at) => parsedAddress6(textAt(operands, at, call), true));
  return once('d', values, within);
};

/** Of ranges as texts, or in dynamic arrays. */
const isInAnyRange: Emit = (operands, call) => {
  const ranges = operands.slice(1);
  const values = ranges.map((each) => (each.type === 'dynamic' ? each.sql : asText(each, call)));
  return once('y', [parsedAddress6(textAt(operands, 0, call), true), ...values], (address = '', ...names) => {
    const ofText = (range: string): string => always('d', parsedAddress6(range, true), (r) => within(address, r));
    const tests = names.map((range, at) => {
      if (ranges[at]?.type !== 'dynamic') return ofText(range);
      const each = `arrayMap("@f" -> ${ofText(textOfJson('"@f"'))}, ${elementsOf(range)})`;
      return always('t', each, (all) => {
        const isFalse = `empty(${all}) OR arrayExists("@x" -> isNotNull("@x"), ${all})`;
        return `multiIf(arrayExists("@x" -> ifNull("@x", 0), ${all}), true, ${isFalse}, false, NULL)`;
      });
    });
    return `if(isNotNull(${numberAt(address)}), ${tests.join(' OR ') || 'false'}, ${nullOf('Bool')})`;
  });
};

export const addresses6: Readonly<Record<string, Emit>> = {
  parse_ipv6: parse,
  parse_ipv6_mask: parseMask,
  ipv6_is_match: ofTwo((a, b) => `${a} = ${b}`),
  ipv6_compare: ofTwo((a, b) => `toInt64(multiIf(${a} = ${b}, 0, ${a} < ${b}, -1, 1))`),
  ipv6_is_in_range: inRange,
  ipv6_is_in_any_range: isInAnyRange,
};
