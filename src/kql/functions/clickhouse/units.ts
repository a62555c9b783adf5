// `convert_…()` and `format_bytes()` for ClickHouse.

import type { Emit } from '../scalar.ts';
import { angle, byteUnits, energy, force, length, mass, speed, type Units, volume } from '../units.ts';
import { convert } from './conversions.ts';
import { roundedTo } from './numbers.ts';
import { literalText, long, once, operand, orEmptyText, refuse } from './sql.ts';

function conversion(units: Units): Emit {
  return (operands, call) => {
    const [from, to] = [1, 2].map((at) => {
      const name = literalText(operands, at, call);
      return `toFloat64(${units[name] ?? refuse(`${call.name} with the unit ${name}`, call)})`;
    });
    return `(${convert(operand(operands, 0, call), 'real', call)} * ${from} / ${to})`;
  };
}

/** `format_bytes(size, precision, unit)`: rounded, in the unit that is asked for, or the largest that is not above the size. */
const formatBytes: Emit = (operands, call) => {
  const precision = operands[1] ?? {
    sql: long(0),
    type: 'long' as const,
    literal: { kind: 'literal' as const, type: 'long' as const, value: 0n },
  };
  const wanted = operands[2] ? literalText(operands, 2, call) : '';
  if (wanted !== '' && !byteUnits.includes(wanted)) return refuse(`${call.name} with the unit ${wanted}`, call);
  return once('b', [convert(operand(operands, 0, call), 'real', call)], (bytes) => {
    const text = (at: number): string => {
      const rounded = roundedTo(`(${bytes} / toFloat64(${1024 ** at}))`, precision);
      // From there on every real is a whole number, of which the engine prints fewer digits than it has.
      const shown = once('q', [rounded], (r) => {
        const digits = `toString(toDecimal128OrNull(toString(assumeNotNull(${r})), 9))`;
        return `if(abs(${r}) >= 9007199254740992, toString(accurateCastOrNull(${r}, 'Int128')), ${digits})`;
      });
      return `concat(${shown}, ' ${byteUnits[at]}')`;
    };
    const isNone = `isNull(${bytes})`;
    if (wanted !== '') return orEmptyText(`if(${isNone}, NULL, ${text(byteUnits.indexOf(wanted))})`);
    const above = byteUnits.slice(1).map((_, at) => `abs(${bytes}) >= ${1024 ** (at + 1)}, ${text(at + 1)}`);
    return orEmptyText(`multiIf(${isNone}, NULL, ${above.reverse().join(', ')}, ${text(0)})`);
  });
};

export const unitConversions: Readonly<Record<string, Emit>> = {
  convert_energy: conversion(energy),
  convert_mass: conversion(mass),
  convert_volume: conversion(volume),
  convert_length: conversion(length),
  convert_angle: conversion(angle),
  convert_force: conversion(force),
  convert_speed: conversion(speed),
  format_bytes: formatBytes,
};
