// `convert_…()`: units by their size in the unit that the function counts in. Only units whose size is certain are here.
// https://learn.microsoft.com/kusto/query/convert-energy-function and its neighbours

import { convert } from './conversions.ts';
import type { Emit, ScalarFunction } from './scalar.ts';
import { entry, literalText, operand, refuse } from './sql.ts';

type Units = Readonly<Record<string, number>>;

const energy: Units = {
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
const mass: Units = {
  Kilogram: 1,
  Gram: 1e-3,
  Milligram: 1e-6,
  Microgram: 1e-9,
  Tonne: 1e3,
  Pound: 0.45359237,
  Ounce: 0.028349523125,
};
const volume: Units = {
  CubicMeter: 1,
  Liter: 1e-3,
  Milliliter: 1e-6,
  CubicCentimeter: 1e-6,
  CubicDecimeter: 1e-3,
  AcreFoot: 1 / 0.000810714,
};
const length: Units = {
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
  entry('convert_length', conversion(length), "print convert_length(1.0, 'Mile', 'Meter')", [1609.344]),
];
