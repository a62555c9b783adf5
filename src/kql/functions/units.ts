// `convert_…()`: units by their size in the unit that the function counts in. Only units whose size is certain are here.
// https://learn.microsoft.com/kusto/query/convert-energy-function and its neighbours

import { convert } from './conversions.ts';
import type { Emit, ScalarFunction } from './scalar.ts';
import { entry, literalText, once, operand, refuse } from './sql.ts';

export type Units = Readonly<Record<string, number>>;

export const energy: Units = {
  Joule: 1,
  Kilojoule: 1e3,
  Megajoule: 1e6,
  BritishThermalUnit: 1055.05585262,
  Calorie: 4.184,
  Kilocalorie: 4184,
  WattHour: 3600,
  KilowattHour: 3.6e6,
  MegawattHour: 3.6e9,
  Erg: 1e-7,
};
export const mass: Units = {
  Kilogram: 1,
  Gram: 1e-3,
  Milligram: 1e-6,
  Microgram: 1e-9,
  Tonne: 1e3,
  Pound: 0.45359237,
  Ounce: 0.028349523125,
};
export const volume: Units = {
  CubicMeter: 1,
  Liter: 1e-3,
  Milliliter: 1e-6,
  CubicCentimeter: 1e-6,
  CubicDecimeter: 1e-3,
  AcreFoot: 1 / 0.000810714,
};
export const length: Units = {
  Meter: 1,
  Kilometer: 1e3,
  Centimeter: 1e-2,
  Millimeter: 1e-3,
  Inch: 0.0254,
  Foot: 0.3048,
  Yard: 0.9144,
  Mile: 1609.344,
  NauticalMile: 1852,
};
export const angle: Units = {
  Degree: 1,
  Millidegree: 1e-3,
  Microdegree: 1e-6,
  Nanodegree: 1e-9,
  Arcminute: 1 / 60,
  Arcsecond: 1 / 3600,
  Gradian: 0.9,
  Revolution: 360,
  Radian: 180 / Math.PI,
  Deciradian: 18 / Math.PI,
  Centiradian: 1.8 / Math.PI,
  Milliradian: 0.18 / Math.PI,
  Microradian: 180e-6 / Math.PI,
  Nanoradian: 180e-9 / Math.PI,
};
export const force: Units = {
  Newton: 1,
  Decanewton: 10,
  Kilonewton: 1e3,
  Meganewton: 1e6,
  Millinewton: 1e-3,
  Micronewton: 1e-6,
  Dyn: 1e-5,
  KilogramForce: 9.80665,
  KiloPond: 9.80665,
  TonneForce: 9806.65,
  PoundForce: 4.4482216152605,
  KilopoundForce: 4448.2216152605,
};
export const speed: Units = perTime(length, {
  Meter: ['Hour', 'Minute', 'Second'],
  Kilometer: ['Hour', 'Minute', 'Second'],
  Centimeter: ['Hour', 'Minute', 'Second'],
  Millimeter: ['Hour', 'Minute', 'Second'],
  Inch: ['Hour', 'Minute', 'Second'],
  Foot: ['Hour', 'Minute', 'Second'],
  Yard: ['Hour', 'Minute', 'Second'],
  Mile: ['Hour'],
});

function perTime(lengths: Units, times: Readonly<Record<string, readonly ('Hour' | 'Minute' | 'Second')[]>>): Units {
  const inAnHour = { Hour: 1, Minute: 60, Second: 3600 };
  const named = Object.entries(times).flatMap(([unit, each]) =>
    each.map((time) => [`${unit}Per${time}`, (lengths[unit] ?? Number.NaN) * inAnHour[time]] as const),
  );
  return Object.fromEntries(named);
}

/** Sizes are powers of 1024. https://learn.microsoft.com/kusto/query/format-bytes-function */
export const byteUnits = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** `format_bytes(size, precision, unit)`: rounded, in the unit that is asked for, or the largest that is not above the size. */
const formatBytes: Emit = (operands, call) => {
  const [size, precision, unit] = [operand(operands, 0, call), operands[1]?.sql ?? '0', operands[2]];
  const wanted = unit ? literalText(operands, 2, call) : '';
  if (wanted !== '' && !byteUnits.includes(wanted)) return refuse(`${call.name} with the unit ${wanted}`, call);
  const value = size.type === 'real' ? size.sql : convert(size, 'real', call);
  return once('b', [value], (bytes) => {
    const text = (at: number): string => {
      const rounded = `round(${bytes} / ${1024 ** at}::DOUBLE, ${precision}::INTEGER)`;
      return `regexp_replace(${rounded}::DECIMAL(38,9)::VARCHAR, '\\.?0*$', '') || ' ${byteUnits[at]}'`;
    };
    if (wanted !== '') return `coalesce(${text(byteUnits.indexOf(wanted))}, '')`;
    const above = byteUnits.slice(1).map((_, at) => `WHEN abs(${bytes}) >= ${1024 ** (at + 1)} THEN ${text(at + 1)}`);
    return `coalesce(CASE ${above.reverse().join(' ')} ELSE ${text(0)} END, '')`;
  });
};

function conversion(units: Units): Emit {
  return (operands, call) => {
    const sizes = [1, 2].map((at) => {
      const name = literalText(operands, at, call);
      return units[name] ?? refuse(`${call.name} with the unit ${name}`, call);
    });
    const value = operand(operands, 0, call);
    return `(${value.type === 'real' ? value.sql : convert(value, 'real', call)} * ${sizes[0]}::DOUBLE / ${sizes[1]}::DOUBLE)`;
  };
}

export const unitConversions: readonly ScalarFunction[] = [
  entry('convert_energy', conversion(energy), "print convert_energy(2.0, 'KilowattHour', 'Megajoule')", [7.2]),
  entry('convert_mass', conversion(mass), "print convert_mass(1.5, 'Kilogram', 'Gram')", [1500]),
  entry('convert_volume', conversion(volume), "print convert_volume(2.5, 'CubicMeter', 'Liter')", [2500]),
  entry('convert_angle', conversion(angle), "print convert_angle(1.2, 'Degree', 'Arcminute')", [72]),
  entry('convert_force', conversion(force), "print convert_force(1.2, 'Newton', 'Decanewton')", [0.12]),
  entry(
    'convert_speed',
    conversion(speed),
    "print convert_speed(1.2, 'MeterPerSecond', 'CentimeterPerHour')",
    [432000],
  ),
  entry(
    'format_bytes',
    formatBytes,
    "print format_bytes(564), format_bytes(10332, 1), format_bytes(20010332), format_bytes(20010332, 2), format_bytes(20010332, 0, 'KB')",
    ['564 Bytes', '10.1 KB', '19 MB', '19.08 MB', '19541 KB'],
  ),
  entry('convert_length', conversion(length), "print convert_length(1.0, 'Mile', 'Meter')", [1609.344]),
];
