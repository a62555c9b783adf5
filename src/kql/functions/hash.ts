// `hash()`: XXH64 with the seed 0, as documented, of the bytes of a string and of the eight bytes of ticks and longs.
// https://learn.microsoft.com/kusto/query/hash-function, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
// Numbers of 64 bits are kept in 128, where a product of two still fits.

import { asText } from './conversions.ts';
import type { Emit, ScalarFunction } from './scalar.ts';
import { always, entry, once, operand, refuse } from './sql.ts';

const modulus = '18446744073709551616::UHUGEINT';
const prime1 = 11_400_714_785_074_694_791n;
const prime2 = 14_029_467_366_897_019_727n;
const prime3 = 1_609_587_929_392_839_161n;
const prime4 = 9_650_029_242_287_828_579n;
const prime5 = 2_870_177_450_012_600_261n;

function big(value: bigint): string {
  return `${BigInt.asUintN(64, value)}::UHUGEINT`;
}

function times(a: string, factor: bigint): string {
  return `(${a} * ${big(factor)} % ${modulus})`;
}

function plus(a: string, b: string): string {
  return `((${a} + ${b}) % ${modulus})`;
}

function rotate(sql: string, bits: bigint): string {
  return always('q', sql, (x) => `(${x} * ${big(1n << bits)} % ${modulus} + ${x} // ${big(1n << (64n - bits))})`);
}

function round(accumulator: string, input: string): string {
  return times(rotate(plus(accumulator, times(input, prime2)), 31n), prime1);
}

/** The number that so many bytes are from the place on, the lowest byte first; `hex` is their digits. */
function word(hex: string, place: string, bytes: number): string {
  const digits = Array.from(
    { length: bytes },
    (_, index) => `substring(${hex}, (${place}) * 2 + ${(bytes - 1 - index) * 2 + 1}, 2)`,
  );
  return `('0x' || ${digits.join(' || ')})::UBIGINT::UHUGEINT`;
}

const lanes = ['a', 'b', 'c', 'd'] as const;

/** Of 32 bytes and more: four lanes over the stripes, then one number. */
function striped(hex: string, size: string): string {
  const stripe = `struct_pack(${lanes.map((lane, index) => `${lane} := ${word(hex, `"@s" * 32 + ${index * 8}`, 8)}`).join(', ')})`;
  const stripes = `list_transform(range(0, ${size} // 32), lambda "@s": ${stripe})`;
  const seeds = [prime1 + prime2, prime2, 0n, -prime1];
  const initial = `struct_pack(${lanes.map((lane, index) => `${lane} := ${big(seeds[index] ?? 0n)}`).join(', ')})`;
  const step = `struct_pack(${lanes.map((lane) => `${lane} := ${round(`"@x".${lane}`, `"@y".${lane}`)}`).join(', ')})`;
  const reduced = `list_reduce(${stripes}, lambda "@x", "@y": ${step}, ${initial})`;
  return always('l', reduced, (l) => {
    const mixed = [1n, 7n, 12n, 18n].map((bits, index) => rotate(`${l}.${lanes[index]}`, bits)).join(' + ');
    return lanes.reduce(
      (h, lane) => plus(times(`xor(${h}, ${round('0::UHUGEINT', `${l}.${lane}`)})`, prime1), big(prime4)),
      `((${mixed}) % ${modulus})`,
    );
  });
}

/** What the stripes leave over: words of eight bytes, one of four, single bytes. */
function tail(start: string, hex: string, size: string): string {
  const words = `list_transform(range(${size} // 32 * 4, ${size} // 8), lambda "@w": ${word(hex, '"@w" * 8', 8)})`;
  const step8 = plus(times(rotate(`xor("@x", ${round('0::UHUGEINT', '"@y"')})`, 27n), prime1), big(prime4));
  const after8 = `list_reduce(${words}, lambda "@x", "@y": ${step8}, ${start})`;
  const after4 = always('g', after8, (h) => {
    const mixed = plus(
      times(rotate(`xor(${h}, ${times(word(hex, `${size} // 8 * 8`, 4), prime1)})`, 23n), prime2),
      big(prime3),
    );
    return `(CASE WHEN ${size} % 8 >= 4 THEN ${mixed} ELSE ${h} END)`;
  });
  const bytes = `list_transform(range(${size} // 4 * 4, ${size}), lambda "@w": ${word(hex, '"@w"', 1)})`;
  return `list_reduce(${bytes}, lambda "@x", "@y": ${times(rotate(`xor("@x", ${times('"@y"', prime5)})`, 11n), prime1)}, ${after4})`;
}

function shifted(sql: string, bits: bigint): string {
  return always('v', sql, (h) => `xor(${h}, ${h} // ${big(1n << bits)})`);
}

/** As a signed number of 64 bits. */
function xxh64(hexSql: string): string {
  return once('x', [hexSql], (hex) =>
    once('n', [`(length(${hex}) // 2)`], (size) => {
      const start = plus(
        `(CASE WHEN ${size} >= 32 THEN ${striped(hex, size)} ELSE ${big(prime5)} END)`,
        `${size}::UHUGEINT`,
      );
      const mixed = shifted(times(shifted(times(shifted(tail(start, hex, size), 33n), prime2), 29n), prime3), 32n);
      return always(
        'r',
        mixed,
        (h) =>
          `(CASE WHEN ${h} > 9223372036854775807::UHUGEINT THEN (${h}::HUGEINT - 18446744073709551616::HUGEINT) ELSE ${h}::HUGEINT END)::BIGINT`,
      );
    }),
  );
}

/** Eight bytes of a whole number, the lowest first. */
function bytesOfLong(sql: string): string {
  return once(
    'b',
    [`lpad(to_hex((${sql})::BIGINT), 16, '0')`],
    (b) => `(${Array.from({ length: 8 }, (_, index) => `substring(${b}, ${15 - index * 2}, 2)`).join(' || ')})`,
  );
}

const hash: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const isText = value.type === 'string' || value.type === 'dynamic';
  if (!isText && value.type !== 'datetime' && value.type !== 'long') return refuse(`hash of a ${value.type}`, call);
  const hashed = xxh64(isText ? `hex(encode(${asText(value, call)}))` : bytesOfLong(value.sql));
  const modulo = operands[1];
  if (!modulo) return hashed;
  return once('m', [hashed, modulo.sql], (h, m) => `((${h} % ${m} + ${m}) % ${m})`);
};

export const hashes: readonly ScalarFunction[] = [
  entry(
    'hash | hash_xxhash64',
    hash,
    "print hash('World'), hash('World', 100), hash(datetime(2015-01-01)), hash('The quick brown fox jumps over the lazy dog and away')",
    ['1846988464401551951', '51', '1380966698541616202', '-1216964227915931754'],
  ),
];
